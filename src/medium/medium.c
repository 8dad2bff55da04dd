#include "medium/medium.h"

#include <math.h>

/* More may be taken than there is by this part of it: rounding, in the cells' own reckoning. */
#define ROUNDING 1e-9

double bx_medium_concentration(const bx_medium *medium, size_t pool)
{
    return medium->pools[pool].amount / medium->volume;
}

double bx_medium_loss(const bx_medium *medium, size_t pool)
{
    double decay = pool < medium->pool_count ? medium->pools[pool].decay : 0;
    return medium->outflow / medium->volume + decay;
}

double bx_medium_integral(double rate, double h)
{
    return rate == 0 ? h : expm1(rate * h) / rate;
}

double bx_medium_response(const bx_medium *medium, size_t pool, double growth, double h)
{
    double loss = bx_medium_loss(medium, pool);
    if (loss == 0)
        return bx_medium_integral(growth, h);
    return exp(-loss * h) * bx_medium_integral(growth + loss, h);
}

double bx_medium_kept(const bx_medium *medium, size_t pool, double h)
{
    const bx_pool *p = &medium->pools[pool];
    double loss = bx_medium_loss(medium, pool), fed = medium->inflow * p->feed;
    return p->amount * exp(-loss * h) + (fed == 0 ? 0 : fed * bx_medium_integral(-loss, h));
}

static int check_pool(const bx_medium *medium, size_t pool, double entered, double given,
                      bx_error *err)
{
    double there = medium->pools[pool].amount + entered;
    if (!isfinite(given) || !isfinite(there))
        return bx_fail(err, BX_ESIMULATION, "pool %zu: an amount is no finite number", pool + 1);
    if (given < -there * (1 + ROUNDING))
        return bx_fail(err, BX_ESIMULATION, "pool %zu: %g mmol are taken, where there are %g",
                       pool + 1, -given, there);
    return 0;
}

static void settle(const bx_medium *medium, bx_pool *p, size_t pool, double h, double given)
{
    double loss = bx_medium_loss(medium, pool), entered = medium->inflow * p->feed * h;
    given = fmax(given, -(p->amount + entered));
    double all = p->amount + entered + given, after = all;
    if (loss > 0) {
        double source = given / h * bx_medium_response(medium, pool, 0, h);
        after = fmin(fmax(bx_medium_kept(medium, pool, h) + source, 0), all);
        double decayed = (all - after) * (p->decay / loss);
        p->decayed += decayed;
        p->left += all - after - decayed;
    }
    p->entered += entered;
    *(given > 0 ? &p->given : &p->taken) += fabs(given);
    p->amount = after;
}

int bx_medium_step(bx_medium *medium, double h, const double *given, double *stays, bx_error *err)
{
    double end = medium->volume + (medium->inflow - medium->outflow) * h;
    if (!(h > 0) || !isfinite(h) || !(end > 0) || !isfinite(end))
        return bx_fail(err, BX_ESIMULATION, "the medium runs dry: of %g L there are %g after %g h",
                       medium->volume, end, h);
    for (size_t i = 0; i < medium->pool_count; i++) {
        double entered = medium->inflow * medium->pools[i].feed * h;
        if (check_pool(medium, i, entered, given ? given[i] : 0, err) < 0)
            return -1;
    }
    medium->volume = (medium->volume + end) / 2;
    *stays = exp(-bx_medium_loss(medium, medium->pool_count) * h);
    for (size_t i = 0; i < medium->pool_count; i++)
        settle(medium, &medium->pools[i], i, h, given ? given[i] : 0);
    medium->volume = end;
    return 0;
}
