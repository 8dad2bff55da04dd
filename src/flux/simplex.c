#include "flux/simplex.h"

#include "flux/basis.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FEASIBLE 1e-9  /* a bound may be missed by this, */
#define ROUNDING 1e-13 /* and such a part of it */
#define IMPROVES 1e-9  /* a reduced cost of this size is none */
#define SMALLEST_PIVOT 1e-7
#define NOTHING 1e-13

enum { EXCHANGES = 60, KEPT = 2, POLL = 32 };

/* Where a variable is that is not basic. */
typedef enum place { AT_LOWER, AT_UPPER, AT_ZERO } place;

/* What a kept basis comes back with. */
typedef struct kept {
    uint32_t *head;
    int *where;
    unsigned char *at;
    double *reduced;
} kept;

/* A x - r = 0: variable j < columns is x's, and columns + i is the sum of row i, within the bounds
 * of that. */
struct bx_simplex {
    const bx_lp_problem *problem;
    size_t rows, columns, all;
    int *row_start, *row_column; /* A by rows */
    double *row_value;
    bx_basis *basis;
    uint32_t *head;    /* position -> variable */
    int *where;        /* variable -> position, or -1 */
    unsigned char *at; /* of those that are not basic */
    double *x, *reduced;
    double *weight;       /* reference weights: of variables, or of positions */
    double *column, *row; /* the one that enters, and the weights of the row that leaves */
    double *alpha;        /* that row, by variable, and those that are not 0 in it: */
    uint32_t *touched;
    size_t touched_count;
    bool *is_touched;
    double *prices;
    int *start, *index; /* of the basis, when it is factorised */
    double *value;
    kept kept[KEPT];
};

/* ---- making one ---- */

static bool allocate(bx_simplex *s, size_t elements)
{
    size_t rows = s->rows + 1, all = s->all + 1;
    s->row_start = calloc(rows + 1, sizeof *s->row_start);
    s->row_column = calloc(elements + 1, sizeof *s->row_column);
    s->row_value = calloc(elements + 1, sizeof *s->row_value);
    s->basis = bx_basis_new(s->rows);
    s->head = calloc(rows, sizeof *s->head);
    s->where = calloc(all, sizeof *s->where);
    s->at = calloc(all, 1);
    s->x = calloc(all, sizeof *s->x);
    s->reduced = calloc(all, sizeof *s->reduced);
    s->weight = calloc(all, sizeof *s->weight);
    s->column = calloc(rows, sizeof *s->column);
    s->row = calloc(rows, sizeof *s->row);
    s->alpha = calloc(all, sizeof *s->alpha);
    s->touched = calloc(all, sizeof *s->touched);
    s->is_touched = calloc(all, sizeof *s->is_touched);
    s->prices = calloc(rows, sizeof *s->prices);
    s->start = calloc(rows + 1, sizeof *s->start);
    s->index = calloc(elements + rows, sizeof *s->index);
    s->value = calloc(elements + rows, sizeof *s->value);
    return s->row_start && s->row_column && s->row_value && s->basis && s->head && s->where &&
           s->at && s->x && s->reduced && s->weight && s->column && s->row && s->alpha &&
           s->touched && s->is_touched && s->prices && s->start && s->index && s->value;
}

static void free_kept(kept *k)
{
    free(k->head);
    free(k->where);
    free(k->at);
    free(k->reduced);
}

void bx_simplex_free(bx_simplex *s)
{
    if (!s)
        return;
    free(s->row_start);
    free(s->row_column);
    free(s->row_value);
    bx_basis_free(s->basis);
    free(s->head);
    free(s->where);
    free(s->at);
    free(s->x);
    free(s->reduced);
    free(s->weight);
    free(s->column);
    free(s->row);
    free(s->alpha);
    free(s->touched);
    free(s->is_touched);
    free(s->prices);
    free(s->start);
    free(s->index);
    free(s->value);
    for (int i = 0; i < KEPT; i++)
        free_kept(&s->kept[i]);
    free(s);
}

