/* The basis of a linear program, factorised by KLU, and exchanged column by column since (product
 * form of the inverse; notation as in Maros, Computational Techniques of the Simplex Method, 2003).
 * A vector is by row on one side of it, and by position, that of a column in the basis, on the
 * other. */
#ifndef BX_FLUX_BASIS_H
#define BX_FLUX_BASIS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct bx_basis bx_basis;

bx_basis *bx_basis_new(size_t rows); /* NULL without memory */
void bx_basis_free(bx_basis *basis); /* NULL is fine */

/* Factorise: position k holds value[i] in row index[i], start[k] <= i < start[k + 1]. False if that
 * is singular, or memory out; there is no basis then. */
bool bx_basis_factor(bx_basis *basis, const int *start, const int *index, const double *value);

/* B x = v and B' x = v; x takes the place of v. */
void bx_basis_solve(bx_basis *basis, double *v);
void bx_basis_solve_transposed(bx_basis *basis, double *v);

/* Another column comes to a position: `solved` is B x = that column. False without memory. */
bool bx_basis_exchange(bx_basis *basis, size_t position, const double *solved);
size_t bx_basis_exchanges(const bx_basis *basis); /* since it was factorised */

/* Keep the basis as it is factorised, before any exchange, to come back to. */
void bx_basis_keep(bx_basis *basis, int slot); /* 0 or 1 */
void bx_basis_back(bx_basis *basis, int slot);

#endif
