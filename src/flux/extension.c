#include "flux/extension.h"

#include "flux/integer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- putting it together ---- */

/* The items as they were where there is no memory for more. */
static void *grow(bx_extension *p, void *items, size_t capacity, size_t size)
{
    void *grown = realloc(items, capacity * size);
    if (grown)
        return grown;
    p->failed = true;
    return items;
}

static void make_columns(bx_extension *p)
{
    if (p->columns < p->column_capacity)
        return;
    size_t wanted = 2 * p->column_capacity + 64;
    p->lower = grow(p, p->lower, wanted, sizeof *p->lower);
    p->upper = grow(p, p->upper, wanted, sizeof *p->upper);
    p->cost = grow(p, p->cost, wanted, sizeof *p->cost);
    p->whole = grow(p, p->whole, wanted, sizeof *p->whole);
    if (!p->failed)
        p->column_capacity = wanted;
}

uint32_t bx_extension_column(bx_extension *p, double lower, double upper, double cost)
{
    make_columns(p);
    if (p->failed)
        return 0;
    p->lower[p->columns] = lower;
    p->upper[p->columns] = upper;
    p->cost[p->columns] = cost;
    p->whole[p->columns] = false;
    return (uint32_t)p->columns++;
}

uint32_t bx_extension_whole(bx_extension *p, double lower, double upper, double cost)
{
    uint32_t column = bx_extension_column(p, lower, upper, cost);
    if (!p->failed)
        p->whole[column] = true;
    return column;
}

uint32_t bx_extension_row(bx_extension *p, double lower, double upper)
{
    if (p->rows == p->row_capacity) {
        size_t wanted = 2 * p->row_capacity + 64;
        p->row_lower = grow(p, p->row_lower, wanted, sizeof *p->row_lower);
        p->row_upper = grow(p, p->row_upper, wanted, sizeof *p->row_upper);
        if (!p->failed)
            p->row_capacity = wanted;
    }
    if (p->failed)
        return 0;
    p->row_lower[p->rows] = lower;
    p->row_upper[p->rows] = upper;
    return (uint32_t)p->rows++;
}

void bx_extension_put(bx_extension *p, uint32_t row, uint32_t column, double value)
{
    if (p->entry_count == p->entry_capacity) {
        size_t wanted = 2 * p->entry_capacity + 256;
        p->entries = grow(p, p->entries, wanted, sizeof *p->entries);
        if (!p->failed)
            p->entry_capacity = wanted;
    }
    if (p->failed)
        return;
    p->entries[p->entry_count++] = (bx_extension_entry){row, column, value};
}

void bx_extension_put_flux(bx_extension *p, uint32_t row, size_t reaction, double value)
{
    uint32_t column = p->reduction->column[reaction];
    double factor = p->reduction->factor[reaction];
    if (p->failed)
        return;
    if (column != BX_REDUCTION_FIXED) {
        bx_extension_put(p, row, column, value * factor);
    } else {
        p->row_lower[row] -= value * factor;
        p->row_upper[row] -= value * factor;
    }
}

void bx_extension_cost_flux(bx_extension *p, size_t reaction, double cost)
{
    uint32_t column = p->reduction->column[reaction];
    double factor = p->reduction->factor[reaction];
    if (column != BX_REDUCTION_FIXED)
        p->cost[column] += cost * factor;
    else
        p->settled += cost * factor;
}

void bx_extension_demand(bx_extension *p, double objective)
{
    bool least = !p->fba->minimise;
    uint32_t row = bx_extension_row(p, least ? objective : -INFINITY, least ? INFINITY : objective);
    for (size_t r = 0; r < p->fba->reaction_count; r++)
        if (p->fba->reactions[r].objective != 0)
            bx_extension_put_flux(p, row, r, p->fba->reactions[r].objective);
}

void bx_extension_range(const bx_extension *p, size_t reaction, double *least, double *greatest)
{
    uint32_t column = p->reduction->column[reaction];
    double factor = p->reduction->factor[reaction];
    double one = column == BX_REDUCTION_FIXED ? factor : factor * p->lower[column];
    double other = column == BX_REDUCTION_FIXED ? factor : factor * p->upper[column];
    *least = fmin(one, other);
    *greatest = fmax(one, other);
}

/* ---- opening ---- */

static bool copy_reduced(bx_extension *p)
{
    const bx_lp_problem *left = &p->reduction->problem;
    for (size_t i = 0; i < left->rows; i++)
        bx_extension_row(p, left->row_lower[i], left->row_upper[i]);
    for (size_t j = 0; j < left->columns; j++) {
        bx_extension_column(p, left->lower[j], left->upper[j], 0);
        for (int k = left->start[j]; k < left->start[j + 1]; k++)
            bx_extension_put(p, (uint32_t)left->index[k], (uint32_t)j, left->value[k]);
    }
    return !p->failed;
}

int bx_extension_open(bx_extension *p, bx_fba *fba, bool plain, bx_error *err)
{
    *p = (bx_extension){.fba = fba};
    p->reduction = bx_reduction_new(bx_lp_problem_of(fba->lp), plain, err);
    if (!p->reduction)
        return -1;
    p->flux = calloc(p->reduction->whole + 1, sizeof *p->flux);
    return copy_reduced(p) && p->flux ? 0 : bx_fail_memory(err);
}

