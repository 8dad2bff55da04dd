/* The methods of a VM that have its worker do something. */
#ifndef BX_LUA_VM_CALL_H
#define BX_LUA_VM_CALL_H

#include <lua.h>

/* vm:submit(code[, options]), vm:execute_biological_process(code[, options]),
 * vm:execute_file(path[, options]) */
int bx_lua_vm_submit(lua_State *L);
int bx_lua_vm_execute(lua_State *L);
int bx_lua_vm_execute_file(lua_State *L);

/* core.set_checkpoint(f): what execute_biological_process with a checkpoint is done by. */
int bx_lua_set_checkpoint(lua_State *L);

/* core.request(vm, operation, timeout or nil, ...): call an operation of the worker with these
 * values. A job; or nil and an error. */
int bx_lua_request(lua_State *L);

/* core.ask(...): the same, and wait. Its result; or nil and an error. */
int bx_lua_ask(lua_State *L);

#endif
