#include "flux/reduction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Relative to their terms: sums below CANCELLED are 0, and bounds that cross by less than CROSSED
 * are one number. */
#define CANCELLED 1e-12
#define CROSSED 1e-9

/* Columns that differ more in size than this stay apart, so that rounding is not made large. */
#define LARGEST_FACTOR 1e6

typedef struct entry {
    uint32_t row;
    double value;
} entry;

typedef struct column {
    entry *entries;
    uint32_t count, capacity;
    double lower, upper;
    uint32_t into; /* what stands for it; itself while it is there */
    double factor; /* times that one; of a fixed one its value */
} column;

typedef struct row {
    uint32_t *columns; /* that have had an entry; some no longer do */
    uint32_t count, capacity;
    uint32_t alive; /* those that still have */
    double lower, upper;
    double size; /* of what was taken from these: its rounding is no demand */
    bool gone, queued;
} row;

typedef struct work {
    const bx_lp_problem *whole;
    column *columns;
    row *rows;
    uint32_t *queue; /* of rows to look at again, each once: a ring */
    size_t first, queued;
    bool failed; /* without memory */
    bool infeasible;
} work;

/* ---- entries ---- */

static void *grow(work *w, void *items, uint32_t count, uint32_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    uint32_t larger = *capacity ? 2 * *capacity : 4;
    void *moved = realloc(items, larger * size);
    if (!moved) {
        w->failed = true;
        return items;
    }
    *capacity = larger;
    return moved;
}

static void add_entry(work *w, uint32_t j, uint32_t i, double value)
{
    column *c = &w->columns[j];
    row *r = &w->rows[i];
    c->entries = grow(w, c->entries, c->count, &c->capacity, sizeof *c->entries);
    r->columns = grow(w, r->columns, r->count, &r->capacity, sizeof *r->columns);
    if (w->failed)
        return;
    c->entries[c->count++] = (entry){i, value};
    r->columns[r->count++] = j;
    r->alive++;
}

static entry *find_entry(const column *c, uint32_t i)
{
    for (uint32_t k = 0; k < c->count; k++)
        if (c->entries[k].row == i)
            return &c->entries[k];
    return NULL;
}

static void remove_entry(work *w, column *c, entry *e)
{
    w->rows[e->row].alive--;
    *e = c->entries[--c->count];
}

/* Drop from a row's list what has no entry there any more. */
static void clean(work *w, uint32_t i)
{
    row *r = &w->rows[i];
    uint32_t kept = 0;
    for (uint32_t k = 0; k < r->count; k++) {
        uint32_t j = r->columns[k];
        bool twice = false;
        for (uint32_t other = 0; other < kept && !twice; other++)
            twice = r->columns[other] == j;
        if (!twice && find_entry(&w->columns[j], i))
            r->columns[kept++] = j;
    }
    r->count = kept;
}

static void enqueue(work *w, uint32_t i)
{
    row *r = &w->rows[i];
    if (r->queued || r->gone || r->lower != r->upper)
        return;
    r->queued = true;
    w->queue[(w->first + w->queued++) % w->whole->rows] = i;
}

static void enqueue_rows(work *w, const column *c)
{
    for (uint32_t k = 0; k < c->count; k++)
        enqueue(w, c->entries[k].row);
}

/* ---- what settles a column ---- */

static void fix(work *w, uint32_t j, double value)
{
    column *c = &w->columns[j];
    double slack = CROSSED * (1 + fabs(value));
    if (value < c->lower - slack || value > c->upper + slack) {
        w->infeasible = true;
        return;
    }
    value = fmin(fmax(value, c->lower), c->upper);
    for (uint32_t k = 0; k < c->count; k++) {
        row *r = &w->rows[c->entries[k].row];
        double term = c->entries[k].value * value;
        r->lower -= term;
        r->upper -= term;
        r->size += fabs(term);
        r->alive--;
    }
    enqueue_rows(w, c);
    c->count = 0;
    c->into = BX_REDUCTION_FIXED;
    c->factor = value;
}

static void fix_if_settled(work *w, uint32_t j)
{
    column *c = &w->columns[j];
    if (c->lower > c->upper + CROSSED * (1 + fabs(c->lower)))
        w->infeasible = true;
    else if (c->lower >= c->upper)
        fix(w, j, c->lower = c->upper = (c->lower + c->upper) / 2);
}

/* `gone` is always `factor` times `kept`: put it into that one. */
static void merge(work *w, uint32_t gone, uint32_t kept, double factor)
{
    column *x = &w->columns[gone], *y = &w->columns[kept];
    double one = x->lower / factor, other = x->upper / factor;
    y->lower = fmax(y->lower, fmin(one, other));
    y->upper = fmin(y->upper, fmax(one, other));
    for (uint32_t k = 0; k < x->count && !w->failed; k++) {
        uint32_t i = x->entries[k].row;
        double value = x->entries[k].value * factor;
        entry *there = find_entry(y, i);
        w->rows[i].alive--;
        if (!there) {
            add_entry(w, kept, i, value);
        } else if (fabs(there->value + value) <= CANCELLED * (fabs(there->value) + fabs(value))) {
            remove_entry(w, y, there);
            enqueue(w, i);
        } else {
            there->value += value;
        }
    }
    x->count = 0;
    x->into = kept;
    x->factor = factor;
    enqueue_rows(w, y);
    fix_if_settled(w, kept);
}

