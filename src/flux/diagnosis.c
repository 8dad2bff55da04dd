/* Why a model has no best fluxes: constraints that cannot all hold, or fluxes without a bound. */
#include "flux/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NOTHING 1e-9 /* of the largest weight or rate */

/* The balance of a row, or what a constraint allows it, or a bound of a column. */
typedef enum item_kind { BALANCE, LOWER, UPPER } item_kind;

typedef struct item {
    item_kind kind;
    size_t whole, here; /* its row or column, in the whole program and in that of the conflict */
} item;

typedef struct conflict {
    const bx_lp_problem *whole;
    const double *ray; /* weights of the rows that prove it */
    size_t *row;       /* of the whole -> here, or SIZE_MAX */
    item *items;
    size_t count;
    bx_lp *lp; /* of the items alone */
} conflict;

/* ---- what the proof uses ---- */

static double weight_of(const conflict *c, size_t j)
{
    double weight = 0, terms = 0;
    for (int k = c->whole->start[j]; k < c->whole->start[j + 1]; k++) {
        double term = c->ray[c->whole->index[k]] * c->whole->value[k];
        weight += term;
        terms += fabs(term);
    }
    return fabs(weight) <= NOTHING * terms ? 0 : weight;
}

/* Whether the weighted sum of all columns cannot be as small as the rows ask, or else not as great.
 */
static bool is_too_great(const conflict *c)
{
    double least = 0;
    for (size_t i = 0; i < c->whole->rows; i++)
        if (c->ray[i] != 0)
            least -= c->ray[i] * (c->ray[i] > 0 ? c->whole->row_upper[i] : c->whole->row_lower[i]);
    for (size_t j = 0; j < c->whole->columns; j++) {
        double weight = weight_of(c, j);
        if (weight != 0)
            least += weight * (weight > 0 ? c->whole->lower[j] : c->whole->upper[j]);
    }
    return least > 0;
}

static void add_item(conflict *c, item_kind kind, size_t whole, size_t here)
{
    c->items[c->count++] = (item){kind, whole, here};
}

/* The rows with a weight, and of a column with one the bound that it speaks of; or, where rounding
 * hides that, both. */
static size_t list_rows(conflict *c)
{
    size_t rows = 0;
    double largest = 0;
    for (size_t i = 0; i < c->whole->rows; i++)
        largest = fmax(largest, fabs(c->ray[i]));
    for (size_t i = 0; i < c->whole->rows; i++) {
        bool used = fabs(c->ray[i]) > NOTHING * largest;
        c->row[i] = used ? rows++ : SIZE_MAX;
        if (used)
            add_item(c, BALANCE, i, c->row[i]);
    }
    return rows;
}

static bool touches(const conflict *c, size_t j)
{
    for (int k = c->whole->start[j]; k < c->whole->start[j + 1]; k++)
        if (c->row[c->whole->index[k]] != SIZE_MAX)
            return true;
    return false;
}

static void list_bounds(conflict *c, size_t j, size_t here, bool too_great, bool both)
{
    double weight = weight_of(c, j);
    bool lower = both || (weight != 0 && (weight > 0) == too_great);
    bool upper = both || (weight != 0 && (weight > 0) != too_great);
    if (lower && isfinite(c->whole->lower[j]))
        add_item(c, LOWER, j, here);
    if (upper && isfinite(c->whole->upper[j]))
        add_item(c, UPPER, j, here);
}

/* ---- the program of the items ---- */

static void set_item(const conflict *c, const item *it, bool holds)
{
    const bx_lp_problem *now = bx_lp_problem_of(c->lp);
    if (it->kind == BALANCE)
        bx_lp_set_row(c->lp, it->here, holds ? c->whole->row_lower[it->whole] : -INFINITY,
                      holds ? c->whole->row_upper[it->whole] : INFINITY);
    else if (it->kind == LOWER)
        bx_lp_set_bounds(c->lp, it->here, holds ? c->whole->lower[it->whole] : -INFINITY,
                         now->upper[it->here]);
    else
        bx_lp_set_bounds(c->lp, it->here, now->lower[it->here],
                         holds ? c->whole->upper[it->whole] : INFINITY);
}

