#include "flux/sampling.h"

#include <math.h>
#include <stdlib.h>

static double mean_of(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum / (double)count;
}

static double variance_of(const double *values, size_t count)
{
    double mean = mean_of(values, count), sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (values[i] - mean) * (values[i] - mean);
    return sum / (double)(count - 1);
}

/* The mean of the products of values so far apart, about the mean of their chain. */
static double covariance(const double *values, size_t count, size_t lag)
{
    double mean = mean_of(values, count), sum = 0;
    for (size_t i = 0; i + lag < count; i++)
        sum += (values[i] - mean) * (values[i + lag] - mean);
    return sum / (double)count;
}

/* A piece of the chains: the whole ones, or their halves, without the middle one of an odd number.
 */
static const double *piece_of(const double *values, size_t count, size_t length, size_t piece)
{
    if (length == count)
        return values + piece * count;
    return values + piece / 2 * count + (piece % 2 ? count - length : 0);
}

typedef struct spread {
    double within, between; /* variances: in the pieces, and of their means */
} spread;

static spread spread_of(const double *values, size_t count, size_t pieces, size_t length)
{
    spread s = {0, 0};
    double mean = 0;
    for (size_t p = 0; p < pieces; p++) {
        const double *piece = piece_of(values, count, length, p);
        s.within += variance_of(piece, length) / (double)pieces;
        mean += mean_of(piece, length) / (double)pieces;
    }
    for (size_t p = 0; p < pieces && pieces > 1; p++) {
        double away = mean_of(piece_of(values, count, length, p), length) - mean;
        s.between += away * away / (double)(pieces - 1);
    }
    return s;
}

/* The correlation of all chains at a lag. */
static double correlation(const double *values, size_t chains, size_t count, const spread *s,
                          size_t lag)
{
    double sum = 0;
    for (size_t c = 0; c < chains; c++)
        sum += covariance(values + c * count, count, lag) / (double)chains;
    double scale = (double)count / (double)(count - 1); /* `within` is divided by count - 1 */
    double total = s->within / scale + s->between;
    return 1 - (s->within - scale * sum) / total;
}

/* The number of steps that a point is remembered for: 1 + 2 times the sum of correlations, as long
 * as those of two lags together are positive and fall. */
static double memory_of(const double *values, size_t chains, size_t count)
{
    spread s = spread_of(values, count, chains, count);
    double sum = -1, last = INFINITY;
    for (size_t lag = 0; lag + 1 < count; lag += 2) {
        double pair = correlation(values, chains, count, &s, lag) +
                      correlation(values, chains, count, &s, lag + 1);
        if (!(pair > 0))
            break;
        last = fmin(last, pair);
        sum += 2 * last;
    }
    return fmax(sum, 1 / log10((double)(chains * count)));
}

static double geweke_of(const double *values, size_t count)
{
    size_t first = count / 10, last = count / 2;
    const double *end = values + count - last;
    if (first < 2)
        first = 2;
    double memory = memory_of(values, 1, count), variance = variance_of(values, count);
    double error = variance * memory * (1 / (double)first + 1 / (double)last);
    return fabs(mean_of(values, first) - mean_of(end, last)) / sqrt(error);
}

bx_convergence bx_convergence_of(const double *values, size_t chains, size_t count)
{
    size_t all = chains * count;
    bx_convergence found = {.mean = mean_of(values, all),
                            .deviation = sqrt(variance_of(values, all)),
                            .reduction = NAN,
                            .size = NAN,
                            .geweke = NAN};
    if (!(found.deviation > 1e-9 * (1 + fabs(found.mean))))
        return found;
    size_t half = count / 2;
    spread s = spread_of(values, count, 2 * chains, half);
    found.reduction = sqrt((double)(half - 1) / (double)half + s.between / s.within);
    found.size = (double)all / memory_of(values, chains, count);
    found.geweke = 0;
    for (size_t c = 0; c < chains; c++)
        found.geweke = fmax(found.geweke, geweke_of(values + c * count, count));
    return found;
}
