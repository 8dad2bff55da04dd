#include "inside/sandbox.h"

#include "inside/genome.h"
#include "inside/module.h"
#include "inside/output.h"
#include "inside/raise.h"
#include "interrupt/functions.h"
#include "values/ensemble.h"
#include "values/genome.h"
#include "values/trajectory.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdint.h>
#include <string.h>

static const char seed_key, draw_key, ids_key;

/* What tostring and "%p" show for an address, which is nobody's business: numbers in the order in
 * which objects are first shown, the same in every run. The weak table that remembers them has the
 * last at 0. */
static const void *object_id(lua_State *L, int index)
{
    if (!lua_topointer(L, index))
        return NULL;
    index = lua_absindex(L, index);
    luaL_checkstack(L, 4, NULL);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &ids_key);
    lua_pushvalue(L, index);
    if (lua_rawget(L, -2) == LUA_TNIL) {
        lua_rawgeti(L, -2, 0);
        lua_pushinteger(L, lua_tointeger(L, -1) + 1);
        lua_copy(L, -1, -3);
        lua_rawseti(L, -4, 0);
        lua_pushvalue(L, index);
        lua_pushvalue(L, -3);
        lua_rawset(L, -5);
        lua_pop(L, 1);
    }
    lua_Integer id = lua_tointeger(L, -1);
    lua_pop(L, 2);
    return (const void *)(uintptr_t)id;
}

static void open_ids(lua_State *L)
{
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &ids_key);
    luaL_objectid = object_id;
}

void bx_sandbox_push_source(lua_State *L, const char *name, const char *text, size_t length)
{
    lua_pushfstring(L, "%s" LUA_TEXTMARK, name);
    lua_pushlstring(L, text, length);
    lua_concat(L, 2);
}

/* Have the name at 2 followed by the text at 1, where both are known. Without a name the text is
 * the name. */
static void name_by_text(lua_State *L)
{
    size_t length;
    if (lua_type(L, 1) != LUA_TSTRING || lua_type(L, 2) != LUA_TSTRING)
        return;
    const char *text = lua_tolstring(L, 1, &length);
    bx_sandbox_push_source(L, lua_tostring(L, 2), text, length);
    lua_replace(L, 2);
}

/* load(chunk [, name [, mode [, env]]]): text alone, for binary chunks crash the interpreter.
 * Upvalue 1 is the stock function. */
