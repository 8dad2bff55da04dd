/* Flux variability and parsimonious flux balance: second programs over the optimum of a first. */
#include "flux/variability.h"

#include <math.h>
#include <stdlib.h>

static int check_fraction(double fraction, bx_error *err)
{
    if (fraction >= 0 && fraction <= 1)
        return 0;
    return bx_fail(err, BX_ESIMULATION, "fraction: expected 0 to 1 of the optimum, got %g",
                   fraction);
}

static int fail_lost(bx_error *err)
{
    return bx_fail(err, BX_ESIMULATION,
                   "no fluxes found at the demanded objective, although it can be reached: the "
                   "model's numbers differ too much in size");
}

/* ---- parsimonious ---- */

/* How far a column goes from its centre in one direction. */
static void add_direction(bx_lp_problem *both, const bx_lp_problem *left, size_t j, double sign,
                          double centre, double cost)
{
    double one = sign * (left->lower[j] - centre), other = sign * (left->upper[j] - centre);
    for (int k = left->start[j]; k < left->start[j + 1]; k++)
        bx_lp_problem_add(both, (size_t)left->index[k], sign * left->value[k]);
    bx_lp_problem_end_column(both, fmax(fmin(one, other), 0), fmax(fmax(one, other), 0), cost);
}

/* What the rows are to have beside the centres. */
static void move_rows(bx_lp_problem *both, const bx_lp_problem *left, const double *centre)
{
    bx_lp_problem_take_rows(both, left);
    for (size_t j = 0; j < left->columns; j++)
        for (int k = left->start[j]; k < left->start[j + 1]; k++) {
            both->row_lower[left->index[k]] -= left->value[k] * centre[j];
            both->row_upper[left->index[k]] -= left->value[k] * centre[j];
        }
}

/* A column for each direction of what is left, whose cost is the distance from the centre of all
 * reactions that it stands for. */
static int split(const bx_reduction *reduction, size_t reactions, const double *centre,
                 bx_lp_problem *both, bx_error *err)
{
    const bx_lp_problem *left = &reduction->problem;
    size_t elements = (size_t)left->start[left->columns];
    double *cost = calloc(left->columns + 1, sizeof *cost);
    if (bx_lp_problem_init(both, left->rows, 2 * left->columns, 2 * elements, err) < 0 || !cost) {
        free(cost);
        return bx_fail_memory(err);
    }
    for (size_t j = 0; j < reactions; j++)
        if (reduction->column[j] != BX_REDUCTION_FIXED)
            cost[reduction->column[j]] += fabs(reduction->factor[j]);
    move_rows(both, left, centre);
    for (size_t j = 0; j < left->columns; j++) {
        add_direction(both, left, j, 1, centre[j], cost[j]);
        add_direction(both, left, j, -1, centre[j], cost[j]);
    }
    free(cost);
    return 0;
}

/* The face keeps those that are as near as x: directions with a reduced cost stay at their bounds,
 * rows with a price too (complementary slackness). */
static void keep_nearest(bx_lp_problem *left, bx_lp_problem *both, const bx_lp *lp,
                         const double *centre, const double *x)
{
    bx_lp_problem_hold_columns(both, bx_lp_reduced_costs(lp));
    bx_lp_problem_hold_rows(left, bx_lp_prices(lp));
    for (size_t j = 0; j < left->columns; j++) {
        double low = centre[j] + both->lower[2 * j] - both->upper[2 * j + 1];
        double high = centre[j] + both->upper[2 * j] - both->lower[2 * j + 1];
        left->lower[j] = fmin(fmax(low, left->lower[j]), x[j]);
        left->upper[j] = fmax(fmin(high, left->upper[j]), x[j]);
    }
}

static int find_nearest(bx_lp *lp, bx_lp_problem *both, bx_face *face, const double *centre,
                        double *fluxes, bx_error *err)
{
    bx_lp_status status;
    bx_lp_problem *left = &face->reduction->problem;
    if (bx_lp_solve(lp, &status, err) < 0)
        return -1;
    if (status != BX_LP_OPTIMAL)
        return fail_lost(err);
    double *x = calloc(left->columns + 1, sizeof *x);
    if (!x)
        return bx_fail_memory(err);
    for (size_t j = 0; j < left->columns; j++)
        x[j] = centre[j] + bx_lp_solution(lp)[2 * j] - bx_lp_solution(lp)[2 * j + 1];
    int result = bx_face_check(face, x, err);
    for (size_t r = 0; r < face->reduction->whole; r++)
        fluxes[r] = face->flux[r];
    keep_nearest(left, both, lp, centre, x);
    free(x);
    return result;
}

