/* Compiling processes into a network: what fits together, and what is refused how. */
#include "cell_model.h"
#include "core/interrupt.h"
#include "test.h"

#define CHECK_ERROR(text, ...)                                                                     \
    do {                                                                                           \
        static const item items_[] = {__VA_ARGS__, END};                                           \
        bx_error err_ = model_error(items_);                                                       \
        CHECK(err_.code == BX_EMODEL);                                                             \
        CHECK_TEXT(err_.message, text);                                                            \
    } while (0)

static void variables_are_listed_in_order(void)
{
    static const item items[] = {PARAMETER("k", 2), RULE("twice", "2 * A"), SPECIES("A", 3),
                                 SPECIES("B", 4), END};
    static const char *const names[] = {"A", "B", "k", "twice"};
    static const bx_variable_kind kinds[] = {BX_VARIABLE_SPECIES, BX_VARIABLE_SPECIES,
                                             BX_VARIABLE_PARAMETER, BX_VARIABLE_RULE};
    bx_cell *cell = model_cell(items);
    CHECK(bx_cell_variables(cell) == 4);
    for (size_t i = 0; i < 4; i++) {
        bx_variable_kind kind;
        CHECK_TEXT(bx_cell_variable(cell, i, &kind), names[i]);
        CHECK(kind == kinds[i]);
    }
    CHECK(model_get(cell, "twice") == 6);
    bx_cell_free(cell);
}

static void values_can_be_set_and_reset(void)
{
    static const item items[] = {SPECIES("A", 3),
                                 PARAMETER("k", 2),
                                 RULE("r", "k * A"),
                                 MASS("decay", "2 A ->", "k"),
                                 RATE("flow", "-> A", "r + 1"),
                                 END};
    bx_error err = {0};
    bx_cell *cell = model_cell(items);
    double rate;
    CHECK(bx_cell_set(cell, "A", 5, &err) == 0 && model_get(cell, "r") == 10);
    CHECK(bx_cell_rate(cell, "decay", &rate) == 0 && rate == 50);
    CHECK(bx_cell_rate(cell, "flow", &rate) == 0 && rate == 11);
    CHECK(bx_cell_rate(cell, "none", &rate) < 0);
    CHECK(bx_cell_set(cell, "r", 5, &err) < 0 && err.code == BX_EMODEL);
    CHECK(bx_cell_set(cell, "none", 5, &err) < 0);
    CHECK(bx_cell_set(cell, "A", -1, &err) < 0);
    CHECK(bx_cell_set(cell, "A", NAN, &err) < 0);
    CHECK(bx_cell_set(cell, "k", INFINITY, &err) < 0);
    CHECK(bx_cell_set(cell, "k", -1, &err) == 0);
    bx_cell_reset(cell);
    CHECK(model_get(cell, "A") == 3 && model_get(cell, "k") == 2 && model_get(cell, "r") == 6);
    bx_cell_free(cell);
}

static void processes_share_variables(void)
{
    static const item make[] = {SPECIES("ATP", 10), PARAMETER("k", 1), MASS("m", "-> ATP", "k"),
                                END};
    static const item take[] = {SPECIES("ATP", 99), SPECIES("X", 1), RULE("sum", "ATP + X"), END};
    static const item faster[] = {SPECIES("ATP", 10), PARAMETER("k", 5), SPECIES("new", 7),
                                  MASS("m", "-> ATP", "k"), END};
    static const item wrong[] = {RULE("ATP", "1"), END};
    bx_error err = {0};
    bx_cell *cell = bx_cell_new(&err);
    CHECK(model_define(cell, "make", make, &err) == 0);
    CHECK(bx_cell_set(cell, "ATP", 4, &err) == 0);
    CHECK(model_define(cell, "take", take, &err) == 0);
    CHECK(model_get(cell, "sum") == 5);
    CHECK(model_define(cell, "make", faster, &err) == 0);
    CHECK(model_get(cell, "ATP") == 4 && model_get(cell, "k") == 1 && model_get(cell, "new") == 7);
    CHECK(model_define(cell, "wrong", wrong, &err) < 0);
    CHECK_TEXT(err.message, "process \"wrong\": rule \"ATP\" is a species of process \"make\"");
    CHECK(model_get(cell, "sum") == 5);
    bx_cell_reset(cell);
    CHECK(model_get(cell, "ATP") == 10 && model_get(cell, "k") == 5);
    bx_cell_free(cell);
}

