/* Files and folders, for what bioxen's own Lua writes down of a run. */
#ifndef BX_LUA_FILES_H
#define BX_LUA_FILES_H

#include <lua.h>

/* make_folder(path): with those above it. True; or nil and an error. */
int bx_lua_make_folder(lua_State *L);

/* change_folder(path): the working folder. True; or nil and an error. */
int bx_lua_change_folder(lua_State *L);

/* digest_file(path): its SHA-256 in hexadecimal, and its bytes; or nil and an error, as for what is
 * no regular file. */
int bx_lua_digest_file(lua_State *L);

/* digest(text) */
int bx_lua_digest(lua_State *L);

#endif