int bx_face_nearest(bx_face *face, const double *centre, double *fluxes, bx_error *err)
{
    bx_lp_problem both;
    bx_lp *lp = NULL;
    if (split(face->reduction, face->fba->reaction_count, centre, &both, err) == 0)
        lp = bx_lp_new(&both, err);
    int result = lp ? find_nearest(lp, &both, face, centre, fluxes, err) : -1;
    bx_lp_free(lp);
    bx_lp_problem_free(&both);
    return result;
}

static int use_parsimonious(bx_face *face, void *data, bx_error *err)
{
    double *centre = calloc(face->reduction->problem.columns + 1, sizeof *centre);
    int result = centre ? bx_face_nearest(face, centre, data, err) : bx_fail_memory(err);
    free(centre);
    return result;
}

int bx_fba_parsimonious(bx_fba *fba, double fraction, bx_fba_solution *solution, double *fluxes,
                        double *total, bx_error *err)
{
    if (check_fraction(fraction, err) < 0 || bx_fba_optimise(fba, solution, err) < 0)
        return -1;
    if (solution->status != BX_FBA_OPTIMAL)
        return 0;
    if (bx_face_run(fba, fraction, use_parsimonious, fluxes, err) < 0)
        return -1;
    *total = 0;
    for (size_t r = 0; r < fba->reaction_count; r++)
        *total += fabs(fluxes[r]);
    return 0;
}

/* ---- variability ---- */

typedef struct survey {
    const size_t *reactions;
    size_t count;
    double *least, *greatest; /* of each of these */
    double factor;            /* the total flux is at most so many times the least; 0: any */
    bx_face *face;
    bx_lp *lp;          /* of the columns that are left, or where factor > 1 of their directions */
    double *low, *high; /* of each column that is left: seen so far, */
    bool *known;        /* or all that there is */
    double *x;          /* values of these at the last point */
    bool checked;       /* one point obeys the model */
} survey;

static void set_cost(survey *s, size_t j, double cost)
{
    if (s->factor > 1) {
        bx_lp_set_cost(s->lp, 2 * j, cost);
        bx_lp_set_cost(s->lp, 2 * j + 1, -cost);
    } else {
        bx_lp_set_cost(s->lp, j, cost);
    }
}

/* Every point that is met is allowed, so it widens what is known of all columns. */
static void look(survey *s)
{
    const double *x = bx_lp_solution(s->lp);
    for (size_t j = 0; j < s->face->reduction->problem.columns; j++) {
        s->x[j] = s->factor > 1 ? x[2 * j] - x[2 * j + 1] : x[j];
        s->low[j] = fmin(s->low[j], s->x[j]);
        s->high[j] = fmax(s->high[j], s->x[j]);
    }
}

static int find_extreme(survey *s, size_t column, double sign, double *extreme, bx_error *err)
{
    bx_lp_status status;
    set_cost(s, column, sign);
    int result = bx_lp_solve(s->lp, &status, err);
    set_cost(s, column, 0);
    if (result < 0)
        return -1;
    if (status == BX_LP_INFEASIBLE)
        return fail_lost(err);
    if (status == BX_LP_UNBOUNDED) {
        *extreme = -sign * INFINITY;
        return 0;
    }
    look(s);
    *extreme = s->x[column];
    s->checked = true;
    return bx_face_check(s->face, s->x, err);
}

/* A bound that some allowed point attains needs no search. */
static int survey_column(survey *s, size_t j, bx_error *err)
{
    double lower = s->face->reduction->problem.lower[j];
    double upper = s->face->reduction->problem.upper[j];
    double low = lower, high = upper;
    if (s->low[j] > lower && find_extreme(s, j, 1, &low, err) < 0)
        return -1;
    if (s->high[j] < upper && find_extreme(s, j, -1, &high, err) < 0)
        return -1;
    s->low[j] = low;
    s->high[j] = high;
    s->known[j] = true;
    return 0;
}

/* What is fixed alone has met no point. */
static int check_any(survey *s, bx_error *err)
{
    bx_lp_status status = BX_LP_OPTIMAL;
    bool any = s->face->reduction->problem.columns > 0;
    if (any && bx_lp_solve(s->lp, &status, err) < 0)
        return -1;
    if (status != BX_LP_OPTIMAL)
        return fail_lost(err);
    if (any)
        look(s);
    return bx_face_check(s->face, s->x, err);
}

static int survey_all(survey *s, bx_error *err)
{
    const bx_reduction *reduction = s->face->reduction;
    bx_fba *fba = s->face->fba;
    bx_fba_begin(fba);
    for (size_t i = 0; i < s->count; i++) {
        uint32_t j = reduction->column[s->reactions[i]];
        double factor = reduction->factor[s->reactions[i]];
        if (bx_fba_poll(fba, (double)i / (double)s->count, err) < 0)
            return -1;
        if (j != BX_REDUCTION_FIXED && !s->known[j] && survey_column(s, j, err) < 0)
            return -1;
        double one = j == BX_REDUCTION_FIXED ? factor : factor * s->low[j];
        double other = j == BX_REDUCTION_FIXED ? factor : factor * s->high[j];
        s->least[i] = fmin(one, other);
        s->greatest[i] = fmax(one, other);
    }
    return s->checked ? 0 : check_any(s, err);
}

