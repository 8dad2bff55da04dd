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

void bx_warnings_open(lua_State *L)
{
    luaL_newmetatable(L, BOX_CLASS);
    lua_pushcfunction(L, box_free);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
}
