/* Objectives in order: of the best by one the best by the next. */
#include "flux/extension.h"
#include "flux/tools.h"

#include <math.h>

/* How far the last fluxes may miss what an objective has reached: a part of its value, and of its
 * terms for their rounding. */
#define MISSED 1e-6

typedef struct order {
    const bx_fba_sum_view *goals;
    size_t count;
    bx_fba_status status;
    size_t reached;
    double *values, *fluxes;
} order;

static void set_costs(bx_extension *p, const bx_fba_sum_view *goal)
{
    double sign = goal->maximise ? -1 : 1;
    p->settled = 0;
    for (size_t j = 0; j < p->columns; j++)
        p->cost[j] = 0;
    for (size_t k = 0; k < goal->part_count; k++)
        bx_extension_cost_flux(p, bx_fba_column_of(p->fba, goal->parts[k]),
                               sign * goal->parts[k].coefficient);
}

/* Only those fluxes that are as good, by complementary slackness: exact, without a tolerance. */
static void hold(bx_extension *p, const bx_lp *lp)
{
    bx_lp_problem held = {.rows = p->rows,
                          .columns = p->columns,
                          .lower = p->lower,
                          .upper = p->upper,
                          .row_lower = p->row_lower,
                          .row_upper = p->row_upper};
    bx_lp_problem_hold_columns(&held, bx_lp_reduced_costs(lp));
    bx_lp_problem_hold_rows(&held, bx_lp_prices(lp));
}

/* The next objective's best value. */
static int reach(bx_extension *p, order *o, size_t goal, bx_lp_status *status, bx_error *err)
{
    set_costs(p, &o->goals[goal]);
    bx_lp *lp = bx_extension_lp(p, err);
    int result = lp ? bx_lp_solve(lp, status, err) : -1;
    if (result == 0 && *status == BX_LP_OPTIMAL) {
        o->values[goal] = (o->goals[goal].maximise ? -1 : 1) * (bx_lp_objective(lp) + p->settled);
        hold(p, lp);
        if (goal + 1 == o->count)
            result = bx_extension_check(p, bx_lp_solution(lp), err);
    }
    bx_lp_free(lp);
    return result;
}

static int check_values(const bx_extension *p, const order *o, bx_error *err)
{
    for (size_t goal = 0; goal < o->count; goal++) {
        double value = 0, terms = fabs(o->values[goal]);
        for (size_t k = 0; k < o->goals[goal].part_count; k++) {
            bx_fba_part part = o->goals[goal].parts[k];
            double term = part.coefficient * p->flux[bx_fba_column_of(p->fba, part)];
            value += term;
            terms += fabs(term);
        }
        if (!(fabs(value - o->values[goal]) <= MISSED * terms + BX_LP_ABSOLUTE))
            return bx_fail(err, BX_ESIMULATION,
                           "objective %zu is %.9g at the last fluxes, and %.9g can be reached: the "
                           "model's numbers differ too much in size",
                           goal + 1, value, o->values[goal]);
    }
    return 0;
}

static int use_order(bx_extension *p, void *data, bx_error *err)
{
    order *o = data;
    for (o->reached = 0; o->reached < o->count; o->reached++) {
        bx_lp_status status;
        if (bx_fba_poll(p->fba, (double)o->reached / (double)o->count, err) < 0 ||
            reach(p, o, o->reached, &status, err) < 0)
            return -1;
        o->status = bx_fba_status_of(status);
        if (status != BX_LP_OPTIMAL)
            return 0;
    }
    if (check_values(p, o, err) < 0)
        return -1;
    for (size_t j = 0; j < p->reduction->whole; j++)
        o->fluxes[j] = p->flux[j];
    return 0;
}

int bx_fba_lexicographic(bx_fba *fba, const bx_fba_sum_view *goals, size_t count,
                         bx_fba_status *status, size_t *reached, double *values, double *fluxes,
                         bx_error *err)
{
    order o = {.goals = goals, .count = count, .values = values, .fluxes = fluxes};
    bx_fba_solution solution;
    bx_fba_state *before = bx_fba_save(fba, err);
    if (!before)
        return -1;
    bx_fba_begin(fba);
    bx_fba_clear_objective(fba);
    int result = bx_fba_optimise(fba, &solution, err);
    o.status = solution.status;
    if (result == 0 && o.status == BX_FBA_OPTIMAL)
        result = bx_extension_run(fba, use_order, &o, err);
    bx_fba_restore(fba, before);
    bx_fba_state_free(before);
    *status = o.status;
    *reached = o.reached;
    return result;
}
