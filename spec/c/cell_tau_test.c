/* Tau-leaping, and the counts it draws, against exact laws. Seeds are fixed; a bound of z standard
 * errors is exceeded by a right engine with a chance below 1e-5 at z = 4.5. Where leaps are
 * approximate, the bound says by how much. */
#include "cell_model.h"
#include "core/random.h"
#include "test.h"

#include <time.h>

#define Z 4.5

typedef struct moments {
    double mean, variance;
} moments;

static moments sample(bx_cell *cell, bx_method method, const char *name, double duration, int runs)
{
    double sum = 0, squares = 0, first = 0;
    for (int i = 0; i < runs; i++) {
        bx_cell_reset(cell);
        model_advance(cell, (bx_run){method, .duration = duration, .seed = (uint64_t)i + 77});
        double value = model_get(cell, name);
        if (i == 0)
            first = value;
        CHECK(value >= 0 && value == floor(value));
        sum += value - first;
        squares += (value - first) * (value - first);
    }
    return (moments){first + sum / runs, (squares - sum * sum / runs) / (runs - 1)};
}

/* Draws per bin of `width` around the mean against `chance`, the exact distribution. */
static void check_draws(double mean, double trials, double p)
{
    enum { n = 400000, bins = 41 };
    bx_random random;
    bx_random_init(&random, 5, 0);
    double variance = trials > 0 ? mean * (1 - p) : mean, sum = 0, squares = 0;
    double width = ceil(sqrt(variance) / 5), low = floor(mean) - 20 * width;
    int seen[bins] = {0};
    for (int i = 0; i < n; i++) {
        double k =
            trials > 0 ? bx_random_binomial(&random, trials, p) : bx_random_poisson(&random, mean);
        CHECK(k >= 0 && k == floor(k) && (trials == 0 || k <= trials));
        sum += k - mean;
        squares += (k - mean) * (k - mean);
        double bin = floor((k - low) / width);
        if (bin >= 0 && bin < bins)
            seen[(int)bin]++;
    }
    CHECK_NEAR(sum / n, 0, Z * sqrt(variance / n));
    CHECK_NEAR(squares / n, variance, Z * sqrt((2 * variance * variance + variance) / n));
    for (int b = 0; b < bins; b++) {
        double chance = 0;
        for (double k = low + b * width; k < low + (b + 1) * width; k++) {
            if (k < 0 || (trials > 0 && k > trials))
                continue;
            double log_chance = trials > 0
                                    ? lgamma(trials + 1) - lgamma(k + 1) - lgamma(trials - k + 1) +
                                          k * log(p) + (trials - k) * log1p(-p)
                                    : k * log(mean) - mean - lgamma(k + 1);
            chance += exp(log_chance);
        }
        CHECK_NEAR(seen[b], n * chance, Z * sqrt(n * chance * (1 - chance)) + 2);
    }
}

static void counts_have_poisson_law(void)
{
    static const double means[] = {0.01, 1, 9.99, 10, 12.5, 100, 12345, 4e6};
    for (size_t i = 0; i < sizeof means / sizeof *means; i++)
        check_draws(means[i], 0, 0);
    bx_random random;
    bx_random_init(&random, 1, 0);
    CHECK(bx_random_poisson(&random, 0) == 0);
    CHECK_NEAR(bx_random_poisson(&random, 1e15), 1e15, 6 * sqrt(1e15));
}

