/* Exact stochastic simulation against exact distributions. Seeds are fixed; a bound of z standard
 * errors is exceeded by a right engine with a chance below 1e-5 at z = 4.5. */
#include "cell_model.h"
#include "core/random.h"
#include "engine/stochastic/groups.h"
#include "test.h"

#define RUNS 10000
#define Z 4.5

typedef struct moments {
    double mean, variance;
} moments;

/* Mean and variance of `name` after `duration` over RUNS runs. */
static moments sample(bx_cell *cell, const char *name, double duration, uint64_t seed)
{
    double sum = 0, squares = 0;
    for (uint64_t i = 0; i < RUNS; i++) {
        bx_cell_reset(cell);
        model_advance(cell, (bx_run){BX_METHOD_SSA, .duration = duration, .seed = seed + i});
        double value = model_get(cell, name);
        sum += value;
        squares += value * value;
    }
    double mean = sum / RUNS;
    return (moments){mean, (squares - sum * mean) / (RUNS - 1)};
}

/* `fourth` is the fourth central moment of the exact distribution. */
static void check_moments(moments got, double mean, double variance, double fourth)
{
    CHECK_NEAR(got.mean, mean, Z * sqrt(variance / RUNS));
    CHECK_NEAR(got.variance, variance, Z * sqrt((fourth - variance * variance) / RUNS));
}

static void the_generator_is_fixed(void)
{
    bx_random a, b, c;
    bx_random_init(&a, 42, 0);
    bx_random_init(&b, 42, 0);
    bx_random_init(&c, 42, 1);
    int same = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t x = bx_random_bits(&a);
        CHECK(x == bx_random_bits(&b));
        same += x == bx_random_bits(&c);
    }
    CHECK(same == 0);
}

static void exponentials_are_exponential(void)
{
    bx_random random;
    bx_random_init(&random, 7, 0);
    enum { n = 2000000 };
    double sum = 0, squares = 0;
    int below[5] = {0};
    static const double edges[5] = {0.01, 0.5, 2, 7.69711747013104972, 9};
    for (int i = 0; i < n; i++) {
        double x = bx_random_exponential(&random);
        sum += x;
        squares += x * x;
        for (int j = 0; j < 5; j++)
            below[j] += x < edges[j];
    }
    CHECK_NEAR(sum / n, 1, Z / sqrt(n));
    CHECK_NEAR(squares / n, 2, Z * sqrt(20.0 / n));
    for (int j = 0; j < 5; j++) {
        double p = -expm1(-edges[j]);
        CHECK_NEAR((double)below[j] / n, p, Z * sqrt(p * (1 - p) / n));
    }
}

/* Linear birth-death from one cell: mean e^((b-d)t), variance (b+d)/(b-d) e^((b-d)t)(e^((b-d)t)-1);
 * its fourth moment is bounded by sampling: a generous one of the geometric tail is taken. */
static void birth_and_death(void)
{
    static const item items[] = {SPECIES("A", 100), MASS("birth", "A -> 2 A", "1"),
                                 MASS("death", "A ->", "1.1"), END};
    bx_cell *cell = model_cell(items);
    double g = exp(-0.1 * 2);
    double variance = 100 * (1 + 1.1) / (1 - 1.1) * g * (g - 1);
    check_moments(sample(cell, "A", 2, 1000), 100 * g, variance, 3.2 * variance * variance);
    bx_cell_free(cell);
}

/* Immigration and death from 0: Poisson with mean m = k/d (1 - e^(-dt)). */
static void immigration_and_death(void)
{
    static const item items[] = {SPECIES("A", 0), MASS("in", "-> A", "5"),
                                 MASS("out", "A ->", "0.5"), END};
    bx_cell *cell = model_cell(items);
    double m = 10 * (1 - exp(-0.5 * 3));
    check_moments(sample(cell, "A", 3, 5000), m, m, m + 3 * m * m);
    bx_cell_free(cell);
}

