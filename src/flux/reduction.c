#include "flux/reduction.h"

#include "flux/reducing.h"

#include <math.h>
#include <stdlib.h>

/* Relative to their terms: sums below CANCELLED are 0, and bounds that cross by less than CROSSED
 * are one number. */
#define CANCELLED 1e-12
#define CROSSED 1e-9

/* Columns that differ more in size than this stay apart, so that rounding is not made large. */
#define LARGEST_FACTOR 1e6

typedef bx_reducing work;
typedef bx_reducing_column column;
typedef bx_reducing_row row;
typedef bx_reducing_entry entry;

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

entry *bx_reducing_find(const column *c, uint32_t i)
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
        if (!twice && w->columns[j].into == j && bx_reducing_find(&w->columns[j], i))
            r->columns[kept++] = j;
    }
    r->count = kept;
}

static void enqueue(work *w, uint32_t i)
{
    row *r = &w->rows[i];
    if (r->queued || r->kind != BX_ROW_LEFT || r->lower != r->upper)
        return;
    r->queued = true;
    size_t end = w->first + w->queued++;
    w->queue[end < w->whole_rows ? end : end - w->whole_rows] = i;
}

static void enqueue_rows(work *w, const column *c)
{
    for (uint32_t k = 0; k < c->count; k++)
        enqueue(w, c->entries[k].row);
}

static void note(work *w, bool is_row, uint32_t index)
{
    w->steps[w->step_count++] = (bx_reducing_step){is_row, index};
}

static void remove_row(work *w, uint32_t i, bx_reducing_kind kind)
{
    w->rows[i].kind = kind;
    note(w, true, i);
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
    c->into = BX_REDUCTION_FIXED;
    c->factor = value;
}

static void fix_if_settled(work *w, uint32_t j)
{
    column *c = &w->columns[j];
    if (c->lower > c->upper + CROSSED * (1 + fabs(c->lower)))
        w->infeasible = true;
    if (w->infeasible || c->lower < c->upper)
        return;
    note(w, false, j);
    fix(w, j, c->lower = c->upper = (c->lower + c->upper) / 2);
}

/* In row i, whose sum is 0, `gone` is always `factor` times `kept`: put it into that one. */
static void merge(work *w, uint32_t i, uint32_t gone, uint32_t kept, double factor)
{
    column *x = &w->columns[gone], *y = &w->columns[kept];
    row *pair = &w->rows[i];
    double one = x->lower / factor, other = x->upper / factor;
    pair->gone = gone;
    pair->kept = kept;
    pair->kept_lower = y->lower;
    pair->kept_upper = y->upper;
    remove_row(w, i, BX_ROW_PAIR);
    remove_entry(w, y, bx_reducing_find(y, i));
    y->lower = fmax(y->lower, fmin(one, other));
    y->upper = fmin(y->upper, fmax(one, other));
    y->cost += factor * x->cost;
    for (uint32_t k = 0; k < x->count && !w->failed; k++) {
        uint32_t at = x->entries[k].row;
        double value = x->entries[k].value * factor;
        entry *there = bx_reducing_find(y, at);
        w->rows[at].alive--;
        if (at == i)
            continue;
        if (!there) {
            add_entry(w, kept, at, value);
        } else if (fabs(there->value + value) <= CANCELLED * (fabs(there->value) + fabs(value))) {
            remove_entry(w, y, there);
            enqueue(w, at);
        } else {
            there->value += value;
        }
    }
    x->into = kept;
    x->factor = factor;
    enqueue_rows(w, y);
    fix_if_settled(w, kept);
}

/* Of two columns the smaller one goes. */
static void merge_pair(work *w, uint32_t i)
{
    clean(w, i);
    uint32_t x = w->rows[i].columns[0], y = w->rows[i].columns[1];
    double a = bx_reducing_find(&w->columns[x], i)->value;
    double b = bx_reducing_find(&w->columns[y], i)->value;
    if (fabs(a) > LARGEST_FACTOR * fabs(b) || fabs(b) > LARGEST_FACTOR * fabs(a))
        return;
    if (fabs(a) >= fabs(b))
        merge(w, i, x, y, -b / a);
    else
        merge(w, i, y, x, -a / b);
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
        double a = bx_reducing_find(c, i)->value;
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
    remove_row(w, i, BX_ROW_FORCED);
    r->at_most = at_most;
    for (uint32_t k = 0; k < r->count; k++) {
        const column *c = &w->columns[r->columns[k]];
        bool up = (bx_reducing_find(c, i)->value > 0) == at_most;
        fix(w, r->columns[k], at_least && at_most ? c->lower : up ? c->upper : c->lower);
    }
}

