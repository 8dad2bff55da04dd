#include "analysis/matrix.h"

#include "core/number.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sundials/sundials_dense.h>

bx_matrix *bx_matrix_new(size_t rows, size_t columns)
{
    bx_matrix *matrix = calloc(1, sizeof *matrix);
    if (!matrix)
        return NULL;
    matrix->rows = rows;
    matrix->columns = columns;
    matrix->data = calloc(rows * columns + 1, sizeof *matrix->data);
    matrix->column = calloc(columns + 1, sizeof *matrix->column);
    if (!matrix->data || !matrix->column) {
        bx_matrix_free(matrix);
        return NULL;
    }
    for (size_t j = 0; j < columns; j++)
        matrix->column[j] = matrix->data + j * rows;
    return matrix;
}

void bx_matrix_free(bx_matrix *matrix)
{
    if (!matrix)
        return;
    free(matrix->data);
    free(matrix->column);
    free(matrix);
}

void bx_matrix_clear(bx_matrix *matrix)
{
    memset(matrix->data, 0, matrix->rows * matrix->columns * sizeof *matrix->data);
}

void bx_matrix_copy(bx_matrix *to, const bx_matrix *from)
{
    memcpy(to->data, from->data, from->rows * from->columns * sizeof *to->data);
}

bx_matrix *bx_matrix_multiply(const bx_matrix *a, const bx_matrix *b)
{
    bx_matrix *product = bx_matrix_new(a->rows, b->columns);
    for (size_t j = 0; product && j < b->columns; j++)
        for (size_t k = 0; k < a->columns; k++) {
            double factor = b->column[j][k];
            for (size_t i = 0; factor != 0 && i < a->rows; i++)
                product->column[j][i] += factor * a->column[k][i];
        }
    return product;
}

double bx_matrix_norm(const bx_matrix *matrix)
{
    double largest = 0;
    for (size_t i = 0; i < matrix->rows; i++) {
        double sum = 0;
        for (size_t j = 0; j < matrix->columns; j++)
            sum += fabs(matrix->column[j][i]);
        largest = fmax(largest, sum);
    }
    return largest;
}

/* ---- factors ---- */

struct bx_lu {
    size_t size;
    bx_matrix *factors;
    double *row, *scale, *by; /* by which rows and columns are multiplied; rows, at present */
    size_t *start;            /* by column, in entries */
    uint32_t *entries;        /* that are not 0 before they are factored: where, in the data */
    sunindextype *pivots;
};

bx_lu *bx_lu_new(size_t size)
{
    bx_lu *lu = calloc(1, sizeof *lu);
    if (!lu)
        return NULL;
    lu->size = size;
    lu->factors = bx_matrix_new(size, size);
    lu->row = calloc(size + 1, sizeof *lu->row);
    lu->scale = calloc(size + 1, sizeof *lu->scale);
    lu->by = calloc(size + 1, sizeof *lu->by);
    lu->start = calloc(size + 1, sizeof *lu->start);
    lu->entries = malloc((size * size + 1) * sizeof *lu->entries);
    lu->pivots = calloc(size + 1, sizeof *lu->pivots);
    if (lu->factors && lu->row && lu->scale && lu->by && lu->start && lu->entries && lu->pivots)
        return lu;
    bx_lu_free(lu);
    return NULL;
}

void bx_lu_free(bx_lu *lu)
{
    if (!lu)
        return;
    bx_matrix_free(lu->factors);
    free(lu->row);
    free(lu->scale);
    free(lu->by);
    free(lu->start);
    free(lu->entries);
    free(lu->pivots);
    free(lu);
}

/* The power of 2 that brings the largest of a line to about 1; 0: the line is zero. */
static double power_for(double largest)
{
    int exponent;
    if (!(largest > 0) || !isfinite(largest))
        return 0;
    frexp(largest, &exponent);
    return ldexp(1, exponent > 1000 ? -1000 : exponent < -1000 ? 1000 : -exponent);
}

