/* Hybrid simulation, and stochastic simulation with rates that depend on time, against exact laws.
 * Seeds are fixed; a bound of z standard errors is exceeded by a right engine with a chance below
 * 1e-5 at z = 4.5. Exchanges make an error of first order, which the bounds name. */
#include "cell_model.h"
#include "test.h"

#define Z 4.5

typedef struct moments {
    double mean, variance;
} moments;

static moments sample(bx_cell *cell, bx_run run, const char *name, int runs)
{
    double sum = 0, squares = 0;
    for (int i = 0; i < runs; i++) {
        bx_cell_reset(cell);
        run.seed = (uint64_t)i + 1000;
        model_advance(cell, run);
        double value = model_get(cell, name);
        sum += value;
        squares += value * value;
    }
    double mean = sum / runs;
    return (moments){mean, (squares - sum * mean) / (runs - 1)};
}

/* `kurtosis`: of the exact distribution; `part`: the error that the method may make. */
static void check_moments(moments got, int runs, double mean, double variance, double kurtosis,
                          double part)
{
    printf("# mean %g of %g, variance %g of %g\n", got.mean, mean, got.variance, variance);
    CHECK_NEAR(got.mean, mean, Z * sqrt(variance / runs) + part * fabs(mean));
    CHECK_NEAR(got.variance, variance,
               Z * variance * sqrt((kurtosis - 1) / runs) + part * variance);
}

static bx_run hybrid(double duration, double exchange, const char *const *names, size_t count)
{
    return (bx_run){BX_METHOD_HYBRID,          .duration = duration,
                    .exchange = exchange,      .stochastic = names,
                    .stochastic_count = count, .relative_tolerance = 1e-6,
                    .absolute_tolerance = 1e-8};
}

/* ---- rates that depend on time ---- */

/* Immigration k (1 + sin t), death d: Poisson, with the mean of the ODE. */
static void exact_simulation_follows_the_time(void)
{
    static const item items[] = {SPECIES("A", 0), RULE("wave", "1 + sin(time)"),
                                 RATE("in", "-> A", "5 * wave"), MASS("out", "A ->", "0.5"), END};
    bx_cell *cell = model_cell(items);
    enum { runs = 1500 };
    double t = 4, e = exp(-0.5 * t);
    double m = 10 * (1 - e) + 5 * (0.5 * sin(t) - cos(t) + e) / 1.25;
    for (int i = 0; i < 2; i++)
        check_moments(
            sample(cell, (bx_run){i ? BX_METHOD_TAU : BX_METHOD_SSA, .duration = t}, "A", runs),
            runs, m, m, 3 + 1 / m, 0);
    bx_cell_free(cell);
}

/* A decay whose k is a pulse: binomial with exp of its integral. */
static void a_pulse_is_not_missed(void)
{
    static const item items[] = {SPECIES("A", 20), SPECIES("B", 0),
                                 MASS("turn", "A -> B", "if(time > 70 and time < 71, 1, 0)"), END};
    bx_cell *cell = model_cell(items);
    enum { runs = 300 };
    double p = 1 - exp(-1), m = 20 * p, v = m * (1 - p);
    bx_run run = {BX_METHOD_SSA, .duration = 100, .relative_tolerance = 1e-6};
    check_moments(sample(cell, run, "B", runs), runs, m, v, 3, 0);
    bx_cell_free(cell);
}

static void conditions_may_compare_time_with_counts(void)
{
    static const item items[] = {SPECIES("A", 0), PARAMETER("met", 0), MASS("in", "-> A", "1"),
                                 WHEN("A < 0.5 * time - 2", "met", "time"), END};
    bx_cell *cell = model_cell(items);
    for (uint64_t seed = 0; seed < 20; seed++) {
        bx_cell_reset(cell);
        bx_trajectory *t =
            model_run(cell, (bx_run){BX_METHOD_SSA, .duration = 10, .every = 0.01, .seed = seed});
        double met = 0, before = 0;
        for (size_t i = 0; i < bx_trajectory_rows(t); i++) {
            double time = bx_trajectory_times(t)[i];
            bool now = model_at(t, "A", i) < 0.5 * time - 2;
            met = now && !before ? time : met;
            before = now;
        }
        CHECK_NEAR(model_get(cell, "met"), met, 0.011);
        bx_trajectory_free(t);
    }
    bx_cell_free(cell);
}

