#include "lua/changes.h"

#include "lua/host.h"
#include "lua/hypervisor.h"
#include "lua/job.h"

#include <lauxlib.h>
#include <stddef.h>
#include <stdlib.h>

/* Where the registry has who is told: functions by hypervisor. Its keys are weak, so a function
 * keeps no hypervisor alive, its own least of all. */
static const char listeners_key = 'l';

static void push_listeners(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &listeners_key) == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &listeners_key);
}

int bx_lua_hypervisor_listen(lua_State *L)
{
    bx_hypervisor *hypervisor = bx_lua_check_hypervisor(L);
    if (!lua_isnil(L, 2))
        luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    push_listeners(L);
    lua_insert(L, 1);
    lua_rawset(L, 1);
    bx_hypervisor_listen(hypervisor, !lua_isnil(L, 2));
    return 0;
}

/* A hypervisor with something to tell; who is told is pushed. NULL: there is none. */
static bx_hypervisor *find_changed(lua_State *L)
{
    push_listeners(L);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        bx_hypervisor *hypervisor = lua_touserdata(L, -2);
        if (hypervisor->changes)
            return hypervisor;
    }
    return NULL;
}

/* The registry has the functions by job. */
int bx_lua_when_ready(lua_State *L)
{
    bx_job *job = bx_lua_check_job(L, 1);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    job->ready.queue = &bx_lua_push_host(L)->heard;
    luaL_getsubtable(L, LUA_REGISTRYINDEX, "bioxen.ready");
    lua_pushvalue(L, 2);
    lua_rawsetp(L, -2, job);
    if (job->done)
        bx_ready_tell(&job->ready);
    return 0;
}

static void tell_ready(lua_State *L, bx_ready *ready)
{
    const bx_job *job = (bx_job *)((char *)ready - offsetof(bx_job, ready));
    luaL_getsubtable(L, LUA_REGISTRYINDEX, "bioxen.ready");
    lua_rawgetp(L, -1, job);
    if (job->done) {
        lua_pushnil(L);
        lua_rawsetp(L, -3, job);
    }
    lua_call(L, 0, 0);
    lua_pop(L, 1);
}

void bx_lua_tell_changes(lua_State *L, bx_host *host)
{
    int top = lua_gettop(L);
    if (!bx_host_is_owner(host)) /* a fork has what its parent tells */
        return;
    luaL_checkstack(L, 8, NULL);
    for (bx_ready *ready; (ready = bx_ready_take(&host->heard));)
        tell_ready(L, ready);
    while (host->untold) {
        bx_hypervisor *hypervisor = find_changed(L);
        if (!hypervisor)
            return;
        const bx_change *change = hypervisor->changes;
        lua_pushstring(L, change->vm_id);
        lua_pushstring(L, change->from);
        lua_pushstring(L, change->to);
        lua_pushstring(L, change->reason);
        bx_hypervisor_drop_change(hypervisor);
        lua_call(L, 4, 0);
        lua_settop(L, top);
    }
}
