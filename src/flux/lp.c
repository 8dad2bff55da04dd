#include "flux/lp.h"

#include "flux/clp.h"
#include "flux/refine.h"
#include "flux/simplex.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Of the check: an activity or a bound may be missed by BX_LP_ABSOLUTE and RELATIVE of its terms.
 */
#define RELATIVE 1e-9
#define REDUCED_COST 1e-8 /* relative to its terms */

/* Programs whose coefficients differ by more than this are refined to rounding, and checked by what
 * that leaves: an absolute tolerance would be worth too much in them. */
#define WIDE 1e9
#define REFINED 1e-11      /* relative to its terms, */
#define REFINED_NONE 1e-13 /* or next to nothing */

enum { ROUNDS = 4 };

/* Of the simplex at hand, before CLP goes on from there; those that CLP takes are dearer and, when
 * bounds have changed much, fewer. */
#define MANY_STEPS(lp) (200 + 2 * (lp)->problem.rows)
#define DUAL_STEPS 25

struct bx_lp {
    bx_clp *clp; /* NULL until it is needed */
    bx_lp_problem problem;
    double *prices, *reduced; /* of the last optimum, recomputed */
    double *sum, *size;       /* of a row: its activity, and the sum of its terms' sizes */
    double objective;
    bx_simplex *simplex; /* NULL until something is solved again */
    double *ray;         /* CLP's proof, or NULL */
    bool wide;
    double *refined;      /* a solution, and behind it the prices; NULL until there is one */
    unsigned char *basis; /* what the one hands over to the other */
    /* Since the last answer: */
    bool costs_changed, bounds_changed;
    bool was_optimal;    /* it was an optimum, */
    bool by_simplex;     /* which the simplex has, or else CLP; */
    bool went_on;        /* but its basis is further than CLP's */
    const double *given; /* or it stands here */
};

double bx_lp_bytes(double rows, double columns, double elements)
{
    return 4096 + 64 * elements + 512 * (rows + columns);
}

/* ---- problems ---- */

/* Of the column that is being made, start[columns + 1] is the end so far. */
int bx_lp_problem_init(bx_lp_problem *p, size_t rows, size_t columns, size_t elements,
                       bx_error *err)
{
    *p = (bx_lp_problem){.rows = rows};
    p->start = calloc(columns + 2, sizeof *p->start);
    p->index = calloc(elements + 1, sizeof *p->index);
    p->value = calloc(elements + 1, sizeof *p->value);
    p->lower = calloc(columns + 1, sizeof *p->lower);
    p->upper = calloc(columns + 1, sizeof *p->upper);
    p->cost = calloc(columns + 1, sizeof *p->cost);
    p->row_lower = calloc(rows + 1, sizeof *p->row_lower);
    p->row_upper = calloc(rows + 1, sizeof *p->row_upper);
    return p->start && p->index && p->value && p->lower && p->upper && p->cost && p->row_lower &&
                   p->row_upper
               ? 0
               : bx_fail_memory(err);
}

void bx_lp_problem_free(bx_lp_problem *p)
{
    free(p->start);
    free(p->index);
    free(p->value);
    free(p->lower);
    free(p->upper);
    free(p->cost);
    free(p->row_lower);
    free(p->row_upper);
}

void bx_lp_problem_take_rows(bx_lp_problem *to, const bx_lp_problem *from)
{
    memcpy(to->row_lower, from->row_lower, from->rows * sizeof *to->row_lower);
    memcpy(to->row_upper, from->row_upper, from->rows * sizeof *to->row_upper);
    to->interrupt = from->interrupt;
}

void bx_lp_problem_add(bx_lp_problem *p, size_t row, double value)
{
    int at = p->start[p->columns + 1]++;
    p->index[at] = (int)row;
    p->value[at] = value;
}

void bx_lp_problem_end_column(bx_lp_problem *p, double lower, double upper, double cost)
{
    p->lower[p->columns] = lower;
    p->upper[p->columns] = upper;
    p->cost[p->columns++] = cost;
    p->start[p->columns + 1] = p->start[p->columns];
}

