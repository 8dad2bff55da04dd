/* Flux variability and parsimonious flux balance: second programs over the optimum of a first. */
#include "flux/face.h"

#include <math.h>
#include <stdlib.h>

static int check_fraction(double fraction, bx_error *err)
{
    if (fraction >= 0 && fraction <= 1)
        return 0;
    return bx_fail(err, BX_ESIMULATION, "fraction: expected 0 to 1 of the optimum, got %g",
                   fraction);
}

/* What is done with the fluxes of a part of the optimum. */
typedef int bx_face_use(bx_face *face, void *data, bx_error *err);

/* Where rounding stands in the way of the reduced program, the whole one is asked. */
static int use_face(bx_fba *fba, double fraction, bx_face_use *use, void *data, bx_error *err)
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
    if (result < 0 && err)
        *err = error;
    return result;
}

static int fail_lost(bx_error *err)
{
    return bx_fail(err, BX_ESIMULATION,
                   "no fluxes found at the demanded objective, although it can be reached: the "
                   "model's numbers differ too much in size");
}

/* ---- parsimonious ---- */

static void add_direction(bx_lp_problem *both, const bx_lp_problem *left, size_t j, double sign,
                          double cost)
{
    double one = sign * left->lower[j], other = sign * left->upper[j];
    for (int k = left->start[j]; k < left->start[j + 1]; k++)
        bx_lp_problem_add(both, (size_t)left->index[k], sign * left->value[k]);
    bx_lp_problem_end_column(both, fmax(fmin(one, other), 0), fmax(fmax(one, other), 0), cost);
}

/* A column for each direction of what is left, whose cost is the absolute flux of all reactions
 * that it stands for. */
static bx_lp *split(const bx_reduction *reduction, bx_error *err)
{
    const bx_lp_problem *left = &reduction->problem;
    size_t elements = (size_t)left->start[left->columns];
    double *cost = calloc(left->columns + 1, sizeof *cost);
    if (!cost) {
        bx_fail_memory(err);
        return NULL;
    }
    for (size_t j = 0; j < reduction->whole; j++)
        if (reduction->column[j] != BX_REDUCTION_FIXED)
            cost[reduction->column[j]] += fabs(reduction->factor[j]);
    bx_lp *lp = NULL;
    bx_lp_problem both;
    if (bx_lp_problem_init(&both, left->rows, 2 * left->columns, 2 * elements, err) == 0) {
        bx_lp_problem_take_rows(&both, left);
        for (size_t j = 0; j < left->columns; j++) {
            add_direction(&both, left, j, 1, cost[j]);
            add_direction(&both, left, j, -1, cost[j]);
        }
        lp = bx_lp_new(&both, err);
    }
    bx_lp_problem_free(&both);
    free(cost);
    return lp;
}

static int find_least(bx_lp *lp, bx_face *face, double *fluxes, bx_error *err)
{
    bx_lp_status status;
    size_t columns = face->reduction->problem.columns;
    if (bx_lp_solve(lp, &status, err) < 0)
        return -1;
    if (status != BX_LP_OPTIMAL)
        return fail_lost(err);
    double *x = calloc(columns + 1, sizeof *x);
    if (!x)
        return bx_fail_memory(err);
    for (size_t j = 0; j < columns; j++)
        x[j] = bx_lp_solution(lp)[2 * j] - bx_lp_solution(lp)[2 * j + 1];
    int result = bx_face_check(face, x, err);
    for (size_t r = 0; r < face->reduction->whole; r++)
        fluxes[r] = face->flux[r];
    free(x);
    return result;
}

static int use_parsimonious(bx_face *face, void *data, bx_error *err)
{
    bx_lp *lp = split(face->reduction, err);
    int result = lp ? find_least(lp, face, data, err) : -1;
    bx_lp_free(lp);
    return result;
}

int bx_fba_parsimonious(bx_fba *fba, double fraction, bx_fba_solution *solution, double *fluxes,
                        double *total, bx_error *err)
{
    if (check_fraction(fraction, err) < 0 || bx_fba_optimise(fba, solution, err) < 0)
        return -1;
    if (solution->status != BX_FBA_OPTIMAL)
        return 0;
    if (use_face(fba, fraction, use_parsimonious, fluxes, err) < 0)
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
    bx_face *face;
    bx_lp *lp;
    double *low, *high; /* of each column that is left: seen so far, */
    bool *known;        /* or all that there is */
} survey;

/* Every point that is met is allowed, so it widens what is known of all columns. */
static void look(survey *s)
{
    const double *x = bx_lp_solution(s->lp);
    for (size_t j = 0; j < s->face->reduction->problem.columns; j++) {
        s->low[j] = fmin(s->low[j], x[j]);
        s->high[j] = fmax(s->high[j], x[j]);
    }
}

