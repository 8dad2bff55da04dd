/* Sparse LU factors of matrices of one pattern, again and again. KLU (Davis and Palamadai
 * Natarajan, "Algorithm 907: KLU", ACM TOMS 37, 2010) finds blocks, which are solved one after the
 * other, so that what is 0 and stays 0 does so to the last digit, an order with little fill, and
 * pivots. With these as long as they do, a matrix is factored, and systems are solved, by loops
 * that know no more than where each number goes: KLU's own take twice the time for a small one. */
#ifndef BX_ENGINE_DETERMINISTIC_FACTORS_H
#define BX_ENGINE_DETERMINISTIC_FACTORS_H

#include "model/csr.h"

typedef struct bx_factors bx_factors;

/* Square matrices by columns, their rows ascending; `pattern` is kept. NULL without memory. */
bx_factors *bx_factors_new(const bx_csr *pattern);
void bx_factors_free(bx_factors *factors); /* NULL is fine */

/* The next matrix chooses pivots of its own, whatever came before. */
void bx_factors_forget(bx_factors *factors);

/* Factor the matrix that has values[i] at entry i of the pattern. 1 if it is singular, -1 without
 * memory; then there is nothing to solve with. */
int bx_factors_compute(bx_factors *factors, const double *values);

/* Solve for x with the right side b, another array. */
void bx_factors_solve(const bx_factors *factors, const double *b, double *x);

#endif