/* Two columns in a row that sums to 0: the smaller one goes. */
static void merge_pair(work *w, uint32_t i)
{
    clean(w, i);
    uint32_t x = w->rows[i].columns[0], y = w->rows[i].columns[1];
    double a = find_entry(&w->columns[x], i)->value, b = find_entry(&w->columns[y], i)->value;
    if (fabs(a) > LARGEST_FACTOR * fabs(b) || fabs(b) > LARGEST_FACTOR * fabs(a))
        return;
    w->rows[i].gone = true;
    if (fabs(a) >= fabs(b))
        merge(w, x, y, -b / a);
    else
        merge(w, y, x, -a / b);
}

static bool is_nearly(double value, double target, double size)
{
    return fabs(value - target) <= CROSSED * size;
}

/* A sum that is only reached where each column is at one of its bounds puts it there. */
static void force(work *w, uint32_t i)
{
    row *r = &w->rows[i];
    double least = 0, greatest = 0, size = fabs(r->lower) + r->size;
    clean(w, i);
    for (uint32_t k = 0; k < r->count; k++) {
        const column *c = &w->columns[r->columns[k]];
        double a = find_entry(c, i)->value;
        double low = a * (a > 0 ? c->lower : c->upper), high = a * (a > 0 ? c->upper : c->lower);
        least += low;
        greatest += high;
        size += fmin(fabs(low), fabs(high));
    }
    bool at_least = isfinite(least) && is_nearly(least, r->lower, size);
    bool at_most = isfinite(greatest) && is_nearly(greatest, r->lower, size);
    if (!at_least && !at_most) {
        w->infeasible = w->infeasible || least > r->lower || greatest < r->lower;
        return;
    }
    r->gone = true;
    for (uint32_t k = 0; k < r->count; k++) {
        const column *c = &w->columns[r->columns[k]];
        bool up = (find_entry(c, i)->value > 0) == at_most;
        fix(w, r->columns[k], at_least && at_most ? c->lower : up ? c->upper : c->lower);
    }
}

static void look_at(work *w, uint32_t i)
{
    row *r = &w->rows[i];
    if (r->alive == 0) {
        r->gone = true;
    } else if (r->alive == 1) {
        clean(w, i);
        r->gone = true;
        fix(w, r->columns[0], r->lower / find_entry(&w->columns[r->columns[0]], i)->value);
    } else {
        force(w, i);
        if (!r->gone && r->alive == 2 && r->lower == 0)
            merge_pair(w, i);
    }
}

/* ---- the whole and what is left ---- */

static bool load(work *w)
{
    const bx_lp_problem *whole = w->whole;
    w->columns = calloc(whole->columns + 1, sizeof *w->columns);
    w->rows = calloc(whole->rows + 1, sizeof *w->rows);
    w->queue = calloc(whole->rows + 1, sizeof *w->queue);
    if (!w->columns || !w->rows || !w->queue)
        return false;
    for (size_t i = 0; i < whole->rows; i++) {
        w->rows[i].lower = whole->row_lower[i];
        w->rows[i].upper = whole->row_upper[i];
    }
    for (size_t j = 0; j < whole->columns && !w->failed; j++) {
        column *c = &w->columns[j];
        *c = (column){.lower = whole->lower[j], .upper = whole->upper[j], .into = (uint32_t)j};
        for (int k = whole->start[j]; k < whole->start[j + 1] && !w->failed; k++)
            if (whole->value[k] != 0)
                add_entry(w, (uint32_t)j, (uint32_t)whole->index[k], whole->value[k]);
    }
    return !w->failed;
}

static void reduce(work *w)
{
    for (size_t j = 0; j < w->whole->columns && !w->infeasible; j++)
        fix_if_settled(w, (uint32_t)j);
    for (size_t i = 0; i < w->whole->rows; i++)
        enqueue(w, (uint32_t)i);
    while (w->queued > 0 && !w->failed && !w->infeasible) {
        uint32_t i = w->queue[w->first];
        w->first = (w->first + 1) % w->whole->rows;
        w->queued--;
        w->rows[i].queued = false;
        if (!w->rows[i].gone)
            look_at(w, i);
    }
}

static void number_rows(const work *w, bx_lp_problem *left, uint32_t *number, double *lower,
                        double *upper)
{
    for (size_t i = 0; i < w->whole->rows; i++) {
        if (w->rows[i].gone)
            continue;
        lower[left->rows] = w->rows[i].lower;
        upper[left->rows] = w->rows[i].upper;
        number[i] = (uint32_t)left->rows++;
    }
}

