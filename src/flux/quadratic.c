#include "flux/quadratic.h"

#include "flux/basis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_STEPS 200
#define AGAIN 30    /* times at most that what is kept of a residual is asked for again, */
#define GAIN 0.9    /* while so much of that is left at most */
#define CLOSE 1e-11 /* of residuals, relative: done, */
#define EVEN 1e-10  /* when so little of the value is between it and the bound from below */
#define GAP 1e-6    /* between the value and the bound from below, relative: refused, */
#define SMALL 1e-3  /* as if the value were greater by this */
#define TO_BOUND 0.995

/* Columns of the problem, then one for each row that has bounds of its own. */
typedef struct quadratic {
    const bx_lp_problem *problem;
    size_t columns, rows, size;
    int *start, *index; /* of the matrix, with these columns */
    double *value;
    double *lower, *upper, *diagonal, *cost, *right;
    double *x, *y, *below, *above;             /* below, above: prices of the bounds */
    double *dx, *dy, *step_below, *step_above; /* the step */
    double *aim_below, *aim_above;             /* what the products are to be */
    double *price;                             /* A' y, or A' dy, by column */
    double *weight;                            /* diagonal and what the bounds add to it */
    double *v;                                 /* of the system: columns, then rows */
    int *system_start, *system_index;
    double *system_value;
    bx_basis *basis;
    double *numbers; /* what most of these are parts of */
    double regular;  /* what rows that depend on each other are told apart by: if it is too little
                        rounding grows, if too much a column of great weight does not move */
} quadratic;

static bool is_fixed(const quadratic *q, size_t j)
{
    return q->upper[j] <= q->lower[j];
}

/* ---- setting up ---- */

static size_t count_slacks(const bx_lp_problem *p)
{
    size_t count = 0;
    for (size_t i = 0; i < p->rows; i++)
        count += p->row_lower[i] != p->row_upper[i];
    return count;
}

static bool allocate(quadratic *q, size_t elements)
{
    size_t n = q->columns, m = q->rows;
    double *at = q->numbers = calloc(15 * n + 4 * m + 1, sizeof *at);
    double **parts[] = {&q->lower, &q->upper,     &q->diagonal,  &q->cost,       &q->x,
                        &q->below, &q->above,     &q->dx,        &q->step_below, &q->step_above,
                        &q->price, &q->aim_below, &q->aim_above, &q->weight};
    q->start = calloc(n + 1, sizeof *q->start);
    q->index = calloc(elements + 1, sizeof *q->index);
    q->value = calloc(elements + 1, sizeof *q->value);
    q->system_start = calloc(n + m + 1, sizeof *q->system_start);
    q->system_index = calloc(n + m + 2 * elements + 1, sizeof *q->system_index);
    q->system_value = calloc(n + m + 2 * elements + 1, sizeof *q->system_value);
    q->basis = bx_basis_new(n + m);
    if (!at || !q->start || !q->index || !q->value || !q->system_start || !q->system_index ||
        !q->system_value || !q->basis)
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++, at += n)
        *parts[i] = at;
    q->right = at;
    q->y = at + m;
    q->dy = at + 2 * m;
    q->v = at + 3 * m;
    return true;
}

static void free_quadratic(quadratic *q)
{
    bx_basis_free(q->basis);
    free(q->numbers);
    free(q->start);
    free(q->index);
    free(q->value);
    free(q->system_start);
    free(q->system_index);
    free(q->system_value);
}

