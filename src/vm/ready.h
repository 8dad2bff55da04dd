/* What has something to say, in the order in which that came up: the reactor's callbacks, which know
 * no Lua, put it into a queue, and whoever turns the loop takes one after the other. */
#ifndef BX_VM_READY_H
#define BX_VM_READY_H

#include <stdbool.h>

typedef struct bx_ready {
    struct bx_ready_queue *queue; /* NULL: nobody wants to know */
    bool waiting;                 /* in it */
    struct bx_ready *next, *previous;
} bx_ready;

/* Zeroed, it is empty. It must outlive what is told to it. */
typedef struct bx_ready_queue {
    bx_ready *first, *last;
} bx_ready_queue;

/* There is something; again before it was taken means nothing. */
void bx_ready_tell(bx_ready *ready);

/* Out of the queue, if it is in. */
void bx_ready_leave(bx_ready *ready);

/* The first, taken out; NULL: none. */
bx_ready *bx_ready_take(bx_ready_queue *queue);

#endif
