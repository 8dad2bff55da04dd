/* The Lua classes "bioxen.BiologicalVM" (abstract), "bioxen.BasicBiologicalVM" and
 * "bioxen.XCPngBiologicalVM". */
#ifndef BX_LUA_VM_H
#define BX_LUA_VM_H

#include "hypervisor/hypervisor.h"

#include <lua.h>

typedef struct bx_lua_vm {
    bx_vm *vm; /* first: a job finds its VM through it */
    bx_hypervisor *hypervisor;
    double timeout; /* seconds of a call that names none */
} bx_lua_vm;

/* Push the methods of BiologicalVM. */
void bx_lua_open_vm(lua_State *L);

/* Push an empty VM of the class that `ops` stand for; it keeps the hypervisor at index alive. */
bx_lua_vm *bx_lua_new_vm(lua_State *L, const bx_vm_ops *ops, int hypervisor);

/* The VM at index, of either class, or NULL: then it points to a bx_vm pointer. */
void *bx_lua_test_vm(lua_State *L, int index);

/* core.ask(vm, operation, timeout or nil, ...): call an operation of the worker with these values
 * and wait. Its result; or nil and an error. */
int bx_lua_ask(lua_State *L);

/* core.reallocate(vm, resources): change what the VM holds of its chassis, as its ledger and its
 * next start know it. True; or nil and an error, with nothing changed. */
int bx_lua_reallocate(lua_State *L);

/* core.load_genome(vm, kilobases): have the ledger know of a loaded genome. True; or nil and an
 * error. */
int bx_lua_load_genome(lua_State *L);

/* core.hypervisor_of(vm) */
int bx_lua_hypervisor_of(lua_State *L);

/* The shares in the table at `index`, 0 for what it does not name; none of another value. */
void bx_lua_read_shares(lua_State *L, int index, double share[BX_RESOURCES]);

/* Set a courier's notes, but those for itself, in the table at the top; NULL has none. */
void bx_lua_set_notes(lua_State *L, const bx_courier *courier);

#endif
