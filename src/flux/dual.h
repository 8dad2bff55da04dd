/* The dual simplex method from one optimal basis, again and again, for programs that differ from
 * its own in that some columns are held at 0: knock-outs. With the inverse of the basis at hand, a
 * few pivots cost less than CLP's setting up. Small programs only; what it answers is to be
 * checked. Notation as in Maros, Computational Techniques of the Simplex Method, 2003. */
#ifndef BX_FLUX_DUAL_H
#define BX_FLUX_DUAL_H

#include <stddef.h>

typedef struct bx_dual bx_dual;

/* Minimise cost x with A x = 0 and lower <= x <= upper. The arrays are not copied: bounds are what
 * they are when it solves. */
typedef struct bx_dual_problem {
    size_t rows, columns;
    const int *start, *index;
    const double *value, *lower, *upper, *cost;
} bx_dual_problem;

typedef enum bx_dual_answer { BX_DUAL_OPTIMAL, BX_DUAL_INFEASIBLE, BX_DUAL_UNKNOWN } bx_dual_answer;

/* `basis` is optimal, as bx_clp_basis gives it. NULL if the program is too large, the basis of no
 * use, or memory out. */
bx_dual *bx_dual_new(const bx_dual_problem *problem, const unsigned char *basis);
void bx_dual_free(bx_dual *dual); /* NULL is fine */

/* Start from that basis. Fills x and the prices of rows; when infeasible, prices are the weights of
 * the rows that prove it. */
bx_dual_answer bx_dual_solve(bx_dual *dual, double *x, double *prices);

#endif