void bx_lp_problem_hold_columns(bx_lp_problem *p, const double *reduced)
{
    for (size_t j = 0; j < p->columns; j++)
        if (reduced[j] > 0 && isfinite(p->lower[j]))
            p->upper[j] = p->lower[j];
        else if (reduced[j] < 0 && isfinite(p->upper[j]))
            p->lower[j] = p->upper[j];
}

void bx_lp_problem_hold_rows(bx_lp_problem *p, const double *prices)
{
    for (size_t i = 0; i < p->rows; i++)
        if (prices[i] > 0 && isfinite(p->row_lower[i]))
            p->row_upper[i] = p->row_lower[i];
        else if (prices[i] < 0 && isfinite(p->row_upper[i]))
            p->row_lower[i] = p->row_upper[i];
}

static int copy_problem(bx_lp_problem *to, const bx_lp_problem *from, bx_error *err)
{
    size_t columns = from->columns, elements = (size_t)from->start[columns];
    if (bx_lp_problem_init(to, from->rows, columns, elements, err) < 0)
        return -1;
    bx_lp_problem_take_rows(to, from);
    to->columns = columns;
    memcpy(to->start, from->start, (columns + 1) * sizeof *to->start);
    memcpy(to->index, from->index, elements * sizeof *to->index);
    memcpy(to->value, from->value, elements * sizeof *to->value);
    memcpy(to->lower, from->lower, columns * sizeof *to->lower);
    memcpy(to->upper, from->upper, columns * sizeof *to->upper);
    memcpy(to->cost, from->cost, columns * sizeof *to->cost);
    return 0;
}

/* ---- programs ---- */

static bool is_wide(const bx_lp_problem *p)
{
    double least = INFINITY, most = 0;
    for (int k = 0; k < p->start[p->columns]; k++) {
        least = fmin(least, fabs(p->value[k]));
        most = fmax(most, fabs(p->value[k]));
    }
    return most > WIDE * least;
}

bx_lp *bx_lp_new(const bx_lp_problem *problem, bx_error *err)
{
    bx_lp *lp = calloc(1, sizeof *lp);
    if (!lp) {
        bx_fail_memory(err);
        return NULL;
    }
    bx_lp_problem *p = &lp->problem;
    if (copy_problem(p, problem, err) < 0) {
        bx_lp_free(lp);
        return NULL;
    }
    lp->prices = calloc(p->rows + 1, sizeof *lp->prices);
    lp->reduced = calloc(p->columns + 1, sizeof *lp->reduced);
    lp->sum = calloc(p->rows + 1, sizeof *lp->sum);
    lp->size = calloc(p->rows + 1, sizeof *lp->size);
    lp->basis = malloc(p->rows + p->columns + 1);
    lp->wide = is_wide(p);
    if (!lp->prices || !lp->reduced || !lp->sum || !lp->size || !lp->basis) {
        bx_lp_free(lp);
        bx_fail_memory(err);
        return NULL;
    }
    return lp;
}

static bool have_clp(bx_lp *lp)
{
    const bx_lp_problem *p = &lp->problem;
    if (!lp->clp)
        lp->clp = bx_clp_new((int)p->rows, (int)p->columns, p->start, p->index, p->value, p->lower,
                             p->upper, p->cost, p->row_lower, p->row_upper, p->interrupt);
    return lp->clp;
}

void bx_lp_free(bx_lp *lp)
{
    if (!lp)
        return;
    bx_clp_free_ray(lp->ray);
    bx_clp_free(lp->clp);
    bx_simplex_free(lp->simplex);
    free(lp->basis);
    free(lp->refined);
    bx_lp_problem_free(&lp->problem);
    free(lp->prices);
    free(lp->reduced);
    free(lp->sum);
    free(lp->size);
    free(lp);
}

void bx_lp_set_bounds(bx_lp *lp, size_t column, double lower, double upper)
{
    if (lp->problem.lower[column] == lower && lp->problem.upper[column] == upper)
        return;
    lp->bounds_changed = true;
    lp->problem.lower[column] = lower;
    lp->problem.upper[column] = upper;
    if (lp->clp)
        bx_clp_set_bounds(lp->clp, (int)column, lower, upper);
}

void bx_lp_set_cost(bx_lp *lp, size_t column, double cost)
{
    if (lp->problem.cost[column] == cost)
        return;
    lp->costs_changed = true;
    lp->problem.cost[column] = cost;
    if (lp->clp)
        bx_clp_set_cost(lp->clp, (int)column, cost);
}