static void list_by_rows(bx_simplex *s)
{
    const bx_lp_problem *p = s->problem;
    for (int k = 0; k < p->start[p->columns]; k++)
        s->row_start[p->index[k] + 2]++;
    for (size_t i = 2; i <= s->rows + 1; i++)
        s->row_start[i] += s->row_start[i - 1];
    for (size_t j = 0; j < p->columns; j++)
        for (int k = p->start[j]; k < p->start[j + 1]; k++) {
            int to = s->row_start[p->index[k] + 1]++;
            s->row_column[to] = (int)j;
            s->row_value[to] = p->value[k];
        }
}

/* ---- variables ---- */

static double lower_of(const bx_simplex *s, size_t j)
{
    const bx_lp_problem *p = s->problem;
    return j < s->columns ? p->lower[j] : p->row_lower[j - s->columns];
}

static double upper_of(const bx_simplex *s, size_t j)
{
    const bx_lp_problem *p = s->problem;
    return j < s->columns ? p->upper[j] : p->row_upper[j - s->columns];
}

static double cost_of(const bx_simplex *s, size_t j)
{
    return j < s->columns ? s->problem->cost[j] : 0;
}

/* v += factor times its column */
static void add_column(const bx_simplex *s, size_t j, double factor, double *v)
{
    const bx_lp_problem *p = s->problem;
    if (j >= s->columns)
        v[j - s->columns] -= factor;
    for (int k = j < s->columns ? p->start[j] : 0; j < s->columns && k < p->start[j + 1]; k++)
        v[p->index[k]] += factor * p->value[k];
}

static double dot_column(const bx_simplex *s, size_t j, const double *v)
{
    const bx_lp_problem *p = s->problem;
    double sum = 0;
    if (j >= s->columns)
        return -v[j - s->columns];
    for (int k = p->start[j]; k < p->start[j + 1]; k++)
        sum += p->value[k] * v[p->index[k]];
    return sum;
}

static bool factor(bx_simplex *s)
{
    const bx_lp_problem *p = s->problem;
    int count = 0;
    for (size_t i = 0; i < s->rows; i++) {
        size_t j = s->head[i];
        s->start[i] = count;
        if (j >= s->columns) {
            s->index[count] = (int)(j - s->columns);
            s->value[count++] = -1;
            continue;
        }
        for (int k = p->start[j]; k < p->start[j + 1]; k++) {
            s->index[count] = p->index[k];
            s->value[count++] = p->value[k];
        }
    }
    s->start[s->rows] = count;
    return bx_basis_factor(s->basis, s->start, s->index, s->value);
}

/* A variable that is not basic stands at a bound that there is. */
static void put_to_rest(bx_simplex *s, size_t j)
{
    double lower = lower_of(s, j), upper = upper_of(s, j);
    if (s->at[j] == AT_UPPER ? !isfinite(upper) : !isfinite(lower))
        s->at[j] = isfinite(lower) ? AT_LOWER : isfinite(upper) ? AT_UPPER : AT_ZERO;
    else if (s->at[j] == AT_ZERO)
        s->at[j] = AT_LOWER;
    s->x[j] = s->at[j] == AT_LOWER ? lower : s->at[j] == AT_UPPER ? upper : 0;
}

/* Of the basic variables, from the others'. */
static void make_values(bx_simplex *s)
{
    memset(s->column, 0, s->rows * sizeof *s->column);
    for (size_t j = 0; j < s->all; j++) {
        if (s->where[j] >= 0)
            continue;
        put_to_rest(s, j);
        if (s->x[j] != 0)
            add_column(s, j, -s->x[j], s->column);
    }
    bx_basis_solve(s->basis, s->column);
    for (size_t i = 0; i < s->rows; i++)
        s->x[s->head[i]] = s->column[i];
}

/* Prices of the rows at the present costs. */
static void make_prices(bx_simplex *s)
{
    for (size_t i = 0; i < s->rows; i++)
        s->prices[i] = cost_of(s, s->head[i]);
    bx_basis_solve_transposed(s->basis, s->prices);
}

static void make_reduced(bx_simplex *s)
{
    make_prices(s);
    for (size_t j = 0; j < s->all; j++)
        s->reduced[j] = s->where[j] >= 0 ? 0 : cost_of(s, j) - dot_column(s, j, s->prices);
}

