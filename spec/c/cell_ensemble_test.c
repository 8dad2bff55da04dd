/* Ensembles: against exact laws, against the runs one by one, and split and merged at will. */
#include "cell_model.h"
#include "core/random.h"
#include "record/bins.h"
#include "record/ensemble.h"
#include "record/moments.h"
#include "test.h"

static const item birth[] = {SPECIES("A", 0), RULE("part", "A / 3"), MASS("in", "-> A", "5"),
                             MASS("out", "A ->", "0.5"), END};

static bx_ensemble *ensemble(bx_cell *cell, bx_run run, uint64_t first, uint64_t runs)
{
    static const double quantiles[] = {0.05, 0.5, 0.95};
    bx_error err = {0};
    bx_ensemble *e;
    bx_ensemble_run many = {&run, first, runs, 64, quantiles, 3};
    if (bx_cell_run_ensemble(cell, &many, &e, &err) < 0) {
        printf("Bail out! %s\n", err.message);
        exit(1);
    }
    return e;
}

static const bx_run three = {BX_METHOD_SSA, .duration = 3, .every = 1.5, .seed = 17};

/* Poisson with mean 10 (1 - e^(-t / 2)). */
static void it_follows_the_exact_law(void)
{
    enum { n = 20000 };
    bx_cell *cell = model_cell(birth);
    bx_ensemble *e = ensemble(cell, three, 1, n);
    double m = 10 * (1 - exp(-1.5)), cumulated = 0, p = exp(-m);
    CHECK(bx_ensemble_runs(e) == n);
    CHECK_NEAR(bx_ensemble_mean(e, 2, 0), m, 4.5 * sqrt(m / n));
    CHECK_NEAR(bx_ensemble_sd(e, 2, 0), sqrt(m), 4.5 * sqrt((1 + 2 * m) / (4.0 * n)));
    CHECK(bx_ensemble_mean(e, 0, 0) == 0 && bx_ensemble_sd(e, 0, 0) == 0);
    const bx_bins *bins = bx_ensemble_bins(e, 2, 0);
    CHECK(bins->exact && bins->exponent == 0 && bx_bins_total(bins) == n);
    for (uint32_t i = 0; i < 15; i++) {
        double seen = i - bins->low < bins->length ? bins->counts[i - bins->low] : 0;
        CHECK_NEAR(seen, n * p, 4.5 * sqrt(n * p * (1 - p)) + 2);
        cumulated += p;
        p *= m / (i + 1);
    }
    CHECK(cumulated > 0.9);
    CHECK(bx_ensemble_quantile(e, 2, 0, 0) == bx_ensemble_minimum(e, 2, 0));
    CHECK(bx_ensemble_quantile(e, 2, 0, 1) == bx_ensemble_maximum(e, 2, 0));
    CHECK_NEAR(bx_ensemble_quantile(e, 2, 0, 0.5), 8, 0);
    bx_ensemble_free(e);
    bx_cell_free(cell);
}

/* Run i of the ensemble is the run of stream i, and the cell stands where it stood. */
static void its_runs_can_be_run_one_by_one(void)
{
    enum { n = 50 };
    bx_cell *cell = model_cell(birth);
    model_advance(cell, (bx_run){BX_METHOD_SSA, .duration = 2, .seed = 5});
    double before = model_get(cell, "A"), sum = 0, squares = 0, most = 0;
    bx_ensemble *e = ensemble(cell, three, 3, n);
    CHECK(model_get(cell, "A") == before && bx_cell_time(cell) == 2);
    for (uint64_t i = 3; i < 3 + n; i++) {
        bx_cell_reset(cell);
        model_advance(cell, (bx_run){BX_METHOD_SSA, .duration = 2, .seed = 5});
        bx_run run = three;
        run.stream = i;
        model_advance(cell, run);
        double value = model_get(cell, "A");
        sum += value;
        squares += value * value;
        most = fmax(most, value);
    }
    CHECK(bx_ensemble_mean(e, 2, 0) == sum / n);
    CHECK_NEAR(bx_ensemble_sd(e, 2, 0), sqrt((squares - sum * sum / n) / (n - 1)), 1e-12);
    CHECK(bx_ensemble_maximum(e, 2, 0) == most);
    bx_ensemble_free(e);
    bx_cell_free(cell);
}