static int compare_entries(const void *a, const void *b)
{
    uint32_t one = ((const entry *)a)->row, other = ((const entry *)b)->row;
    return (one > other) - (one < other);
}

static int fill(const work *w, bx_reduction *reduction)
{
    const bx_lp_problem *whole = w->whole;
    bx_lp_problem *left = &reduction->problem;
    size_t elements = 0;
    for (size_t j = 0; j < whole->columns; j++)
        elements += w->columns[j].count;
    uint32_t *number = calloc(whole->rows + 1, sizeof *number);
    int *start = calloc(whole->columns + 1, sizeof *start);
    int *index = calloc(elements + 1, sizeof *index);
    double *value = calloc(elements + 1, sizeof *value);
    double *lower = calloc(whole->columns + 1, sizeof *lower);
    double *upper = calloc(whole->columns + 1, sizeof *upper);
    double *cost = calloc(whole->columns + 1, sizeof *cost);
    double *row_lower = calloc(whole->rows + 1, sizeof *row_lower);
    double *row_upper = calloc(whole->rows + 1, sizeof *row_upper);
    *left = (bx_lp_problem){0,     0,    start,     index,     value,           lower,
                            upper, cost, row_lower, row_upper, whole->interrupt};
    reduction->column = calloc(whole->columns + 1, sizeof *reduction->column);
    reduction->factor = calloc(whole->columns + 1, sizeof *reduction->factor);
    if (!number || !start || !index || !value || !lower || !upper || !cost || !row_lower ||
        !row_upper || !reduction->column || !reduction->factor) {
        free(number);
        return -1;
    }
    number_rows(w, left, number, row_lower, row_upper);
    elements = 0;
    for (size_t j = 0; j < whole->columns; j++) {
        const column *c = &w->columns[j];
        if (c->into != j)
            continue;
        qsort(c->entries, c->count, sizeof *c->entries, compare_entries);
        for (uint32_t k = 0; k < c->count; k++) {
            index[elements] = (int)number[c->entries[k].row];
            value[elements++] = c->entries[k].value;
        }
        lower[left->columns] = c->lower;
        upper[left->columns] = c->upper;
        reduction->column[j] = (uint32_t)left->columns;
        start[++left->columns] = (int)elements;
    }
    free(number);
    return 0;
}

/* What stands for a column may itself have been put into another. */
static void link_columns(const work *w, bx_reduction *reduction)
{
    double *cost = (double *)reduction->problem.cost;
    for (size_t j = 0; j < reduction->whole; j++) {
        double factor = 1;
        size_t at = j;
        while (at != BX_REDUCTION_FIXED && w->columns[at].into != at) {
            factor *= w->columns[at].factor;
            at = w->columns[at].into;
        }
        bool fixed = at == BX_REDUCTION_FIXED;
        reduction->column[j] = fixed ? BX_REDUCTION_FIXED : reduction->column[at];
        reduction->factor[j] = factor;
        *(fixed ? &reduction->settled : &cost[reduction->column[j]]) += factor * w->whole->cost[j];
    }
}

static void free_work(work *w)
{
    for (size_t j = 0; w->columns && j < w->whole->columns; j++)
        free(w->columns[j].entries);
    for (size_t i = 0; w->rows && i < w->whole->rows; i++)
        free(w->rows[i].columns);
    free(w->columns);
    free(w->rows);
    free(w->queue);
}

bx_reduction *bx_reduction_new(const bx_lp_problem *whole, bool plain, bx_error *err)
{
    work w = {.whole = whole};
    bx_reduction *reduction = calloc(1, sizeof *reduction);
    bool loaded = reduction && load(&w);
    if (loaded && !plain)
        reduce(&w);
    if (loaded && w.infeasible) {
        bx_fail(err, BX_ESIMULATION, "the linear program has no solution");
    } else if (loaded && !w.failed) {
        reduction->whole = whole->columns;
        if (fill(&w, reduction) == 0) {
            link_columns(&w, reduction);
            free_work(&w);
            return reduction;
        }
        bx_fail_memory(err);
    } else {
        bx_fail_memory(err);
    }
    free_work(&w);
    bx_reduction_free(reduction);
    return NULL;
}

void bx_reduction_free(bx_reduction *reduction)
{
    if (!reduction)
        return;
    const bx_lp_problem *left = &reduction->problem;
    free((void *)left->start);
    free((void *)left->index);
    free((void *)left->value);
    free((void *)left->lower);
    free((void *)left->upper);
    free((void *)left->cost);
    free((void *)left->row_lower);
    free((void *)left->row_upper);
    free(reduction->column);
    free(reduction->factor);
    free(reduction);
}

void bx_reduction_expand(const bx_reduction *reduction, const double *x, double *whole)
{
    for (size_t j = 0; j < reduction->whole; j++) {
        uint32_t at = reduction->column[j];
        whole[j] = reduction->factor[j] * (at == BX_REDUCTION_FIXED ? 1 : x[at]);
    }
}
