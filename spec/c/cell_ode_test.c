/* The ODE engine against what is known exactly, and events. */
#include "cell_model.h"
#include "test.h"

#include "engine/deterministic/course.h"
#include "engine/deterministic/silence.h"

#include <malloc.h>
#include <nvector/nvector_serial.h>

static void decay_is_exponential(void)
{
    static const item items[] = {SPECIES("A", 100), MASS("d", "A ->", "0.3"), END};
    bx_cell *cell = model_cell(items);
    bx_trajectory *t = model_run(cell, (bx_run){.duration = 20, .every = 0.5});
    for (size_t i = 0; i < bx_trajectory_rows(t); i++)
        CHECK_NEAR(model_at(t, "A", i), 100 * exp(-0.3 * 0.5 * (double)i), 1e-5);
    CHECK_TEXT(bx_trajectory_method(t), "ode");
    bx_trajectory_free(t);
    bx_cell_free(cell);
}

/* A -> B -> C -> with rates 1, 2, 3: Bateman's solution. */
static void a_linear_chain_follows_bateman(void)
{
    static const item items[] = {SPECIES("A", 1),
                                 SPECIES("B", 0),
                                 SPECIES("C", 0),
                                 MASS("a", "A -> B", "1"),
                                 MASS("b", "B -> C", "2"),
                                 MASS("c", "C ->", "3"),
                                 END};
    bx_cell *cell = model_cell(items);
    bx_trajectory *t = model_run(cell, (bx_run){.duration = 5, .every = 0.25});
    for (size_t i = 0; i < bx_trajectory_rows(t); i++) {
        double x = exp(-0.25 * (double)i);
        CHECK_NEAR(model_at(t, "A", i), x, 1e-7);
        CHECK_NEAR(model_at(t, "B", i), x - x * x, 1e-7);
        CHECK_NEAR(model_at(t, "C", i), x - 2 * x * x + x * x * x, 1e-7);
    }
    bx_trajectory_free(t);
    bx_cell_free(cell);
}

/* 2 A -> with k: A' = -2 k A^2. */
static void dimerisation_takes_two(void)
{
    static const item items[] = {SPECIES("A", 10), SPECIES("D", 0), MASS("d", "2 A -> D", "0.1"),
                                 END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.duration = 3});
    CHECK_NEAR(model_get(cell, "A"), 10 / (1 + 2 * 0.1 * 10 * 3), 1e-6);
    CHECK_NEAR(model_get(cell, "A") + 2 * model_get(cell, "D"), 10, 1e-9);
    bx_cell_free(cell);
}

/* Robertson's stiff problem; the reference is of Hairer and Wanner's test set, at t = 40 and 4e5.
 */
static void robertson_is_stiff(void)
{
    static const item items[] = {SPECIES("A", 1),
                                 SPECIES("B", 0),
                                 SPECIES("C", 0),
                                 MASS("a", "A -> B", "0.04"),
                                 MASS("b", "2 B -> B + C", "3e7"),
                                 MASS("c", "B + C -> A + C", "1e4"),
                                 END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.duration = 40, .absolute_tolerance = 1e-14});
    CHECK_NEAR(model_get(cell, "A"), 0.7158270688, 1e-7);
    CHECK_NEAR(model_get(cell, "B"), 9.185534765e-6, 1e-11);
    CHECK_NEAR(model_get(cell, "C"), 0.2841637457, 1e-7);
    model_advance(cell, (bx_run){.duration = 4e5 - 40, .absolute_tolerance = 1e-14});
    CHECK_NEAR(model_get(cell, "A"), 4.9382741e-3, 1e-7);
    CHECK_NEAR(model_get(cell, "A") + model_get(cell, "B") + model_get(cell, "C"), 1, 1e-9);
    bx_cell_free(cell);
}

/* A' = sin(t) through a rule, and formulas of time. */
static void rates_may_depend_on_time(void)
{
    static const item items[] = {SPECIES("A", 5), RULE("wave", "sin(time)"),
                                 RATE("w", "-> A", "wave"), END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.duration = 4});
    CHECK_NEAR(model_get(cell, "A"), 6 - cos(4), 1e-5);
    bx_cell_free(cell);
}

/* The pool decays and is refilled when it comes below 1: every log(10) seconds. */
static void a_condition_is_met_exactly(void)
{
    static const item items[] = {SPECIES("A", 10),
                                 SPECIES("count", 0),
                                 PARAMETER("met", 0),
                                 MASS("d", "A ->", "1"),
                                 WHEN("A < 1", "A", "10"),
                                 WHEN("A <= 1", "met", "time"),
                                 WHEN("1 > A", "count", "count + 1"),
                                 END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.duration = 10});
    CHECK(model_get(cell, "count") == 4);
    CHECK_NEAR(model_get(cell, "met"), 4 * log(10), 1e-6);
    CHECK_NEAR(model_get(cell, "A"), 10 * exp(4 * log(10) - 10), 1e-6);
    bx_cell_free(cell);
}

