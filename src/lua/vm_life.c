#include "lua/vm_life.h"

#include "lua/class.h"
#include "lua/hypervisor.h"
#include "lua/job.h"
#include "lua/vm_box.h"
#include "values/error.h"

/* Seconds. */
#define START_TIMEOUT 10.0
#define GUEST_START_TIMEOUT 300.0 /* a machine boots */

static bx_vm *check_vm(lua_State *L)
{
    return bx_lua_check_vm(L)->vm;
}

/* Put what was begun into `box`, at the top, and wait for it unless the options at 2 say not to. */
static int give_job(lua_State *L, bx_job **box, bx_job *job, const bx_error *error)
{
    int pushed = bx_lua_give_job(L, box, job, error, check_vm(L)->id);
    bool wait = bx_lua_boolean_option(L, 2, "wait", 1);
    return pushed == 1 && wait ? bx_lua_await_job(L) : pushed;
}

static double start_timeout(const bx_vm *vm)
{
    return vm->ops == &bx_vm_xcpng_ops ? GUEST_START_TIMEOUT : START_TIMEOUT;
}

int bx_lua_vm_start(lua_State *L)
{
    static const char *const allowed[] = {"wait", "timeout", NULL};
    bx_vm *vm = check_vm(L);
    bx_error error;
    lua_settop(L, 2);
    bx_lua_check_options(L, 2, allowed);
    bx_lua_boolean_option(L, 2, "wait", 1);
    double timeout = bx_lua_positive_option(L, 2, "timeout", start_timeout(vm));
    bx_job **box = bx_lua_new_job(L, 1);
    bx_job *job = bx_vm_start(vm, timeout, &error);
    return give_job(L, box, job, &error);
}

/* A job that takes no option but `wait`. */
static int begin(lua_State *L, bx_job *function(bx_vm *vm, bx_error *err))
{
    static const char *const allowed[] = {"wait", NULL};
    bx_vm *vm = check_vm(L);
    bx_error error;
    lua_settop(L, 2);
    bx_lua_check_options(L, 2, allowed);
    bx_lua_boolean_option(L, 2, "wait", 1);
    bx_job **box = bx_lua_new_job(L, 1);
    bx_job *job = function(vm, &error);
    return give_job(L, box, job, &error);
}

static bx_job *stop_for_long(bx_vm *vm, bx_error *err)
{
    return bx_vm_stop(vm, BX_GUEST_HALT, err);
}

int bx_lua_vm_stop(lua_State *L)
{
    return begin(L, stop_for_long);
}

int bx_lua_vm_pause(lua_State *L)
{
    return begin(L, bx_vm_pause);
}

int bx_lua_vm_resume(lua_State *L)
{
    return begin(L, bx_vm_resume);
}

int bx_lua_stop_worker(lua_State *L, bx_vm *vm)
{
    bx_error error;
    if (vm->state == BX_VM_STOPPED || vm->state == BX_VM_CREATED)
        return 0;
    bx_job **box = bx_lua_new_job(L, 1);
    bx_job *job = bx_vm_stop(vm, BX_GUEST_KEEP, &error);
    if (bx_lua_give_job(L, box, job, &error, vm->id) != 1 || bx_lua_await_job(L) != 1)
        return -1;
    return 0;
}

int bx_lua_vm_restart(lua_State *L)
{
    bx_vm *vm = check_vm(L);
    bx_error error;
    lua_settop(L, 1);
    if (bx_lua_stop_worker(L, vm) < 0)
        return 2;
    lua_settop(L, 1);
    bx_job **box = bx_lua_new_job(L, 1);
    bx_job *job = bx_vm_start(vm, start_timeout(vm), &error);
    return bx_lua_give_job(L, box, job, &error, vm->id) == 1 ? bx_lua_await_job(L) : 2;
}

/* Wait, where ^C is heard, until a VM has nothing left. True; or false, with nil and the error
 * pushed. One of another process is left to it. */
static bool end(lua_State *L, bx_vm *vm)
{
    bx_error error;
    if (vm->state == BX_VM_DESTROYED || !bx_host_is_owner(vm->host))
        return true;
    bx_job **box = bx_lua_new_job(L, 1);
    bx_job *job = bx_vm_end(vm, &error);
    return bx_lua_give_job(L, box, job, &error, vm->id) == 1 && bx_lua_await_job(L) == 1;
}

int bx_lua_vm_destroy(lua_State *L)
{
    const bx_lua_vm *box = bx_lua_check_vm(L);
    bx_error error;
    lua_settop(L, 1);
    if (!end(L, box->vm))
        return 2;
    if (bx_hypervisor_destroy_vm(box->hypervisor, box->vm, &error) < 0)
        return bx_lua_fail(L, &error, box->vm->id);
    lua_getiuservalue(L, 1, 1);
    bx_lua_forget_vm(L, -1, box->vm->id);
    lua_pushboolean(L, 1);
    return 1;
}

/* What could not be destroyed is abandoned: the error that may be unwinding matters more. */
int bx_lua_vm_close(lua_State *L)
{
    const bx_lua_vm *box = bx_lua_check_vm_box(L);
    bx_error ignored;
    lua_settop(L, 1);
    if (box->vm &&
        (!end(L, box->vm) || bx_hypervisor_destroy_vm(box->hypervisor, box->vm, &ignored) < 0))
        bx_hypervisor_abandon_vm(box->hypervisor, box->vm);
    return 0;
}

/* The box may be empty. */
int bx_lua_vm_gc(lua_State *L)
{
    bx_lua_vm *box = bx_lua_check_vm_box(L);
    if (box->vm)
        bx_hypervisor_abandon_vm(box->hypervisor, box->vm);
    bx_vm_free(box->vm);
    box->vm = NULL;
    return 0;
}