/* A row with bounds of its own: A x - s = 0, s within them. */
static void fill(quadratic *q, const double *diagonal)
{
    const bx_lp_problem *p = q->problem;
    size_t n = p->columns;
    memcpy(q->start, p->start, (n + 1) * sizeof *q->start);
    memcpy(q->index, p->index, (size_t)p->start[n] * sizeof *q->index);
    memcpy(q->value, p->value, (size_t)p->start[n] * sizeof *q->value);
    memcpy(q->lower, p->lower, n * sizeof *q->lower);
    memcpy(q->upper, p->upper, n * sizeof *q->upper);
    memcpy(q->cost, p->cost, n * sizeof *q->cost);
    memcpy(q->diagonal, diagonal, n * sizeof *q->diagonal);
    for (size_t i = 0; i < p->rows; i++) {
        if (p->row_lower[i] == p->row_upper[i]) {
            q->right[i] = p->row_lower[i];
            continue;
        }
        q->lower[n] = p->row_lower[i];
        q->upper[n] = p->row_upper[i];
        q->index[q->start[n]] = (int)i;
        q->value[q->start[n]] = -1;
        q->start[n + 1] = q->start[n] + 1;
        n++;
    }
}

/* A point within the bounds, near what the costs alone would have. */
static void begin(quadratic *q)
{
    for (size_t j = 0; j < q->columns; j++) {
        double low = q->lower[j], high = q->upper[j];
        double best = q->diagonal[j] > 0 ? -q->cost[j] / q->diagonal[j] : 0;
        double room = fmin(0.25 * (high - low), 1 + 0.1 * fabs(best));
        q->x[j] = is_fixed(q, j) ? low : fmin(fmax(best, low + room), high - room);
        double slope = 1 + fabs(q->diagonal[j] * q->x[j] + q->cost[j]);
        q->below[j] = isfinite(low) && !is_fixed(q, j) ? slope : 0;
        q->above[j] = isfinite(high) && !is_fixed(q, j) ? slope : 0;
    }
}

/* ---- the system: (diagonal + weights) dx - A' dy = v, A dx + regular dy = w ---- */

/* A fixed column does not move: a row of its own. */
static bool factor(quadratic *q)
{
    size_t n = q->columns, at = 0;
    int *rows_at = calloc(q->rows + 1, sizeof *rows_at);
    if (!rows_at)
        return false;
    for (size_t j = 0; j < n; j++) {
        bool fixed = is_fixed(q, j);
        q->system_start[j] = (int)at;
        q->system_index[at] = (int)j;
        q->system_value[at++] = fixed ? 1 : q->weight[j];
        for (int k = q->start[j]; k < q->start[j + 1]; k++) {
            q->system_index[at] = (int)n + q->index[k];
            q->system_value[at++] = fixed ? 0 : q->value[k];
            rows_at[q->index[k] + 1]++;
        }
    }
    for (size_t i = 0; i < q->rows; i++) {
        q->system_start[n + i] = (int)at;
        q->system_index[at] = (int)(n + i);
        q->system_value[at] = q->regular;
        at += 1 + (size_t)rows_at[i + 1];
        rows_at[i] = q->system_start[n + i] + 1;
    }
    q->system_start[n + q->rows] = (int)at;
    for (size_t j = 0; j < n; j++)
        for (int k = q->start[j]; k < q->start[j + 1]; k++) {
            int to = rows_at[q->index[k]]++;
            q->system_index[to] = (int)j;
            q->system_value[to] = is_fixed(q, j) ? 0 : -q->value[k];
        }
    free(rows_at);
    return bx_basis_factor(q->basis, q->system_start, q->system_index, q->system_value);
}

/* price = A' y */
static void price_columns(quadratic *q, const double *y)
{
    for (size_t j = 0; j < q->columns; j++) {
        q->price[j] = 0;
        for (int k = q->start[j]; k < q->start[j + 1]; k++)
            q->price[j] += q->value[k] * y[q->index[k]];
    }
}

/* right - A x in rows; the largest, beside the size of its terms. */
static double row_residuals(const quadratic *q, double *rows)
{
    double largest = 0, size = 1;
    memcpy(rows, q->right, q->rows * sizeof *rows);
    for (size_t j = 0; j < q->columns; j++)
        for (int k = q->start[j]; k < q->start[j + 1]; k++) {
            rows[q->index[k]] -= q->value[k] * q->x[j];
            size = fmax(size, fabs(q->value[k] * q->x[j]));
        }
    for (size_t i = 0; i < q->rows; i++)
        largest = fmax(largest, fabs(rows[i]));
    return largest / size;
}