bx_simplex *bx_simplex_new(const bx_lp_problem *problem)
{
    bx_simplex *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->problem = problem;
    s->rows = problem->rows;
    s->columns = problem->columns;
    s->all = s->rows + s->columns;
    if (!allocate(s, (size_t)problem->start[s->columns])) {
        bx_simplex_free(s);
        return NULL;
    }
    list_by_rows(s);
    return s;
}

bool bx_simplex_load(bx_simplex *s, const unsigned char *basis)
{
    size_t count = 0;
    for (size_t j = 0; j < s->all; j++) {
        unsigned char status = basis[j] & BX_LP_STATUS;
        bool basic = status == BX_LP_BASIC && count < s->rows;
        s->where[j] = basic ? (int)count : -1;
        s->at[j] = status == BX_LP_AT_UPPER ? AT_UPPER : AT_LOWER;
        if (basic)
            s->head[count++] = (uint32_t)j;
    }
    if (count < s->rows || s->rows == 0 || !factor(s))
        return false;
    make_values(s);
    make_reduced(s);
    return true;
}

/* ---- what both methods do ---- */

/* The row of the tableau at a position: s->row times all columns that are not basic. */
static void make_row(bx_simplex *s, size_t position)
{
    for (size_t k = 0; k < s->touched_count; k++) {
        s->alpha[s->touched[k]] = 0;
        s->is_touched[s->touched[k]] = false;
    }
    s->touched_count = 0;
    memset(s->row, 0, s->rows * sizeof *s->row);
    s->row[position] = 1;
    bx_basis_solve_transposed(s->basis, s->row);
    for (size_t i = 0; i < s->rows; i++) {
        double weight = s->row[i];
        if (fabs(weight) <= NOTHING)
            continue;
        size_t sum = s->columns + i;
        if (s->where[sum] < 0) {
            s->alpha[sum] = -weight;
            s->is_touched[sum] = true;
            s->touched[s->touched_count++] = (uint32_t)sum;
        }
        for (int k = s->row_start[i]; k < s->row_start[i + 1]; k++) {
            size_t j = (size_t)s->row_column[k];
            if (s->where[j] >= 0)
                continue;
            if (!s->is_touched[j])
                s->touched[s->touched_count++] = (uint32_t)j;
            s->is_touched[j] = true;
            s->alpha[j] += weight * s->row_value[k];
        }
    }
}

static void make_column(bx_simplex *s, size_t entering)
{
    memset(s->column, 0, s->rows * sizeof *s->column);
    add_column(s, entering, 1, s->column);
    bx_basis_solve(s->basis, s->column);
}

static void update_reduced(bx_simplex *s, size_t entering, size_t leaving, double pivot)
{
    double ratio = s->reduced[entering] / pivot;
    for (size_t k = 0; k < s->touched_count && ratio != 0; k++)
        s->reduced[s->touched[k]] -= ratio * s->alpha[s->touched[k]];
    s->reduced[entering] = 0;
    s->reduced[leaving] = -ratio;
}

/* False where the basis cannot be gone on with. */
static bool exchange(bx_simplex *s, size_t position, size_t entering, place to)
{
    size_t leaving = s->head[position];
    s->where[leaving] = -1;
    s->at[leaving] = (unsigned char)to;
    s->where[entering] = (int)position;
    s->head[position] = (uint32_t)entering;
    if (bx_basis_exchanges(s->basis) < EXCHANGES)
        return bx_basis_exchange(s->basis, position, s->column);
    if (!factor(s))
        return false;
    make_values(s);
    make_reduced(s);
    return true;
}

static bool is_interrupted(const bx_simplex *s, size_t step)
{
    const volatile sig_atomic_t *interrupt = s->problem->interrupt;
    return step % POLL == 0 && interrupt && *interrupt;
}

static bool is_fixed(const bx_simplex *s, size_t j)
{
    return lower_of(s, j) == upper_of(s, j);
}

