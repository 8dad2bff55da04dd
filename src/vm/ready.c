#include "vm/ready.h"

#include <stddef.h>

void bx_ready_tell(bx_ready *ready)
{
    bx_ready_queue *queue = ready->queue;
    if (!queue || ready->waiting)
        return;
    ready->waiting = true;
    ready->next = NULL;
    ready->previous = queue->last;
    if (queue->last)
        queue->last->next = ready;
    else
        queue->first = ready;
    queue->last = ready;
}

void bx_ready_leave(bx_ready *ready)
{
    bx_ready_queue *queue = ready->queue;
    if (!ready->waiting)
        return;
    ready->waiting = false;
    if (ready->previous)
        ready->previous->next = ready->next;
    else
        queue->first = ready->next;
    if (ready->next)
        ready->next->previous = ready->previous;
    else
        queue->last = ready->previous;
}

bx_ready *bx_ready_take(bx_ready_queue *queue)
{
    bx_ready *ready = queue->first;
    if (ready)
        bx_ready_leave(ready);
    return ready;
}
