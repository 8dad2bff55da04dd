/* The medium of a shared world, by numbers; its names and its members are Lua's
 * (bioxen.hypervisor.medium). */
#ifndef BX_LUA_MEDIUM_H
#define BX_LUA_MEDIUM_H

#include <lua.h>

/* Make the class; push nothing. */
void bx_lua_open_medium_class(lua_State *L);

/* new_medium(volume, inflow, outflow, { { amount, feed, decay }, ... }): litres, L/h, mmol, mM,
 * 1/h, checked before. Methods: step(hours, { given, ... }): the part of what is suspended that
 * stays, or nil and an error; pool(i): amount, entered, given, taken, left, decayed; flow():
 * volume, inflow, outflow; set_flow(inflow, outflow); add(i, amount), which enters; feed(i, mM). */
int bx_lua_new_medium(lua_State *L);

#endif
