/* Delayed values: against closed forms, an independent solver, and what must not matter. */
#include "cell_model.h"
#include "core/buffer.h"
#include "test.h"

/* y' = -y(t - 1), y = 1 until 0: the sum of (-1)^k (t - k + 1)^k / k!, k from 0 to the first whole
 * number above t, by the method of steps. */
static double by_steps(double t)
{
    double sum = 0, factorial = 1;
    for (int k = 0; k <= floor(t) + 1; k++) {
        factorial *= k > 0 ? k : 1;
        sum += (k % 2 ? -1 : 1) * pow(t - k + 1, k) / factorial;
    }
    return sum;
}

static const item steps_items[] = {SPECIES("y", 1), RATE("d", "y ->", "delay(y, 1)"), END};

static void one_delay_is_solved_by_steps(void)
{
    for (int adams = 0; adams < 2; adams++) {
        bx_cell *cell = model_cell(steps_items);
        bx_trajectory *t = model_run(cell, (bx_run){.duration = 8, .every = 0.1, .adams = adams});
        for (size_t i = 0; i < bx_trajectory_rows(t); i++)
            CHECK_NEAR(model_at(t, "y", i), by_steps(0.1 * (double)i), 5e-9);
        bx_trajectory_free(t);
        bx_cell_free(cell);
    }
}

/* The error goes with the tolerance. */
static void the_tolerance_holds(void)
{
    double before = 1;
    for (double tolerance = 1e-4; tolerance > 1e-11; tolerance /= 100) {
        bx_cell *cell = model_cell(steps_items);
        bx_run run = {.duration = 6.3, .relative_tolerance = tolerance};
        run.absolute_tolerance = tolerance / 1000;
        model_advance(cell, run);
        double error = fabs(model_get(cell, "y") - by_steps(6.3));
        CHECK(error < 100 * tolerance);
        CHECK(error < before / 5);
        before = error;
        bx_cell_free(cell);
    }
}

/* y' = -y(t / 2): the sum of (-t)^n / n! / 2^(n (n - 1) / 2). The delay begins at 0; it is told by
 * the time, or by the state. */
static void a_delay_may_vanish(void)
{
    static const item items[] = {SPECIES("x", 0),
                                 SPECIES("y", 1),
                                 SPECIES("z", 1),
                                 MASS("a", "-> x", "1"),
                                 RATE("b", "y ->", "delay(y, time / 2)"),
                                 RATE("c", "z ->", "delay(z, x / 2)"),
                                 END};
    bx_cell *cell = model_cell(items);
    bx_trajectory *t = model_run(cell, (bx_run){.duration = 8, .every = 1});
    for (size_t i = 0; i < bx_trajectory_rows(t); i++) {
        double sum = 0, term = 1;
        for (int n = 0; n < 60; n++) {
            sum += term;
            term *= -(double)i / (n + 1) / pow(2, n);
        }
        CHECK_NEAR(model_at(t, "y", i), sum, 1e-8);
        CHECK_NEAR(model_at(t, "z", i), sum, 1e-8);
    }
    bx_trajectory_free(t);
    bx_cell_free(cell);
}

/* The equation of Mackey and Glass (Science 197, 287, 1977): x' = b u / (1 + u^10) - c x with
 * u = x(t - 17), by Runge and Kutta's method of order 4 with steps that divide the delay, cubic
 * between them. */
enum { PARTS = 4000 };

static double mackey_rate(double u, double x)
{
    return 0.2 * u / (1 + pow(u, 10)) - 0.1 * x;
}

static double mackey(size_t steps)
{
    double h = 17.0 / PARTS, *x = calloc(steps + 1, sizeof *x), *f = calloc(steps + 1, sizeof *f);
    x[0] = 0.5;
    for (size_t i = 0; i < steps; i++) {
        double a = 0.5, b = 0.5, middle = 0.5;
        if (i >= PARTS) {
            size_t j = i - PARTS;
            a = x[j];
            b = x[j + 1];
            middle = (a + b) / 2 + h / 8 * (f[j] - f[j + 1]);
        }
        double k1 = mackey_rate(a, x[i]), k2 = mackey_rate(middle, x[i] + h / 2 * k1);
        double k3 = mackey_rate(middle, x[i] + h / 2 * k2), k4 = mackey_rate(b, x[i] + h * k3);
        f[i] = k1;
        x[i + 1] = x[i] + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
        f[i + 1] = mackey_rate(b, x[i + 1]);
    }
    double last = x[steps];
    free(x);
    free(f);
    return last;
}

