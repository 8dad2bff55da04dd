/* What a VM holds of its chassis. */
#ifndef BX_LUA_VM_SHARES_H
#define BX_LUA_VM_SHARES_H

#include "hypervisor/chassis.h"

#include <lua.h>

/* core.reallocate(vm, resources): change what the VM holds of its chassis, as its ledger and its
 * next start know it. True; or nil and an error, with nothing changed. */
int bx_lua_reallocate(lua_State *L);

/* core.set_setup(vm, organism, seed): what its next start tells, beside shares. Gives what that was
 * before, which may stand in organism's place. Or nil and an error. */
int bx_lua_set_setup(lua_State *L);

/* core.load_genome(vm, kilobases): have the ledger know of a loaded genome. True; or nil and an
 * error. */
int bx_lua_load_genome(lua_State *L);

/* The shares in the table at `index`, 0 for what it does not name; none of another value. */
void bx_lua_read_shares(lua_State *L, int index, double share[BX_RESOURCES]);

#endif