static void conditions_are_joined(void)
{
    static const item items[] = {SPECIES("A", 0),
                                 SPECIES("B", 10),
                                 PARAMETER("hit", 0),
                                 PARAMETER("miss", 0),
                                 PARAMETER("either", 0),
                                 PARAMETER("rule", 0),
                                 RULE("late", "not (A < 7)"),
                                 MASS("a", "-> A", "1"),
                                 RATE("b", "B ->", "if(B > 0, 1, 0)"),
                                 WHEN("A > 2 and B < 4", "hit", "time"),
                                 WHEN("A > 5 and B > 6", "miss", "1"),
                                 WHEN("A > 3 or B < 5", "either", "time"),
                                 WHEN("late and B > 0", "rule", "time"),
                                 END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.duration = 9});
    CHECK_NEAR(model_get(cell, "hit"), 6, 1e-6);
    CHECK(model_get(cell, "miss") == 0);
    CHECK_NEAR(model_get(cell, "either"), 3, 1e-6);
    CHECK_NEAR(model_get(cell, "rule"), 7, 1e-6);
    bx_cell_free(cell);
}

static void a_time_is_met_exactly(void)
{
    static const item items[] = {SPECIES("A", 0),
                                 PARAMETER("k", 1),
                                 PARAMETER("when", 2.5),
                                 PARAMETER("later", 0),
                                 PARAMETER("start", 0),
                                 MASS("a", "-> A", "k"),
                                 AT("when", "k", "k + 1"),
                                 AT("2 * when", "k", "0"),
                                 WHEN("time > 4", "later", "time"),
                                 AT("0", "start", "start + 1"),
                                 AT("-1", "A", "1000"),
                                 END};
    for (bx_method method = BX_METHOD_ODE; method <= BX_METHOD_SSA; method++) {
        bx_cell *cell = model_cell(items);
        for (int i = 0; i < 10; i++) /* events stand at ends of runs too */
            model_advance(cell, (bx_run){method, .duration = 1.25, .seed = 3});
        if (method == BX_METHOD_ODE)
            CHECK_NEAR(model_get(cell, "A"), 2.5 + 2 * 2.5, 1e-7);
        CHECK_NEAR(model_get(cell, "later"), 4, 1e-14);
        CHECK(model_get(cell, "start") == 1);
        CHECK(model_get(cell, "k") == 0);
        bx_cell_free(cell);
    }
}

static void a_row_at_an_event_shows_what_it_did(void)
{
    static const item items[] = {SPECIES("A", 1), AT("2", "A", "7"), END};
    for (bx_method method = BX_METHOD_ODE; method <= BX_METHOD_SSA; method++) {
        bx_cell *cell = model_cell(items);
        bx_trajectory *t = model_run(cell, (bx_run){method, .duration = 4, .every = 1});
        CHECK(model_at(t, "A", 1) == 1 && model_at(t, "A", 2) == 7 && model_at(t, "A", 4) == 7);
        bx_trajectory_free(t);
        bx_cell_free(cell);
    }
}

static void what_is_true_at_first_does_not_fire(void)
{
    static const item items[] = {SPECIES("A", 5),
                                 PARAMETER("n", 0),
                                 PARAMETER("m", 0),
                                 WHEN("A > 2", "n", "n + 1"),
                                 WHEN("m > 0", "m", "m + 10"),
                                 END};
    bx_error err = {0};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.duration = 1});
    CHECK(model_get(cell, "n") == 0);
    bx_cell_set(cell, "A", 1, &err);
    bx_cell_set(cell, "m", 1, &err);
    model_advance(cell, (bx_run){.duration = 1});
    CHECK(model_get(cell, "n") == 0 && model_get(cell, "m") == 11);
    bx_cell_set(cell, "A", 3, &err);
    model_advance(cell, (bx_run){.duration = 1});
    CHECK(model_get(cell, "n") == 1 && model_get(cell, "m") == 11);
    bx_cell_reset(cell);
    model_advance(cell, (bx_run){.duration = 1});
    CHECK(model_get(cell, "n") == 0);
    bx_cell_free(cell);
}

static void simultaneous_events_fire_in_order(void)
{
    static const item items[] = {PARAMETER("x", 1),
                                 PARAMETER("y", 0),
                                 AT("1", "x", "x * 10"),
                                 AT("1", "x", "x + 1"),
                                 WHEN("time >= 1", "x", "x * 2"),
                                 WHEN("x > 20", "y", "x"),
                                 END};
    for (bx_method method = BX_METHOD_ODE; method <= BX_METHOD_SSA; method++) {
        bx_cell *cell = model_cell(items);
        model_advance(cell, (bx_run){method, .duration = 2});
        CHECK(model_get(cell, "x") == 22 && model_get(cell, "y") == 22);
        bx_cell_free(cell);
    }
}

