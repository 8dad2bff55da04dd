#include "record/bins.h"

#include <math.h>
#include <stdlib.h>

/* The exponents of the least and the greatest power of two. */
enum { EXPONENT_LEAST = -1074, EXPONENT_GREATEST = 1023 };

/* No index of a bin that doubles can tell apart is above. */
#define INDEX_MAXIMUM ((int64_t)1 << 55)

void bx_bins_free(bx_bins *bins)
{
    free(bins->counts);
    *bins = (bx_bins){0};
}

static double index_of(double value, int exponent)
{
    double scaled = ldexp(value, -exponent);
    return scaled == 0 && value < 0 ? -1 : floor(scaled); /* it may underflow */
}

/* The greatest power of two of which `value` is a multiple, as its exponent. */
static int exponent_of(double value)
{
    int exponent;
    double fraction = frexp(value, &exponent);
    if (value == 0)
        return EXPONENT_GREATEST;
    uint64_t whole = (uint64_t)ldexp(fabs(fraction), 53);
    return exponent - 53 + __builtin_ctzll(whole);
}

static bool fits(double least, double greatest, int exponent, uint32_t most)
{
    return index_of(greatest, exponent) - index_of(least, exponent) < most;
}

/* The exponent of the narrowest bins of which `most` reach, not below `from`. */
static int narrowest(double least, double greatest, int from, uint32_t most)
{
    int exponent = EXPONENT_GREATEST;
    double range = greatest - least;
    if (isfinite(range))
        frexp(range, &exponent);
    exponent -= 33; /* narrower ones of at most 2^32 would not reach */
    if (range == 0 || exponent < from)
        exponent = from;
    while (!fits(least, greatest, exponent, most))
        exponent++;
    return exponent;
}

/* Have bins of 2^exponent that reach from `least` to `greatest`. */
static int reshape(bx_bins *bins, int exponent, double least, double greatest)
{
    int64_t low = (int64_t)index_of(least, exponent);
    size_t length = (size_t)((int64_t)index_of(greatest, exponent) - low + 1);
    uint32_t *counts = calloc(length, sizeof *counts);
    if (!counts)
        return -1;
    for (size_t i = 0; i < bins->length; i++) {
        if (bins->counts[i] == 0)
            continue;
        int64_t at = bins->low + (int64_t)i;
        int shift = exponent - bins->exponent;
        at = shift >= 63   ? (at < 0 ? -1 : 0)
             : shift >= 0  ? at >> shift
             : shift > -63 ? (int64_t)((uint64_t)at << -shift)
                           : 0; /* that far apart, only 0 stays in reach */
        counts[at - low] += bins->counts[i];
    }
    free(bins->counts);
    bins->counts = counts;
    bins->length = (uint32_t)length;
    bins->low = low;
    bins->exponent = exponent;
    return 0;
}

/* Make room for values that are multiples of 2^multiple. */
static int widen(bx_bins *bins, int multiple, bool exact, double least, double greatest,
                 uint32_t most)
{
    int exponent = narrowest(least, greatest, multiple, most);
    if (reshape(bins, exponent, least, greatest) < 0)
        return -1;
    bins->exact = exact && exponent == multiple;
    return 0;
}

int bx_bins_add(bx_bins *bins, double value, double least, double greatest, uint32_t most)
{
    int multiple = bins->exponent;
    bool finer = false;
    if (bins->length == 0) {
        multiple = exponent_of(value);
        bins->exact = true;
    } else if (bins->exact) {
        double scaled = ldexp(value, -bins->exponent);
        finer = scaled != floor(scaled) || (scaled == 0 && value != 0);
        if (finer)
            multiple = exponent_of(value);
    }
    double index = index_of(value, bins->exponent) - (double)bins->low;
    if (bins->length == 0 || finer || !(index >= 0 && index < bins->length)) {
        if (widen(bins, multiple, bins->exact, least, greatest, most) < 0)
            return -1;
        index = index_of(value, bins->exponent) - (double)bins->low;
    }
    bins->counts[(size_t)index]++;
    return 0;
}

static int copy(bx_bins *bins, const bx_bins *other)
{
    uint32_t *counts = calloc(other->length, sizeof *counts);
    if (!counts)
        return -1;
    for (size_t i = 0; i < other->length; i++)
        counts[i] = other->counts[i];
    *bins = *other;
    bins->counts = counts;
    return 0;
}

int bx_bins_merge(bx_bins *bins, const bx_bins *other, double least, double greatest, uint32_t most)
{
    bx_bins both = {0};
    if (other->length == 0)
        return 0;
    if (bins->length == 0)
        return copy(bins, other);
    /* of two that are exact, the finer; else no finer than the one that is not */
    int multiple = bins->exponent < other->exponent ? bins->exponent : other->exponent;
    if (!bins->exact && bins->exponent > multiple)
        multiple = bins->exponent;
    if (!other->exact && other->exponent > multiple)
        multiple = other->exponent;
    bool exact = bins->exact && other->exact;
    if (copy(&both, other) < 0)
        return -1;
    if (widen(&both, multiple, exact, least, greatest, most) < 0 ||
        widen(bins, multiple, exact, least, greatest, most) < 0) {
        bx_bins_free(&both);
        return -1;
    }
    for (size_t i = 0; i < bins->length; i++)
        bins->counts[i] += both.counts[i];
    bx_bins_free(&both);
    return 0;
}

uint64_t bx_bins_total(const bx_bins *bins)
{
    uint64_t total = 0;
    for (size_t i = 0; i < bins->length; i++)
        total += bins->counts[i];
    return total;
}

double bx_bins_edge(const bx_bins *bins, size_t index)
{
    return ldexp((double)(bins->low + (int64_t)index), bins->exponent);
}

double bx_bins_quantile(const bx_bins *bins, double p, double least, double greatest)
{
    uint64_t total = bx_bins_total(bins), before = 0;
    if (total == 0)
        return NAN;
    double wanted = p * (double)total;
    size_t i = 0;
    while (i + 1 < bins->length && (double)(before + bins->counts[i]) < wanted)
        before += bins->counts[i++];
    while (i + 1 < bins->length && bins->counts[i] == 0) /* p = 0 */
        i++;
    double low = bx_bins_edge(bins, i);
    if (bins->exact)
        return low;
    double part = bins->counts[i] ? (wanted - (double)before) / bins->counts[i] : 0;
    double value = low + part * (bx_bins_edge(bins, i + 1) - low);
    return value < least ? least : value > greatest ? greatest : value;
}

bool bx_bins_valid(const bx_bins *bins, double least, double greatest, uint32_t most)
{
    if (bins->length == 0)
        return true;
    if (bins->length > most || bins->exponent < EXPONENT_LEAST ||
        bins->exponent > EXPONENT_GREATEST || bins->low > INDEX_MAXIMUM ||
        bins->low < -INDEX_MAXIMUM)
        return false;
    int64_t last = bins->low + bins->length - 1;
    if (bins->exact)
        return ldexp((double)bins->low, bins->exponent) == least &&
               ldexp((double)last, bins->exponent) == greatest;
    return index_of(least, bins->exponent) == (double)bins->low &&
           index_of(greatest, bins->exponent) == (double)last;
}