/* At an optimum: what misses a bound by rounding stands there. */
static void finish(bx_simplex *s)
{
    make_prices(s);
    for (size_t i = 0; i < s->rows; i++) {
        size_t j = s->head[i];
        s->x[j] = fmin(fmax(s->x[j], lower_of(s, j)), upper_of(s, j));
    }
}

/* ---- primal ---- */

static void reset_weights(bx_simplex *s, size_t count)
{
    for (size_t i = 0; i < count; i++)
        s->weight[i] = 1;
}

/* The variable whose change promises most, s->all for none. */
static size_t choose_entering(const bx_simplex *s)
{
    size_t chosen = s->all;
    double best = 0;
    for (size_t j = 0; j < s->all; j++) {
        double cost = s->reduced[j];
        if (s->where[j] >= 0 || fabs(cost) <= IMPROVES ||
            (s->at[j] != AT_ZERO && (s->at[j] == AT_LOWER) == (cost > 0)) || is_fixed(s, j))
            continue;
        double promise = cost * cost / s->weight[j];
        if (promise > best) {
            best = promise;
            chosen = j;
        }
    }
    return chosen;
}

static double slack_of(double value)
{
    return FEASIBLE + ROUNDING * fabs(value);
}

/* How far the basic variable at a position lets the entering one go, which changes it by `rate` a
 * unit; `slack`: and misses its bound by that. */
static double room_at(const bx_simplex *s, size_t position, double rate, double slack)
{
    size_t j = s->head[position];
    double bound = rate > 0 ? upper_of(s, j) : lower_of(s, j);
    if (!isfinite(bound))
        return INFINITY;
    double room = rate > 0 ? bound - s->x[j] : s->x[j] - bound;
    return (fmax(room, 0) + slack * slack_of(bound)) / fabs(rate);
}

/* Harris: among all that would be passed by no more than the tolerance the largest pivot. */
static size_t choose_leaving(const bx_simplex *s, double sign, double *length)
{
    size_t chosen = s->rows;
    double limit = INFINITY;
    for (size_t i = 0; i < s->rows; i++)
        if (fabs(s->column[i]) > SMALLEST_PIVOT)
            limit = fmin(limit, room_at(s, i, -sign * s->column[i], 1));
    for (size_t i = 0; i < s->rows && isfinite(limit); i++)
        if (fabs(s->column[i]) > SMALLEST_PIVOT &&
            room_at(s, i, -sign * s->column[i], 0) <= limit &&
            (chosen == s->rows || fabs(s->column[i]) > fabs(s->column[chosen])))
            chosen = i;
    *length = chosen < s->rows ? room_at(s, chosen, -sign * s->column[chosen], 0) : INFINITY;
    return chosen;
}

/* Devex: the reference weights after an exchange. */
static void update_weights(bx_simplex *s, size_t entering, size_t leaving, double pivot)
{
    double base = s->weight[entering];
    for (size_t k = 0; k < s->touched_count; k++) {
        size_t j = s->touched[k];
        double ratio = s->alpha[j] / pivot;
        s->weight[j] = fmax(s->weight[j], ratio * ratio * base);
    }
    s->weight[leaving] = fmax(base / (pivot * pivot), 1);
}

static void move(bx_simplex *s, size_t entering, double change)
{
    for (size_t i = 0; i < s->rows && change != 0; i++)
        if (s->column[i] != 0)
            s->x[s->head[i]] -= s->column[i] * change;
    s->x[entering] += change;
}

/* One step along the entering variable. */
static bx_simplex_answer step_primal(bx_simplex *s, size_t entering)
{
    double sign = s->reduced[entering] < 0 ? 1 : -1, length;
    double range = upper_of(s, entering) - lower_of(s, entering);
    make_column(s, entering);
    size_t position = choose_leaving(s, sign, &length);
    if (!isfinite(length) && !isfinite(range))
        return BX_SIMPLEX_UNBOUNDED;
    if (range <= length) {
        move(s, entering, sign * range);
        s->at[entering] = s->at[entering] == AT_LOWER ? AT_UPPER : AT_LOWER;
        s->x[entering] =
            s->at[entering] == AT_LOWER ? lower_of(s, entering) : upper_of(s, entering);
        return BX_SIMPLEX_OPTIMAL;
    }
    size_t leaving = s->head[position];
    bool up = -sign * s->column[position] > 0;
    make_row(s, position);
    move(s, entering, sign * length);
    s->x[leaving] = up ? upper_of(s, leaving) : lower_of(s, leaving);
    update_reduced(s, entering, leaving, s->column[position]);
    update_weights(s, entering, leaving, s->column[position]);
    return exchange(s, position, entering, up ? AT_UPPER : AT_LOWER) ? BX_SIMPLEX_OPTIMAL
                                                                     : BX_SIMPLEX_UNKNOWN;
}

