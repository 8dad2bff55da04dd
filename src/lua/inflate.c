#include "lua/inflate.h"

#include <lauxlib.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <zlib.h>

enum { RAW = -15 }; /* no header, the largest window */

/* Whether `bytes` are exactly what deflate made of `size` bytes, which are put into `out`. */
static bool inflate_whole(const char *bytes, size_t length, uint8_t *out, size_t size)
{
    z_stream stream = {.next_in = (Bytef *)bytes,
                       .avail_in = (uInt)length,
                       .next_out = out,
                       .avail_out = (uInt)size};
    if (inflateInit2(&stream, RAW) != Z_OK)
        return false;
    int result = inflate(&stream, Z_FINISH);
    bool whole = result == Z_STREAM_END && stream.avail_in == 0 && stream.avail_out == 0;
    inflateEnd(&stream);
    return whole;
}

int bx_lua_inflate(lua_State *L)
{
    size_t length;
    const char *bytes = luaL_checklstring(L, 1, &length);
    lua_Integer size = luaL_checkinteger(L, 2);
    luaL_argcheck(L, size >= 0 && size <= INT_MAX && length <= INT_MAX, 2, "too large");
    luaL_Buffer out;
    uint8_t *room = (uint8_t *)luaL_buffinitsize(L, &out, (size_t)size + 1);
    if (!inflate_whole(bytes, length, room, (size_t)size))
        return 0;
    luaL_pushresultsize(&out, (size_t)size);
    return 1;
}

int bx_lua_crc32(lua_State *L)
{
    size_t length;
    const char *bytes = luaL_checklstring(L, 1, &length);
    lua_pushinteger(L, (lua_Integer)crc32_z(0, (const Bytef *)bytes, length));
    return 1;
}
