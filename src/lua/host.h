/* The host of a Lua state: made when the core is loaded, ended when the state is closed. */
#ifndef BX_LUA_HOST_H
#define BX_LUA_HOST_H

#include "vm/host.h"

#include <lua.h>

/* Make it and keep it in the registry. Raises when the machine does not allow. */
void bx_lua_open_host(lua_State *L, const char *worker);

/* The host; also pushes the userdata that owns it, for a user value. */
bx_host *bx_lua_push_host(lua_State *L);

/* limits([options]): set what holds for all VMs of this host together; returns all of it. */
int bx_lua_limits(lua_State *L);

/* set_group(folder): put all workers that start from now on into a control group that is there; or
 * nil and an error. */
int bx_lua_set_group(lua_State *L);

/* After a wait ended with EINTR: let a hook that a signal handler set run now. */
void bx_lua_run_hooks(lua_State *L);

#endif
