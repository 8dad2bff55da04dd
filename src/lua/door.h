/* The door of a daemon, as Lua has it: the policy of who is served how stands in lua/bioxen/serve. */
#ifndef BX_LUA_DOOR_H
#define BX_LUA_DOOR_H

#include <lua.h>

/* open_door(path or descriptor): a door; or nil and an error. From then on what waits for a job in
 * a coroutine yields it, with the moment (of clock()) until which it waits, or nil: whoever serves
 * resumes it then. */
int bx_lua_open_door(lua_State *L);

/* Create the classes of doors and clients. */
void bx_lua_open_door_class(lua_State *L);

#endif
