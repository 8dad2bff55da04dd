/* The end of a worker, of its guest, and of a VM. */
#include "vm/machine.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Nanoseconds from a lost connection to the kill: a worker that has died is told of in this time,
 * also where others have the processors. */
#define LOST_GRACE INT64_C(500000000)

static void give_back_lease(bx_vm *vm)
{
    if (vm->lease)
        vm->lease->give_back(vm->lease);
}

/* ---- killing ---- */

/* Kill the worker for `reason`; what happens then waits until it has been reaped. */
void bx_vm_kill_for(bx_vm *vm, const bx_error *reason)
{
    vm->exit_reason = *reason;
    if (reason->code == BX_EPROTOCOL)
        bx_fail(&vm->exit_reason, BX_EPROTOCOL, "the worker broke the protocol: %.900s",
                reason->message);
    if (vm->job)
        bx_reactor_clear_timer(&vm->host->reactor, &vm->job->timer);
    bx_reactor_set_timer(&vm->host->reactor, &vm->reap_timer, bx_clock_now() + vm->ops->reaping);
    vm->ops->kill(vm);
}

/* Its process came to be after it had been killed. */
void bx_vm_kill_again(bx_vm *vm, const bx_error *error)
{
    (void)error;
    vm->ops->kill(vm);
}

static void kill_interrupted(bx_vm *vm, const char *outcome)
{
    bx_error reason;
    bx_vm_name_interrupt(vm->job, outcome, &reason);
    bx_vm_kill_for(vm, &reason);
}

void bx_vm_abort_cancelled(bx_vm *vm, const bx_error *error)
{
    (void)error;
    vm->job->interrupted = BX_INTERRUPT_CANCEL;
    kill_interrupted(vm, "the worker was killed");
}

void bx_vm_abort_late(bx_vm *vm, const bx_error *error)
{
    (void)error;
    vm->job->interrupted = BX_INTERRUPT_DEADLINE;
    kill_interrupted(vm, "the worker was killed");
}

void bx_vm_kill_late(bx_vm *vm, const bx_error *error)
{
    (void)error;
    kill_interrupted(vm, "the code did not stop, so the worker was killed");
}

void bx_vm_kill_lost(bx_vm *vm, const bx_error *error)
{
    bx_error reason;
    (void)error;
    bx_fail(&reason, BX_EDIED, "the worker closed its connection and went on");
    if (vm->ops->explain_loss)
        vm->ops->explain_loss(vm, &reason);
    bx_vm_kill_for(vm, &reason);
}

void bx_vm_distrust(bx_vm *vm, const bx_error *error)
{
    if (bx_vm_is_alive(vm)) /* else it came from a worker before */
        bx_vm_handle(vm, BX_EVENT_KILL, error);
}

/* The stream has ended: why, the word of the worker's end will say in a moment. */
void bx_vm_await_end(bx_vm *vm, const bx_error *error)
{
    (void)error;
    bx_reactor_set_timer(&vm->host->reactor, &vm->reap_timer, bx_clock_now() + LOST_GRACE);
}

/* Of a start that is under way elsewhere the end says more, however late. */
void bx_vm_await_end_if_placed(bx_vm *vm, const bx_error *error)
{
    if (!vm->ops->times_start)
        bx_vm_await_end(vm, error);
}

/* Killed, and still no word of its end. */
void bx_vm_stop_waiting(bx_vm *vm, const bx_error *error)
{
    bx_error reason = vm->exit_reason;
    (void)error;
    bx_vm_ended(vm, &reason);
}

/* ---- the worker has ended ---- */

void bx_vm_ended(bx_vm *vm, const bx_error *reason)
{
    bool expected = !bx_vm_accepts(vm, BX_EVENT_KILL); /* it was killed, and exit_reason is why */
    bx_error ended = *reason;
    if (!expected && vm->job && vm->job->interrupted)
        bx_vm_name_interrupt(vm->job, ended.message, &vm->exit_reason);
    else if (!expected)
        vm->exit_reason = ended;
    bx_vm_disconnect(vm);
    vm->ops->close(vm);
    bx_vm_finish_change(vm, &ended);
    bx_vm_handle(vm, BX_EVENT_ENDED, &ended);
}

void bx_vm_die(bx_vm *vm, const bx_error *error)
{
    bx_error reason = vm->exit_reason;
    (void)error;
    give_back_lease(vm);
    bx_vm_finish_job(vm, &reason);
}

/* ---- the guest is given up ---- */

static void release(bx_vm *vm, bx_guest_end end)
{
    bx_error error;
    vm->guest_end_begun = end;
    int status = 0;
    if (vm->ops->release && end != BX_GUEST_KEEP)
        status = vm->ops->release(vm, end, &error);
    if (status <= 0)
        bx_vm_released(vm, status < 0 ? &error : NULL);
}

void bx_vm_released(bx_vm *vm, const bx_error *error)
{
    bx_vm_handle(vm, error ? BX_EVENT_NOT_RELEASED : BX_EVENT_RELEASED, error);
}