static int make_program(conflict *c, bool both, bx_error *err)
{
    const bx_lp_problem *whole = c->whole;
    bx_lp_problem p;
    c->count = 0;
    size_t rows = list_rows(c);
    bool too_great = is_too_great(c);
    bx_lp_free(c->lp);
    c->lp = NULL;
    if (bx_lp_problem_init(&p, rows, whole->columns, (size_t)whole->start[whole->columns], err) ==
        0) {
        p.interrupt = whole->interrupt;
        for (size_t j = 0; j < whole->columns; j++) {
            if (!touches(c, j))
                continue;
            for (int k = whole->start[j]; k < whole->start[j + 1]; k++)
                if (c->row[whole->index[k]] != SIZE_MAX)
                    bx_lp_problem_add(&p, c->row[whole->index[k]], whole->value[k]);
            list_bounds(c, j, p.columns, too_great, both);
            bx_lp_problem_end_column(&p, -INFINITY, INFINITY, 0);
        }
        c->lp = bx_lp_new(&p, err);
    }
    bx_lp_problem_free(&p);
    for (size_t k = 0; c->lp && k < c->count; k++)
        set_item(c, &c->items[k], true);
    return c->lp ? 0 : -1;
}

static int is_infeasible(const conflict *c, bool *infeasible, bx_error *err)
{
    bx_lp_status status;
    if (bx_lp_solve(c->lp, &status, err) < 0)
        return -1;
    *infeasible = status == BX_LP_INFEASIBLE;
    return 0;
}

/* Drop each item without which the others still cannot all hold (the deletion filter of Chinneck &
 * Dravnieks, ORSA J. Comput. 3:157, 1991). */
static int drop_needless(conflict *c, bx_fba *fba, bx_error *err)
{
    size_t kept = 0;
    bx_fba_begin(fba);
    for (size_t k = 0; k < c->count; k++) {
        bool infeasible;
        if (bx_fba_poll(fba, (double)k / (double)c->count, err) < 0)
            return -1;
        set_item(c, &c->items[k], false);
        if (is_infeasible(c, &infeasible, err) < 0)
            return -1;
        if (infeasible)
            continue;
        set_item(c, &c->items[k], true);
        c->items[kept++] = c->items[k];
    }
    c->count = kept;
    return 0;
}

/* ---- infeasible ---- */

static void mark_items(const bx_fba *fba, const conflict *c, bx_fba_diagnosis *to)
{
    for (size_t k = 0; k < c->count; k++) {
        const item *it = &c->items[k];
        if (it->kind == LOWER)
            to->lower[it->whole] = true;
        else if (it->kind == UPPER)
            to->upper[it->whole] = true;
        else if (it->whole >= fba->rows)
            to->constraint[it->whole - fba->rows] = true;
        for (size_t i = 0; it->kind == BALANCE && i < fba->metabolite_count; i++)
            if (!fba->metabolites[i].boundary && (size_t)fba->metabolites[i].row == it->whole)
                to->balance[i] = true;
    }
}

static int find_conflict(bx_fba *fba, bx_fba_diagnosis *to, bx_error *err)
{
    const bx_lp_problem *whole = bx_lp_problem_of(fba->lp);
    conflict c = {.whole = whole, .ray = bx_lp_proof(fba->lp)};
    bool infeasible = false;
    if (!c.ray)
        return bx_fail(err, BX_ESIMULATION,
                       "no proof that the model is infeasible is at hand: its "
                       "numbers differ too much in size");
    c.row = calloc(whole->rows + 1, sizeof *c.row);
    c.items = calloc(whole->rows + 2 * whole->columns + 1, sizeof *c.items);
    int result = c.row && c.items ? 0 : bx_fail_memory(err);
    for (int both = 0; both <= 1 && result == 0 && !infeasible; both++) {
        result = make_program(&c, both, err);
        if (result == 0)
            result = is_infeasible(&c, &infeasible, err);
    }
    if (result == 0 && !infeasible)
        result = bx_fail(err, BX_ESIMULATION,
                         "the constraints that cannot all hold are not to be "
                         "told from rounding: look for extreme bounds");
    if (result == 0)
        result = drop_needless(&c, fba, err);
    if (result == 0)
        mark_items(fba, &c, to);
    bx_lp_free(c.lp);
    free(c.row);
    free(c.items);
    return result;
}