static void mackey_and_glass(void)
{
    static const item items[] = {
        SPECIES("x", 0.5),          PARAMETER("tau", 17),
        RULE("u", "delay(x, tau)"), RATE("in", "-> x", "0.2 * u / (1 + u^10)"),
        MASS("out", "x ->", "0.1"), END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.duration = 170});
    CHECK_NEAR(model_get(cell, "x"), mackey(10 * PARTS), 1e-7);
    bx_cell_free(cell);
}

/* Steps are longer than the delay, which is long over before anything changes: almost x' = -x. */
static void a_step_may_be_longer_than_the_delay(void)
{
    static const item items[] = {SPECIES("x", 1), RATE("d", "x ->", "delay(x, 1e-4)"), END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.duration = 3});
    /* x = C exp(r t) with r = -exp(-r s), once the beginning is over: C = 1 to the order s^2 */
    double r = -1, s = 1e-4;
    for (int i = 0; i < 50; i++)
        r = -exp(-r * s);
    CHECK_NEAR(model_get(cell, "x") / exp(3 * r), 1, 2e-8);
    bx_cell_free(cell);
}

static void rules_times_and_sums_are_delayed(void)
{
    static const item items[] = {SPECIES("a", 2),
                                 SPECIES("b", 1),
                                 MASS("d", "a -> 2 b", "0.3"),
                                 RULE("sum", "a * a + time"),
                                 RULE("late", "delay(sum, 1.5)"),
                                 RULE("twice", "delay(delay(a, 1), 0.5)"),
                                 RULE("both", "delay(late + b, 0.25)"),
                                 RULE("clock", "delay(time, 3)"),
                                 RULE("none", "delay(a, 0) - a"),
                                 RULE("half", "delay(a, time / 2)"),
                                 END};
    bx_cell *cell = model_cell(items);
    bx_trajectory *t = model_run(cell, (bx_run){.duration = 6, .every = 0.5});
    for (size_t i = 0; i < bx_trajectory_rows(t); i++) {
        double now = 0.5 * (double)i;
        double a15 = 2 * exp(-0.3 * fmax(0, now - 1.5)), a175 = 2 * exp(-0.3 * fmax(0, now - 1.75));
        double b = 5 - 4 * exp(-0.3 * fmax(0, now - 0.25));
        CHECK_NEAR(model_at(t, "late", i), a15 * a15 + now - 1.5, 1e-8);
        CHECK_NEAR(model_at(t, "twice", i), a15, 1e-8);
        CHECK_NEAR(model_at(t, "both", i), a175 * a175 + now - 1.75 + b, 3e-8);
        CHECK_NEAR(model_at(t, "clock", i), now - 3, 1e-12);
        CHECK_NEAR(model_at(t, "none", i), 0, 1e-15);
        CHECK_NEAR(model_at(t, "half", i), 2 * exp(-0.15 * now), 1e-8);
    }
    bx_trajectory_free(t);
    bx_cell_free(cell);
}

/* A pulse of an event is seen again after the delay, and its integral is exact. */
static void a_jump_comes_again(void)
{
    static const item items[] = {SPECIES("x", 0),
                                 SPECIES("y", 0),
                                 PARAMETER("p", 0),
                                 AT("10", "p", "1"),
                                 AT("10.01", "p", "0"),
                                 WHEN("delay(p, 30) > 0.5", "x", "x + 100"),
                                 RATE("in", "-> y", "delay(p, 50) + delay(x, 7)"),
                                 END};
    double last = NAN;
    for (int rows = 0; rows < 2; rows++) {
        bx_cell *cell = model_cell(items);
        bx_trajectory *t = model_run(cell, (bx_run){.duration = 100, .every = rows ? 0.25 : 0});
        CHECK_NEAR(model_last(t, "x"), 100, 1e-12);
        CHECK_NEAR(model_last(t, "y"), 0.01 + 100 * 53, 1e-6);
        CHECK(rows == 0 || model_last(t, "y") == last);
        last = model_last(t, "y");
        bx_trajectory_free(t);
        bx_cell_free(cell);
    }
}

