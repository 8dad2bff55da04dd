/* Files, for what bioxen's own Lua writes down of a run. */
#ifndef BX_LUA_FILES_H
#define BX_LUA_FILES_H

#include <lua.h>

/* change_folder(path): the working folder. True; or nil and an error. */
int bx_lua_change_folder(lua_State *L);

/* is_file(path): whether it is a regular file that can be read. */
int bx_lua_is_file(lua_State *L);

/* append_file(path, text, limit): add to the end of a file that is this user's alone and no link;
 * one that would be longer than `limit` is called path.1 first. True; or nil and an error, and
 * nothing of the text is there. */
int bx_lua_append_file(lua_State *L);

/* digest_file(path[, unlinked]): its SHA-256 in hexadecimal, its bytes, and when it was last
 * changed (s since 1970); or nil and an error, as for what is no regular file or, with `unlinked`, a
 * link. */
int bx_lua_digest_file(lua_State *L);

/* digest(text) */
int bx_lua_digest(lua_State *L);

#endif
