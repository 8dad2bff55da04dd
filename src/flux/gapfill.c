#include "flux/gapfill.h"

#include "flux/extension.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MISSED 1e-6  /* of the demand, as face.c has it */
#define NO_FLUX 1e-9 /* rounding */
#define SWITCHED 0.5

typedef struct filling {
    bx_fba_filling *asked;
    const bool *candidates;
    const double *penalties;
    double *least, *most;   /* that each flux can be where the demand is met */
    bx_fba_answer *answers; /* those before, */
    bool *chosen;           /* and of the present one */
    bool exhausted;         /* there is none any more */
} filling;

/* ---- ranges ---- */

/* Of the candidates alone. */
static int find_ranges(filling *f, bx_fba *fba, double best, bx_error *err)
{
    size_t count = 0, *list = calloc(fba->reaction_count + 1, sizeof *list);
    double *both = calloc(2 * fba->reaction_count + 1, sizeof *both);
    bx_fba_status status;
    int result = list && both ? 0 : bx_fail_memory(err);
    for (size_t r = 0; r < fba->reaction_count && result == 0; r++)
        if (f->candidates[r])
            list[count++] = r;
    if (result == 0)
        result = bx_fba_variability(fba, list, count, fmin(f->asked->demand / best, 1), &status,
                                    both, both + fba->reaction_count, err);
    for (size_t i = 0; i < count && result == 0; i++) {
        f->least[list[i]] = fmax(both[i], -BX_FBA_FILLING_FLUX);
        f->most[list[i]] = fmin(both[fba->reaction_count + i], BX_FBA_FILLING_FLUX);
    }
    free(list);
    free(both);
    return result;
}

/* ---- by whole numbers ---- */

/* Not all of an answer that was found. */
static void cut_off(bx_extension *p, const bx_fba_answer *answer, const uint32_t *switches)
{
    uint32_t row = bx_extension_row(p, -INFINITY, 0);
    double count = 0;
    for (size_t r = 0; r < p->fba->reaction_count; r++)
        if (answer->chosen[r]) {
            bx_extension_put(p, row, switches[r], 1);
            count++;
        }
    if (!p->failed)
        p->row_upper[row] = count - 1;
}

static int use_switches(bx_extension *p, void *data, bx_error *err)
{
    filling *f = data;
    bx_lp_status status;
    double value;
    size_t count = p->fba->reaction_count;
    uint32_t *switches = calloc(count + 1, sizeof *switches);
    if (!switches)
        return bx_fail_memory(err);
    bx_extension_demand(p, f->asked->demand);
    for (size_t r = 0; r < count; r++) {
        if (!f->candidates[r])
            continue;
        uint32_t one = switches[r] = bx_extension_whole(p, 0, 1, f->penalties[r]);
        uint32_t above = bx_extension_row(p, -INFINITY, 0);
        uint32_t below = bx_extension_row(p, 0, INFINITY);
        bx_extension_put_flux(p, above, r, 1);
        bx_extension_put(p, above, one, -fmax(f->most[r], 0));
        bx_extension_put_flux(p, below, r, 1);
        bx_extension_put(p, below, one, -fmin(f->least[r], 0));
    }
    for (size_t k = 0; k < f->asked->found; k++)
        cut_off(p, &f->answers[k], switches);
    int result = bx_extension_solve(p, &status, &value, err);
    f->exhausted = result == 0 && status == BX_LP_INFEASIBLE && f->asked->found > 0;
    if (result == 0 && status != BX_LP_OPTIMAL && !f->exhausted)
        result = bx_extension_fail_switches(err);
    for (size_t r = 0; r < count && result == 0 && !f->exhausted; r++)
        f->chosen[r] = f->candidates[r] && p->x[switches[r]] > SWITCHED;
    free(switches);
    return result;
}

/* ---- by the sum of fluxes ---- */

static int use_sum(bx_extension *p, void *data, bx_error *err)
{
    filling *f = data;
    bx_lp_status status;
    double value;
    bx_extension_demand(p, f->asked->demand);
    for (size_t r = 0; r < p->fba->reaction_count; r++) {
        if (!f->candidates[r])
            continue;
        uint32_t row = bx_extension_row(p, 0, 0);
        bx_extension_put_flux(p, row, r, 1);
        bx_extension_put(p, row, bx_extension_column(p, 0, INFINITY, f->penalties[r]), -1);
        bx_extension_put(p, row, bx_extension_column(p, 0, INFINITY, f->penalties[r]), 1);
    }
    if (bx_extension_solve(p, &status, &value, err) < 0)
        return -1;
    if (status != BX_LP_OPTIMAL)
        return bx_extension_fail_switches(err);
    for (size_t r = 0; r < p->fba->reaction_count; r++)
        f->chosen[r] = f->candidates[r] && fabs(p->flux[r]) > NO_FLUX;
    return 0;
}

/* ---- with these alone ---- */

/* The objective without the candidates that are not chosen, or without `but` as well; 0 where that
 * is not feasible. */
static int try_chosen(const filling *f, bx_fba *fba, bool *stopped, size_t but, double *objective,
                      bx_error *err)
{
    bx_fba_solution solution;
    for (size_t r = 0; r < fba->reaction_count; r++)
        stopped[r] = f->candidates[r] && (!f->chosen[r] || r == but);
    if (bx_fba_optimise_without(fba, stopped, &solution, err) < 0)
        return -1;
    *objective = solution.status == BX_FBA_OPTIMAL ? solution.objective : 0;
    return 0;
}

