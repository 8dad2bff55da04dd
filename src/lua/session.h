/* The Lua class "bioxen.XapiSession": a courier that holds a session of a pool. What it can do is
 * lua/bioxen/xcpng/xapi.lua. */
#ifndef BX_LUA_SESSION_H
#define BX_LUA_SESSION_H

#include <lua.h>

/* Push the methods. */
void bx_lua_open_session(lua_State *L);

/* new_session(config): nothing is contacted yet. */
int bx_lua_new_session(lua_State *L);

#endif
