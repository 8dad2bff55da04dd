/* Partial sums of propensities: each sum adds up 8 items of the level below, so that a change costs
 * a few short sums and a choice a few short scans. Sums are always made anew from their parts:
 * nothing drifts, and a sum of zeros is zero. */
#ifndef BX_ENGINE_STOCHASTIC_SUM_TREE_H
#define BX_ENGINE_STOCHASTIC_SUM_TREE_H

#include <stddef.h>
#include <stdint.h>

#define BX_SUM_WIDTH 8
#define BX_SUM_TOP 16 /* a level no longer than this has none above it */
#define BX_SUM_LEVELS 12

typedef struct bx_sum_tree {
    double *values; /* the items, padded with zeros, then each level of sums */
    size_t count;   /* of items */
    size_t levels;  /* the items' among them */
    size_t offset[BX_SUM_LEVELS], size[BX_SUM_LEVELS]; /* padded to a multiple of the width */
} bx_sum_tree;

/* All items are zero. -1 without memory. */
int bx_sum_tree_init(bx_sum_tree *tree, size_t count);
void bx_sum_tree_free(bx_sum_tree *tree);

/* Make every sum anew. */
void bx_sum_tree_rebuild(bx_sum_tree *tree);

/* The sum of 8 values, in an order that suits two and four lanes. */
static inline double bx_sum_eight(const double *v)
{
    return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

static inline double bx_sum_tree_total(const bx_sum_tree *tree)
{
    const double *top = tree->values + tree->offset[tree->levels - 1];
    double total = bx_sum_eight(top);
    if (tree->size[tree->levels - 1] > BX_SUM_WIDTH)
        total += bx_sum_eight(top + BX_SUM_WIDTH);
    return total;
}

/* The item below the sum `at` of `level` at which the running sum of those passes `target`. */
static inline size_t bx_sum_tree_descend(const bx_sum_tree *tree, size_t level, size_t at,
                                         double target)
{
    while (level-- > 0) {
        at *= BX_SUM_WIDTH;
        size_t end = at + BX_SUM_WIDTH - 1;
        const double *values = tree->values + tree->offset[level];
        while (at < end && target >= values[at])
            target -= values[at++];
    }
    return at;
}

/* The item at which the running sum of items passes `target`, 0 <= target < total. By rounding it
 * may be one of value 0; the caller draws again then. */
static inline size_t bx_sum_tree_find(const bx_sum_tree *tree, double target)
{
    size_t level = tree->levels - 1, at = 0, end = tree->size[level] - 1;
    const double *values = tree->values + tree->offset[level];
    while (at < end && target >= values[at])
        target -= values[at++];
    return bx_sum_tree_descend(tree, level, at, target);
}

#endif