static void look_at(work *w, uint32_t i)
{
    row *r = &w->rows[i];
    if (r->alive == 0) {
        remove_row(w, i, BX_ROW_EMPTY);
    } else if (r->alive == 1) {
        clean(w, i);
        remove_row(w, i, BX_ROW_ONE);
        fix(w, r->columns[0], r->lower / bx_reducing_find(&w->columns[r->columns[0]], i)->value);
    } else {
        force(w, i);
        if (r->kind == BX_ROW_LEFT && r->alive == 2 && r->lower == 0)
            merge_pair(w, i);
    }
}

/* ---- the whole and what is left ---- */

static bool load(work *w, const bx_lp_problem *whole)
{
    w->whole_rows = whole->rows;
    w->whole_columns = whole->columns;
    w->columns = calloc(whole->columns + 1, sizeof *w->columns);
    w->rows = calloc(whole->rows + 1, sizeof *w->rows);
    w->queue = calloc(whole->rows + 1, sizeof *w->queue);
    w->steps = calloc(whole->rows + whole->columns + 1, sizeof *w->steps);
    if (!w->columns || !w->rows || !w->queue || !w->steps)
        return false;
    for (size_t i = 0; i < whole->rows; i++) {
        w->rows[i].lower = whole->row_lower[i];
        w->rows[i].upper = whole->row_upper[i];
    }
    for (size_t j = 0; j < whole->columns && !w->failed; j++) {
        column *c = &w->columns[j];
        *c = (column){.lower = whole->lower[j],
                      .upper = whole->upper[j],
                      .cost = whole->cost[j],
                      .into = (uint32_t)j};
        for (int k = whole->start[j]; k < whole->start[j + 1] && !w->failed; k++)
            if (whole->value[k] != 0)
                add_entry(w, (uint32_t)j, (uint32_t)whole->index[k], whole->value[k]);
    }
    return !w->failed;
}

static void reduce(work *w)
{
    for (size_t j = 0; j < w->whole_columns && !w->infeasible; j++)
        fix_if_settled(w, (uint32_t)j);
    for (size_t i = 0; i < w->whole_rows; i++)
        enqueue(w, (uint32_t)i);
    while (w->queued > 0 && !w->failed && !w->infeasible) {
        uint32_t i = w->queue[w->first];
        w->first = w->first + 1 < w->whole_rows ? w->first + 1 : 0;
        w->queued--;
        w->rows[i].queued = false;
        if (w->rows[i].kind == BX_ROW_LEFT)
            look_at(w, i);
    }
}

static int compare_entries(const void *a, const void *b)
{
    uint32_t one = ((const entry *)a)->row, other = ((const entry *)b)->row;
    return (one > other) - (one < other);
}

static int allocate(bx_reduction *reduction, size_t rows, size_t columns, size_t elements,
                    bx_error *err)
{
    reduction->whole = columns;
    reduction->column = calloc(columns + 1, sizeof *reduction->column);
    reduction->factor = calloc(columns + 1, sizeof *reduction->factor);
    reduction->row = calloc(rows + 1, sizeof *reduction->row);
    if (!reduction->column || !reduction->factor || !reduction->row)
        return bx_fail_memory(err);
    return bx_lp_problem_init(&reduction->problem, rows, columns, elements, err);
}

static void fill_rows(const work *w, bx_reduction *reduction)
{
    bx_lp_problem *left = &reduction->problem;
    left->rows = 0;
    for (size_t i = 0; i < w->whole_rows; i++) {
        if (w->rows[i].kind != BX_ROW_LEFT)
            continue;
        left->row_lower[left->rows] = w->rows[i].lower;
        left->row_upper[left->rows] = w->rows[i].upper;
        reduction->row[i] = (uint32_t)left->rows++;
    }
}

static void fill_columns(const work *w, bx_reduction *reduction)
{
    bx_lp_problem *left = &reduction->problem;
    for (size_t j = 0; j < w->whole_columns; j++) {
        const column *c = &w->columns[j];
        if (c->into != j)
            continue;
        if (c->count > 0)
            qsort(c->entries, c->count, sizeof *c->entries, compare_entries);
        for (uint32_t k = 0; k < c->count; k++)
            bx_lp_problem_add(left, reduction->row[c->entries[k].row], c->entries[k].value);
        reduction->column[j] = (uint32_t)left->columns;
        bx_lp_problem_end_column(left, c->lower, c->upper, c->cost);
    }
}

/* What stands for a column may itself have been put into another. */
static void link_columns(const work *w, bx_reduction *reduction)
{
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
        if (w->columns[j].into == BX_REDUCTION_FIXED)
            reduction->settled += factor * w->columns[j].cost;
    }
}

