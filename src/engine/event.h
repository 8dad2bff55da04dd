/* Events: when they are due, and what of them waits.
 *
 * An event on a condition fires when the condition turns from false to true. One that is true when
 * the first run after its definition (or after a reset) begins does not fire until it has been
 * false and turns true again. An event at a time fires once, when the cell's time reaches it; one
 * whose time has passed when it is first seen never fires. Events that are due together fire one
 * after the other, each seeing what those before it did: by priority, equals by chance; then those
 * without one in order of declaration. One that is due stays due even if its condition turns false
 * before, unless it is transient; so does one that waits for the end of its delay. */
#ifndef BX_ENGINE_EVENT_H
#define BX_ENGINE_EVENT_H

#include "core/random.h"
#include "engine/run.h"
#include "model/network.h"
#include "wire/packing.h"

/* An event that is due, or will be at the end of its delay. */
typedef struct bx_firing {
    double time;
    uint32_t event;
    double *values;   /* to set, of the moment it was triggered; NULL: those of when it fires */
    double *tangents; /* the follower's, from malloc; or NULL */
} bx_firing;

/* Who follows derivatives through what events do: told of an event that was triggered, of one that
 * is about to fire, and of one that has set its values. A run fails where one of them does. */
typedef struct bx_follower {
    int (*triggered)(void *data, bx_firing *firing, bx_error *err);
    int (*fires)(void *data, const bx_firing *firing, bx_error *err);
    int (*fired)(void *data, const bx_firing *firing, bx_error *err);
    void *data;
} bx_follower;

/* The most firings that wait for the end of their delay. */
#define BX_EVENTS_WAITING 1000000

/* Of an event on a condition: its truth when last looked at; of a timed one: whether it is over. */
enum { BX_EVENT_FALSE, BX_EVENT_TRUE, BX_EVENT_UNKNOWN, BX_EVENT_OVER = BX_EVENT_TRUE };

typedef struct bx_events {
    unsigned char *truth; /* by part of bx_network.logic */
    double *difference;   /* by part: of a leaf, a - b or the number when it was looked at last */
    unsigned char *state; /* by event: as above */
    bx_firing *firings;   /* that wait, in the order in which they were triggered */
    size_t firing_count, firing_capacity;
    bx_random random;            /* of the present run */
    const bx_run *run;           /* the present one, to be told what fires; or NULL */
    const bx_follower *follower; /* of the present run; or NULL */
} bx_events;

/* ---- what is kept from one moment to the next: event_state.c ---- */

bx_events *bx_events_new(const bx_network *network, bx_error *err);
void bx_events_free(bx_events *events); /* NULL is fine */

/* Nothing has fired and no condition was looked at. */
void bx_events_reset(const bx_network *network, bx_events *events);

/* The truth of every leaf is to be found anew, as after a value was set. */
void bx_events_forget(const bx_network *network, bx_events *events);

/* One more firing that waits, its values 0 if it has any. NULL without memory. */
bx_firing *bx_events_add(const bx_network *network, bx_events *events, size_t event, double time);

/* The firing number `i` waits no longer. */
void bx_events_drop(bx_events *events, size_t i);

/* Have the state of `from`, of the same network, but for the random numbers. -1 without memory. */
int bx_events_copy(const bx_network *network, bx_events *events, const bx_events *from);

/* Take over what `before` knows of events whose process is in both networks. -1 without memory. */
int bx_events_carry(const bx_network *network, bx_events *events, const bx_network *network_before,
                    const bx_events *before);

/* What a later run needs, which looks at every condition anew; a part of the bytes of a bx_state.
 * They are decoded into new events, which on failure are good for bx_events_free alone. */
void bx_events_encode(const bx_network *network, const bx_events *events, bx_buffer *out);
int bx_events_decode(const bx_network *network, bx_events *events, bx_unpacker *in, bx_error *err);

/* ---- while a run goes on: event.c ---- */

/* A run begins: look at every condition. Rules in `frame` are up to date, here and below. */
int bx_events_begin(const bx_network *network, bx_events *events, double *frame, bx_error *err);

/* Which events, in order, are triggered as soon as a run begins: by a value that was set since the
 * last one, or at this very time. Fails as bx_events_begin does, or with BX_EMEMORY. */
int bx_events_due(const bx_network *network, const bx_events *events, double *frame, bool *due,
                  bx_error *err);

/* Set the truth of every leaf from the values of its sides. One whose sides are as far apart as
 * they were keeps its truth. Returns whether any changed. */
bool bx_events_look(const bx_network *network, bx_events *events, double *frame);

/* The next time after the frame's at which an event is due, or a comparison of the time with a
 * constant changes its truth; infinity if there is none. */
double bx_events_next(const bx_network *network, const bx_events *events, double *frame);

/* Fire what is due by the truth of the leaves and by the frame's time; rules are up to date
 * afterwards. *fired is 0 if nothing was triggered or fired. */
int bx_events_settle(const bx_network *network, bx_events *events, double *frame, size_t *fired,
                     bx_error *err);

#endif