/* What a VM that never ran has made goes for good. */
void bx_vm_undo(bx_vm *vm, const bx_error *error)
{
    (void)error;
    release(vm, vm->before_start == BX_VM_CREATED ? BX_GUEST_DESTROY : BX_GUEST_HALT);
}

/* A start has failed, and been undone but for what `error` says. */
void bx_vm_end_start(bx_vm *vm, const bx_error *error)
{
    bx_error reason = vm->exit_reason;
    size_t used = strlen(reason.message);
    if (error)
        snprintf(reason.message + used, sizeof reason.message - used, "; then %.500s",
                 error->message);
    vm->state = vm->before_start;
    if (vm->state == BX_VM_STOPPED)
        give_back_lease(vm);
    bx_vm_finish_job(vm, &reason);
}

void bx_vm_release(bx_vm *vm, const bx_error *error)
{
    (void)error;
    release(vm, vm->guest_end);
}

/* Somebody may want more to be given up than when this began. */
static bool release_further(bx_vm *vm)
{
    if (vm->guest_end_begun >= vm->guest_end)
        return false;
    vm->state = BX_VM_RELEASING;
    release(vm, vm->guest_end);
    return true;
}

void bx_vm_end_release(bx_vm *vm, const bx_error *error)
{
    (void)error;
    if (release_further(vm))
        return;
    give_back_lease(vm);
    bx_vm_finish_job(vm, NULL);
}

/* Nothing that is left may be called gone. */
void bx_vm_fail_to_release(bx_vm *vm, const bx_error *error)
{
    if (release_further(vm))
        return;
    vm->exit_reason = *error;
    give_back_lease(vm);
    bx_vm_finish_job(vm, error);
}

/* ---- stopping ---- */

static bx_job *stop(bx_vm *vm, bx_vm_event event, bx_guest_end end, bx_error *err)
{
    if (bx_vm_check(vm, event, err) < 0)
        return NULL;
    if (vm->job && vm->job->kind == BX_JOB_STOP) { /* join it */
        if (vm->guest_end < end)
            vm->guest_end = end;
        return bx_job_hold(vm->job);
    }
    bx_job *job = bx_vm_new_job(vm, BX_JOB_STOP, INFINITY, err);
    if (!job)
        return NULL;
    bx_error stopped;
    bx_fail(&stopped, BX_EDESTROYED, "VM \"%s\" was stopped during the call", vm->id);
    bool undoing = vm->state == BX_VM_UNDOING; /* the start has a reason of its own */
    bx_error failed = vm->exit_reason;
    bx_vm_finish_job(vm, undoing ? &failed : &stopped);
    bx_vm_finish_change(vm, &stopped);
    if (undoing)
        vm->guest_end_begun = BX_GUEST_KEEP; /* what is left of it goes next */
    vm->job = bx_job_hold(job);
    vm->guest_end = end;
    bx_vm_handle(vm, event, &stopped);
    return job;
}

bx_job *bx_vm_stop(bx_vm *vm, bx_guest_end end, bx_error *err)
{
    return stop(vm, BX_EVENT_STOP, end, err);
}

bx_job *bx_vm_end(bx_vm *vm, bx_error *err)
{
    return stop(vm, BX_EVENT_END, BX_GUEST_DESTROY, err);
}

/* ---- the end of the VM ---- */

/* Without Lua, whatever signals come. */
static int end_and_wait(bx_vm *vm, bx_error *err)
{
    bx_job *job = bx_vm_end(vm, err);
    if (!job)
        return -1;
    int status = bx_job_finish_waiting(job, &vm->host->reactor, err);
    bx_job_release(job);
    return status;
}

/* The state first: what ends below must begin nothing. */
static void dispose(bx_vm *vm, bool wait)
{
    bx_error error;
    bx_fail(&error, BX_EDESTROYED, "VM \"%s\" was destroyed during the call", vm->id);
    vm->state = BX_VM_DESTROYED;
    bx_vm_disconnect(vm);
    vm->ops->close(vm);
    give_back_lease(vm);
    bx_vm_finish_change(vm, &error);
    bx_vm_finish_job(vm, &error);
    if (vm->ops->dispose)
        vm->ops->dispose(vm, wait);
    bx_vm_tell(vm);
}

int bx_vm_destroy(bx_vm *vm, bx_error *err)
{
    bool owner = bx_host_is_owner(vm->host);
    bool gone = vm->state == BX_VM_STOPPED && vm->guest_end_begun == BX_GUEST_DESTROY;
    if (vm->state == BX_VM_DESTROYED)
        return 0;
    if (owner && !gone && end_and_wait(vm, err) < 0)
        return -1;
    dispose(vm, owner);
    return 0;
}

void bx_vm_abandon(bx_vm *vm)
{
    bx_error ignored;
    if (vm->state == BX_VM_DESTROYED)
        return;
    if (bx_host_is_owner(vm->host) && !vm->ops->release)
        end_and_wait(vm, &ignored);
    dispose(vm, false);
}
