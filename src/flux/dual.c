#include "flux/dual.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ROW_LIMIT 400
#define PIVOT_LIMIT 500
#define SMALLEST_PIVOT 1e-7
#define FEASIBLE 1e-9

enum { STATUS_MASK = 7, BASIC = 1, AT_UPPER = 2 };

/* What changes while it solves; the columns of slacks, always 0, follow those of the problem. */
typedef struct state {
    double *inverse; /* of the basis, by rows */
    double *reduced; /* cost of each column */
    size_t *basic;   /* row -> column */
    bool *is_basic, *at_upper;
} state;

struct bx_dual {
    bx_dual_problem problem;
    state first, now;
    double *values; /* of the basic columns */
    double *alpha;  /* the pivot row, by column */
    double *column; /* the pivot column, by row */
    double *right;  /* by row */
};

static bool allocate_state(state *s, size_t rows, size_t columns)
{
    s->inverse = calloc(rows * rows + 1, sizeof *s->inverse);
    s->reduced = calloc(columns + 1, sizeof *s->reduced);
    s->basic = calloc(rows + 1, sizeof *s->basic);
    s->is_basic = calloc(columns + rows + 1, sizeof *s->is_basic);
    s->at_upper = calloc(columns + rows + 1, sizeof *s->at_upper);
    return s->inverse && s->reduced && s->basic && s->is_basic && s->at_upper;
}

static void free_state(state *s)
{
    free(s->inverse);
    free(s->reduced);
    free(s->basic);
    free(s->is_basic);
    free(s->at_upper);
}

static void copy_state(state *to, const state *from, size_t rows, size_t columns)
{
    memcpy(to->inverse, from->inverse, rows * rows * sizeof *to->inverse);
    memcpy(to->reduced, from->reduced, columns * sizeof *to->reduced);
    memcpy(to->basic, from->basic, rows * sizeof *to->basic);
    memcpy(to->is_basic, from->is_basic, (columns + rows) * sizeof *to->is_basic);
    memcpy(to->at_upper, from->at_upper, (columns + rows) * sizeof *to->at_upper);
}

void bx_dual_free(bx_dual *dual)
{
    if (!dual)
        return;
    free_state(&dual->first);
    free_state(&dual->now);
    free(dual->values);
    free(dual->alpha);
    free(dual->column);
    free(dual->right);
    free(dual);
}

/* row . A_j */
static double dot(const bx_dual_problem *p, const double *row, size_t j)
{
    double sum = 0;
    for (int k = p->start[j]; k < p->start[j + 1]; k++)
        sum += row[p->index[k]] * p->value[k];
    return sum;
}

/* Bring column `entering` in at `row`; d->column is the inverse times it. */
static void pivot(bx_dual *d, size_t row, size_t entering)
{
    size_t m = d->problem.rows;
    state *s = &d->now;
    double *pivot_row = s->inverse + row * m, factor = 1 / d->column[row];
    for (size_t k = 0; k < m; k++)
        pivot_row[k] *= factor;
    for (size_t i = 0; i < m; i++) {
        double weight = d->column[i], *other = s->inverse + i * m;
        if (i == row || weight == 0)
            continue;
        for (size_t k = 0; k < m; k++)
            other[k] -= weight * pivot_row[k];
    }
    s->is_basic[s->basic[row]] = false;
    s->is_basic[entering] = true;
    s->basic[row] = entering;
}

/* d->column = inverse times A_j. */
static void make_column(bx_dual *d, size_t j)
{
    const bx_dual_problem *p = &d->problem;
    for (size_t i = 0; i < p->rows; i++)
        d->column[i] = dot(p, d->now.inverse + i * p->rows, j);
}

/* From the basis of slacks, bring the basic columns in one by one, each at its largest element
 * among the rows whose slack is to go. */
static bool invert(bx_dual *d, const unsigned char *basis)
{
    const bx_dual_problem *p = &d->problem;
    state *s = &d->now;
    for (size_t i = 0; i < p->rows; i++) {
        s->inverse[i * p->rows + i] = 1;
        s->basic[i] = p->columns + i;
        s->is_basic[p->columns + i] = true;
    }
    for (size_t j = 0; j < p->columns; j++) {
        s->at_upper[j] = (basis[j] & STATUS_MASK) == AT_UPPER;
        if ((basis[j] & STATUS_MASK) != BASIC)
            continue;
        make_column(d, j);
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < p->rows; i++)
            if (s->basic[i] >= p->columns &&
                (best == SIZE_MAX || fabs(d->column[i]) > fabs(d->column[best])))
                best = i;
        if (best == SIZE_MAX || fabs(d->column[best]) < SMALLEST_PIVOT)
            return false;
        pivot(d, best, j);
    }
    return true;
}

/* prices = cost of the basic columns times the inverse */
static void make_prices(const bx_dual *d, double *prices)
{
    const bx_dual_problem *p = &d->problem;
    memset(prices, 0, p->rows * sizeof *prices);
    for (size_t i = 0; i < p->rows; i++) {
        size_t j = d->now.basic[i];
        double cost = j < p->columns ? p->cost[j] : 0;
        for (size_t k = 0; cost != 0 && k < p->rows; k++)
            prices[k] += cost * d->now.inverse[i * p->rows + k];
    }
}

