#include "engine/stochastic/sum_tree.h"

#include <stdlib.h>
#include <string.h>

static size_t padded(size_t count)
{
    return (count + BX_SUM_WIDTH - 1) / BX_SUM_WIDTH * BX_SUM_WIDTH;
}

int bx_sum_tree_init(bx_sum_tree *tree, size_t count)
{
    *tree = (bx_sum_tree){.count = count};
    size_t size = padded(count ? count : 1), total = 0;
    for (;;) {
        tree->offset[tree->levels] = total;
        tree->size[tree->levels++] = size;
        total += size;
        if (size <= BX_SUM_TOP)
            break;
        size = padded(size / BX_SUM_WIDTH);
    }
    size_t bytes = total * sizeof *tree->values;
    tree->values = aligned_alloc(64, bytes);
    if (!tree->values)
        return -1;
    memset(tree->values, 0, bytes);
    return 0;
}

void bx_sum_tree_free(bx_sum_tree *tree)
{
    free(tree->values);
    *tree = (bx_sum_tree){0};
}

void bx_sum_tree_rebuild(bx_sum_tree *tree)
{
    for (size_t level = 1; level < tree->levels; level++) {
        const double *below = tree->values + tree->offset[level - 1];
        double *sums = tree->values + tree->offset[level];
        for (size_t i = 0; i < tree->size[level - 1] / BX_SUM_WIDTH; i++)
            sums[i] = bx_sum_eight(below + i * BX_SUM_WIDTH);
    }
}
