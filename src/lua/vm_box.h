/* What a VM is in Lua: a userdata of the class "bioxen.BasicBiologicalVM" or
 * "bioxen.XCPngBiologicalVM", both of "bioxen.BiologicalVM", whose methods are in vm.c. Its user
 * value is its hypervisor. */
#ifndef BX_LUA_VM_BOX_H
#define BX_LUA_VM_BOX_H

#include "hypervisor/hypervisor.h"

#include <lua.h>

#define BX_LUA_VM "bioxen.BiologicalVM"
#define BX_LUA_BASIC_VM "bioxen.BasicBiologicalVM"
#define BX_LUA_XCPNG_VM "bioxen.XCPngBiologicalVM"

typedef struct bx_lua_vm {
    bx_vm *vm; /* NULL: not yet made, or collected */
    bx_hypervisor *hypervisor;
    double timeout; /* seconds of a call that names none */
} bx_lua_vm;

/* Push an empty VM of the class that `ops` stand for; it keeps the hypervisor at index alive. */
bx_lua_vm *bx_lua_new_vm(lua_State *L, const bx_vm_ops *ops, int hypervisor);

/* The VM at index, or NULL: the box of another. */
bx_lua_vm *bx_lua_test_vm(lua_State *L, int index);

/* The VM at 1; raises where it is none, or collected. */
bx_lua_vm *bx_lua_check_vm(lua_State *L);

/* The VM at 1, after hearing what has happened to it by now, without waiting. */
bx_vm *bx_lua_check_fresh_vm(lua_State *L);

/* The box at 1, which may be empty; raises where it is none. */
bx_lua_vm *bx_lua_check_vm_box(lua_State *L);

/* Push the hypervisor of the VM at 1: core.hypervisor_of(vm) */
int bx_lua_hypervisor_of(lua_State *L);

#endif
