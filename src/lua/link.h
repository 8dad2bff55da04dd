/* Links to a daemon, as Lua has them. */
#ifndef BX_LUA_LINK_H
#define BX_LUA_LINK_H

#include <lua.h>

/* open_link(path): a link to the daemon whose socket is there; or nil and an error. */
int bx_lua_open_link(lua_State *L);

/* Create the class. */
void bx_lua_open_link_class(lua_State *L);

#endif