static void mistakes_name_their_place(void)
{
    CHECK_ERROR("process \"p\", reaction \"A -> B\": \"B\" is not declared as a species",
                SPECIES("A", 1), MASS(NULL, "A -> B", "1"));
    CHECK_ERROR("process \"p\", reaction \"r\": expected a species, found the parameter \"B\"",
                SPECIES("A", 1), PARAMETER("B", 1), MASS("r", "A -> B", "1"));
    CHECK_ERROR(
        "process \"p\", reaction \"r\": k: line 1, column 5: expected a species, a parameter "
        "or a rule, found \"kk\"",
        SPECIES("A", 1), MASS("r", "A ->", "2 * kk"));
    CHECK_ERROR(
        "process \"p\", reaction \"r\": rate: line 1, column 4: expected a number, a name or "
        "\"(\", found end of formula",
        SPECIES("A", 1), RATE("r", "A ->", "A *"));
    CHECK_ERROR("process \"p\", rule \"x\": line 1, column 1: expected a species, a parameter or a "
                "rule, found \"y\"",
                RULE("x", "y"));
    CHECK_ERROR("rules can't depend on themselves: \"a\" needs \"b\" needs \"c\" needs \"a\"",
                RULE("z", "a"), RULE("a", "b + 1"), RULE("b", "2 * c"), RULE("c", "a"));
    CHECK_ERROR("rules can't depend on themselves: \"a\" needs \"a\"", RULE("a", "a"));
    CHECK_ERROR("process \"p\": parameter \"A\" is declared already", SPECIES("A", 1),
                PARAMETER("A", 1));
    CHECK_ERROR("process \"p\": species \"time\": the formula language keeps this word",
                SPECIES("time", 1));
    CHECK_ERROR("process \"p\": species \"2x\": expected a name of at most 255 letters, digits and "
                "\"_\", not starting with a digit",
                SPECIES("2x", 1));
    CHECK_ERROR("process \"p\": species \"A\": expected a finite number, got nan",
                SPECIES("A", NAN));
    CHECK_ERROR("process \"p\": species \"A\": expected a number that is not negative, got -1",
                SPECIES("A", -1));
    CHECK_ERROR("process \"p\", event 1: set: expected a species or a parameter, found the rule "
                "\"r\"",
                RULE("r", "1"), WHEN("r > 2", "r", "1"));
    CHECK_ERROR("process \"p\", event 1: at: expected a formula of parameters alone",
                SPECIES("A", 1), MASS("d", "A ->", "1"), AT("A", "A", "1"));
    CHECK_ERROR("process \"p\", reaction \"r\": the name is taken already", SPECIES("A", 1),
                MASS("r", "A ->", "1"), MASS("r", "-> A", "1"));
}

static void rules_are_computed_in_order_of_need(void)
{
    static const item items[] = {RULE("c", "b * 2"), RULE("b", "a + 1"), RULE("a", "A"),
                                 SPECIES("A", 4), END};
    bx_cell *cell = model_cell(items);
    CHECK(model_get(cell, "c") == 10);
    bx_cell_free(cell);
}

/* A chain of 100,000 rules, last first: no recursion may be as deep. */
static void a_long_chain_of_rules_is_fine(void)
{
    bx_error err = {0};
    bx_process *p = bx_process_new("p", &err);
    for (int i = 99999; i > 0; i--) {
        char name[16], formula[24];
        snprintf(name, sizeof name, "r%d", i);
        snprintf(formula, sizeof formula, "r%d + 1", i - 1);
        CHECK(bx_process_add_rule(p, name, formula, &err) == 0);
    }
    CHECK(bx_process_add_rule(p, "r0", "0 * A", &err) == 0);
    CHECK(bx_process_add_species(p, "A", 0, &err) == 0);
    CHECK(bx_process_add_reaction(p, "a", "-> A", BX_RATE_FORMULA, "r99999", &err) == 0);
    bx_cell *cell = bx_cell_new(&err);
    CHECK(bx_cell_define(cell, p, &err) == 0);
    CHECK(model_get(cell, "r99999") == 99999);
    for (bx_method method = BX_METHOD_SSA; method <= BX_METHOD_HYBRID; method++)
        bx_trajectory_free(model_run(cell, (bx_run){method, .duration = 1e-5, .seed = 1}));
    CHECK(model_get(cell, "A") > 1);
    bx_cell_free(cell);
}

