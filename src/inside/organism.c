#include "inside/organism.h"

#include "inside/cell.h"
#include "inside/process.h"
#include "inside/raise.h"
#include "inside/worker.h"
#include "values/genome.h"

#include <lauxlib.h>
#include <lualib.h>

static const char module_key, genome_key, shares_key, options_key;
static const char *const kept[] = {&genome_key, &shares_key, &options_key};
enum { KEPT = sizeof kept / sizeof *kept };

/* Push table[name] of the table at the top, in its place; what is no table has no fields. */
static int replace_by_field(lua_State *L, const char *name)
{
    if (!lua_istable(L, -1)) {
        lua_pop(L, 1);
        lua_pushnil(L);
        return LUA_TNIL;
    }
    lua_pushstring(L, name);
    int type = lua_rawget(L, -2);
    lua_remove(L, -2);
    return type;
}

static int module_field(lua_State *L, const char *name)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &module_key);
    return replace_by_field(L, name);
}

void bx_organism_open(lua_State *L)
{
    if (!lua_istable(L, -1))
        luaL_error(L, "an organism module returns a table");
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &module_key);
    lua_setglobal(L, "organism");
    if (module_field(L, "build") != LUA_TFUNCTION)
        luaL_error(L, "an organism module has a function build");
    lua_pop(L, 1);
}

void bx_organism_build(lua_State *L, int values)
{
    module_field(L, "build");
    bx_cell_push(L);
    lua_pushcfunction(L, bx_process_lua);
    lua_rotate(L, -3 - values, 3);
    lua_call(L, 2 + values, 0);
}

void bx_organism_push_function(lua_State *L, const char *name)
{
    if (module_field(L, name) != LUA_TFUNCTION)
        bx_raise_format(L, BX_EUNSUPPORTED, "the organism %s has no %.40s",
                        bx_worker_of(L)->organism, name);
    bx_cell_push(L);
}

void bx_organism_push_world(lua_State *L, const char *name)
{
    lua_getglobal(L, "require");
    lua_pushliteral(L, "library.world");
    lua_call(L, 1, 1);
    lua_getfield(L, -1, name);
    lua_remove(L, -2);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &module_key);
    bx_cell_push(L);
}

void bx_organism_allocate(lua_State *L)
{
    bx_organism_push_function(L, "allocate");
    lua_pushvalue(L, -3);
    lua_call(L, 2, 0);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &shares_key);
}

void bx_organism_allocate_again(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &shares_key) == LUA_TNIL) {
        lua_pop(L, 1);
        return;
    }
    bx_organism_forget_shares(L); /* while it is told: it may reset the cell itself */
    bx_organism_allocate(L);
}

void bx_organism_forget_shares(lua_State *L)
{
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &shares_key);
}

/* The names of the module's capabilities, sorted by Lua's own table.sort. */
static const char *push_capabilities(lua_State *L)
{
    luaL_Buffer list;
    lua_Integer count = 0;
    lua_newtable(L);
    if (module_field(L, "capabilities") == LUA_TTABLE)
        for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
            if (lua_type(L, -2) == LUA_TSTRING) {
                lua_pushvalue(L, -2);
                lua_rawseti(L, -5, ++count);
            }
    lua_pop(L, 1);
    int names = lua_gettop(L);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_getfield(L, -1, LUA_TABLIBNAME);
    lua_getfield(L, -1, "sort");
    lua_pushvalue(L, names);
    lua_call(L, 1, 0);
    luaL_buffinit(L, &list);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, names, i);
        luaL_addvalue(&list);
        if (i < count)
            luaL_addstring(&list, ", ");
    }
    luaL_pushresult(&list);
    return count ? lua_tostring(L, -1) : "none";
}

void bx_organism_push_capability(lua_State *L, const char *name)
{
    module_field(L, "capabilities");
    if (replace_by_field(L, name) != LUA_TFUNCTION)
        bx_raise_format(L, BX_EUNSUPPORTED, "the organism %s has no %.40s; it has %s",
                        bx_worker_of(L)->organism, name, push_capabilities(L));
    bx_cell_push(L);
}

void bx_organism_push_genome(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &genome_key) != LUA_TNIL)
        return;
    lua_pop(L, 1);
    if (module_field(L, "genome") != LUA_TFUNCTION)
        bx_raise_format(L, BX_EUNSUPPORTED, "the organism %s has no genome, and none was loaded",
                        bx_worker_of(L)->organism);
    lua_call(L, 0, 1);
    if (!bx_lua_test_genome(L, -1))
        luaL_error(L, "the organism's function genome gives no genome but a %s",
                   luaL_typename(L, -1));
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &genome_key);
}

void bx_organism_load_genome(lua_State *L)
{
    if (!bx_lua_test_genome(L, -1))
        bx_raise_format(L, BX_EPROTOCOL, "a genome expected");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &genome_key);
}

void bx_organism_note_options(lua_State *L)
{
    lua_rawsetp(L, LUA_REGISTRYINDEX, &options_key);
}

bool bx_organism_push_options(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &options_key) != LUA_TNIL)
        return true;
    lua_pop(L, 1);
    return false;
}

void bx_organism_push_kept(lua_State *L)
{
    lua_createtable(L, KEPT, 0);
    for (int i = 0; i < KEPT; i++) {
        if (lua_rawgetp(L, LUA_REGISTRYINDEX, kept[i]) == LUA_TNIL) {
            lua_pop(L, 1);
            lua_pushboolean(L, 0);
        }
        lua_rawseti(L, -2, i + 1);
    }
}

void bx_organism_take_kept(lua_State *L)
{
    for (int i = 0; i < KEPT; i++) {
        lua_rawgeti(L, -1, i + 1);
        if (!lua_toboolean(L, -1)) {
            lua_pop(L, 1);
            lua_pushnil(L);
        }
        lua_rawsetp(L, LUA_REGISTRYINDEX, kept[i]);
    }
    lua_pop(L, 1);
}