/* ---- laws ---- */

static const char *const gene[] = {"on", "off"};

/* A gene that is switched, and its protein continuous: at rest the protein is k/d times a number
 * with Beta law: mean p, variance p (1 - p) d / (d + on + off). */
static void a_switched_gene(void)
{
    static const item items[] = {SPECIES("off", 0),
                                 SPECIES("on", 1),
                                 SPECIES("P", 400),
                                 MASS("up", "off -> on", "0.4"),
                                 MASS("down", "on -> off", "0.6"),
                                 MASS("make", "on -> on + P", "1000"),
                                 MASS("lose", "P ->", "1"),
                                 END};
    bx_cell *cell = model_cell(items);
    enum { runs = 500 };
    double v = 1e6 * 0.4 * 0.6 / 2;
    check_moments(sample(cell, hybrid(20, 0, gene, 2), "P", runs), runs, 400, v, 2.2, 0);
    check_moments(sample(cell, hybrid(20, 0.1, gene, 2), "P", runs), runs, 400, v, 2.2, 0.1);
    bx_cell_free(cell);
}

/* Bursts of 20 into a pool that decays: shot noise, mean b r / d (1 - e), variance
 * b^2 r / 2d (1 - e^2), with e = exp(-d t). */
static void bursts_into_a_pool(void)
{
    static const item items[] = {SPECIES("X", 0), MASS("burst", "-> 20 X", "3"),
                                 MASS("lose", "X ->", "0.5"), END};
    static const char *const names[] = {"burst"};
    bx_cell *cell = model_cell(items);
    enum { runs = 1000 };
    double e = exp(-0.5 * 3), m = 20 * 6 * (1 - e), v = 400 * 3 * (1 - e * e);
    check_moments(sample(cell, hybrid(3, 0, names, 1), "X", runs), runs, m, v, 3.4, 0);
    check_moments(sample(cell, hybrid(3, 0.02, names, 1), "X", runs), runs, m, v, 3.4, 0.02);
    bx_cell_free(cell);
}

/* A hazard that follows a continuous species: nothing happens until t with chance
 * exp(-integral of c X). */
static void a_hazard_follows_the_pool(void)
{
    static const item items[] = {SPECIES("X", 1000), SPECIES("alive", 1),
                                 MASS("lose", "X ->", "0.3"),
                                 MASS("hit", "alive + X -> X", "0.0004"), END};
    static const char *const names[] = {"alive"};
    bx_cell *cell = model_cell(items);
    enum { runs = 1500 };
    double p = exp(-0.4 / 0.3 * (1 - exp(-0.3 * 5)));
    check_moments(sample(cell, hybrid(5, 0, names, 1), "alive", runs), runs, p, p * (1 - p), 2, 0);
    check_moments(sample(cell, hybrid(5, 0.05, names, 1), "alive", runs), runs, p, p * (1 - p), 2,
                  0.02);
    bx_cell_free(cell);
}

/* Many that become few in a run without rows: from half of the threshold on it is binomial. */
static void few_are_told_from_many_at_every_step(void)
{
    static const item items[] = {SPECIES("S", 1000), MASS("decay", "S ->", "0.5"), END};
    bx_cell *cell = model_cell(items);
    enum { runs = 2000 };
    double m = 1000 * exp(-6), p = m / 50;
    bx_run run = {BX_METHOD_HYBRID, .duration = 12};
    check_moments(sample(cell, run, "S", runs), runs, m, m * (1 - p), 3.3, 0.02);
    bx_cell_free(cell);
}

