#include "lua/vm.h"

#include "lua/class.h"
#include "lua/notes.h"
#include "lua/vm_box.h"
#include "lua/vm_call.h"
#include "lua/vm_guest.h"
#include "lua/vm_life.h"

#include <math.h>
#include <string.h>

static int vm_get_state(lua_State *L)
{
    lua_pushstring(L, bx_vm_state_name(bx_lua_check_fresh_vm(L)));
    return 1;
}

static int vm_get_vm_type(lua_State *L)
{
    lua_pushstring(L, bx_lua_check_vm(L)->vm->ops->type);
    return 1;
}

static int vm_get_biological_type(lua_State *L)
{
    lua_pushstring(L, bx_lua_check_vm(L)->vm->biological_type);
    return 1;
}

static void set_number(lua_State *L, const char *key, double value)
{
    if (isnan(value))
        return;
    lua_pushnumber(L, value);
    lua_setfield(L, -2, key);
}

static void set_integer(lua_State *L, const char *key, lua_Integer value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, key);
}

static void set_string(lua_State *L, const char *key, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
}

static int vm_get_status(lua_State *L)
{
    const bx_vm *vm = bx_lua_check_fresh_vm(L);
    const bx_hypervisor *hypervisor = bx_lua_check_vm(L)->hypervisor;
    lua_createtable(L, 0, 16);
    bx_lua_set_notes(L, vm->remote.courier); /* first: it can replace nothing of ours */
    set_string(L, "vm_id", vm->id);
    set_string(L, "vm_type", vm->ops->type);
    set_string(L, "biological_type", vm->biological_type);
    set_string(L, "state", bx_vm_state_name(vm));
    if (bx_vm_has_failed(vm))
        set_string(L, "reason", vm->exit_reason.message);
    lua_pushboolean(L, vm->job != NULL);
    lua_setfield(L, -2, "busy");
    set_integer(L, "calls", (lua_Integer)vm->calls);
    set_integer(L, "starts", (lua_Integer)vm->starts);
    set_integer(L, "memory_limit", (lua_Integer)vm->memory_limit);
    set_number(L, "sim_time", vm->sim_time);
    if (bx_vm_is_alive(vm)) {
        if (vm->child.pid)
            set_integer(L, "pid", vm->child.pid);
        set_number(L, "uptime_seconds", (double)(bx_clock_now() - vm->started) * 1e-9);
        int64_t had = bx_vm_processor_time(vm);
        set_number(L, "processor_seconds", had < 0 ? NAN : (double)had * 1e-9);
    }
    double genome = bx_hypervisor_genome(hypervisor, vm);
    set_number(L, "genome_kb", genome > 0 ? genome : NAN);
    lua_createtable(L, 0, BX_RESOURCES);
    for (int i = 0; i < BX_RESOURCES; i++) {
        double share = bx_hypervisor_share(hypervisor, vm, (bx_resource)i);
        set_number(L, bx_resource_name((bx_resource)i), share > 0 ? share : NAN);
    }
    lua_setfield(L, -2, "resources");
    return 1;
}

static int vm_tostring(lua_State *L)
{
    const bx_vm *vm = bx_lua_check_vm(L)->vm;
    const char *class_ = strchr(bx_lua_class_of(L, 1)->name, '.') + 1;
    lua_pushfstring(L, "%s(%s, %s, %s)", class_, vm->id, vm->biological_type, bx_vm_state_name(vm));
    return 1;
}

/* ---- the classes ---- */

static const luaL_Reg vm_methods[] = {{"start", bx_lua_vm_start},
                                      {"pause", bx_lua_vm_pause},
                                      {"resume", bx_lua_vm_resume},
                                      {"stop", bx_lua_vm_stop},
                                      {"restart", bx_lua_vm_restart},
                                      {"destroy", bx_lua_vm_destroy},
                                      {"wait_for", bx_lua_vm_wait_for},
                                      {"get_status", vm_get_status},
                                      {"get_state", vm_get_state},
                                      {"get_vm_type", vm_get_vm_type},
                                      {"get_biological_type", vm_get_biological_type},
                                      {"execute_biological_process", bx_lua_vm_execute},
                                      {"execute_file", bx_lua_vm_execute_file},
                                      {"submit", bx_lua_vm_submit},
                                      {NULL, NULL}};
static const luaL_Reg basic_methods[] = {{NULL, NULL}};
static const luaL_Reg xcpng_methods[] = {
    {"snapshot", bx_lua_vm_snapshot}, {"revert", bx_lua_vm_revert}, {NULL, NULL}};
static const luaL_Reg metamethods[] = {{"__gc", bx_lua_vm_gc},
                                       {"__close", bx_lua_vm_close},
                                       {"__tostring", vm_tostring},
                                       {NULL, NULL}};
static const bx_lua_class vm_class = {BX_LUA_VM, NULL, vm_methods, NULL};
static const bx_lua_class basic_class = {BX_LUA_BASIC_VM, &vm_class, basic_methods, metamethods};
static const bx_lua_class xcpng_class = {BX_LUA_XCPNG_VM, &vm_class, xcpng_methods, metamethods};

void bx_lua_open_vm(lua_State *L)
{
    bx_lua_open_class(L, &vm_class);
    bx_lua_open_class(L, &basic_class);
    bx_lua_open_class(L, &xcpng_class);
    lua_pop(L, 2);
}
