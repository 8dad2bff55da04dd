/* Sums of values and of their squares, as unevaluated sums of two doubles, some 106 bits (Dekker,
 * Numer. Math. 18, 1971; Knuth, TAOCP 2, 4.2.2). Sums of counts are exact that way (squares up to
 * 2^105 in all), whatever the order; those of other numbers differ by the order in their 30th
 * digit. So parts of a sample that are merged give what the whole gives. */
#ifndef BX_RECORD_MOMENTS_H
#define BX_RECORD_MOMENTS_H

#include <math.h>
#include <stdint.h>

typedef struct bx_double2 {
    double high, low;
} bx_double2;

typedef struct bx_moments {
    bx_double2 sum, squares;
    double minimum, maximum; /* of the finite values; infinity and -infinity without any */
} bx_moments;

static inline bx_double2 bx_double2_add(bx_double2 a, bx_double2 b)
{
    double sum = a.high + b.high, part = sum - a.high;
    double error = (a.high - (sum - part)) + (b.high - part) + (a.low + b.low);
    double high = sum + error;
    return (bx_double2){high, error - (high - sum)};
}

/* The exact product of two doubles of at most 2^996. */
static inline bx_double2 bx_double2_product(double a, double b)
{
    const double splitter = 134217729; /* 2^27 + 1 */
    double p = a * b, t = splitter * a, u = splitter * b;
    double a1 = t - (t - a), a2 = a - a1, b1 = u - (u - b), b2 = b - b1;
    return (bx_double2){p, a2 * b2 - (((p - a1 * b1) - a2 * b1) - a1 * b2)};
}

static inline bx_double2 bx_double2_multiply(bx_double2 a, bx_double2 b)
{
    bx_double2 p = bx_double2_product(a.high, b.high);
    p.low += a.high * b.low + a.low * b.high;
    double high = p.high + p.low;
    return (bx_double2){high, p.low - (high - p.high)};
}

static inline void bx_moments_add(bx_moments *m, double value)
{
    m->sum = bx_double2_add(m->sum, (bx_double2){value, 0});
    m->squares = bx_double2_add(m->squares, bx_double2_product(value, value));
    if (isfinite(value)) {
        m->minimum = value < m->minimum ? value : m->minimum;
        m->maximum = value > m->maximum ? value : m->maximum;
    }
}

static inline void bx_moments_merge(bx_moments *m, const bx_moments *other)
{
    m->sum = bx_double2_add(m->sum, other->sum);
    m->squares = bx_double2_add(m->squares, other->squares);
    m->minimum = fmin(m->minimum, other->minimum);
    m->maximum = fmax(m->maximum, other->maximum);
}

static inline double bx_moments_mean(const bx_moments *m, uint64_t count)
{
    return (m->sum.high + m->sum.low) / (double)count;
}

/* With n - 1; NaN for fewer than two values. */
static inline double bx_moments_variance(const bx_moments *m, uint64_t count)
{
    if (count < 2)
        return NAN;
    double n = (double)count;
    bx_double2 square = bx_double2_multiply(m->sum, m->sum);
    bx_double2 scaled = bx_double2_multiply(m->squares, (bx_double2){n, 0});
    bx_double2 rest = bx_double2_add(scaled, (bx_double2){-square.high, -square.low});
    double variance = (rest.high + rest.low) / n / (n - 1);
    return variance < 0 ? 0 : variance;
}

#endif
