#include "worker/spawn.h"

#include "inside/exchange.h"
#include "inside/flux.h"
#include "inside/objective.h"
#include "inside/output.h"
#include "inside/process.h"
#include "inside/raise.h"
#include "inside/sandbox.h"
#include "inside/saved.h"
#include "worker/call.h"
#include "worker/jail.h"
#include "worker/loop.h"

#include <lauxlib.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOADING_MEMORY = 1 << 30 }; /* of Lua, while an organism is loaded */

void bx_spawn_prepare(void)
{
    static char utc[] = "TZ=UTC0";
    mallopt(M_MMAP_THRESHOLD, 256 << 10); /* large blocks go back to the system when freed */
    putenv(utc);
    bx_jail_prepare();
}

/* Argument 1 is the worker. Trusted code, but protected: it may have a mistake. */
static int load_organism(lua_State *L)
{
    const bx_worker *worker = lua_touserdata(L, 1);
    bx_sandbox_open(L);
    bx_process_open(L);
    bx_flux_open(L);
    bx_exchange_open(L);
    bx_objective_open(L);
    lua_getglobal(L, "require");
    lua_pushstring(L, worker->organism);
    lua_call(L, 1, 1);
    bx_call_open(L);
    lua_gc(L, LUA_GCCOLLECT);
    bx_saved_open(L);
    return 0;
}

/* The text of the error on top of the stack. */
static const char *describe(lua_State *L, int status)
{
    if (status == LUA_ERRMEM)
        return lua_pushfstring(L, "it takes more than %d MiB of memory", LOADING_MEMORY >> 20);
    if (lua_isstring(L, -1) || bx_raise_test(L, -1) != BX_OK)
        return lua_tostring(L, -1);
    return "(the error is no text)";
}

/* Leave no hole in the heap: fill each for good. What a child allocates then comes from the end,
 * all of it side by side, and touches no page that it shares with us. */
static void settle_heap(void)
{
#ifndef BIOXEN_SANITIZE /* which has a heap of its own */
    enum { LARGEST = 64 << 10, SMALL = 1024, STEP = 16 };
    malloc_trim(0);
    const char *end = (const char *)sbrk(0) - mallinfo2().keepcost;
    for (size_t size = LARGEST; size >= STEP; size -= size > SMALL ? size / 8 : STEP) {
        char *block;
        while ((block = malloc(size)) && block < end)
            ;
        if (size > SMALL) /* smaller ones would be kept apart for blocks of their size */
            free(block);
    }
#endif
}

int bx_spawn_open_lua(bx_worker *worker, bx_error *err)
{
    lua_State *L = worker->L = lua_newstate(bx_memory_allocate, &worker->memory);
    if (!L)
        return bx_fail(err, BX_EORGANISM, "not enough memory for Lua");
    *(bx_worker **)lua_getextraspace(L) = worker;
    worker->memory.limit = LOADING_MEMORY;
    lua_pushcfunction(L, load_organism);
    lua_pushlightuserdata(L, worker);
    int status = lua_pcall(L, 1, 0, 0);
    worker->memory.limit = 0;
    if (status != LUA_OK)
        return bx_fail(err, BX_EORGANISM, "cannot load the organism %s: %s", worker->organism,
                       describe(L, status));
    settle_heap();
    bx_loop_prepare();
    return 0;
}

_Noreturn void bx_spawn_become_worker(bx_worker *worker, int socket,
                                      const bx_spawn_request *request, pid_t parent)
{
    static bx_error err; /* on the stack it would cost each VM a page */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (bx_jail_follow(parent, &err) < 0 || bx_jail_close_descriptors(socket, &err) < 0)
        _exit(BX_EXIT_JAIL);
    if (bx_jail_enter(parent, request->user, request->memory_limit, request->unconfined, &err) <
        0) {
        bx_output_send_error(0, 0, BX_EJAIL, err.message, NULL);
        _exit(BX_EXIT_JAIL);
    }
    worker->memory.limit = worker->memory.used + request->memory_limit;
    worker->output_limit = request->output_limit;
    bx_output_send_hello();
    bx_loop_run(worker);
}