static int load_text(lua_State *L)
{
    luaL_checkany(L, 1);
    if (lua_gettop(L) < 3)
        lua_settop(L, 3);
    lua_pushliteral(L, "t");
    lua_replace(L, 3);
    name_by_text(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* collectgarbage: measuring and collecting, but not stopping or tuning the collector. */
static int collect_garbage(lua_State *L)
{
    static const char *const options[] = {"collect", "count", "step", NULL};
    switch (luaL_checkoption(L, 1, "collect", options)) {
    case 0: lua_pushinteger(L, lua_gc(L, LUA_GCCOLLECT)); return 1;
    case 1: lua_pushnumber(L, lua_gc(L, LUA_GCCOUNT) + lua_gc(L, LUA_GCCOUNTB) / 1024.0); return 1;
    default: lua_pushboolean(L, lua_gc(L, LUA_GCSTEP, (int)luaL_optinteger(L, 2, 0))); return 1;
    }
}

static void remove_fields(lua_State *L, const char *const *names)
{
    for (; *names; names++) {
        lua_pushnil(L);
        lua_setfield(L, -2, *names);
    }
}

/* Put `function` in the place of a stock function, which becomes its upvalue. */
static void replace_field(lua_State *L, const char *name, lua_CFunction function)
{
    lua_getfield(L, -1, name);
    lua_pushcclosure(L, function, 1);
    lua_setfield(L, -2, name);
}

static void open_base(lua_State *L)
{
    static const char *const removed[] = {"dofile", "loadfile", "warn", NULL};
    luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
    remove_fields(L, removed);
    replace_field(L, "load", load_text);
    lua_pushcfunction(L, collect_garbage);
    lua_setfield(L, -2, "collectgarbage");
    lua_pushcfunction(L, bx_output_lua_print);
    lua_setfield(L, -2, "print");
    lua_pushcfunction(L, bx_output_lua_progress);
    lua_setfield(L, -2, "progress");
    lua_pop(L, 1);
}

static void open_string(lua_State *L)
{
    static const char *const removed[] = {"dump", NULL};
    luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
    remove_fields(L, removed);
    lua_pop(L, 1);
}

/* The clock and the calendar; nothing that touches files, the environment or the process. */
static void open_os(lua_State *L)
{
    static const char *const kept[] = {"clock", "date", "difftime", "time"};
    luaL_requiref(L, LUA_OSLIBNAME, luaopen_os, 0);
    lua_newtable(L);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        lua_getfield(L, -2, kept[i]);
        lua_setfield(L, -2, kept[i]);
    }
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_pushvalue(L, -2);
    lua_setfield(L, -2, LUA_OSLIBNAME);
    lua_pop(L, 1);
    lua_setglobal(L, LUA_OSLIBNAME);
    lua_pop(L, 1);
}

/* A VM has no files: to_csv() and the like give text, to_csv(path) an error. Upvalue 1 is the stock
 * method, 2 its name. */
static int to_text(lua_State *L)
{
    if (!lua_isnoneornil(L, 2))
        return luaL_error(L, "%s(path): a VM has no files; return the object or its text",
                          lua_tostring(L, lua_upvalueindex(2)));
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

/* What scripts are given: none changes its metatable, nor writes files, which all methods do whose
 * name begins with "to_". */
static void close_class(lua_State *L, const char *class)
{
    luaL_getmetatable(L, class);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_getfield(L, -1, "__index");
    lua_getupvalue(L, -1, 1); /* the table of methods */
    for (lua_pushnil(L); lua_next(L, -2);) {
        if (strncmp(lua_tostring(L, -2), "to_", 3) != 0) {
            lua_pop(L, 1);
            continue;
        }
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_pushvalue(L, -2);
        lua_pushcclosure(L, to_text, 2);
        lua_rawset(L, -4);
    }
    lua_settop(L, 0);
}

static void open_classes(lua_State *L)
{
    bx_lua_open_trajectory(L);
    close_class(L, "bioxen.Trajectory");
    bx_lua_open_ensemble(L);
    close_class(L, "bioxen.Ensemble");
    bx_lua_open_genome(L);
    close_class(L, "bioxen.Genome");
    bx_genome_open_global(L);
}

void bx_sandbox_open(lua_State *L)
{
    open_ids(L);
    open_base(L);
    open_string(L);
    luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 1);
    luaL_requiref(L, LUA_UTF8LIBNAME, luaopen_utf8, 1);
    luaL_requiref(L, LUA_COLIBNAME, luaopen_coroutine, 1);
    bx_interrupt_open_coroutines(L);
    bx_interrupt_open_xpcall(L);
    luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
    lua_getfield(L, -1, "randomseed");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &seed_key);
    lua_getfield(L, -1, "random");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &draw_key);
    lua_settop(L, 0);
    open_os(L);
    bx_raise_open(L);
    open_classes(L);
    bx_module_open(L);
}

void bx_sandbox_seed(lua_State *L, lua_Integer seed)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &seed_key);
    lua_pushinteger(L, seed);
    lua_call(L, 1, 0);
}

uint64_t bx_sandbox_draw(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &draw_key);
    lua_pushinteger(L, 0);
    lua_call(L, 1, 1);
    uint64_t drawn = (uint64_t)lua_tointeger(L, -1);
    lua_pop(L, 1);
    return drawn;
}

/* The upvalue of math.randomseed: a RanState of lmathlib.c. */
uint64_t *bx_sandbox_random(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &seed_key);
    lua_getupvalue(L, -1, 1);
    uint64_t *words = lua_touserdata(L, -1);
    lua_pop(L, 2);
    return words;
}

void bx_sandbox_push_ids(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &ids_key);
}