/* With a delay that varies: y' = p(t / 2), where p is 1 from 10 to 10.01. */
static void a_jump_comes_again_after_a_delay_that_varies(void)
{
    static const item items[] = {SPECIES("y", 0),
                                 PARAMETER("p", 0),
                                 AT("10", "p", "1"),
                                 AT("10.01", "p", "0"),
                                 RATE("in", "-> y", "delay(p, time / 2)"),
                                 END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.duration = 1000});
    CHECK_NEAR(model_get(cell, "y"), 0.02, 1e-9);
    bx_cell_free(cell);
}

/* The rate of y is a logistic curve's slope, over within a minute, 5000 seconds ago: the step is
 * long then, for all else is at rest. Its integral is 1. */
static void what_was_narrow_is_not_passed(void)
{
    static const item items[] = {SPECIES("z", 1e-20), SPECIES("y", 1),
                                 RATE("grow", "-> z", "0.5 * z * (1 - z)"),
                                 RATE("late", "-> y", "delay(0.5 * z * (1 - z), 5000)"), END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.duration = 100000});
    CHECK_NEAR(model_get(cell, "y"), 2, 1e-7);
    bx_cell_free(cell);
}

/* A pulse inside of what is delayed, and one by the state; in a stochastic run, too. */
static void conditions_are_delayed(void)
{
    static const item items[] = {
        SPECIES("x", 0),
        SPECIES("y", 0),
        SPECIES("z", 0),
        SPECIES("n", 0),
        MASS("a", "-> x", "1"),
        RATE("b", "-> y", "delay(if(time > 5 and time < 5.01, 1, 0), 400)"),
        RATE("c", "-> z", "delay(if(x > 6 and x < 6.01, 1, 0), 300)"),
        RATE("d", "-> n", "delay(if(time > 5 and time < 6, 1e4, 0), 9)"),
        END};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.duration = 1000});
    CHECK_NEAR(model_get(cell, "y"), 0.01, 1e-9);
    CHECK_NEAR(model_get(cell, "z"), 0.01, 1e-9);
    CHECK_NEAR(model_get(cell, "n"), 1e4, 1e-4);
    bx_cell_reset(cell);
    bx_trajectory *t =
        model_run(cell, (bx_run){.method = BX_METHOD_SSA, .duration = 20, .every = 1});
    CHECK(model_at(t, "n", 14) == 0);
    CHECK_NEAR(model_at(t, "n", 15), 1e4, 500);
    CHECK(model_last(t, "n") == model_at(t, "n", 15));
    bx_trajectory_free(t);
    bx_cell_free(cell);
}

static void add(bx_cell *cell, double seconds)
{
    model_advance(cell, (bx_run){.duration = seconds});
}

static const item pulsed_items[] = {SPECIES("y", 1), PARAMETER("k", 1),
                                    RATE("d", "y ->", "k * delay(y, 1)"), AT("2.5", "y", "y + 3"),
                                    END};