static int find_extreme(survey *s, size_t column, double sign, double *extreme, bx_error *err)
{
    bx_lp_status status;
    bx_lp_set_cost(s->lp, column, sign);
    int result = bx_lp_solve(s->lp, &status, err);
    bx_lp_set_cost(s->lp, column, 0);
    if (result < 0)
        return -1;
    if (status == BX_LP_INFEASIBLE)
        return fail_lost(err);
    if (status == BX_LP_UNBOUNDED) {
        *extreme = -sign * INFINITY;
        return 0;
    }
    look(s);
    *extreme = bx_lp_solution(s->lp)[column];
    return bx_face_check(s->face, bx_lp_solution(s->lp), err);
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
    return 0;
}

static int use_survey(bx_face *face, void *data, bx_error *err)
{
    survey *s = data;
    size_t columns = face->reduction->problem.columns;
    s->lp = bx_lp_new(&face->reduction->problem, err);
    if (!s->lp)
        return -1;
    s->face = face;
    s->low = calloc(columns + 1, sizeof *s->low);
    s->high = calloc(columns + 1, sizeof *s->high);
    s->known = calloc(columns + 1, sizeof *s->known);
    int result = s->low && s->high && s->known ? 0 : bx_fail_memory(err);
    for (size_t j = 0; j < columns && result == 0; j++) {
        bx_lp_set_cost(s->lp, j, 0);
        s->low[j] = INFINITY;
        s->high[j] = -INFINITY;
    }
    if (result == 0)
        result = survey_all(s, err);
    bx_lp_free(s->lp);
    free(s->low);
    free(s->high);
    free(s->known);
    s->face = NULL;
    return result;
}

int bx_fba_variability(bx_fba *fba, const size_t *reactions, size_t count, double fraction,
                       bx_fba_status *status, double *least, double *greatest, bx_error *err)
{
    bx_fba_solution solution;
    if (check_fraction(fraction, err) < 0 || bx_fba_optimise(fba, &solution, err) < 0)
        return -1;
    *status = solution.status;
    if (solution.status != BX_FBA_OPTIMAL)
        return 0;
    survey s = {.reactions = reactions, .count = count, .least = least, .greatest = greatest};
    return use_face(fba, fraction, use_survey, &s, err);
}

/* ---- blocked reactions, dead ends ---- */

static int survey_without_objective(bx_fba *fba, bx_fba_status *status, double *least,
                                    double *greatest, bx_error *err)
{
    size_t *all = calloc(fba->reaction_count + 1, sizeof *all);
    bx_fba_state *before = all ? bx_fba_save(fba, err) : NULL;
    if (!before) {
        free(all);
        return bx_fail_memory(err);
    }
    for (size_t r = 0; r < fba->reaction_count; r++)
        all[r] = r;
    bx_fba_clear_objective(fba);
    int result = bx_fba_variability(fba, all, fba->reaction_count, 1, status, least, greatest, err);
    bx_fba_restore(fba, before);
    bx_fba_state_free(before);
    free(all);
    return result;
}

int bx_fba_blocked(bx_fba *fba, double tolerance, bx_fba_status *status, bool *blocked,
                   bx_error *err)
{
    double *least = calloc(2 * fba->reaction_count + 1, sizeof *least);
    double *greatest = least ? least + fba->reaction_count : NULL;
    int result =
        least ? survey_without_objective(fba, status, least, greatest, err) : bx_fail_memory(err);
    for (size_t r = 0; r < fba->reaction_count && result == 0; r++)
        blocked[r] =
            *status == BX_FBA_OPTIMAL && least[r] >= -tolerance && greatest[r] <= tolerance;
    free(least);
    return result;
}

/* What reactions can do with a metabolite. */
typedef struct traffic {
    uint32_t makers, users, both; /* number of reactions */
} traffic;

static void count_traffic(const bx_fba_column *reaction, traffic *all)
{
    for (size_t k = 0; k < reaction->entry_count && !reaction->stopped; k++) {
        traffic *t = &all[reaction->entries[k].metabolite];
        bool product = reaction->entries[k].coefficient > 0;
        bool makes = product ? reaction->upper > 0 : reaction->lower < 0;
        bool uses = product ? reaction->lower < 0 : reaction->upper > 0;
        t->makers += makes;
        t->users += uses;
        t->both += makes && uses;
    }
}

int bx_fba_dead_ends(const bx_fba *fba, bool *dead, bx_error *err)
{
    traffic *all = calloc(fba->metabolite_count + 1, sizeof *all);
    if (!all)
        return bx_fail_memory(err);
    for (size_t r = 0; r < fba->reaction_count; r++)
        count_traffic(&fba->reactions[r], all);
    for (size_t i = 0; i < fba->metabolite_count; i++) {
        const traffic *t = &all[i];
        bool alone = t->makers == 1 && t->users == 1 && t->both == 1;
        dead[i] = !fba->metabolites[i].boundary && (t->makers == 0 || t->users == 0 || alone);
    }
    free(all);
    return 0;
}
