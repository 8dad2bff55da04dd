/* Fluxes without loops: no part of them runs round inside the system with nothing taken up or given
 * off, which no differences of chemical potential could drive (the loop law, Schellenberger, Lewis
 * & Palsson, Biophys. J. 100:544, 2011).
 *
 * The optimum is found by branch and bound: where the best fluxes of a node have a loop that cannot
 * be taken out of them, one of its reactions must stand still or run the other way, and there is a
 * branch for each. This is exact, and needs neither whole numbers nor bounds on potentials. */
#include "flux/face.h"
#include "flux/tools.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STILL                                                                                      \
    1e-9 /* a flux of this size or less is rounding, relative to the largest in the loop */
#define BETTER 1e-9
#define MOST_NODES 200000
#define UNBOUNDED 1e6 /* a flux of a loop that nothing bounds may be so large */

typedef struct loops {
    bx_fba *fba;
    size_t count;      /* of the reactions that can be part of a loop: */
    uint32_t *members; /* these */
    bool *kept;        /* of them: what it does is asked for, and not to be changed */
    bx_lp *cycle;      /* forward, then backward, of each: parts of a loop that add up to 1 */
    bx_lp *lp;         /* the model, */
    const bx_reduction *reduction;
    double *v;    /* fluxes of the node, */
    double *best; /* and of the best one without a loop */
    double value; /* of that; -INFINITY at first */
    size_t nodes;
} loops;

/* ---- the reactions that can be part of a loop ---- */

static bool is_internal(const bx_fba *fba, size_t reaction)
{
    size_t balanced = 0;
    const bx_fba_column *r = &fba->reactions[reaction];
    for (size_t k = 0; k < r->entry_count; k++)
        balanced += !fba->metabolites[r->entries[k].metabolite].boundary;
    return balanced > 1;
}

/* A model of the internal reactions alone: what runs in it are loops. */
static int add_internal(const bx_fba *fba, bx_fba *closed, bx_error *err)
{
    for (size_t i = 0; i < fba->metabolite_count; i++)
        if (bx_fba_add_metabolite(closed, fba->metabolites[i].id, fba->metabolites[i].boundary,
                                  err) < 0)
            return -1;
    for (size_t r = 0; r < fba->reaction_count; r++) {
        const bx_fba_column *from = &fba->reactions[r];
        bool runs = is_internal(fba, r) && !from->stopped;
        bx_fba_term *terms = calloc(from->entry_count + 1, sizeof *terms);
        if (!terms)
            return bx_fail_memory(err);
        for (size_t k = 0; k < from->entry_count; k++)
            terms[k] = (bx_fba_term){fba->metabolites[from->entries[k].metabolite].id,
                                     from->entries[k].coefficient};
        bx_fba_reaction added = {.id = from->id,
                                 .terms = terms,
                                 .term_count = from->entry_count,
                                 .lower = runs && from->lower < 0 ? -1 : 0,
                                 .upper = runs && from->upper > 0 ? 1 : 0};
        int result = bx_fba_add_reaction(closed, &added, err);
        free(terms);
        if (result < 0)
            return -1;
    }
    return 0;
}

static int find_members(loops *s, bx_error *err)
{
    bx_fba_watch watch = {.interrupt = s->fba->watch.interrupt,
                          .maximum_bytes = s->fba->watch.maximum_bytes};
    size_t reactions = s->fba->reaction_count;
    bx_fba *closed = bx_fba_new(&watch, err);
    bool *blocked = calloc(reactions + 1, sizeof *blocked);
    bx_fba_status status;
    int result = closed && blocked ? add_internal(s->fba, closed, err) : bx_fail_memory(err);
    if (result == 0)
        result = bx_fba_blocked(closed, 1e-6, &status, blocked, err);
    for (size_t r = 0; r < reactions && result == 0; r++)
        if (!blocked[r] && is_internal(s->fba, r))
            s->members[s->count++] = (uint32_t)r;
    bx_fba_free(closed);
    free(blocked);
    return result;
}

/* ---- a loop in fluxes ---- */

static void add_direction(loops *s, bx_lp_problem *p, const int *rows, size_t member, double sign)
{
    const bx_fba_column *r = &s->fba->reactions[s->members[member]];
    for (size_t k = 0; k < r->entry_count; k++) {
        const bx_fba_metabolite *m = &s->fba->metabolites[r->entries[k].metabolite];
        if (!m->boundary)
            bx_lp_problem_add(p, (size_t)rows[m->row], sign * r->entries[k].coefficient);
    }
    bx_lp_problem_add(p, p->rows - 1, 1);
    bx_lp_problem_end_column(p, 0, 0, 0);
}

