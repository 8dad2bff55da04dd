/* What the steps need of files beyond Lua's io: secrets, the journal, folders. */
#include "core/file.h"
#include "core/folder.h"
#include "core/secret.h"
#include "courier/native.h"
#include "values/folder.h"
#include "values/text.h"
#include "wire/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOURNAL "bioxen.native.Journal"

static int fail_errno(lua_State *L, bx_code code, const char *what, const char *path)
{
    bx_error error;
    bx_fail_errno(&error, code, errno, "%s %s", what, path);
    return bx_native_fail(L, &error);
}

/* ---- secrets ---- */

/* read_secret(path): the first line of a file that nobody else may read; or nil and an error. */
static int native_read_secret(lua_State *L)
{
    char text[BX_SECRET_LIMIT];
    bx_error error;
    if (bx_secret_read(luaL_checkstring(L, 1), text, &error) < 0)
        return bx_native_fail(L, &error);
    lua_pushlstring(L, text, strcspn(text, "\r\n"));
    explicit_bzero(text, sizeof text);
    return 1;
}

/* ---- the journal ---- */

typedef struct journal {
    int file; /* -1: closed. Locked while it is open, so that others see that we live */
    char path[PATH_MAX];
} journal;

/* What was written to a folder is there after a crash, too. */
static void sync_folder_of(const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (!slash)
        return;
    *slash = '\0';
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    fsync(descriptor);
    close(descriptor);
}

/* Push the file at argument 1, opened with `flags` and locked; or nil and an error. */
static int open_locked(lua_State *L, int flags)
{
    const char *path = luaL_checkstring(L, 1);
    luaL_argcheck(L, strlen(path) < PATH_MAX, 1, "too long");
    journal *box = lua_newuserdatauv(L, sizeof *box, 0);
    box->file = -1;
    luaL_setmetatable(L, JOURNAL);
    snprintf(box->path, sizeof box->path, "%s", path);
    box->file = open(path, flags | O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (box->file < 0)
        return fail_errno(L, BX_EFILE, "cannot open", path);
    if (flock(box->file, LOCK_EX | LOCK_NB) < 0)
        return fail_errno(L, BX_EBUSY, "another courier holds", path);
    return 1;
}

/* open_journal(path[, existing]): a new file, or one that a courier that died has left. Locked; nil
 * and an error where another holds it. */
static int native_open_journal(lua_State *L)
{
    int count = open_locked(L, lua_toboolean(L, 2) ? 0 : O_CREAT | O_EXCL);
    if (count == 1)
        sync_folder_of(lua_tostring(L, 1));
    return count;
}

/* lock(path): a file, made where there is none, that is locked until it is closed; nil and an error
 * where another holds it, EBUSY, or it cannot be opened, EFILE. */
static int native_lock(lua_State *L)
{
    return open_locked(L, O_CREAT);
}

static journal *check_journal(lua_State *L)
{
    journal *box = luaL_checkudata(L, 1, JOURNAL);
    luaL_argcheck(L, box->file >= 0, 1, "closed");
    return box;
}

/* journal:write(line): true once it is on the disk. */
static int journal_write(lua_State *L)
{
    const journal *box = check_journal(L);
    size_t length;
    luaL_checkstring(L, 2);
    lua_settop(L, 2);
    lua_pushliteral(L, "\n");
    lua_concat(L, 2);
    const char *line = lua_tolstring(L, 2, &length);
    errno = ENOSPC; /* of a write that was cut short */
    if (write(box->file, line, length) != (ssize_t)length || fsync(box->file) < 0)
        return fail_errno(L, BX_EFILE, "cannot write the journal", box->path);
    lua_pushboolean(L, 1);
    return 1;
}

static int journal_close(lua_State *L)
{
    journal *box = luaL_checkudata(L, 1, JOURNAL);
    if (box->file >= 0)
        close(box->file);
    box->file = -1;
    return 0;
}

/* journal:remove(): nothing is left that it could help to find. */
static int journal_remove(lua_State *L)
{
    const journal *box = check_journal(L);
    unlink(box->path);
    sync_folder_of(box->path);
    return journal_close(L);
}

/* is_held(path): whether a living courier holds that journal. */
static int native_is_held(lua_State *L)
{
    int file = open(luaL_checkstring(L, 1), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool held = file >= 0 && flock(file, LOCK_SH | LOCK_NB) < 0;
    if (file >= 0)
        close(file);
    lua_pushboolean(L, held);
    return 1;
}

/* ---- folders ---- */

/* make_folder(path): with what is above it, for this user alone, whose it must be. True; or nil and
 * an error. */
static int native_make_folder(lua_State *L)
{
    bx_error error;
    if (bx_folder_make_own(luaL_checkstring(L, 1), &error) < 0)
        return bx_native_fail(L, &error);
    lua_pushboolean(L, 1);
    return 1;
}

/* read_file(folder, name): the bytes of a file in it, which is no link; or nil and an error. */
static int native_read_file(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1), *name = luaL_checkstring(L, 2);
    bx_buffer *bytes = bx_lua_push_text(L); /* first: it may raise, and nobody owns the folder */
    bx_error error;
    int folder = bx_folder_open(path, false, &error);
    if (folder < 0)
        return bx_native_fail(L, &error);
    bytes->limit = BX_FRAME_LIMIT;
    int status = bx_file_read_below(folder, name, false, bytes, &error);
    close(folder);
    return status < 0 ? bx_native_fail(L, &error) : bx_lua_give_text(L, bytes, NULL);
}

/* list_folder(path): the names in it but those that begin with a dot; or nil and an error. */
static int native_list_folder(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    return bx_lua_push_folder(L, path, false) < 0 ? fail_errno(L, BX_EFILE, "cannot open", path)
                                                  : 1;
}

static const luaL_Reg journal_methods[] = {
    {"write", journal_write}, {"remove", journal_remove}, {"close", journal_close}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"read_secret", native_read_secret},
                                     {"open_journal", native_open_journal},
                                     {"lock", native_lock},
                                     {"is_held", native_is_held},
                                     {"make_folder", native_make_folder},
                                     {"list_folder", native_list_folder},
                                     {"read_file", native_read_file},
                                     {NULL, NULL}};

void bx_native_open_files(lua_State *L)
{
    luaL_newmetatable(L, JOURNAL);
    luaL_newlib(L, journal_methods);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, journal_close);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    luaL_setfuncs(L, functions, 0);
}