static void events_without_end_are_stopped(void)
{
    static const item items[] = {PARAMETER("x", 0), AT("1", "x", "1"), WHEN("x == 1", "x", "0"),
                                 WHEN("x == 0", "x", "1"), END};
    bx_cell *cell = model_cell(items);
    bx_error err = model_run_error(cell, (bx_run){.duration = 2});
    CHECK(err.code == BX_ESIMULATION && strstr(err.message, "without end at time 1 s"));
    bx_cell_free(cell);
}

static void failures_say_what_and_when(void)
{
    static const item blow_up[] = {SPECIES("A", 1), MASS("grow", "2 A -> 3 A", "1"), END};
    static const item undefined[] = {SPECIES("A", 1), RATE("bad", "-> A", "log(0.5 - time)"), END};
    static const item number[] = {SPECIES("A", 1), MASS("d", "A ->", "1"),
                                  WHEN("A - 0.5", "A", "1"), END};
    bx_cell *cell = model_cell(blow_up);
    bx_error err = model_run_error(cell, (bx_run){.duration = 2});
    CHECK(err.code == BX_ESIMULATION && strstr(err.message, "the ODE solver stopped at time"));
    CHECK_NEAR(bx_cell_time(cell), 1, 1e-3);
    bx_cell_free(cell);
    cell = model_cell(undefined);
    err = model_run_error(cell, (bx_run){.duration = 2});
    CHECK(err.code == BX_ESIMULATION && strstr(err.message, "not finite"));
    CHECK(bx_cell_time(cell) <= 0.5 && isfinite(model_get(cell, "A")));
    bx_cell_free(cell);
    cell = model_cell(number);
    err = model_run_error(cell, (bx_run){.duration = 2});
    CHECK(err.code == BX_EMODEL && strstr(err.message, "event 1: when: expected comparisons"));
    bx_cell_free(cell);
    cell = model_cell(blow_up);
    err = model_run_error(cell, (bx_run){.duration = 0.9, .maximum_steps = 5});
    CHECK(err.code == BX_ESIMULATION && strstr(err.message, "made 5 steps"));
    CHECK(bx_cell_time(cell) > 0 && bx_cell_time(cell) < 0.9);
    bx_cell_free(cell);
}

/* A / B, which are near 1 and wrong by no more than `part`. */
#define CHECK_RATIO(got, wanted, part) CHECK_NEAR((got) / (wanted), 1, part)

/* Amounts of 1e-20 to 1e20, side by side. */
static void each_variable_has_its_own_scale(void)
{
    static const item items[] = {
        SPECIES("A", 1e-20),       SPECIES("B", 0),
        SPECIES("C", 1e20),        SPECIES("D", 0),
        SPECIES("P", 0),           MASS("a", "A -> B", "1"),
        MASS("b", "B ->", "2"),    MASS("c", "C -> D", "0.01"),
        MASS("d", "D ->", "0.02"), RATE("in", "-> P", "1e-24 * (1 + time)"),
        MASS("out", "P ->", "1"),  END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.duration = 5});
    CHECK_RATIO(model_get(cell, "A"), 1e-20 * exp(-5), 1e-6);
    CHECK_RATIO(model_get(cell, "B"), 1e-20 * (exp(-5) - exp(-10)), 1e-6);
    CHECK_RATIO(model_get(cell, "C"), 1e20 * exp(-0.05), 1e-6);
    CHECK_RATIO(model_get(cell, "D"), 1e20 * (exp(-0.05) - exp(-0.1)), 1e-6);
    CHECK_RATIO(model_get(cell, "P"), 1e-24 * 5, 1e-6);
    bx_cell_free(cell);
}

/* From 1 to exp(-33), some 5e-15, and back. */
static void a_deep_minimum_is_left_as_it_is_reached(void)
{
    static const item items[] = {SPECIES("A", 1), RATE("wave", "-> A", "-16.5 * sin(time) * A"),
                                 END};
    bx_cell *cell = model_cell(items);
    bx_trajectory *t = model_run(cell, (bx_run){.duration = 12, .every = 1});
    for (size_t i = 0; i < bx_trajectory_rows(t); i++)
        CHECK_RATIO(model_at(t, "A", i), exp(16.5 * (cos((double)i) - 1)), 1e-4);
    bx_trajectory_free(t);
    bx_cell_free(cell);
}

/* Z has an unstable rest at 0, beside a species that is large and coupled to it. */
static void what_is_0_stays_0(void)
{
    static const item items[] = {SPECIES("Z", 0),
                                 SPECIES("A", 1e6),
                                 SPECIES("B", 0),
                                 MASS("grow", "Z -> 2 Z", "3"),
                                 MASS("feed", "A -> B", "1"),
                                 RATE("lead", "-> A", "1e5 * Z + 1e3 * B / (1 + B)"),
                                 MASS("end", "B ->", "0.5"),
                                 END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.duration = 100});
    CHECK(model_get(cell, "Z") == 0);
    bx_cell_free(cell);
}