/* ---- extremes ---- */

static const item dimer[] = {SPECIES("A", 21), SPECIES("D", 0), MASS("bind", "2 A -> D", "0.01"),
                             MASS("part", "D -> 2 A", "0.2"), END};

static void all_stochastic_is_exact_simulation(void)
{
    static const char *const names[] = {"A"};
    bx_cell *cell = model_cell(dimer);
    enum { runs = 2000 };
    moments exact = sample(cell, (bx_run){BX_METHOD_SSA, .duration = 1.5}, "D", 40000);
    check_moments(sample(cell, hybrid(1.5, 0, names, 1), "D", runs), runs, exact.mean,
                  exact.variance, 3, 0);
    check_moments(sample(cell, hybrid(1.5, 0.4, names, 1), "D", runs), runs, exact.mean,
                  exact.variance, 3, 0);
    bx_cell_free(cell);
}

static void all_continuous_is_the_ode(void)
{
    bx_cell *cell = model_cell(dimer);
    model_advance(cell, (bx_run){.duration = 1.5});
    double wanted = model_get(cell, "D");
    for (int i = 0; i < 2; i++) {
        bx_cell_reset(cell);
        static const char *const none[] = {NULL};
        bx_run run = hybrid(1.5, 0.4 * i, none, 0);
        run.relative_tolerance = 1e-9;
        run.absolute_tolerance = 1e-9;
        model_advance(cell, run);
        CHECK_NEAR(model_get(cell, "D"), wanted, 1e-6);
    }
    bx_cell_free(cell);
}

/* ---- charges, shortages, conservation ---- */

static double owed(bx_cell *cell, const char *name)
{
    double amount = NAN;
    bx_cell_owed(cell, name, &amount);
    return amount;
}

/* Work that costs 5 ATP wants 20 a second of a supply of 10: ATP runs out, and the shortage grows,
 * until the work stops. */
static void a_shortage_is_carried_over(void)
{
    static const item items[] = {SPECIES("ATP", 50),
                                 SPECIES("ADP", 1000),
                                 SPECIES("work", 0),
                                 PARAMETER("k", 4),
                                 RATE("make", "ADP -> ATP", "10"),
                                 RATE("use", "5 ATP -> work + 5 ADP", "k"),
                                 AT("60", "k", "0"),
                                 END};
    static const char *const names[] = {"use"};
    bx_cell *cell = model_cell(items);
    for (uint64_t seed = 1; seed < 6; seed++) {
        bx_cell_reset(cell);
        double most = 0;
        for (int t = 1; t <= 200; t++) {
            bx_run run = hybrid(1, 1, names, 1);
            run.seed = 1000 * seed + (uint64_t)t;
            model_advance(cell, run);
            double atp = model_get(cell, "ATP") - owed(cell, "ATP");
            CHECK(model_get(cell, "ATP") >= 0 && owed(cell, "ATP") >= 0);
            CHECK_NEAR(atp, 50 + 10 * t - 5 * model_get(cell, "work"), 1e-6);
            CHECK_NEAR(atp + model_get(cell, "ADP") - owed(cell, "ADP"), 1050, 1e-6);
            most = fmax(most, owed(cell, "ATP"));
        }
        CHECK(most > 200);
        CHECK(owed(cell, "ATP") == 0 && model_get(cell, "ATP") > 100);
    }
    bx_cell_free(cell);
}

/* With exact coupling a reaction waits for what it takes. */
static void a_jump_waits_for_its_cost(void)
{
    static const item items[] = {SPECIES("ATP", 0), SPECIES("work", 0), RATE("make", "-> ATP", "1"),
                                 RATE("use", "5 ATP -> work", "1000"), END};
    static const char *const names[] = {"use"};
    bx_cell *cell = model_cell(items);
    bx_run run = hybrid(50.5, 0, names, 1);
    run.seed = 4;
    model_advance(cell, run);
    CHECK(model_get(cell, "work") == 10);
    CHECK_NEAR(model_get(cell, "ATP"), 0.5, 1e-6);
    bx_cell_free(cell);
}