/* The dearest that is chosen and not yet looked at. */
static size_t next_dearest(const filling *f, const bool *seen, size_t count)
{
    size_t dearest = BX_FBA_NONE;
    for (size_t r = 0; r < count; r++)
        if (f->chosen[r] && !seen[r] &&
            (dearest == BX_FBA_NONE || f->penalties[r] > f->penalties[dearest]))
            dearest = r;
    return dearest;
}

static int drop_needless(filling *f, bx_fba *fba, bool *stopped, bool *seen, bx_error *err)
{
    double demand = f->asked->demand * (1 - MISSED), objective;
    double *reached = &f->answers[f->asked->found].objective;
    size_t r;
    if (try_chosen(f, fba, stopped, BX_FBA_NONE, reached, err) < 0)
        return -1;
    if (*reached < demand)
        return bx_fail(err, BX_ESIMULATION,
                       "the reactions that were found reach %g of the %g demanded: their "
                       "coefficients differ too much in size",
                       *reached, f->asked->demand);
    while ((r = next_dearest(f, seen, fba->reaction_count)) != BX_FBA_NONE) {
        seen[r] = true;
        if (bx_fba_poll(fba, 0.9, err) < 0 || try_chosen(f, fba, stopped, r, &objective, err) < 0)
            return -1;
        if (objective < demand)
            continue;
        f->chosen[r] = false;
        *reached = objective;
    }
    return 0;
}

static int verify(filling *f, bx_fba *fba, bx_error *err)
{
    bool *stopped = calloc(fba->reaction_count + 1, sizeof *stopped);
    bool *seen = calloc(fba->reaction_count + 1, sizeof *seen);
    int result = stopped && seen ? drop_needless(f, fba, stopped, seen, err) : bx_fail_memory(err);
    double *penalty = &f->answers[f->asked->found].penalty;
    *penalty = 0;
    for (size_t r = 0; r < fba->reaction_count; r++)
        if (f->chosen[r])
            *penalty += f->penalties[r];
    free(stopped);
    free(seen);
    return result;
}

/* ---- all of it ---- */

static int check_asked(const bx_fba *fba, const filling *f, bx_error *err)
{
    if (fba->minimise)
        return bx_fail(err, BX_ESIMULATION, "gap filling: the objective is to be maximised");
    if (!(f->asked->demand > 0) || !isfinite(f->asked->demand))
        return bx_fail(err, BX_ESIMULATION, "gap filling: an objective above 0 expected, got %g",
                       f->asked->demand);
    for (size_t r = 0; r < fba->reaction_count; r++) {
        const bx_fba_column *reaction = &fba->reactions[r];
        if (!f->candidates[r])
            continue;
        if (!(f->penalties[r] > 0) || !isfinite(f->penalties[r]))
            return bx_fail(err, BX_ESIMULATION,
                           "gap filling: reaction \"%.64s\": a penalty above 0 expected, got %g",
                           reaction->id, f->penalties[r]);
        if (reaction->lower > 0 || reaction->upper < 0)
            return bx_fail(err, BX_ESIMULATION,
                           "gap filling: reaction \"%.64s\" has to run by its bounds: it is no "
                           "candidate",
                           reaction->id);
    }
    return 0;
}

static int fill(filling *f, bx_fba *fba, bx_error *err)
{
    bx_fba_solution solution;
    bx_fba_begin(fba);
    if (bx_fba_optimise(fba, &solution, err) < 0)
        return -1;
    f->asked->status = solution.status;
    if (solution.status == BX_FBA_UNBOUNDED)
        return bx_fail(err, BX_ESIMULATION,
                       "gap filling: with all candidates the objective has no bound");
    if (solution.status == BX_FBA_OPTIMAL && solution.objective < f->asked->demand)
        f->asked->status = BX_FBA_INFEASIBLE;
    if (f->asked->status != BX_FBA_OPTIMAL)
        return 0;
    if (!f->asked->relaxed && find_ranges(f, fba, solution.objective, err) < 0)
        return -1;
    while (f->asked->found < f->asked->answers) {
        f->chosen = f->answers[f->asked->found].chosen;
        memset(f->chosen, 0, fba->reaction_count);
        if (bx_fba_optimise(fba, &solution, err) < 0 ||
            bx_extension_run(fba, f->asked->relaxed ? use_sum : use_switches, f, err) < 0)
            return -1;
        if (f->exhausted)
            break;
        if (verify(f, fba, err) < 0)
            return -1;
        f->asked->found++;
    }
    return 0;
}

int bx_fba_gapfill(bx_fba *fba, const bool *candidates, const double *penalties,
                   bx_fba_filling *asked, bx_fba_answer *answers, bx_error *err)
{
    filling f = {.asked = asked,
                 .candidates = candidates,
                 .penalties = penalties,
                 .least = calloc(fba->reaction_count + 1, sizeof(double)),
                 .most = calloc(fba->reaction_count + 1, sizeof(double)),
                 .answers = answers};
    int result = f.least && f.most ? check_asked(fba, &f, err) : bx_fail_memory(err);
    asked->found = 0;
    if (result == 0)
        result = fill(&f, fba, err);
    free(f.least);
    free(f.most);
    return result;
}