/* The same run in pieces, from a copy, and after a reset. */
static void the_past_is_part_of_the_state(void)
{
    bx_error err = {0};
    bx_cell *whole = model_cell(pulsed_items), *pieces = model_cell(pulsed_items);
    bx_cell *copy = model_cell(pulsed_items);
    add(whole, 7);
    for (int i = 0; i < 7; i++)
        add(pieces, 0.5);
    bx_buffer bytes = {0};
    CHECK(bx_cell_encode(pieces, &bytes, &err) == 0);
    CHECK(bx_cell_decode(copy, bytes.data, bytes.length, &err) == 0);
    for (size_t i = 0; i < bytes.length; i += 7) { /* cut short: refused */
        bx_cell *none = model_cell(pulsed_items);
        CHECK(bx_cell_decode(none, bytes.data, i, &err) < 0);
        bx_cell_free(none);
    }
    add(pieces, 3.5);
    add(copy, 3.5);
    CHECK(model_get(copy, "y") == model_get(pieces, "y"));
    CHECK_NEAR(model_get(pieces, "y"), model_get(whole, "y"), 1e-8);
    double last = model_get(whole, "y");
    bx_cell_reset(whole);
    add(whole, 7);
    CHECK(model_get(whole, "y") == last);
    bx_buffer_free(&bytes);
    bx_cell_free(whole);
    bx_cell_free(pieces);
    bx_cell_free(copy);
}

/* s[i] = t + cos(i) - cos(t + i) for many i, over a time that leaves much more than is kept. */
enum { MANY = 40 };

static bx_cell *make_many(void)
{
    static char texts[MANY][4][64];
    item items[3 * MANY + 2] = {{0}};
    size_t count = 0;
    items[count++] = (item)PARAMETER("tau", 3);
    for (int i = 0; i < MANY; i++) {
        char(*text)[64] = texts[i];
        snprintf(text[0], 64, "s%d", i);
        snprintf(text[1], 64, "-> s%d", i);
        snprintf(text[2], 64, "1 + sin(time + %d)", i);
        snprintf(text[3], 64, "delay(s%d, tau)", i);
        items[count++] = (item)SPECIES(text[0], 0);
        items[count++] = (item)RATE(NULL, text[1], text[2]);
    }
    for (int i = 0; i < MANY; i++)
        items[count++] = (item)RULE(texts[i][0], texts[i][3]);
    for (int i = 0; i < MANY; i++) {
        static char names[MANY][16];
        snprintf(names[i], 16, "d%d", i);
        items[count - MANY + (size_t)i].name = names[i];
    }
    return model_cell(items);
}

static void the_past_is_dropped(void)
{
    bx_error err = {0};
    bx_cell *cell = make_many();
    for (int i = 1; i <= 4; i++) {
        add(cell, 300);
        bx_buffer bytes = {0};
        CHECK(bx_cell_encode(cell, &bytes, &err) == 0);
        CHECK(bytes.length < (size_t)24 << 20);
        bx_buffer_free(&bytes);
        for (int j = 0; j < MANY; j += 13) {
            char name[16];
            double t = 300 * i - 3;
            snprintf(name, sizeof name, "d%d", j);
            CHECK_NEAR(model_get(cell, name), t + cos(j) - cos(t + j), 1e-5);
        }
    }
    CHECK(bx_cell_set(cell, "tau", 1100, &err) == 0);
    err = model_run_error(cell, (bx_run){.duration = 1});
    CHECK(strstr(err.message, "are not kept any more") != NULL);
    bx_cell_free(cell);
}

/* Another process comes and goes: the past stays. What is delayed only then has a constant past. */
static void the_past_is_carried(void)
{
    static const item more[] = {SPECIES("z", 5), RATE("g", "-> z", "delay(z, 2)"), END};
    static const item other[] = {SPECIES("w", 5), END};
    bx_error err = {0};
    bx_cell *cell = model_cell(pulsed_items), *plain = model_cell(pulsed_items);
    add(plain, 7);
    add(cell, 3.5);
    CHECK(model_define(cell, "other", other, &err) == 0);
    add(cell, 3.5);
    CHECK_NEAR(model_get(cell, "y"), model_get(plain, "y"), 1e-8);
    CHECK(model_define(cell, "more", more, &err) == 0);
    add(plain, 1);
    add(cell, 1);
    CHECK_NEAR(model_get(cell, "y"), model_get(plain, "y"), 1e-8);
    CHECK_NEAR(model_get(cell, "z"), 10, 1e-8);
    bx_cell_free(cell);
    bx_cell_free(plain);
}

