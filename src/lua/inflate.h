/* What bioxen's own Lua needs to read zip archives. */
#ifndef BX_LUA_INFLATE_H
#define BX_LUA_INFLATE_H

#include <lua.h>

/* inflate(bytes, size): what deflate (RFC 1951) has made of `size` bytes; nil where it is not just
 * that. */
int bx_lua_inflate(lua_State *L);

/* crc32(bytes): as zip and gzip have it. */
int bx_lua_crc32(lua_State *L);

#endif
