/* Fluxes near others: what a mutant does whose regulation is still that of its parent. */
#include "flux/extension.h"
#include "flux/quadratic.h"
#include "flux/tools.h"

#include <math.h>
#include <stdlib.h>

#define SAME 1e-12 /* places on a column that are taken for one, relative */
#define EDGE 1e-9  /* a bound that is outside a range by less is not */

typedef struct adjustment {
    bx_fba_adjustment *asked;
    const double *reference;
    double *fluxes;
    double *least, *most; /* of each flux, for switches that are whole */
} adjustment;

static int take_fluxes(bx_extension *p, adjustment *a, bx_lp_status status)
{
    a->asked->status = bx_fba_status_of(status);
    for (size_t r = 0; r < p->fba->reaction_count && status == BX_LP_OPTIMAL; r++)
        a->fluxes[r] = p->flux[r];
    return 0;
}

/* ---- by absolute differences ---- */

/* |column - place|, so many times. */
typedef struct distance {
    uint32_t column;
    double place, weight;
} distance;

static int compare_distances(const void *a, const void *b)
{
    const distance *one = a, *other = b;
    if (one->column != other->column)
        return one->column < other->column ? -1 : 1;
    return (one->place > other->place) - (one->place < other->place);
}

/* Reactions that are coupled have mostly been so before, and are at one place then. */
static size_t list_distances(bx_extension *p, const double *reference, distance *list)
{
    size_t count = 0, kept = 0;
    for (size_t r = 0; r < p->fba->reaction_count; r++) {
        double factor = p->reduction->factor[r];
        uint32_t column = p->reduction->column[r];
        if (column == BX_REDUCTION_FIXED)
            p->settled += fabs(factor - reference[r]);
        else
            list[count++] = (distance){column, reference[r] / factor, fabs(factor)};
    }
    qsort(list, count, sizeof *list, compare_distances);
    for (size_t i = 0; i < count; i++) {
        distance *last = kept ? &list[kept - 1] : NULL;
        if (last && last->column == list[i].column &&
            list[i].place - last->place <= SAME * (1 + fabs(last->place)))
            last->weight += list[i].weight;
        else
            list[kept++] = list[i];
    }
    return kept;
}

static int use_linear(bx_extension *p, void *data, bx_error *err)
{
    adjustment *a = data;
    bx_lp_status status;
    distance *list = calloc(p->fba->reaction_count + 1, sizeof *list);
    if (!list)
        return bx_fail_memory(err);
    size_t count = list_distances(p, a->reference, list);
    for (size_t i = 0; i < count; i++) {
        uint32_t row = bx_extension_row(p, list[i].place, list[i].place);
        bx_extension_put(p, row, list[i].column, 1);
        bx_extension_put(p, row, bx_extension_column(p, 0, INFINITY, list[i].weight), -1);
        bx_extension_put(p, row, bx_extension_column(p, 0, INFINITY, list[i].weight), 1);
    }
    free(list);
    if (bx_extension_solve(p, &status, &a->asked->distance, err) < 0)
        return -1;
    return take_fluxes(p, a, status);
}

/* ---- by squares ---- */

/* Each column from the middle of the places that its reactions have in the reference: what is
 * solved is as small as the distance, whatever the fluxes are. Returns what no column can change of
 * it. */
static double centre_columns(bx_extension *p, const adjustment *a, double *diagonal, double *middle)
{
    double rest = 0;
    for (size_t r = 0; r < p->fba->reaction_count; r++) {
        double factor = p->reduction->factor[r];
        uint32_t column = p->reduction->column[r];
        if (column == BX_REDUCTION_FIXED)
            continue;
        diagonal[column] += 2 * factor * factor;
        middle[column] += 2 * factor * a->reference[r];
    }
    for (size_t j = 0; j < p->columns; j++) {
        middle[j] /= diagonal[j];
        p->lower[j] -= middle[j];
        p->upper[j] -= middle[j];
    }
    for (size_t k = 0; k < p->entry_count; k++) {
        double moved = p->entries[k].value * middle[p->entries[k].column];
        p->row_lower[p->entries[k].row] -= moved;
        p->row_upper[p->entries[k].row] -= moved;
    }
    for (size_t r = 0; r < p->fba->reaction_count; r++) {
        double factor = p->reduction->factor[r];
        uint32_t column = p->reduction->column[r];
        double away =
            (column == BX_REDUCTION_FIXED ? factor : factor * middle[column]) - a->reference[r];
        rest += away * away;
    }
    return rest;
}