/* Number the balances that loops have part in, from 0; the entries of all loops. */
static size_t number_rows(const loops *s, int *rows, size_t *elements)
{
    size_t count = 0;
    for (size_t i = 0; i < s->fba->rows; i++)
        rows[i] = -1;
    *elements = 0;
    for (size_t k = 0; k < s->count; k++) {
        const bx_fba_column *r = &s->fba->reactions[s->members[k]];
        for (size_t e = 0; e < r->entry_count; e++) {
            const bx_fba_metabolite *m = &s->fba->metabolites[r->entries[e].metabolite];
            if (!m->boundary && rows[m->row] < 0)
                rows[m->row] = (int)count++;
        }
        *elements += r->entry_count + 1;
    }
    return count;
}

static int build_cycle(loops *s, bx_error *err)
{
    size_t elements;
    int *rows = calloc(s->fba->rows + 1, sizeof *rows);
    if (!rows)
        return bx_fail_memory(err);
    size_t count = number_rows(s, rows, &elements);
    bx_lp_problem p;
    if (bx_lp_problem_init(&p, count + 1, 2 * s->count, 2 * elements, err) == 0) {
        p.interrupt = s->fba->watch.interrupt;
        p.row_lower[count] = -INFINITY;
        p.row_upper[count] = 1;
        for (size_t k = 0; k < s->count; k++)
            add_direction(s, &p, rows, k, 1);
        for (size_t k = 0; k < s->count; k++)
            add_direction(s, &p, rows, k, -1);
        s->cycle = bx_lp_new(&p, err);
    }
    bx_lp_problem_free(&p);
    free(rows);
    return s->cycle ? 0 : -1;
}

static double size_of(const loops *s)
{
    double largest = 1;
    for (size_t k = 0; k < s->count; k++)
        largest = fmax(largest, fabs(s->v[s->members[k]]));
    return largest;
}

/* Whether the fluxes have a loop; without what is kept unless `all`. The solution of s->cycle is
 * one that has no smaller one in it: a vertex. */
static int find_loop(loops *s, bool all, bool *found, bx_error *err)
{
    bx_lp_status status;
    double still = STILL * size_of(s);
    for (size_t k = 0; k < s->count; k++) {
        double v = s->v[s->members[k]];
        bool may = all || !s->kept[k];
        bool forward = may && v > still, backward = may && v < -still;
        bx_lp_set_bounds(s->cycle, k, 0, forward);
        bx_lp_set_bounds(s->cycle, s->count + k, 0, backward);
        bx_lp_set_cost(s->cycle, k, forward ? -1 : 0);
        bx_lp_set_cost(s->cycle, s->count + k, backward ? -1 : 0);
    }
    if (bx_lp_solve(s->cycle, &status, err) < 0)
        return -1;
    *found = status == BX_LP_OPTIMAL && bx_lp_objective(s->cycle) < -0.5;
    return 0;
}

/* The part of member k in the loop that was found, with the sign of its flux. */
static double part_of(const loops *s, size_t k)
{
    const double *x = bx_lp_solution(s->cycle);
    double part = x[k] - x[s->count + k];
    return fabs(part) > 1e-9 ? part : 0;
}

/* Take as much of the loop out of the fluxes as bounds allow; false where that is nothing. */
static bool take_out(loops *s)
{
    const bx_lp_problem *bounds = bx_lp_problem_of(s->fba->lp);
    double step = INFINITY;
    size_t least = 0;
    for (size_t k = 0; k < s->count; k++) {
        double part = part_of(s, k), v = s->v[s->members[k]];
        double end = part > 0 ? fmax(bounds->lower[s->members[k]], 0)
                              : fmin(bounds->upper[s->members[k]], 0);
        if (part != 0 && (v - end) / part < step) {
            step = (v - end) / part;
            least = k;
        }
    }
    if (!(step > STILL * size_of(s)))
        return false;
    for (size_t k = 0; k < s->count; k++)
        s->v[s->members[k]] -= step * part_of(s, k);
    double *v = &s->v[s->members[least]];
    *v = part_of(s, least) > 0 ? fmax(bounds->lower[s->members[least]], 0)
                               : fmin(bounds->upper[s->members[least]], 0);
    return true;
}