static double slope_of(const quadratic *q, size_t j)
{
    return q->diagonal[j] * q->x[j] + q->cost[j] - q->price[j] - q->below[j] + q->above[j];
}

/* ---- a step ---- */

static void weigh(quadratic *q)
{
    for (size_t j = 0; j < q->columns; j++) {
        q->weight[j] = q->diagonal[j];
        if (q->below[j] > 0)
            q->weight[j] += q->below[j] / (q->x[j] - q->lower[j]);
        if (q->above[j] > 0)
            q->weight[j] += q->above[j] / (q->upper[j] - q->x[j]);
        if (q->weight[j] == 0)
            q->weight[j] = q->regular;
    }
}

/* v = the rows' residuals after dx; the largest. */
static double take_off(quadratic *q)
{
    size_t n = q->columns;
    double largest = 0;
    row_residuals(q, q->v + n);
    for (size_t j = 0; j < n; j++) {
        q->v[j] = 0;
        for (int k = q->start[j]; k < q->start[j + 1]; k++)
            q->v[n + (size_t)q->index[k]] -= q->value[k] * q->dx[j];
    }
    for (size_t i = 0; i < q->rows; i++)
        largest = fmax(largest, fabs(q->v[n + i]));
    return largest;
}

/* dx and dy from v, whose rows are the present residuals. What `regular` has kept of these is asked
 * for again: much where a row's columns can hardly move for their weights. */
static void solve_system(quadratic *q)
{
    size_t n = q->columns;
    double before = INFINITY, left = INFINITY;
    memset(q->dx, 0, n * sizeof *q->dx);
    memset(q->dy, 0, q->rows * sizeof *q->dy);
    for (int again = 0; again < 3 || (again < AGAIN && left <= GAIN * before); again++) {
        bx_basis_solve(q->basis, q->v);
        for (size_t j = 0; j < n; j++)
            q->dx[j] += q->v[j];
        for (size_t i = 0; i < q->rows; i++)
            q->dy[i] += q->v[n + i];
        before = left;
        left = take_off(q);
    }
}

/* The step towards products of aim_below and aim_above. */
static void find_step(quadratic *q)
{
    price_columns(q, q->y);
    for (size_t j = 0; j < q->columns; j++) {
        q->v[j] = is_fixed(q, j) ? 0 : -slope_of(q, j);
        if (q->below[j] > 0)
            q->v[j] += q->aim_below[j] / (q->x[j] - q->lower[j]) - q->below[j];
        if (q->above[j] > 0)
            q->v[j] -= q->aim_above[j] / (q->upper[j] - q->x[j]) - q->above[j];
    }
    row_residuals(q, q->v + q->columns);
    solve_system(q);
    for (size_t j = 0; j < q->columns; j++) {
        double low = q->x[j] - q->lower[j], high = q->upper[j] - q->x[j];
        q->step_below[j] = q->step_above[j] = 0;
        if (q->below[j] > 0)
            q->step_below[j] = (q->aim_below[j] - q->below[j] * q->dx[j]) / low - q->below[j];
        if (q->above[j] > 0)
            q->step_above[j] = (q->aim_above[j] + q->above[j] * q->dx[j]) / high - q->above[j];
    }
}

static void shorten(double value, double step, double *most)
{
    if (step < 0 && -value / step < *most)
        *most = -value / step;
}

/* How far the step may go before a bound. */
static double longest(const quadratic *q)
{
    double most = 1;
    for (size_t j = 0; j < q->columns; j++) {
        if (q->below[j] > 0) {
            shorten(q->x[j] - q->lower[j], q->dx[j], &most);
            shorten(q->below[j], q->step_below[j], &most);
        }
        if (q->above[j] > 0) {
            shorten(q->upper[j] - q->x[j], -q->dx[j], &most);
            shorten(q->above[j], q->step_above[j], &most);
        }
    }
    return most;
}