void bx_lp_set_row(bx_lp *lp, size_t row, double lower, double upper)
{
    lp->bounds_changed = true;
    lp->problem.row_lower[row] = lower;
    lp->problem.row_upper[row] = upper;
    if (lp->clp)
        bx_clp_set_row(lp->clp, (int)row, lower, upper);
}

/* ---- the check of an optimum: feasible, and no better one by its own prices ---- */

/* How much may be missed: absolutely, and of the size of the terms. */
typedef struct slack {
    double feasible, feasible_part, none, none_part;
} slack;

static const slack usual = {BX_LP_ABSOLUTE, RELATIVE, REDUCED_COST, REDUCED_COST};
static const slack refined = {REFINED_NONE, REFINED, REFINED_NONE, REFINED};

static bool is_between(double value, double lower, double upper, double room)
{
    return value >= lower - room && value <= upper + room;
}

static bool is_feasible(bx_lp *lp, const double *x, const slack *s)
{
    memset(lp->sum, 0, lp->problem.rows * sizeof *lp->sum);
    memset(lp->size, 0, lp->problem.rows * sizeof *lp->size);
    for (size_t j = 0; j < lp->problem.columns; j++) {
        if (!is_between(x[j], lp->problem.lower[j], lp->problem.upper[j],
                        s->feasible + s->feasible_part * fabs(x[j])))
            return false;
        for (int k = lp->problem.start[j]; k < lp->problem.start[j + 1]; k++) {
            double term = lp->problem.value[k] * x[j];
            lp->sum[lp->problem.index[k]] += term;
            lp->size[lp->problem.index[k]] += fabs(term);
        }
    }
    for (size_t i = 0; i < lp->problem.rows; i++)
        if (!is_between(lp->sum[i], lp->problem.row_lower[i], lp->problem.row_upper[i],
                        s->feasible + s->feasible_part * lp->size[i]))
            return false;
    return true;
}

bool bx_lp_is_feasible(bx_lp *lp, const double *x)
{
    return is_feasible(lp, x, &usual);
}

/* What a price that is not 0 says is lost by being off the bound it speaks for; infinite where
 * there is no such bound. */
static double lost(double price, double value, double lower, double upper)
{
    return price > 0 ? price * (value - lower) : price * (value - upper);
}

/* Weak duality: the sum of what is lost bounds how far the value is from the best. */
static bool is_best(bx_lp *lp, const double *x, const double *prices, const slack *s)
{
    double gap = 0, value = 0;
    for (size_t i = 0; i < lp->problem.rows; i++) {
        lp->prices[i] = prices[i];
        if (lp->problem.row_lower[i] != lp->problem.row_upper[i] && fabs(prices[i]) > s->none)
            gap += lost(prices[i], lp->sum[i], lp->problem.row_lower[i], lp->problem.row_upper[i]);
    }
    for (size_t j = 0; j < lp->problem.columns; j++) {
        double reduced = lp->problem.cost[j], size = fabs(reduced);
        for (int k = lp->problem.start[j]; k < lp->problem.start[j + 1]; k++) {
            reduced -= prices[lp->problem.index[k]] * lp->problem.value[k];
            size += fabs(prices[lp->problem.index[k]] * lp->problem.value[k]);
        }
        if (fabs(reduced) <= s->none + s->none_part * size)
            reduced = 0;
        else
            gap += lost(reduced, x[j], lp->problem.lower[j], lp->problem.upper[j]);
        lp->reduced[j] = reduced;
        value += lp->problem.cost[j] * x[j];
    }
    lp->objective = value;
    return fabs(gap) <= BX_LP_ABSOLUTE * (1 + fabs(value));
}

static bool is_optimum(bx_lp *lp, const double *x, const double *prices, const slack *s)
{
    return is_feasible(lp, x, s) && is_best(lp, x, prices, s);
}

/* The least and the greatest that `weight` times a value within its bounds can be. */
static void add_range(double weight, double lower, double upper, double *least, double *greatest)
{
    *least += weight > 0 ? weight * lower : weight * upper;
    *greatest += weight > 0 ? weight * upper : weight * lower;
}