static void free_work(work *w)
{
    for (size_t j = 0; w && w->columns && j < w->whole_columns; j++)
        free(w->columns[j].entries);
    for (size_t i = 0; w && w->rows && i < w->whole_rows; i++)
        free(w->rows[i].columns);
    if (w) {
        free(w->columns);
        free(w->rows);
        free(w->steps);
        free(w->queue);
    }
    free(w);
}

static int make(bx_reduction *reduction, const bx_lp_problem *whole, bool plain, bx_error *err)
{
    work *w = reduction->history = calloc(1, sizeof *w);
    size_t elements = 0;
    if (!w || !load(w, whole))
        return bx_fail_memory(err);
    if (!plain)
        reduce(w);
    if (w->infeasible)
        return bx_fail(err, BX_ESIMULATION, "the linear program has no solution");
    for (size_t j = 0; j < whole->columns; j++)
        elements += w->columns[j].into == j ? w->columns[j].count : 0;
    if (w->failed)
        return bx_fail_memory(err);
    if (allocate(reduction, whole->rows, whole->columns, elements, err) < 0)
        return -1;
    reduction->problem.interrupt = whole->interrupt;
    fill_rows(w, reduction);
    fill_columns(w, reduction);
    link_columns(w, reduction);
    return 0;
}

bx_reduction *bx_reduction_new(const bx_lp_problem *whole, bool plain, bx_error *err)
{
    bx_reduction *reduction = calloc(1, sizeof *reduction);
    if (!reduction)
        bx_fail_memory(err);
    else if (make(reduction, whole, plain, err) == 0)
        return reduction;
    bx_reduction_free(reduction);
    return NULL;
}

void bx_reduction_free(bx_reduction *reduction)
{
    if (!reduction)
        return;
    bx_lp_problem_free(&reduction->problem);
    free(reduction->column);
    free(reduction->factor);
    free(reduction->row);
    free_work(reduction->history);
    free(reduction);
}

/* ---- the same with other costs and tighter bounds ---- */

static void follow_pair(work *w, row *pair)
{
    column *x = &w->columns[pair->gone], *y = &w->columns[pair->kept];
    double one = x->lower / x->factor, other = x->upper / x->factor;
    pair->kept_lower = y->lower;
    pair->kept_upper = y->upper;
    y->lower = fmax(y->lower, fmin(one, other));
    y->upper = fmin(y->upper, fmax(one, other));
    y->cost += x->factor * x->cost;
}

static bool keeps_value(const column *c)
{
    double slack = CROSSED * (1 + fabs(c->factor));
    return c->factor >= c->lower - slack && c->factor <= c->upper + slack;
}

/* Whether the columns that the row gave their values can keep them. */
static bool follow_row(work *w, row *r)
{
    bool kept = true;
    if (r->kind == BX_ROW_PAIR)
        follow_pair(w, r);
    for (uint32_t k = 0; k < r->count && (r->kind == BX_ROW_FORCED || r->kind == BX_ROW_ONE); k++)
        kept = kept && keeps_value(&w->columns[r->columns[k]]);
    return kept;
}

static bool take_columns(const work *w, bx_reduction *reduction)
{
    for (size_t j = 0; j < w->whole_columns; j++) {
        const column *c = &w->columns[j];
        uint32_t at = reduction->column[j];
        if (c->into != j)
            continue;
        if (c->lower > c->upper + CROSSED * (1 + fabs(c->lower)))
            return false;
        bool crossed = c->lower > c->upper;
        reduction->problem.lower[at] = crossed ? (c->lower + c->upper) / 2 : c->lower;
        reduction->problem.upper[at] = crossed ? reduction->problem.lower[at] : c->upper;
        reduction->problem.cost[at] = c->cost;
    }
    return true;
}

bool bx_reduction_follow(bx_reduction *reduction, const bx_lp_problem *whole)
{
    work *w = reduction->history;
    bool kept = true;
    for (size_t j = 0; j < w->whole_columns; j++) {
        w->columns[j].lower = whole->lower[j];
        w->columns[j].upper = whole->upper[j];
        w->columns[j].cost = whole->cost[j];
    }
    for (size_t k = 0; k < w->step_count && kept; k++) {
        uint32_t index = w->steps[k].index;
        kept =
            w->steps[k].is_row ? follow_row(w, &w->rows[index]) : keeps_value(&w->columns[index]);
    }
    return kept && take_columns(w, reduction);
}

void bx_reduction_expand(const bx_reduction *reduction, const double *x, double *whole)
{
    for (size_t j = 0; j < reduction->whole; j++) {
        uint32_t at = reduction->column[j];
        whole[j] = reduction->factor[j] * (at == BX_REDUCTION_FIXED ? 1 : x[at]);
    }
}
