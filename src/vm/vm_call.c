/* What a VM does one after the other: the start, calls, stops; their deadlines, and how they are
 * interrupted. */
#include "vm/machine.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#define MILLISECOND INT64_C(1000000)

/* From the soft interrupt of a cancel to the kill, beyond a deadline's. */
#define CANCEL_GRACE (475 * MILLISECOND)
/* See bx_grace. */
#define BUSY_GRACE (1000 * MILLISECOND)
/* An interrupt that reaches the worker before it has read the call is lost, so it is repeated. */
#define INTERRUPT_INTERVAL (2 * MILLISECOND)

/* ---- jobs ---- */

static void job_timer(bx_timer *timer);

/* A stop, a pause and a resumption go on. */
static void cancel_job(bx_job *job)
{
    if (job == job->vm->job && job->kind != BX_JOB_STOP)
        bx_vm_handle(job->vm, BX_EVENT_CANCEL, NULL);
}

bx_job *bx_vm_new_job(bx_vm *vm, bx_job_kind kind, double timeout, bx_error *err)
{
    bx_job *job = calloc(1, sizeof *job);
    if (!job) {
        bx_fail_memory(err);
        return NULL;
    }
    bx_job_begin(job, kind, timeout);
    job->vm = vm;
    job->cancel = cancel_job;
    job->timer.fired = job_timer;
    if (kind == BX_JOB_CALL && vm->host->listen)
        job->listener = vm->host->listen();
    return job;
}

bx_job *bx_vm_begin_job(bx_vm *vm, bx_job_kind kind, double timeout, bx_error *err)
{
    bx_job *job = bx_vm_new_job(vm, kind, timeout, err);
    bool timed = kind != BX_JOB_START || !vm->ops->times_start;
    if (job && timed &&
        bx_reactor_set_timer(&vm->host->reactor, &job->timer, bx_clock_after(timeout)) < 0) {
        bx_job_release(job);
        bx_fail_memory(err);
        return NULL;
    }
    if (job)
        vm->job = bx_job_hold(job);
    return job;
}

void bx_vm_finish_job(bx_vm *vm, const bx_error *error)
{
    bx_job *job = vm->job;
    if (!job)
        return;
    vm->job = NULL;
    bx_reactor_clear_timer(&vm->host->reactor, &job->timer);
    job->sim_time = vm->sim_time;
    job->vm = NULL;
    bx_job_finish(job, error);
    if (job->kind == BX_JOB_CALL)
        vm->calls++;
    bx_job_release(job);
}

void bx_vm_finish_change(bx_vm *vm, const bx_error *error)
{
    bx_job *change = vm->change;
    if (!change)
        return;
    vm->change = NULL;
    change->vm = NULL;
    bx_job_finish(change, error);
    bx_job_release(change);
}

/* ---- calls ---- */

bx_job *bx_vm_call(bx_vm *vm, const char *operation, const bx_buffer *values, double timeout,
                   bx_error *err)
{
    if (bx_vm_check(vm, BX_EVENT_CALL, err) < 0)
        return NULL;
    if (vm->job || !vm->connection.channel) {
        bx_vm_refuse_busy(vm, err);
        return NULL;
    }
    bx_job *job = bx_vm_begin_job(vm, BX_JOB_CALL, timeout, err);
    if (!job)
        return NULL;
    bx_vm_handle(vm, BX_EVENT_CALL, NULL);
    bx_error error;
    if (bx_connection_call(&vm->connection, operation, isfinite(timeout) ? timeout : 0, values,
                           &error) == 0)
        bx_vm_watch(vm);
    else if (error.code == BX_ESYSTEM) /* half of the call may be on its way */
        bx_vm_handle(vm, BX_EVENT_KILL, &error);
    else
        bx_vm_finish_job(vm, &error);
    return job;
}

void bx_vm_name_interrupt(const bx_job *job, const char *outcome, bx_error *error)
{
    const char *what = job->kind == BX_JOB_START  ? "the start"
                       : job->kind == BX_JOB_FORK ? "the fork"
                                                  : "the call";
    if (job->interrupted == BX_INTERRUPT_DEADLINE)
        bx_fail(error, BX_EDEADLINE, "the deadline of %g s for %s passed (option `timeout`); %s",
                job->timeout, what, outcome);
    else
        bx_fail(error, BX_ECANCELLED, "%s was cancelled; %s", what, outcome);
}

/* A reply, or the failure `error` of the code. */
void bx_vm_end_call(bx_vm *vm, const bx_error *error)
{
    const bx_job *job = vm->job;
    bx_error named;
    if (job->kind == BX_JOB_FORK && !bx_vm_end_fork(vm))
        return;
    if (error) {
        named = *error;
        if (job->interrupted && (error->code == BX_ECANCELLED || error->code == BX_EDEADLINE))
            bx_vm_name_interrupt(job, "the VM keeps its state", &named);
        else if (error->code == BX_EDEADLINE)
            bx_fail(&named, BX_EDEADLINE,
                    "the deadline of %g s for the call passed (option `timeout`); the VM keeps its "
                    "state",
                    job->timeout);
    }
    bx_vm_finish_job(vm, error ? &named : NULL);
    bx_vm_handle(vm, BX_EVENT_CALL_OVER, NULL);
}

/* ---- interrupts ---- */

static int64_t processor_time(const bx_vm *vm)
{
    return vm->ops->processor_time ? vm->ops->processor_time(vm) : -1;
}

static void repeat_interrupt(bx_vm *vm, bx_job *job)
{
    vm->ops->interrupt(vm);
    bx_reactor_set_timer(&vm->host->reactor, &job->timer, bx_clock_now() + INTERRUPT_INTERVAL);
}

void bx_vm_begin_interrupt(bx_vm *vm)
{
    bx_job *job = vm->job;
    int64_t grace = vm->ops->deadline_grace;
    if (job->interrupted == BX_INTERRUPT_CANCEL)
        grace += CANCEL_GRACE;
    job->grace = (bx_grace){.due = bx_clock_now() + grace,
                            .patience = BUSY_GRACE,
                            .enough = vm->ops->deadline_grace * 4 / 5,
                            .had = processor_time(vm)};
    repeat_interrupt(vm, job);
}

static void interrupt_once(bx_vm *vm, bx_job_interrupt why)
{
    if (!vm->job || vm->job->interrupted)
        return;
    vm->job->interrupted = why;
    bx_vm_begin_interrupt(vm);
}

void bx_vm_interrupt_cancelled(bx_vm *vm, const bx_error *error)
{
    (void)error;
    interrupt_once(vm, BX_INTERRUPT_CANCEL);
}

void bx_vm_interrupt_late(bx_vm *vm, const bx_error *error)
{
    (void)error;
    interrupt_once(vm, BX_INTERRUPT_DEADLINE);
}

/* While the VM is being paused or resumed: what becomes of that sees to it. */
void bx_vm_mark_cancelled(bx_vm *vm, const bx_error *error)
{
    (void)error;
    if (!vm->job->interrupted)
        vm->job->interrupted = BX_INTERRUPT_CANCEL;
}

static void job_timer(bx_timer *timer)
{
    bx_job *job = (bx_job *)((char *)timer - offsetof(bx_job, timer));
    bx_vm *vm = job->vm;
    if (!job->interrupted)
        bx_vm_handle(vm, BX_EVENT_DEADLINE, NULL);
    else if (bx_grace_is_over(&job->grace, bx_clock_now(), processor_time(vm)))
        bx_vm_handle(vm, BX_EVENT_OVERDUE, NULL);
    else
        repeat_interrupt(vm, job);
}