/* Take out all loops that are not kept; *found where one is left, which s->cycle has. */
static int clear_loops(loops *s, bool *found, bx_error *err)
{
    bool cleared = true;
    for (size_t i = 0; cleared && i < 4 * s->count + 4; i++) {
        if (find_loop(s, false, found, err) < 0)
            return -1;
        if (!*found)
            return find_loop(s, true, found, err);
        cleared = take_out(s);
    }
    return 0;
}

/* ---- branch and bound ---- */

/* Forbid member k's flux the sign that it has in the loop. False where it cannot be without. */
static bool forbid(loops *s, size_t k, bool forward, double *lower, double *upper)
{
    size_t reaction = s->members[k];
    uint32_t j = s->reduction->column[reaction];
    double factor = s->reduction->factor[reaction];
    if (j == BX_REDUCTION_FIXED)
        return false;
    const bx_lp_problem *p = bx_lp_problem_of(s->lp);
    *lower = p->lower[j];
    *upper = p->upper[j];
    double low = *lower, high = *upper;
    if (forward == (factor > 0))
        high = fmin(high, 0);
    else
        low = fmax(low, 0);
    if (low > high)
        return false;
    bx_lp_set_bounds(s->lp, j, low, high);
    return true;
}

static int search(loops *s, bx_error *err);

static int branch(loops *s, bx_error *err)
{
    double *parts = calloc(s->count + 1, sizeof *parts);
    if (!parts)
        return bx_fail_memory(err);
    for (size_t k = 0; k < s->count; k++)
        parts[k] = part_of(s, k);
    int result = 0;
    for (size_t k = 0; k < s->count && result == 0; k++) {
        double lower, upper;
        if (parts[k] == 0 || !forbid(s, k, parts[k] > 0, &lower, &upper))
            continue;
        result = search(s, err);
        bx_lp_set_bounds(s->lp, s->reduction->column[s->members[k]], lower, upper);
    }
    free(parts);
    return result;
}

static int fail_unbounded(const loops *s, bx_error *err)
{
    for (size_t k = 0; k < s->count; k++)
        if (fabs(s->v[s->members[k]]) >= UNBOUNDED * (1 - 1e-6))
            return bx_fail(err, BX_ESIMULATION,
                           "without loops nothing bounds reaction \"%.64s\": bound it",
                           s->fba->reactions[s->members[k]].id);
    return 0;
}

static int search(loops *s, bx_error *err)
{
    bx_lp_status status;
    bool found = false;
    if (bx_fba_poll(s->fba, NAN, err) < 0)
        return -1;
    if (++s->nodes > MOST_NODES)
        return bx_fail(err, BX_ESIMULATION,
                       "the search for fluxes without loops has come to %d programs without an end",
                       MOST_NODES);
    if (bx_lp_solve(s->lp, &status, err) < 0)
        return -1;
    if (status == BX_LP_UNBOUNDED)
        return bx_fail(err, BX_ESIMULATION,
                       "without loops there is no best value: nothing bounds an exchange");
    double value = -bx_lp_objective(s->lp);
    if (status == BX_LP_INFEASIBLE || value <= s->value + BETTER * (1 + fabs(s->value)))
        return 0;
    bx_reduction_expand(s->reduction, bx_lp_solution(s->lp), s->v);
    if (clear_loops(s, &found, err) < 0)
        return -1;
    if (found)
        return branch(s, err);
    if (fail_unbounded(s, err) < 0)
        return -1;
    s->value = value;
    memcpy(s->best, s->v, s->fba->reaction_count * sizeof *s->best);
    return 0;
}

static int start(loops *s, bx_error *err)
{
    s->value = -INFINITY;
    s->nodes = 0;
    return search(s, err);
}

/* ---- setting up ---- */

