/* The state machine of a VM, between the files that make it up. Everything that happens to a VM is
 * an event. For each state and event the table in machine.c names the action and the next state. */
#ifndef BX_VM_MACHINE_H
#define BX_VM_MACHINE_H

#include "vm/vm.h"

typedef enum bx_vm_event {
    /* What users ask for. */
    BX_EVENT_START,
    BX_EVENT_CALL,
    BX_EVENT_FORK,
    BX_EVENT_PAUSE,
    BX_EVENT_RESUME,
    BX_EVENT_STOP,
    BX_EVENT_END,    /* a stop for good */
    BX_EVENT_CANCEL, /* of the start or the call */

    /* Timers. */
    BX_EVENT_DEADLINE, /* of the start or the call */
    BX_EVENT_OVERDUE,  /* the soft interrupt did not end the call */
    BX_EVENT_REAP_DUE, /* the worker, lost or killed, has not ended in time */

    /* The worker. */
    BX_EVENT_SPAWNED, /* its process is there */
    BX_EVENT_HELLO,
    BX_EVENT_REPLY,
    BX_EVENT_FAILURE,
    BX_EVENT_CALL_OVER, /* after a reply or a failure */
    BX_EVENT_KILL,      /* the host has a reason to kill it: the error */
    BX_EVENT_LOST,      /* the stream has ended */
    BX_EVENT_ENDED,     /* so has the worker */

    /* What it runs in. */
    BX_EVENT_SUSPENDED,
    BX_EVENT_NOT_SUSPENDED,
    BX_EVENT_WOKEN,
    BX_EVENT_NOT_WOKEN,
    BX_EVENT_RELEASED,
    BX_EVENT_NOT_RELEASED,
    BX_EVENTS
} bx_vm_event;

/* Let an event happen: the state changes, then the action is done, which may let others happen. One
 * that means nothing in this state is ignored. `error` is what came with it, or NULL. */
void bx_vm_handle(bx_vm *vm, bx_vm_event event, const bx_error *error);

/* Tell the lease of the state, if users see another than it was told of last. */
void bx_vm_tell(bx_vm *vm);

/* Whether the event means anything in this state. */
bool bx_vm_accepts(const bx_vm *vm, bx_vm_event event);

/* 0 if the VM can be asked for this now. -1 with BX_ESTATE, which names both states, with BX_EBUSY
 * where that passes, or with BX_ESYSTEM in another process than the host's. */
int bx_vm_check(const bx_vm *vm, bx_vm_event event, bx_error *err);
int bx_vm_refuse_busy(const bx_vm *vm, bx_error *err);

/* ---- jobs (vm_call.c) ---- */

/* One that the VM does not know of yet; one that begins as vm->job, with its deadline. The caller's
 * reference. NULL with BX_EMEMORY. */
bx_job *bx_vm_new_job(bx_vm *vm, bx_job_kind kind, double timeout, bx_error *err);
bx_job *bx_vm_begin_job(bx_vm *vm, bx_job_kind kind, double timeout, bx_error *err);

/* End vm->job or vm->change, if there is one; NULL: it succeeded. */
void bx_vm_finish_job(bx_vm *vm, const bx_error *error);
void bx_vm_finish_change(bx_vm *vm, const bx_error *error);

/* "the deadline of 2 s for the call passed; OUTCOME" */
void bx_vm_name_interrupt(const bx_job *job, const char *outcome, bx_error *error);

/* The worker has answered that it is forked, or can't be (vm_fork.c). False: it lies, and is being
 * killed. */
bool bx_vm_end_fork(bx_vm *vm);

/* Interrupt the code of the call, again and again, until it ends or has to be killed. */
void bx_vm_begin_interrupt(bx_vm *vm);

/* ---- the connection (vm_start.c) ---- */

/* Have the reactor watch for what the connection waits for. */
void bx_vm_watch(bx_vm *vm);
void bx_vm_disconnect(bx_vm *vm);

/* ---- actions, by the file that they are in ---- */

typedef void bx_vm_action(bx_vm *vm, const bx_error *error);

bx_vm_action bx_vm_place, bx_vm_greet, bx_vm_set_up, bx_vm_become_running; /* vm_start.c */
bx_vm_action bx_vm_interrupt_cancelled, bx_vm_interrupt_late, bx_vm_mark_cancelled,
    bx_vm_end_call; /* vm_call.c */
bx_vm_action bx_vm_suspend, bx_vm_become_paused, bx_vm_fail_to_pause, bx_vm_wake,
    bx_vm_become_resumed, bx_vm_fail_to_resume, bx_vm_wake_to_end, bx_vm_let_end,
    bx_vm_suspend_again, bx_vm_become_paused_again, bx_vm_stay_resumed; /* vm_pause.c */
bx_vm_action bx_vm_abort_cancelled, bx_vm_abort_late, bx_vm_kill_late, bx_vm_kill_for,
    bx_vm_kill_lost, bx_vm_kill_again, bx_vm_await_end, bx_vm_await_end_if_placed,
    bx_vm_stop_waiting, bx_vm_undo, bx_vm_end_start, bx_vm_die, bx_vm_release, bx_vm_end_release,
    bx_vm_fail_to_release; /* vm_end.c */

#endif
