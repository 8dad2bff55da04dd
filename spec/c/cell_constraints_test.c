/* Variables that equations determine, and reactions that come to rest at once, against closed
 * forms, in every method, across events, rows, pieces and saved states. */
#include "cell_model.h"
#include "test.h"

static bx_run ode(double duration, double every)
{
    return (bx_run){.duration = duration, .every = every};
}

/* ---- constraints ---- */

static const item decay[] = {SPECIES("A", 10),
                             SPECIES("B", 0),
                             PARAMETER("total", 10),
                             CONSTRAINT("rest", "A + rest - total", 1),
                             CONSTRAINT("up", "up * up - A", 1),
                             CONSTRAINT("down", "down ^ 2 - A", -1),
                             RATE("go", "A -> B", "A + (up + down)"),
                             WHEN("rest > 5", "down", "1"),
                             END};

static void a_constraint_holds_and_keeps_its_root(void)
{
    bx_cell *cell = model_cell(decay);
    bx_trajectory *t = model_run(cell, ode(0.6, 0.1)); /* up to the event */
    for (size_t row = 0; row < 7; row++) {
        double a = 10 * exp(-0.1 * (double)row);
        CHECK_NEAR(model_at(t, "A", row), a, 1e-6);
        CHECK_NEAR(model_at(t, "rest", row), 10 - model_at(t, "A", row), 1e-14);
        CHECK_NEAR(model_at(t, "up", row), sqrt(model_at(t, "A", row)), 1e-15);
        CHECK_NEAR(model_at(t, "down", row), -sqrt(model_at(t, "A", row)), 1e-15);
    }
    bx_trajectory_free(t);
    model_advance(cell, ode(1, 0)); /* the event has the other root of "down" from ln 2 on */
    CHECK_NEAR(model_get(cell, "down"), model_get(cell, "up"), 1e-15);
    double root = model_get(cell, "down"), early = sqrt(5) * exp(-(1.6 - log(2)) / 2);
    early -= 2 * (1 - exp(-(1.6 - log(2)) / 2)); /* A' = -A - 2 sqrt(A) */
    CHECK_NEAR(root, early, 1e-6);
    bx_cell_reset(cell);
    CHECK_NEAR(model_get(cell, "down"), -sqrt(10), 1e-15);
    bx_cell_free(cell);
}

static void setting_it_chooses_the_root(void)
{
    bx_error err = {0};
    bx_cell *cell = model_cell(decay);
    CHECK(bx_cell_set(cell, "down", 5, &err) == 0);
    CHECK_NEAR(model_get(cell, "down"), sqrt(10), 1e-15);
    CHECK(bx_cell_set(cell, "A", 4, &err) == 0);
    CHECK_NEAR(model_get(cell, "down"), 2, 0);
    CHECK_NEAR(model_get(cell, "rest"), 6, 0);
    bx_cell_free(cell);
}

static void a_run_in_pieces_and_a_saved_one_are_the_same(void)
{
    bx_error err = {0};
    bx_buffer bytes = {0};
    bx_cell *whole = model_cell(decay), *pieces = model_cell(decay), *saved = model_cell(decay);
    model_advance(whole, ode(1.2, 0));
    for (int i = 0; i < 4; i++)
        model_advance(pieces, ode(0.3, 0.1));
    CHECK_NEAR(model_get(pieces, "down"), model_get(whole, "down"), 1e-7);
    bx_cell_reset(pieces);
    model_advance(pieces, ode(0.5, 0));
    CHECK(bx_cell_encode(pieces, &bytes, &err) == 0);
    CHECK(bx_cell_decode(saved, bytes.data, bytes.length, &err) == 0);
    CHECK(model_get(saved, "down") < 0); /* not the root that is nearest to where it began */
    CHECK_NEAR(model_get(saved, "down"), model_get(pieces, "down"), 0);
    free(bytes.data);
    bx_cell_free(whole);
    bx_cell_free(pieces);
    bx_cell_free(saved);
}

