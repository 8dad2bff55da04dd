/* The Lua class "bioxen.Job". */
#ifndef BX_LUA_JOB_H
#define BX_LUA_JOB_H

#include "vm/job.h"

#include <lua.h>

void bx_lua_open_job(lua_State *L);

/* Push an empty job of the VM or session at index `owner`, or of the VM of the id there; put the job
 * into the box next. */
bx_job **bx_lua_new_job(lua_State *L, int owner);

/* Put `job` into the box that is at the top: 1. Or, where it is NULL, push nil and the error: 2. */
int bx_lua_give_job(lua_State *L, bx_job **box, bx_job *job, const bx_error *error,
                    const char *vm_id);

/* The job at an index, which a box there has; NULL, or raise, where there is none. */
bx_job *bx_lua_test_job(lua_State *L, int index);
bx_job *bx_lua_check_job(lua_State *L, int argument);

/* Wait for the job at the top of the stack and push what it came to: for a call its result, for a
 * request its answer, else true; or nil and the error. Returns the number of values. To be called
 * at the end of a function alone, as the next two: in a daemon it may yield instead (lua/door.h). */
int bx_lua_await_job(lua_State *L);

/* The same, till the deadline: then nil and BX_ETIMEOUT, and the job goes on. */
int bx_lua_await_job_until(lua_State *L, int64_t deadline);

/* Wait so, then go on with then(L, status, index of the job), which pushes what it came to by
 * bx_lua_finish_job. */
int bx_lua_await_job_then(lua_State *L, int64_t deadline, lua_KFunction then);
int bx_lua_finish_job(lua_State *L, int status, lua_KContext index);

/* As bx_lua_await_job, anywhere. */
int bx_lua_block_on_job(lua_State *L);

/* wait_all(jobs[, timeout]), wait_any(jobs[, timeout]) */
int bx_lua_wait_all(lua_State *L);
int bx_lua_wait_any(lua_State *L);

#endif
