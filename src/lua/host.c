#include "lua/host.h"

#include "vm/vm.h"

#include <lauxlib.h>

static const char host_key = 'h';

static int host_gc(lua_State *L)
{
    bx_vm_close_host(lua_touserdata(L, 1));
    return 0;
}

static int nothing(lua_State *L)
{
    (void)L;
    return 0;
}

void bx_lua_open_host(lua_State *L, const char *worker)
{
    bx_host *host = lua_newuserdatauv(L, sizeof *host, 0);
    bx_error error;
    if (bx_host_open(host, worker, &error) < 0)
        luaL_error(L, "%s", error.message);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, host_gc);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &host_key);
}

bx_host *bx_lua_push_host(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &host_key);
    return lua_touserdata(L, -1);
}

void bx_lua_run_hooks(lua_State *L)
{
    lua_pushcfunction(L, nothing);
    lua_call(L, 0, 0);
}
