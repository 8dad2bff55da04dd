#include "lua/vm_shares.h"

#include "lua/vm_box.h"
#include "values/error.h"
#include "values/options.h"
#include "values/text.h"
#include "values/value.h"

#include <lauxlib.h>

int bx_lua_load_genome(lua_State *L)
{
    bx_lua_vm *box = bx_lua_check_vm(L);
    bx_error error;
    if (bx_hypervisor_load_genome(box->hypervisor, box->vm, luaL_checknumber(L, 2), &error) < 0)
        return bx_lua_fail(L, &error, box->vm->id);
    lua_pushboolean(L, 1);
    return 1;
}

void bx_lua_read_shares(lua_State *L, int index, double share[BX_RESOURCES])
{
    for (int i = 0; i < BX_RESOURCES; i++) {
        share[i] = 0;
        if (lua_istable(L, index)) {
            bx_lua_raw_field(L, index, bx_resource_name((bx_resource)i));
            share[i] = luaL_optnumber(L, -1, 0);
            lua_pop(L, 1);
        }
    }
}

int bx_lua_reallocate(lua_State *L)
{
    bx_lua_vm *box = bx_lua_check_vm(L);
    double share[BX_RESOURCES], before[BX_RESOURCES];
    bx_error error;
    luaL_checktype(L, 2, LUA_TTABLE);
    bx_buffer *encoded = bx_lua_push_text(L);
    bx_lua_read_shares(L, 2, share);
    for (int i = 0; i < BX_RESOURCES; i++)
        before[i] = bx_hypervisor_share(box->hypervisor, box->vm, (bx_resource)i);
    int status = bx_lua_write_value(L, 2, "resources", encoded, &error);
    if (status == 0)
        status = bx_hypervisor_reallocate(box->hypervisor, box->vm, share, &error);
    if (status == 0 && (status = bx_vm_set_shares(box->vm, encoded, &error)) < 0)
        bx_hypervisor_reallocate(box->hypervisor, box->vm, before, NULL);
    bx_buffer_free(encoded);
    if (status < 0)
        return bx_lua_fail(L, &error, box->vm->id);
    lua_pushboolean(L, 1);
    return 1;
}

/* What the arguments say: a string is as it was given before. */
static int write_setup(lua_State *L, bx_buffer *out, bx_error *err)
{
    size_t length;
    if (lua_type(L, 2) == LUA_TSTRING) {
        const char *bytes = lua_tolstring(L, 2, &length);
        return bx_buffer_append(out, bytes, length) < 0 ? bx_fail_memory(err) : 0;
    }
    if (bx_lua_write_value(L, 2, "organism", out, err) < 0)
        return -1;
    return bx_lua_write_value(L, 3, "seed", out, err);
}

int bx_lua_set_setup(lua_State *L)
{
    const bx_lua_vm *box = bx_lua_check_vm(L);
    bx_error error;
    lua_settop(L, 3);
    bx_buffer *encoded = bx_lua_push_text(L);
    lua_pushlstring(L, (const char *)box->vm->setup.data, box->vm->shares_at);
    int status = write_setup(L, encoded, &error);
    if (status == 0)
        status = bx_vm_set_setup(box->vm, encoded, &error);
    bx_buffer_free(encoded);
    if (status < 0)
        return bx_lua_fail(L, &error, box->vm->id);
    return 1;
}
