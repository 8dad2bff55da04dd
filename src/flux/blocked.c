/* Reactions that can carry no flux, and metabolites that lead nowhere. */
#include "flux/extension.h"

#include <math.h>
#include <stdlib.h>

/* ---- blocked reactions ---- */

typedef struct search {
    bx_fba *fba;
    double tolerance;
    bool *seen;     /* by reaction: some point has flux there */
    double *weight; /* by column: the greatest factor of its reactions that are not seen */
    bool *settled;  /* by column: none of them ever will be */
    bx_lp *lp;
} search;

static void mark_seen(const bx_extension *p, search *s)
{
    for (size_t j = 0; j < p->columns; j++)
        s->weight[j] = 0;
    for (size_t r = 0; r < s->fba->reaction_count; r++) {
        uint32_t j = p->reduction->column[r];
        s->seen[r] = s->seen[r] || fabs(p->flux[r]) > s->tolerance;
        if (!s->seen[r] && j != BX_REDUCTION_FIXED && !s->settled[j])
            s->weight[j] = fmax(s->weight[j], fabs(p->reduction->factor[r]));
    }
}

static size_t count_seen(const search *s)
{
    size_t count = 0;
    for (size_t r = 0; r < s->fba->reaction_count; r++)
        count += s->seen[r];
    return count;
}

/* Marks what the optimum shows, and whatever other fluxes it has. */
static int look(bx_extension *p, search *s, bx_lp_status *status, bx_error *err)
{
    if (bx_lp_solve(s->lp, status, err) < 0)
        return -1;
    if (*status == BX_LP_INFEASIBLE)
        return bx_fail(err, BX_ESIMULATION,
                       "no fluxes found although there are some: the model's numbers differ too "
                       "much in size");
    if (*status == BX_LP_OPTIMAL) {
        if (bx_extension_check(p, bx_lp_solution(s->lp), err) < 0)
            return -1;
        mark_seen(p, s);
    }
    return 0;
}

/* As much as can be of all that are not seen: of those that run one way alone, or in `sign`'s
 * direction of the others too. Until nothing new is seen. */
static int look_together(bx_extension *p, search *s, double sign, bx_lp_status *status,
                         bx_error *err)
{
    *status = BX_LP_OPTIMAL;
    for (size_t before = SIZE_MAX; *status == BX_LP_OPTIMAL && before != count_seen(s);) {
        before = count_seen(s);
        if (bx_fba_poll(s->fba, (double)before / (double)s->fba->reaction_count, err) < 0)
            return -1;
        for (size_t j = 0; j < p->columns; j++) {
            double way = p->lower[j] >= 0 ? 1 : p->upper[j] <= 0 ? -1 : sign;
            bx_lp_set_cost(s->lp, j, -way * s->weight[j]);
        }
        if (look(p, s, status, err) < 0)
            return -1;
    }
    return 0;
}

/* Where no sum of fluxes that all run one way is more than the tolerance, none of them is. */
static void settle(const bx_extension *p, search *s)
{
    if (-bx_lp_objective(s->lp) > s->tolerance)
        return;
    for (size_t j = 0; j < p->columns; j++)
        s->settled[j] = s->weight[j] > 0 && (p->lower[j] >= 0 || p->upper[j] <= 0);
    mark_seen(p, s);
}

/* The greatest flux of one column in one direction: what it does not show, nothing will. */
static int look_alone(bx_extension *p, search *s, size_t j, double sign, bx_error *err)
{
    bx_lp_status status = BX_LP_OPTIMAL;
    bx_lp_set_cost(s->lp, j, -sign);
    int result = look(p, s, &status, err);
    bx_lp_set_cost(s->lp, j, 0);
    for (size_t r = 0; r < s->fba->reaction_count && status == BX_LP_UNBOUNDED; r++)
        s->seen[r] = s->seen[r] || p->reduction->column[r] == j;
    if (result == 0 && status == BX_LP_UNBOUNDED)
        s->weight[j] = 0;
    return result;
}

static int look_everywhere(bx_extension *p, search *s, bx_error *err)
{
    bx_lp_status status;
    if (look(p, s, &status, err) < 0 || look_together(p, s, 0, &status, err) < 0)
        return -1;
    if (status == BX_LP_OPTIMAL)
        settle(p, s);
    if (look_together(p, s, 1, &status, err) < 0 || look_together(p, s, -1, &status, err) < 0)
        return -1;
    for (size_t j = 0; j < p->columns; j++)
        bx_lp_set_cost(s->lp, j, 0);
    for (size_t j = 0; j < p->columns; j++) {
        if (s->weight[j] > 0 &&
            bx_fba_poll(s->fba, (double)count_seen(s) / (double)s->fba->reaction_count, err) < 0)
            return -1;
        if (s->weight[j] > 0 && p->upper[j] > 0 && look_alone(p, s, j, 1, err) < 0)
            return -1;
        if (s->weight[j] > 0 && p->lower[j] < 0 && look_alone(p, s, j, -1, err) < 0)
            return -1;
    }
    return 0;
}

static int use_search(bx_extension *p, void *data, bx_error *err)
{
    search *s = data;
    for (size_t r = 0; r < s->fba->reaction_count; r++)
        s->seen[r] = false;
    s->weight = calloc(p->columns + 1, sizeof *s->weight);
    s->settled = calloc(p->columns + 1, sizeof *s->settled);
    s->lp = s->weight && s->settled ? bx_extension_lp(p, err) : NULL;
    int result = s->lp                     ? look_everywhere(p, s, err)
                 : s->weight && s->settled ? -1
                                           : bx_fail_memory(err);
    bx_lp_free(s->lp);
    free(s->weight);
    free(s->settled);
    return result;
}

int bx_fba_blocked(bx_fba *fba, double tolerance, bx_fba_status *status, bool *blocked,
                   bx_error *err)
{
    bx_fba_solution solution;
    bx_fba_state *before = bx_fba_save(fba, err);
    if (!before)
        return -1;
    bx_fba_clear_objective(fba);
    int result = bx_fba_optimise(fba, &solution, err);
    if (result == 0) {
        *status = solution.status;
        search s = {.fba = fba, .tolerance = tolerance, .seen = blocked};
        bx_fba_begin(fba);
        if (*status == BX_FBA_OPTIMAL)
            result = bx_extension_run(fba, use_search, &s, err);
        for (size_t r = 0; r < fba->reaction_count; r++)
            blocked[r] = *status == BX_FBA_OPTIMAL && !blocked[r];
    }
    bx_fba_restore(fba, before);
    bx_fba_state_free(before);
    return result;
}

/* ---- dead ends ---- */

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