/* A power of what is below 0 by rounding is that of 0. */
static void powers_of_0_are_finite(void)
{
    static const item items[] = {SPECIES("A", 1), SPECIES("E", 0), MASS("d", "A ->", "50"),
                                 RATE("e", "-> E", "A ^ 0.5"), END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.duration = 100});
    CHECK_RATIO(model_get(cell, "E"), 0.04, 1e-6);
    bx_cell_free(cell);
}

/* All is 0 until then. */
static void a_late_beginning_is_passed(void)
{
    static const item items[] = {SPECIES("A", 0),
                                 SPECIES("B", 0),
                                 RULE("dose", "if(time < 4, 0, 1)"),
                                 RATE("in", "-> A", "dose"),
                                 MASS("a", "A -> B", "1"),
                                 END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.duration = 10});
    CHECK_RATIO(model_get(cell, "A"), 1 - exp(-6), 1e-6);
    CHECK_RATIO(model_get(cell, "B"), 5 + exp(-6), 1e-6);
    bx_cell_free(cell);
}

static void tolerances_may_be_named(void)
{
    static const item items[] = {SPECIES("A", 1), SPECIES("B", 1), MASS("a", "A ->", "1"),
                                 RATE("b", "-> B", "A * cos(3 * time)"), END};
    static const bx_named_tolerance loose[] = {{"A", 1e-2}, {"B", 1e-2}}, unknown = {"C", 1};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.duration = 3, .absolute_tolerances = loose, .absolute_count = 2});
    double error = fabs(model_get(cell, "A") / exp(-3) - 1);
    CHECK(error > 1e-4 && error < 1);
    bx_error err = model_run_error(
        cell, (bx_run){.duration = 3, .absolute_tolerances = &unknown, .absolute_count = 1});
    CHECK(err.code == BX_ESIMULATION && strstr(err.message, "tolerance.absolute") &&
          strstr(err.message, "\"C\""));
    bx_cell_free(cell);
}

/* x falls far and rises again when y passes z: below 0 it would run away. */
static void below_0_by_errors_is_refused(void)
{
    static const item fall[] = {SPECIES("x", 1),
                                SPECIES("y", 1e-3),
                                SPECIES("z", 1),
                                MASS("out", "x + z -> z", "100"),
                                MASS("in", "x + y -> 2 x + y", "100"),
                                MASS("less", "z ->", "1"),
                                MASS("more", "y -> 2 y", "1"),
                                END};
    static const item down[] = {SPECIES("x", 1), RATE("out", "x ->", "0.3"), END};
    bx_cell *cell = model_cell(fall);
    bx_error err = model_run_error(
        cell, (bx_run){.duration = 20, .relative_tolerance = 1e-3, .absolute_tolerance = 1e-3});
    CHECK(err.code == BX_ESIMULATION && strstr(err.message, "\"x\" came to -"));
    bx_cell_free(cell);
    cell = model_cell(down); /* its law has it so */
    model_advance(cell, (bx_run){.duration = 10});
    CHECK_NEAR(model_get(cell, "x"), -2, 1e-6);
    bx_cell_free(cell);
}

static volatile sig_atomic_t stop;

static void stop_at_half(void *data, double fraction)
{
    (void)data;
    stop = fraction > 0;
}

static void a_run_can_be_interrupted(void)
{
    static const item items[] = {SPECIES("A", 1),
                                 SPECIES("B", 1),
                                 RATE("a", "-> A", "cos(1000 * time)"),
                                 MASS("in", "-> B", "1000"),
                                 MASS("out", "B ->", "1"),
                                 END};
    static const item still[] = {SPECIES("B", 1), MASS("in", "-> B", "1000"),
                                 MASS("out", "B ->", "1"), END};
    for (bx_method method = BX_METHOD_ODE; method <= BX_METHOD_SSA; method++) {
        bx_cell *cell = model_cell(method == BX_METHOD_ODE ? items : still);
        stop = 0;
        bx_error err = model_run_error(
            cell, (bx_run){method, .duration = 1e6, .interrupt = &stop, .progress = stop_at_half});
        CHECK(err.code == BX_ECANCELLED);
        CHECK(bx_cell_time(cell) > 0 && bx_cell_time(cell) < 1e6);
        double before = bx_cell_time(cell);
        model_advance(cell, (bx_run){method, .duration = 0.1});
        CHECK(bx_cell_time(cell) == before + 0.1);
        bx_cell_free(cell);
    }
}

