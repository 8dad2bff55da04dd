/* Hubs: species that many reactions take one molecule of, as a cell's RNA polymerases, ribosomes
 * and degradosomes. The propensity of such a reaction, a spoke, is that count times a part without
 * it; the parts of a hub's spokes have a sum of their own, so that a change of the hub changes one
 * product in place of hundreds of propensities (partial propensities: Ramaswamy, Gonzalez-Segredo
 * and Sbalzarini, J. Chem. Phys. 130, 244104, 2009). A reaction is chosen in two steps: the hub by
 * its product, then a spoke by its part. */
#ifndef BX_ENGINE_STOCHASTIC_HUBS_H
#define BX_ENGINE_STOCHASTIC_HUBS_H

#include "core/random.h"
#include "engine/stochastic/sum_tree.h"
#include "model/network.h"

#define BX_HUB_NONE UINT32_MAX

typedef struct bx_hub {
    uint32_t species;
    uint32_t first, count; /* its spokes' leaves, in order of the reactions */
    uint32_t levels;       /* 8^levels leaves are its own, and `first` is a multiple of that */
} bx_hub;

/* A zeroed bx_hubs has none. */
typedef struct bx_hubs {
    size_t count;
    bx_hub *hubs;
    uint32_t *of;     /* reaction -> the hub that it is a spoke of, or none */
    uint32_t *leaf;   /* spoke -> where its part stands in the tree */
    uint32_t *spoke;  /* leaf -> reaction */
    size_t levels;    /* the most of a hub */
    bx_sum_tree tree; /* of the parts */
} bx_hubs;

/* -1 without memory. */
int bx_hubs_init(bx_hubs *hubs, const bx_network *network);
void bx_hubs_free(bx_hubs *hubs);

static inline uint32_t bx_hubs_of(const bx_hubs *hubs, size_t reaction)
{
    return hubs->count > 0 ? hubs->of[reaction] : BX_HUB_NONE;
}

/* The sum of a hub's parts, of the highest sums that are its own alone. */
static inline double bx_hubs_sum(const bx_hubs *hubs, size_t hub)
{
    const bx_hub *h = &hubs->hubs[hub];
    uint32_t level = h->levels - 1;
    return bx_sum_eight(hubs->tree.values + hubs->tree.offset[level] + (h->first >> (3 * level)));
}

/* A spoke of the hub by its share of the sum, which is above 0. */
static inline uint32_t bx_hubs_choose(const bx_hubs *hubs, size_t hub, bx_random *random,
                                      double sum)
{
    const bx_hub *h = &hubs->hubs[hub];
    for (;;) {
        size_t leaf = bx_sum_tree_descend(&hubs->tree, h->levels, h->first >> (3 * h->levels),
                                          bx_random_uniform(random) * sum);
        if (__builtin_expect(hubs->tree.values[leaf] > 0, 1))
            return hubs->spoke[leaf];
    }
}

#endif