/* The entries of the factors that are not 0, by columns, where they stand in the data. -1: one is
 * not finite. */
static int list_entries(bx_lu *lu)
{
    size_t n = lu->size, count = 0;
    const double *data = lu->factors->data;
    for (size_t j = 0; j < n; j++) {
        lu->start[j] = count;
        for (size_t k = j * n; k < (j + 1) * n; k++) {
            if (!isfinite(data[k]))
                return -1;
            if (data[k] != 0)
                lu->entries[count++] = (uint32_t)k;
        }
    }
    lu->start[n] = count;
    return 0;
}

/* Rows, then columns, three times: entries of 1e-20 and 1e20 side by side come close. */
static int scale_lines(bx_lu *lu)
{
    size_t n = lu->size;
    double *a = lu->factors->data, *by = lu->by;
    for (size_t i = 0; i < n; i++)
        lu->row[i] = lu->scale[i] = 1;
    for (int sweep = 0; sweep < 3; sweep++) {
        memset(by, 0, n * sizeof *by);
        for (size_t j = 0; j < n; j++)
            for (size_t k = lu->start[j]; k < lu->start[j + 1]; k++) {
                size_t i = lu->entries[k] - j * n;
                by[i] = bx_larger(fabs(a[lu->entries[k]]), by[i]);
            }
        for (size_t i = 0; i < n; i++) {
            if ((by[i] = power_for(by[i])) == 0)
                return 1;
            lu->row[i] *= by[i];
        }
        for (size_t j = 0; j < n; j++) {
            double largest = 0;
            for (size_t k = lu->start[j]; k < lu->start[j + 1]; k++) {
                a[lu->entries[k]] *= by[lu->entries[k] - j * n];
                largest = bx_larger(fabs(a[lu->entries[k]]), largest);
            }
            double column = power_for(largest);
            if (column == 0)
                return 1;
            for (size_t k = lu->start[j]; k < lu->start[j + 1]; k++)
                a[lu->entries[k]] *= column;
            lu->scale[j] *= column;
        }
    }
    return 0;
}

int bx_lu_factor(bx_lu *lu, const bx_matrix *matrix)
{
    sunindextype n = (sunindextype)lu->size;
    bx_matrix_copy(lu->factors, matrix);
    if (list_entries(lu) < 0 || scale_lines(lu) != 0 ||
        SUNDlsMat_denseGETRF(lu->factors->column, n, n, lu->pivots) != 0)
        return 1;
    for (size_t i = 0; i < lu->size; i++)
        if (fabs(lu->factors->column[i][i]) < 16 * DBL_EPSILON)
            return 1;
    return 0;
}

void bx_lu_solve(const bx_lu *lu, double *b)
{
    for (size_t i = 0; i < lu->size; i++)
        b[i] *= lu->row[i];
    SUNDlsMat_denseGETRS(lu->factors->column, (sunindextype)lu->size, lu->pivots, b);
    for (size_t i = 0; i < lu->size; i++)
        b[i] *= lu->scale[i];
}

int bx_lu_sign(const bx_lu *lu)
{
    int sign = 1;
    for (size_t i = 0; i < lu->size; i++) {
        if (lu->factors->column[i][i] < 0)
            sign = -sign;
        if (lu->pivots[i] != (sunindextype)i)
            sign = -sign;
    }
    return sign;
}

/* ---- eigenvalues ---- */