/* The same, with formulas and rules in place of mass action. */
static void formulas_give_the_same_law(void)
{
    static const item items[] = {SPECIES("A", 0),
                                 SPECIES("B", 7),
                                 PARAMETER("k", 5),
                                 RULE("half", "A * 0.5"),
                                 RULE("loss", "half + 0"),
                                 RATE("in", "-> A", "k"),
                                 RATE("out", "A ->", "loss"),
                                 END};
    bx_cell *cell = model_cell(items);
    double m = 10 * (1 - exp(-0.5 * 3));
    check_moments(sample(cell, "A", 3, 9000), m, m, m + 3 * m * m);
    bx_cell_free(cell);
}

/* The master equation of 2 A -> D, D -> 2 A from `n` A, over the number of D, by small steps. */
static void dimer_probabilities(int n, double k, double back, double time, double *p)
{
    int states = n / 2 + 1;
    double rate[64][2];
    for (int d = 0; d < states; d++) {
        double a = n - 2 * d;
        p[d] = d == 0;
        rate[d][0] = k * a * (a - 1);
        rate[d][1] = back * d;
    }
    enum { steps = 200000 };
    double h = time / steps;
    for (int i = 0; i < steps; i++) {
        double next[64];
        for (int d = 0; d < states;
             d++) { /* second order in h through the midpoint is not needed */
            double change = -(rate[d][0] + rate[d][1]) * p[d];
            if (d > 0)
                change += rate[d - 1][0] * p[d - 1];
            if (d + 1 < states)
                change += rate[d + 1][1] * p[d + 1];
            next[d] = p[d] + h * change;
        }
        memcpy(p, next, sizeof(double) * (size_t)states);
    }
}

static void dimerisation_follows_its_master_equation(void)
{
    static const item items[] = {SPECIES("A", 21), SPECIES("D", 0),
                                 MASS("bind", "2 A -> D", "0.01"), MASS("part", "D -> 2 A", "0.2"),
                                 END};
    bx_cell *cell = model_cell(items);
    double p[64], expected = 0;
    int seen[64] = {0};
    dimer_probabilities(21, 0.01, 0.2, 1.5, p);
    for (uint64_t i = 0; i < RUNS; i++) {
        bx_cell_reset(cell);
        model_advance(cell, (bx_run){BX_METHOD_SSA, .duration = 1.5, .seed = i});
        seen[(int)model_get(cell, "D")]++;
        CHECK(model_get(cell, "A") + 2 * model_get(cell, "D") == 21);
    }
    for (int d = 0; d <= 10; d++) {
        CHECK_NEAR(seen[d], p[d] * RUNS, Z * sqrt(RUNS * p[d] * (1 - p[d])) + 2);
        expected += p[d];
    }
    CHECK_NEAR(expected, 1, 1e-9);
    bx_cell_free(cell);
}

/* The chance that the first of one firing of two reactions is the one at hand tells propensities:
 * all orders of mass action against a reaction of a known rate. */
static void propensities_count_combinations(void)
{
    static const struct {
        const char *equation;
        double wanted;
    } cases[] = {{"-> X", 0.01},           {"A -> X", 0.06},        {"A + B -> X", 0.3},
                 {"2 A -> X", 0.3},        {"A + B + C -> X", 1.2}, {"2 A + B -> X", 1.5},
                 {"3 A -> X", 1.2},        {"4 A -> X", 3.6},       {"2 A + 2 B -> X", 6},
                 {"A + 2 C -> X", 0.72},   {"5 B + A -> X", 7.2},   {"6 B -> X", 0},
                 {"A + B + 2 C -> X", 3.6}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        item items[] = {SPECIES("A", 6),
                        SPECIES("B", 5),
                        SPECIES("C", 4),
                        SPECIES("X", 0),
                        SPECIES("Y", 0),
                        RATE("other", "-> Y", "if(X + Y < 1, 1, 0)"),
                        MASS("this", cases[c].equation, "0.01"),
                        WHEN("X + Y > 0", "A", "0"),
                        END};
        bx_error err = {0};
        bx_cell *cell = model_cell(items);
        double first = 0;
        for (uint64_t i = 0; i < 3000; i++) {
            bx_cell_reset(cell);
            const bx_run run = {BX_METHOD_SSA, .duration = 1000, .seed = i, .maximum_steps = 1};
            bx_trajectory *t;
            bx_cell_run(cell, &run, &t, &err);
            bx_trajectory_free(t);
            first += model_get(cell, "X");
        }
        double p = cases[c].wanted / (1 + cases[c].wanted);
        CHECK_NEAR(first / 3000, p, Z * sqrt(p * (1 - p) / 3000));
        bx_cell_free(cell);
    }
}

