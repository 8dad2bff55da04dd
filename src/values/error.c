#include "values/error.h"

#include <lauxlib.h>

#define ERROR_NAME "bioxen.Error"

static int error_tostring(lua_State *L)
{
    lua_settop(L, 1);
    lua_getfield(L, 1, "message");
    lua_getfield(L, 1, "code");
    lua_getfield(L, 1, "vm_id");
    const char *message = luaL_tolstring(L, 2, NULL);
    const char *code = luaL_tolstring(L, 3, NULL);
    if (lua_isnil(L, 4))
        lua_pushfstring(L, "%s [%s]", message, code);
    else
        lua_pushfstring(L, "%s [%s, VM %s]", message, code, luaL_tolstring(L, 4, NULL));
    return 1;
}

static int error_concat(lua_State *L)
{
    luaL_tolstring(L, 1, NULL);
    luaL_tolstring(L, 2, NULL);
    lua_concat(L, 2);
    return 1;
}

void bx_lua_open_error(lua_State *L)
{
    luaL_newmetatable(L, ERROR_NAME);
    lua_pushcfunction(L, error_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushcfunction(L, error_concat);
    lua_setfield(L, -2, "__concat");
    lua_pop(L, 1);
}

void bx_lua_push_error(lua_State *L, const bx_error *error, const char *vm_id)
{
    const bx_code_info *info = bx_code_describe(error->code);
    lua_createtable(L, 0, 6);
    lua_pushstring(L, info->name);
    lua_setfield(L, -2, "code");
    lua_pushstring(L, info->class_);
    lua_setfield(L, -2, "class");
    lua_pushstring(L, error->message);
    lua_setfield(L, -2, "message");
    lua_pushboolean(L, info->vm_usable);
    lua_setfield(L, -2, "usable");
    lua_pushstring(L, vm_id);
    lua_setfield(L, -2, "vm_id");
    luaL_setmetatable(L, ERROR_NAME);
}

int bx_lua_fail(lua_State *L, const bx_error *error, const char *vm_id)
{
    lua_pushnil(L);
    bx_lua_push_error(L, error, vm_id);
    return 2;
}
