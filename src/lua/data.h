/* Data that is written in Lua, by people who are not trusted. */
#ifndef BX_LUA_DATA_H
#define BX_LUA_DATA_H

#include <lua.h>

/* load_data(text, name): the value that the chunk returns, of what travels to a VM: plain values
 * and tables. It runs in a state of its own with nothing in it, for a moment and in little memory.
 * Or nil and an error, EFILE. */
int bx_lua_load_data(lua_State *L);

/* pack_value(value): the bytes of a value that travels, for a file; or nil and an error, ERESULT.
 */
int bx_lua_pack_value(lua_State *L);

/* unpack_value(bytes): the value; or nil and an error, EFILE. The bytes may be anything. */
int bx_lua_unpack_value(lua_State *L);

#endif
