/* The Lua class "bioxen.BioXenHypervisor". */
#ifndef BX_LUA_HYPERVISOR_H
#define BX_LUA_HYPERVISOR_H

#include "hypervisor/hypervisor.h"

#include <lua.h>

/* Leaves its methods table on the stack: the Lua side adds to it. */
/* core.enter_fork(vm, id): a VM that core.fork can start as the copy of one that runs, kept by the
 * hypervisor if that is; or nil and an error. */
int bx_lua_enter_fork(lua_State *L);

/* core.is_kept(vm): whether its hypervisor keeps it alive. */
int bx_lua_is_kept(lua_State *L);

void bx_lua_open_hypervisor(lua_State *L);

/* The hypervisor at 1; raises where it is none. */
bx_hypervisor *bx_lua_check_hypervisor(lua_State *L);

/* new_hypervisor(chassis, capacity) */
int bx_lua_new_hypervisor(lua_State *L);

/* The hypervisor at the index no longer keeps the VM of that id alive. */
void bx_lua_forget_vm(lua_State *L, int hypervisor, const char *id);

#endif