static void check_same(const bx_ensemble *a, const bx_ensemble *b)
{
    bx_buffer one = {0}, two = {0};
    bx_error err = {0};
    CHECK(bx_ensemble_encode(a, &one, &err) == 0 && bx_ensemble_encode(b, &two, &err) == 0);
    CHECK(one.length == two.length && memcmp(one.data, two.data, one.length) == 0);
    bx_buffer_free(&one);
    bx_buffer_free(&two);
}

static void parts_merge_to_the_whole(void)
{
    static const item counts[] = {SPECIES("A", 100), MASS("in", "-> A", "300"),
                                  MASS("out", "A ->", "0.5"), END};
    bx_cell *cell = model_cell(counts);
    bx_error err = {0};
    bx_ensemble *whole = ensemble(cell, three, 1, 400);
    CHECK(!bx_ensemble_bins(whole, 2, 0)->exact || bx_ensemble_bins(whole, 2, 0)->length <= 64);
    for (uint64_t cut = 1; cut < 400; cut += 57) {
        bx_ensemble *a = ensemble(cell, three, 1, cut);
        bx_ensemble *b = ensemble(cell, three, 1 + cut, 400 - cut);
        bx_ensemble *both = bx_ensemble_merge(b, a, &err);
        check_same(both, whole);
        CHECK(!bx_ensemble_merge(a, a, &err) && strstr(err.message, "do not follow each other"));
        bx_ensemble_free(a);
        bx_ensemble_free(b);
        bx_ensemble_free(both);
    }
    bx_cell_set(cell, "A", 101, &err);
    bx_ensemble *other = ensemble(cell, three, 401, 1);
    CHECK(!bx_ensemble_merge(whole, other, &err) && strstr(err.message, "different states"));
    bx_ensemble_free(other);
    bx_ensemble_free(whole);
    bx_cell_free(cell);
}

/* Values of all kinds, in two parts of any size, in any order. */
static void bins_do_not_depend_on_the_order(void)
{
    static const double kinds[][8] = {{0, 0, 0, 0, 3, 5, 2, 1},
                                      {0.5, 0.25, -3, 8, 1e-3, 7, 7, 7},
                                      {1e300, -1e300, 1, 2, 3, 0, 5e-324, 4},
                                      {5e-324, 1e-323, 0, 0, 5e-324, 0, 0, 1e-300},
                                      {0.1, 0.2, 0.3, 0.1, 0.7, 1.1, 12.3, 0.1},
                                      {9007199254740991, 9007199254740990, 1, 4, 0, 0, 2, 3},
                                      {6, 6, 6, 6, 6, 6, 6, 6},
                                      {1024, 2048, 0, 8192, 4096, 65536, 1, 7}};
    bx_random random;
    bx_random_init(&random, 3, 0);
    for (size_t k = 0; k < 400; k++) {
        double values[64];
        bx_bins part[3] = {{0}, {0}, {0}};
        double least[3] = {INFINITY, INFINITY, INFINITY};
        double greatest[3] = {-INFINITY, -INFINITY, -INFINITY};
        for (int i = 0; i < 64; i++)
            values[i] = kinds[k % 8][(int)(8 * bx_random_uniform(&random))] *
                        (k % 3 ? 1 : floor(40 * bx_random_uniform(&random)));
        size_t cut = (size_t)(64 * bx_random_uniform(&random));
        uint32_t most = k % 2 ? 4 : 37;
        for (size_t i = 0; i < 64; i++)
            for (size_t p = 0; p < 3; p += 1) { /* 0: all, backwards; 1 and 2: the parts */
                if (p > 0 && (i < cut) != (p == 1))
                    continue;
                double v = p == 0 ? values[63 - i] : values[i];
                least[p] = fmin(least[p], v);
                greatest[p] = fmax(greatest[p], v);
                CHECK(bx_bins_add(&part[p], v, least[p], greatest[p], most) == 0);
                CHECK(bx_bins_valid(&part[p], least[p], greatest[p], most));
            }
        CHECK(bx_bins_merge(&part[1], &part[2], least[0], greatest[0], most) == 0);
        CHECK(part[0].length == part[1].length && part[0].low == part[1].low &&
              part[0].exponent == part[1].exponent && part[0].exact == part[1].exact);
        CHECK(part[0].length <= most && bx_bins_total(&part[0]) == 64);
        CHECK(part[0].length == part[1].length &&
              memcmp(part[0].counts, part[1].counts, part[0].length * 4) == 0);
        for (int p = 0; p < 3; p++)
            bx_bins_free(&part[p]);
    }
}

