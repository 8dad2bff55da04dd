#include "engine/deterministic/factors.h"

#include <klu.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* KLU's number for the ordering with the least fill: of 500 published models none was slower with
 * it than with the other that it has. */
#define ORDERING_AMD 0

/* New pivots are chosen where another row's entry, as a part of what its row had at the last
 * choice, is so much larger than the pivot. */
#define GROWTH 1e6

/* Columns of a triangular matrix, without its diagonal. */
typedef struct triangle {
    int *start, *rows;
    double *values;
} triangle;

/* A part of a solution: an unknown times a factor, then what it takes from others. */
typedef struct pass {
    int unknown, factor, begin, end;
} pass;

/* An entry of the matrix, by its place in the pattern, and where it goes. */
typedef struct entry {
    uint32_t from, to;
} entry;

/* Rows and columns are counted in the order of pivots. */
struct bx_factors {
    const bx_csr *pattern;
    int n, blocks;
    bool fresh; /* pivots are to be chosen */
    klu_common common;
    klu_symbolic *symbolic;
    int *row, *column, *block; /* -> those of the matrix; where blocks begin */
    triangle lower, upper; /* in upper, behind the entries of a column's block, those above it */
    int *end;              /* of the entries of its block in upper, by column */
    double *inverse;       /* of pivots, then 1 */
    pass *passes;          /* of a solution: entries of lower, behind them of upper */
    size_t pass_count;
    entry *within, *above; /* entries in blocks, to their row; above them, to upper's values */
    int *within_start, *above_start; /* by column */
    double *scale;                   /* of each row: 1 over its largest entry at the last choice */
    double *work;                    /* a column, 0 between uses */
};

/* ---- set-up ---- */

bx_factors *bx_factors_new(const bx_csr *pattern)
{
    bx_factors *f = calloc(1, sizeof *f);
    size_t n = pattern->rows, entries = pattern->start[n];
    if (!f)
        return NULL;
    f->pattern = pattern;
    f->n = (int)n;
    f->fresh = true;
    f->row = malloc((n + 1) * sizeof *f->row);
    f->column = malloc((n + 1) * sizeof *f->column);
    f->block = malloc((n + 1) * sizeof *f->block);
    f->end = malloc((n + 1) * sizeof *f->end);
    f->inverse = malloc((n + 1) * sizeof *f->inverse);
    f->scale = malloc((n + 1) * sizeof *f->scale);
    f->work = calloc(n + 1, sizeof *f->work);
    f->within = malloc((entries + 1) * sizeof *f->within);
    f->above = malloc((entries + 1) * sizeof *f->above);
    f->within_start = malloc((n + 1) * sizeof *f->within_start);
    f->above_start = malloc((n + 1) * sizeof *f->above_start);
    klu_defaults(&f->common);
    f->common.ordering = ORDERING_AMD;
    f->passes = malloc((2 * n + 1) * sizeof *f->passes);
    f->upper.start = malloc((n + 1) * sizeof *f->upper.start);
    if (f->passes && f->upper.start && f->row && f->column && f->block && f->end && f->inverse &&
        f->scale && f->work && f->within && f->above && f->within_start && f->above_start)
        f->symbolic = klu_analyze(f->n, (int *)pattern->start, (int *)pattern->items, &f->common);
    if (f->symbolic)
        return f;
    bx_factors_free(f);
    return NULL;
}

static void free_triangle(triangle *t)
{
    free(t->start);
    free(t->rows);
    free(t->values);
    *t = (triangle){NULL, NULL, NULL};
}

void bx_factors_free(bx_factors *f)
{
    if (!f)
        return;
    klu_free_symbolic(&f->symbolic, &f->common);
    free(f->row);
    free(f->column);
    free(f->block);
    free(f->end);
    free(f->inverse);
    free(f->scale);
    free(f->work);
    free(f->within);
    free(f->above);
    free(f->within_start);
    free(f->above_start);
    free(f->passes);
    free_triangle(&f->lower);
    free(f->upper.start);
    free(f);
}

void bx_factors_forget(bx_factors *f)
{
    f->fresh = true;
}

/* ---- the choice of pivots ---- */

static int allocate(triangle *t, int n, int entries)
{
    free_triangle(t);
    t->start = malloc(((size_t)n + 1) * sizeof *t->start);
    t->rows = malloc(((size_t)entries + 1) * sizeof *t->rows);
    t->values = malloc(((size_t)entries + 1) * sizeof *t->values);
    return t->start && t->rows && t->values ? 0 : -1;
}

/* Entries of the matrix to where they go, by column; `place` leads from its rows to pivots. Those
 * of upper stand apart from its diagonal, which KLU puts last, and make room for what is above. */
static void distribute(bx_factors *f, const triangle *upper, const int *place)
{
    int within = 0, above = 0, to = 0, block = 0;
    for (int k = 0; k < f->n; k++) {
        uint32_t column = (uint32_t)f->column[k];
        f->upper.start[k] = to;
        for (int p = upper->start[k]; p < upper->start[k + 1] - 1; p++)
            f->upper.rows[to++] = upper->rows[p];
        f->end[k] = to;
        f->within_start[k] = within;
        f->above_start[k] = above;
        if (k == f->block[block + 1])
            block++;
        for (uint32_t p = f->pattern->start[column]; p < f->pattern->start[column + 1]; p++) {
            int row = place[f->pattern->items[p]];
            if (row >= f->block[block]) {
                f->within[within++] = (entry){p, (uint32_t)row};
                continue;
            }
            f->above[above++] = (entry){p, (uint32_t)to};
            f->upper.rows[to++] = row;
        }
    }
    f->within_start[f->n] = within;
    f->above_start[f->n] = above;
    f->upper.start[f->n] = to;
}

