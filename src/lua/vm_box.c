#include "lua/vm_box.h"

#include "lua/changes.h"
#include "lua/class.h"

bx_lua_vm *bx_lua_new_vm(lua_State *L, const bx_vm_ops *ops, int hypervisor)
{
    hypervisor = lua_absindex(L, hypervisor);
    bx_lua_vm *box = lua_newuserdatauv(L, sizeof *box, 1);
    *box = (bx_lua_vm){0};
    luaL_setmetatable(L, ops == &bx_vm_xcpng_ops ? BX_LUA_XCPNG_VM : BX_LUA_BASIC_VM);
    lua_pushvalue(L, hypervisor);
    lua_setiuservalue(L, -2, 1);
    return box;
}

bx_lua_vm *bx_lua_test_vm(lua_State *L, int index)
{
    return bx_lua_is_a(bx_lua_class_of(L, index), BX_LUA_VM) ? lua_touserdata(L, index) : NULL;
}

bx_lua_vm *bx_lua_check_vm_box(lua_State *L)
{
    bx_lua_vm *box = bx_lua_test_vm(L, 1);
    if (!box)
        luaL_typeerror(L, 1, BX_LUA_VM);
    return box;
}

bx_lua_vm *bx_lua_check_vm(lua_State *L)
{
    bx_lua_vm *box = bx_lua_check_vm_box(L);
    luaL_argcheck(L, box->vm, 1, "a VM that has been collected");
    return box;
}

bx_vm *bx_lua_check_fresh_vm(lua_State *L)
{
    bx_vm *vm = bx_lua_check_vm(L)->vm;
    if (vm->state != BX_VM_DESTROYED && bx_host_is_owner(vm->host))
        while (bx_reactor_turn(&vm->host->reactor, bx_clock_now()) > 0)
            vm->host->handled = true;
    bx_lua_tell_changes(L, vm->host);
    return vm;
}

int bx_lua_hypervisor_of(lua_State *L)
{
    bx_lua_check_vm(L);
    lua_getiuservalue(L, 1, 1);
    return 1;
}