/* What is set between two runs is a jump. */
static void what_is_set_comes_again(void)
{
    static const item items[] = {SPECIES("y", 0), PARAMETER("p", 0),
                                 RATE("in", "-> y", "delay(p, 1)"), END};
    bx_error err = {0};
    bx_cell *cell = model_cell(items);
    add(cell, 2);
    CHECK(bx_cell_set(cell, "p", 3, &err) == 0);
    add(cell, 0.5);
    CHECK_NEAR(model_get(cell, "y"), 0, 1e-12);
    add(cell, 1.5);
    CHECK_NEAR(model_get(cell, "y"), 3, 1e-9);
    bx_cell_free(cell);
}

static void mean_of(const item *items, bx_run run, const char *name, uint64_t runs, double *mean,
                    double *variance)
{
    bx_cell *cell = model_cell(items);
    double sum = 0, squares = 0;
    for (run.stream = 1; run.stream <= runs; run.stream++) {
        model_advance(cell, run);
        sum += model_get(cell, name);
        squares += model_get(cell, name) * model_get(cell, name);
        bx_cell_reset(cell);
    }
    *mean = sum / (double)runs;
    *variance = squares / (double)runs - *mean * *mean;
    bx_cell_free(cell);
}

/* x counts a Poisson process of rate 4, y one of rate x(t - 5): with T = t - 5 its mean is 2 T^2,
 * its variance 2 T^2 + 4 T^3 / 3. */
static void chance_sees_the_past(void)
{
    static const item items[] = {SPECIES("x", 0), SPECIES("y", 0), MASS("a", "-> x", "4"),
                                 RATE("b", "-> y", "delay(x, 5)"), END};
    for (bx_method method = BX_METHOD_SSA; method <= BX_METHOD_TAU; method++) {
        double mean, variance;
        mean_of(items, (bx_run){.method = method, .duration = 10, .seed = 7}, "y", 1000, &mean,
                &variance);
        CHECK_NEAR(mean, 50, 4 * sqrt((50 + 500 / 3.0) / 1000));
        CHECK_NEAR(variance, 50 + 500 / 3.0, 0.2 * (50 + 500 / 3.0));
    }
}

/* What an event does is seen after the delays, of which one is within the other: y begins at 9, and
 * only until 10. Rows change nothing. */
static void known_times_of_chance(void)
{
    static const item items[] = {SPECIES("y", 0),
                                 SPECIES("x", 0),
                                 PARAMETER("p", 0),
                                 AT("3", "p", "100"),
                                 AT("4", "p", "0"),
                                 RULE("late", "delay(p, 4)"),
                                 RATE("b", "-> y", "delay(late, 2)"),
                                 MASS("c", "-> x", "10 + delay(y, 1)"),
                                 END};
    for (bx_method method = BX_METHOD_SSA; method <= BX_METHOD_HYBRID; method++) {
        bx_cell *cell = model_cell(items), *other = model_cell(items);
        bx_run run = {.method = method, .duration = 12, .every = 1, .seed = 3};
        bx_trajectory *t = model_run(cell, run);
        CHECK(model_at(t, "y", 9) == 0);
        CHECK(model_at(t, "y", 10) > 50 && model_at(t, "y", 10) < 160);
        CHECK_NEAR(model_at(t, "y", 12), model_at(t, "y", 10), 1e-9);
        run.every = 0.01;
        model_advance(other, run);
        CHECK(model_get(other, "x") == model_get(cell, "x"));
        CHECK(model_get(other, "y") == model_get(cell, "y"));
        bx_trajectory_free(t);
        bx_cell_free(cell);
        bx_cell_free(other);
    }
}