/* Linear birth and death from a few to many: the partition follows, and the law stays. */
static void the_partition_follows_the_counts(void)
{
    static const item items[] = {SPECIES("A", 10), MASS("birth", "A -> 2 A", "1"),
                                 MASS("death", "A ->", "0.5"), END};
    bx_cell *cell = model_cell(items);
    enum { runs = 500 };
    double g = exp(0.5 * 8), m = 10 * g, v = 10 * 3 * g * (g - 1);
    for (int i = 0; i < 2; i++) {
        bx_run run = hybrid(8, i * 0.1, NULL, 0);
        check_moments(sample(cell, run, "A", runs), runs, m, v, 4, 0.03);
    }
    bx_cell_free(cell);
}

/* Moieties over a changing partition: E + ES, and S + ES + P. */
static void moieties_stay(void)
{
    static const item items[] = {SPECIES("E", 60),
                                 SPECIES("S", 1000),
                                 SPECIES("ES", 0),
                                 SPECIES("P", 0),
                                 MASS("bind", "E + S -> ES", "1e-3"),
                                 MASS("part", "ES -> E + S", "0.5"),
                                 MASS("turn", "ES -> E + P", "1"),
                                 MASS("back", "P -> S", "0.05"),
                                 END};
    static const double exchanges[] = {0, 0.1, 1};
    bx_cell *cell = model_cell(items);
    for (int i = 0; i < 9; i++) {
        bx_cell_reset(cell);
        for (int t = 0; t < 40; t++) {
            bx_run run = hybrid(1, exchanges[i % 3], NULL, 0);
            run.seed = (uint64_t)(100 * i + t);
            run.threshold = 40;
            run.every = 0.25;
            model_advance(cell, run);
            double es = model_get(cell, "ES") - owed(cell, "ES");
            CHECK_NEAR(model_get(cell, "E") - owed(cell, "E") + es, 60, 1e-7);
            CHECK_NEAR(model_get(cell, "S") - owed(cell, "S") + es + model_get(cell, "P") -
                           owed(cell, "P"),
                       1000, 1e-7);
        }
    }
    bx_cell_free(cell);
}

/* ---- events, rows, mistakes ---- */

static void events_fire_in_time(void)
{
    static const item items[] = {SPECIES("n", 0),
                                 SPECIES("X", 0),
                                 PARAMETER("k", 2),
                                 PARAMETER("fifth", 0),
                                 PARAMETER("crossed", 0),
                                 PARAMETER("order", 1),
                                 RULE("double", "2 * X"),
                                 MASS("count", "-> n", "k"),
                                 RATE("grow", "-> X", "1"),
                                 WHEN("n >= 5", "fifth", "time"),
                                 WHEN("n >= 5", "k", "0"),
                                 WHEN("double > 5.0", "crossed", "time"),
                                 AT("7", "X", "100"),
                                 AT("7", "order", "2 * order"),
                                 AT("7", "order", "order + 1"),
                                 WHEN("time > 8", "n", "n + 10"),
                                 END};
    static const char *const names[] = {"n"};
    for (int i = 0; i < 20; i++) {
        bx_cell *cell = model_cell(items);
        bx_run run = hybrid(10, i % 2 ? 0.5 : 0, names, 1);
        run.seed = (uint64_t)i;
        run.every = 0.1;
        bx_trajectory *t = model_run(cell, run);
        CHECK(bx_trajectory_rows(t) == 101);
        for (size_t row = 0; row < 101; row++) {
            double time = bx_trajectory_times(t)[row];
            CHECK_NEAR(model_at(t, "X", row), time >= 7 - 1e-9 ? 100 + time - 7 : time, 1e-5);
            if (time > 8 && model_get(cell, "fifth") < 7)
                CHECK(model_at(t, "n", row) == (row == 80 ? 5 : 15));
        }
        double fifth = model_get(cell, "fifth");
        CHECK(fifth > 0 && (fifth > 8 || model_get(cell, "n") == 15));
        for (size_t row = 0; row < 101; row++)
            if (bx_trajectory_times(t)[row] < fifth)
                CHECK(model_at(t, "n", row) < 5);
        CHECK_NEAR(model_get(cell, "crossed"), 2.5, 1e-5);
        CHECK(model_get(cell, "order") == 3);
        bx_trajectory_free(t);
        bx_cell_free(cell);
    }
}

