/* What one worker holds. The zygote makes it; each child gets its own copy by fork. */
#ifndef BX_INSIDE_WORKER_H
#define BX_INSIDE_WORKER_H

#include "cell/cell.h"
#include "inside/memory.h"

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct bx_worker {
    lua_State *L;
    bx_memory memory;
    char organism[64]; /* its folder's name */
    bx_cell *cell;
    bool ready;          /* after setup */
    size_t output_limit; /* bytes a call may print */
    size_t recorded;     /* bytes of trajectories since the last full collection */
    bool running;        /* the cell runs: code that is given its rows can't change it */
} bx_worker;

/* The worker that L or any of its coroutines belongs to. */
static inline bx_worker *bx_worker_of(lua_State *L)
{
    return *(bx_worker **)lua_getextraspace(L);
}

#endif