/* The model, or a face of it, with its loops. */
static int open_loops(loops *s, bx_fba *fba, const bx_reduction *reduction, bx_error *err)
{
    size_t n = fba->reaction_count + 1;
    s->fba = fba;
    s->reduction = reduction;
    s->members = calloc(n, sizeof *s->members);
    s->v = calloc(n, sizeof *s->v);
    s->best = calloc(n, sizeof *s->best);
    s->kept = calloc(n, sizeof *s->kept);
    if (!s->members || !s->v || !s->best || !s->kept)
        return bx_fail_memory(err);
    if (find_members(s, err) < 0 || build_cycle(s, err) < 0)
        return -1;
    s->lp = bx_lp_new(&reduction->problem, err);
    if (!s->lp)
        return -1;
    for (size_t j = 0; j < reduction->problem.columns; j++)
        bx_lp_set_cost(s->lp, j, 0);
    for (size_t k = 0; k < s->count; k++) {
        uint32_t j = reduction->column[s->members[k]];
        if (j == BX_REDUCTION_FIXED)
            continue;
        const bx_lp_problem *p = bx_lp_problem_of(s->lp);
        bx_lp_set_bounds(s->lp, j, isinf(p->lower[j]) ? -UNBOUNDED : p->lower[j],
                         isinf(p->upper[j]) ? UNBOUNDED : p->upper[j]);
    }
    return 0;
}

static void close_loops(loops *s)
{
    bx_lp_free(s->lp);
    bx_lp_free(s->cycle);
    free(s->members);
    free(s->kept);
    free(s->v);
    free(s->best);
}

/* ---- the optimum without loops ---- */

/* The most of s->v that runs round, at once: what is left has the least sum for its exchanges. */
static int take_all_out(loops *s, bx_error *err)
{
    const bx_lp_problem *bounds = bx_lp_problem_of(s->fba->lp);
    bx_lp_status status;
    bx_lp_set_row(s->cycle, bx_lp_problem_of(s->cycle)->rows - 1, -INFINITY, INFINITY);
    for (size_t k = 0; k < s->count; k++) {
        double v = s->v[s->members[k]];
        double forward = v - fmax(bounds->lower[s->members[k]], 0);
        double backward = fmin(bounds->upper[s->members[k]], 0) - v;
        bx_lp_set_bounds(s->cycle, k, 0, s->kept[k] ? 0 : fmax(forward, 0));
        bx_lp_set_bounds(s->cycle, s->count + k, 0, s->kept[k] ? 0 : fmax(backward, 0));
        bx_lp_set_cost(s->cycle, k, -1);
        bx_lp_set_cost(s->cycle, s->count + k, -1);
    }
    if (bx_lp_solve(s->cycle, &status, err) < 0)
        return -1;
    const double *x = status == BX_LP_OPTIMAL ? bx_lp_solution(s->cycle) : NULL;
    for (size_t k = 0; k < s->count && x; k++) {
        double *v = &s->v[s->members[k]];
        *v -= x[k] - x[s->count + k];
        if (fabs(*v) <= BX_LP_ABSOLUTE * fmax(x[k], x[s->count + k]))
            *v = 0;
    }
    return x ? 0 : bx_fail(err, BX_ESIMULATION, "the loops cannot be told from rounding");
}

static void keep_objective(loops *s)
{
    for (size_t k = 0; k < s->count; k++)
        s->kept[k] = s->fba->reactions[s->members[k]].objective != 0;
}

/* s->v without its loops, if that obeys the model; `what` it is, if not. */
static int clean(loops *s, const char *what, double *fluxes, bx_error *err)
{
    keep_objective(s);
    if (bx_lp_is_feasible(s->fba->lp, s->v)) {
        if (take_all_out(s, err) < 0)
            return -1;
        memcpy(fluxes, s->v, s->fba->reaction_count * sizeof *fluxes);
        if (bx_lp_is_feasible(s->fba->lp, fluxes))
            return 0;
    }
    return bx_fail(err, BX_ESIMULATION, "%s do not obey the model", what);
}

/* The model with its loops, whatever its objective. */
static int open_model(loops *s, bx_fba *fba, bx_reduction **reduction, bx_fba_status *status,
                      bx_error *err)
{
    bx_fba_solution solution;
    if (bx_fba_optimise(fba, &solution, err) < 0)
        return -1;
    *status = solution.status == BX_FBA_INFEASIBLE ? BX_FBA_INFEASIBLE : BX_FBA_OPTIMAL;
    if (*status != BX_FBA_OPTIMAL)
        return 0;
    *reduction = bx_reduction_new(bx_lp_problem_of(fba->lp), false, err);
    return *reduction ? open_loops(s, fba, *reduction, err) : -1;
}