static void the_same_seed_gives_the_same_run(void)
{
    bx_cell *cell = model_cell(dimer);
    for (int mode = 0; mode < 2; mode++) {
        static const char *const names[] = {"bind"};
        double last[3];
        for (int i = 0; i < 3; i++) {
            bx_cell_reset(cell);
            bx_run run = hybrid(5, 0.5 * mode, names, 1);
            run.seed = 3 + (uint64_t)i / 2;
            model_advance(cell, run);
            last[i] = model_get(cell, "A");
        }
        CHECK(last[0] == last[1] && last[0] != last[2]);
    }
    bx_cell_free(cell);
}

static void a_cell_goes_on_after_a_failure(void)
{
    static const item items[] = {SPECIES("A", 3), SPECIES("X", 10), RATE("r", "A ->", "1"),
                                 MASS("x", "X ->", "1"), END};
    static const char *const names[] = {"r"};
    bx_cell *cell = model_cell(items);
    for (int mode = 0; mode < 2; mode++) {
        bx_cell_reset(cell);
        bx_error err = model_run_error(cell, hybrid(1000, mode, names, 1));
        CHECK(strstr(err.message, "reaction \"r\" would make \"A\" negative (it is 0)") != NULL);
        CHECK_NEAR(model_get(cell, "X"), 10 * exp(-bx_cell_time(cell)), 1e-4);
        CHECK(bx_cell_set(cell, "A", 5, &err) == 0);
        model_advance(cell, (bx_run){.duration = 0.1});
    }
    bx_cell_free(cell);
}

/* An event that turned due within the interval is not due when the cell stands at its beginning. */
static void an_interval_that_fails_leaves_no_event(void)
{
    static const item items[] = {SPECIES("A", 0),
                                 SPECIES("n", 0),
                                 PARAMETER("fired", 0),
                                 RATE("grow", "-> A", "10"),
                                 MASS("count", "-> n", "3"),
                                 END};
    static const bx_event_assignment set = {"fired", "fired + 1"};
    static const bx_event_declaration late = {
        .when = "A > 5", .assignments = &set, .assignment_count = 1, .delay = "3"};
    static const char *const names[] = {"n"};
    size_t within = 0;
    for (size_t steps = 1; steps < 60; steps++) {
        bx_error err = {0};
        bx_cell *cell = bx_cell_new(&err);
        bx_process *p = bx_process_new("p", &err);
        for (const item *i = items; i->kind != END_; i++)
            CHECK(model_add(p, i, &err) == 0);
        CHECK(bx_process_add_event(p, &late, &err) == 0 && bx_cell_define(cell, p, &err) == 0);
        bx_run run = hybrid(1, 1, names, 1);
        run.maximum_steps = steps;
        err = model_run_error(cell, run);
        within += err.code == BX_ESIMULATION && bx_cell_time(cell) == 0;
        CHECK(bx_cell_time(cell) > 0.5 || bx_cell_waiting(cell) == 0);
        model_advance(cell, hybrid(10 - bx_cell_time(cell), 1, names, 1));
        CHECK(model_get(cell, "fired") == 1);
        bx_cell_free(cell);
    }
    CHECK(within > 10);
}

