#include "lua/folder.h"

#include "core/file.h"
#include "core/folder.h"
#include "core/save.h"
#include "values/error.h"
#include "values/text.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <unistd.h>

#define CLASS "bioxen.OpenFolder"

typedef struct open_folder {
    int descriptor; /* -1: closed */
    bool own;       /* only the user's own files are read */
} open_folder;

static open_folder *new_folder(lua_State *L)
{
    open_folder *box = lua_newuserdatauv(L, sizeof *box, 1);
    *box = (open_folder){.descriptor = -1};
    luaL_setmetatable(L, CLASS);
    return box;
}

static int folder_close(lua_State *L)
{
    open_folder *box = luaL_checkudata(L, 1, CLASS);
    if (box->descriptor >= 0)
        close(box->descriptor);
    box->descriptor = -1;
    return 0;
}

static int folder_tostring(lua_State *L)
{
    luaL_checkudata(L, 1, CLASS);
    lua_getiuservalue(L, 1, 1);
    return 1;
}

static const open_folder *check_folder(lua_State *L)
{
    const open_folder *box = luaL_checkudata(L, 1, CLASS);
    luaL_argcheck(L, box->descriptor >= 0, 1, "closed");
    return box;
}

/* nil and an error of what is in the folder at 1, with its path. */
static int fail_in(lua_State *L, const bx_error *error)
{
    bx_error whole;
    lua_getiuservalue(L, 1, 1);
    bx_error_set(&whole, error->code, "%s: %s", lua_tostring(L, -1), error->message);
    return bx_lua_fail(L, &whole, NULL);
}

int bx_lua_make_folder(lua_State *L)
{
    const char *path = bx_lua_check_path(L, 1), *below = bx_lua_opt_path(L, 2), *last;
    bx_error error;
    open_folder *box = new_folder(L);
    if (bx_folder_make(path, 0777, &error) < 0 ||
        (below && (box->descriptor = bx_folder_open(path, false, &error)) < 0))
        return bx_lua_fail(L, &error, NULL);
    if (below) {
        int inside = bx_folder_enter(box->descriptor, lua_pushfstring(L, "%s/x", below), true,
                                     &last, &error);
        if (inside < 0)
            return bx_lua_fail(L, &error, NULL);
        close(inside);
    }
    lua_pushboolean(L, 1);
    return 1;
}

int bx_lua_open_folder(lua_State *L)
{
    const char *path = bx_lua_check_path(L, 1);
    bx_error error;
    open_folder *box = new_folder(L);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    box->own = lua_toboolean(L, 2);
    box->descriptor = bx_folder_open(path, box->own, &error);
    return box->descriptor < 0 ? bx_lua_fail(L, &error, NULL) : 1;
}

static int folder_read(lua_State *L)
{
    const open_folder *folder = check_folder(L);
    const char *name = bx_lua_check_path(L, 2);
    lua_Integer limit = luaL_checkinteger(L, 3);
    bx_error error;
    luaL_argcheck(L, limit > 0, 3, "a number of bytes expected");
    bx_buffer *bytes = bx_lua_push_text(L);
    bytes->limit = (size_t)limit;
    if (bx_file_read_below(folder->descriptor, name, folder->own, bytes, &error) < 0)
        return fail_in(L, &error);
    return bx_lua_give_text(L, bytes, NULL);
}

static int folder_save(lua_State *L)
{
    int folder = check_folder(L)->descriptor;
    size_t length;
    const char *name = bx_lua_check_path(L, 2), *bytes = luaL_checklstring(L, 3, &length);
    bx_error error;
    if (bx_save_below(folder, name, bytes, length, &error) < 0)
        return fail_in(L, &error);
    lua_pushboolean(L, 1);
    return 1;
}

static int folder_create(lua_State *L)
{
    int folder = check_folder(L)->descriptor;
    const char *name = bx_lua_check_path(L, 2), *last;
    bx_error error;
    int inside = bx_folder_enter(folder, name, false, &last, &error);
    if (inside < 0)
        return fail_in(L, &error);
    int file = openat(inside, last, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    int failed = errno;
    close(inside);
    if (file < 0) {
        bx_fail_errno(&error, BX_EFILE, failed, "cannot make %s", name);
        return fail_in(L, &error);
    }
    lua_pushinteger(L, file);
    return 1;
}

static const luaL_Reg methods[] = {
    {"read", folder_read}, {"save", folder_save}, {"create", folder_create}, {NULL, NULL}};

void bx_lua_open_folder_class(lua_State *L)
{
    luaL_newmetatable(L, CLASS);
    lua_pushcfunction(L, folder_close);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, folder_tostring);
    lua_setfield(L, -2, "__tostring");
    luaL_newlib(L, methods);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__index");
    lua_remove(L, -2);
}
