/* A part of a network: some of its reactions, over the same frame. */
#ifndef BX_ENGINE_HYBRID_PART_H
#define BX_ENGINE_HYBRID_PART_H

#include "model/network.h"

typedef struct bx_part {
    bx_network network; /* of those reactions; rules, events and much else belong to the whole */
    uint32_t *origin;   /* its reactions in the whole */
    uint32_t *counted;  /* by counter: the reaction of the whole that it counts */
    size_t counters;    /* they stand in the slots behind the whole's frame */
} bx_part;

/* The part of the reactions r for which chosen[r] is `wanted`. Their rates stand in the frame
 * `offset` slots behind the whole's first. Unless NULL, `pooled` tells the species that the part
 * must not change: a reaction that would adds 1 to a counter of its own instead. `alone`: from
 * one start of its engine to the next nothing but this part changes the state, so that all else
 * counts as constant. */
bx_part *bx_part_new(const bx_network *whole, const bool *chosen, bool wanted, uint32_t offset,
                     const bool *pooled, bool alone, bx_error *err);
void bx_part_free(bx_part *part); /* NULL is fine */

#endif
