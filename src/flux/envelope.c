#include "flux/model.h"
#include "flux/tools.h"

#include <math.h>

/* What a flux may be off the value it is held at where that is the edge of what it can be. */
#define EDGE 1e-9

typedef struct envelope {
    bx_fba *fba;
    const size_t *reactions;
    size_t count, points;
    double least[BX_FBA_ENVELOPE_REACTIONS], greatest[BX_FBA_ENVELOPE_REACTIONS];
} envelope;

/* The same fluxes, best in one sense; what each of these is worth there, unless prices is NULL. */
static int find_end(const envelope *e, bool maximise, double *end, double *prices, bool *feasible,
                    bx_error *err)
{
    bx_fba_solution solution;
    bx_fba_set_sense(e->fba, maximise);
    if (bx_fba_optimise(e->fba, &solution, err) < 0)
        return -1;
    *feasible = solution.status != BX_FBA_INFEASIBLE;
    for (size_t k = 0; k < e->count && prices; k++)
        prices[k] =
            solution.status == BX_FBA_OPTIMAL ? solution.reduced_costs[e->reactions[k]] : NAN;
    *end = solution.status == BX_FBA_OPTIMAL     ? solution.objective
           : solution.status == BX_FBA_UNBOUNDED ? (maximise ? INFINITY : -INFINITY)
                                                 : NAN;
    return 0;
}

static int hold(const envelope *e, const double *values, double edge, bx_error *err)
{
    for (size_t k = 0; k < e->count; k++) {
        double room = edge * (1 + fabs(values[k]));
        if (bx_fba_set_bounds(e->fba, e->reactions[k], values[k] - room, values[k] + room, err) < 0)
            return -1;
    }
    return 0;
}

/* Rounding must not make an edge infeasible. */
static int find_point(const envelope *e, const double *values, double *least, double *greatest,
                      double *prices, bx_error *err)
{
    bool feasible = false;
    for (int again = 0; again <= 1 && !feasible; again++)
        if (hold(e, values, again ? EDGE : 0, err) < 0 ||
            find_end(e, true, greatest, prices, &feasible, err) < 0)
            return -1;
    *least = NAN;
    return feasible ? find_end(e, false, least, NULL, &feasible, err) : 0;
}

static int fill(envelope *e, double *values, double *least, double *greatest, double *prices,
                bx_error *err)
{
    size_t all = 1;
    for (size_t k = 0; k < e->count; k++)
        all *= e->points;
    bx_fba_begin(e->fba);
    for (size_t i = 0; i < all; i++) {
        double *at = values + i * e->count;
        for (size_t k = e->count, rest = i; k-- > 0; rest /= e->points) {
            double part = (double)(rest % e->points) / (double)(e->points - 1);
            at[k] = (1 - part) * e->least[k] + part * e->greatest[k];
        }
        if (bx_fba_poll(e->fba, (double)i / (double)all, err) < 0 ||
            find_point(e, at, &least[i], &greatest[i], prices + i * e->count, err) < 0)
            return -1;
    }
    return 0;
}

static int check_ranges(const envelope *e, bx_error *err)
{
    for (size_t k = 0; k < e->count; k++)
        if (isinf(e->least[k]) || isinf(e->greatest[k]))
            return bx_fail(err, BX_ESIMULATION,
                           "envelope: nothing bounds the flux of reaction \"%.64s\": bound it",
                           bx_fba_reaction_id(e->fba, e->reactions[k]));
    return 0;
}

static int run(envelope *e, const bx_fba_state *before, bx_fba_status *status, double *values,
               double *least, double *greatest, double *prices, bx_error *err)
{
    bx_fba_clear_objective(e->fba);
    if (bx_fba_variability(e->fba, e->reactions, e->count, 1, status, e->least, e->greatest, err) <
        0)
        return -1;
    if (*status != BX_FBA_OPTIMAL)
        return 0;
    bx_fba_restore(e->fba, before);
    return check_ranges(e, err) < 0 ? -1 : fill(e, values, least, greatest, prices, err);
}

int bx_fba_envelope(bx_fba *fba, const size_t *reactions, size_t count, size_t points,
                    bx_fba_status *status, double *values, double *least, double *greatest,
                    double *prices, bx_error *err)
{
    envelope e = {.fba = fba, .reactions = reactions, .count = count, .points = points};
    bx_fba_state *before = bx_fba_save(fba, err);
    if (!before)
        return -1;
    int result = run(&e, before, status, values, least, greatest, prices, err);
    bx_fba_restore(fba, before);
    bx_fba_state_free(before);
    return result;
}
