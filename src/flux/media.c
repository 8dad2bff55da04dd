/* What crosses the boundary of a model, and the least that it must take up. */
#include "flux/extension.h"
#include "flux/tools.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NOTHING 1e-9 /* an uptake of this or less is rounding */

/* ---- told by structure ---- */

size_t bx_fba_crossing(const bx_fba *fba, size_t reaction, double *coefficient)
{
    const bx_fba_column *r = &fba->reactions[reaction];
    size_t found = BX_FBA_NONE;
    for (size_t k = 0; k < r->entry_count; k++) {
        if (fba->metabolites[r->entries[k].metabolite].boundary)
            continue;
        if (found != BX_FBA_NONE)
            return BX_FBA_NONE;
        found = r->entries[k].metabolite;
        *coefficient = r->entries[k].coefficient;
    }
    return found;
}

/* Names of what is outside a cell, as published models have them. */
static bool sounds_outside(const char *compartment)
{
    static const char *const names[] = {"e",
                                        "e0",
                                        "C_e",
                                        "external",
                                        "extracellular",
                                        "extra_cellular",
                                        "extracellular_space",
                                        "extraorganism",
                                        "Extra_organism",
                                        "external_medium",
                                        "out"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(compartment, names[i]) == 0)
            return true;
    return false;
}

static const char *place_of(const bx_fba *fba, size_t metabolite)
{
    return bx_about_text(&fba->metabolites[metabolite].about, BX_ABOUT_COMPARTMENT);
}

/* The crossings of the compartments, by the first metabolite that is in one. */
static void count_crossings(const bx_fba *fba, const bx_names *first, size_t *counts)
{
    double coefficient;
    for (size_t r = 0; r < fba->reaction_count; r++) {
        size_t crossed = bx_fba_crossing(fba, r, &coefficient);
        if (crossed != BX_FBA_NONE)
            counts[bx_names_find(first, place_of(fba, crossed))]++;
    }
}

static const char *choose_outside(const bx_fba *fba, const size_t *counts)
{
    const char *outside = "";
    size_t most = 0;
    bool sounds = false;
    for (size_t i = 0; i < fba->metabolite_count; i++) {
        const char *compartment = place_of(fba, i);
        bool named = counts[i] > 0 && sounds_outside(compartment);
        if ((named && !sounds) || (named == sounds && counts[i] > most)) {
            outside = compartment;
            most = counts[i];
            sounds = named;
        }
    }
    return outside;
}

static int find_outside(const bx_fba *fba, const char **outside, bx_error *err)
{
    bx_names first = {0};
    size_t *counts = calloc(fba->metabolite_count + 1, sizeof *counts);
    bool failed = !counts;
    for (size_t i = 0; i < fba->metabolite_count && !failed; i++) {
        const char *compartment = place_of(fba, i);
        if (bx_names_find(&first, compartment) == BX_NAME_NONE)
            failed = bx_names_add(&first, compartment, i) < 0;
    }
    if (!failed) {
        count_crossings(fba, &first, counts);
        *outside = choose_outside(fba, counts);
    }
    bx_names_free(&first);
    free(counts);
    return failed ? bx_fail_memory(err) : 0;
}

int bx_fba_boundaries(const bx_fba *fba, bx_fba_boundary *kinds, const char **outside,
                      bx_error *err)
{
    double coefficient;
    if (find_outside(fba, outside, err) < 0)
        return -1;
    for (size_t r = 0; r < fba->reaction_count; r++) {
        const bx_fba_column *reaction = &fba->reactions[r];
        size_t crossed = bx_fba_crossing(fba, r, &coefficient);
        if (crossed == BX_FBA_NONE)
            kinds[r] = BX_FBA_INTERNAL;
        else if (strcmp(place_of(fba, crossed), *outside) == 0)
            kinds[r] = BX_FBA_EXCHANGE;
        else
            kinds[r] = reaction->lower < 0 && reaction->upper > 0 ? BX_FBA_SINK : BX_FBA_DEMAND;
    }
    return 0;
}

/* ---- uptake ---- */

double bx_fba_uptake_limit(const bx_fba *fba, size_t exchange)
{
    const bx_fba_column *reaction = &fba->reactions[exchange];
    double coefficient = -1;
    bx_fba_crossing(fba, exchange, &coefficient);
    return fmax(coefficient < 0 ? -reaction->lower : reaction->upper, 0);
}

