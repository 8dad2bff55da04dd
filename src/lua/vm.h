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

/* Set a courier's notes, but those for itself, in the table at the top; NULL has none. */
void bx_lua_set_notes(lua_State *L, const bx_courier *courier);

#endif
