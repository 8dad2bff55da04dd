/* Dense matrices, as small as models are: factors, and eigenvalues. */
#ifndef BX_ANALYSIS_MATRIX_H
#define BX_ANALYSIS_MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* By columns: entry (i, j) is column[j][i]. */
typedef struct bx_matrix {
    size_t rows, columns;
    double **column;
    double *data;
} bx_matrix;

/* All zero. NULL without memory. */
bx_matrix *bx_matrix_new(size_t rows, size_t columns);
void bx_matrix_free(bx_matrix *matrix); /* NULL is fine */
void bx_matrix_clear(bx_matrix *matrix);
void bx_matrix_copy(bx_matrix *to, const bx_matrix *from); /* of one shape */

/* The product of two; NULL without memory. */
bx_matrix *bx_matrix_multiply(const bx_matrix *a, const bx_matrix *b);

/* LU factors of a square matrix, whose rows and columns are brought to like sizes first. */
typedef struct bx_lu bx_lu;
bx_lu *bx_lu_new(size_t size); /* NULL without memory */
void bx_lu_free(bx_lu *lu);    /* NULL is fine */

/* 1: it is singular, within rounding: the factors are of no use. */
int bx_lu_factor(bx_lu *lu, const bx_matrix *matrix);
void bx_lu_solve(const bx_lu *lu, double *b); /* b becomes the solution */
int bx_lu_sign(const bx_lu *lu);              /* of the determinant */

typedef struct bx_complex {
    double real, imaginary;
} bx_complex;

/* The eigenvalues of a square matrix, which is destroyed, by falling real part: balancing,
 * elimination to Hessenberg form, and Francis's double steps, as EISPACK has them (Smith et al.,
 * "Matrix Eigensystem Routines", Springer 1976). -1 if they do not converge. */
int bx_matrix_eigenvalues(bx_matrix *matrix, bx_complex *values);

/* The largest sum of a row's absolute values. */
double bx_matrix_norm(const bx_matrix *matrix);

#endif