static void counts_have_binomial_law(void)
{
    static const double cases[][2] = {{1, 0.3},  {20, 0.5},    {20, 0.9},     {100, 0.05},
                                      {40, 0.3}, {1000, 0.02}, {100000, 0.4}, {1e7, 3e-5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_draws(cases[i][0] * cases[i][1], cases[i][0], cases[i][1]);
    bx_random random;
    bx_random_init(&random, 1, 0);
    CHECK(bx_random_binomial(&random, 5, 0) == 0 && bx_random_binomial(&random, 5, 1) == 5);
}

/* These bits are what every machine gives. */
static void counts_are_fixed(void)
{
    bx_random random;
    bx_random_init(&random, 42, 0);
    double sum = 0;
    for (int i = 0; i < 1000; i++)
        sum += bx_random_poisson(&random, 0.1 * (i + 1)) +
               bx_random_binomial(&random, 50 + i, (i + 1) / 1001.0);
    CHECK_NEAR(sum, 407748, 0);
}

/* Immigration and death: Poisson with mean m = k/d (1 - e^(-dt)). A leap is at most 3% of the mean
 * time of a death, which moves the mean by less than 1% and the variance by less than 5%. */
static void immigration_and_death(void)
{
    static const item items[] = {SPECIES("A", 0), MASS("in", "-> A", "10000"),
                                 MASS("out", "A ->", "1"), END};
    bx_cell *cell = model_cell(items);
    enum { runs = 4000 };
    double m = 10000 * (1 - exp(-2));
    moments got = sample(cell, BX_METHOD_TAU, "A", 2, runs);
    printf("# mean %g of %g, variance %g\n", got.mean, m, got.variance);
    CHECK_NEAR(got.mean, m, Z * sqrt(m / runs) + 0.01 * m);
    CHECK_NEAR(got.variance, m, Z * sqrt(2 * m * m / runs) + 0.05 * m);
    bx_cell_free(cell);
}

/* Pure death is binomial, also where the last molecules go one by one. */
static void death_is_binomial(void)
{
    static const item items[] = {SPECIES("A", 1000), MASS("out", "A ->", "1"), END};
    bx_cell *cell = model_cell(items);
    enum { runs = 10000 };
    for (double t = 0.5; t < 8; t *= 2) {
        double p = exp(-t), m = 1000 * p, v = m * (1 - p);
        moments got = sample(cell, BX_METHOD_TAU, "A", t, runs);
        printf("# t = %g: mean %g of %g, variance %g of %g\n", t, got.mean, m, got.variance, v);
        CHECK_NEAR(got.mean, m, Z * sqrt(v / runs) + 0.015 * m * t);
        CHECK_NEAR(got.variance, v, Z * sqrt((2 + 1 / v) * v * v / runs) + 0.05 * v);
    }
    bx_cell_free(cell);
}

/* Few molecules: exact steps, so the exact law. */
static void few_molecules_are_exact(void)
{
    static const item items[] = {SPECIES("A", 0),
                                 SPECIES("B", 7),
                                 RULE("loss", "A * 0.5"),
                                 RATE("in", "-> A", "5"),
                                 RATE("out", "A ->", "loss"),
                                 END};
    bx_cell *cell = model_cell(items);
    enum { runs = 10000 };
    double m = 10 * (1 - exp(-0.5 * 3));
    moments got = sample(cell, BX_METHOD_TAU, "A", 3, runs);
    CHECK_NEAR(got.mean, m, Z * sqrt(m / runs));
    CHECK_NEAR(got.variance, m, Z * sqrt((m + 2 * m * m) / runs));
    bx_cell_free(cell);
}

/* Against the exact engine: a dimer with formulas and rules, and what it makes. */
static void laws_agree_with_exact_simulation(void)
{
    static const item items[] = {SPECIES("A", 3000),
                                 SPECIES("D", 0),
                                 SPECIES("P", 0),
                                 RULE("repression", "1 / (1 + (P / 500)^2)"),
                                 MASS("bind", "2 A -> D", "1e-4"),
                                 MASS("part", "D -> 2 A", "0.1"),
                                 RATE("make", "-> P", "100 * repression"),
                                 MASS("lose", "P ->", "0.05"),
                                 END};
    static const char *const names[] = {"A", "P"};
    bx_cell *cell = model_cell(items);
    enum { runs = 600 };
    for (int i = 0; i < 2; i++) {
        moments exact = sample(cell, BX_METHOD_SSA, names[i], 20, runs);
        moments got = sample(cell, BX_METHOD_TAU, names[i], 20, runs);
        printf("# %s: mean %g of %g, variance %g of %g\n", names[i], got.mean, exact.mean,
               got.variance, exact.variance);
        CHECK_NEAR(got.mean, exact.mean, Z * sqrt(2 * exact.variance / runs) + 0.005 * exact.mean);
        CHECK_NEAR(got.variance, exact.variance, (Z * sqrt(4.0 / runs) + 0.05) * exact.variance);
    }
    bx_cell_free(cell);
}

static double seconds_of(bx_cell *cell, bx_run run, bx_error *err)
{
    bx_trajectory *t;
    clock_t begin = clock();
    if (bx_cell_run(cell, &run, &t, err) == 0)
        bx_trajectory_free(t);
    return (double)(clock() - begin) / CLOCKS_PER_SEC;
}

/* S1 and S2 in fast equilibrium, S2 slowly to S3 (Rathinam 2003, section V): 1e5 fast reactions a
 * second need implicit leaps, and what comes of them has the exact mean and spread. A molecule of
 * S1 and S2 leaves at the rate of c3 times the share of S2: S3 is binomial, almost. */
static void stiff_networks_take_implicit_leaps(void)
{
    static const item items[] = {SPECIES("S1", 5000),
                                 SPECIES("S2", 5000),
                                 SPECIES("S3", 0),
                                 MASS("there", "S1 -> S2", "1e4"),
                                 MASS("back", "S2 -> S1", "1e4"),
                                 MASS("on", "S2 -> S3", "0.02"),
                                 END};
    bx_cell *cell = model_cell(items);
    enum { runs = 400 };
    double p = 1 - exp(-0.01 * 20), m = 10000 * p, v = m * (1 - p);
    clock_t begin = clock();
    moments got = sample(cell, BX_METHOD_TAU, "S3", 20, runs);
    double each = (double)(clock() - begin) / CLOCKS_PER_SEC / runs;
    bx_error err = {0};
    bx_cell_reset(cell);
    /* the exact run would make 2e9 reactions; the first million tell its pace */
    double exact = 2000 * seconds_of(cell,
                                     (bx_run){BX_METHOD_SSA, .duration = 20, .seed = 1,
                                              .maximum_steps = 1000000},
                                     &err);
    printf("# mean %g of %g, variance %g of %g; %.2g s a run, exact about %.2g s\n", got.mean, m,
           got.variance, v, each, exact);
    CHECK_NEAR(got.mean, m, Z * sqrt(v / runs) + 0.01 * m);
    CHECK_NEAR(got.variance, v, (Z * sqrt(2.0 / runs) + 0.05) * v);
    CHECK(each < exact / 100);
    bx_cell_free(cell);
}

static void moieties_stay_and_counts_are_whole(void)
{
    static const item items[] = {SPECIES("E", 20),
                                 SPECIES("S", 100000),
                                 SPECIES("ES", 0),
                                 SPECIES("P", 0),
                                 MASS("bind", "E + S -> ES", "1e-3"),
                                 MASS("part", "ES -> E + S", "10"),
                                 MASS("turn", "ES -> E + P", "30"),
                                 MASS("back", "P -> S", "0.1"),
                                 END};
    bx_cell *cell = model_cell(items);
    for (uint64_t seed = 0; seed < 5; seed++) {
        bx_trajectory *t =
            model_run(cell, (bx_run){BX_METHOD_TAU, .duration = 10, .every = 0.5, .seed = seed});
        for (size_t i = 0; i < bx_trajectory_rows(t); i++) {
            double e = model_at(t, "E", i), es = model_at(t, "ES", i);
            CHECK(e >= 0 && es >= 0 && e + es == 20);
            CHECK(model_at(t, "S", i) + es + model_at(t, "P", i) == 100000);
        }
        bx_trajectory_free(t);
    }
    bx_cell_free(cell);
}

static void events_and_rows_come_in_time(void)
{
    static const item items[] = {SPECIES("A", 0),
                                 PARAMETER("k", 10000),
                                 PARAMETER("seen", 0),
                                 MASS("in", "-> A", "k"),
                                 AT("3", "k", "0"),
                                 WHEN("A > 20000", "seen", "time"),
                                 WHEN("time > 4", "A", "A + 1000000"),
                                 END};
    bx_cell *cell = model_cell(items);
    bx_trajectory *t =
        model_run(cell, (bx_run){BX_METHOD_TAU, .duration = 5, .every = 0.5, .seed = 3});
    CHECK(bx_trajectory_rows(t) == 11);
    CHECK_NEAR(model_at(t, "A", 2), 10000, Z * 100);
    CHECK_NEAR(model_at(t, "A", 6), 30000, Z * sqrt(30000));
    CHECK(model_at(t, "A", 8) == model_at(t, "A", 6));
    CHECK(model_at(t, "A", 9) == model_at(t, "A", 6) + 1000000);
    CHECK(model_get(cell, "seen") > 1.9 && model_get(cell, "seen") < 2.6);
    bx_trajectory_free(t);
    bx_cell_free(cell);
}

static void the_same_seed_gives_the_same_run(void)
{
    static const item items[] = {SPECIES("A", 5000), SPECIES("B", 0),
                                 MASS("a", "2 A -> B", "0.001"), MASS("b", "B -> 2 A", "1"), END};
    bx_cell *cell = model_cell(items);
    double last[3];
    for (int i = 0; i < 3; i++) {
        bx_cell_reset(cell);
        model_advance(cell, (bx_run){BX_METHOD_TAU, .duration = 5, .seed = 1 + (uint64_t)i / 2});
        last[i] = model_get(cell, "A");
    }
    CHECK(last[0] == last[1] && last[0] != last[2]);
    bx_cell_free(cell);
}

static void mistakes_are_named(void)
{
    static const item timely[] = {SPECIES("A", 1), RATE("r", "-> A", "1 + sin(time)"), END};
    static const item greedy[] = {SPECIES("A", 500), RATE("r", "A ->", "100"), END};
    static const item half[] = {SPECIES("A", 0.5), MASS("r", "A ->", "1"), END};
    bx_cell *cell = model_cell(timely);
    bx_error err = model_run_error(cell, (bx_run){BX_METHOD_TAU, .duration = 1});
    CHECK(strstr(err.message, "reaction \"r\": its rate depends on time") != NULL);
    err = model_run_error(cell, (bx_run){BX_METHOD_TAU, .duration = 1, .epsilon = 2});
    CHECK_TEXT(err.message, "epsilon: expected 0 to 1, got 2");
    bx_cell_free(cell);
    cell = model_cell(greedy);
    err = model_run_error(cell, (bx_run){BX_METHOD_TAU, .duration = 100});
    CHECK(strstr(err.message, "would make \"A\" negative (it is 0)") != NULL);
    CHECK(model_get(cell, "A") == 0);
    bx_cell_free(cell);
    cell = model_cell(half);
    err = model_run_error(cell, (bx_run){BX_METHOD_TAU, .duration = 1});
    CHECK(strstr(err.message, "species \"A\" is 0.5 at time 0 s") != NULL);
    bx_cell_free(cell);
}

/* Exact steps go on where their time is within the rounding of the present. */
static void steps_that_vanish_end(void)
{
    static const item items[] = {SPECIES("A", 31), PARAMETER("k", 0), MASS("r", "A ->", "k"), END};
    bx_error err;
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){BX_METHOD_TAU, .duration = 1});
    CHECK(bx_cell_set(cell, "k", 1e20, &err) == 0);
    model_advance(cell, (bx_run){BX_METHOD_TAU, .duration = 1});
    CHECK(model_get(cell, "A") == 0 && bx_cell_time(cell) == 2);
    bx_cell_free(cell);
}

int main(void)
{
    RUN(counts_have_poisson_law);
    RUN(counts_have_binomial_law);
    RUN(counts_are_fixed);
    RUN(immigration_and_death);
    RUN(death_is_binomial);
    RUN(few_molecules_are_exact);
    RUN(laws_agree_with_exact_simulation);
    RUN(stiff_networks_take_implicit_leaps);
    RUN(moieties_stay_and_counts_are_whole);
    RUN(events_and_rows_come_in_time);
    RUN(the_same_seed_gives_the_same_run);
    RUN(mistakes_are_named);
    RUN(steps_that_vanish_end);
    return test_end();
}