static int solve_squares(bx_extension *p, adjustment *a, double *diagonal, double *middle,
                         double *x, bx_error *err)
{
    double value, rest = centre_columns(p, a, diagonal, middle);
    bx_lp *lp = bx_extension_lp(p, err);
    int result = -1;
    if (lp)
        result = bx_quadratic_solve(bx_lp_problem_of(lp), diagonal, rest, x, &value, err);
    bx_lp_free(lp);
    for (size_t j = 0; j < p->columns && result == 0; j++)
        x[j] += middle[j];
    if (result < 0 || bx_extension_check(p, x, err) < 0)
        return -1;
    a->asked->distance = 0;
    for (size_t r = 0; r < p->fba->reaction_count; r++)
        a->asked->distance += (p->flux[r] - a->reference[r]) * (p->flux[r] - a->reference[r]);
    return take_fluxes(p, a, BX_LP_OPTIMAL);
}

static int use_squares(bx_extension *p, void *data, bx_error *err)
{
    size_t count = p->columns + 1;
    double *numbers = calloc(3 * count, sizeof *numbers);
    int result = numbers
                     ? solve_squares(p, data, numbers, numbers + count, numbers + 2 * count, err)
                     : bx_fail_memory(err);
    free(numbers);
    return result;
}

/* ---- on and off ---- */

static int fail_bound(const bx_extension *p, size_t r, bx_error *err)
{
    return bx_fail(err, BX_ESIMULATION,
                   "ROOM: reaction \"%.64s\" has no bound that a switch could stand for: bound it",
                   p->fba->reactions[r].id);
}

static double width_of(const adjustment *a, size_t r)
{
    return a->asked->delta * fabs(a->reference[r]) + a->asked->epsilon;
}

/* A part of a switch that is on lets a flux leave the range of what is no change by as much of the
 * way to its bound. */
static int add_part(bx_extension *p, const adjustment *a, size_t r, bx_error *err)
{
    const bx_lp_problem *whole = bx_lp_problem_of(p->fba->lp);
    double least = a->reference[r] - width_of(a, r), most = a->reference[r] + width_of(a, r);
    double lower = whole->lower[r], upper = whole->upper[r];
    bool above = upper > most + EDGE, below = lower < least - EDGE;
    if (!above && !below)
        return 0;
    if ((above && isinf(upper)) || (below && isinf(lower)))
        return fail_bound(p, r, err);
    uint32_t on = bx_extension_column(p, 0, 1, 1);
    if (above) {
        uint32_t row = bx_extension_row(p, -INFINITY, most);
        bx_extension_put_flux(p, row, r, 1);
        bx_extension_put(p, row, on, most - upper);
    }
    if (below) {
        uint32_t row = bx_extension_row(p, least, INFINITY);
        bx_extension_put_flux(p, row, r, 1);
        bx_extension_put(p, row, on, least - lower);
    }
    return 0;
}

static int add_parts(bx_extension *p, const adjustment *a, bx_error *err)
{
    for (size_t r = 0; r < p->fba->reaction_count; r++)
        if (add_part(p, a, r, err) < 0)
            return -1;
    return 0;
}

/* What is no change of so many fluxes that one column stands for, and what that can be. */
typedef struct whole_switch {
    uint32_t column, on;
    double least, most, lower, upper, weight;
    size_t reaction; /* one of them */
} whole_switch;

static void order(double *low, double *high)
{
    double one = *low, other = *high;
    *low = fmin(one, other);
    *high = fmax(one, other);
}

static int compare_switches(const void *a, const void *b)
{
    const whole_switch *one = a, *other = b;
    if (one->column != other->column)
        return one->column < other->column ? -1 : 1;
    double width = one->most - one->least, wide = other->most - other->least;
    return width != wide ? (width > wide) - (width < wide)
                         : (one->least > other->least) - (one->least < other->least);
}

static bool are_one(const whole_switch *a, const whole_switch *b)
{
    return a->column == b->column && fabs(a->least - b->least) <= SAME * (1 + fabs(a->least)) &&
           fabs(a->most - b->most) <= SAME * (1 + fabs(a->most));
}

/* Fluxes that must change, or cannot, are counted at once; of others those that one column stands
 * for mostly change together. */
static size_t list_switches(bx_extension *p, const adjustment *a, whole_switch *list)
{
    size_t count = 0, kept = 0;
    for (size_t r = 0; r < p->fba->reaction_count; r++) {
        double least = a->reference[r] - width_of(a, r), most = a->reference[r] + width_of(a, r);
        double lower = a->least[r], upper = a->most[r], factor = p->reduction->factor[r];
        if (upper < least - EDGE || lower > most + EDGE)
            p->settled += 1;
        else if (p->reduction->column[r] != BX_REDUCTION_FIXED &&
                 (upper > most + EDGE || lower < least - EDGE)) {
            whole_switch s = {.column = p->reduction->column[r],
                              .least = least / factor,
                              .most = most / factor,
                              .lower = lower / factor,
                              .upper = upper / factor,
                              .weight = 1,
                              .reaction = r};
            order(&s.least, &s.most);
            order(&s.lower, &s.upper);
            list[count++] = s;
        }
    }
    qsort(list, count, sizeof *list, compare_switches);
    for (size_t i = 0; i < count; i++)
        if (kept > 0 && are_one(&list[kept - 1], &list[i]))
            list[kept - 1].weight += 1;
        else
            list[kept++] = list[i];
    return kept;
}