/* A ring of 300 species with diffusion and a hub that all of them feed: the sparse solver. */
static bx_cell *ring(int count, int first)
{
    bx_error err = {0};
    bx_process *p = bx_process_new("p", &err);
    char a[16], equation[64];
    bx_process_add_species(p, "hub", 1, &err);
    bx_process_add_parameter(p, "k", 0.5, &err);
    bx_process_add_rule(p, "drain", "0.01 * hub / (1 + hub)", &err);
    for (int i = 0; i < count; i++) {
        snprintf(a, sizeof a, "s%d", (i + first) % count);
        bx_process_add_species(p, a, (i + first) % count == 0 ? 100 : 0, &err);
    }
    for (int i = first; i < count + first; i++) {
        snprintf(equation, sizeof equation, "s%d -> s%d", i % count, (i + 1) % count);
        bx_process_add_reaction(p, NULL, equation, BX_RATE_MASS_ACTION, "k", &err);
        snprintf(equation, sizeof equation, "s%d -> s%d", (i + 1) % count, i % count);
        bx_process_add_reaction(p, NULL, equation, BX_RATE_MASS_ACTION, "k * 0.9", &err);
        snprintf(equation, sizeof equation, "s%d -> hub", i % count);
        snprintf(a, sizeof a, "drain * s%d", i % count);
        bx_process_add_reaction(p, NULL, equation, BX_RATE_FORMULA, a, &err);
    }
    bx_process_add_reaction(p, NULL, "hub -> s7", BX_RATE_FORMULA, "0.02 * hub + 0.001", &err);
    bx_cell *cell = bx_cell_new(&err);
    if (bx_cell_define(cell, p, &err) < 0)
        printf("Bail out! %s\n", err.message);
    return cell;
}

static void a_permuted_network_gives_the_same(void)
{
    bx_cell *one = ring(300, 0), *other = ring(300, 117);
    model_advance(one, (bx_run){.duration = 50});
    model_advance(other, (bx_run){.duration = 50});
    double total = model_get(one, "hub");
    for (int i = 0; i < 300; i++) {
        char name[16];
        snprintf(name, sizeof name, "s%d", i);
        CHECK_NEAR(model_get(one, name), model_get(other, name), 1e-6);
        total += model_get(one, name);
    }
    CHECK(model_get(one, "hub") > 0.01);
    CHECK_NEAR(total, 101, 1e-7);
    bx_cell_free(one);
    bx_cell_free(other);
}

/* Adams: an oscillator, a decay, an event; and BDF again in the same cell. */
static void adams_gives_the_same(void)
{
    static const item items[] = {SPECIES("x", 2),
                                 SPECIES("y", 1),
                                 SPECIES("A", 10),
                                 PARAMETER("crossed", 0),
                                 RATE("dx", "-> x", "y - 1"),
                                 RATE("dy", "y ->", "x - 1"),
                                 MASS("decay", "A ->", "0.5"),
                                 WHEN("A < 1", "crossed", "time"),
                                 END};
    bx_cell *cell = model_cell(items);
    for (int adams = 1; adams >= 0; adams--) {
        bx_cell_reset(cell);
        model_advance(cell, (bx_run){.duration = 10, .adams = adams});
        CHECK_NEAR(model_get(cell, "x"), 1 + cos(10), 1e-5);
        CHECK_NEAR(model_get(cell, "y"), 1 - sin(10), 1e-5);
        CHECK_NEAR(model_get(cell, "A"), 10 * exp(-5), 1e-6);
        CHECK_NEAR(model_get(cell, "crossed"), 2 * log(10), 1e-6);
    }
    bx_cell_free(cell);
}

/* What a model of conditions comes to at 100 s, from S = 1 that decays; x falls by 1 a second. */
typedef struct abrupt {
    const char *what;
    item items[8];
    double right;
} abrupt;

#define DECAY                                                                                      \
    SPECIES("S", 1), MASS("decay", "S ->", "0.01"), SPECIES("x", 100), RATE("falls", "x ->", "1")

/* 10 a second from time a to b. */
#define PULSE(a, b) (exp(-1) + 1000 * (exp(-0.01 * (100 - (b))) - exp(-0.01 * (100 - (a)))))
#define DOSE(at) (exp(-1) + 10 * exp(-0.01 * (100 - (at))))

static double daily_doses(double first)
{
    double sum = exp(-1);
    for (double at = first; at < 100; at += 10)
        sum += 10 * exp(-0.01 * (100 - at));
    return sum;
}

static void check_rows(const abrupt *model)
{
    static const double every[] = {0, 1, 7.3, 50, 100};
    bx_cell *cell = model_cell(model->items);
    for (size_t i = 0; i < sizeof every / sizeof *every; i++) {
        for (int adams = 0; adams < 2; adams++) {
            bx_cell_reset(cell);
            model_advance(cell, (bx_run){.duration = 100, .every = every[i], .adams = adams});
            double got = model_get(cell, "S");
            CHECK_NEAR(got, model->right, 1e-5 * model->right);
            if (!(fabs(got - model->right) < 1e-5 * model->right))
                printf("# %s, every %g: %.9g for %.9g\n", model->what, every[i], got, model->right);
        }
    }
    bx_cell_free(cell);
}

