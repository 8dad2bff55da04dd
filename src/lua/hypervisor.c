#include "lua/hypervisor.h"

#include "lua/changes.h"
#include "lua/class.h"
#include "lua/host.h"
#include "lua/vm_box.h"
#include "lua/vm_shares.h"
#include "values/error.h"
#include "values/text.h"
#include "values/value.h"

#include <math.h>

/* User values of a hypervisor: the host that it must not outlive; its VMs by id, weakly; the VMs
 * that it keeps alive itself. */
enum { HOST = 1, VMS, KEPT };

static const bx_lua_class hypervisor_class;

bx_hypervisor *bx_lua_check_hypervisor(lua_State *L)
{
    return bx_lua_check_class(L, 1, &hypervisor_class);
}

int bx_lua_new_hypervisor(lua_State *L)
{
    const bx_chassis *chassis = bx_chassis_find(luaL_checkstring(L, 1));
    luaL_argcheck(L, chassis, 1, "an unknown chassis");
    luaL_checktype(L, 2, LUA_TTABLE);
    bx_hypervisor *hypervisor = lua_newuserdatauv(L, sizeof *hypervisor, 3);
    *hypervisor = (bx_hypervisor){.chassis = chassis};
    for (int i = 0; i < BX_RESOURCES; i++) {
        lua_getfield(L, 2, bx_resource_name((bx_resource)i));
        hypervisor->capacity[i] = luaL_optnumber(L, -1, chassis->capacity[i]);
        lua_pop(L, 1);
    }
    hypervisor->host = bx_lua_push_host(L);
    lua_setiuservalue(L, -2, HOST);
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_setiuservalue(L, -2, VMS);
    lua_newtable(L);
    lua_setiuservalue(L, -2, KEPT);
    bx_lua_set_class(L, &hypervisor_class);
    return 1;
}

/* The field `key` of the specification at 4, on the stack. */
static double number_field(lua_State *L, const char *key)
{
    lua_getfield(L, 4, key);
    double value = luaL_checknumber(L, -1);
    lua_pop(L, 1);
    return value;
}

static int append_field(lua_State *L, const char *key, bx_buffer *out, bx_error *err)
{
    lua_getfield(L, 4, key);
    int status = bx_lua_write_value(L, -1, key, out, err);
    lua_pop(L, 1);
    return status;
}

/* Write the field `key` of the specification at 4 into a buffer that is pushed. */
static int push_field(lua_State *L, const char *key, bx_buffer **out, bx_error *err)
{
    *out = bx_lua_push_text(L);
    (*out)->limit = BX_FRAME_LIMIT;
    return append_field(L, key, *out, err);
}

/* Enter the VM at the top into the tables of the hypervisor at 1. */
static void remember(lua_State *L, const char *id, bool keep)
{
    for (int table = VMS; table <= (keep ? KEPT : VMS); table++) {
        lua_getiuservalue(L, 1, table);
        lua_pushvalue(L, -2);
        lua_setfield(L, -2, id);
        lua_pop(L, 1);
    }
}

static bool has_field(lua_State *L, const char *key)
{
    bool there = lua_getfield(L, 4, key) != LUA_TNIL;
    lua_pop(L, 1);
    return there;
}

/* What a new courier is told, in a buffer that is pushed; empty where none is wanted. */
static int push_pool(lua_State *L, bx_buffer **out, bx_error *err)
{
    if (has_field(L, "pool"))
        return push_field(L, "pool", out, err);
    *out = bx_lua_push_text(L);
    return 0;
}

/* The VM whose guest the specification at 4 wants, or NULL. */
static const bx_vm *check_guest(lua_State *L)
{
    if (lua_getfield(L, 4, "guest") == LUA_TNIL) {
        lua_pop(L, 1);
        return NULL;
    }
    const bx_lua_vm *guest = bx_lua_test_vm(L, -1);
    luaL_argcheck(L, guest && guest->vm && guest->vm->remote.courier, 4,
                  "'guest' must be an xcpng VM that is not destroyed");
    lua_pop(L, 1);
    return guest->vm;
}

/* The courier of a VM: that of `guest`, or a new one that is told `pool`; NULL without either. The
 * caller's reference. -1: there should be one. */
static int take_courier(bx_host *host, const bx_vm *guest, const bx_buffer *pool,
                        bx_courier **courier, bx_error *err)
{
    *courier = NULL;
    if (guest)
        *courier = bx_courier_hold(guest->remote.courier);
    else if (pool->length && !(*courier = bx_courier_new(host, pool, err)))
        return -1;
    return 0;
}

