/* The Lua class "bioxen.Job". */
#ifndef BX_LUA_JOB_H
#define BX_LUA_JOB_H

#include "vm/job.h"
#include "vm/vm.h"

#include <lua.h>

void bx_lua_open_job(lua_State *L);

/* Push an empty job of the VM or session at index `owner`; put the job into the box next. */
bx_job **bx_lua_new_job(lua_State *L, int owner);

/* Wait for the job at the top of the stack and push what it came to: for a call its result, for an
 * errand its answer, else true; or nil and the error. Returns the number of values. */
int bx_lua_await_job(lua_State *L);

/* Set the details of a courier's error, one encoded map or nothing, in the error at the top. */
void bx_lua_set_details(lua_State *L, const bx_buffer *details);

/* wait_all(jobs[, timeout]), wait_any(jobs[, timeout]) */
int bx_lua_wait_all(lua_State *L);
int bx_lua_wait_any(lua_State *L);

#endif