/* Conditions, rounding and kinks are met wherever they stand, and whatever the rows. */
static void rows_do_not_matter(void)
{
    const abrupt models[] = {
        {"pulse",
         {DECAY, RATE("p", "-> S", "if(time >= 50 and time < 50.5, 10, 0)"), END},
         PULSE(50, 50.5)},
        {"shifted",
         {DECAY, RATE("p", "-> S", "if(100 - 2*time <= 0 and 3*time < 151.5, 10, 0)"), END},
         PULSE(50, 50.5)},
        {"kinks",
         {DECAY, RATE("p", "-> S", "if(abs(time - 50.25) < 0.25, 10, 0)"), END},
         PULSE(50, 50.5)},
        {"rule",
         {DECAY, RULE("on", "time > 50 and time <= 50.5"), RATE("p", "-> S", "10*on"), END},
         PULSE(50, 50.5)},
        {"floor",
         {DECAY, RATE("p", "-> S", "if(floor(2*time) == 100, 10, 0)"), END},
         PULSE(50, 50.5)},
        {"windows in turn",
         {DECAY, RULE("on", "if(time < 50, 0, if(time < 50.5, 1, if(time < 100, 0, 5)))"),
          RULE("most", "max(0, on)"), RATE("p", "-> S", "10*most"), END},
         PULSE(50, 50.5)},
        {"clock", /* a state that goes as the time does */
         {DECAY, SPECIES("t", 0), RATE("ticks", "-> t", "1"),
          RATE("p", "-> S", "if(rem(t, 60) >= 50 and rem(t, 60) < 50.001, 1e4, 0)"), END},
         (PULSE(50, 50.001) - exp(-1)) * 1000 + exp(-1)},
        {"moved", /* by an event, to where a table of windows says */
         {DECAY, PARAMETER("from", 1e9), AT("20", "from", "50"),
          RATE("p", "-> S", "if(min(time - from, from + 0.001 - time) > 0, 1e4, 0)"), END},
         (PULSE(50, 50.001) - exp(-1)) * 1000 + exp(-1)},
        {"narrow state", /* both conditions between two steps */
         {DECAY, RATE("p", "-> S", "if(abs(x - 49.9) < 1e-4, 1e5, 0)"), END},
         (PULSE(50.0999, 50.1001) - exp(-1)) * 1e4 + exp(-1)},
        {"narrow product",
         {DECAY, RATE("p", "-> S", "if((x - 49.9)*(x - 49.9002) < 0, 1e5, 0)"), END},
         (PULSE(50.0998, 50.1) - exp(-1)) * 1e4 + exp(-1)},
        {"state",
         {DECAY, RATE("p", "-> S", "if(x < 50 and x > 49.5, 10, 0)"), END},
         PULSE(50, 50.5)},
        {"window", {DECAY, WHEN("abs(time - 50.3) < 0.1", "S", "S + 10"), END}, DOSE(50.2)},
        {"square", {DECAY, WHEN("(time - 50.3)^2 < 0.01", "S", "S + 10"), END}, DOSE(50.2)},
        {"pulse rule",
         {DECAY, RULE("on", "if(time >= 50.3 and time < 50.5, 1, 0)"),
          WHEN("on > 0.5", "S", "S + 10"), END},
         DOSE(50.3)},
        {"window of a state", {DECAY, WHEN("abs(x - 49.7) < 0.1", "S", "S + 10"), END}, DOSE(50.2)},
        {"product", {DECAY, WHEN("(x - 49.8)*(x - 49.6) < 0", "S", "S + 10"), END}, DOSE(50.2)},
        {"sine",
         {DECAY, WHEN("sin(2*3.141592653589793*(time - 1)/10) > 0.99", "S", "S + 10"), END},
         daily_doses(1 + 10 * asin(0.99) / (2 * 3.141592653589793))},
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        check_rows(&models[i]);
}

/* What is rounded on the way to what changes more seldom is no reason to stop; what is read besides
 * is. */
static void what_is_rounded_twice_changes_with_the_outer(void)
{
    static const struct {
        const char *rate;
        double end;
        size_t steps;
    } models[] = {
        {"floor(floor(time)/50)", 9500, 1000},
        {"if(floor(time) < 500, 1, 0)", 500, 500},
        {"if(abs(time - floor(time) - 3) < 5, 1, 0)", 1000, 500},
        {"floor(time)*0.001 + floor(floor(time)/50)", 499.5 + 9500, 0},
        {"rem(floor(time), 5)", 2000, 0},
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        item items[] = {SPECIES("x", 0), RATE("moves", "-> x", models[i].rate), SPECIES("y", 1),
                        RATE("turns", "-> y", "2 - y"), END};
        bx_cell *cell = model_cell(items);
        model_advance(cell, (bx_run){.duration = 1000, .maximum_steps = models[i].steps});
        CHECK_NEAR(model_get(cell, "x"), models[i].end, 1e-6 * models[i].end);
        bx_cell_free(cell);
    }
}

/* How often a wave that is much shorter than the solver's steps meets a condition. */
static void waves_within_steps_are_counted(void)
{
    static const struct {
        const char *what, *rate, *when;
        double from, duration, count;
    } waves[] = {
        {"a narrow peak", "-1", "sin(50*x + time) > 0.999", 100, 100, 780},
        {"half waves", "-1", "sin(50*x + time) > 0", 100, 100, 780},
        {"faster and faster", "x", "sin(x) > 0.5", 1, 8, 474},
        {"a sawtooth", "50", "x - floor(x) > 0.5", 0.25, 100, 5000},
        {"a remainder", "50", "rem(floor(x), 10) == 3", 0.25, 100, 500},
    };
    for (size_t i = 0; i < sizeof waves / sizeof *waves; i++) {
        item items[] = {SPECIES("x", waves[i].from), SPECIES("n", 0),
                        RATE("moves", "-> x", waves[i].rate), WHEN(waves[i].when, "n", "n + 1"),
                        END};
        bx_cell *cell = model_cell(items);
        model_advance(cell, (bx_run){.duration = waves[i].duration});
        CHECK_NEAR(model_get(cell, "n"), waves[i].count, 0);
        bx_cell_free(cell);
    }
}

/* A wave of the state that just passes a limit, between two steps. */
static void a_peak_is_not_passed_over(void)
{
    static const item items[] = {SPECIES("x", 2),
                                 SPECIES("y", 1),
                                 SPECIES("n", 0),
                                 RATE("dx", "-> x", "30*(y - 1)"),
                                 RATE("dy", "y ->", "30*(x - 1)"),
                                 WHEN("x > 1.99999", "n", "n + 1"),
                                 END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.duration = 10, .relative_tolerance = 1e-11});
    CHECK_NEAR(model_get(cell, "n"), floor(300 / 6.283185307179586), 0);
    bx_cell_free(cell);
}