/* Multiply rows and divide columns by powers of 2 until their sums are alike. */
static void balance(double **a, size_t n)
{
    bool again = true;
    while (again) {
        again = false;
        for (size_t i = 0; i < n; i++) {
            double row = 0, column = 0, by = 1;
            for (size_t j = 0; j < n; j++)
                if (j != i) {
                    column += fabs(a[i][j]);
                    row += fabs(a[j][i]);
                }
            if (column == 0 || row == 0 || !isfinite(column + row))
                continue;
            double sum = column + row;
            while (column < row / 2 && by < 0x1p500) {
                by *= 2;
                column *= 4;
            }
            while (column >= row * 2 && by > 0x1p-500) {
                by /= 2;
                column /= 4;
            }
            if ((column + row) / by >= 0.95 * sum)
                continue;
            again = true;
            for (size_t j = 0; j < n; j++)
                a[j][i] /= by;
            for (size_t j = 0; j < n; j++)
                a[i][j] *= by;
        }
    }
}

/* By elimination with pivots to a matrix that is zero below the first subdiagonal. */
static void reduce(double **a, size_t n)
{
    for (size_t m = 1; m + 1 < n; m++) {
        size_t pivot = m;
        for (size_t i = m; i < n; i++)
            if (fabs(a[m - 1][i]) > fabs(a[m - 1][pivot]))
                pivot = i;
        if (pivot != m) {
            for (size_t j = m - 1; j < n; j++) {
                double t = a[j][pivot];
                a[j][pivot] = a[j][m];
                a[j][m] = t;
            }
            double *t = a[pivot];
            a[pivot] = a[m];
            a[m] = t;
        }
        double x = a[m - 1][m];
        for (size_t i = m + 1; x != 0 && i < n; i++) {
            double y = a[m - 1][i] / x;
            if (y == 0)
                continue;
            a[m - 1][i] = 0;
            for (size_t j = m; j < n; j++)
                a[j][i] -= y * a[j][m];
            for (size_t k = 0; k < n; k++)
                a[m][k] += y * a[i][k];
        }
    }
}

/* The work on rows and columns [low, high]. */
typedef struct francis {
    double **a;
    size_t n;
    double norm, shift; /* shifts so far */
    double x, y, w;     /* of the double shift */
    double p, q, r;
} francis;

/* Where a small subdiagonal entry splits the active block off. */
static size_t split(const francis *f, size_t high)
{
    size_t l = high;
    for (; l > 0; l--) {
        double s = fabs(f->a[l - 1][l - 1]) + fabs(f->a[l][l]);
        if (s == 0)
            s = f->norm;
        if (fabs(f->a[l - 1][l]) <= DBL_EPSILON * s) {
            f->a[l - 1][l] = 0;
            break;
        }
    }
    return l;
}

static void exceptional_shift(francis *f, size_t high)
{
    f->shift += f->x;
    for (size_t i = 0; i <= high; i++)
        f->a[i][i] -= f->x;
    double s = fabs(f->a[high - 1][high]) + (high > 1 ? fabs(f->a[high - 2][high - 1]) : 0);
    f->x = f->y = 0.75 * s;
    f->w = -0.4375 * s * s;
}

/* Where two small subdiagonal entries in a row let the step begin. */
static size_t begin(francis *f, size_t low, size_t high)
{
    double **a = f->a;
    size_t m = high - 2;
    for (;; m--) {
        double z = a[m][m], r = f->x - z, s = f->y - z;
        f->p = (r * s - f->w) / a[m][m + 1] + a[m + 1][m];
        f->q = a[m + 1][m + 1] - z - r - s;
        f->r = a[m + 1][m + 2];
        double scale = fabs(f->p) + fabs(f->q) + fabs(f->r);
        f->p /= scale;
        f->q /= scale;
        f->r /= scale;
        if (m == low)
            break;
        double u = fabs(a[m - 1][m]) * (fabs(f->q) + fabs(f->r));
        double v = fabs(f->p) * (fabs(a[m - 1][m - 1]) + fabs(z) + fabs(a[m + 1][m + 1]));
        if (u <= DBL_EPSILON * v)
            break;
    }
    for (size_t i = m + 2; i <= high; i++) {
        a[i - 2][i] = 0;
        if (i != m + 2)
            a[i - 3][i] = 0;
    }
    return m;
}