/* Each run of an ensemble begins with the cell's past. */
static void an_ensemble_has_the_past(void)
{
    static const item items[] = {SPECIES("x", 0), SPECIES("y", 0), MASS("a", "-> x", "20"),
                                 RATE("b", "-> y", "delay(x, 5)"), END};
    bx_error err = {0};
    bx_cell *cell = model_cell(items);
    model_advance(cell, (bx_run){.method = BX_METHOD_SSA, .duration = 8, .seed = 5});
    bx_run run = {.method = BX_METHOD_SSA, .duration = 4, .seed = 9, .stream = 3};
    bx_ensemble_run many = {.run = &run, .first = 3, .runs = 1};
    bx_ensemble *ensemble = NULL;
    CHECK(bx_cell_run_ensemble(cell, &many, &ensemble, &err) == 0);
    double y = bx_ensemble_mean(ensemble, 1, (size_t)bx_ensemble_find(ensemble, "y"));
    model_advance(cell, run);
    CHECK(model_get(cell, "y") == y);
    bx_ensemble_free(ensemble);
    bx_cell_free(cell);
}

/* Before time 0 a variable is as its initial formula says, if it was not set. */
static void what_is_set_has_no_formula(void)
{
    bx_error err = {0};
    bx_process *p = bx_process_new("p", &err);
    CHECK(bx_process_add_parameter(p, "w", 0, &err) == 0);
    CHECK(bx_process_add_initial(p, "w", "3 + time", &err) == 0);
    CHECK(bx_process_add_rule(p, "late", "delay(w, 2)", &err) == 0);
    bx_cell *cell = bx_cell_new(&err);
    CHECK(bx_cell_define(cell, p, &err) == 0);
    CHECK(model_get(cell, "late") == 1);
    add(cell, 0.5);
    CHECK_NEAR(model_get(cell, "late"), 1.5, 1e-12);
    bx_cell_reset(cell);
    CHECK(bx_cell_set(cell, "w", 7, &err) == 0);
    CHECK(model_get(cell, "late") == 7);
    add(cell, 0.5);
    CHECK(model_get(cell, "late") == 7);
    bx_cell_free(cell);
}

static void mistakes_are_named(void)
{
    static const item negative[] = {SPECIES("y", 1), RULE("z", "delay(y, 2 - time)"), END};
    static const item endless[] = {RULE("z", "delay(z, 1)"), END};
    static const item chance[] = {PARAMETER("p", 0), AT("1", "p", "delay(normal(0, 1), 1)"), END};
    static const item at[] = {PARAMETER("p", 0), AT("delay(p, 1)", "p", "2"), END};
    static const item plain[] = {SPECIES("y", 1), RATE("z", "y ->", "delay(y, 1)"), END};
    bx_cell *cell = model_cell(plain);
    bx_run exchange = {.method = BX_METHOD_HYBRID, .duration = 1, .exchange = 0.1};
    CHECK(strstr(model_run_error(cell, exchange).message, "leave out the option") != NULL);
    bx_cell_free(cell);
    cell = model_cell(negative);
    bx_error err = model_run_error(cell, (bx_run){.duration = 10});
    CHECK(err.code == BX_ESIMULATION);
    CHECK(strstr(err.message, "delay of \"y\": it is -") != NULL);
    bx_cell_free(cell);
    CHECK(strstr(model_error(endless).message, "rules can't depend on themselves") != NULL);
    CHECK(strstr(model_error(chance).message, "a random number has no past") != NULL);
    CHECK(strstr(model_error(at).message, "expected a formula of parameters alone") != NULL);
}

int main(void)
{
    RUN(one_delay_is_solved_by_steps);
    RUN(the_tolerance_holds);
    RUN(a_delay_may_vanish);
    RUN(mackey_and_glass);
    RUN(a_step_may_be_longer_than_the_delay);
    RUN(rules_times_and_sums_are_delayed);
    RUN(a_jump_comes_again);
    RUN(a_jump_comes_again_after_a_delay_that_varies);
    RUN(what_was_narrow_is_not_passed);
    RUN(conditions_are_delayed);
    RUN(the_past_is_part_of_the_state);
    RUN(the_past_is_dropped);
    RUN(the_past_is_carried);
    RUN(what_is_set_comes_again);
    RUN(chance_sees_the_past);
    RUN(known_times_of_chance);
    RUN(an_ensemble_has_the_past);
    RUN(what_is_set_has_no_formula);
    RUN(mistakes_are_named);
    return test_end();
}