/* The same events whether the rate is a constraint's or a formula's, and whatever the rows are. */
static void stochastic_runs_solve_after_each_event(void)
{
    static const item solved[] = {SPECIES("A", 400),
                                  SPECIES("B", 0),
                                  CONSTRAINT("r", "r * r - A - half", 3),
                                  RULE("half", "r / 2 + B / 4"),
                                  RATE("go", "A -> B", "r"),
                                  MASS("back", "B -> A", "0.1"),
                                  WHEN("r < 18", "A", "A + 50"),
                                  END};
    static const item plain[] = {SPECIES("A", 400),
                                 SPECIES("B", 0),
                                 RULE("r", "(0.5 + sqrt(0.25 + 4 * A + B)) / 2"),
                                 RATE("go", "A -> B", "r"),
                                 MASS("back", "B -> A", "0.1"),
                                 WHEN("r < 18", "A", "A + 50"),
                                 END};
    static const bx_method methods[] = {BX_METHOD_SSA, BX_METHOD_TAU, BX_METHOD_HYBRID};
    for (int i = 0; i < 3; i++) {
        bx_cell *a = model_cell(solved), *b = model_cell(plain), *c = model_cell(solved);
        bx_run run = {.method = methods[i], .duration = 20, .every = 4, .seed = 7};
        bx_trajectory *x = model_run(a, run), *y = model_run(b, run);
        double apart = methods[i] == BX_METHOD_HYBRID ? 1e-3 : 0; /* the solver's steps differ */
        for (size_t row = 0; row < 6; row++) {
            CHECK_NEAR(model_at(x, "A", row), model_at(y, "A", row), apart);
            CHECK_NEAR(model_at(x, "r", row), model_at(y, "r", row), 1e-12 + apart);
        }
        run.every = 0.5;
        if (methods[i] == BX_METHOD_SSA) {
            model_advance(c, run);
            CHECK(model_get(c, "A") == model_get(a, "A"));
        }
        bx_trajectory_free(x);
        bx_trajectory_free(y);
        bx_cell_free(a);
        bx_cell_free(b);
        bx_cell_free(c);
    }
}

static void blocks_depend_on_each_other_through_rules(void)
{
    static const item items[] = {SPECIES("A", 4),
                                 RULE("y", "x + z"),
                                 CONSTRAINT("x", "2 * y + x - w", 0),
                                 CONSTRAINT("z", "y - 5 * z + offset", 0),
                                 RULE("offset", "w - 1"),
                                 CONSTRAINT("w", "exp(w) - A", 0),
                                 RULE("after", "x * z"),
                                 END};
    bx_cell *cell = model_cell(items);
    double w = log(4), z = (4 * w / 3 - 1) / (4 + 2.0 / 3), x = (w - 2 * z) / 3;
    CHECK_NEAR(model_get(cell, "z"), z, 1e-15);
    CHECK_NEAR(model_get(cell, "x"), x, 1e-15);
    CHECK_NEAR(model_get(cell, "after"), x * z, 1e-15);
    bx_cell_free(cell);
}

/* The flow begins at once, and the answer is exact where numbers are large and small. */
static void scales_do_not_matter(void)
{
    static const item items[] = {SPECIES("A", 3e-20),
                                 CONSTRAINT("x", "x * 1e30 - A * A", 1),
                                 CONSTRAINT("y", "y - 1e25", 0),
                                 CONSTRAINT("zero", "zero ^ 3 + zero * A", 1e-10),
                                 CONSTRAINT("log", "log(log) + 30", 1),
                                 END};
    bx_cell *cell = model_cell(items);
    CHECK_NEAR(model_get(cell, "x") / 9e-70, 1, 1e-14);
    CHECK_NEAR(model_get(cell, "y") / 1e25, 1, 1e-15);
    CHECK_NEAR(model_get(cell, "zero"), 0, 1e-25);
    CHECK_NEAR(model_get(cell, "log") / exp(-30), 1, 1e-12);
    bx_cell_free(cell);
}

static void what_has_no_solution_is_named(void)
{
    static const item none[] = {SPECIES("A", 1), MASS("go", "-> A", "1"),
                                CONSTRAINT("x", "x * x + A - 3", 1), END};
    static const item other[] = {SPECIES("A", 1), CONSTRAINT("x", "A - 3", 1), END};
    static const item cycle[] = {SPECIES("A", 1), CONSTRAINT("x", "x - a", 1), RULE("a", "b + x"),
                                 RULE("b", "a"), END};
    bx_cell *cell = model_cell(none);
    bx_error err = model_run_error(cell, ode(5, 0.1));
    CHECK(err.code == BX_ESIMULATION && strstr(err.message, "\"x\""));
    CHECK(model_get(cell, "A") > 2.9);
    bx_cell_free(cell);
    CHECK(strstr(model_error(other).message, "constraint on \"x\""));
    CHECK(strstr(model_error(cycle).message, "\"a\" needs \"b\" needs \"a\""));
}

/* ---- fast reactions ---- */

