#include "values/columns.h"

#include <lauxlib.h>
#include <limits.h>

enum { NAMES_SHOWN = 12 };

void bx_lua_push_name_text(lua_State *L, const char *const *names, size_t count)
{
    luaL_Buffer text;
    luaL_buffinit(L, &text);
    for (size_t i = 0; i < count && i < NAMES_SHOWN; i++) {
        if (i)
            luaL_addstring(&text, ", ");
        luaL_addstring(&text, names[i]);
    }
    if (count > NAMES_SHOWN)
        luaL_addstring(&text, ", ...");
    luaL_pushresult(&text);
}

int bx_lua_push_names(lua_State *L, const char *const *names, size_t count)
{
    lua_createtable(L, count < INT_MAX ? (int)count : 0, 0);
    for (size_t i = 0; i < count; i++) {
        lua_pushstring(L, names[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

int bx_lua_push_numbers(lua_State *L, const double *values, size_t count)
{
    lua_createtable(L, count < INT_MAX ? (int)count : 0, 0);
    for (size_t i = 0; i < count; i++) {
        lua_pushnumber(L, values[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

int bx_lua_plot_on_host(lua_State *L)
{
    return luaL_error(L,
                      "plot: a VM has no files and no terminal; return the %s and plot it on the "
                      "host",
                      lua_tostring(L, lua_upvalueindex(1)));
}

void bx_lua_no_column(lua_State *L, const char *what, const char *const *names, size_t count)
{
    bx_lua_push_name_text(L, names, count);
    lua_pushfstring(L, "%s has no column \"%s\", it has: %s", what, lua_tostring(L, 2),
                    lua_tostring(L, -1));
    luaL_argerror(L, 2, lua_tostring(L, -1));
}