static void sums_keep_what_doubles_lose(void)
{
    bx_moments m = {{0, 0}, {0, 0}, INFINITY, -INFINITY};
    for (int i = 0; i < 3; i++)
        bx_moments_add(&m, 1e15 - i);
    CHECK(bx_moments_mean(&m, 3) == 1e15 - 1);
    CHECK_NEAR(bx_moments_variance(&m, 3), 1, 1e-9);
    bx_moments_add(&m, NAN);
    CHECK(isnan(bx_moments_mean(&m, 4)) && m.maximum == 1e15);
}

static int cut_short(void *data, double time, const double *values, size_t count)
{
    double *rows = data;
    CHECK(count == 2 && values[1] == values[0] / 3 && time >= rows[1]);
    rows[1] = time;
    return ++rows[0] == 5;
}

static void rows_are_taken_as_they_come(void)
{
    bx_cell *cell = model_cell(birth);
    double rows[2] = {0, 0};
    bx_run run = {BX_METHOD_SSA, .duration = 100,  .every = 2,
                  .seed = 1,     .row = cut_short, .row_data = rows};
    bx_error err = model_run_error(cell, run);
    CHECK(err.code == BX_ECANCELLED && rows[0] == 5 && rows[1] == 8);
    bx_cell_free(cell);
}

/* A row a reaction: each differs from the one before by one molecule, but for the last. */
static void rows_by_step(void)
{
    static const item ode[] = {SPECIES("A", 100), MASS("out", "A ->", "0.5"), AT("1.25", "A", "50"),
                               END};
    bx_cell *cell = model_cell(birth);
    bx_trajectory *t =
        model_run(cell, (bx_run){BX_METHOD_SSA, .duration = 20, .every_step = true, .seed = 3});
    size_t rows = bx_trajectory_rows(t);
    CHECK(rows > 100 && bx_trajectory_times(t)[rows - 1] == 20);
    for (size_t i = 1; i < rows; i++)
        CHECK(fabs(model_at(t, "A", i) - model_at(t, "A", i - 1)) == (i + 1 < rows));
    bx_trajectory_free(t);
    bx_error err = model_run_error(
        cell, (bx_run){BX_METHOD_SSA, .duration = 1e6, .every_step = true, .maximum_bytes = 4096});
    CHECK(err.code == BX_ESIMULATION && strstr(err.message, "passed 4096 bytes"));
    bx_cell_free(cell);
    cell = model_cell(ode);
    t = model_run(cell, (bx_run){BX_METHOD_ODE, .duration = 3, .every_step = true});
    rows = bx_trajectory_rows(t);
    bool at_event = false;
    for (size_t i = 1; i < rows; i++) {
        CHECK(bx_trajectory_times(t)[i] > bx_trajectory_times(t)[i - 1]);
        at_event = at_event || (bx_trajectory_times(t)[i] == 1.25 && model_at(t, "A", i) == 50);
    }
    CHECK(rows > 10 && at_event && bx_trajectory_times(t)[rows - 1] == 3);
    bx_trajectory_free(t);
    bx_cell_free(cell);
}

