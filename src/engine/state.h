/* The whole state of a living cell between two runs: from a copy of it the cell goes on to the same
 * digits. It belongs to one network, which must outlive it. */
#ifndef BX_ENGINE_STATE_H
#define BX_ENGINE_STATE_H

#include "engine/event.h"
#include "model/history.h"

typedef struct bx_state {
    const bx_network *network;
    double *frame; /* species, parameters and the time; the rest is computed from these */
    double *owed;  /* by species: see hybrid/hybrid.h */
    double *begin; /* by species and parameter: what a reset begins with */
    bool *held;    /* by species and parameter: set, in place of its initial formula */
    bx_events *events;
    bx_history *history; /* NULL if nothing is delayed */
    uint64_t random; /* of the sequence of seeds for runs that name none */
} bx_state;

/* The time is 0 and everything as declared. */
bx_state *bx_state_new(const bx_network *network, bx_error *err);
void bx_state_free(bx_state *state); /* NULL is fine */

/* As new, but for the sequence of seeds, and for parameters that initial values are computed from:
 * they keep what they were set to, and the initial values follow them. */
void bx_state_reset(bx_state *state);

/* Give a species or parameter a value; at time 0 initial values follow. */
void bx_state_set(bx_state *state, size_t slot, double value);

/* Give it the declared value again, now and at a reset. */
void bx_state_restart(bx_state *state, size_t slot);

/* At time 0, compute the initial values again, but of what was set itself. */
void bx_state_follow(bx_state *state);

/* Become the same as `from`, of the same network, in all that runs see and change: not in `begin`
 * and `held`. Fails without memory. */
int bx_state_copy(bx_state *state, const bx_state *from, bx_error *err);

/* Take over from the state of another network what has a place in this: the time, the seeds, values
 * by name, events of processes that both have. Fails without memory. */
int bx_state_carry(bx_state *state, const bx_state *before, bx_error *err);

/* The same bytes on every machine. Decoding takes them for hostile: BX_EPROTOCOL. BX_EMODEL if they
 * are of another network, with other variables, stoichiometry or events; formulas may differ. */
int bx_state_encode(const bx_state *state, bx_buffer *out, bx_error *err);
bx_state *bx_state_decode(const bx_network *network, const uint8_t *bytes, size_t length,
                          bx_error *err);

#endif
