#include "values/text.h"

#include "core/save.h"
#include "values/error.h"

#include <lauxlib.h>
#include <string.h>

#define CLASS "bioxen.Text"

static int text_free(lua_State *L)
{
    bx_buffer_free(luaL_checkudata(L, 1, CLASS));
    return 0;
}

bx_buffer *bx_lua_push_text(lua_State *L)
{
    bx_buffer *buffer = lua_newuserdatauv(L, sizeof *buffer, 0);
    memset(buffer, 0, sizeof *buffer);
    if (luaL_newmetatable(L, CLASS)) {
        lua_pushcfunction(L, text_free);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return buffer;
}

const char *bx_lua_check_path(lua_State *L, int index)
{
    size_t length;
    const char *path = luaL_checklstring(L, index, &length);
    luaL_argcheck(L, strlen(path) == length, index, "a path has no zero byte");
    return path;
}

const char *bx_lua_opt_path(lua_State *L, int index)
{
    return lua_isnoneornil(L, index) ? NULL : bx_lua_check_path(L, index);
}

int bx_lua_give_text(lua_State *L, bx_buffer *text, const char *path)
{
    bx_error err;
    if (!path)
        lua_pushlstring(L, (const char *)text->data, text->length);
    else if (bx_save(path, text->data, text->length, &err) < 0)
        return bx_lua_fail(L, &err, NULL);
    else
        lua_pushboolean(L, 1);
    bx_buffer_free(text);
    return 1;
}
