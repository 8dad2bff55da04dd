/* The Lua classes "bioxen.BiologicalVM" (abstract) and "bioxen.BasicBiologicalVM". */
#ifndef BX_LUA_VM_H
#define BX_LUA_VM_H

#include "hypervisor/hypervisor.h"

#include <lua.h>

typedef struct bx_lua_vm {
    bx_vm *vm; /* first: a job finds the id through it */
    bx_hypervisor *hypervisor;
    double timeout; /* seconds of a call that names none */
} bx_lua_vm;

/* Push the methods of BiologicalVM. */
void bx_lua_open_vm(lua_State *L);

/* Push an empty BasicBiologicalVM that keeps the hypervisor at index alive. */
bx_lua_vm *bx_lua_new_vm(lua_State *L, int hypervisor);

#endif
