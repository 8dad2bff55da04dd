#include "flux/face.h"

#include <math.h>
#include <stdlib.h>

/* How far the objective of a point may be from what is demanded: a part of the best, and beside
 * that as much as any sum may be. */
#define MISSED 1e-6

static double cost_of(const bx_lp_problem *whole, const double *x)
{
    double cost = 0;
    for (size_t j = 0; j < whole->columns; j++)
        cost += whole->cost[j] * x[j];
    return cost;
}

/* cost x <= limit, of one column. */
static void bound_column(bx_lp_problem *whole, size_t j, double limit)
{
    double *lower = &whole->lower[j], *upper = &whole->upper[j], bound = limit / whole->cost[j];
    if (whole->cost[j] > 0)
        *upper = fmax(fmin(*upper, bound), *lower);
    else
        *lower = fmin(fmax(*lower, bound), *upper);
}

/* The number of columns that have a cost; *last is one. */
static size_t count_costs(const bx_lp_problem *whole, size_t *last)
{
    size_t count = 0;
    for (size_t j = 0; j < whole->columns; j++)
        if (whole->cost[j] != 0) {
            *last = j;
            count++;
        }
    return count;
}

int bx_face_copy(bx_lp_problem *to, const bx_lp_problem *from, bool row, double limit,
                 bx_error *err)
{
    size_t elements = (size_t)from->start[from->columns] + from->columns;
    if (bx_lp_problem_init(to, from->rows + row, from->columns, elements, err) < 0)
        return -1;
    bx_lp_problem_take_rows(to, from);
    if (row) {
        to->row_lower[from->rows] = -INFINITY;
        to->row_upper[from->rows] = limit;
    }
    for (size_t j = 0; j < from->columns; j++) {
        for (int k = from->start[j]; k < from->start[j + 1]; k++)
            bx_lp_problem_add(to, (size_t)from->index[k], from->value[k]);
        if (row && from->cost[j] != 0)
            bx_lp_problem_add(to, from->rows, from->cost[j]);
        bx_lp_problem_end_column(to, from->lower[j], from->upper[j], from->cost[j]);
    }
    return 0;
}

int bx_face_open(bx_face *face, bx_fba *fba, double fraction, bool plain, bx_error *err)
{
    const bx_lp_problem *model = bx_lp_problem_of(fba->lp);
    bx_lp_problem whole;
    size_t only = 0, costs = fraction < 1 ? count_costs(model, &only) : 0;
    double best = cost_of(model, bx_lp_solution(fba->lp));
    *face = (bx_face){.fba = fba,
                      .limit = best + (1 - fraction) * fabs(best),
                      .slack = MISSED * fabs(best) + BX_LP_ABSOLUTE,
                      .flux = calloc(model->columns + 1, sizeof *face->flux)};
    if (!face->flux)
        return bx_fail_memory(err);
    if (bx_face_copy(&whole, model, costs > 1, face->limit, err) == 0) {
        if (fraction == 1) {
            bx_lp_problem_hold_columns(&whole, bx_lp_reduced_costs(fba->lp));
            bx_lp_problem_hold_rows(&whole, bx_lp_prices(fba->lp));
        } else if (costs == 1) {
            bound_column(&whole, only, face->limit);
        }
        face->reduction = bx_reduction_new(&whole, plain, err);
    }
    bx_lp_problem_free(&whole);
    return face->reduction ? 0 : -1;
}

void bx_face_close(bx_face *face)
{
    bx_reduction_free(face->reduction);
    free(face->flux);
}

int bx_face_check(bx_face *face, const double *x, bx_error *err)
{
    bx_lp *lp = face->fba->lp;
    bx_reduction_expand(face->reduction, x, face->flux);
    if (bx_lp_is_feasible(lp, face->flux) &&
        cost_of(bx_lp_problem_of(lp), face->flux) <= face->limit + face->slack)
        return 0;
    return bx_fail(err, BX_ESIMULATION,
                   "fluxes at the demanded objective do not obey the model: its numbers differ too "
                   "much in size; look for extreme coefficients and bounds");
}

int bx_face_run(bx_fba *fba, double fraction, bx_face_use *use, void *data, bx_error *err)
{
    bx_error error;
    int result = -1;
    for (int plain = 0; plain <= 1; plain++) {
        bx_face face;
        result = bx_face_open(&face, fba, fraction, plain, &error);
        if (result == 0)
            result = use(&face, data, &error);
        bx_face_close(&face);
        if (result == 0 || error.code != BX_ESIMULATION)
            break;
    }
    if (result < 0)
        bx_fba_name_extremes(fba, &error);
    if (result < 0 && err)
        *err = error;
    return result;
}