int bx_fba_limit_uptake(bx_fba *fba, size_t exchange, double limit, bx_error *err)
{
    const bx_fba_column *reaction = &fba->reactions[exchange];
    double coefficient = -1, lower = reaction->lower, upper = reaction->upper;
    bx_fba_crossing(fba, exchange, &coefficient);
    if (!(limit >= 0))
        return bx_fail(err, BX_EMODEL,
                       "exchange \"%.64s\": an uptake of 0 or more expected, got %g", reaction->id,
                       limit);
    if (coefficient < 0)
        lower = limit > 0 ? -limit : fmax(lower, 0);
    else
        upper = limit > 0 ? limit : fmin(upper, 0);
    return bx_fba_set_bounds(fba, exchange, lower, upper, err);
}

/* ---- the least uptake ---- */

typedef struct media {
    bx_fba_minimal *minimal;
    const bx_fba_boundary *kinds;
    double *uptake; /* of each exchange */
    double *most;   /* that it can be */
    bool *chosen;
} media;

/* The flux of an exchange is this times its uptake. */
static double uptake_sign(const bx_fba *fba, size_t exchange)
{
    double coefficient = -1;
    bx_fba_crossing(fba, exchange, &coefficient);
    return coefficient < 0 ? -1 : 1;
}

/* The bounds of an exchange's uptake. */
static void uptake_range(const bx_extension *p, size_t exchange, double *least, double *most)
{
    double low, high, sign = uptake_sign(p->fba, exchange);
    bx_extension_range(p, exchange, &low, &high);
    *least = fmin(sign * low, sign * high);
    *most = fmax(sign * low, sign * high);
}

/* The cost of an uptake, and not of what is secreted. */
static void cost_uptake(bx_extension *p, size_t exchange)
{
    double least, most, sign = uptake_sign(p->fba, exchange);
    uptake_range(p, exchange, &least, &most);
    if (most <= 0)
        return;
    if (least >= 0) {
        bx_extension_cost_flux(p, exchange, sign);
        return;
    }
    uint32_t taken = bx_extension_column(p, 0, INFINITY, 1), row = bx_extension_row(p, 0, INFINITY);
    bx_extension_put(p, row, taken, 1);
    bx_extension_put_flux(p, row, exchange, -sign);
}

static int find_least_total(bx_extension *p, void *data, bx_error *err)
{
    media *m = data;
    bx_lp_status status;
    bx_extension_demand(p, m->minimal->objective);
    for (size_t r = 0; r < p->fba->reaction_count; r++)
        if (m->kinds[r] == BX_FBA_EXCHANGE)
            cost_uptake(p, r);
    if (bx_extension_solve(p, &status, &m->minimal->total, err) < 0)
        return -1;
    m->minimal->status = bx_fba_status_of(status);
    if (status != BX_LP_OPTIMAL)
        return 0;
    m->minimal->total = 0;
    for (size_t r = 0; r < p->fba->reaction_count; r++) {
        double uptake = m->kinds[r] == BX_FBA_EXCHANGE ? uptake_sign(p->fba, r) * p->flux[r] : 0;
        m->uptake[r] = fabs(uptake) > NOTHING ? uptake : 0;
        m->minimal->total += fmax(m->uptake[r], 0);
    }
    return 0;
}

/* The most that each exchange can take up: a switch is as sharp as this is small. */
static int find_most(media *m, bx_extension *p, bx_lp *lp, bx_error *err)
{
    bx_lp_status status;
    for (size_t r = 0; r < p->fba->reaction_count; r++) {
        double least;
        uint32_t column = p->reduction->column[r];
        if (m->kinds[r] != BX_FBA_EXCHANGE)
            continue;
        uptake_range(p, r, &least, &m->most[r]);
        if (column == BX_REDUCTION_FIXED || m->most[r] <= 0)
            continue;
        double factor = uptake_sign(p->fba, r) * p->reduction->factor[r];
        bx_lp_set_cost(lp, column, -factor);
        if (bx_lp_solve(lp, &status, err) < 0)
            return -1;
        bx_lp_set_cost(lp, column, 0);
        m->minimal->status = bx_fba_status_of(status);
        if (status == BX_LP_INFEASIBLE)
            return 0;
        if (status == BX_LP_UNBOUNDED)
            return bx_fail(err, BX_ESIMULATION,
                           "exchange \"%.64s\" can take up without an end: bound it",
                           p->fba->reactions[r].id);
        m->most[r] = factor * bx_lp_solution(lp)[column];
        if (bx_fba_poll(p->fba, 0.5 * (double)r / (double)p->fba->reaction_count, err) < 0)
            return -1;
    }
    return 0;
}

