/* Linear programs, solved by CLP: minimise cost x subject to A x = 0 (rows may also have bounds of
 * their own) and lower <= x <= upper. Every answer is checked independently of the solver. */
#ifndef BX_FLUX_LP_H
#define BX_FLUX_LP_H

#include "core/error.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct bx_lp bx_lp;

/* By how much an activity or a bound may be missed, beside a part of its terms. */
#define BX_LP_ABSOLUTE 1e-7

typedef enum bx_lp_status { BX_LP_OPTIMAL, BX_LP_INFEASIBLE, BX_LP_UNBOUNDED } bx_lp_status;

/* The matrix by columns: column c holds value[i] in row index[i], start[c] <= i < start[c + 1].
 * Infinite bounds are INFINITY. */
typedef struct bx_lp_problem {
    size_t rows, columns;
    int *start, *index;
    double *value;
    double *lower, *upper, *cost; /* of columns */
    double *row_lower, *row_upper;
    const volatile sig_atomic_t *interrupt; /* a solve ends soon after this turns non-zero */
} bx_lp_problem;

/* Zeros, no columns yet, and room for so many columns and elements. -1 without memory; it is to be
 * freed either way. */
int bx_lp_problem_init(bx_lp_problem *problem, size_t rows, size_t columns, size_t elements,
                       bx_error *err);
void bx_lp_problem_free(bx_lp_problem *problem);

/* The bounds of another's rows, which there is room for, and what interrupts it. */
void bx_lp_problem_take_rows(bx_lp_problem *to, const bx_lp_problem *from);

/* Make a column: its elements, then the rest of it. */
void bx_lp_problem_add(bx_lp_problem *problem, size_t row, double value);
void bx_lp_problem_end_column(bx_lp_problem *problem, double lower, double upper, double cost);

/* By an optimum's reduced costs and prices: each column and row with one stays at the bound that
 * this speaks for. What is left is all optima, whatever is asked of them. */
void bx_lp_problem_hold_columns(bx_lp_problem *problem, const double *reduced);
void bx_lp_problem_hold_rows(bx_lp_problem *problem, const double *prices);

/* Bytes that a problem of this size takes in all, roughly and generously. */
double bx_lp_bytes(double rows, double columns, double elements);

/* Of a copy of the problem; CLP has it with the first solve. */
bx_lp *bx_lp_new(const bx_lp_problem *problem, bx_error *err);
void bx_lp_free(bx_lp *lp); /* NULL is fine */

void bx_lp_set_bounds(bx_lp *lp, size_t column, double lower, double upper);
void bx_lp_set_cost(bx_lp *lp, size_t column, double cost);
void bx_lp_set_row(bx_lp *lp, size_t row, double lower, double upper);

/* Solve from the present basis. BX_ECANCELLED when interrupted; BX_ESIMULATION when CLP gives up
 * or its answer fails the check. */
int bx_lp_solve(bx_lp *lp, bx_lp_status *status, bx_error *err);

/* After an optimum, at other costs: up to so many steps towards their best. The solution is then a
 * vertex, and no more is known of it. False if it takes bx_lp_solve. */
bool bx_lp_walk(bx_lp *lp, size_t steps);

/* Of the last solve that was optimal: the value, x, the price of each row (the value's change per
 * unit of its right-hand side) and the reduced cost of each column. */
double bx_lp_objective(const bx_lp *lp);
const double *bx_lp_solution(const bx_lp *lp);
const double *bx_lp_prices(const bx_lp *lp);
const double *bx_lp_reduced_costs(const bx_lp *lp);

/* The program as it is now. */
const bx_lp_problem *bx_lp_problem_of(const bx_lp *lp);

/* Of the last solve that was infeasible: weights of the rows whose sum no columns within their
 * bounds can have; NULL where there is no proof. Until the next solve. */
const double *bx_lp_proof(const bx_lp *lp);

/* Whether x obeys all rows and bounds, but for rounding. */
bool bx_lp_is_feasible(bx_lp *lp, const double *x);

/* After an optimum: remember its basis in slot 0 or 1 for bx_lp_try_again. */
void bx_lp_remember(bx_lp *lp, int slot);

/* Solve from that basis a program whose costs are as then, and whose bounds may be others. False if
 * it takes bx_lp_solve. */
bool bx_lp_try_again(bx_lp *lp, int slot, bx_lp_status *status);

/* What the three lowest bits of a basis' bytes say; others are for CLP alone. */
enum { BX_LP_FREE = 0, BX_LP_BASIC = 1, BX_LP_AT_UPPER = 2, BX_LP_AT_LOWER = 3, BX_LP_STATUS = 7 };

/* Take x, and the prices of the rows, for an optimum of the program as it is now if they pass its
 * check: what is asked of a solution is then of these. x stays where it is until the next one. */
bool bx_lp_accept(bx_lp *lp, const double *x, const double *prices);

/* The present basis, columns first and then rows, to come back to; any basis of this program will
 * do as a start. Setting one gives -1 without memory. */
size_t bx_lp_basis_size(const bx_lp *lp);
void bx_lp_get_basis(const bx_lp *lp, unsigned char *basis);
int bx_lp_set_basis(bx_lp *lp, const unsigned char *basis);

/* The same where the basis gives values within their bounds, but may not be the best. */
int bx_lp_start_from(bx_lp *lp, const unsigned char *basis);

#endif