bx_dual *bx_dual_new(const bx_dual_problem *problem, const unsigned char *basis)
{
    size_t rows = problem->rows, columns = problem->columns;
    bx_dual *d = rows <= ROW_LIMIT ? calloc(1, sizeof *d) : NULL;
    if (!d)
        return NULL;
    d->problem = *problem;
    d->values = calloc(rows + 1, sizeof *d->values);
    d->alpha = calloc(columns + 1, sizeof *d->alpha);
    d->column = calloc(rows + 1, sizeof *d->column);
    d->right = calloc(rows + 1, sizeof *d->right);
    if (!allocate_state(&d->first, rows, columns) || !allocate_state(&d->now, rows, columns) ||
        !d->values || !d->alpha || !d->column || !d->right || !invert(d, basis)) {
        bx_dual_free(d);
        return NULL;
    }
    make_prices(d, d->right);
    for (size_t j = 0; j < columns; j++)
        d->now.reduced[j] = problem->cost[j] - dot(problem, d->right, j);
    copy_state(&d->first, &d->now, rows, columns);
    return d;
}

/* ---- solving ---- */

static double resting_value(const bx_dual *d, size_t j)
{
    return d->now.at_upper[j] ? d->problem.upper[j] : d->problem.lower[j];
}

/* Columns without the bound that they rest at rest at 0, which is no case for here. */
static bool make_values(bx_dual *d)
{
    const bx_dual_problem *p = &d->problem;
    memset(d->right, 0, p->rows * sizeof *d->right);
    for (size_t j = 0; j < p->columns; j++) {
        double x = d->now.is_basic[j] ? 0 : resting_value(d, j);
        if (!isfinite(x))
            return false;
        for (int k = p->start[j]; x != 0 && k < p->start[j + 1]; k++)
            d->right[p->index[k]] -= p->value[k] * x;
    }
    for (size_t i = 0; i < p->rows; i++) {
        double sum = 0;
        for (size_t k = 0; k < p->rows; k++)
            sum += d->now.inverse[i * p->rows + k] * d->right[k];
        d->values[i] = sum;
    }
    return true;
}

static double lower_of(const bx_dual *d, size_t j)
{
    return j < d->problem.columns ? d->problem.lower[j] : 0;
}

static double upper_of(const bx_dual *d, size_t j)
{
    return j < d->problem.columns ? d->problem.upper[j] : 0;
}

/* The row that is farthest out of its bounds, rows when there is none. */
static size_t choose_row(const bx_dual *d, bool *below)
{
    double worst = FEASIBLE;
    size_t chosen = d->problem.rows;
    for (size_t i = 0; i < d->problem.rows; i++) {
        double lower = lower_of(d, d->now.basic[i]), upper = upper_of(d, d->now.basic[i]);
        double under = lower - d->values[i], over = d->values[i] - upper;
        double out = under > over ? under : over;
        if (out > worst * (1 + fabs(d->values[i]))) {
            worst = out / (1 + fabs(d->values[i]));
            chosen = i;
            *below = under > over;
        }
    }
    return chosen;
}

/* The column that keeps all reduced costs of the right sign, columns when none can help. */
static size_t choose_column(bx_dual *d, const double *row, bool below)
{
    const bx_dual_problem *p = &d->problem;
    size_t chosen = p->columns;
    double least = INFINITY;
    for (size_t j = 0; j < p->columns; j++) {
        d->alpha[j] = 0;
        if (d->now.is_basic[j] || p->lower[j] == p->upper[j])
            continue;
        double alpha = d->alpha[j] = dot(p, row, j);
        if (fabs(alpha) < SMALLEST_PIVOT || (alpha < 0) != (below != d->now.at_upper[j]))
            continue;
        double ratio = fabs(d->now.reduced[j] / alpha);
        bool tie = chosen < p->columns && fabs(ratio - least) <= 1e-12;
        if (tie ? fabs(alpha) > fabs(d->alpha[chosen]) : ratio < least) {
            least = ratio;
            chosen = j;
        }
    }
    return chosen;
}

static void step(bx_dual *d, size_t row, size_t entering, bool below)
{
    const bx_dual_problem *p = &d->problem;
    size_t leaving = d->now.basic[row];
    make_column(d, entering);
    double target = below ? lower_of(d, leaving) : upper_of(d, leaving);
    double change = (d->values[row] - target) / d->column[row];
    double x = resting_value(d, entering) + change;
    for (size_t i = 0; i < p->rows; i++)
        d->values[i] -= d->column[i] * change;
    d->values[row] = x;
    double shift = d->now.reduced[entering] / d->column[row];
    for (size_t j = 0; j < p->columns; j++)
        d->now.reduced[j] -= shift * d->alpha[j];
    d->now.reduced[entering] = 0;
    if (leaving < p->columns)
        d->now.reduced[leaving] = -shift;
    d->now.at_upper[leaving] = !below;
    pivot(d, row, entering);
}

bx_dual_answer bx_dual_solve(bx_dual *d, double *x, double *prices)
{
    const bx_dual_problem *p = &d->problem;
    bool below = false;
    copy_state(&d->now, &d->first, p->rows, p->columns);
    if (!make_values(d))
        return BX_DUAL_UNKNOWN;
    for (int pivots = 0; pivots < PIVOT_LIMIT; pivots++) {
        size_t row = choose_row(d, &below);
        if (row == p->rows) {
            for (size_t j = 0; j < p->columns; j++)
                x[j] = d->now.is_basic[j] ? 0 : resting_value(d, j);
            for (size_t i = 0; i < p->rows; i++)
                if (d->now.basic[i] < p->columns)
                    x[d->now.basic[i]] = d->values[i];
            make_prices(d, prices);
            return BX_DUAL_OPTIMAL;
        }
        const double *pivot_row = d->now.inverse + row * p->rows;
        size_t entering = choose_column(d, pivot_row, below);
        if (entering == p->columns) {
            memcpy(prices, pivot_row, p->rows * sizeof *prices);
            return BX_DUAL_INFEASIBLE;
        }
        step(d, row, entering, below);
    }
    return BX_DUAL_UNKNOWN;
}
