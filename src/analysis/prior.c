#include "analysis/prior.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define LOG_2PI 1.8378770664093454836
#define LOG_PI 1.1447298858494001741

static const struct {
    const char *name;
    int arity;
    bool positive; /* of values above 0 alone */
} kinds[BX_PRIOR_COUNT] = {
    [BX_PRIOR_NONE] = {"none", 0, false},
    [BX_PRIOR_UNIFORM] = {"uniform", 2, false},
    [BX_PRIOR_NORMAL] = {"normal", 2, false},
    [BX_PRIOR_LAPLACE] = {"laplace", 2, false},
    [BX_PRIOR_LOG_NORMAL] = {"log-normal", 2, true},
    [BX_PRIOR_LOG_LAPLACE] = {"log-laplace", 2, true},
    [BX_PRIOR_LOG_UNIFORM] = {"log-uniform", 2, true},
    [BX_PRIOR_CAUCHY] = {"cauchy", 2, false},
    [BX_PRIOR_GAMMA] = {"gamma", 2, true},
    [BX_PRIOR_EXPONENTIAL] = {"exponential", 1, true},
    [BX_PRIOR_CHI_SQUARE] = {"chisquare", 1, true},
    [BX_PRIOR_RAYLEIGH] = {"rayleigh", 1, true},
};

bx_prior_kind bx_prior_named(const char *name)
{
    bx_prior_kind kind = BX_PRIOR_UNIFORM;
    while (kind < BX_PRIOR_COUNT && strcmp(kinds[kind].name, name) != 0)
        kind++;
    return kind;
}

int bx_prior_arity(bx_prior_kind kind)
{
    return kinds[kind].arity;
}

bool bx_prior_valid(const bx_prior *p)
{
    switch (p->kind) {
    case BX_PRIOR_NONE: return true;
    case BX_PRIOR_UNIFORM: return p->b > p->a && isfinite(p->b - p->a);
    case BX_PRIOR_LOG_UNIFORM: return p->a > 0 && p->b > p->a && isfinite(p->b);
    case BX_PRIOR_GAMMA: return p->a > 0 && p->b > 0;
    case BX_PRIOR_EXPONENTIAL:
    case BX_PRIOR_CHI_SQUARE:
    case BX_PRIOR_RAYLEIGH: return p->a > 0 && isfinite(p->a);
    default: return isfinite(p->a) && p->b > 0 && isfinite(p->b);
    }
}

/* The normal, Laplace and gamma densities, of x itself. */
static double log_normal(double x, double mean, double deviation, double *slope)
{
    double z = (x - mean) / deviation;
    *slope = -z / deviation;
    return -0.5 * LOG_2PI - log(deviation) - 0.5 * z * z;
}

static double log_laplace(double x, double location, double scale, double *slope)
{
    *slope = (x < location ? 1 : -1) / scale;
    return -log(2 * scale) - fabs(x - location) / scale;
}

static double log_gamma(double x, double shape, double scale, double *slope)
{
    *slope = (shape - 1) / x - 1 / scale;
    return (shape - 1) * log(x) - x / scale - lgamma(shape) - shape * log(scale);
}

/* Of the logarithm of x: the density of x has 1 / x beside it. */
static double of_logarithm(double x, double log_density, double *slope)
{
    *slope = (*slope - 1) / x;
    return log_density - log(x);
}

double bx_prior_log(const bx_prior *p, double x, double *slope)
{
    double unused = 0;
    slope = slope ? slope : &unused;
    *slope = 0;
    if (p->kind == BX_PRIOR_NONE)
        return 0;
    if ((kinds[p->kind].positive && !(x > 0)) || (p->truncated && (x < p->low || x > p->high)))
        return -INFINITY;
    switch (p->kind) {
    case BX_PRIOR_UNIFORM: return x < p->a || x > p->b ? -INFINITY : -log(p->b - p->a) - p->missing;
    case BX_PRIOR_NORMAL: return log_normal(x, p->a, p->b, slope) - p->missing;
    case BX_PRIOR_LAPLACE: return log_laplace(x, p->a, p->b, slope) - p->missing;
    case BX_PRIOR_LOG_NORMAL:
        return of_logarithm(x, log_normal(log(x), p->a, p->b, slope), slope) - p->missing;
    case BX_PRIOR_LOG_LAPLACE:
        return of_logarithm(x, log_laplace(log(x), p->a, p->b, slope), slope) - p->missing;
    case BX_PRIOR_LOG_UNIFORM:
        *slope = -1 / x;
        return x < p->a || x > p->b ? -INFINITY : -log(x) - log(log(p->b / p->a)) - p->missing;
    case BX_PRIOR_CAUCHY: {
        double z = (x - p->a) / p->b;
        *slope = -2 * z / (1 + z * z) / p->b;
        return -LOG_PI - log(p->b) - log1p(z * z) - p->missing;
    }
    case BX_PRIOR_GAMMA: return log_gamma(x, p->a, p->b, slope) - p->missing;
    case BX_PRIOR_EXPONENTIAL: return log_gamma(x, 1, p->a, slope) - p->missing;
    case BX_PRIOR_CHI_SQUARE: return log_gamma(x, p->a / 2, 2, slope) - p->missing;
    default: /* Rayleigh */
        *slope = 1 / x - x / (p->a * p->a);
        return log(x) - 2 * log(p->a) - 0.5 * (x / p->a) * (x / p->a) - p->missing;
    }
}

