#include "engine/stochastic/hubs.h"

#include <stdlib.h>

/* A hub has more spokes than this, and more reactions change it. With fewer, to update the spokes
 * costs less, or less often, than a choice in two steps and the sums between them. */
#define SHARED_LEAST 16

/* What is counted by species. */
typedef struct tally {
    uint32_t candidates; /* have it as a reactant */
    uint32_t spokes;     /* that it would have */
    uint32_t changes;    /* reactions that change it */
    uint32_t hub;        /* its number, or none */
} tally;

/* Whether the part without one of the reactants can stand for the reaction: mass action with a
 * constant k and single molecules. Counts of 0 or more that reactions change keep parts from being
 * below 0 where a hub of 0 would hide it; only what is not changed may be of any value. */
static bool is_candidate(const bx_network *network, size_t r)
{
    const bx_reaction *reaction = &network->reaction[r];
    uint32_t begin = network->reactants.start[r], end = network->reactants.start[r + 1];
    bool fits = reaction->mass_action && reaction->constant && end > begin && end - begin <= 3;
    for (uint32_t i = begin; fits && i < end; i++) {
        uint32_t species = network->reactants.items[i];
        fits = network->orders[i] == 1 && (network->changing[species] || !network->free[species]);
    }
    return fits;
}

/* How well a species would do as a hub. */
static uint32_t merit(const tally *species)
{
    return species->changes > SHARED_LEAST ? species->candidates : 0;
}

static uint32_t best_reactant(const bx_network *network, size_t r, const tally *tallies)
{
    const uint32_t *species = bx_csr_row(&network->reactants, r);
    uint32_t best = species[0];
    for (uint32_t i = 1; i < bx_csr_count(&network->reactants, r); i++)
        if (merit(&tallies[species[i]]) > merit(&tallies[best]))
            best = species[i];
    return best;
}

/* hubs->of becomes the species that each reaction would be a spoke of. */
static void count(bx_hubs *hubs, const bx_network *network, tally *tallies)
{
    for (uint32_t i = 0; i < network->changes.start[network->reactions]; i++)
        if (network->changes.items[i] < network->species)
            tallies[network->changes.items[i]].changes++;
    for (size_t r = 0; r < network->reactions; r++) {
        hubs->of[r] = is_candidate(network, r) ? 0 : BX_HUB_NONE;
        if (hubs->of[r] != BX_HUB_NONE)
            for (uint32_t i = 0; i < bx_csr_count(&network->reactants, r); i++)
                tallies[bx_csr_row(&network->reactants, r)[i]].candidates++;
    }
    for (size_t r = 0; r < network->reactions; r++)
        if (hubs->of[r] != BX_HUB_NONE) {
            hubs->of[r] = best_reactant(network, r, tallies);
            tallies[hubs->of[r]].spokes++;
        }
}

/* Give each hub its leaves. Returns how many there are in all. */
static size_t lay_out(bx_hubs *hubs, const bx_network *network, tally *tallies)
{
    size_t leaves = 0;
    for (uint32_t s = 0; s < network->species; s++) {
        tallies[s].hub = BX_HUB_NONE;
        if (tallies[s].spokes <= SHARED_LEAST || tallies[s].changes <= SHARED_LEAST)
            continue;
        uint32_t levels = 1;
        while ((size_t)1 << (3 * levels) < tallies[s].spokes)
            levels++;
        size_t own = (size_t)1 << (3 * levels), first = (leaves + own - 1) / own * own;
        leaves = first + own;
        hubs->levels = levels > hubs->levels ? levels : hubs->levels;
        tallies[s].hub = (uint32_t)hubs->count;
        hubs->hubs[hubs->count++] =
            (bx_hub){.species = s, .first = (uint32_t)first, .levels = levels};
    }
    return leaves;
}

static int place_spokes(bx_hubs *hubs, const bx_network *network, size_t leaves,
                        const tally *tallies)
{
    hubs->leaf = calloc(network->reactions, sizeof *hubs->leaf);
    hubs->spoke = calloc(leaves, sizeof *hubs->spoke);
    if (!hubs->leaf || !hubs->spoke || bx_sum_tree_init(&hubs->tree, leaves) < 0)
        return -1;
    for (size_t r = 0; r < network->reactions; r++) {
        if (hubs->of[r] != BX_HUB_NONE)
            hubs->of[r] = tallies[hubs->of[r]].hub;
        if (hubs->of[r] == BX_HUB_NONE)
            continue;
        bx_hub *hub = &hubs->hubs[hubs->of[r]];
        hubs->leaf[r] = hub->first + hub->count++;
        hubs->spoke[hubs->leaf[r]] = (uint32_t)r;
    }
    return 0;
}

int bx_hubs_init(bx_hubs *hubs, const bx_network *network)
{
    *hubs = (bx_hubs){0};
    tally *tallies = calloc(network->species + 1, sizeof *tallies);
    hubs->of = calloc(network->reactions + 1, sizeof *hubs->of);
    hubs->hubs = calloc(network->reactions / SHARED_LEAST + 1, sizeof *hubs->hubs);
    int result = tallies && hubs->of && hubs->hubs ? 0 : -1;
    if (result == 0) {
        count(hubs, network, tallies);
        size_t leaves = lay_out(hubs, network, tallies);
        result = leaves > 0 ? place_spokes(hubs, network, leaves, tallies) : 0;
    }
    free(tallies);
    if (result < 0 || hubs->count == 0)
        bx_hubs_free(hubs);
    return result;
}

void bx_hubs_free(bx_hubs *hubs)
{
    free(hubs->hubs);
    free(hubs->of);
    free(hubs->leaf);
    free(hubs->spoke);
    bx_sum_tree_free(&hubs->tree);
    *hubs = (bx_hubs){0};
}