/* The columns' directions, whose distances from 0 may add up to so many times the least sum. */
static bx_lp *bound_total(bx_face *face, double factor, bx_error *err)
{
    const bx_reduction *reduction = face->reduction;
    size_t reactions = face->fba->reaction_count;
    double settled = 0, *centre = calloc(reduction->problem.columns + 1, sizeof *centre);
    bx_lp_problem both = {0}, bounded = {0};
    bx_lp_status status;
    bx_lp *lp = NULL, *least = NULL;
    if (!centre)
        bx_fail_memory(err);
    else if (split(reduction, reactions, centre, &both, err) == 0)
        least = bx_lp_new(&both, err);
    for (size_t r = 0; r < reactions; r++)
        if (reduction->column[r] == BX_REDUCTION_FIXED)
            settled += fabs(reduction->factor[r]);
    if (least && bx_lp_solve(least, &status, err) == 0) {
        double limit = factor * (bx_lp_objective(least) + settled) - settled;
        if (status != BX_LP_OPTIMAL)
            fail_lost(err);
        else if (bx_face_copy(&bounded, &both, true, limit, err) == 0)
            lp = bx_lp_new(&bounded, err);
    }
    bx_lp_free(least);
    bx_lp_problem_free(&both);
    bx_lp_problem_free(&bounded);
    free(centre);
    return lp;
}

static int use_survey(bx_face *face, void *data, bx_error *err)
{
    survey *s = data;
    size_t columns = face->reduction->problem.columns;
    s->lp = s->factor > 1 ? bound_total(face, s->factor, err)
                          : bx_lp_new(&face->reduction->problem, err);
    if (!s->lp)
        return -1;
    s->face = face;
    s->checked = false;
    s->low = calloc(columns + 1, sizeof *s->low);
    s->high = calloc(columns + 1, sizeof *s->high);
    s->x = calloc(columns + 1, sizeof *s->x);
    s->known = calloc(columns + 1, sizeof *s->known);
    int result = s->low && s->high && s->x && s->known ? 0 : bx_fail_memory(err);
    for (size_t j = 0; j < bx_lp_problem_of(s->lp)->columns && result == 0; j++)
        bx_lp_set_cost(s->lp, j, 0);
    for (size_t j = 0; j < columns && result == 0; j++) {
        s->low[j] = INFINITY;
        s->high[j] = -INFINITY;
    }
    if (result == 0)
        result = survey_all(s, err);
    bx_lp_free(s->lp);
    free(s->low);
    free(s->high);
    free(s->x);
    free(s->known);
    s->face = NULL;
    return result;
}

int bx_face_survey(bx_face *face, const size_t *reactions, size_t count, double *least,
                   double *greatest, bx_error *err)
{
    survey s = {.reactions = reactions, .count = count, .least = least, .greatest = greatest};
    return use_survey(face, &s, err);
}

/* The least total itself needs no row: what it leaves is exact. */
static int use_least_total(bx_face *face, void *data, bx_error *err)
{
    double *fluxes = calloc(face->reduction->whole + 1, sizeof *fluxes);
    int result = fluxes ? use_parsimonious(face, fluxes, err) : bx_fail_memory(err);
    free(fluxes);
    return result == 0 ? use_survey(face, data, err) : -1;
}

static int survey_optimum(bx_fba *fba, double fraction, survey *s, bx_fba_status *status,
                          bx_error *err)
{
    bx_fba_solution solution;
    if (check_fraction(fraction, err) < 0 || bx_fba_optimise(fba, &solution, err) < 0)
        return -1;
    *status = solution.status;
    if (solution.status != BX_FBA_OPTIMAL)
        return 0;
    return bx_face_run(fba, fraction, s->factor == 1 ? use_least_total : use_survey, s, err);
}

int bx_fba_variability(bx_fba *fba, const size_t *reactions, size_t count, double fraction,
                       bx_fba_status *status, double *least, double *greatest, bx_error *err)
{
    survey s = {.reactions = reactions, .count = count, .least = least, .greatest = greatest};
    return survey_optimum(fba, fraction, &s, status, err);
}

int bx_fba_variability_within(bx_fba *fba, const size_t *reactions, size_t count, double fraction,
                              double factor, bx_fba_status *status, double *least, double *greatest,
                              bx_error *err)
{
    survey s = {.reactions = reactions, .count = count, .least = least, .greatest = greatest};
    if (!(factor >= 1) || isinf(factor))
        return bx_fail(err, BX_ESIMULATION,
                       "the total flux may be 1 or more times the least, got %g times", factor);
    s.factor = factor;
    return survey_optimum(fba, fraction, &s, status, err);
}
