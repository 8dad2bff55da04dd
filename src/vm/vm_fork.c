/* Forking: a new VM whose worker is a copy of another's, made by the kernel (worker/gate.h). */
#include "vm/machine.h"

/* The worker of the VM that is forked has nothing to do but to be copied; beyond this many seconds
 * more than the copy has for its start it is killed. */
#define PATIENCE 60.0

int bx_vm_can_fork(const bx_vm *vm, bx_error *err)
{
    if (bx_vm_check(vm, BX_EVENT_FORK, err) < 0)
        return -1;
    if (vm->job || !vm->connection.channel)
        return bx_vm_refuse_busy(vm, err);
    if (vm->ops != &bx_vm_basic_ops)
        return bx_fail(err, BX_EUNSUPPORTED, "the worker of VM \"%s\" is on another machine",
                       vm->id);
    return bx_zygote_can_fork(&vm->child, err);
}

/* The zygote knows of the request. */
static void call_worker(bx_vm *vm, bx_vm *fork)
{
    static const bx_buffer nothing;
    bx_error error;
    if (bx_connection_call(&vm->connection, "fork", 0, &nothing, &error) == 0) {
        bx_vm_watch(vm);
        return;
    }
    bx_vm_handle(fork, BX_EVENT_KILL, &error);
    if (error.code == BX_ESYSTEM) /* half of the call may be on its way */
        bx_vm_handle(vm, BX_EVENT_KILL, &error);
    else
        bx_vm_finish_job(vm, &error);
}

bx_job *bx_vm_fork(bx_vm *vm, bx_vm *fork, double timeout, bx_error *err)
{
    if (bx_vm_can_fork(vm, err) < 0)
        return NULL;
    bx_job *call = bx_vm_begin_job(vm, BX_JOB_FORK, timeout + PATIENCE, err);
    if (!call)
        return NULL;
    bx_job_release(call); /* the VM has another reference */
    fork->origin = vm;
    bx_job *start = bx_vm_start(fork, timeout, err);
    fork->origin = NULL;
    if (start && fork->state == BX_VM_PLACING)
        call_worker(vm, fork);
    else
        bx_vm_finish_job(vm, start ? &start->error : err);
    return start;
}

bool bx_vm_end_fork(bx_vm *vm)
{
    bx_error lie;
    bx_zygote_listen(&vm->child); /* it spoke before the worker could */
    if (!vm->child.forking)
        return bx_vm_is_alive(vm) && vm->job;
    bx_fail(&lie, BX_EPROTOCOL, "it has not been forked, and says so");
    bx_vm_handle(vm, BX_EVENT_KILL, &lie);
    return false;
}
