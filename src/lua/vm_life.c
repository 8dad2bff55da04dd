#include "lua/vm_life.h"

#include "lua/changes.h"
#include "lua/class.h"
#include "lua/hypervisor.h"
#include "lua/job.h"
#include "lua/loop.h"
#include "lua/vm_box.h"
#include "values/error.h"

#include <math.h>
#include <string.h>

/* Seconds. */
#define START_TIMEOUT 10.0
#define GUEST_START_TIMEOUT 300.0 /* a machine boots */

static bx_vm *check_vm(lua_State *L)
{
    return bx_lua_check_vm(L)->vm;
}

/* Put what was begun into `box`, at the top, and wait for it till the deadline unless the options
 * at 2 say not to. */
static int give_job(lua_State *L, bx_job **box, bx_job *job, const bx_error *error,
                    int64_t deadline)
{
    int pushed = bx_lua_give_job(L, box, job, error, check_vm(L)->id);
    bool wait = bx_lua_boolean_option(L, 2, "wait", 1);
    return pushed == 1 && wait ? bx_lua_await_job_until(L, deadline) : pushed;
}

/* Until when the options at 2 have a wait last that is none of a start. */
static int64_t check_patience(lua_State *L)
{
    return bx_clock_after(bx_lua_positive_option(L, 2, "timeout", INFINITY));
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
    return give_job(L, box, job, &error, BX_NEVER);
}

/* The start's job is at 3. */
static int await_copy(lua_State *L, int status, lua_KContext forked)
{
    (void)status;
    (void)forked; /* whatever it came to */
    lua_settop(L, 3);
    return bx_lua_await_job(L);
}

/* Both are waited for: that of which the copy is made is free again, then. */
int bx_lua_fork(lua_State *L)
{
    bx_vm *vm = check_vm(L);
    const bx_lua_vm *fork = bx_lua_test_vm(L, 2);
    luaL_argcheck(L, fork && fork->vm, 2, "a VM expected");
    bx_error error;
    lua_settop(L, 2);
    bx_job **box = bx_lua_new_job(L, 2);
    bx_job *job = bx_vm_fork(vm, fork->vm, start_timeout(vm), &error);
    int pushed = bx_lua_give_job(L, box, job, &error, vm->id);
    if (pushed != 1 || !vm->job)
        return pushed == 1 ? bx_lua_await_job(L) : pushed;
    bx_lua_give_job(L, bx_lua_new_job(L, 1), bx_job_hold(vm->job), NULL, vm->id);
    return bx_lua_await_job_then(L, BX_NEVER, await_copy);
}

