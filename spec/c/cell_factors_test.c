/* Sparse LU factors, by what is left when solutions are put in. */
#include "engine/deterministic/factors.h"

#include "core/random.h"
#include "test.h"

#include <stdlib.h>

enum { MOST = 60 };

typedef struct system {
    bx_csr pattern;
    size_t n;
    double values[MOST * MOST], b[MOST], x[MOST];
} system_;

/* Of n rows, the diagonal, and of the others the part that is asked for: above blocks of `block`
 * rows, and in them. */
static void make(system_ *s, size_t n, size_t block, double part, bx_random *random)
{
    s->n = n;
    bx_csr_init(&s->pattern, n);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n; i++)
            if (i == j || (i / block <= j / block && bx_random_uniform(random) < part))
                bx_csr_push(&s->pattern, (uint32_t)i);
        bx_csr_end_row(&s->pattern);
    }
}

static double *entry(system_ *s, size_t row, size_t column)
{
    for (uint32_t i = s->pattern.start[column]; i < s->pattern.start[column + 1]; i++)
        if (s->pattern.items[i] == row)
            return &s->values[i];
    return NULL;
}

/* 1 less something whose rows are as large as stiffness makes them. */
static void fill(system_ *s, bx_random *random)
{
    for (size_t j = 0; j < s->n; j++) {
        for (uint32_t i = s->pattern.start[j]; i < s->pattern.start[j + 1]; i++)
            s->values[i] = (bx_random_uniform(random) - 0.5) * pow(10, s->pattern.items[i] % 7);
        *entry(s, j, j) += 1;
        s->b[j] = bx_random_uniform(random);
    }
}

/* The largest error of a row, beside what it is the sum of. */
static double residual(const system_ *s)
{
    double left[MOST] = {0}, scale[MOST] = {0}, worst = 0;
    for (size_t j = 0; j < s->n; j++)
        for (uint32_t i = s->pattern.start[j]; i < s->pattern.start[j + 1]; i++) {
            left[s->pattern.items[i]] += s->values[i] * s->x[j];
            scale[s->pattern.items[i]] += fabs(s->values[i] * s->x[j]);
        }
    for (size_t i = 0; i < s->n; i++)
        worst = fmax(worst, fabs(left[i] - s->b[i]) / (scale[i] + fabs(s->b[i])));
    return worst;
}

static void solutions_solve(void)
{
    bx_random random;
    bx_random_init(&random, 1, 0);
    const size_t sizes[][2] = {{1, 1}, {2, 1}, {3, 3}, {10, 4}, {30, 7}, {60, 1}, {60, 60}};
    for (size_t k = 0; k < 7; k++) {
        static system_ s;
        make(&s, sizes[k][0], sizes[k][1], 0.3, &random);
        bx_factors *factors = bx_factors_new(&s.pattern);
        for (int i = 0; i < 20; i++) {
            fill(&s, &random);
            CHECK(bx_factors_compute(factors, s.values) == 0);
            bx_factors_solve(factors, s.b, s.x);
            CHECK_NEAR(residual(&s), 0, 1e-9);
        }
        bx_factors_free(factors);
        bx_csr_free(&s.pattern);
    }
}

/* A pivot that was good becomes small: others are chosen. */
static void pivots_that_shrink_are_left(void)
{
    bx_random random;
    bx_random_init(&random, 2, 0);
    static system_ s;
    make(&s, 20, 20, 0.4, &random);
    bx_factors *factors = bx_factors_new(&s.pattern);
    for (int i = 0; i < 40; i++) {
        fill(&s, &random);
        for (size_t j = 0; i % 2 == 1 && j < s.n; j++)
            *entry(&s, j, j) *= 1e-14;
        CHECK(bx_factors_compute(factors, s.values) == 0);
        bx_factors_solve(factors, s.b, s.x);
        CHECK_NEAR(residual(&s), 0, 1e-9);
    }
    bx_factors_free(factors);
    bx_csr_free(&s.pattern);
}

static void what_is_0_stays_0(void)
{
    bx_random random;
    bx_random_init(&random, 3, 0);
    static system_ s;
    make(&s, 30, 5, 0.5, &random);
    fill(&s, &random);
    for (size_t i = 15; i < 30; i++)
        s.b[i] = 0;
    bx_factors *factors = bx_factors_new(&s.pattern);
    CHECK(bx_factors_compute(factors, s.values) == 0);
    bx_factors_solve(factors, s.b, s.x);
    for (size_t i = 15; i < 30; i++)
        CHECK(s.x[i] == 0);
    CHECK(s.x[0] != 0);
    bx_factors_free(factors);
    bx_csr_free(&s.pattern);
}

/* What came before does not show once it is forgotten; a singular matrix is said. */
static void factors_forget(void)
{
    bx_random random;
    bx_random_init(&random, 4, 0);
    static system_ s;
    make(&s, 25, 25, 0.3, &random);
    bx_factors *one = bx_factors_new(&s.pattern), *other = bx_factors_new(&s.pattern);
    fill(&s, &random);
    CHECK(bx_factors_compute(one, s.values) == 0);
    *entry(&s, 3, 3) = 1e-9;
    bx_factors_forget(one);
    double x[MOST];
    CHECK(bx_factors_compute(one, s.values) == 0 && bx_factors_compute(other, s.values) == 0);
    bx_factors_solve(one, s.b, x);
    bx_factors_solve(other, s.b, s.x);
    for (size_t i = 0; i < s.n; i++)
        CHECK(x[i] == s.x[i]);
    for (uint32_t i = s.pattern.start[7]; i < s.pattern.start[8]; i++)
        s.values[i] = 0;
    CHECK(bx_factors_compute(one, s.values) == 1);
    fill(&s, &random);
    CHECK(bx_factors_compute(one, s.values) == 0);
    bx_factors_free(one);
    bx_factors_free(other);
    bx_csr_free(&s.pattern);
}

int main(void)
{
    RUN(solutions_solve);
    RUN(pivots_that_shrink_are_left);
    RUN(what_is_0_stays_0);
    RUN(factors_forget);
    return test_end();
}
