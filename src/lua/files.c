#include "lua/files.h"

#include "core/error.h"
#include "core/sha256.h"
#include "lua/error.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(lua_State *L, int code, const char *action, const char *path)
{
    bx_error error;
    bx_fail_errno(&error, BX_EFILE, code, "cannot %s %s", action, path);
    return bx_lua_fail(L, &error, NULL);
}

int bx_lua_make_folder(lua_State *L)
{
    char path[PATH_MAX];
    size_t length;
    const char *given = luaL_checklstring(L, 1, &length);
    if (length >= sizeof path)
        return fail(L, ENAMETOOLONG, "make the folder", given);
    memcpy(path, given, length + 1);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        path[i] = '\0';
        struct stat status;
        int failed = mkdir(path, 0777) < 0 ? errno : 0;
        if (failed == EEXIST)
            failed = stat(path, &status) < 0 ? errno : S_ISDIR(status.st_mode) ? 0 : ENOTDIR;
        if (failed)
            return fail(L, failed, "make the folder", path);
        path[i] = i < length ? '/' : '\0';
    }
    lua_pushboolean(L, 1);
    return 1;
}

int bx_lua_change_folder(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    if (chdir(path) < 0)
        return fail(L, errno, "go to the folder", path);
    lua_pushboolean(L, 1);
    return 1;
}

static int push_digest(lua_State *L, bx_sha256 *hash)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t digest[BX_SHA256_SIZE];
    char text[2 * BX_SHA256_SIZE];
    bx_sha256_end(hash, digest);
    for (size_t i = 0; i < BX_SHA256_SIZE; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    lua_pushlstring(L, text, sizeof text);
    return 1;
}

/* 0, or the errno. */
static int add_file(bx_sha256 *hash, int descriptor)
{
    char piece[16384];
    struct stat status;
    ssize_t got = 0;
    if (fstat(descriptor, &status) < 0)
        return errno;
    if (!S_ISREG(status.st_mode))
        return EINVAL;
    while ((got = read(descriptor, piece, sizeof piece)) > 0)
        bx_sha256_add(hash, piece, (size_t)got);
    return got < 0 ? errno : 0;
}

int bx_lua_digest_file(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return fail(L, errno, "read", path);
    bx_sha256 hash;
    bx_sha256_begin(&hash);
    int failed = add_file(&hash, descriptor);
    close(descriptor);
    if (failed)
        return fail(L, failed, "read", path);
    uint64_t bytes = hash.length;
    push_digest(L, &hash);
    lua_pushinteger(L, (lua_Integer)bytes);
    return 2;
}

int bx_lua_digest(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    bx_sha256 hash;
    bx_sha256_begin(&hash);
    bx_sha256_add(&hash, text, length);
    return push_digest(L, &hash);
}
