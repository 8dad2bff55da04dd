/* The host's loop, as Lua turns it: in every wait, and step by step. */
#ifndef BX_LUA_LOOP_H
#define BX_LUA_LOOP_H

#include "lua/watch.h"
#include "vm/host.h"

#include <lua.h>

/* Turn the loop once, awake for the first moment, then tell who listens what has changed: 1 after
 * something happened, or `watch`, which may be NULL, has its due; 0 when the deadline has passed.
 * Raises where this process does not own the host, and what a hook or a listener raises. */
int bx_lua_turn(lua_State *L, bx_host *host, bx_watch *watch, int64_t deadline);

/* The moment that the seconds at `argument` lead to, BX_NEVER for none. Raises if they are no
 * timeout. */
int64_t bx_lua_check_deadline(lua_State *L, int argument);

/* step([timeout]), fd() */
int bx_lua_step(lua_State *L);
int bx_lua_fd(lua_State *L);

#endif