static void fast_reactions_are_at_rest_from_the_start(void)
{
    static const item items[] = {SPECIES("A", 6),
                                 SPECIES("B", 0),
                                 SPECIES("C", 0),
                                 FAST("there", "A -> B", "3 * A"),
                                 FAST("back", "B -> A", "B"), /* depends on the other */
                                 MASS("out", "B -> C", "0.1"),
                                 RULE("ratio", "B / A"),
                                 END};
    bx_cell *cell = model_cell(items);
    CHECK_NEAR(model_get(cell, "A"), 1.5, 1e-14);
    bx_trajectory *t = model_run(cell, ode(20, 5));
    for (size_t row = 0; row < 5; row++) {
        double left = 6 * exp(-0.1 * 0.75 * 5 * (double)row);
        CHECK_NEAR(model_at(t, "A", row), left / 4, 1e-6);
        CHECK_NEAR(model_at(t, "B", row), left * 3 / 4, 1e-6);
        CHECK_NEAR(model_at(t, "ratio", row), 3, 1e-12);
        CHECK_NEAR(model_at(t, "A", row) + model_at(t, "B", row) + model_at(t, "C", row), 6, 1e-12);
    }
    bx_trajectory_free(t);
    bx_cell_free(cell);
}

/* Where one of two ends first: not the nearest zero of the rate, but where the flow goes. */
static void a_fast_reaction_runs_until_its_reactant_is_gone(void)
{
    static const item items[] = {SPECIES("A", 3),
                                 SPECIES("B", 2),
                                 SPECIES("C", 0),
                                 SPECIES("D", 1),
                                 FAST("meet", "A + B -> C", "A ^ 2 * sqrt(B)"),
                                 FAST("grow", "C -> D", "C * D"),
                                 MASS("in", "-> B", "0.5"),
                                 AT("4", "A", "A + 7"),
                                 END};
    bx_cell *cell = model_cell(items);
    bx_trajectory *t = model_run(cell, ode(6, 1));
    static const double a[] = {1, 0.5, 0, 0, 6, 5.5, 5};
    static const double b[] = {0, 0, 0, 0.5, 0, 0, 0};
    for (size_t row = 0; row < 7; row++) {
        CHECK_NEAR(model_at(t, "A", row), a[row], 1e-6);
        CHECK_NEAR(model_at(t, "B", row), b[row], 1e-6);
        CHECK_NEAR(model_at(t, "C", row), 0, 1e-12);
        CHECK_NEAR(model_at(t, "D", row), 4 - a[row] + (row >= 4 ? 7 : 0), 1e-6);
    }
    bx_trajectory_free(t);
    bx_cell_free(cell);
}

static void fast_reactions_go_on_in_pieces_and_when_saved(void)
{
    static const item items[] = {SPECIES("E", 1),
                                 SPECIES("S", 20),
                                 SPECIES("ES", 0),
                                 SPECIES("P", 0),
                                 FAST("bind", "E + S -> ES", "2 * E * S - ES"),
                                 MASS("turn", "ES -> E + P", "1"),
                                 END};
    bx_error err = {0};
    bx_buffer bytes = {0};
    bx_cell *whole = model_cell(items), *pieces = model_cell(items), *saved = model_cell(items);
    model_advance(whole, ode(12, 0));
    for (int i = 0; i < 3; i++)
        model_advance(pieces, ode(4, 1));
    CHECK_NEAR(model_get(pieces, "P"), model_get(whole, "P"), 1e-5);
    CHECK(bx_cell_encode(pieces, &bytes, &err) == 0);
    CHECK(bx_cell_decode(saved, bytes.data, bytes.length, &err) == 0);
    CHECK_NEAR(model_get(saved, "ES"), model_get(pieces, "ES"), 1e-15);
    model_advance(saved, ode(4, 0));
    model_advance(whole, ode(4, 0));
    CHECK_NEAR(model_get(saved, "P"), model_get(whole, "P"), 1e-5);
    bx_cell_reset(saved); /* what is set together counts together */
    CHECK(bx_cell_set(saved, "S", 4, &err) == 0 && bx_cell_set(saved, "E", 2, &err) == 0);
    double s = model_get(saved, "S"), e = model_get(saved, "E"), es = model_get(saved, "ES");
    CHECK_NEAR(s + es, 4, 1e-14);
    CHECK_NEAR(e + es, 2, 1e-14);
    CHECK_NEAR(2 * e * s, es, 1e-14);
    free(bytes.data);
    bx_cell_free(whole);
    bx_cell_free(pieces);
    bx_cell_free(saved);
}