static void runs_check_their_arguments(void)
{
    static const item items[] = {SPECIES("A", 1), MASS("d", "A ->", "1"), END};
    bx_cell *cell = model_cell(items);
    CHECK(model_run_error(cell, (bx_run){.duration = 0}).code == BX_ESIMULATION);
    CHECK(model_run_error(cell, (bx_run){.duration = NAN}).code == BX_ESIMULATION);
    CHECK(model_run_error(cell, (bx_run){.duration = INFINITY}).code == BX_ESIMULATION);
    CHECK(model_run_error(cell, (bx_run){.duration = 1, .every = -1}).code == BX_ESIMULATION);
    bx_error err = model_run_error(cell, (bx_run){.duration = 1e9, .every = 1e-3});
    CHECK(err.code == BX_ESIMULATION && strstr(err.message, "record less often"));
    const char *const record[] = {"A", "nothing"};
    err = model_run_error(cell, (bx_run){.duration = 1, .record = record, .record_count = 2});
    CHECK_TEXT(err.message, "record: expected a species, a parameter or a rule, got \"nothing\"");
    CHECK(bx_cell_time(cell) == 0);
    bx_cell_free(cell);
}

static void rows_are_on_the_grid(void)
{
    static const item items[] = {SPECIES("A", 1), PARAMETER("k", 1), RULE("t", "time"),
                                 MASS("d", "A ->", "k"), END};
    for (bx_method method = BX_METHOD_ODE; method <= BX_METHOD_SSA; method++) {
        bx_cell *cell = model_cell(items);
        bx_trajectory *t = model_run(cell, (bx_run){method, .duration = 1, .every = 0.1});
        CHECK(bx_trajectory_rows(t) == 11 && bx_trajectory_columns(t) == 2);
        CHECK(bx_trajectory_times(t)[3] == 3 * 0.1 && bx_trajectory_times(t)[10] == 1);
        CHECK(model_at(t, "t", 7) == 7 * 0.1);
        bx_trajectory_free(t);
        t = model_run(cell, (bx_run){method, .duration = 1, .every = 0.3});
        CHECK(bx_trajectory_rows(t) == 5 && bx_trajectory_times(t)[0] == 1);
        CHECK(bx_trajectory_times(t)[3] == 1 + 3 * 0.3 && bx_trajectory_times(t)[4] == 2);
        bx_trajectory_free(t);
        const char *const record[] = {"k", "A"};
        t = model_run(cell, (bx_run){method, .duration = 1, .record = record, .record_count = 2});
        CHECK(bx_trajectory_rows(t) == 2 && bx_trajectory_columns(t) == 2);
        CHECK_TEXT(bx_trajectory_name(t, 0), "k");
        CHECK(bx_cell_time(cell) == 3);
        bx_trajectory_free(t);
        bx_cell_free(cell);
    }
}

static void an_empty_cell_runs(void)
{
    bx_error err = {0};
    for (bx_method method = BX_METHOD_ODE; method <= BX_METHOD_SSA; method++) {
        bx_cell *cell = bx_cell_new(&err);
        bx_trajectory *t = model_run(cell, (bx_run){method, .duration = 5, .every = 1});
        CHECK(bx_trajectory_rows(t) == 6 && bx_cell_time(cell) == 5);
        bx_trajectory_free(t);
        bx_cell_free(cell);
    }
}

static void compiling_is_interrupted(void)
{
    static const item first[] = {SPECIES("A", 3), END};
    static const item more[] = {SPECIES("A", 4), WHEN("A > 5", "A", "1"), END};
    bx_error err = {0};
    bx_cell *cell = model_cell(first);
    bx_interrupted = 1;
    CHECK(model_define(cell, "p", more, &err) < 0 && err.code == BX_ECANCELLED);
    bx_interrupted = 0;
    CHECK(model_get(cell, "A") == 3); /* the cell is as it was */
    CHECK(model_define(cell, "p", more, &err) == 0);
    bx_cell_free(cell);
}

int main(void)
{
    RUN(variables_are_listed_in_order);
    RUN(values_can_be_set_and_reset);
    RUN(processes_share_variables);
    RUN(mistakes_name_their_place);
    RUN(rules_are_computed_in_order_of_need);
    RUN(a_long_chain_of_rules_is_fine);
    RUN(runs_check_their_arguments);
    RUN(rows_are_on_the_grid);
    RUN(an_empty_cell_runs);
    RUN(compiling_is_interrupted);
    return test_end();
}