/* Rates on either side of a condition lead back to it: no step is short enough. */
static void a_slide_ends_with_words(void)
{
    static const item still[] = {SPECIES("x", 1), RATE("up", "-> x", "if(x < 5, 1, 0)"),
                                 RATE("down", "x ->", "if(x > 5, 1, 0)"), END};
    static const item moving[] = {SPECIES("x", 1), SPECIES("y", 0),
                                  RATE("moves", "-> y", "1 + cos(time)"),
                                  RATE("follows", "-> x", "if(x < y, 10, -10)"), END};
    static const item decaying[] = {SPECIES("x", 0), RATE("up", "-> x", "if(x < 1, 0.3, 0)"),
                                    MASS("down", "x ->", "0.1"), END};
    bx_cell *cells[] = {model_cell(still), model_cell(moving), model_cell(decaying)};
    for (int i = 0; i < 3; i++) {
        bx_error err = model_run_error(cells[i], (bx_run){.duration = i < 2 ? 100 : 5});
        CHECK(err.code == BX_ESIMULATION && strstr(err.message, "a condition turns again"));
        CHECK(strstr(err.message, "\"x\"") != NULL);
        bx_cell_free(cells[i]);
    }
}

/* What is left of a difference of nearly equal numbers moves with each of their last digits. */
static void rounding_is_no_error_of_the_solver(void)
{
    static const item items[] = {SPECIES("v", 0),
                                 SPECIES("b", 0),
                                 SPECIES("w", 0),
                                 RATE("rises", "-> v", "1 - v"),
                                 RATE("follows", "-> b", "1000*(1 - v) - 1000*b"),
                                 RATE("switches", "-> w", "1000*b^2.3/(1 + b^2.3) - 10*w"),
                                 END};
    bx_cell *cell = model_cell(items);
    for (int i = 0; i < 7; i++) {
        static const double tolerances[] = {1e-6, 1e-7, 1e-8, 1e-9, 3e-10, 1e-10, 1e-11};
        bx_cell_reset(cell);
        model_advance(
            cell,
            (bx_run){.duration = 1000, .relative_tolerance = tolerances[i], .maximum_steps = 5000});
        CHECK_NEAR(model_get(cell, "v"), 1, 10 * tolerances[i]);
        CHECK_NEAR(model_get(cell, "b"), 0, 10 * tolerances[i]);
    }
    bx_cell_free(cell);
}

