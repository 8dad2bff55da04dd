/* Branches of steady states as Lua sees them. */
#ifndef BX_INSIDE_CONTINUATION_H
#define BX_INSIDE_CONTINUATION_H

#include <lua.h>

/* Once a state. */
void bx_continuation_open(lua_State *L);

/* cell:continuation(options): see types.lua. */
int bx_continuation_lua_follow(lua_State *L);

#endif