static const item pairs[] = {SPECIES("A", 50),
                             SPECIES("B", 0),
                             MASS("a", "2 A -> B", "0.1"),
                             MASS("b", "B -> 2 A", "1"),
                             MASS("c", "-> A", "3"),
                             MASS("d", "A ->", "0.1"),
                             END};

static void the_same_seed_gives_the_same_bits(void)
{
    bx_cell *cell = model_cell(pairs);
    bx_error err = {0};
    bx_buffer bytes[3] = {{0}, {0}, {0}};
    for (uint64_t i = 0; i < 3; i++) {
        bx_cell_reset(cell);
        bx_run run = {BX_METHOD_SSA, .duration = 50, .every = 0.5, .seed = 11 + i / 2};
        bx_trajectory *t = model_run(cell, run);
        CHECK(bx_trajectory_seed(t) == 11 + i / 2);
        CHECK(bx_trajectory_encode(t, &bytes[i], &err) == 0);
        bx_trajectory_free(t);
    }
    CHECK(bytes[0].length == bytes[1].length &&
          memcmp(bytes[0].data, bytes[1].data, bytes[0].length) == 0);
    CHECK(memcmp(bytes[0].data, bytes[2].data, bytes[0].length) != 0);
    for (int i = 0; i < 3; i++)
        bx_buffer_free(&bytes[i]);
    bx_cell_free(cell);
}

/* A condition that never turns takes the network out of the loop for plain mass action. */
static void every_loop_gives_the_same_bits(void)
{
    item watched[sizeof pairs / sizeof *pairs + 1];
    memcpy(watched, pairs, sizeof pairs);
    watched[6] = (item)WHEN("A + B > 1e6", "A", "0");
    watched[7] = (item)END;
    bx_cell *cells[] = {model_cell(pairs), model_cell(watched)};
    bx_error err = {0};
    bx_buffer bytes[2] = {{0}, {0}};
    for (int i = 0; i < 2; i++) {
        bx_trajectory *t =
            model_run(cells[i], (bx_run){BX_METHOD_SSA, .duration = 500, .every = 0.5, .seed = 3});
        CHECK(bx_trajectory_encode(t, &bytes[i], &err) == 0);
        bx_trajectory_free(t);
        bx_cell_free(cells[i]);
    }
    CHECK(bytes[0].length == bytes[1].length &&
          memcmp(bytes[0].data, bytes[1].data, bytes[0].length) == 0);
    bx_buffer_free(&bytes[0]);
    bx_buffer_free(&bytes[1]);
}

/* n species in a ring, stationary: a slow one holds 3/4 of the molecules. */
static void check_ring(int n, uint64_t samples, double duration)
{
    bx_error err = {0};
    bx_process *p = bx_process_new("p", &err);
    for (int i = 0; i < n; i++) {
        char name[16], equation[64];
        snprintf(name, sizeof name, "s%d", i);
        bx_process_add_species(p, name, 10, &err);
        snprintf(equation, sizeof equation, "s%d -> s%d", i, (i + 1) % n);
        bx_process_add_reaction(p, NULL, equation, BX_RATE_MASS_ACTION, i % 2 ? "1" : "3", &err);
    }
    bx_cell *cell = bx_cell_new(&err);
    CHECK(bx_cell_define(cell, p, &err) == 0);
    double slow = 0, total = 0;
    for (uint64_t i = 0; i < samples; i++) {
        model_advance(cell, (bx_run){BX_METHOD_SSA, .duration = duration, .seed = i});
        for (int j = 0; j < n; j++) {
            char name[16];
            snprintf(name, sizeof name, "s%d", j);
            total += model_get(cell, name);
            slow += j % 2 ? model_get(cell, name) : 0;
        }
    }
    CHECK(total == 10.0 * n * (double)samples);
    CHECK_NEAR(slow / total, 0.75, Z * sqrt(0.75 * 0.25 / total));
    bx_cell_free(cell);
}

