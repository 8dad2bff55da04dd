#include "lua/host.h"

#include "lua/class.h"
#include "values/error.h"
#include "values/options.h"
#include "values/text.h"
#include "vm/group.h"
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

/* The integer options[name], from 0 to `most`; `present` where there is none. */
static uint64_t limit_option(lua_State *L, const char *name, lua_Integer most, uint64_t present)
{
    int type = bx_lua_raw_field(L, 1, name), exact = 0;
    lua_Integer value = lua_tointegerx(L, -1, &exact);
    lua_pop(L, 1);
    if (type == LUA_TNIL)
        return present;
    if (type != LUA_TNUMBER || !exact || value < 0 || value > most)
        luaL_argerror(
            L, 1,
            lua_pushfstring(L, "'%s' must be an integer from 0 to %I", name, (LUAI_UACINT)most));
    return (uint64_t)value;
}

int bx_lua_limits(lua_State *L)
{
    static const char *const names[] = {"memory", "vms", "first_user", "user_count", NULL};
    lua_settop(L, 1);
    bx_host *host = bx_lua_push_host(L);
    bx_limits limits = host->limits;
    if (!lua_isnil(L, 1)) {
        bx_lua_check_options(L, 1, names);
        limits.memory = limit_option(L, "memory", INT64_MAX, limits.memory);
        limits.vms = limit_option(L, "vms", INT64_MAX, limits.vms);
        limits.first_user = (uint32_t)limit_option(L, "first_user", INT32_MAX, limits.first_user);
        limits.user_count = (uint32_t)limit_option(L, "user_count", INT32_MAX, limits.user_count);
        luaL_argcheck(L, limits.first_user > 0 || limits.user_count == 0, 1,
                      "'first_user' is root");
        host->limits = limits;
    }
    lua_createtable(L, 0, 4);
    lua_pushinteger(L, (lua_Integer)limits.memory);
    lua_setfield(L, -2, "memory");
    lua_pushinteger(L, (lua_Integer)limits.vms);
    lua_setfield(L, -2, "vms");
    lua_pushinteger(L, limits.first_user);
    lua_setfield(L, -2, "first_user");
    lua_pushinteger(L, limits.user_count);
    lua_setfield(L, -2, "user_count");
    return 1;
}

int bx_lua_set_group(lua_State *L)
{
    bx_error error;
    bx_host *host = bx_lua_push_host(L);
    if (bx_group_set(host, bx_lua_check_path(L, 1), &error) < 0)
        return bx_lua_fail(L, &error, NULL);
    lua_pushboolean(L, 1);
    return 1;
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