/* Farkas: weigh the rows, and the sum over all columns within their bounds can't be the sum over
 * the rows within theirs. */
static bool is_proof(const bx_lp *lp, const double *ray)
{
    double least = 0, greatest = 0, size = 0;
    for (size_t j = 0; j < lp->problem.columns; j++) {
        double weight = 0, terms = 0;
        for (int k = lp->problem.start[j]; k < lp->problem.start[j + 1]; k++) {
            weight += ray[lp->problem.index[k]] * lp->problem.value[k];
            terms += fabs(ray[lp->problem.index[k]] * lp->problem.value[k]);
        }
        if (fabs(weight) <= RELATIVE * terms)
            continue;
        add_range(weight, lp->problem.lower[j], lp->problem.upper[j], &least, &greatest);
        size += fabs(weight);
    }
    for (size_t i = 0; i < lp->problem.rows; i++)
        if (ray[i] != 0)
            add_range(-ray[i], lp->problem.row_lower[i], lp->problem.row_upper[i], &least,
                      &greatest);
    double margin = 10 * BX_LP_ABSOLUTE * size;
    return least > margin || greatest < -margin;
}

static bool is_infeasible(bx_lp *lp)
{
    bx_clp_free_ray(lp->ray);
    lp->ray = bx_clp_ray(lp->clp);
    if (lp->ray && is_proof(lp, lp->ray))
        return true;
    bx_clp_free_ray(lp->ray);
    lp->ray = NULL;
    return false;
}

/* ---- solving ---- */

typedef enum outcome { SOLVED, DOUBTFUL, STOPPED, NO_MEMORY } outcome;

/* What CLP has come to, to rounding as far as that can be had. */
static bool refine(bx_lp *lp)
{
    size_t columns = lp->problem.columns, rows = lp->problem.rows;
    if (!lp->refined)
        lp->refined = calloc(columns + rows + 1, sizeof *lp->refined);
    if (!lp->refined)
        return false;
    double *x = lp->refined, *prices = x + columns;
    memcpy(x, bx_clp_solution(lp->clp), columns * sizeof *x);
    memcpy(prices, bx_clp_prices(lp->clp), rows * sizeof *prices);
    bx_clp_status answer = BX_CLP_OPTIMAL;
    for (int round = 0; answer == BX_CLP_OPTIMAL && round < ROUNDS; round++) {
        if (is_optimum(lp, x, prices, &refined))
            break;
        answer = bx_refine(lp->clp, &lp->problem, x, prices);
    }
    bool none = lp->wide && answer == BX_CLP_INFEASIBLE; /* that is not a matter of rounding */
    bool passed =
        is_optimum(lp, x, prices, &refined) || (!none && is_optimum(lp, x, prices, &usual));
    lp->given = passed ? x : NULL;
    return passed;
}

static bool check(bx_lp *lp)
{
    return (!lp->wide &&
            is_optimum(lp, bx_clp_solution(lp->clp), bx_clp_prices(lp->clp), &usual)) ||
           refine(lp);
}

/* *proved: the answer passed its check. */
static outcome solve_once(bx_lp *lp, bool primal, bx_lp_status *status, bool *proved)
{
    *proved = false;
    bx_clp_status answer = bx_clp_solve(lp->clp, primal);
    if (lp->problem.interrupt && *lp->problem.interrupt)
        return STOPPED;
    switch (answer) {
    case BX_CLP_OPTIMAL: *status = BX_LP_OPTIMAL; break;
    case BX_CLP_INFEASIBLE:
        *status = BX_LP_INFEASIBLE;
        *proved = is_infeasible(lp);
        return SOLVED;
    case BX_CLP_UNBOUNDED: *status = BX_LP_UNBOUNDED; return SOLVED;
    case BX_CLP_STOPPED: return DOUBTFUL;
    default: return NO_MEMORY;
    }
    *proved = check(lp);
    return *proved ? SOLVED : DOUBTFUL;
}

/* An answer without proof is asked for again: by the other method from where it stands, then from
 * the start without scaling. It holds when two agree. */