/* hypervisor:enter(id, biological_type, specification): what the Lua side has checked becomes a
 * VM. specification = { folder, memory, output, timeout, unconfined, organism, seed, resources,
 * keep, pool or guest }. */
static int hypervisor_enter(lua_State *L)
{
    bx_hypervisor *hypervisor = bx_lua_check_hypervisor(L);
    bx_vm_options options = {.id = luaL_checkstring(L, 2),
                             .biological_type = luaL_checkstring(L, 3),
                             .memory_limit = (uint64_t)number_field(L, "memory"),
                             .output_limit = (uint64_t)number_field(L, "output")};
    bx_buffer *setup, *shares, *pool;
    double share[BX_RESOURCES];
    bx_error error;
    lua_getfield(L, 4, "resources");
    bx_lua_read_shares(L, lua_gettop(L), share);
    lua_getfield(L, 4, "folder");
    options.folder = luaL_checkstring(L, -1);
    options.unconfined = bx_lua_boolean_option(L, 4, "unconfined", 0);
    bool keep = bx_lua_boolean_option(L, 4, "keep", 0);
    luaL_argcheck(L, bx_vm_valid_id(options.id, lua_rawlen(L, 2)), 2, "not an id");
    double timeout = number_field(L, "timeout");
    bool remote = has_field(L, "guest") || has_field(L, "pool");
    if (push_field(L, "organism", &setup, &error) < 0 ||
        append_field(L, "seed", setup, &error) < 0 ||
        push_field(L, "resources", &shares, &error) < 0 || push_pool(L, &pool, &error) < 0)
        return bx_lua_fail(L, &error, options.id);
    const bx_vm_ops *ops = remote ? &bx_vm_xcpng_ops : &bx_vm_basic_ops;
    bx_lua_vm *box = bx_lua_new_vm(L, ops, 1);
    box->timeout = timeout;
    box->hypervisor = hypervisor;
    options.setup = setup;
    options.shares = shares;
    const bx_vm *guest = check_guest(L); /* last: Lua code that runs meanwhile might destroy it */
    if (take_courier(hypervisor->host, guest, pool, &options.courier, &error) == 0)
        box->vm = bx_hypervisor_create_vm(hypervisor, ops, &options, share, &error);
    bx_courier_release(options.courier);
    bx_buffer_free(setup);
    bx_buffer_free(shares);
    bx_buffer_free(pool);
    if (!box->vm)
        return bx_lua_fail(L, &error, options.id);
    remember(L, options.id, keep);
    return 1;
}

/* Of the hypervisor at an index. */
static bool keeps(lua_State *L, int hypervisor, const bx_vm *vm)
{
    lua_getiuservalue(L, hypervisor, KEPT);
    bool kept = lua_getfield(L, -1, vm->id) != LUA_TNIL;
    lua_pop(L, 2);
    return kept;
}

int bx_lua_is_kept(lua_State *L)
{
    const bx_lua_vm *box = bx_lua_check_vm(L);
    lua_getiuservalue(L, 1, 1);
    lua_pushboolean(L, keeps(L, -1, box->vm));
    return 1;
}

int bx_lua_enter_fork(lua_State *L)
{
    const bx_lua_vm *origin = bx_lua_check_vm(L);
    const char *id = luaL_checkstring(L, 2);
    bx_error error;
    luaL_argcheck(L, bx_vm_valid_id(id, lua_rawlen(L, 2)), 2, "not an id");
    lua_getiuservalue(L, 1, 1);
    lua_insert(L, 1);
    bool keep = keeps(L, 1, origin->vm);
    bx_lua_vm *box = bx_lua_new_vm(L, origin->vm->ops, 1);
    box->timeout = origin->timeout;
    box->hypervisor = origin->hypervisor;
    box->vm = bx_hypervisor_enter_fork(origin->hypervisor, origin->vm, id, &error);
    if (!box->vm)
        return bx_lua_fail(L, &error, id);
    remember(L, id, keep);
    return 1;
}