static int find_fewest(bx_extension *p, void *data, bx_error *err)
{
    media *m = data;
    bx_lp_status status;
    double count;
    bx_extension_demand(p, m->minimal->objective);
    bx_lp *lp = bx_extension_lp(p, err);
    int result = lp ? find_most(m, p, lp, err) : -1;
    bx_lp_free(lp);
    if (result < 0 || m->minimal->status == BX_FBA_INFEASIBLE)
        return result;
    uint32_t *switches = calloc(p->fba->reaction_count + 1, sizeof *switches);
    if (!switches)
        return bx_fail_memory(err);
    for (size_t r = 0; r < p->fba->reaction_count; r++) {
        if (m->kinds[r] != BX_FBA_EXCHANGE || m->most[r] <= NOTHING)
            continue;
        switches[r] = bx_extension_whole(p, 0, 1, 1);
        uint32_t row = bx_extension_row(p, -INFINITY, 0);
        bx_extension_put(p, row, switches[r], -1);
        bx_extension_put_flux(p, row, r, uptake_sign(p->fba, r) / m->most[r]);
    }
    result = bx_extension_solve(p, &status, &count, err);
    if (result == 0 && status != BX_LP_OPTIMAL)
        result = bx_extension_fail_switches(err);
    for (size_t r = 0; r < p->fba->reaction_count && result == 0; r++)
        m->chosen[r] = switches[r] && p->x[switches[r]] > 0.5;
    free(switches);
    return result;
}

/* Only what was chosen may be taken up. */
static int close_others(bx_fba *fba, const media *m, bx_error *err)
{
    m->minimal->count = 0;
    for (size_t r = 0; r < fba->reaction_count; r++) {
        m->minimal->count += m->chosen[r];
        if (m->kinds[r] == BX_FBA_EXCHANGE && !m->chosen[r] &&
            bx_fba_limit_uptake(fba, r, 0, err) < 0)
            return -1;
    }
    return 0;
}

static int open_all(bx_fba *fba, const media *m, bx_error *err)
{
    double open = m->minimal->open;
    for (size_t r = 0; r < fba->reaction_count && open > 0; r++)
        if (m->kinds[r] == BX_FBA_EXCHANGE && bx_fba_set_bounds(fba, r, -open, open, err) < 0)
            return -1;
    return 0;
}

/* There may be no optimum for want of bounds; that there are fluxes is all that is asked. */
static int have_fluxes(bx_fba *fba, bx_fba_status *status, bx_error *err)
{
    bx_fba_solution solution;
    if (bx_fba_optimise(fba, &solution, err) < 0)
        return -1;
    *status = solution.status;
    return 0;
}

static int find_components(bx_fba *fba, media *m, bx_error *err)
{
    bx_fba_minimal *minimal = m->minimal;
    if (bx_extension_run(fba, find_fewest, m, err) < 0)
        return -1;
    if (minimal->status == BX_FBA_INFEASIBLE)
        return 0;
    if (close_others(fba, m, err) < 0 || have_fluxes(fba, &minimal->status, err) < 0 ||
        (minimal->status != BX_FBA_INFEASIBLE &&
         bx_extension_run(fba, find_least_total, m, err) < 0))
        return -1;
    if (minimal->status == BX_FBA_OPTIMAL)
        return 0;
    return bx_fail(err, BX_ESIMULATION,
                   "the %zu exchanges that branch and bound chose do not reach an objective of "
                   "%.9g alone: the model's numbers differ too much in size",
                   minimal->count, minimal->objective);
}

static int find_minimal(bx_fba *fba, media *m, bx_error *err)
{
    bx_fba_minimal *minimal = m->minimal;
    if (open_all(fba, m, err) < 0 || have_fluxes(fba, &minimal->status, err) < 0)
        return -1;
    if (minimal->status == BX_FBA_INFEASIBLE)
        return 0;
    if (minimal->components)
        return find_components(fba, m, err);
    if (bx_extension_run(fba, find_least_total, m, err) < 0)
        return -1;
    minimal->count = 0;
    for (size_t r = 0; r < fba->reaction_count && minimal->status == BX_FBA_OPTIMAL; r++)
        minimal->count += m->uptake[r] > 0;
    return 0;
}

int bx_fba_minimal_medium(bx_fba *fba, bx_fba_minimal *minimal, double *uptake, bx_error *err)
{
    const char *outside;
    size_t count = fba->reaction_count + 1;
    bx_fba_boundary *kinds = calloc(count, sizeof *kinds);
    media m = {minimal, kinds, uptake, calloc(count, sizeof *m.most),
               calloc(count, sizeof *m.chosen)};
    bx_fba_state *before = bx_fba_save(fba, err);
    int result = before ? 0 : -1;
    if (result == 0 && (!kinds || !m.most || !m.chosen))
        result = bx_fail_memory(err);
    bx_fba_begin(fba);
    if (result == 0)
        result = bx_fba_boundaries(fba, kinds, &outside, err);
    if (result == 0)
        result = find_minimal(fba, &m, err);
    if (before)
        bx_fba_restore(fba, before);
    bx_fba_state_free(before);
    free(kinds);
    free(m.most);
    free(m.chosen);
    return result;
}
