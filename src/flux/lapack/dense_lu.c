/* The two LAPACK routines that CoinUtils calls, so that the worker needs neither a BLAS nor
 * Fortran's runtime. Plain LU with partial pivoting; column-major, as Fortran passes it. CLP sends
 * only the dense rest of a sparse factorisation here, some dozens of rows. */
#include <math.h>

void dgetrf_(const int *rows, const int *columns, double *a, const int *stride, int *pivots,
             int *info);
void dgetrs_(const char *transpose, const int *size, const int *sides, const double *a,
             const int *stride, const int *pivots, double *b, const int *b_stride, int *info);

static void swap_rows(double *a, int columns, int stride, int one, int other)
{
    for (int j = 0; j < columns && one != other; j++) {
        double *column = a + (long)j * stride;
        double kept = column[one];
        column[one] = column[other];
        column[other] = kept;
    }
}

/* Take `pivot`'s column out of those to its right. */
static void eliminate(double *a, int rows, int columns, int stride, int pivot)
{
    double *left = a + (long)pivot * stride;
    for (int i = pivot + 1; i < rows; i++)
        left[i] /= left[pivot];
    for (int j = pivot + 1; j < columns; j++) {
        double *column = a + (long)j * stride;
        double factor = column[pivot];
        for (int i = pivot + 1; i < rows && factor != 0; i++)
            column[i] -= left[i] * factor;
    }
}

/* A = P L U in place; *info is the first zero pivot, counted from 1, or 0. */
void dgetrf_(const int *rows, const int *columns, double *a, const int *stride, int *pivots,
             int *info)
{
    int steps = *rows < *columns ? *rows : *columns;
    *info = 0;
    for (int k = 0; k < steps; k++) {
        const double *column = a + (long)k * *stride;
        int best = k;
        for (int i = k + 1; i < *rows; i++)
            if (fabs(column[i]) > fabs(column[best]))
                best = i;
        pivots[k] = best + 1;
        if (column[best] == 0) {
            *info = *info ? *info : k + 1;
            continue;
        }
        swap_rows(a, *columns, *stride, k, best);
        eliminate(a, *rows, *columns, *stride, k);
    }
}

static void solve_plain(const double *a, int n, int stride, const int *pivots, double *b)
{
    for (int k = 0; k < n; k++)
        swap_rows(b, 1, n, k, pivots[k] - 1);
    for (int k = 0; k < n; k++)
        for (int i = k + 1; i < n; i++)
            b[i] -= a[(long)k * stride + i] * b[k];
    for (int k = n - 1; k >= 0; k--) {
        b[k] /= a[(long)k * stride + k];
        for (int i = 0; i < k; i++)
            b[i] -= a[(long)k * stride + i] * b[k];
    }
}

static void solve_transposed(const double *a, int n, int stride, const int *pivots, double *b)
{
    for (int k = 0; k < n; k++) {
        const double *column = a + (long)k * stride;
        for (int i = 0; i < k; i++)
            b[k] -= column[i] * b[i];
        b[k] /= column[k];
    }
    for (int k = n - 1; k >= 0; k--)
        for (int i = k + 1; i < n; i++)
            b[k] -= a[(long)k * stride + i] * b[i];
    for (int k = n - 1; k >= 0; k--)
        swap_rows(b, 1, n, k, pivots[k] - 1);
}

/* Solve A x = b, or with transpose 'T' A' x = b, by the factors of dgetrf_. */
void dgetrs_(const char *transpose, const int *size, const int *sides, const double *a,
             const int *stride, const int *pivots, double *b, const int *b_stride, int *info)
{
    *info = 0;
    for (int side = 0; side < *sides; side++) {
        double *x = b + (long)side * *b_stride;
        if (*transpose == 'N' || *transpose == 'n')
            solve_plain(a, *size, *stride, pivots, x);
        else
            solve_transposed(a, *size, *stride, pivots, x);
    }
}
