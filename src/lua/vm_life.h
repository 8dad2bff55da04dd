/* The methods of a VM that move it from state to state. */
#ifndef BX_LUA_VM_LIFE_H
#define BX_LUA_VM_LIFE_H

#include "vm/vm.h"

#include <lua.h>

/* vm:start(options), vm:stop(options), vm:pause(options), vm:resume(options), vm:restart(options),
 * vm:destroy(options), vm:wait_for(state, timeout); __close and __gc */
int bx_lua_vm_start(lua_State *L);
int bx_lua_vm_stop(lua_State *L);
int bx_lua_vm_pause(lua_State *L);
int bx_lua_vm_resume(lua_State *L);
int bx_lua_vm_restart(lua_State *L);
int bx_lua_vm_destroy(lua_State *L);
int bx_lua_vm_wait_for(lua_State *L);
int bx_lua_vm_close(lua_State *L);
int bx_lua_vm_gc(lua_State *L);

/* core.fork(vm, fork): start the second as a copy of the first; true, or nil and an error. */
int bx_lua_fork(lua_State *L);

/* core.end_vm(vm): a job that ends its worker, and its guest once no VM needs that; or nil and an
 * error. The VM can be started again. */
int bx_lua_end_vm(lua_State *L);

/* Stop the VM at 1, if it is not, but leave its guest up, and wait till the deadline; then go on
 * with then(L, status, index of the stop's job, or 0 for none): see bx_lua_await_job_then. */
int bx_lua_stop_worker(lua_State *L, bx_vm *vm, int64_t deadline, lua_KFunction then);

#endif
