#include "record/trajectory.h"

#include "core/names.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define METHOD_LENGTH 31

struct bx_trajectory {
    char **names;
    bx_names index;
    size_t columns, rows, capacity;
    double *data; /* the times, then each column; `capacity` doubles each */
    uint64_t seed;
    char method[METHOD_LENGTH + 1];
};

static int copy_names(bx_trajectory *t, const char *const *names, size_t columns, bx_error *err)
{
    t->names = calloc(columns ? columns : 1, sizeof *t->names);
    if (!t->names)
        return bx_fail_memory(err);
    for (size_t i = 0; i < columns; i++) {
        t->names[i] = strdup(names[i]);
        if (!t->names[i])
            return bx_fail_memory(err);
        t->columns = i + 1;
        if (bx_names_find(&t->index, names[i]) == BX_NAME_NONE &&
            bx_names_add(&t->index, t->names[i], i) < 0)
            return bx_fail_memory(err);
    }
    return 0;
}

bx_trajectory *bx_trajectory_new(const char *const *names, size_t columns, const char *method,
                                 uint64_t seed, bx_error *err)
{
    bx_trajectory *t = calloc(1, sizeof *t);
    if (!t) {
        bx_fail_memory(err);
        return NULL;
    }
    t->seed = seed;
    strncpy(t->method, method, METHOD_LENGTH);
    if (copy_names(t, names, columns, err) < 0) {
        bx_trajectory_free(t);
        return NULL;
    }
    return t;
}

void bx_trajectory_free(bx_trajectory *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->columns; i++)
        free(t->names[i]);
    free(t->names);
    bx_names_free(&t->index);
    free(t->data);
    free(t);
}

int bx_trajectory_reserve(bx_trajectory *t, size_t rows, bx_error *err)
{
    if (rows <= t->capacity)
        return 0;
    size_t size;
    if (__builtin_mul_overflow(rows, (t->columns + 1) * sizeof(double), &size))
        return bx_fail_memory(err);
    double *data = malloc(size);
    if (!data)
        return bx_fail_memory(err);
    for (size_t i = 0; t->rows > 0 && i <= t->columns; i++)
        memcpy(data + i * rows, t->data + i * t->capacity, t->rows * sizeof *data);
    free(t->data);
    t->data = data;
    t->capacity = rows;
    return 0;
}

int bx_trajectory_append(bx_trajectory *t, double time, const double *values, bx_error *err)
{
    if (isnan(time) || (t->rows > 0 && time < t->data[t->rows - 1]))
        return bx_fail(err, BX_ESIMULATION, "a row at time %g can't follow one at %g", time,
                       t->rows ? t->data[t->rows - 1] : 0);
    if (t->rows == t->capacity &&
        bx_trajectory_reserve(t, t->capacity ? t->capacity * 2 : 64, err) < 0)
        return -1;
    t->data[t->rows] = time;
    for (size_t i = 0; i < t->columns; i++)
        t->data[(i + 1) * t->capacity + t->rows] = values[i];
    t->rows++;
    return 0;
}

size_t bx_trajectory_rows(const bx_trajectory *t)
{
    return t->rows;
}

size_t bx_trajectory_columns(const bx_trajectory *t)
{
    return t->columns;
}

const char *bx_trajectory_name(const bx_trajectory *t, size_t column)
{
    return t->names[column];
}

const char *const *bx_trajectory_names(const bx_trajectory *t)
{
    return (const char *const *)t->names;
}

const char *bx_trajectory_method(const bx_trajectory *t)
{
    return t->method;
}

uint64_t bx_trajectory_seed(const bx_trajectory *t)
{
    return t->seed;
}

const double *bx_trajectory_times(const bx_trajectory *t)
{
    return t->data;
}

const double *bx_trajectory_column(const bx_trajectory *t, size_t column)
{
    return t->data ? t->data + (column + 1) * t->capacity : NULL;
}

ptrdiff_t bx_trajectory_find(const bx_trajectory *t, const char *name)
{
    size_t index = bx_names_find(&t->index, name);
    return index == BX_NAME_NONE ? -1 : (ptrdiff_t)index;
}

double bx_trajectory_mean(const bx_trajectory *t, size_t column)
{
    if (t->rows == 0)
        return NAN;
    const double *values = bx_trajectory_column(t, column);
    double sum = 0;
    for (size_t i = 0; i < t->rows; i++)
        sum += values[i];
    return sum / (double)t->rows;
}

/* The last row at or before `time`, which lies between the first and the last. */
static size_t row_before(const bx_trajectory *t, double time)
{
    size_t low = 0, high = t->rows;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (t->data[middle] <= time)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int bx_trajectory_at(const bx_trajectory *t, size_t column, double time, double *value,
                     bx_error *err)
{
    if (t->rows == 0)
        return bx_fail(err, BX_ESIMULATION, "the trajectory has no rows");
    if (!(time >= t->data[0] && time <= t->data[t->rows - 1]))
        return bx_fail(err, BX_ESIMULATION, "time %g is outside the recorded times %g to %g", time,
                       t->data[0], t->data[t->rows - 1]);
    const double *values = bx_trajectory_column(t, column);
    size_t row = row_before(t, time);
    *value = values[row];
    if (strcmp(t->method, "ode") != 0 || row + 1 == t->rows || time == t->data[row])
        return 0;
    double part = (time - t->data[row]) / (t->data[row + 1] - t->data[row]);
    *value += part * (values[row + 1] - values[row]);
    return 0;
}