/* From the last block to the first. A column that has nothing below its diagonal takes nothing. */
static void list_passes(bx_factors *f)
{
    const int *lower = f->lower.start, *upper = f->upper.start;
    int shift = lower[f->n];
    size_t count = 0;
    for (int block = f->blocks; block-- > 0;) {
        int begin = f->block[block], end = f->block[block + 1];
        for (int k = begin; k < end; k++)
            if (lower[k] < lower[k + 1])
                f->passes[count++] = (pass){k, f->n, lower[k], lower[k + 1]};
        for (int k = end; k-- > begin;)
            f->passes[count++] = (pass){k, k, shift + upper[k], shift + upper[k + 1]};
    }
    f->pass_count = count;
    f->inverse[f->n] = 1;
}

/* Take KLU's pattern over, but for the diagonal of lower, which is 1 and comes first. The entries
 * of upper stand behind those of lower. */
static int adopt(bx_factors *f, klu_numeric *numeric)
{
    triangle upper = {NULL, NULL, NULL};
    int n = f->n, to = 0, result = -1;
    int *place = malloc(((size_t)n + 1) * sizeof *place);
    if (place && allocate(&f->lower, n, numeric->lnz + numeric->unz + numeric->nzoff) == 0 &&
        allocate(&upper, n, numeric->unz) == 0 && klu_sort(f->symbolic, numeric, &f->common) &&
        klu_extract(numeric, f->symbolic, f->lower.start, f->lower.rows, f->lower.values,
                    upper.start, upper.rows, upper.values, NULL, NULL, NULL, f->row, f->column,
                    NULL, f->block, &f->common)) {
        for (int k = 0; k < n; k++) {
            int begin = f->lower.start[k] + 1;
            f->lower.start[k] = to;
            for (int p = begin; p < f->lower.start[k + 1]; p++)
                f->lower.rows[to++] = f->lower.rows[p];
            place[f->row[k]] = k;
        }
        f->lower.start[n] = to;
        f->upper.rows = f->lower.rows + to;
        f->upper.values = f->lower.values + to;
        f->blocks = f->symbolic->nblocks;
        distribute(f, &upper, place);
        list_passes(f);
        result = 0;
    }
    free_triangle(&upper);
    free(place);
    return result;
}

static int choose_pivots(bx_factors *f, const double *values)
{
    const bx_csr *pattern = f->pattern;
    klu_numeric *numeric = klu_factor((int *)pattern->start, (int *)pattern->items,
                                      (double *)values, f->symbolic, &f->common);
    if (!numeric)
        return f->common.status == KLU_SINGULAR ? 1 : -1;
    int result = adopt(f, numeric);
    klu_free_numeric(&numeric, &f->common);
    if (result < 0)
        return -1;
    memset(f->work, 0, (size_t)f->n * sizeof *f->work);
    for (size_t i = 0; i < pattern->start[f->n]; i++)
        f->work[pattern->items[i]] = fmax(f->work[pattern->items[i]], fabs(values[i]));
    for (int k = 0; k < f->n; k++)
        f->scale[k] = 1 / f->work[f->row[k]];
    memset(f->work, 0, (size_t)f->n * sizeof *f->work);
    return 0;
}

/* ---- factors ---- */

/* The column k, from those before it. Whether its pivot will do. */
static bool compute_column(bx_factors *f, const double *values, int k)
{
    const triangle *lower = &f->lower;
    double *work = f->work, *upper = f->upper.values;
    for (int i = f->within_start[k]; i < f->within_start[k + 1]; i++)
        work[f->within[i].to] = values[f->within[i].from];
    for (int i = f->above_start[k]; i < f->above_start[k + 1]; i++)
        upper[f->above[i].to] = values[f->above[i].from];
    for (int p = f->upper.start[k]; p < f->end[k]; p++) {
        int j = f->upper.rows[p];
        double factor = upper[p] = work[j];
        work[j] = 0;
        for (int i = lower->start[j]; i < lower->start[j + 1]; i++)
            work[lower->rows[i]] -= lower->values[i] * factor;
    }
    double inverse = f->inverse[k] = 1 / work[k], limit = GROWTH * f->scale[k];
    bool fine = isfinite(inverse);
    work[k] = 0;
    for (int i = lower->start[k]; i < lower->start[k + 1]; i++) {
        int row = lower->rows[i];
        double value = lower->values[i] = work[row] * inverse;
        fine = fine && fabs(value) * f->scale[row] <= limit; /* false for NaN */
        work[row] = 0;
    }
    return fine;
}

static bool compute(bx_factors *f, const double *values)
{
    for (int k = 0; k < f->n; k++)
        if (!compute_column(f, values, k))
            return false;
    return true;
}

int bx_factors_compute(bx_factors *f, const double *values)
{
    if (!f->fresh && compute(f, values))
        return 0;
    int result = choose_pivots(f, values);
    if (result == 0 && !compute(f, values))
        result = 1;
    f->fresh = result != 0;
    return result;
}

void bx_factors_solve(const bx_factors *f, const double *b, double *x)
{
    const int *rows = f->lower.rows;
    const double *values = f->lower.values, *inverse = f->inverse;
    double *work = f->work;
    for (int k = 0; k < f->n; k++)
        work[k] = b[f->row[k]];
    for (const pass *p = f->passes, *end = p + f->pass_count; p != end; p++) {
        double value = work[p->unknown] *= inverse[p->factor];
        for (int i = p->begin; i < p->end; i++)
            work[rows[i]] -= values[i] * value;
    }
    for (int k = 0; k < f->n; k++) {
        x[f->column[k]] = work[k];
        work[k] = 0;
    }
}
