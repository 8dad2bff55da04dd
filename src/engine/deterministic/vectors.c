#include "engine/deterministic/vectors.h"

#include <math.h>
#include <string.h>

typedef double pair __attribute__((vector_size(16), aligned(8), may_alias));

#define PAIR(numbers, i) (*(pair *)((numbers) + (i)))

static void linear_sum(sunrealtype a, N_Vector x_vector, sunrealtype b, N_Vector y_vector,
                       N_Vector z_vector)
{
    sunindextype n = NV_LENGTH_S(z_vector), i = 0;
    double *x = NV_DATA_S(x_vector), *y = NV_DATA_S(y_vector), *z = NV_DATA_S(z_vector);
    for (; i + 2 <= n; i += 2)
        PAIR(z, i) = a * PAIR(x, i) + b * PAIR(y, i);
    if (i < n)
        z[i] = a * x[i] + b * y[i];
}

static void scale(sunrealtype a, N_Vector x_vector, N_Vector z_vector)
{
    sunindextype n = NV_LENGTH_S(z_vector), i = 0;
    double *x = NV_DATA_S(x_vector), *z = NV_DATA_S(z_vector);
    for (; i + 2 <= n; i += 2)
        PAIR(z, i) = a * PAIR(x, i);
    if (i < n)
        z[i] = a * x[i];
}

/* z[j] = a[j] x + y[j] */
static int scale_add_multi(int count, sunrealtype *a, N_Vector x, N_Vector *y, N_Vector *z)
{
    for (int j = 0; j < count; j++)
        linear_sum(a[j], x, 1, y[j], z[j]);
    return 0;
}

static sunrealtype weighted_norm(N_Vector x_vector, N_Vector weights)
{
    sunindextype n = NV_LENGTH_S(x_vector), i = 0;
    double *x = NV_DATA_S(x_vector), *w = NV_DATA_S(weights);
    pair even = {0, 0}, odd = {0, 0};
    for (; i + 4 <= n; i += 4) {
        pair first = PAIR(x, i) * PAIR(w, i), second = PAIR(x, i + 2) * PAIR(w, i + 2);
        even += first * first;
        odd += second * second;
    }
    even += odd;
    double sum = even[0] + even[1];
    for (; i < n; i++)
        sum += x[i] * w[i] * (x[i] * w[i]);
    return sqrt(sum / (double)n);
}

void bx_vectors_speed_up(N_Vector vector)
{
    vector->ops->nvlinearsum = linear_sum;
    vector->ops->nvscale = scale;
    vector->ops->nvscaleaddmulti = scale_add_multi;
    vector->ops->nvwrmsnorm = weighted_norm;
}