int bx_fba_clear_loops(bx_fba *fba, const double *given, bx_fba_status *status, double *fluxes,
                       bx_error *err)
{
    loops s = {0};
    bx_reduction *reduction = NULL;
    int result = open_model(&s, fba, &reduction, status, err);
    if (result == 0 && *status == BX_FBA_OPTIMAL) {
        memcpy(s.v, given, fba->reaction_count * sizeof *s.v);
        result = clean(&s, "the fluxes whose loops are to be taken out", fluxes, err);
    }
    close_loops(&s);
    bx_reduction_free(reduction);
    return result;
}

static int search_optimum(loops *s, double *fluxes, bx_error *err)
{
    bx_fba *fba = s->fba;
    for (size_t r = 0; r < fba->reaction_count; r++) {
        double cost = (fba->minimise ? 1 : -1) * fba->reactions[r].objective;
        uint32_t j = s->reduction->column[r];
        if (cost != 0 && j != BX_REDUCTION_FIXED)
            bx_lp_set_cost(s->lp, j,
                           bx_lp_problem_of(s->lp)->cost[j] + cost * s->reduction->factor[r]);
    }
    keep_objective(s);
    bx_fba_begin(fba);
    if (start(s, err) < 0)
        return -1;
    if (s->value == -INFINITY)
        return bx_fail(err, BX_ESIMULATION, "all fluxes have a loop that the bounds force to run");
    memcpy(s->v, s->best, fba->reaction_count * sizeof *s->v);
    return clean(s, "the fluxes without loops that were found", fluxes, err);
}

int bx_fba_loopless(bx_fba *fba, bx_fba_status *status, double *fluxes, bx_error *err)
{
    loops s = {0};
    bx_reduction *reduction = NULL;
    int result = open_model(&s, fba, &reduction, status, err);
    if (result == 0 && *status == BX_FBA_OPTIMAL)
        result = search_optimum(&s, fluxes, err);
    close_loops(&s);
    bx_reduction_free(reduction);
    return result;
}

/* ---- variability without loops ---- */

typedef struct ranges {
    const size_t *reactions;
    size_t count;
    double *least, *greatest;
} ranges;

static int find_end(loops *s, size_t reaction, double sign, double *end, bx_error *err)
{
    uint32_t j = s->reduction->column[reaction];
    if (j == BX_REDUCTION_FIXED)
        return 0;
    bx_lp_set_cost(s->lp, j, -sign * s->reduction->factor[reaction]);
    int result = start(s, err);
    bx_lp_set_cost(s->lp, j, 0);
    if (result < 0)
        return -1;
    if (s->value == -INFINITY)
        return bx_fail(err, BX_ESIMULATION, "no fluxes without loops reach the demanded objective");
    *end = sign * s->value;
    return bx_lp_is_feasible(s->fba->lp, s->best)
               ? 0
               : bx_fail(err, BX_ESIMULATION,
                         "the fluxes without loops do not obey the model: its numbers differ too "
                         "much in size");
}

static int search_ranges(loops *s, ranges *all, bx_error *err)
{
    for (size_t i = 0; i < all->count; i++) {
        size_t reaction = all->reactions[i], k = 0;
        while (k < s->count && s->members[k] != reaction)
            k++;
        if (bx_fba_poll(s->fba, (double)i / (double)all->count, err) < 0)
            return -1;
        if (k == s->count)
            continue; /* loops are taken out without a change of it */
        bool before = s->kept[k];
        s->kept[k] = true;
        int result = find_end(s, reaction, 1, &all->greatest[i], err) < 0
                         ? -1
                         : find_end(s, reaction, -1, &all->least[i], err);
        s->kept[k] = before;
        if (result < 0)
            return -1;
    }
    return 0;
}

int bx_fba_loopless_variability(bx_fba *fba, const size_t *reactions, size_t count, double fraction,
                                bx_fba_status *status, double *least, double *greatest,
                                bx_error *err)
{
    bx_face face;
    loops s = {0};
    ranges all = {reactions, count, least, greatest};
    if (bx_fba_variability(fba, reactions, count, fraction, status, least, greatest, err) < 0)
        return -1;
    if (*status != BX_FBA_OPTIMAL)
        return 0;
    int result = bx_face_open(&face, fba, fraction, false, err);
    if (result == 0)
        result = open_loops(&s, fba, face.reduction, err);
    bx_fba_begin(fba);
    if (result == 0)
        keep_objective(&s);
    if (result == 0)
        result = search_ranges(&s, &all, err);
    close_loops(&s);
    bx_face_close(&face);
    return result;
}