bx_simplex_answer bx_simplex_primal(bx_simplex *s, size_t steps)
{
    make_reduced(s);
    reset_weights(s, s->all);
    for (size_t step = 0; step < steps && !is_interrupted(s, step); step++) {
        size_t entering = choose_entering(s);
        if (entering == s->all) {
            finish(s);
            return BX_SIMPLEX_OPTIMAL;
        }
        bx_simplex_answer answer = step_primal(s, entering);
        if (answer != BX_SIMPLEX_OPTIMAL)
            return answer;
    }
    return BX_SIMPLEX_UNFINISHED;
}

/* ---- dual ---- */

/* The position whose variable is farthest out of its bounds, s->rows for none. */
static size_t choose_position(const bx_simplex *s, bool *below)
{
    size_t chosen = s->rows;
    double worst = 0;
    for (size_t i = 0; i < s->rows; i++) {
        size_t j = s->head[i];
        double under = lower_of(s, j) - s->x[j], over = s->x[j] - upper_of(s, j);
        double out = fmax(under, over);
        if (out <= slack_of(s->x[j]) || out * out <= worst * s->weight[i])
            continue;
        worst = out * out / s->weight[i];
        chosen = i;
        *below = under > over;
    }
    return chosen;
}

/* Whether the variable may enter so that what is below its bound rises, or else falls. */
static bool helps(const bx_simplex *s, size_t j, bool below)
{
    double alpha = below ? s->alpha[j] : -s->alpha[j];
    if (fabs(alpha) <= SMALLEST_PIVOT || is_fixed(s, j))
        return false;
    return s->at[j] == AT_ZERO || (s->at[j] == AT_LOWER ? alpha < 0 : alpha > 0);
}

/* Harris, of reduced costs; s->all where nothing helps. */
static size_t choose_helper(const bx_simplex *s, bool below)
{
    size_t chosen = s->all;
    double limit = INFINITY;
    for (size_t k = 0; k < s->touched_count; k++) {
        size_t j = s->touched[k];
        if (helps(s, j, below))
            limit = fmin(limit, (fabs(s->reduced[j]) + IMPROVES) / fabs(s->alpha[j]));
    }
    for (size_t k = 0; k < s->touched_count && isfinite(limit); k++) {
        size_t j = s->touched[k];
        if (helps(s, j, below) && fabs(s->reduced[j]) <= limit * fabs(s->alpha[j]) &&
            (chosen == s->all || fabs(s->alpha[j]) > fabs(s->alpha[chosen])))
            chosen = j;
    }
    return chosen;
}

static void update_dual_weights(bx_simplex *s, size_t position)
{
    double pivot = s->column[position], base = s->weight[position];
    for (size_t i = 0; i < s->rows; i++) {
        double ratio = s->column[i] / pivot;
        if (ratio != 0)
            s->weight[i] = fmax(s->weight[i], ratio * ratio * base);
    }
    s->weight[position] = fmax(base / (pivot * pivot), 1);
}