/* What a fast reaction sends round goes round 1,000 times. */
static void a_cycle_does_not_wear_out(void)
{
    static const item items[] = {SPECIES("A", 5),
                                 SPECIES("B", 1),
                                 SPECIES("C", 0),
                                 FAST("quick", "A -> B", "A * B"),
                                 MASS("slow", "B -> A", "1"),
                                 MASS("out", "B -> C", "0.001"),
                                 END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, ode(1000, 0));
    CHECK_NEAR(model_get(cell, "B"), 6 * exp(-1), 1e-6);
    CHECK_NEAR(model_get(cell, "A"), 0, 1e-9);
    bx_cell_free(cell);
}

/* A switch that turns a fast reaction off leaves things as they are. */
static void fast_reactions_can_be_turned_off(void)
{
    static const item items[] = {SPECIES("A", 0),
                                 SPECIES("B", 2),
                                 PARAMETER("on", 0),
                                 FAST("quick", "A -> B", "on * A"),
                                 RATE("slow", "B -> A", "1"),
                                 WHEN("A >= 1", "on", "1"),
                                 AT("1.25", "on", "0"),
                                 END};
    bx_error err = {0};
    bx_cell *cell = model_cell(items);
    bx_trajectory *t = model_run(cell, ode(1.5, 0.25));
    static const double a[] = {0, 0.25, 0.5, 0.75, 0, 0, 0.25};
    for (size_t row = 0; row < 7; row++)
        CHECK_NEAR(model_at(t, "A", row), a[row], 1e-9);
    bx_trajectory_free(t);
    CHECK(bx_cell_set(cell, "A", 3, &err) == 0);
    CHECK_NEAR(model_get(cell, "B"), 1.75, 1e-9);
    CHECK(bx_cell_set(cell, "on", 1, &err) == 0);
    CHECK_NEAR(model_get(cell, "B"), 4.75, 1e-9);
    bx_cell_free(cell);
}

static void fast_reactions_that_cannot_be_are_named(void)
{
    static const item endless[] = {SPECIES("A", 1), SPECIES("B", 0), FAST("go", "A -> B", "1"),
                                   END};
    static const item beyond[] = {SPECIES("A", 1), SPECIES("B", 0),
                                  FAST("go", "A -> B", "1 + B * B"), END};
    static const item compete[] = {SPECIES("A", 1),
                                   SPECIES("B", 0),
                                   SPECIES("C", 0),
                                   FAST("one", "A -> B", "A"),
                                   FAST("two", "2 A -> C", "A * A"),
                                   END};
    static const item share[] = {SPECIES("A", 1),
                                 SPECIES("B", 0),
                                 SPECIES("C", 0),
                                 FAST("one", "A -> B", "A"),
                                 FAST("two", "A -> C", "3 * A"),
                                 END};
    static const item other[] = {PARAMETER("A", 1), FAST("go", "A ->", "A"), END};
    static const item good[] = {SPECIES("A", 1), FAST("go", "A ->", "A"), END};
    CHECK(strstr(model_error(endless).message, "\"go.extent\""));
    CHECK(strstr(model_error(other).message, "\"A\""));
    bx_cell *cell = model_cell(beyond);
    CHECK(strstr(model_run_error(cell, ode(1, 0)).message, "\"go.extent\""));
    bx_cell_free(cell);
    cell = model_cell(compete); /* what becomes B depends on how fast they are beside each other */
    CHECK(strstr(model_run_error(cell, ode(1, 0)).message, "depend on the way"));
    bx_cell_free(cell);
    cell = model_cell(share); /* a fixed part */
    CHECK_NEAR(model_get(cell, "C"), 0.75, 1e-12);
    bx_cell_free(cell);
    cell = model_cell(good);
    bx_error err = model_run_error(cell, (bx_run){.method = BX_METHOD_SSA, .duration = 1});
    CHECK(err.code == BX_EMODEL && strstr(err.message, "\"go.extent\""));
    bx_cell_free(cell);
}

int main(void)
{
    RUN(a_constraint_holds_and_keeps_its_root);
    RUN(setting_it_chooses_the_root);
    RUN(a_run_in_pieces_and_a_saved_one_are_the_same);
    RUN(stochastic_runs_solve_after_each_event);
    RUN(blocks_depend_on_each_other_through_rules);
    RUN(scales_do_not_matter);
    RUN(what_has_no_solution_is_named);
    RUN(fast_reactions_are_at_rest_from_the_start);
    RUN(a_fast_reaction_runs_until_its_reactant_is_gone);
    RUN(fast_reactions_go_on_in_pieces_and_when_saved);
    RUN(a_cycle_does_not_wear_out);
    RUN(fast_reactions_can_be_turned_off);
    RUN(fast_reactions_that_cannot_be_are_named);
    return test_end();
}
