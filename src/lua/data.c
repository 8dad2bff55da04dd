#include "lua/data.h"

#include "values/error.h"
#include "values/text.h"
#include "values/value.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MEMORY = 8 << 20, INSTRUCTIONS = 100 };
/* Nanoseconds of processor time: a machine that is busy with something else fails no chunk. */
static const int64_t patience = 250000000;

typedef struct sandbox {
    size_t used;
    int64_t until;
} sandbox;

static int64_t processor_time(void)
{
    struct timespec time = {0};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void *allocate(void *owner, void *block, size_t old, size_t size)
{
    sandbox *box = owner;
    size_t before = block ? old : 0;
    if (size == 0) {
        free(block);
        box->used -= before;
        return NULL;
    }
    if (size > before && size - before > MEMORY - box->used)
        return NULL;
    void *moved = realloc(block, size);
    if (moved)
        box->used = box->used - before + size;
    return moved;
}

static void watch(lua_State *S, lua_Debug *activation)
{
    void *owner;
    (void)activation;
    lua_getallocf(S, &owner);
    if (processor_time() > ((sandbox *)owner)->until)
        luaL_error(S, "it takes too long");
}

/* The value of the chunk, encoded. */
static int run(lua_State *S, const char *text, size_t length, const char *name, bx_buffer *value,
               bx_error *err)
{
    lua_sethook(S, watch, LUA_MASKCOUNT, INSTRUCTIONS);
    if (luaL_loadbufferx(S, text, length, name, "t") != LUA_OK || lua_pcall(S, 0, 1, 0) != LUA_OK) {
        const char *message = lua_tostring(S, -1); /* an error value may be anything */
        return bx_fail(err, BX_EFILE, "%s", message ? message : "it raises an error");
    }
    if (bx_lua_write_value(S, -1, "it", value, err) == 0)
        return 0;
    if (err->code == BX_ERESULT)
        err->code = BX_EFILE;
    return -1;
}

int bx_lua_load_data(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length), *name = luaL_checkstring(L, 2);
    bx_error error;
    bx_buffer *value = bx_lua_push_text(L);
    value->limit = MEMORY;
    sandbox box = {.until = processor_time() + patience};
    lua_State *S = lua_newstate(allocate, &box);
    if (!S)
        return luaL_error(L, "not enough memory");
    int status = run(S, text, length, name, value, &error);
    lua_close(S);
    if (status < 0)
        return bx_lua_fail(L, &error, NULL);
    bx_reader reader = {value->data, value->data + value->length};
    return bx_lua_push_value(L, &reader, &error) < 0 ? bx_lua_fail(L, &error, NULL) : 1;
}

int bx_lua_pack_value(lua_State *L)
{
    bx_error error;
    luaL_checkany(L, 1);
    bx_buffer *value = bx_lua_push_text(L);
    if (bx_lua_write_value(L, 1, "it", value, &error) < 0)
        return bx_lua_fail(L, &error, NULL);
    lua_pushlstring(L, (const char *)value->data, value->length);
    return 1;
}

int bx_lua_unpack_value(lua_State *L)
{
    bx_error error;
    size_t length;
    const uint8_t *bytes = (const uint8_t *)luaL_checklstring(L, 1, &length);
    bx_reader reader = {bytes, bytes + length};
    if (bx_value_check(bytes, length, 1, &error) == 0 && bx_lua_push_value(L, &reader, &error) == 0)
        return 1;
    error.code = BX_EFILE;
    return bx_lua_fail(L, &error, NULL);
}
