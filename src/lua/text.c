#include "lua/text.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* A part of the text is not left under the name. */
static void remove_part(const char *path)
{
    struct stat found;
    if (lstat(path, &found) == 0 && S_ISREG(found.st_mode))
        unlink(path);
}

static int write_file(const char *path, const bx_buffer *text, bx_error *err)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return bx_fail_errno(err, BX_EFILE, errno, "cannot write %s", path);
    errno = 0;
    int failed = fwrite(text->data, 1, text->length, file) != text->length ? errno : 0;
    if (fclose(file) != 0 && !failed)
        failed = errno;
    if (!failed)
        return 0;
    remove_part(path);
    return bx_fail_errno(err, BX_EFILE, failed, "cannot write %s", path);
}

static int push_failure(lua_State *L, const bx_error *err)
{
    const bx_code_info *info = bx_code_describe(err->code);
    lua_pushnil(L);
    lua_createtable(L, 0, 3);
    lua_pushstring(L, info->name);
    lua_setfield(L, -2, "code");
    lua_pushstring(L, info->class_);
    lua_setfield(L, -2, "class");
    lua_pushstring(L, err->message);
    lua_setfield(L, -2, "message");
    luaL_setmetatable(L, "bioxen.Error");
    return 2;
}

int bx_lua_give_text(lua_State *L, bx_buffer *text, const char *path)
{
    bx_error err;
    if (!path)
        lua_pushlstring(L, (const char *)text->data, text->length);
    else if (write_file(path, text, &err) < 0)
        return push_failure(L, &err);
    else
        lua_pushboolean(L, 1);
    bx_buffer_free(text);
    return 1;
}
