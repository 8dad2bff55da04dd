#include "inside/box.h"

#include <lauxlib.h>
#include <string.h>

void bx_box_class(lua_State *L, const char *name, lua_CFunction release)
{
    luaL_newmetatable(L, name);
    lua_pushcfunction(L, release);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
}

void *bx_box_push(lua_State *L, const char *name, size_t size)
{
    void *box = lua_newuserdatauv(L, size, 0);
    memset(box, 0, size);
    luaL_setmetatable(L, name);
    return box;
}