static void it_travels_and_hostile_bytes_do_not(void)
{
    bx_cell *cell = model_cell(birth);
    bx_ensemble *e = ensemble(cell, three, 1, 30);
    bx_buffer bytes = {0};
    bx_error err = {0};
    CHECK(bx_ensemble_encode(e, &bytes, &err) == 0);
    bx_ensemble *again =
        bx_ensemble_decode(bytes.data, bytes.length, &(bx_budget){UINT64_MAX, UINT64_MAX}, &err);
    CHECK(again != NULL);
    check_same(e, again);
    bx_ensemble_free(again);
    for (size_t i = 0; i < bytes.length; i++)
        CHECK(!bx_ensemble_decode(bytes.data, i, &(bx_budget){UINT64_MAX, UINT64_MAX}, &err) &&
              err.code == BX_EPROTOCOL);
    bx_random random;
    bx_random_init(&random, 1, 1);
    for (int i = 0; i < 20000; i++) { /* what decodes despite a changed byte can be merged */
        size_t at = bx_random_bits(&random) % bytes.length;
        uint8_t before = bytes.data[at];
        bytes.data[at] = (uint8_t)bx_random_bits(&random);
        again = bx_ensemble_decode(bytes.data, bytes.length, &(bx_budget){UINT64_MAX, UINT64_MAX},
                                   &err);
        if (again) {
            bx_ensemble_free(bx_ensemble_merge(again, e, &err));
            bx_ensemble_quantile(again, 1, 0, 0.5);
        }
        bx_ensemble_free(again);
        bytes.data[at] = before;
    }
    bx_buffer_free(&bytes);
    bx_ensemble_free(e);
    bx_cell_free(cell);
}

static bx_error refusal(bx_run run, bx_ensemble_run many)
{
    bx_error err = {0};
    bx_ensemble *e;
    bx_cell *cell = model_cell(birth);
    many.run = &run;
    CHECK(bx_cell_run_ensemble(cell, &many, &e, &err) < 0 && !e && bx_cell_time(cell) == 0);
    bx_cell_free(cell);
    return err;
}

static void what_is_no_ensemble_is_refused(void)
{
    bx_run run = three;
    static const double beyond = 1.5;
    static volatile sig_atomic_t yes = 1;
    CHECK(strstr(refusal(run, (bx_ensemble_run){.first = 1}).message, "runs: expected 1"));
    CHECK(strstr(refusal(run, (bx_ensemble_run){.runs = 1}).message, "the first from 1 on"));
    CHECK(strstr(refusal(run, (bx_ensemble_run){.first = 1, .runs = 1, .bins = 1}).message,
                 "bins: expected 2"));
    CHECK(strstr(refusal(run, (bx_ensemble_run){NULL, 1, 1, 9, &beyond, 1}).message,
                 "quantiles: expected 0 to 1, got 1.5"));
    run.maximum_bytes = 1000;
    CHECK(strstr(refusal(run, (bx_ensemble_run){.first = 1, .runs = 9, .bins = 99}).message,
                 "more than 1000: record less often"));
    run.maximum_steps = 3;
    CHECK(strstr(refusal(run, (bx_ensemble_run){.first = 7, .runs = 9}).message,
                 "run 7: the run made 3 steps"));
    run.interrupt = &yes;
    CHECK(refusal(run, (bx_ensemble_run){.first = 1, .runs = 9}).code == BX_ECANCELLED);
    run.method = BX_METHOD_ODE;
    CHECK(
        strstr(refusal(run, (bx_ensemble_run){.first = 1, .runs = 1}).message, "all be the same"));
}

int main(void)
{
    RUN(it_follows_the_exact_law);
    RUN(its_runs_can_be_run_one_by_one);
    RUN(parts_merge_to_the_whole);
    RUN(bins_do_not_depend_on_the_order);
    RUN(sums_keep_what_doubles_lose);
    RUN(rows_are_taken_as_they_come);
    RUN(rows_by_step);
    RUN(it_travels_and_hostile_bytes_do_not);
    RUN(what_is_no_ensemble_is_refused);
    return test_end();
}