/* Where the steps of a run vanish beside the time, it ends nevertheless. */
static void steps_that_vanish_end(void)
{
    static const item great[] = {SPECIES("A", 2), MASS("r", "A ->", "2.8e307"), END};
    static const item slow[] = {SPECIES("A", 2), MASS("r", "A ->", "1e-20"), END};
    bx_cell *cell = model_cell(great);
    bx_run run = hybrid(1, 0, NULL, 0);
    run.maximum_steps = 100;
    bx_error err = model_run_error(cell, run);
    CHECK(err.code == BX_ESIMULATION && strstr(err.message, "the ODE solver stopped at time 0 s"));
    bx_cell_free(cell);
    cell = model_cell(slow);
    model_advance(cell, (bx_run){BX_METHOD_ODE, .duration = 0x1p49});
    model_advance(cell, hybrid(1, 0, NULL, 0)); /* looks at the partition 100 times */
    CHECK(bx_cell_time(cell) == 0x1p49 + 1);
    err = model_run_error(cell, hybrid(1, 1e-9, NULL, 0));
    CHECK_TEXT(err.message, "exchange: 1e-09 s can't be added to the time 5.6295e+14 s");
    bx_cell_free(cell);
}

/* Where any value is allowed, as in SBML, counts still do not go below 0. */
static void a_greedy_jump_is_named(void)
{
    static const item items[] = {SPECIES("X", 3), RATE("drain", "X ->", "4"), END};
    bx_error err = {0};
    bx_cell *cell = bx_cell_new(&err);
    bx_process *p = bx_process_new("p", &err);
    for (const item *i = items; i->kind != END_; i++)
        CHECK(model_add(p, i, &err) == 0);
    bx_process_free_values(p);
    CHECK(bx_cell_define(cell, p, &err) == 0);
    err = model_run_error(cell, hybrid(10, 0, NULL, 0));
    CHECK(strstr(err.message, "reaction \"drain\" would make \"X\" negative") != NULL);
    bx_cell_free(cell);
}

static void mistakes_are_named(void)
{
    static const char *const wrong[] = {"nothing"}, *const timely[] = {"wave"};
    static const item items[] = {SPECIES("A", 0.5), RATE("wave", "-> A", "1 + sin(time)"), END};
    bx_cell *cell = model_cell(items);
    bx_error err = model_run_error(cell, hybrid(1, 0, wrong, 1));
    CHECK_TEXT(err.message, "stochastic: expected a species, or the name of a reaction or of a "
                            "process with reactions, got \"nothing\"");
    err = model_run_error(cell, hybrid(1, 0.1, timely, 1));
    CHECK(strstr(err.message, "leave out the option exchange") != NULL);
    err = model_run_error(cell, hybrid(1, 0, timely, 1));
    CHECK(strstr(err.message, "species \"A\" is 0.5 at time 0 s") != NULL);
    err = model_run_error(cell, hybrid(1, -1, timely, 1));
    CHECK_TEXT(err.message, "exchange: expected seconds of 0 or more, got -1");
    bx_cell_free(cell);
}

int main(void)
{
    RUN(exact_simulation_follows_the_time);
    RUN(a_pulse_is_not_missed);
    RUN(conditions_may_compare_time_with_counts);
    RUN(a_switched_gene);
    RUN(bursts_into_a_pool);
    RUN(a_hazard_follows_the_pool);
    RUN(few_are_told_from_many_at_every_step);
    RUN(all_stochastic_is_exact_simulation);
    RUN(all_continuous_is_the_ode);
    RUN(a_shortage_is_carried_over);
    RUN(a_jump_waits_for_its_cost);
    RUN(the_partition_follows_the_counts);
    RUN(moieties_stay);
    RUN(events_fire_in_time);
    RUN(the_same_seed_gives_the_same_run);
    RUN(a_cell_goes_on_after_a_failure);
    RUN(an_interval_that_fails_leaves_no_event);
    RUN(steps_that_vanish_end);
    RUN(a_greedy_jump_is_named);
    RUN(mistakes_are_named);
    return test_end();
}
