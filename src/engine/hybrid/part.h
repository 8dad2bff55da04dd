/* A part of a network: some of its reactions, over the same frame. */
#ifndef BX_ENGINE_HYBRID_PART_H
#define BX_ENGINE_HYBRID_PART_H

#include "model/network.h"

typedef struct bx_part {
    bx_network network; /* of those reactions; rules, events and much else belong to the whole */
    uint32_t *origin;   /* its reactions in the whole */
    uint32_t *counted;  /* the reactions of the whole that counters count */
    size_t counters;    /* they are the slots behind the whole's frame: part.program.frame_size */
} bx_part;

/* The reactions whose `chosen` is `wanted`. Rates are put into the slots from the whole's on plus
 * `offset`. Unless NULL, `pooled` tells by species what these reactions must not change: one that
 * would adds 1 to a counter instead. `alone`: between two starts of its engine nothing but this
 * part changes the state, so what its reactions do not change does not vary. */
bx_part *bx_part_new(const bx_network *whole, const bool *chosen, bool wanted, uint32_t offset,
                     const bool *pooled, bool alone, bx_error *err);
void bx_part_free(bx_part *part); /* NULL is fine */

#endif