/* The tree of sums, and composition and rejection. */
static void many_reactions_keep_their_shares(void)
{
    check_ring(300, 400, 20);
    check_ring(60000, 1, 4);
}

/* Items of all sizes, changed at random, are chosen by their shares. */
static void groups_choose_by_shares(void)
{
    enum { items = 40, draws = 400000 };
    static const double sizes[] = {0, 1, 1.5, 2, 3, 7, 0.1, 1e-3, 5e-324, 1.9999999, 12, 4};
    bx_groups groups;
    bx_random random;
    bx_random_init(&random, 11, 0);
    CHECK(bx_groups_init(&groups, items) == 0);
    for (int i = 0; i < 5000; i++) {
        uint32_t which = (uint32_t)(items * bx_random_uniform(&random));
        double value = sizes[(int)(12 * bx_random_uniform(&random))] * (i % 3 ? 1 : 1e10);
        CHECK(bx_groups_set(&groups, which, value) == 0);
    }
    for (uint32_t i = 0; i < items; i++) /* the great ones would hide the others */
        CHECK(bx_groups_set(&groups, i, sizes[i % 12]) == 0);
    double total = 0, wanted = bx_groups_total(&groups);
    int seen[items] = {0};
    for (int i = 0; i < draws; i++)
        seen[bx_groups_choose(&groups, &random, wanted)]++;
    for (int i = 0; i < items; i++)
        total += sizes[i % 12];
    CHECK_NEAR(wanted, total, 1e-12 * total);
    for (int i = 0; i < items; i++) {
        double p = sizes[i % 12] / total;
        CHECK_NEAR(seen[i], draws * p, Z * sqrt(draws * p * (1 - p)));
    }
    bx_groups_free(&groups);
}

static void a_condition_fires_at_its_reaction(void)
{
    static const item items[] = {SPECIES("A", 0),
                                 PARAMETER("k", 10),
                                 PARAMETER("n", 0),
                                 RULE("twice", "2 * A"),
                                 MASS("in", "-> A", "k"),
                                 WHEN("twice >= 14", "k", "0"),
                                 WHEN("A > 7", "n", "1"),
                                 WHEN("A == 3", "n", "n + 100"),
                                 END};
    for (uint64_t seed = 0; seed < 20; seed++) {
        bx_cell *cell = model_cell(items);
        model_advance(cell, (bx_run){BX_METHOD_SSA, .duration = 100, .seed = seed});
        CHECK(model_get(cell, "A") == 7 && model_get(cell, "n") == 100);
        bx_cell_free(cell);
    }
}

/* Immigration until t = 1.7, from a parameter that an event at a time sets to 0. */
static void a_time_cuts_a_poisson_process(void)
{
    static const item items[] = {SPECIES("A", 0), PARAMETER("k", 4), MASS("in", "-> A", "k"),
                                 AT("1.7", "k", "0"), END};
    bx_cell *cell = model_cell(items);
    double m = 4 * 1.7;
    check_moments(sample(cell, "A", 3, 100), m, m, m + 3 * m * m);
    bx_cell_free(cell);
}

static void stochastic_means_approach_the_ode(void)
{
    static const item items[] = {SPECIES("A", 40000), SPECIES("B", 0),
                                 MASS("a", "2 A -> B", "1e-5"), MASS("b", "B -> 2 A", "0.1"), END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){BX_METHOD_ODE, .duration = 5});
    double wanted = model_get(cell, "A");
    bx_cell_reset(cell);
    model_advance(cell, (bx_run){BX_METHOD_SSA, .duration = 5, .seed = 1});
    CHECK_NEAR(model_get(cell, "A"), wanted, 5 * sqrt(wanted));
    bx_cell_free(cell);
}

#define CHECK_REFUSED(code_, text, ...)                                                            \
    do {                                                                                           \
        static const item items_[] = {__VA_ARGS__, END};                                           \
        bx_cell *cell_ = model_cell(items_);                                                       \
        bx_error err_ = model_run_error(cell_, (bx_run){BX_METHOD_SSA, .duration = 10});           \
        CHECK(err_.code == (code_));                                                               \
        if (!strstr(err_.message, text))                                                           \
            test_fail(__FILE__, __LINE__, "\"%s\" is not in \"%s\"", text, err_.message);          \
        bx_cell_free(cell_);                                                                       \
    } while (0)

