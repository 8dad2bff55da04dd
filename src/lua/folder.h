/* Folders, for what BioXen's own Lua reads and writes in one that may be somebody else's: below it
 * no link is followed. */
#ifndef BX_LUA_FOLDER_H
#define BX_LUA_FOLDER_H

#include <lua.h>

/* Make the class; push its methods. */
void bx_lua_open_folder_class(lua_State *L);

/* make_folder(path[, below]): with those above it; `below` without links. True; or nil and an
 * error. */
int bx_lua_make_folder(lua_State *L);

/* make_own_folder(path): with those above it, for this user alone, whose it must be. True; or nil
 * and an error. */
int bx_lua_make_own_folder(lua_State *L);

/* open_folder(path[, own]): an object, whose text is the path; with `own`, an error where it, or a
 * file that is read in it, belongs to another user. nil and an error. Its methods, with names below
 * it: read(name, limit): the bytes of a file, decompressed if need be; or nil and an error
 *   save(name, bytes): true; or nil and an error
 *   create(name): the descriptor of a new file; or nil and an error */
int bx_lua_open_folder(lua_State *L);

#endif
