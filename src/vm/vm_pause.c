/* Pausing and resuming. A deadline counts the time that the VM could run. A call that is cancelled
 * while the VM is paused, or being paused, is woken until it has ended. */
#include "vm/machine.h"

#include <math.h>

static void hold_deadline(bx_vm *vm)
{
    bx_job *job = vm->job;
    if (!job)
        return;
    job->left = job->timer.position ? job->timer.at - bx_clock_now() : BX_NEVER;
    bx_reactor_clear_timer(&vm->host->reactor, &job->timer);
}

/* The worker runs again: so does the deadline, or the interrupt of what had been interrupted. */
static void release_deadline(bx_vm *vm)
{
    bx_job *job = vm->job;
    if (job && job->interrupted)
        bx_vm_begin_interrupt(vm);
    else if (job && job->left != BX_NEVER)
        bx_reactor_set_timer(&vm->host->reactor, &job->timer, bx_clock_now() + job->left);
}

static bx_job *begin_change(bx_vm *vm, bx_job_kind kind, bx_error *err)
{
    bx_job *job = bx_vm_new_job(vm, kind, INFINITY, err);
    if (job)
        vm->change = bx_job_hold(job);
    return job;
}

/* ---- pause ---- */

bx_job *bx_vm_pause(bx_vm *vm, bx_error *err)
{
    if (bx_vm_check(vm, BX_EVENT_PAUSE, err) < 0)
        return NULL;
    if (vm->job && vm->job->kind == BX_JOB_FORK) { /* it is over in a moment */
        bx_vm_refuse_busy(vm, err);
        return NULL;
    }
    bx_job *job = begin_change(vm, BX_JOB_PAUSE, err);
    if (job)
        bx_vm_handle(vm, BX_EVENT_PAUSE, NULL);
    return job;
}

void bx_vm_suspended(bx_vm *vm, const bx_error *error)
{
    bx_vm_handle(vm, error ? BX_EVENT_NOT_SUSPENDED : BX_EVENT_SUSPENDED, error);
}

void bx_vm_suspend(bx_vm *vm, const bx_error *error)
{
    (void)error;
    hold_deadline(vm);
    if (!vm->ops->suspend(vm))
        bx_vm_suspended(vm, NULL);
}

void bx_vm_become_paused(bx_vm *vm, const bx_error *error)
{
    (void)error;
    bx_vm_finish_change(vm, NULL);
    if (vm->job && vm->job->interrupted)
        bx_vm_handle(vm, BX_EVENT_CANCEL, NULL);
}

void bx_vm_fail_to_pause(bx_vm *vm, const bx_error *error)
{
    release_deadline(vm);
    bx_vm_finish_change(vm, error);
}

/* ---- resume ---- */

bx_job *bx_vm_resume(bx_vm *vm, bx_error *err)
{
    if (bx_vm_check(vm, BX_EVENT_RESUME, err) < 0)
        return NULL;
    if (vm->change) { /* resumed already, once it is suspended again */
        bx_vm_refuse_busy(vm, err);
        return NULL;
    }
    bx_job *job = begin_change(vm, BX_JOB_RESUME, err);
    if (job)
        bx_vm_handle(vm, BX_EVENT_RESUME, NULL);
    return job;
}

void bx_vm_woken(bx_vm *vm, const bx_error *error)
{
    bx_vm_handle(vm, error ? BX_EVENT_NOT_WOKEN : BX_EVENT_WOKEN, error);
}

void bx_vm_wake(bx_vm *vm, const bx_error *error)
{
    (void)error;
    if (!vm->ops->wake(vm))
        bx_vm_woken(vm, NULL);
}

void bx_vm_become_resumed(bx_vm *vm, const bx_error *error)
{
    (void)error;
    release_deadline(vm);
    bx_vm_finish_change(vm, NULL);
}

/* What was cancelled meanwhile cannot end by itself. */
void bx_vm_fail_to_resume(bx_vm *vm, const bx_error *error)
{
    bx_vm_finish_change(vm, error);
    if (vm->job && vm->job->interrupted)
        bx_vm_handle(vm, BX_EVENT_KILL, error);
}

/* ---- awake for the end of a call ---- */

void bx_vm_wake_to_end(bx_vm *vm, const bx_error *error)
{
    bx_vm_mark_cancelled(vm, error);
    bx_vm_wake(vm, error);
}

void bx_vm_let_end(bx_vm *vm, const bx_error *error)
{
    (void)error;
    if (vm->job)
        bx_vm_begin_interrupt(vm);
    else
        bx_vm_handle(vm, BX_EVENT_CALL_OVER, NULL);
}

void bx_vm_suspend_again(bx_vm *vm, const bx_error *error)
{
    (void)error;
    if (!vm->ops->suspend(vm))
        bx_vm_suspended(vm, NULL);
}

void bx_vm_become_paused_again(bx_vm *vm, const bx_error *error)
{
    (void)error;
    if (vm->change)
        bx_vm_handle(vm, BX_EVENT_RESUME, NULL);
}

/* It runs: what a resumption that waits wants. */
void bx_vm_stay_resumed(bx_vm *vm, const bx_error *error)
{
    (void)error;
    bx_vm_finish_change(vm, NULL);
}