static outcome solve_again(bx_lp *lp, bool primal, outcome before, bx_lp_status *status)
{
    bool proved, known = before == SOLVED;
    bx_lp_status first = *status;
    bx_clp_refresh(lp->clp);
    outcome result = solve_once(lp, primal, status, &proved);
    if (result > DOUBTFUL || proved || (known && result == SOLVED && *status == first))
        return result;
    bool known_again = result == SOLVED;
    bx_lp_status second = *status;
    if (bx_clp_restart(lp->clp) < 0)
        return NO_MEMORY;
    result = solve_once(lp, !primal, status, &proved);
    if (result == SOLVED && !proved && !(known && *status == first) &&
        !(known_again && *status == second))
        return DOUBTFUL;
    return result;
}

/* There is no best and no proof why: whether there is any point is asked without costs, and if
 * there is, what is best from there on. CLP may take what has no bound for infeasible, twice. */
static outcome look_for_point(bx_lp *lp, bx_lp_status *status)
{
    bool proved;
    if (bx_clp_restart(lp->clp) < 0)
        return NO_MEMORY;
    for (size_t j = 0; j < lp->problem.columns; j++)
        bx_clp_set_cost(lp->clp, (int)j, 0);
    bx_clp_status answer = bx_clp_solve(lp->clp, true);
    for (size_t j = 0; j < lp->problem.columns; j++)
        bx_clp_set_cost(lp->clp, (int)j, lp->problem.cost[j]);
    bx_clp_refresh(lp->clp);
    if (lp->problem.interrupt && *lp->problem.interrupt)
        return STOPPED;
    if (answer != BX_CLP_OPTIMAL || !bx_lp_is_feasible(lp, bx_clp_solution(lp->clp)))
        return *status == BX_LP_INFEASIBLE ? SOLVED : DOUBTFUL;
    outcome result = solve_once(lp, true, status, &proved);
    return result == SOLVED && *status == BX_LP_INFEASIBLE ? DOUBTFUL : result;
}

/* ---- solving again ---- */

/* What the simplex says, if it passes its check. */
static bool take_answer(bx_lp *lp, bx_simplex_answer answer, bx_lp_status *status)
{
    const double *x = bx_simplex_solution(lp->simplex), *prices = bx_simplex_prices(lp->simplex);
    *status = answer == BX_SIMPLEX_OPTIMAL ? BX_LP_OPTIMAL : BX_LP_INFEASIBLE;
    lp->by_simplex = answer == BX_SIMPLEX_OPTIMAL
                         ? is_optimum(lp, x, prices, &usual)
                         : answer == BX_SIMPLEX_INFEASIBLE && is_proof(lp, prices);
    lp->was_optimal = lp->by_simplex && *status == BX_LP_OPTIMAL;
    if (lp->by_simplex)
        lp->costs_changed = lp->bounds_changed = false;
    return lp->by_simplex;
}

/* Have the simplex stand where CLP does. */
static bool follow(bx_lp *lp)
{
    if (lp->by_simplex)
        return true;
    if (!lp->simplex)
        lp->simplex = bx_simplex_new(&lp->problem);
    return lp->simplex && bx_simplex_load(lp->simplex, bx_clp_basis(lp->clp));
}

static bool solve_quickly(bx_lp *lp, bx_lp_status *status)
{
    bool costs = lp->costs_changed;
    if (lp->wide || lp->given || (costs && lp->bounds_changed) ||
        !(lp->was_optimal || (lp->by_simplex && !costs)) || !follow(lp))
        return false;
    lp->went_on = true;
    return take_answer(lp,
                       costs ? bx_simplex_primal(lp->simplex, MANY_STEPS(lp))
                             : bx_simplex_dual(lp->simplex, DUAL_STEPS),
                       status);
}

/* Have CLP stand where the simplex does. */
static int hand_over(bx_lp *lp)
{
    if (!lp->by_simplex && !lp->went_on)
        return 0;
    lp->by_simplex = lp->went_on = false;
    bx_simplex_basis(lp->simplex, lp->basis);
    return bx_clp_set_basis(lp->clp, lp->basis);
}

