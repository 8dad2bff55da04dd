/* Lua functions that are called again and again while the host waits. There is no thread: what the
 * script computes by itself holds them up. */
#ifndef BX_LUA_TIMER_H
#define BX_LUA_TIMER_H

#include <lua.h>

/* Make the class; push nothing. */
void bx_lua_open_timer(lua_State *L);

/* every(seconds, function): a timer, which ends when it is collected or by its method stop(). The
 * function may wait, too; no other is called meanwhile. */
int bx_lua_every(lua_State *L);

/* Call the functions that are due, after a turn of the loop. Raises what they raise. */
void bx_lua_run_timers(lua_State *L);

#endif
