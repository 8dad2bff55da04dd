/* Conservation laws and metabolic control analysis as Lua sees them. */
#ifndef BX_INSIDE_CONTROL_H
#define BX_INSIDE_CONTROL_H

#include <lua.h>

/* Once a state. */
void bx_control_open(lua_State *L);

/* cell:control(options), cell:conservation(): see types.lua. */
int bx_control_lua_analyse(lua_State *L);
int bx_control_lua_conservation(lua_State *L);

#endif
