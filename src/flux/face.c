#include "flux/face.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How far the objective of a point may be from what is demanded: a part of the best, and beside
 * that as much as any sum may be. */
#define MISSED 1e-6
#define ABSOLUTE 1e-7

static double cost_of(const bx_lp_problem *whole, const double *x)
{
    double cost = 0;
    for (size_t j = 0; j < whole->columns; j++)
        cost += whole->cost[j] * x[j];
    return cost;
}

/* Each column with a reduced cost stays at the bound that this speaks for. */
static void hold_at_bounds(const bx_fba *fba, bx_lp_problem *whole, double *lower, double *upper)
{
    const double *reduced = bx_lp_reduced_costs(fba->lp);
    for (size_t j = 0; j < whole->columns; j++) {
        if (reduced[j] > 0 && isfinite(lower[j]))
            upper[j] = lower[j];
        else if (reduced[j] < 0 && isfinite(upper[j]))
            lower[j] = upper[j];
    }
}

/* A row more: cost x <= limit. Its arrays replace those of `whole`, and are to be freed. */
static bool add_row(bx_lp_problem *whole, double limit)
{
    size_t elements = (size_t)whole->start[whole->columns] + whole->columns;
    int *start = calloc(whole->columns + 1, sizeof *start);
    int *index = calloc(elements + 1, sizeof *index);
    double *value = calloc(elements + 1, sizeof *value);
    double *row_lower = calloc(whole->rows + 1, sizeof *row_lower);
    double *row_upper = calloc(whole->rows + 1, sizeof *row_upper);
    bool complete = start && index && value && row_lower && row_upper;
    size_t at = 0;
    for (size_t j = 0; complete && j < whole->columns; j++) {
        for (int k = whole->start[j]; k < whole->start[j + 1]; k++, at++) {
            index[at] = whole->index[k];
            value[at] = whole->value[k];
        }
        if (whole->cost[j] != 0) {
            index[at] = (int)whole->rows;
            value[at++] = whole->cost[j];
        }
        start[j + 1] = (int)at;
    }
    if (complete) {
        row_lower[whole->rows] = -INFINITY;
        row_upper[whole->rows] = limit;
    }
    whole->start = start;
    whole->index = index;
    whole->value = value;
    whole->row_lower = row_lower;
    whole->row_upper = row_upper;
    whole->rows++;
    return complete;
}

static void free_row(bx_lp_problem *whole)
{
    free((void *)whole->start);
    free((void *)whole->index);
    free((void *)whole->value);
    free((void *)whole->row_lower);
    free((void *)whole->row_upper);
}

/* cost x <= limit: a bound, where one reaction is the objective. */
static bool hold_objective(bx_lp_problem *whole, double *lower, double *upper, double limit)
{
    size_t terms = 0, only = 0;
    for (size_t j = 0; j < whole->columns; j++)
        if (whole->cost[j] != 0) {
            only = j;
            terms++;
        }
    if (terms == 0)
        return false;
    if (terms > 1)
        return true;
    double bound = limit / whole->cost[only];
    if (whole->cost[only] > 0)
        upper[only] = fmax(fmin(upper[only], bound), lower[only]);
    else
        lower[only] = fmin(fmax(lower[only], bound), upper[only]);
    return false;
}

int bx_face_open(bx_face *face, bx_fba *fba, double fraction, bool plain, bx_error *err)
{
    bx_lp_problem whole = bx_lp_problem_of(fba->lp);
    size_t size = (whole.columns + 1) * sizeof(double);
    double *lower = malloc(size), *upper = malloc(size);
    *face = (bx_face){.fba = fba, .flux = calloc(whole.columns + 1, sizeof *face->flux)};
    if (!lower || !upper || !face->flux) {
        free(lower);
        free(upper);
        return bx_fail_memory(err);
    }
    memcpy(lower, whole.lower, whole.columns * sizeof *lower);
    memcpy(upper, whole.upper, whole.columns * sizeof *upper);
    double best = cost_of(&whole, bx_lp_solution(fba->lp));
    face->limit = best + (1 - fraction) * fabs(best);
    face->slack = MISSED * fabs(best) + ABSOLUTE;
    whole.lower = lower;
    whole.upper = upper;
    bool row = false;
    if (fraction < 1)
        row = hold_objective(&whole, lower, upper, face->limit);
    else
        hold_at_bounds(fba, &whole, lower, upper);
    bool complete = !row || add_row(&whole, face->limit);
    face->reduction = complete ? bx_reduction_new(&whole, plain, err) : NULL;
    if (!complete)
        bx_fail_memory(err);
    if (row)
        free_row(&whole);
    free(lower);
    free(upper);
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
    bx_lp_problem whole = bx_lp_problem_of(lp);
    bx_reduction_expand(face->reduction, x, face->flux);
    if (bx_lp_is_feasible(lp, face->flux) &&
        cost_of(&whole, face->flux) <= face->limit + face->slack)
        return 0;
    return bx_fail(err, BX_ESIMULATION,
                   "fluxes at the demanded objective do not obey the model: its numbers differ too "
                   "much in size; look for extreme coefficients and bounds");
}
