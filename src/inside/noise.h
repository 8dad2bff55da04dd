/* The linear noise approximation as Lua sees it. */
#ifndef BX_INSIDE_NOISE_H
#define BX_INSIDE_NOISE_H

#include <lua.h>

/* Once a state. */
void bx_noise_open(lua_State *L);

/* cell:noise(options): see types.lua. */
int bx_noise_lua_analyse(lua_State *L);

#endif