/* ---- unbounded ---- */

static void add_direction(bx_lp_problem *p, const bx_lp_problem *whole, size_t j, double sign)
{
    double bound = sign > 0 ? whole->upper[j] : whole->lower[j];
    for (int k = whole->start[j]; k < whole->start[j + 1]; k++)
        bx_lp_problem_add(p, (size_t)whole->index[k], sign * whole->value[k]);
    if (whole->cost[j] != 0)
        bx_lp_problem_add(p, whole->rows, sign * whole->cost[j]);
    bx_lp_problem_end_column(p, 0, isfinite(bound) ? 0 : INFINITY, 1);
}

/* Fluxes that can be added any number of times, and gain 1 each time, of the least sum. */
static bx_lp *make_rays(const bx_lp_problem *whole, bx_error *err)
{
    size_t elements = 2 * ((size_t)whole->start[whole->columns] + whole->columns);
    bx_lp_problem p;
    bx_lp *lp = NULL;
    if (bx_lp_problem_init(&p, whole->rows + 1, 2 * whole->columns, elements, err) == 0) {
        p.interrupt = whole->interrupt;
        for (size_t i = 0; i < whole->rows; i++) {
            p.row_lower[i] = isfinite(whole->row_lower[i]) ? 0 : -INFINITY;
            p.row_upper[i] = isfinite(whole->row_upper[i]) ? 0 : INFINITY;
        }
        p.row_lower[whole->rows] = p.row_upper[whole->rows] = -1;
        for (size_t j = 0; j < whole->columns; j++) {
            add_direction(&p, whole, j, 1);
            add_direction(&p, whole, j, -1);
        }
        lp = bx_lp_new(&p, err);
    }
    bx_lp_problem_free(&p);
    return lp;
}

static int find_ray(bx_fba *fba, bx_fba_diagnosis *to, bx_error *err)
{
    bx_lp_status status;
    bx_lp *lp = make_rays(bx_lp_problem_of(fba->lp), err);
    int result = lp ? bx_lp_solve(lp, &status, err) : -1;
    if (result == 0 && status != BX_LP_OPTIMAL)
        result = bx_fail(err, BX_ESIMULATION,
                         "the fluxes without a bound are not to be told from "
                         "rounding: look for extreme bounds");
    for (size_t r = 0; r < fba->reaction_count && result == 0; r++) {
        double rate = bx_lp_solution(lp)[2 * r] - bx_lp_solution(lp)[2 * r + 1];
        to->ray[r] = fabs(rate) > NOTHING ? rate : 0;
    }
    bx_lp_free(lp);
    return result;
}

int bx_fba_diagnose(bx_fba *fba, bx_fba_diagnosis *to, bx_error *err)
{
    bx_fba_solution solution;
    if (bx_fba_optimise(fba, &solution, err) < 0)
        return -1;
    to->status = solution.status;
    memset(to->balance, 0, fba->metabolite_count * sizeof *to->balance);
    memset(to->constraint, 0, fba->constraints.count * sizeof *to->constraint);
    memset(to->lower, 0, fba->reaction_count * sizeof *to->lower);
    memset(to->upper, 0, fba->reaction_count * sizeof *to->upper);
    memset(to->ray, 0, fba->reaction_count * sizeof *to->ray);
    return to->status == BX_FBA_INFEASIBLE  ? find_conflict(fba, to, err)
           : to->status == BX_FBA_UNBOUNDED ? find_ray(fba, to, err)
                                            : 0;
}