int bx_lp_solve(bx_lp *lp, bx_lp_status *status, bx_error *err)
{
    bool proved, primal = lp->costs_changed;
    if (solve_quickly(lp, status))
        return 0;
    lp->given = NULL;
    if (!have_clp(lp) || hand_over(lp) < 0)
        return bx_fail_memory(err);
    *status = BX_LP_OPTIMAL;
    outcome result = solve_once(lp, primal, status, &proved);
    if (result <= DOUBTFUL && !proved)
        result = solve_again(lp, !primal, result, status);
    if (result == SOLVED && !proved && *status != BX_LP_OPTIMAL &&
        !(*status == BX_LP_INFEASIBLE && lp->ray))
        result = look_for_point(lp, status);
    lp->was_optimal = result == SOLVED && *status == BX_LP_OPTIMAL;
    lp->costs_changed = !lp->was_optimal;
    lp->bounds_changed = false;
    if (result == STOPPED)
        return bx_fail(err, BX_ECANCELLED, "the linear program was interrupted");
    if (result == NO_MEMORY)
        return bx_fail_memory(err);
    if (result == DOUBTFUL)
        return bx_fail(err, BX_ESIMULATION,
                       "the linear program has no answer that passes its check: its numbers differ "
                       "too much in size; look for extreme coefficients and bounds");
    return 0;
}

bool bx_lp_walk(bx_lp *lp, size_t steps)
{
    if (lp->wide || lp->given || lp->bounds_changed || !lp->was_optimal || !follow(lp))
        return false;
    lp->went_on = true;
    bx_simplex_answer answer = bx_simplex_primal(lp->simplex, steps);
    lp->by_simplex = (answer == BX_SIMPLEX_OPTIMAL || answer == BX_SIMPLEX_UNFINISHED) &&
                     bx_lp_is_feasible(lp, bx_simplex_solution(lp->simplex));
    return lp->by_simplex;
}

bool bx_lp_accept(bx_lp *lp, const double *x, const double *prices)
{
    bool accepted = is_optimum(lp, x, prices, lp->wide ? &refined : &usual);
    lp->given = accepted ? x : NULL;
    if (accepted)
        lp->was_optimal = lp->by_simplex = lp->went_on = false;
    return accepted;
}

void bx_lp_remember(bx_lp *lp, int slot)
{
    lp->by_simplex =
        lp->was_optimal && !lp->wide && follow(lp) && bx_simplex_keep(lp->simplex, slot);
}

bool bx_lp_try_again(bx_lp *lp, int slot, bx_lp_status *status)
{
    return lp->simplex && bx_simplex_back(lp->simplex, slot) &&
           take_answer(lp, bx_simplex_dual(lp->simplex, MANY_STEPS(lp)), status);
}

double bx_lp_objective(const bx_lp *lp)
{
    return lp->objective;
}

const bx_lp_problem *bx_lp_problem_of(const bx_lp *lp)
{
    return &lp->problem;
}

const double *bx_lp_solution(const bx_lp *lp)
{
    return lp->given        ? lp->given
           : lp->by_simplex ? bx_simplex_solution(lp->simplex)
                            : bx_clp_solution(lp->clp);
}

const double *bx_lp_proof(const bx_lp *lp)
{
    return lp->by_simplex ? bx_simplex_prices(lp->simplex) : lp->ray;
}

const double *bx_lp_prices(const bx_lp *lp)
{
    return lp->prices;
}

const double *bx_lp_reduced_costs(const bx_lp *lp)
{
    return lp->reduced;
}

size_t bx_lp_basis_size(const bx_lp *lp)
{
    return lp->problem.rows + lp->problem.columns;
}

void bx_lp_get_basis(const bx_lp *lp, unsigned char *basis)
{
    if (lp->by_simplex)
        bx_simplex_basis(lp->simplex, basis);
    else
        memcpy(basis, bx_clp_basis(lp->clp), bx_lp_basis_size(lp));
}

int bx_lp_set_basis(bx_lp *lp, const unsigned char *basis)
{
    lp->by_simplex = lp->was_optimal = lp->went_on = false;
    lp->given = NULL;
    return have_clp(lp) ? bx_clp_set_basis(lp->clp, basis) : -1;
}

int bx_lp_start_from(bx_lp *lp, const unsigned char *basis)
{
    if (bx_lp_set_basis(lp, basis) < 0)
        return -1;
    lp->costs_changed = true;
    lp->bounds_changed = false;
    lp->was_optimal = true; /* as good as one, for other costs */
    return 0;
}
