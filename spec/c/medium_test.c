/* The medium: closed forms, and books that balance. */
#include "medium/medium.h"
#include "test.h"

#include <math.h>

static void near(double expected, double got, double tolerance)
{
    CHECK(fabs(got - expected) <= tolerance * fabs(expected));
}

static void check_books(const bx_pool *p, double began)
{
    near(began + p->entered + p->given - p->taken - p->left - p->decayed, p->amount, 1e-12);
}

static void chemostat(void)
{
    bx_pool pool = {.amount = 3, .feed = 10, .decay = 0.1};
    bx_medium medium = {2, 0.6, 0.6, &pool, 1};
    bx_error err;
    double stays, all = 0;
    for (int i = 0; i < 100; i++) {
        CHECK(bx_medium_step(&medium, 0.05, NULL, &stays, &err) == 0);
        near(exp(-0.3 * 0.05), stays, 1e-14);
        all += 0.05;
        check_books(&pool, 3);
    }
    double end = 6 / 0.4; /* of 0.6 * 10 that flows in, D = 0.3 and the decay take */
    near(end + (3 - end) * exp(-0.4 * all), pool.amount, 1e-12);
    near(3, pool.left / pool.decayed, 1e-12);
}

static void cells(void)
{
    bx_pool pools[2] = {{.amount = 5, .feed = 10}, {.amount = 0}};
    bx_medium medium = {1, 0.5, 0.5, pools, 2};
    bx_error err;
    double stays, given[2] = {-0.25, 0.1};
    for (int i = 0; i < 2000; i++)
        CHECK(bx_medium_step(&medium, 0.1, given, &stays, &err) == 0);
    near((5 - 2.5) / 0.5, pools[0].amount, 1e-12); /* steady: exact, whatever the step */
    near(1 / 0.5, pools[1].amount, 1e-12);
    check_books(&pools[0], 5);
    check_books(&pools[1], 0);
    double all = pools[0].amount + 0.5 * 10 * 0.1, taken[2] = {-all, 0},
           too_much[2] = {-all * 1.01};
    CHECK(bx_medium_step(&medium, 0.1, too_much, &stays, &err) < 0);
    CHECK(bx_medium_step(&medium, 0.1, (double[2]){NAN, 0}, &stays, &err) < 0);
    near(5, pools[0].amount, 1e-12);
    CHECK(bx_medium_step(&medium, 0.1, taken, &stays, &err) == 0);
    CHECK(pools[0].amount == 0);
    check_books(&pools[0], 5);
}

/* dn/dt = F - w n / (V + (f - w) t): c falls to the feed's as (V0 / V)^(f / (f - w)). */
static double fed_batch(double step)
{
    bx_pool pool = {.amount = 1, .feed = 4};
    bx_medium medium = {1, 0.3, 0.1, &pool, 1};
    bx_error err;
    double stays;
    for (int i = 0; i < lround(5 / step); i++)
        CHECK(bx_medium_step(&medium, step, NULL, &stays, &err) == 0);
    near(2, medium.volume, 1e-12);
    check_books(&pool, 1);
    return fabs(bx_medium_concentration(&medium, 0) - (4 - 3 * pow(0.5, 1.5)));
}

static void volume(void)
{
    double coarse = fed_batch(0.5), fine = fed_batch(0.25);
    CHECK(coarse < 1e-2 && fine < coarse / 3.5 && fine > coarse / 4.5);
    bx_medium medium = {1, 0, 0.5, NULL, 0};
    bx_error err;
    double stays;
    CHECK(bx_medium_step(&medium, 1, NULL, &stays, &err) == 0 && medium.volume == 0.5);
    CHECK(bx_medium_step(&medium, 1, NULL, &stays, &err) < 0 && medium.volume == 0.5);
}

int main(void)
{
    RUN(chemostat);
    RUN(cells);
    RUN(volume);
    return test_end();
}