/* The VM of that id, or nil and an error. */
static int hypervisor_get_vm(lua_State *L)
{
    const bx_hypervisor *hypervisor = bx_lua_check_hypervisor(L);
    const char *id = luaL_checkstring(L, 2);
    lua_getiuservalue(L, 1, VMS);
    if (bx_hypervisor_find(hypervisor, id) && lua_getfield(L, -1, id) != LUA_TNIL)
        return 1;
    bx_error error;
    bx_fail(&error, BX_ENOTFOUND, "no VM is called \"%s\"", id);
    return bx_lua_fail(L, &error, id);
}

void bx_lua_forget_vm(lua_State *L, int hypervisor, const char *id)
{
    lua_getiuservalue(L, hypervisor, KEPT);
    lua_pushnil(L);
    lua_setfield(L, -2, id);
    lua_pop(L, 1);
}

/* The ids, in order of creation. */
static int hypervisor_ids(lua_State *L)
{
    const bx_hypervisor *hypervisor = bx_lua_check_hypervisor(L);
    lua_Integer count = 0;
    for (const bx_lease *lease = hypervisor->leases; lease; lease = lease->next)
        count++;
    lua_createtable(L, (int)count, 0);
    for (const bx_lease *lease = hypervisor->leases; lease; lease = lease->next) {
        lua_pushstring(L, lease->vm->id);
        lua_rawseti(L, -2, count--);
    }
    return 1;
}

/* Per resource: { capacity, allocated, free }. */
static int hypervisor_get_system_resources(lua_State *L)
{
    const bx_hypervisor *hypervisor = bx_lua_check_hypervisor(L);
    lua_createtable(L, 0, BX_RESOURCES);
    for (int i = 0; i < BX_RESOURCES; i++) {
        double allocated = bx_hypervisor_allocated(hypervisor, (bx_resource)i);
        lua_createtable(L, 0, 3);
        lua_pushnumber(L, hypervisor->capacity[i]);
        lua_setfield(L, -2, "capacity");
        lua_pushnumber(L, allocated);
        lua_setfield(L, -2, "allocated");
        lua_pushnumber(L, hypervisor->capacity[i] - allocated);
        lua_setfield(L, -2, "free");
        lua_setfield(L, -2, bx_resource_name((bx_resource)i));
    }
    return 1;
}

static int hypervisor_get_chassis_info(lua_State *L)
{
    const bx_hypervisor *hypervisor = bx_lua_check_hypervisor(L);
    lua_createtable(L, 0, 4);
    lua_pushstring(L, hypervisor->chassis->name);
    lua_setfield(L, -2, "name");
    lua_pushstring(L, hypervisor->chassis->description);
    lua_setfield(L, -2, "description");
    lua_pushstring(L, hypervisor->chassis->source);
    lua_setfield(L, -2, "source");
    lua_createtable(L, 0, BX_RESOURCES);
    for (int i = 0; i < BX_RESOURCES; i++) {
        lua_pushnumber(L, hypervisor->capacity[i]);
        lua_setfield(L, -2, bx_resource_name((bx_resource)i));
    }
    lua_setfield(L, -2, "capacity");
    return 1;
}

/* Its VMs go with it, those that scripts still hold too. */
static int hypervisor_gc(lua_State *L)
{
    bx_hypervisor *hypervisor = bx_lua_check_hypervisor(L);
    bx_hypervisor_listen(hypervisor, false);
    while (hypervisor->leases)
        bx_hypervisor_abandon_vm(hypervisor, hypervisor->leases->vm);
    return 0;
}

static int hypervisor_tostring(lua_State *L)
{
    lua_pushfstring(L, "BioXenHypervisor(%s)", bx_lua_check_hypervisor(L)->chassis->name);
    return 1;
}

static const luaL_Reg methods[] = {{"enter", hypervisor_enter},
                                   {"ids", hypervisor_ids},
                                   {"listen", bx_lua_hypervisor_listen},
                                   {"get_vm", hypervisor_get_vm},
                                   {"get_system_resources", hypervisor_get_system_resources},
                                   {"get_chassis_info", hypervisor_get_chassis_info},
                                   {NULL, NULL}};
static const luaL_Reg metamethods[] = {{"__gc", hypervisor_gc},
                                       {"__close", hypervisor_gc},
                                       {"__tostring", hypervisor_tostring},
                                       {NULL, NULL}};
static const bx_lua_class hypervisor_class = {"bioxen.BioXenHypervisor", NULL, methods,
                                              metamethods};

void bx_lua_open_hypervisor(lua_State *L)
{
    bx_lua_open_class(L, &hypervisor_class);
}
