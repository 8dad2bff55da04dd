/* The methods of a VM that concern the disks of its guest. */
#ifndef BX_LUA_VM_GUEST_H
#define BX_LUA_VM_GUEST_H

#include <lua.h>

/* vm:snapshot(name), vm:revert(name) */
int bx_lua_vm_snapshot(lua_State *L);
int bx_lua_vm_revert(lua_State *L);

#endif