/* The mean product after so much of the step. */
static double mean_product(const quadratic *q, double part, size_t *count)
{
    double sum = 0;
    *count = 0;
    for (size_t j = 0; j < q->columns; j++) {
        double x = q->x[j] + part * q->dx[j];
        if (q->below[j] > 0)
            sum += (q->below[j] + part * q->step_below[j]) * (x - q->lower[j]);
        if (q->above[j] > 0)
            sum += (q->above[j] + part * q->step_above[j]) * (q->upper[j] - x);
        *count += (q->below[j] > 0) + (q->above[j] > 0);
    }
    return *count ? sum / (double)*count : 0;
}

static void aim(quadratic *q, double product, bool corrected)
{
    for (size_t j = 0; j < q->columns; j++) {
        q->aim_below[j] = product - (corrected ? q->dx[j] * q->step_below[j] : 0);
        q->aim_above[j] = product + (corrected ? q->dx[j] * q->step_above[j] : 0);
    }
}

static bool advance(quadratic *q, double mean)
{
    size_t count;
    weigh(q);
    if (!factor(q))
        return false;
    aim(q, 0, false);
    find_step(q);
    double after = mean > 0 ? mean_product(q, longest(q), &count) / mean : 0;
    aim(q, after * after * after * mean, true);
    find_step(q);
    double part = fmin(1, TO_BOUND * longest(q)), length = 0;
    for (size_t j = 0; j < q->columns; j++)
        length += fabs(q->dx[j]);
    if (!isfinite(length)) /* at the bounds, as far as doubles go */
        return false;
    for (size_t j = 0; j < q->columns; j++) {
        q->x[j] += part * q->dx[j];
        q->below[j] += part * q->step_below[j];
        q->above[j] += part * q->step_above[j];
    }
    for (size_t i = 0; i < q->rows; i++)
        q->y[i] += part * q->dy[i];
    return true;
}

/* ---- the answer ---- */

static double value_of(const quadratic *q)
{
    double value = 0;
    for (size_t j = 0; j < q->columns; j++)
        value += (0.5 * q->diagonal[j] * q->x[j] + q->cost[j]) * q->x[j];
    return value;
}

/* What no point can be below: with the rows' prices each column stands alone. */
static double least_value(quadratic *q)
{
    double value = 0;
    price_columns(q, q->y);
    for (size_t i = 0; i < q->rows; i++)
        value += q->right[i] * q->y[i];
    for (size_t j = 0; j < q->columns; j++) {
        double slope = q->cost[j] - q->price[j];
        double x = q->diagonal[j] > 0 ? -slope / q->diagonal[j] : slope > 0 ? -INFINITY : INFINITY;
        x = fmin(fmax(x, q->lower[j]), q->upper[j]);
        if (q->diagonal[j] > 0 || fabs(slope) > CLOSE)
            value += (0.5 * q->diagonal[j] * x + slope) * x;
    }
    return value;
}

static bool is_done(quadratic *q, double mean)
{
    double largest = 0, size = 1, value = value_of(q);
    size_t n = q->columns;
    price_columns(q, q->y);
    for (size_t j = 0; j < n; j++) {
        if (is_fixed(q, j))
            continue;
        largest = fmax(largest, fabs(slope_of(q, j)));
        size = fmax(size, fmax(fabs(q->cost[j]), fabs(q->price[j])));
    }
    double gap = mean * (double)n / (1 + fabs(value));
    bool balanced = row_residuals(q, q->v + n) <= CLOSE && largest <= CLOSE * size;
    return gap <= (balanced ? EVEN : 1e-3 * EVEN); /* further steps would only add rounding */
}

/* With the bounds that it is at for good, the rest is a system of equations. Kept where it stays
 * within the others. */
