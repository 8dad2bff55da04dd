/* A message to Lua values and back: what is read can be written, and read again. */
#include "values/ensemble.h"
#include "values/genome.h"
#include "values/trajectory.h"
#include "values/value.h"

#include <lauxlib.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const uint8_t *input;
static size_t input_length;

static int read_and_write(lua_State *L)
{
    bx_reader reader = {input, input + input_length};
    bx_buffer out = {.limit = 64 << 20};
    bx_error err;
    if (bx_lua_push_value(L, &reader, &err) < 0) {
        if (err.code != BX_EPROTOCOL || lua_gettop(L) != 0)
            abort();
        return 0;
    }
    if (reader.at != reader.end || lua_gettop(L) != 1)
        abort();
    if (bx_lua_write_value(L, 1, "value", &out, &err) == 0) {
        bx_reader again = {out.data, out.data + out.length};
        if (bx_value_check(out.data, out.length, 1, &err) < 0 ||
            bx_lua_push_value(L, &again, &err) < 0 || again.at != again.end)
            abort();
    }
    bx_buffer_free(&out);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static lua_State *L;
    if (!L) {
        L = luaL_newstate();
        bx_lua_open_trajectory(L);
        bx_lua_open_ensemble(L);
        bx_lua_open_genome(L);
    }
    if (bx_value_check(bytes, length, 1, NULL) < 0)
        return 0;
    input = bytes;
    input_length = length;
    lua_settop(L, 0);
    lua_pushcfunction(L, read_and_write);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK) /* memory alone, of which there is enough */
        abort();
    lua_gc(L, LUA_GCCOLLECT);
    return 0;
}