/* A job that goes on when the wait for it has ended. */
static int begin(lua_State *L, bx_job *function(bx_vm *vm, bx_error *err))
{
    static const char *const allowed[] = {"wait", "timeout", NULL};
    bx_vm *vm = check_vm(L);
    bx_error error;
    lua_settop(L, 2);
    bx_lua_check_options(L, 2, allowed);
    bool wait = bx_lua_boolean_option(L, 2, "wait", 1);
    int64_t deadline = check_patience(L);
    luaL_argcheck(L, wait || deadline == BX_NEVER, 2,
                  "'timeout' is how long to wait: it cannot stand beside wait = false");
    bx_job **box = bx_lua_new_job(L, 1);
    bx_job *job = function(vm, &error);
    return give_job(L, box, job, &error, deadline);
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

int bx_lua_stop_worker(lua_State *L, bx_vm *vm, int64_t deadline, lua_KFunction then)
{
    bx_error error;
    if (vm->state == BX_VM_STOPPED || vm->state == BX_VM_CREATED)
        return then(L, LUA_OK, 0);
    bx_job **box = bx_lua_new_job(L, 1);
    bx_job *job = bx_vm_stop(vm, BX_GUEST_KEEP, &error);
    int pushed = bx_lua_give_job(L, box, job, &error, vm->id);
    return pushed == 1 ? bx_lua_await_job_then(L, deadline, then) : pushed;
}

/* Options of what takes a timeout alone. */
static void check_timeout_alone(lua_State *L)
{
    static const char *const allowed[] = {"timeout", NULL};
    lua_settop(L, 2);
    bx_lua_check_options(L, 2, allowed);
}

/* After the stop; its job is at an index, or 0. The deadline is at 3. */
static int start_again(lua_State *L, int status, lua_KContext stop)
{
    bx_vm *vm = check_vm(L);
    int64_t deadline = lua_tointeger(L, 3);
    bx_error error;
    if (stop && bx_lua_finish_job(L, status, stop) != 1)
        return 2;
    double left = (double)(deadline - bx_clock_now()) * 1e-9;
    double timeout = deadline == BX_NEVER ? start_timeout(vm) : fmax(left, 0);
    bx_job **box = bx_lua_new_job(L, 1);
    bx_job *job = bx_vm_start(vm, timeout, &error);
    return bx_lua_give_job(L, box, job, &error, vm->id) == 1 ? bx_lua_await_job(L) : 2;
}

/* One deadline for the stop and the start. */
int bx_lua_vm_restart(lua_State *L)
{
    bx_vm *vm = check_vm(L);
    check_timeout_alone(L);
    int64_t deadline = check_patience(L);
    lua_pushinteger(L, deadline);
    return bx_lua_stop_worker(L, vm, deadline, start_again);
}

/* Whether a VM has something left that is to be waited for. One of another process is left to it.
 */
static bool has_to_end(const bx_vm *vm)
{
    return vm->state != BX_VM_DESTROYED && bx_host_is_owner(vm->host);
}

/* Push the job of its end, 1; or nil and an error, 2. */
static int push_end(lua_State *L, bx_vm *vm)
{
    bx_error error;
    bx_job **box = bx_lua_new_job(L, 1);
    bx_job *job = bx_vm_end(vm, &error);
    return bx_lua_give_job(L, box, job, &error, vm->id);
}

int bx_lua_end_vm(lua_State *L)
{
    return push_end(L, check_vm(L));
}

/* After the end; its job is at an index, or 0. */
static int finish_destroy(lua_State *L, int status, lua_KContext ended)
{
    const bx_lua_vm *box = bx_lua_check_vm(L);
    bx_error error;
    if (ended && bx_lua_finish_job(L, status, ended) != 1)
        return 2;
    if (bx_hypervisor_destroy_vm(box->hypervisor, box->vm, &error) < 0)
        return bx_lua_fail(L, &error, box->vm->id);
    lua_getiuservalue(L, 1, 1);
    bx_lua_forget_vm(L, -1, box->vm->id);
    bx_lua_tell_changes(L, box->vm->host);
    lua_pushboolean(L, 1);
    return 1;
}

/* ^C is heard while it waits. */
int bx_lua_vm_destroy(lua_State *L)
{
    bx_vm *vm = check_vm(L);
    check_timeout_alone(L);
    int64_t deadline = check_patience(L);
    if (!has_to_end(vm))
        return finish_destroy(L, LUA_OK, 0);
    int pushed = push_end(L, vm);
    return pushed == 1 ? bx_lua_await_job_then(L, deadline, finish_destroy) : pushed;
}

/* Turn the loop until the state is the one that is wanted. */
int bx_lua_vm_wait_for(lua_State *L)
{
    static const char *const rests[] = {"created", "running",   "paused", "stopped",
                                        "error",   "destroyed", NULL};
    bx_vm *vm = check_vm(L);
    const char *wanted = rests[luaL_checkoption(L, 2, NULL, rests)];
    int64_t deadline = bx_lua_check_deadline(L, 3);
    bx_error error;
    bool late = false;
    bx_lua_check_fresh_vm(L);
    while (strcmp(bx_vm_state_name(vm), wanted) != 0 && vm->state != BX_VM_DESTROYED && !late)
        late = !bx_lua_turn(L, vm->host, NULL, deadline);
    if (strcmp(bx_vm_state_name(vm), wanted) == 0) {
        lua_pushboolean(L, 1);
        return 1;
    }
    bx_fail(&error, late ? BX_ETIMEOUT : BX_ESTATE,
            "the state of VM \"%s\" is \"%s\", not \"%s\"%s", vm->id, bx_vm_state_name(vm), wanted,
            late ? " yet" : "");
    return bx_lua_fail(L, &error, vm->id);
}

/* What could not be destroyed is abandoned: the error that may be unwinding matters more. */
int bx_lua_vm_close(lua_State *L)
{
    const bx_lua_vm *box = bx_lua_check_vm_box(L);
    bx_error ignored;
    lua_settop(L, 1);
    bool ended = box->vm && (!has_to_end(box->vm) ||
                             (push_end(L, box->vm) == 1 && bx_lua_block_on_job(L) == 1));
    if (box->vm && (!ended || bx_hypervisor_destroy_vm(box->hypervisor, box->vm, &ignored) < 0))
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
