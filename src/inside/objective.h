/* What Lua in a VM has of fits: cell:objective{...}, and readers of PEtab's parts. */
#ifndef BX_INSIDE_OBJECTIVE_H
#define BX_INSIDE_OBJECTIVE_H

#include <lua.h>

/* Create the metatable, and the global `petab`; once a state. */
void bx_objective_open(lua_State *L);

/* objective(cell, table) -> Objective. The caller has checked the cell. */
int bx_objective_lua_new(lua_State *L);

#endif