/* The regularised incomplete gamma function P(a, x): its series, or Legendre's continued fraction
 * for the rest (Abramowitz and Stegun, 6.5.29 and 6.5.31). */
static double incomplete_gamma(double a, double x)
{
    double front = exp(a * log(x) - x - lgamma(a));
    if (x < a + 1) {
        double term = 1 / a, sum = term;
        for (int n = 1; n < 10000 && term > 1e-17 * sum; n++)
            sum += term *= x / (a + n);
        return front * sum;
    }
    double b = x + 1 - a, c = 1e300, d = 1 / b, fraction = d;
    for (int n = 1; n < 10000; n++) {
        double an = n * (a - n);
        b += 2;
        d = 1 / (an * d + b);
        c = b + an / c;
        fraction *= c * d;
        if (fabs(c * d - 1) < 1e-16)
            break;
    }
    return 1 - front * fraction;
}

static double normal_below(double z)
{
    return 0.5 * erfc(-z / 1.4142135623730950488);
}

static double laplace_below(double z)
{
    return z < 0 ? 0.5 * exp(z) : 1 - 0.5 * exp(-z);
}

/* How much of the weight lies below x, before it is truncated. */
static double below(const bx_prior *p, double x)
{
    if (kinds[p->kind].positive && !(x > 0))
        return 0;
    if (isinf(x))
        return x > 0;
    switch (p->kind) {
    case BX_PRIOR_UNIFORM: return fmin(1, fmax(0, (x - p->a) / (p->b - p->a)));
    case BX_PRIOR_NORMAL: return normal_below((x - p->a) / p->b);
    case BX_PRIOR_LAPLACE: return laplace_below((x - p->a) / p->b);
    case BX_PRIOR_LOG_NORMAL: return normal_below((log(x) - p->a) / p->b);
    case BX_PRIOR_LOG_LAPLACE: return laplace_below((log(x) - p->a) / p->b);
    case BX_PRIOR_LOG_UNIFORM: return fmin(1, fmax(0, log(x / p->a) / log(p->b / p->a)));
    case BX_PRIOR_CAUCHY: return 0.5 + atan((x - p->a) / p->b) / 3.14159265358979323846;
    case BX_PRIOR_GAMMA: return incomplete_gamma(p->a, x / p->b);
    case BX_PRIOR_EXPONENTIAL: return -expm1(-x / p->a);
    case BX_PRIOR_CHI_SQUARE: return incomplete_gamma(p->a / 2, x / 2);
    case BX_PRIOR_RAYLEIGH: return -expm1(-0.5 * (x / p->a) * (x / p->a));
    default: return 0;
    }
}

bool bx_prior_truncate(bx_prior *p, double low, double high)
{
    if (p->kind == BX_PRIOR_NONE)
        return true;
    p->truncated = true;
    p->low = low;
    p->high = high;
    p->missing = log(below(p, high) - below(p, low));
    return isfinite(p->missing);
}

double bx_prior_quantile(const bx_prior *prior, double part, double low, double high)
{
    double from = below(prior, low), wanted = from + part * (below(prior, high) - from);
    for (int i = 0; i < 200 && high - low > 1e-15 * fmax(fabs(low), fabs(high)); i++) {
        double middle = low + 0.5 * (high - low);
        if (below(prior, middle) < wanted)
            low = middle;
        else
            high = middle;
    }
    return low + 0.5 * (high - low);
}
