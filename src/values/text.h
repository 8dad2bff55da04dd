/* Text that is made in C and given to Lua, or written to a file. */
#ifndef BX_VALUES_TEXT_H
#define BX_VALUES_TEXT_H

#include "core/buffer.h"
#include "core/error.h"

#include <lua.h>

/* Push a buffer that is freed even when pushing its content raises. */
bx_buffer *bx_lua_push_text(lua_State *L);

/* The path at `index`, which raises where it has a zero byte: C would read it up to there. */
const char *bx_lua_check_path(lua_State *L, int index);

/* The same, or NULL where there is none. */
const char *bx_lua_opt_path(lua_State *L, int index);

/* Push the text, or true when it was written to `path`, or nil and an error. How many. */
int bx_lua_give_text(lua_State *L, bx_buffer *text, const char *path);

#endif