/* BX_SIMPLEX_OPTIMAL: one step was made. */
static bx_simplex_answer step_dual(bx_simplex *s, size_t position, bool below)
{
    size_t leaving = s->head[position];
    make_row(s, position);
    size_t entering = choose_helper(s, below);
    if (entering == s->all) {
        memcpy(s->prices, s->row, s->rows * sizeof *s->prices);
        return BX_SIMPLEX_INFEASIBLE;
    }
    make_column(s, entering);
    double pivot = s->column[position], alpha = s->alpha[entering];
    if (fabs(pivot - alpha) > 1e-6 * (1 + fabs(alpha)))
        return BX_SIMPLEX_UNKNOWN;
    double target = below ? lower_of(s, leaving) : upper_of(s, leaving);
    move(s, entering, (s->x[leaving] - target) / pivot);
    s->x[leaving] = target;
    update_reduced(s, entering, leaving, pivot);
    update_dual_weights(s, position);
    return exchange(s, position, entering, below ? AT_LOWER : AT_UPPER) ? BX_SIMPLEX_OPTIMAL
                                                                        : BX_SIMPLEX_UNKNOWN;
}

/* What a reduced cost wants at the other of two bounds goes there. False where there is none. */
static bool agree(bx_simplex *s)
{
    for (size_t j = 0; j < s->all; j++) {
        if (s->where[j] >= 0 || is_fixed(s, j))
            continue;
        put_to_rest(s, j);
        double cost = s->reduced[j];
        if (fabs(cost) <= 10 * IMPROVES || (s->at[j] == AT_LOWER && cost > 0) ||
            (s->at[j] == AT_UPPER && cost < 0))
            continue;
        if (!isfinite(cost > 0 ? lower_of(s, j) : upper_of(s, j)))
            return false;
        s->at[j] = cost > 0 ? AT_LOWER : AT_UPPER;
    }
    return true;
}

bx_simplex_answer bx_simplex_dual(bx_simplex *s, size_t steps)
{
    bool below = false;
    if (!agree(s))
        return BX_SIMPLEX_UNKNOWN;
    make_values(s);
    reset_weights(s, s->rows);
    for (size_t step = 0; step < steps && !is_interrupted(s, step); step++) {
        size_t position = choose_position(s, &below);
        if (position == s->rows) {
            finish(s);
            return BX_SIMPLEX_OPTIMAL;
        }
        bx_simplex_answer answer = step_dual(s, position, below);
        if (answer != BX_SIMPLEX_OPTIMAL)
            return answer;
    }
    return BX_SIMPLEX_UNKNOWN;
}

/* ---- answers ---- */

const double *bx_simplex_solution(const bx_simplex *s)
{
    return s->x;
}

const double *bx_simplex_prices(const bx_simplex *s)
{
    return s->prices;
}

void bx_simplex_basis(const bx_simplex *s, unsigned char *basis)
{
    for (size_t j = 0; j < s->all; j++)
        basis[j] = s->where[j] >= 0       ? BX_LP_BASIC
                   : s->at[j] == AT_UPPER ? BX_LP_AT_UPPER
                   : s->at[j] == AT_LOWER ? BX_LP_AT_LOWER
                                          : BX_LP_FREE;
}

/* ---- coming back ---- */

bool bx_simplex_keep(bx_simplex *s, int slot)
{
    kept *k = &s->kept[slot];
    if (!k->head) {
        k->head = malloc((s->rows + 1) * sizeof *k->head);
        k->where = malloc((s->all + 1) * sizeof *k->where);
        k->at = malloc(s->all + 1);
        k->reduced = malloc((s->all + 1) * sizeof *k->reduced);
    }
    if (!k->head || !k->where || !k->at || !k->reduced)
        return false;
    if (bx_basis_exchanges(s->basis) > 0 && !factor(s))
        return false;
    make_reduced(s);
    memcpy(k->head, s->head, s->rows * sizeof *k->head);
    memcpy(k->where, s->where, s->all * sizeof *k->where);
    memcpy(k->at, s->at, s->all);
    memcpy(k->reduced, s->reduced, s->all * sizeof *k->reduced);
    bx_basis_keep(s->basis, slot);
    return true;
}

bool bx_simplex_back(bx_simplex *s, int slot)
{
    const kept *k = &s->kept[slot];
    if (!k->reduced)
        return false;
    memcpy(s->head, k->head, s->rows * sizeof *k->head);
    memcpy(s->where, k->where, s->all * sizeof *k->where);
    memcpy(s->at, k->at, s->all);
    memcpy(s->reduced, k->reduced, s->all * sizeof *k->reduced);
    bx_basis_back(s->basis, slot);
    return true;
}
