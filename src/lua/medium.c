#include "lua/medium.h"

#include "medium/medium.h"
#include "values/error.h"

#include <lauxlib.h>

#define CLASS "bioxen.MediumState"

static bx_medium *check_medium(lua_State *L)
{
    return luaL_checkudata(L, 1, CLASS);
}

static double item(lua_State *L, int table, lua_Integer i)
{
    lua_rawgeti(L, table, i);
    double value = luaL_checknumber(L, -1);
    lua_pop(L, 1);
    return value;
}

int bx_lua_new_medium(lua_State *L)
{
    luaL_checktype(L, 4, LUA_TTABLE);
    size_t count = lua_rawlen(L, 4);
    bx_medium *medium = lua_newuserdatauv(L, sizeof *medium + count * sizeof(bx_pool), 0);
    *medium = (bx_medium){luaL_checknumber(L, 1), luaL_checknumber(L, 2), luaL_checknumber(L, 3),
                          (bx_pool *)(medium + 1), count};
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, 4, (lua_Integer)i + 1);
        int pool = lua_gettop(L);
        luaL_checktype(L, pool, LUA_TTABLE);
        medium->pools[i] = (bx_pool){
            .amount = item(L, pool, 1), .feed = item(L, pool, 2), .decay = item(L, pool, 3)};
        lua_pop(L, 1);
    }
    luaL_setmetatable(L, CLASS);
    return 1;
}

static bx_pool *check_pool(lua_State *L, const bx_medium *medium)
{
    lua_Integer i = luaL_checkinteger(L, 2);
    luaL_argcheck(L, i >= 1 && (size_t)i <= medium->pool_count, 2, "no such pool");
    return &medium->pools[i - 1];
}

static int medium_step(lua_State *L)
{
    bx_medium *medium = check_medium(L);
    double h = luaL_checknumber(L, 2), stays;
    bx_error error;
    luaL_checktype(L, 3, LUA_TTABLE);
    double *given = lua_newuserdatauv(L, (medium->pool_count + 1) * sizeof *given, 0);
    for (size_t i = 0; i < medium->pool_count; i++)
        given[i] = item(L, 3, (lua_Integer)i + 1);
    if (bx_medium_step(medium, h, given, &stays, &error) < 0)
        return bx_lua_fail(L, &error, NULL);
    lua_pushnumber(L, stays);
    return 1;
}

static int medium_pool(lua_State *L)
{
    const bx_pool *pool = check_pool(L, check_medium(L));
    const double values[] = {pool->amount, pool->entered, pool->given,
                             pool->taken,  pool->left,    pool->decayed};
    for (int i = 0; i < 6; i++)
        lua_pushnumber(L, values[i]);
    return 6;
}

static int medium_flow(lua_State *L)
{
    const bx_medium *medium = check_medium(L);
    lua_pushnumber(L, medium->volume);
    lua_pushnumber(L, medium->inflow);
    lua_pushnumber(L, medium->outflow);
    return 3;
}

static int medium_set_flow(lua_State *L)
{
    bx_medium *medium = check_medium(L);
    medium->inflow = luaL_checknumber(L, 2);
    medium->outflow = luaL_checknumber(L, 3);
    return 0;
}

static int medium_add(lua_State *L)
{
    bx_pool *pool = check_pool(L, check_medium(L));
    double amount = luaL_checknumber(L, 3);
    pool->amount += amount;
    pool->entered += amount;
    return 0;
}

static int medium_feed(lua_State *L)
{
    check_pool(L, check_medium(L))->feed = luaL_checknumber(L, 3);
    return 0;
}

static const luaL_Reg methods[] = {{"step", medium_step}, {"pool", medium_pool},
                                   {"flow", medium_flow}, {"set_flow", medium_set_flow},
                                   {"add", medium_add},   {"feed", medium_feed},
                                   {NULL, NULL}};

void bx_lua_open_medium_class(lua_State *L)
{
    luaL_newmetatable(L, CLASS);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}
