#include "values/options.h"

#include <lauxlib.h>
#include <string.h>

int bx_lua_raw_field(lua_State *L, int table, const char *key)
{
    table = lua_absindex(L, table);
    lua_pushstring(L, key);
    return lua_rawget(L, table);
}

bool bx_lua_is_listed(const char *key, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(key, *list) == 0)
            return true;
    return false;
}

bool bx_lua_is_index(lua_State *L, int key, int table)
{
    lua_Integer index = lua_isinteger(L, key) ? lua_tointeger(L, key) : 0;
    return index >= 1 && (lua_Unsigned)index <= lua_rawlen(L, table);
}

static void push_list(lua_State *L, const char *const *list)
{
    luaL_Buffer text;
    luaL_buffinit(L, &text);
    for (const char *const *at = list; *at; at++) {
        luaL_addstring(&text, at == list ? "" : ", ");
        luaL_addstring(&text, *at);
    }
    luaL_pushresult(&text);
}

bool bx_lua_push_unknown(lua_State *L, int index, const char *const *allowed, bool indices)
{
    index = lua_absindex(L, index);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        bool known = lua_type(L, -2) == LUA_TSTRING ? bx_lua_is_listed(lua_tostring(L, -2), allowed)
                                                    : indices && bx_lua_is_index(L, -2, index);
        if (known)
            continue;
        lua_pop(L, 1);
        push_list(L, allowed);
        return true;
    }
    return false;
}
