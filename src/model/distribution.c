#include "model/distribution.h"

#include "core/random.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define TWO_PI 6.28318530717958647692

/* So many numbers outside the bounds mean that there is nothing between them. */
#define TRIES_MAXIMUM 100000

const bx_distribution *bx_distribution_find(const char *name)
{
    static const bx_distribution all[] = {
        {"normal", BX_OP_NORMAL, 2, true, false},
        {"uniform", BX_OP_UNIFORM, 2, false, false},
        {"bernoulli", BX_OP_BERNOULLI, 1, false, false},
        {"binomial", BX_OP_BINOMIAL, 2, true, false},
        {"cauchy", BX_OP_CAUCHY, 2, true, true},
        {"chisquare", BX_OP_CHI_SQUARE, 1, true, false},
        {"exponential", BX_OP_EXPONENTIAL, 1, true, false},
        {"gamma", BX_OP_GAMMA, 2, true, false},
        {"laplace", BX_OP_LAPLACE, 2, true, true},
        {"lognormal", BX_OP_LOG_NORMAL, 2, true, false},
        {"poisson", BX_OP_POISSON, 1, true, false},
        {"rayleigh", BX_OP_RAYLEIGH, 1, true, false},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].name, name) == 0)
            return &all[i];
    return NULL;
}

unsigned bx_distribution_parameters(const bx_distribution *d, unsigned operands)
{
    if (d->centred && operands == 1)
        return 1;
    bool fits = operands == d->parameters || (d->bounds && operands == d->parameters + 2);
    return fits ? d->parameters : 0;
}

static double normal(bx_random *random)
{
    double radius = sqrt(2 * bx_random_exponential(random));
    return radius * cos(TWO_PI * bx_random_uniform(random));
}

/* Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26, 2000. */
static double gamma_of(bx_random *random, double shape)
{
    if (!(shape > 0))
        return NAN;
    if (shape < 1) {
        double above = gamma_of(random, shape + 1);
        return above * pow(bx_random_uniform(random), 1 / shape);
    }
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = normal(random), v = 1 + c * x;
        v = v * v * v;
        if (v > 0 && log(bx_random_uniform(random)) < x * x / 2 + d * (1 - v + log(v)))
            return d * v;
    }
}

static double binomial(bx_random *random, double n, double p)
{
    bool proper = n >= 0 && n == floor(n) && n < 1e15 && p >= 0 && p <= 1;
    return proper ? bx_random_binomial(random, n, p) : NAN;
}

static double poisson(bx_random *random, double mean)
{
    return mean >= 0 && mean < 1e15 ? bx_random_poisson(random, mean) : NAN;
}

/* One draw after the other: in one expression C leaves open which comes first. */
static double laplace(bx_random *random)
{
    double up = bx_random_exponential(random);
    return up - bx_random_exponential(random);
}

static double draw(bx_random *random, bx_op op, double a, double b)
{
    switch (op) {
    case BX_OP_NORMAL: return a + b * normal(random);
    case BX_OP_UNIFORM: return a + (b - a) * bx_random_uniform(random);
    case BX_OP_BERNOULLI: return bx_random_uniform(random) < a;
    case BX_OP_BINOMIAL: return binomial(random, a, b);
    case BX_OP_CAUCHY: return a + b * tan(TWO_PI / 2 * (bx_random_uniform(random) - 0.5));
    case BX_OP_CHI_SQUARE: return 2 * gamma_of(random, a / 2);
    case BX_OP_EXPONENTIAL: return bx_random_exponential(random) / a;
    case BX_OP_GAMMA: return b * gamma_of(random, a);
    case BX_OP_LAPLACE: return a + b * laplace(random);
    case BX_OP_LOG_NORMAL: return exp(a + b * normal(random));
    case BX_OP_POISSON: return poisson(random, a);
    case BX_OP_RAYLEIGH: return a * sqrt(2 * bx_random_exponential(random));
    default: return NAN;
    }
}

/* Whether the parameters make a distribution. */
static int is_proper(bx_op op, double a, double b)
{
    if (!isfinite(a) || !isfinite(b))
        return 0;
    switch (op) {
    case BX_OP_NORMAL:
    case BX_OP_CAUCHY:
    case BX_OP_LAPLACE:
    case BX_OP_LOG_NORMAL: return b >= 0;
    case BX_OP_UNIFORM: return a <= b;
    case BX_OP_BERNOULLI: return a >= 0 && a <= 1;
    case BX_OP_EXPONENTIAL:
    case BX_OP_CHI_SQUARE: return a > 0;
    case BX_OP_RAYLEIGH: return a >= 0;
    case BX_OP_GAMMA: return a > 0 && b > 0;
    default: return 1;
    }
}

double bx_distribution_draw(bx_op op, double a, double b, const double *key)
{
    bx_random random;
    uint64_t seed;
    if (!is_proper(op, a, b))
        return NAN;
    memcpy(&seed, key, sizeof seed);
    bx_random_init(&random, seed, 0);
    for (int i = 0; i < TRIES_MAXIMUM; i++) {
        double value = draw(&random, op, a, b);
        if (value >= key[1] && value <= key[2])
            return value;
        if (isnan(value))
            return NAN;
    }
    return NAN;
}
