/* Steady states as Lua sees them: cell:steady_state, and what stands on it. */
#ifndef BX_INSIDE_STEADY_H
#define BX_INSIDE_STEADY_H

#include <lua.h>

/* Once a state. */
void bx_steady_open(lua_State *L);

/* cell:steady_state(options): see types.lua. */
int bx_steady_lua_find(lua_State *L);

#endif
