#include "lua/files.h"

#include "core/error.h"
#include "core/sha256.h"
#include "values/error.h"
#include "values/text.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(lua_State *L, int code, const char *action, const char *path)
{
    bx_error error;
    bx_fail_errno(&error, BX_EFILE, code, "cannot %s %s", action, path);
    return bx_lua_fail(L, &error, NULL);
}

int bx_lua_change_folder(lua_State *L)
{
    const char *path = bx_lua_check_path(L, 1);
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

/* The descriptor of a regular file; or -1 with errno. */
static int open_regular(const char *path, int flags)
{
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);
    if (descriptor >= 0 && (fstat(descriptor, &status) < 0 || !S_ISREG(status.st_mode))) {
        close(descriptor);
        errno = EINVAL;
        return -1;
    }
    return descriptor;
}

int bx_lua_is_file(lua_State *L)
{
    size_t length;
    const char *path = luaL_checklstring(L, 1, &length);
    int descriptor = strlen(path) == length ? open_regular(path, 0) : -1;
    if (descriptor >= 0)
        close(descriptor);
    lua_pushboolean(L, descriptor >= 0);
    return 1;
}

/* The descriptor of a regular file of this user's own, to be added to; or -1 with errno. What is
 * no file does not hold its opener up. */
static int open_own(const char *path, struct stat *status)
{
    int descriptor =
        open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return -1;
    if (fstat(descriptor, status) == 0 && S_ISREG(status->st_mode) && status->st_uid == geteuid())
        return descriptor;
    close(descriptor);
    errno = EINVAL;
    return -1;
}

/* 0, or the errno. What there was no room for is taken back. */
static int write_whole(int descriptor, const char *text, size_t length, off_t before)
{
    ssize_t written = write(descriptor, text, length);
    int failed = written < 0 ? errno : ENOSPC;
    if (written == (ssize_t)length)
        return 0;
    return written > 0 && ftruncate(descriptor, before) < 0 ? errno : failed;
}

int bx_lua_append_file(lua_State *L)
{
    size_t length;
    const char *path = bx_lua_check_path(L, 1), *text = luaL_checklstring(L, 2, &length);
    lua_Integer limit = luaL_checkinteger(L, 3);
    const char *older = lua_pushfstring(L, "%s.1", path);
    struct stat status;
    int descriptor = open_own(path, &status);
    if (descriptor >= 0 && status.st_size > 0 && status.st_size + (off_t)length > limit) {
        close(descriptor);
        descriptor = rename(path, older) < 0 ? -1 : open_own(path, &status);
    }
    if (descriptor < 0)
        return fail(L, errno, "add to", path);
    int failed = write_whole(descriptor, text, length, status.st_size);
    close(descriptor);
    if (failed)
        return fail(L, failed, "add to", path);
    lua_pushboolean(L, 1);
    return 1;
}

int bx_lua_digest_file(lua_State *L)
{
    char piece[16384];
    ssize_t got;
    const char *path = bx_lua_check_path(L, 1);
    int descriptor = open_regular(path, lua_toboolean(L, 2) ? O_NOFOLLOW : 0);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) < 0)
        return fail(L, errno, "read", path);
    bx_sha256 hash;
    bx_sha256_begin(&hash);
    while ((got = read(descriptor, piece, sizeof piece)) > 0)
        bx_sha256_add(&hash, piece, (size_t)got);
    int failed = got < 0 ? errno : 0;
    close(descriptor);
    if (failed)
        return fail(L, failed, "read", path);
    uint64_t bytes = hash.length;
    push_digest(L, &hash);
    lua_pushinteger(L, (lua_Integer)bytes);
    lua_pushnumber(L, (double)status.st_mtim.tv_sec + 1e-9 * (double)status.st_mtim.tv_nsec);
    return 3;
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
