#include "lua/vm_guest.h"

#include "lua/job.h"
#include "lua/vm_box.h"
#include "lua/vm_life.h"
#include "values/error.h"
#include "wire/value.h"

#include <lauxlib.h>
#include <string.h>

#define SNAPSHOT_TIMEOUT 600.0 /* seconds */

static bx_job *send_request(lua_State *L, const char *operation, const char *name, bx_error *err)
{
    const bx_vm *vm = bx_lua_check_vm(L)->vm;
    bx_buffer values = {0};
    bx_job *job = NULL;
    bx_write_map(&values, 2);
    bx_write_text(&values, "vm");
    bx_write_integer(&values, (int64_t)vm->remote.number);
    bx_write_text(&values, "name");
    bx_write_text(&values, name);
    if (bx_buffer_finish(&values, 0) < 0)
        bx_fail_memory(err);
    else
        job = bx_courier_job(vm->remote.courier, operation, &values, SNAPSHOT_TIMEOUT, err);
    bx_buffer_free(&values);
    return job;
}

/* Send a request that concerns the guest's disks, and wait for its answer. */
static int run_request(lua_State *L, const char *operation)
{
    const char *name = luaL_checkstring(L, 2);
    luaL_argcheck(L, *name && strlen(name) <= 128, 2, "a name of 1 to 128 bytes expected");
    bx_error error;
    lua_settop(L, 2);
    bx_job **box = bx_lua_new_job(L, 1);
    bx_job *job = send_request(L, operation, name, &error);
    int pushed = bx_lua_give_job(L, box, job, &error, bx_lua_check_vm(L)->vm->id);
    return pushed == 1 ? bx_lua_await_job(L) : pushed;
}

static bool has_guest(const bx_vm *vm)
{
    return vm->remote.courier && bx_courier_note(vm->remote.courier, "uuid");
}

static int fail_guest(lua_State *L, const bx_vm *vm, const char *action)
{
    bx_error error;
    bx_fail(&error, BX_ESTATE, "cannot %s VM \"%s\": it has no guest, its state is \"%s\"", action,
            vm->id, bx_vm_state_name(vm));
    return bx_lua_fail(L, &error, vm->id);
}

int bx_lua_vm_snapshot(lua_State *L)
{
    const bx_vm *vm = bx_lua_check_fresh_vm(L);
    if (!has_guest(vm))
        return fail_guest(L, vm, "snapshot");
    return run_request(L, "snapshot");
}

/* After the worker's end, whose job is at an index, or 0. */
static int go_on_reverting(lua_State *L, int status, lua_KContext stop)
{
    const bx_vm *vm = bx_lua_check_vm(L)->vm;
    if (stop && bx_lua_finish_job(L, status, stop) != 1)
        return 2;
    if (!has_guest(vm)) /* somebody has destroyed it meanwhile */
        return fail_guest(L, vm, "revert");
    return run_request(L, "revert");
}

/* The worker ends first: the guest is halted by this. */
int bx_lua_vm_revert(lua_State *L)
{
    bx_vm *vm = bx_lua_check_fresh_vm(L);
    luaL_checkstring(L, 2);
    if (!has_guest(vm))
        return fail_guest(L, vm, "revert");
    return bx_lua_stop_worker(L, vm, BX_NEVER, go_on_reverting);
}