void bx_extension_close(bx_extension *p)
{
    bx_reduction_free(p->reduction);
    free(p->lower);
    free(p->upper);
    free(p->cost);
    free(p->whole);
    free(p->row_lower);
    free(p->row_upper);
    free(p->entries);
    free(p->x);
    free(p->flux);
}

/* ---- solving ---- */

static int compare_entries(const void *a, const void *b)
{
    const bx_extension_entry *one = a, *other = b;
    if (one->column != other->column)
        return one->column < other->column ? -1 : 1;
    return (one->row > other->row) - (one->row < other->row);
}

/* Entries of one place are added up. */
static void fill_problem(bx_extension *p, bx_lp_problem *problem)
{
    size_t at = 0;
    if (p->entry_count > 0)
        qsort(p->entries, p->entry_count, sizeof *p->entries, compare_entries);
    for (size_t j = 0; j < p->columns; j++) {
        while (at < p->entry_count && p->entries[at].column == j) {
            uint32_t row = p->entries[at].row;
            double sum = 0;
            for (; at < p->entry_count && p->entries[at].column == j && p->entries[at].row == row;
                 at++)
                sum += p->entries[at].value;
            if (sum != 0)
                bx_lp_problem_add(problem, row, sum);
        }
        bx_lp_problem_end_column(problem, p->lower[j], p->upper[j], p->cost[j]);
    }
    for (size_t i = 0; i < p->rows; i++) {
        problem->row_lower[i] = p->row_lower[i];
        problem->row_upper[i] = p->row_upper[i];
    }
}

bx_lp *bx_extension_lp(bx_extension *p, bx_error *err)
{
    double bytes = bx_lp_bytes((double)p->rows, (double)p->columns, (double)p->entry_count);
    if (p->failed || bytes > (double)bx_fba_byte_limit(p->fba)) {
        bx_fail_memory(err);
        return NULL;
    }
    bx_lp *lp = NULL;
    bx_lp_problem problem;
    if (bx_lp_problem_init(&problem, p->rows, p->columns, p->entry_count, err) == 0) {
        problem.interrupt = p->fba->watch.interrupt;
        fill_problem(p, &problem);
        lp = bx_lp_new(&problem, err);
    }
    bx_lp_problem_free(&problem);
    return lp;
}

int bx_extension_check(bx_extension *p, const double *x, bx_error *err)
{
    bx_lp *whole = p->fba->lp;
    const bx_lp_problem *bounds = bx_lp_problem_of(whole);
    bx_reduction_expand(p->reduction, x, p->flux);
    for (size_t j = 0; j < p->reduction->whole; j++)
        if (fabs(p->flux[j]) <= BX_LP_ABSOLUTE)
            p->flux[j] = fmin(fmax(p->flux[j], bounds->lower[j]), bounds->upper[j]);
    if (bx_lp_is_feasible(whole, p->flux))
        return 0;
    return bx_fail(err, BX_ESIMULATION,
                   "the fluxes that were found do not obey the model: its numbers differ too much "
                   "in size; look for extreme coefficients and bounds");
}

static int keep_solution(bx_extension *p, const bx_lp *lp, bx_error *err)
{
    free(p->x);
    p->x = malloc((p->columns + 1) * sizeof *p->x);
    if (!p->x)
        return bx_fail_memory(err);
    memcpy(p->x, bx_lp_solution(lp), p->columns * sizeof *p->x);
    return bx_extension_check(p, p->x, err);
}

static int solve_lp(bx_extension *p, bx_lp *lp, bool whole, bx_lp_status *status, double *value,
                    bx_error *err)
{
    if ((whole ? bx_lp_solve_whole(lp, p->whole, status, err) : bx_lp_solve(lp, status, err)) < 0)
        return -1;
    if (*status != BX_LP_OPTIMAL)
        return 0;
    *value = bx_lp_objective(lp) + p->settled;
    return keep_solution(p, lp, err);
}

int bx_extension_fail_switches(bx_error *err)
{
    return bx_fail(err, BX_ESIMULATION,
                   "branch and bound finds no answer, although there is one: the model's numbers "
                   "differ too much in size; look for extreme coefficients and bounds");
}

int bx_extension_solve(bx_extension *p, bx_lp_status *status, double *value, bx_error *err)
{
    bool whole = false;
    for (size_t j = 0; j < p->columns && !p->failed; j++)
        whole = whole || p->whole[j];
    *status = BX_LP_OPTIMAL;
    bx_lp *lp = bx_extension_lp(p, err);
    int result = lp ? solve_lp(p, lp, whole, status, value, err) : -1;
    bx_lp_free(lp);
    return result;
}

int bx_extension_run(bx_fba *fba, bx_extension_use *use, void *data, bx_error *err)
{
    bx_error error;
    int result = -1;
    for (int plain = 0; plain <= 1; plain++) {
        bx_extension program;
        result = bx_extension_open(&program, fba, plain, &error);
        if (result == 0)
            result = use(&program, data, &error);
        bx_extension_close(&program);
        if (result == 0 || error.code != BX_ESIMULATION)
            break;
    }
    if (result < 0)
        bx_fba_name_extremes(fba, &error);
    if (result < 0 && err)
        *err = error;
    return result;
}