static void double_step(francis *f, size_t low, size_t m, size_t high)
{
    double **a = f->a;
    for (size_t k = m; k < high; k++) {
        bool last = k == high - 1;
        double x = 0;
        if (k != m) {
            f->p = a[k - 1][k];
            f->q = a[k - 1][k + 1];
            f->r = last ? 0 : a[k - 1][k + 2];
            x = fabs(f->p) + fabs(f->q) + fabs(f->r);
            if (x == 0)
                continue;
            f->p /= x;
            f->q /= x;
            f->r /= x;
        }
        double s = copysign(sqrt(f->p * f->p + f->q * f->q + f->r * f->r), f->p);
        if (s == 0)
            continue;
        if (k != m)
            a[k - 1][k] = -s * x;
        else if (low != m)
            a[k - 1][k] = -a[k - 1][k];
        f->p += s;
        double hx = f->p / s, hy = f->q / s, hz = f->r / s, q = f->q / f->p, r = f->r / f->p;
        for (size_t j = k; j <= high; j++) {
            double p = a[j][k] + q * a[j][k + 1] + (last ? 0 : r * a[j][k + 2]);
            if (!last)
                a[j][k + 2] -= p * hz;
            a[j][k + 1] -= p * hy;
            a[j][k] -= p * hx;
        }
        size_t end = high < k + 3 ? high : k + 3;
        for (size_t i = low; i <= end; i++) {
            double p = hx * a[k][i] + hy * a[k + 1][i] + (last ? 0 : hz * a[k + 2][i]);
            if (!last)
                a[k + 2][i] -= p * r;
            a[k + 1][i] -= p * q;
            a[k][i] -= p;
        }
    }
}

/* Both eigenvalues of the last block of two. */
static void pair(const francis *f, size_t high, bx_complex *values)
{
    double p = 0.5 * (f->y - f->x), q = p * p + f->w, z = sqrt(fabs(q)), x = f->x + f->shift;
    if (q >= 0) {
        z = p + copysign(z, p);
        values[high - 1] = values[high] = (bx_complex){x + z, 0};
        if (z != 0)
            values[high].real = x - f->w / z;
    } else {
        values[high - 1] = (bx_complex){x + p, z};
        values[high] = (bx_complex){x + p, -z};
    }
}

static int iterate(francis *f, bx_complex *values)
{
    int iterations = 0;
    for (size_t left = f->n; left > 0;) {
        size_t high = left - 1, low = split(f, high);
        f->x = f->a[high][high];
        if (low == high) {
            values[high] = (bx_complex){f->x + f->shift, 0};
            left--;
            iterations = 0;
            continue;
        }
        f->y = f->a[high - 1][high - 1];
        f->w = f->a[high - 1][high] * f->a[high][high - 1];
        if (low + 1 == high) {
            pair(f, high, values);
            left -= 2;
            iterations = 0;
            continue;
        }
        if (iterations == 60)
            return -1;
        if (iterations > 0 && iterations % 10 == 0)
            exceptional_shift(f, high);
        iterations++;
        double_step(f, low, begin(f, low, high), high);
    }
    return 0;
}

static int falling(const void *a, const void *b)
{
    const bx_complex *x = a, *y = b;
    if (x->real != y->real)
        return x->real < y->real ? 1 : -1;
    return (x->imaginary < y->imaginary) - (x->imaginary > y->imaginary);
}

int bx_matrix_eigenvalues(bx_matrix *matrix, bx_complex *values)
{
    francis f = {.a = matrix->column, .n = matrix->rows};
    for (size_t i = 0; i < f.n * f.n; i++)
        if (!isfinite(matrix->data[i]))
            return -1;
    balance(f.a, f.n);
    reduce(f.a, f.n);
    f.norm = bx_matrix_norm(matrix);
    if (iterate(&f, values) < 0)
        return -1;
    qsort(values, f.n, sizeof *values, falling);
    return 0;
}