/* A condition that holds to the last digit or not, by a sum that is conserved, costs no time. */
static void noise_at_a_condition_is_passed(void)
{
    static const item items[] = {SPECIES("x", 7),
                                 SPECIES("y", 3),
                                 SPECIES("n", 0),
                                 MASS("there", "x -> y", "1"),
                                 MASS("back", "y -> x", "2"),
                                 RATE("makes", "-> n", "if(x + y >= 10, 1, 0)"),
                                 END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.duration = 100, .maximum_steps = 100000});
    CHECK_NEAR(model_get(cell, "x"), 20. / 3, 1e-6);
    bx_cell_free(cell);
}

/* Just after the start, which CVODE alone can't step to. */
static void an_event_just_after_the_start(void)
{
    static const item items[] = {SPECIES("A", 10), MASS("d", "A ->", "0.5"),
                                 WHEN("time > 0", "A", "A + 5"), END};
    bx_cell *cell = model_cell(items);
    bx_trajectory *t = model_run(cell, (bx_run){.duration = 5, .every = 5});
    CHECK_NEAR(model_at(t, "A", 0), 10, 0);
    CHECK_NEAR(model_at(t, "A", 1), 15 * exp(-2.5), 1e-6);
    bx_trajectory_free(t);
    bx_cell_free(cell);
}

static void a_row_shows_what_turns_true_there(void)
{
    static const item items[] = {PARAMETER("x", 0), WHEN("100 - time <= 90", "x", "1"), END};
    bx_cell *cell = model_cell(items);
    bx_trajectory *t = model_run(cell, (bx_run){.duration = 12,
                                                .every = 1,
                                                .record = (const char *const[]){"x"},
                                                .record_count = 1});
    CHECK_NEAR(model_at(t, "x", 9), 0, 0);
    CHECK_NEAR(model_at(t, "x", 10), 1, 0);
    bx_trajectory_free(t);
    bx_cell_free(cell);
}

static int stay(sunrealtype time, N_Vector y, N_Vector change, void *data)
{
    (void)time, (void)y, (void)data;
    N_VConst(0, change);
    return 0;
}

/* Before its first step the solver knows of one time alone. */
static void a_course_that_is_not_known_has_no_values(void)
{
    SUNContext context;
    uint32_t place = 0;
    double at, low, high;
    CHECK(bx_sundials_open(&context) == 0);
    N_Vector y = N_VNew_Serial(1, context);
    void *cvode = CVodeCreate(CV_ADAMS, context);
    bx_polynomials *polynomials = bx_polynomials_new(context, &place, 1);
    CHECK(y && cvode && polynomials && CVodeInit(cvode, stay, 0, y) == CV_SUCCESS &&
          bx_cvode_silence(cvode) == 0);
    bx_course course = bx_polynomials_course(polynomials, cvode);
    course.at(course.data, 5, &at);
    course.within(course.data, 5, 6, &low, &high);
    CHECK(isnan(at) && isnan(low) && isnan(high));
    bx_polynomials_free(polynomials);
    CVodeFree(&cvode);
    N_VDestroy(y);
    SUNContext_Free(&context);
}

int main(void)
{
    mallopt(M_PERTURB, 0xbf); /* what is read before it is written is 32.5 */
    RUN(decay_is_exponential);
    RUN(a_linear_chain_follows_bateman);
    RUN(dimerisation_takes_two);
    RUN(robertson_is_stiff);
    RUN(rates_may_depend_on_time);
    RUN(a_condition_is_met_exactly);
    RUN(conditions_are_joined);
    RUN(a_time_is_met_exactly);
    RUN(a_row_at_an_event_shows_what_it_did);
    RUN(what_is_true_at_first_does_not_fire);
    RUN(simultaneous_events_fire_in_order);
    RUN(events_without_end_are_stopped);
    RUN(failures_say_what_and_when);
    RUN(each_variable_has_its_own_scale);
    RUN(a_deep_minimum_is_left_as_it_is_reached);
    RUN(what_is_0_stays_0);
    RUN(powers_of_0_are_finite);
    RUN(a_late_beginning_is_passed);
    RUN(tolerances_may_be_named);
    RUN(below_0_by_errors_is_refused);
    RUN(a_run_can_be_interrupted);
    RUN(a_permuted_network_gives_the_same);
    RUN(adams_gives_the_same);
    RUN(rows_do_not_matter);
    RUN(what_is_rounded_twice_changes_with_the_outer);
    RUN(waves_within_steps_are_counted);
    RUN(a_peak_is_not_passed_over);
    RUN(a_slide_ends_with_words);
    RUN(rounding_is_no_error_of_the_solver);
    RUN(noise_at_a_condition_is_passed);
    RUN(an_event_just_after_the_start);
    RUN(a_row_shows_what_turns_true_there);
    RUN(a_course_that_is_not_known_has_no_values);
    return test_end();
}
