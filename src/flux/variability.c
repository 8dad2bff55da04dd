/* Flux variability and parsimonious flux balance: second programs over the optimum of a first. */
#include "flux/model.h"

#include <math.h>
#include <stdlib.h>

static int check_fraction(double fraction, bx_error *err)
{
    if (fraction >= 0 && fraction <= 1)
        return 0;
    return bx_fail(err, BX_ESIMULATION, "fraction: expected 0 to 1 of the optimum, got %g",
                   fraction);
}

/* ---- parsimonious ---- */

static double join_fluxes(const bx_fba *fba, const double *columns, double *fluxes)
{
    double total = 0;
    size_t reverse = fba->reaction_count;
    for (size_t r = 0; r < fba->reaction_count; r++) {
        fluxes[r] = columns[r] - (fba->reactions[r].lower < 0 ? columns[reverse++] : 0);
        total += fabs(fluxes[r]);
    }
    return total;
}

int bx_fba_parsimonious(bx_fba *fba, double fraction, bx_fba_solution *solution, double *fluxes,
                        double *total, bx_error *err)
{
    bx_lp_status status;
    if (check_fraction(fraction, err) < 0 || bx_fba_optimise(fba, solution, err) < 0)
        return -1;
    if (solution->status != BX_FBA_OPTIMAL)
        return 0;
    bx_lp *lp = bx_fba_build(fba, (bx_fba_extra){.objective_row = true, .split = true}, err);
    if (!lp)
        return -1;
    bx_fba_demand(fba, lp, fraction, solution->objective);
    int result = bx_lp_solve(lp, &status, err);
    if (result == 0 && status != BX_LP_OPTIMAL)
        result = bx_fail(err, BX_ESIMULATION,
                         "no fluxes found with the objective %g, although it is the optimum: the "
                         "model's numbers differ too much in size",
                         solution->objective);
    if (result == 0)
        *total = join_fluxes(fba, bx_lp_solution(lp), fluxes);
    bx_lp_free(lp);
    return result;
}

/* ---- variability ---- */

typedef struct survey {
    bx_fba *fba;
    bx_lp *lp;
    double *least, *greatest; /* seen so far, of every reaction */
} survey;

/* Every point that is met is allowed, so its fluxes widen what is known of all reactions. */
static void look(survey *s)
{
    const double *x = bx_lp_solution(s->lp);
    for (size_t r = 0; r < s->fba->reaction_count; r++) {
        s->least[r] = fmin(s->least[r], x[r]);
        s->greatest[r] = fmax(s->greatest[r], x[r]);
    }
}

static int find_extreme(survey *s, size_t reaction, double sign, double *extreme, bx_error *err)
{
    bx_lp_status status;
    bx_lp_set_cost(s->lp, reaction, sign);
    int result = bx_lp_solve(s->lp, &status, err);
    bx_lp_set_cost(s->lp, reaction, 0);
    if (result < 0)
        return -1;
    if (status == BX_LP_INFEASIBLE)
        return bx_fail(err, BX_ESIMULATION,
                       "no fluxes found at the demanded objective, although it can be reached: the "
                       "model's numbers differ too much in size");
    if (status == BX_LP_OPTIMAL) {
        look(s);
        *extreme = bx_lp_solution(s->lp)[reaction];
    } else {
        *extreme = -sign * INFINITY;
    }
    return 0;
}

/* A bound that some allowed point attains needs no search. */
static int survey_reaction(survey *s, size_t r, double *least, double *greatest, bx_error *err)
{
    const bx_fba_column *reaction = &s->fba->reactions[r];
    *least = reaction->lower;
    *greatest = reaction->upper;
    if (s->least[r] > reaction->lower && find_extreme(s, r, 1, least, err) < 0)
        return -1;
    if (s->greatest[r] < reaction->upper && find_extreme(s, r, -1, greatest, err) < 0)
        return -1;
    return 0;
}

static int survey_all(survey *s, const size_t *reactions, size_t count, double *least,
                      double *greatest, bx_error *err)
{
    for (size_t r = 0; r < s->fba->reaction_count; r++) {
        bx_lp_set_cost(s->lp, r, 0);
        s->least[r] = INFINITY;
        s->greatest[r] = -INFINITY;
    }
    bx_fba_begin(s->fba);
    for (size_t i = 0; i < count; i++)
        if (bx_fba_poll(s->fba, (double)i / (double)count, err) < 0 ||
            survey_reaction(s, reactions[i], &least[i], &greatest[i], err) < 0)
            return -1;
    return 0;
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
    survey s = {.fba = fba, .lp = bx_fba_build(fba, (bx_fba_extra){.objective_row = true}, err)};
    if (!s.lp)
        return -1;
    s.least = calloc(fba->reaction_count + 1, sizeof *s.least);
    s.greatest = calloc(fba->reaction_count + 1, sizeof *s.greatest);
    bx_fba_demand(fba, s.lp, fraction, solution.objective);
    int result = s.least && s.greatest ? survey_all(&s, reactions, count, least, greatest, err)
                                       : bx_fail_memory(err);
    bx_lp_free(s.lp);
    free(s.least);
    free(s.greatest);
    return result;
}
