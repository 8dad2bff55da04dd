#include "flux/refine.h"

#include <math.h>
#include <stdlib.h>

#define LARGEST_SCALE 1e6 /* beyond it is the rounding of x */
#define LARGEST 1e20      /* what CLP can be asked for; NAN is not */

typedef struct refinement {
    bx_clp *clp;
    const bx_lp_problem *problem;
    double *x, *prices;
    long double *sum;      /* of each row */
    double *reduced;       /* cost of each column */
    double missed, priced; /* the most that a bound and a reduced cost are missed by */
    double greatest;       /* size of a reduced cost */
} refinement;

static double out_of(double value, double lower, double upper)
{
    return fmax(fmax(lower - value, value - upper), 0);
}

/* By how much a reduced cost or a price has the wrong sign for where the basis has its value. */
static double wrong(double reduced, unsigned char basis, double lower, double upper)
{
    int status = basis & BX_LP_STATUS;
    if (lower == upper && status != BX_LP_BASIC)
        return 0;
    return status == BX_LP_AT_LOWER   ? fmax(-reduced, 0)
           : status == BX_LP_AT_UPPER ? fmax(reduced, 0)
                                      : fabs(reduced);
}

static void measure(refinement *f)
{
    const bx_lp_problem *p = f->problem;
    const unsigned char *basis = bx_clp_basis(f->clp);
    for (size_t j = 0; j < p->columns; j++) {
        long double reduced = p->cost[j];
        for (int k = p->start[j]; k < p->start[j + 1]; k++) {
            f->sum[p->index[k]] += (long double)p->value[k] * f->x[j];
            reduced -= (long double)p->value[k] * f->prices[p->index[k]];
        }
        f->reduced[j] = (double)reduced;
        if (!(fabs(f->reduced[j]) <= f->greatest))
            f->greatest = fabs(f->reduced[j]);
        f->missed = fmax(f->missed, out_of(f->x[j], p->lower[j], p->upper[j]));
        f->priced = fmax(f->priced, wrong(f->reduced[j], basis[j], p->lower[j], p->upper[j]));
    }
    for (size_t i = 0; i < p->rows; i++) {
        unsigned char status = basis[p->columns + i];
        f->missed = fmax(f->missed, out_of((double)f->sum[i], p->row_lower[i], p->row_upper[i]));
        f->priced = fmax(f->priced, wrong(f->prices[i], status, p->row_lower[i], p->row_upper[i]));
    }
}

/* A power of two, which rounds nothing. */
static double scale_for(double missed)
{
    return ldexp(1, -ilogb(fmax(missed, 1 / LARGEST_SCALE)));
}

static void enlarge(const refinement *f, double scale, double price_scale)
{
    const bx_lp_problem *p = f->problem;
    for (size_t j = 0; j < p->columns; j++) {
        bx_clp_set_bounds(f->clp, (int)j, (p->lower[j] - f->x[j]) * scale,
                          (p->upper[j] - f->x[j]) * scale);
        bx_clp_set_cost(f->clp, (int)j, f->reduced[j] * price_scale);
    }
    for (size_t i = 0; i < p->rows; i++)
        bx_clp_set_row(f->clp, (int)i, (double)(p->row_lower[i] - f->sum[i]) * scale,
                       (double)(p->row_upper[i] - f->sum[i]) * scale);
}

static void give_back(const refinement *f)
{
    const bx_lp_problem *p = f->problem;
    for (size_t j = 0; j < p->columns; j++) {
        bx_clp_set_bounds(f->clp, (int)j, p->lower[j], p->upper[j]);
        bx_clp_set_cost(f->clp, (int)j, p->cost[j]);
    }
    for (size_t i = 0; i < p->rows; i++)
        bx_clp_set_row(f->clp, (int)i, p->row_lower[i], p->row_upper[i]);
    bx_clp_refresh(f->clp);
}

/* What is not basic stands at its bound, to the last digit. */
static void add_solution(refinement *f, double scale, double price_scale)
{
    const bx_lp_problem *p = f->problem;
    const double *x = bx_clp_solution(f->clp), *prices = bx_clp_prices(f->clp);
    const unsigned char *basis = bx_clp_basis(f->clp);
    for (size_t j = 0; j < p->columns; j++) {
        int status = basis[j] & BX_LP_STATUS;
        f->x[j] += x[j] / scale;
        if (status == BX_LP_AT_LOWER && isfinite(p->lower[j]))
            f->x[j] = p->lower[j];
        else if (status == BX_LP_AT_UPPER && isfinite(p->upper[j]))
            f->x[j] = p->upper[j];
    }
    for (size_t i = 0; i < p->rows; i++)
        f->prices[i] += prices[i] / price_scale;
}

static bx_clp_status improve(refinement *f)
{
    measure(f);
    double scale = scale_for(f->missed), price_scale = scale_for(f->priced);
    if (!(f->missed < LARGEST && f->greatest * price_scale < LARGEST))
        return BX_CLP_STOPPED;
    enlarge(f, scale, price_scale);
    bx_clp_refresh(f->clp);
    bx_clp_status answer = bx_clp_solve(f->clp, false);
    if (answer == BX_CLP_OPTIMAL)
        add_solution(f, scale, price_scale);
    give_back(f);
    return answer;
}

bx_clp_status bx_refine(bx_clp *clp, const bx_lp_problem *problem, double *x, double *prices)
{
    refinement f = {.clp = clp, .problem = problem, .x = x, .prices = prices};
    f.sum = calloc(problem->rows + 1, sizeof *f.sum);
    f.reduced = calloc(problem->columns + 1, sizeof *f.reduced);
    bx_clp_status answer = f.sum && f.reduced ? improve(&f) : BX_CLP_NO_MEMORY;
    free(f.sum);
    free(f.reduced);
    return answer;
}
