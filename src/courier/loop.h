/* What the courier waits for: its host, the frames that pass through it, and what the present step
 * needs. Steps block, one at a time, but only ever in bx_loop_wait, which moves everything else on
 * meanwhile and ends early when the request is cancelled or its deadline has passed. */
#ifndef BX_COURIER_LOOP_H
#define BX_COURIER_LOOP_H

#include "core/clock.h"
#include "core/error.h"

#include <poll.h>
#include <stdbool.h>

/* Something that moves by itself while steps wait: the host's connection, a relay. Embedded as the
 * first member of what it moves. */
typedef struct bx_pump {
    /* Fill in what to poll for, at most two; returns how many. */
    int (*watch)(struct bx_pump *pump, struct pollfd *watched);
    /* Move what can be moved without waiting. Called after each poll, whatever was ready. It may
     * remove itself, but no other pump. */
    void (*move)(struct bx_pump *pump);
    /* When to be moved though nothing is ready; BX_NEVER. NULL: never. */
    int64_t (*due)(const struct bx_pump *pump);
    struct bx_pump *next;
} bx_pump;

typedef struct bx_loop {
    bx_pump *pumps;
    int64_t deadline; /* of the present request */
    bool cancelled;   /* the present request is to end */
} bx_loop;

void bx_loop_add(bx_loop *loop, bx_pump *pump);
void bx_loop_remove(bx_loop *loop, bx_pump *pump); /* one that is not there is fine */

/* Poll once, at most until `until`, and move everything. -1: the system refuses to poll. */
int bx_loop_turn(bx_loop *loop, int64_t until);

/* Wait until one of `own` is ready, at most until `until`. 1: ready, revents are set; 0: `until`
 * has passed; -1: the request is over, BX_ECANCELLED or BX_EDEADLINE, or the system refuses to
 * poll, BX_ESYSTEM. `own` may be NULL with count 0; at most 8. */
int bx_loop_wait(bx_loop *loop, struct pollfd *own, int count, int64_t until, bx_error *err);

#endif
