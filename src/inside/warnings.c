#include "inside/warnings.h"

#include <lauxlib.h>

#define BOX_CLASS "bioxen.worker.warnings"

static int box_free(lua_State *L)
{
    bx_warnings_free(luaL_checkudata(L, 1, BOX_CLASS));
    return 0;
}

bx_warnings *bx_warnings_push(lua_State *L)
{
    bx_warnings *warnings = lua_newuserdatauv(L, sizeof *warnings, 0);
    *warnings = (bx_warnings){0};
    luaL_setmetatable(L, BOX_CLASS);
    return warnings;
}

void bx_warnings_push_table(lua_State *L, const bx_warnings *warnings)
{
    lua_createtable(L, (int)warnings->count, 0);
    for (size_t i = 0; i < warnings->count; i++) {
        lua_createtable(L, 0, 3);
        lua_pushstring(L, warnings->items[i].code);
        lua_setfield(L, -2, "code");
        lua_pushstring(L, warnings->items[i].message);
        lua_setfield(L, -2, "message");
        lua_pushstring(L, warnings->items[i].element); /* nil without one */
        lua_setfield(L, -2, "element");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

void bx_warnings_open(lua_State *L)
{
    luaL_newmetatable(L, BOX_CLASS);
    lua_pushcfunction(L, box_free);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
}
