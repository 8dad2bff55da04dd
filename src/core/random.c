#include "core/random.h"

#include <math.h>

/* SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
uint64_t bx_random_split(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void bx_random_init(bx_random *random, uint64_t seed, uint64_t stream)
{
    /* the seed's words and the stream's are mixed apart, so that (1, 2) is not (2, 1) */
    uint64_t a = seed, b = ~stream;
    bx_random_split(&b);
    for (int i = 0; i < 4; i++)
        random->state[i] = bx_random_split(&a) ^ bx_random_rotate(bx_random_split(&b), 29);
    if ((random->state[0] | random->state[1] | random->state[2] | random->state[3]) == 0)
        random->state[0] = 1; /* the one state that xoshiro cannot leave */
}

/* A word of the name after the other, little-endian, and its length. */
uint64_t bx_random_name(uint64_t number, const void *name, size_t length)
{
    const uint8_t *bytes = name;
    uint64_t mixed = number, word = 0;
    for (size_t i = 0; i < length; i++) {
        word |= (uint64_t)bytes[i] << 8 * (i % 8);
        if (i % 8 < 7 && i + 1 < length)
            continue;
        mixed ^= word;
        mixed = bx_random_split(&mixed);
        word = 0;
    }
    mixed ^= length;
    return bx_random_split(&mixed);
}

/* exp(-x) for 0 <= x < 700 from basic arithmetic, within a few units of the last place. */
static double exp_minus(double x)
{
    int halvings = (int)(x * 1.4426950408889634 + 0.5);
    /* ln 2 in two parts, the first short enough that its multiples are exact */
    double r = (halvings * 0x1.62e42fee00000p-1 - x) + halvings * 0x1.a39ef35793c76p-33;
    double sum = 1;
    for (int i = 18; i > 0; i--)
        sum = 1 + sum * r / i;
    for (; halvings > 0; halvings--)
        sum *= 0.5;
    return sum;
}

double bx_random_exponential_slow(bx_random *random, unsigned layer, double x)
{
    if (layer == 0) /* the tail of an exponential is an exponential again */
        return bx_ziggurat_x[1] + bx_random_exponential(random);
    double y = bx_ziggurat_y[layer] +
               bx_random_uniform(random) * (bx_ziggurat_y[layer + 1] - bx_ziggurat_y[layer]);
    return y < exp_minus(x) ? x : bx_random_exponential(random);
}

/* ---- counts ---- */

/* Below this mean, counts come one by one; above it by rejection. */
#define MEAN_SMALL 10

/* The natural logarithm of x > 0 from basic arithmetic, within a few units of the last place. */
static double logarithm(double x)
{
    int exponent;
    double m = frexp(x, &exponent);
    if (m < 0x1.6a09e667f3bcdp-1) { /* keep m between sqrt(1/2) and sqrt(2) */
        m *= 2;
        exponent--;
    }
    double f = (m - 1) / (m + 1), square = f * f, sum = 0;
    for (int i = 23; i > 0; i -= 2)
        sum = sum * square + 1.0 / i;
    return exponent * 0x1.62e42fee00000p-1 + (2 * f * sum + exponent * 0x1.a39ef35793c76p-33);
}

/* log k! less the main terms of Stirling's series, (k + 1/2) log(k + 1) - (k + 1) + log(2 pi) / 2
 * (Hoermann, "The generation of binomial random variates", J. Stat. Comput. Simul. 46, 1993). */
static double stirling_rest(double k)
{
    static const double small[10] = {0.08106146679532726, 0.04134069595540929, 0.02767792568499834,
                                     0.02079067210376509, 0.01664469118982119, 0.01387612882307075,
                                     0.01189670994589177, 0.01041126526197209, 0.009255462182712733,
                                     0.008330563433362871};
    if (k < 10)
        return small[(int)k];
    double n = k + 1, square = n * n;
    return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / n;
}

static double log_factorial(double k)
{
    return (k + 0.5) * logarithm(k + 1) - (k + 1) + 0x1.d67f1c864beb5p-1 + stirling_rest(k);
}

/* Transformed rejection, algorithm PTRS (Hoermann, "The transformed rejection method for generating
 * Poisson random variables", Insurance: Mathematics and Economics 12, 1993). */
static double large_poisson(bx_random *random, double mean)
{
    double b = 0.931 + 2.53 * sqrt(mean), a = -0.059 + 0.02483 * b;
    double alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2);
    double log_mean = logarithm(mean);
    for (;;) {
        double u = bx_random_uniform(random) - 0.5, v = bx_random_uniform(random);
        double us = 0.5 - fabs(u), k = floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= v_r)
            return k;
        if (k < 0 || (us < 0.013 && v > us))
            continue;
        if (logarithm(v * alpha / (a / (us * us) + b)) <= k * log_mean - mean - log_factorial(k))
            return k;
    }
}

double bx_random_poisson(bx_random *random, double mean)
{
    if (!(mean > 0))
        return 0;
    if (mean >= MEAN_SMALL)
        return large_poisson(random, mean);
    double bound = exp_minus(mean), product = bx_random_uniform(random), k = 0;
    for (; product > bound; k++)
        product *= bx_random_uniform(random);
    return k;
}

/* Transformed rejection, algorithm BTRS (Hoermann 1993, as for stirling_rest); p <= 1/2. */
static double large_binomial(bx_random *random, double n, double p)
{
    double q = 1 - p, spread = sqrt(n * p * q);
    double b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * p, c = n * p + 0.5;
    double v_r = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * spread;
    double m = floor((n + 1) * p), log_odds = logarithm(p / q);
    double most = log_factorial(m) + log_factorial(n - m);
    for (;;) {
        double u = bx_random_uniform(random) - 0.5, v = bx_random_uniform(random);
        double us = 0.5 - fabs(u), k = floor((2 * a / us + b) * u + c);
        if (k < 0 || k > n)
            continue;
        if (us >= 0.07 && v <= v_r)
            return k;
        v = logarithm(v * alpha / (a / (us * us) + b));
        if (v <= most - log_factorial(k) - log_factorial(n - k) + (k - m) * log_odds)
            return k;
    }
}

double bx_random_binomial(bx_random *random, double count, double p)
{
    if (!(count > 0 && p > 0))
        return 0;
    if (p >= 1)
        return count;
    if (p > 0.5)
        return count - bx_random_binomial(random, count, 1 - p);
    if (count * p >= MEAN_SMALL)
        return large_binomial(random, count, p);
    /* gaps between successes are geometric: Devroye, "Non-Uniform Random Variate Generation",
     * 1986, chapter X.4, the first waiting time method */
    double scale = p < 1e-4 ? -p * (1 + p * (1.0 / 2 + p * (1.0 / 3 + p / 4))) : logarithm(1 - p);
    double position = 0, k = 0;
    for (;; k++) {
        position += floor(logarithm(bx_random_uniform(random)) / scale) + 1;
        if (position > count)
            return k;
    }
}
