/* The host's one loop: descriptors by epoll, deadlines by a heap. Callbacks run inside
 * bx_reactor_turn and never call Lua. */
#ifndef BX_VM_REACTOR_H
#define BX_VM_REACTOR_H

#include "core/clock.h"
#include "core/error.h"

#include <stddef.h>
#include <stdint.h>

typedef struct bx_source {
    void (*ready)(struct bx_source *source, uint32_t events);
    int descriptor; /* -1: not watched */
} bx_source;

typedef struct bx_timer {
    void (*fired)(struct bx_timer *timer);
    int64_t at;      /* by bx_clock_now */
    size_t position; /* in the heap, from 1; 0: not set */
} bx_timer;

typedef struct bx_reactor {
    int epoll;
    bx_timer **heap; /* heap[1] is the earliest */
    size_t timers;
    size_t heap_capacity;
    struct bx_source **pending; /* the events of the present turn, so that a source can leave */
    int pending_count;
    bx_source alarm; /* for another loop: the system's timer, set to the earliest of the heap */
    int64_t alarm_at;
} bx_reactor;

int bx_reactor_open(bx_reactor *reactor, bx_error *err);
void bx_reactor_close(bx_reactor *reactor);

/* `events` is of EPOLLIN and EPOLLOUT. */
int bx_reactor_watch(bx_reactor *reactor, bx_source *source, int descriptor, uint32_t events,
                     bx_error *err);
void bx_reactor_change(bx_reactor *reactor, bx_source *source, uint32_t events);
void bx_reactor_forget(bx_reactor *reactor, bx_source *source);

/* Set, or move, a timer. BX_NEVER clears it. -1 when memory is short. */
int bx_reactor_set_timer(bx_reactor *reactor, bx_timer *timer, int64_t at);
void bx_reactor_clear_timer(bx_reactor *reactor, bx_timer *timer);

/* Besides 0 and 1, below. */
enum { BX_REACTOR_SIGNAL = -1, BX_REACTOR_BROKEN = -2 };

/* Wait for something to happen, at most until `deadline`, and handle it. 1: something was
 * handled; 0: the deadline passed; BX_REACTOR_SIGNAL: a signal came; BX_REACTOR_BROKEN: the loop
 * cannot wait, nor will it ever (errno). */
int bx_reactor_turn(bx_reactor *reactor, int64_t deadline);

/* A descriptor that another loop can wait for: it is readable when a turn finds something to
 * handle, timers included. The reactor keeps it. -1: there can be none. */
int bx_reactor_descriptor(bx_reactor *reactor, bx_error *err);

/* Say so: -1 with BX_ESYSTEM, from errno. */
int bx_reactor_fail(bx_error *err);

#endif