static void make_exact(quadratic *q)
{
    size_t n = q->columns;
    double *x = malloc((n + 1) * sizeof *x), *lower = malloc((n + 1) * sizeof *lower);
    double *upper = malloc((n + 1) * sizeof *upper), *y = malloc((q->rows + 1) * sizeof *y);
    if (x && lower && upper && y) {
        double before = value_of(q) - least_value(q), rows = row_residuals(q, q->v + n);
        memcpy(x, q->x, n * sizeof *x);
        memcpy(y, q->y, q->rows * sizeof *y);
        memcpy(lower, q->lower, n * sizeof *lower);
        memcpy(upper, q->upper, n * sizeof *upper);
        for (size_t j = 0; j < n; j++) {
            if (q->below[j] > 0 && q->below[j] > q->x[j] - q->lower[j])
                q->x[j] = q->upper[j] = q->lower[j];
            else if (q->above[j] > 0 && q->above[j] > q->upper[j] - q->x[j])
                q->x[j] = q->lower[j] = q->upper[j];
            q->below[j] = q->above[j] = 0;
        }
        weigh(q);
        bool kept = factor(q);
        for (int again = 0; again < 3 && kept; again++) {
            find_step(q);
            for (size_t j = 0; j < n; j++)
                q->x[j] += q->dx[j];
            for (size_t i = 0; i < q->rows; i++)
                q->y[i] += q->dy[i];
        }
        memcpy(q->lower, lower, n * sizeof *lower);
        memcpy(q->upper, upper, n * sizeof *upper);
        kept = kept && row_residuals(q, q->v + n) <= fmax(rows, CLOSE);
        for (size_t j = 0; j < n && kept; j++)
            kept = q->x[j] >= lower[j] - BX_LP_ABSOLUTE && q->x[j] <= upper[j] + BX_LP_ABSOLUTE;
        if (!kept || !(fabs(value_of(q) - least_value(q)) <= fabs(before))) {
            memcpy(q->x, x, n * sizeof *x);
            memcpy(q->y, y, q->rows * sizeof *y);
        }
    }
    free(x);
    free(y);
    free(lower);
    free(upper);
}

static int solve(quadratic *q, double rest, double *x, double *value, bx_error *err)
{
    size_t count;
    begin(q);
    for (int step = 0; step < MOST_STEPS; step++) {
        double mean = mean_product(q, 0, &count);
        if (q->problem->interrupt && *q->problem->interrupt)
            return bx_fail(err, BX_ECANCELLED, "the quadratic program was interrupted");
        if (is_done(q, mean) || !advance(q, mean))
            break;
    }
    make_exact(q);
    double found = value_of(q), least = least_value(q);
    if (!(fabs(found - least) <= GAP * (SMALL + fabs(found + rest))))
        return bx_fail(err, BX_ESIMULATION,
                       "the quadratic program has no answer that passes its check: %.9g was found, "
                       "and %.9g is the bound from below; look for extreme coefficients and bounds",
                       found, least);
    memcpy(x, q->x, q->problem->columns * sizeof *x);
    *value = found;
    return 0;
}

static int solve_with(double regular, const bx_lp_problem *problem, const double *diagonal,
                      double rest, double *x, double *value, bx_error *err)
{
    size_t slacks = count_slacks(problem);
    quadratic q = {.problem = problem,
                   .columns = problem->columns + slacks,
                   .rows = problem->rows,
                   .regular = regular};
    int result = -1;
    if (allocate(&q, (size_t)problem->start[problem->columns] + slacks)) {
        fill(&q, diagonal);
        result = solve(&q, rest, x, value, err);
    } else {
        bx_fail_memory(err);
    }
    free_quadratic(&q);
    return result;
}

int bx_quadratic_solve(const bx_lp_problem *problem, const double *diagonal, double rest, double *x,
                       double *value, bx_error *err)
{
    static const double regulars[] = {1e-11, 1e-13, 1e-10};
    bx_error error;
    int result = -1;
    for (size_t i = 0; i < sizeof regulars / sizeof *regulars && result < 0; i++) {
        result = solve_with(regulars[i], problem, diagonal, rest, x, value, &error);
        if (result < 0 && error.code != BX_ESIMULATION)
            break;
    }
    if (result < 0 && err)
        *err = error;
    return result;
}
