/* Checks of a model as Lua sees them. */
#ifndef BX_INSIDE_CHECK_H
#define BX_INSIDE_CHECK_H

#include <lua.h>

/* Once a state. */
void bx_check_open(lua_State *L);

/* cell:check(): see types.lua. */
int bx_check_lua_cell(lua_State *L);

#endif
