#include "inside/raise.h"

#include "interrupt/hook.h"

#include <lauxlib.h>
#include <stdio.h>

#define CLASS "bioxen.Error"

/* In the registry, where it is false for nothing: to set it then needs no memory. */
static const char finished_key = 'f';

void bx_finished_keep(lua_State *L)
{
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &finished_key);
}

void bx_finished_push(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &finished_key);
}

void bx_finished_forget(lua_State *L)
{
    lua_pushboolean(L, 0);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &finished_key);
}

static int error_tostring(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushliteral(L, "message");
    lua_rawget(L, 1);
    if (lua_type(L, -1) != LUA_TSTRING)
        lua_pushliteral(L, "(an error without a message)");
    return 1;
}

void bx_raise_open(lua_State *L)
{
    bx_finished_forget(L);
    luaL_newmetatable(L, CLASS);
    lua_pushcfunction(L, error_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pop(L, 1);
}

/* The object of an error whose message is on top. */
static void push_error(lua_State *L, const bx_error *err)
{
    lua_createtable(L, 0, 3);
    lua_insert(L, -2);
    lua_setfield(L, -2, "message");
    lua_pushstring(L, bx_code_describe(err->code)->name);
    lua_setfield(L, -2, "code");
    lua_pushstring(L, bx_code_describe(err->code)->class_);
    lua_setfield(L, -2, "class");
    luaL_setmetatable(L, CLASS);
}

int bx_raise(lua_State *L, const bx_error *err)
{
    if (bx_interrupted)
        bx_hook_raise(L);
    luaL_where(L, 1);
    lua_pushstring(L, err->message);
    lua_concat(L, 2);
    push_error(L, err);
    return lua_error(L);
}

int bx_raise_or_give(lua_State *L, const bx_error *err)
{
    if (err->code != BX_ESIMULATION && err->code != BX_EMODEL)
        return bx_raise(L, err);
    lua_pushnil(L);
    lua_pushstring(L, err->message);
    push_error(L, err);
    return 2;
}

int bx_raise_format(lua_State *L, bx_code code, const char *format, ...)
{
    bx_error err = {.code = code};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err.message, sizeof err.message, format, arguments);
    va_end(arguments);
    return bx_raise(L, &err);
}

static bool is_error_object(lua_State *L, int index)
{
    if (!lua_istable(L, index) || !lua_getmetatable(L, index))
        return false;
    luaL_getmetatable(L, CLASS);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

bx_code bx_raise_test(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    if (!is_error_object(L, index))
        return BX_OK;
    size_t length = 0;
    lua_pushliteral(L, "code");
    lua_rawget(L, index);
    const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : "";
    bx_code code = bx_code_by_name(name, length);
    lua_pop(L, 1);
    /* The script may have changed the object: it can't pose as the host. */
    if (code < BX_ESCRIPT || code > BX_EUNSUPPORTED)
        code = BX_ESCRIPT;
    lua_pushliteral(L, "message");
    lua_rawget(L, index);
    if (lua_type(L, -1) != LUA_TSTRING) {
        lua_pop(L, 1);
        lua_pushliteral(L, "(an error without a message)");
    }
    return code;
}