static void what_is_not_exact_is_refused(void)
{
    CHECK_REFUSED(BX_EMODEL, "wants whole coefficients, found 0.5", SPECIES("A", 1),
                  MASS("r", "A -> 0.5 A", "1"));
    CHECK_REFUSED(BX_EMODEL, "mass action of order 1e+09", SPECIES("A", 1),
                  MASS("r", "1000000000 A ->", "1"));
    CHECK_REFUSED(BX_ESIMULATION, "species \"A\" is 0.5 at time 0 s", SPECIES("A", 0.5),
                  MASS("r", "A ->", "1"));
    CHECK_REFUSED(BX_ESIMULATION, "reaction \"r\": its propensity is -1 at time 0 s",
                  SPECIES("A", 1), RATE("r", "-> A", "-1"));
    CHECK_REFUSED(BX_ESIMULATION, "reaction \"r\": its propensity is -2 at time 0 s",
                  SPECIES("A", 0), MASS("r", "A ->", "-2"));
    CHECK_REFUSED(BX_ESIMULATION, "nan at time", SPECIES("A", 1), RATE("r", "-> A", "0 / (2 - A)"),
                  MASS("s", "-> A", "1"));
    CHECK_REFUSED(BX_ESIMULATION, "reaction \"r\" would make \"A\" negative (it is 0)",
                  SPECIES("A", 3), RATE("r", "A ->", "1"));
    CHECK_REFUSED(BX_ESIMULATION, "sets \"A\" to -1", SPECIES("A", 0), MASS("r", "-> A", "1"),
                  WHEN("A > 3", "A", "-1"));
    CHECK_REFUSED(BX_ESIMULATION, "propensit", SPECIES("A", 1),
                  RATE("r", "-> A", "1e308 * 10 * A"));
}

/* 1e9 molecules at a time, and a million reactions. */
static void large_is_right_or_refused(void)
{
    static const item items[] = {SPECIES("A", 1), PARAMETER("done", 0),
                                 RATE("r", "-> 1000000000 A", "1"), WHEN("A > 1e9", "done", "A"),
                                 END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){BX_METHOD_SSA, .duration = 100, .seed = 1});
    CHECK(model_get(cell, "done") == 1000000001);
    bx_cell_free(cell);
    bx_error err = {0};
    bx_process *p = bx_process_new("p", &err);
    CHECK(bx_process_add_species(p, "hub", 1000, &err) == 0);
    CHECK(bx_process_add_parameter(p, "k", 1e-6, &err) == 0);
    for (int i = 0; i < 20000; i++) { /* each feeds on what each changes: 4e8 dependencies */
        char name[16], equation[64];
        snprintf(name, sizeof name, "s%d", i);
        snprintf(equation, sizeof equation, "hub -> s%d", i);
        bx_process_add_species(p, name, 0, &err);
        bx_process_add_reaction(p, NULL, equation, BX_RATE_MASS_ACTION, "k", &err);
    }
    cell = bx_cell_new(&err);
    CHECK(bx_cell_define(cell, p, &err) == 0);
    model_advance(cell, (bx_run){BX_METHOD_SSA, .duration = 50, .seed = 1});
    CHECK_NEAR(model_get(cell, "hub"), 1000 * exp(-1), 4.5 * sqrt(1000 * exp(-1)));
    bx_cell_free(cell);
}

int main(void)
{
    RUN(the_generator_is_fixed);
    RUN(exponentials_are_exponential);
    RUN(birth_and_death);
    RUN(immigration_and_death);
    RUN(formulas_give_the_same_law);
    RUN(dimerisation_follows_its_master_equation);
    RUN(propensities_count_combinations);
    RUN(the_same_seed_gives_the_same_bits);
    RUN(every_loop_gives_the_same_bits);
    RUN(many_reactions_keep_their_shares);
    RUN(groups_choose_by_shares);
    RUN(a_condition_fires_at_its_reaction);
    RUN(a_time_cuts_a_poisson_process);
    RUN(stochastic_means_approach_the_ode);
    RUN(what_is_not_exact_is_refused);
    RUN(large_is_right_or_refused);
    return test_end();
}
