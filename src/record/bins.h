/* A histogram that needs no range in advance. A bin is [i w, (i + 1) w) for a whole i, and its
 * width w a power of two: the smallest at which at most `most` bins reach from the least value to
 * the greatest, but no smaller than what all values are multiples of. So counts are kept one by
 * one while they span fewer than `most` numbers, and a wider bin is two narrower ones. The result
 * depends on which values came, never on their order, nor on how they were split and merged. */
#ifndef BX_RECORD_BINS_H
#define BX_RECORD_BINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A zeroed one is empty. */
typedef struct bx_bins {
    uint32_t *counts; /* of bins low .. low + length - 1 */
    uint32_t length;
    int32_t exponent; /* w = 2^exponent */
    int64_t low;
    bool exact; /* each value is i w, not just in the bin */
} bx_bins;

void bx_bins_free(bx_bins *bins);

/* Count a finite value. [least, greatest] holds the values so far and this one. -1 without memory,
 * and nothing changes then; here and below. */
int bx_bins_add(bx_bins *bins, double value, double least, double greatest, uint32_t most);

/* Count what `other` counted. [least, greatest] holds the values of both. */
int bx_bins_merge(bx_bins *bins, const bx_bins *other, double least, double greatest,
                  uint32_t most);

/* Whether bins that came from elsewhere can be used: they are where the values are. */
bool bx_bins_valid(const bx_bins *bins, double least, double greatest, uint32_t most);

uint64_t bx_bins_total(const bx_bins *bins);

/* The least value that a part `p` of all values does not pass. Where bins are wider than values are
 * apart it lies between the edges of its bin, in proportion. NaN without values. */
double bx_bins_quantile(const bx_bins *bins, double p, double least, double greatest);

/* Where a bin begins: low + index may be up to the length. */
double bx_bins_edge(const bx_bins *bins, size_t index);

#endif
