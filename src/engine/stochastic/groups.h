/* Choosing among very many items by composition and rejection (Slepoy, Thompson and Plimpton,
 * J. Chem. Phys. 128, 205101, 2008): items whose values lie between the same two powers of two form
 * a group; a group is chosen by its sum, and in it an item by chance, which is kept with the chance
 * of its value over the greatest possible. The time is that of the groups, some tens, not of the
 * items. A sum is a whole number of the group's last places, in 128 bits: exact, so nothing drifts.
 */
#ifndef BX_ENGINE_STOCHASTIC_GROUPS_H
#define BX_ENGINE_STOCHASTIC_GROUPS_H

#include "core/random.h"

#include <stddef.h>
#include <stdint.h>

typedef struct bx_group {
    unsigned __int128 sum; /* of mantissas */
    double scale;          /* of their last place */
    uint32_t *items;
    uint32_t count, capacity;
} bx_group;

typedef struct bx_groups {
    double *values;  /* by item; one below 2^-1022 counts as 0 */
    uint32_t *place; /* of an item in its group */
    bx_group *groups;
    double *sums; /* by group */
    size_t count, capacity;
    int16_t index[2048]; /* biased exponent -> group, or -1 */
    size_t items;
} bx_groups;

/* All items are 0. -1 without memory, here and below. */
int bx_groups_init(bx_groups *groups, size_t items);
void bx_groups_free(bx_groups *groups);

/* All items are 0 again, and the order in which they and their groups stand is forgotten: it has a
 * part in which item chance chooses. */
void bx_groups_clear(bx_groups *groups);

/* A finite value of 0 or more. */
int bx_groups_set(bx_groups *groups, uint32_t item, double value);

static inline double bx_groups_total(const bx_groups *groups)
{
    double total = 0;
    for (size_t i = 0; i < groups->count; i++)
        total += groups->sums[i];
    return total;
}

/* An item by its share of `total`, which is above 0. */
uint32_t bx_groups_choose(const bx_groups *groups, bx_random *random, double total);

#endif