/* A column with switches from the one of the narrowest range to that of the widest: each lets it go
 * on to the next range, and the last one to its bound; none is on before those within. */
static void add_ladder(bx_extension *p, whole_switch *list, size_t count)
{
    uint32_t up = bx_extension_row(p, -INFINITY, list[0].most);
    uint32_t down = bx_extension_row(p, list[0].least, INFINITY);
    bx_extension_put(p, up, list[0].column, 1);
    bx_extension_put(p, down, list[0].column, 1);
    for (size_t i = 0; i < count; i++) {
        bool last = i + 1 == count;
        double most = last ? fmax(list[i].upper, list[i].most) : list[i + 1].most;
        double least = last ? fmin(list[i].lower, list[i].least) : list[i + 1].least;
        list[i].on = bx_extension_whole(p, 0, 1, list[i].weight);
        bx_extension_put(p, up, list[i].on, list[i].most - most);
        bx_extension_put(p, down, list[i].on, list[i].least - least);
        if (i > 0) {
            uint32_t row = bx_extension_row(p, 0, INFINITY);
            bx_extension_put(p, row, list[i - 1].on, 1);
            bx_extension_put(p, row, list[i].on, -1);
        }
    }
}

static int add_switches(bx_extension *p, whole_switch *list, size_t count, bx_error *err)
{
    size_t end;
    for (size_t i = 0; i < count; i++)
        if (isinf(list[i].lower) || isinf(list[i].upper))
            return fail_bound(p, list[i].reaction, err);
    for (size_t first = 0; first < count; first = end) {
        end = first + 1;
        while (end < count && list[end].column == list[first].column &&
               list[end].least <= list[end - 1].least && list[end].most >= list[end - 1].most)
            end++;
        add_ladder(p, list + first, end - first);
    }
    return 0;
}

static int add_whole(bx_extension *p, const adjustment *a, bx_error *err)
{
    whole_switch *list = calloc(p->fba->reaction_count + 1, sizeof *list);
    if (!list)
        return bx_fail_memory(err);
    int result = add_switches(p, list, list_switches(p, a, list), err);
    free(list);
    return result;
}

static int use_switches(bx_extension *p, void *data, bx_error *err)
{
    adjustment *a = data;
    bx_lp_status status;
    if ((a->asked->linear ? add_parts(p, a, err) : add_whole(p, a, err)) < 0)
        return -1;
    if (bx_extension_solve(p, &status, &a->asked->distance, err) < 0)
        return -1;
    if (status != BX_LP_OPTIMAL)
        return bx_extension_fail_switches(err);
    if (!a->asked->linear)
        a->asked->distance = round(a->asked->distance);
    return take_fluxes(p, a, status);
}

/* What each flux can be, whatever the objective. */
static int find_ranges(bx_fba *fba, adjustment *a, bx_error *err)
{
    size_t count = fba->reaction_count;
    size_t *all = calloc(count + 1, sizeof *all);
    bx_fba_state *before = bx_fba_save(fba, err);
    a->least = calloc(2 * count + 1, sizeof *a->least);
    int result = all && before && a->least ? 0 : bx_fail_memory(err);
    for (size_t r = 0; r < count && result == 0; r++)
        all[r] = r;
    if (result == 0) {
        a->most = a->least + count;
        bx_fba_clear_objective(fba);
        result = bx_fba_variability(fba, all, count, 1, &a->asked->status, a->least, a->most, err);
        bx_fba_restore(fba, before);
    }
    bx_fba_state_free(before);
    free(all);
    return result;
}

static int adjust(bx_fba *fba, adjustment *a, bx_error *err)
{
    bx_fba_solution solution;
    bool whole = a->asked->on_off && !a->asked->linear;
    if (whole && find_ranges(fba, a, err) < 0)
        return -1;
    if (bx_fba_optimise(fba, &solution, err) < 0)
        return -1;
    a->asked->status = solution.status;
    if (solution.status == BX_FBA_INFEASIBLE)
        return 0;
    return bx_extension_run(fba,
                            a->asked->on_off   ? use_switches
                            : a->asked->linear ? use_linear
                                               : use_squares,
                            a, err);
}

int bx_fba_adjust(bx_fba *fba, bx_fba_adjustment *asked, const double *reference,
                  const bool *stopped, double *fluxes, bx_error *err)
{
    adjustment a = {asked, reference, fluxes, NULL, NULL};
    bool *no_genes = calloc(fba->gene_count + 1, sizeof *no_genes);
    bx_fba_state *before = no_genes ? bx_fba_save(fba, err) : NULL;
    int result = -1;
    if (before) {
        bx_fba_disable(fba, no_genes, stopped, true);
        result = adjust(fba, &a, err);
        bx_fba_restore(fba, before);
    } else if (!no_genes) {
        bx_fail_memory(err);
    }
    bx_fba_state_free(before);
    free(no_genes);
    free(a.least);
    return result;
}
