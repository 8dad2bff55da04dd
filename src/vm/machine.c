#include "vm/machine.h"

#include <string.h>

/* One cell of the table: what is done, and the state from then on. An action may lead further. */
typedef struct transition {
    bx_vm_action *act; /* NULL: the event means nothing here */
    bx_vm_state next;
} transition;

static void nothing(bx_vm *vm, const bx_error *error)
{
    (void)vm;
    (void)error;
}

/* What all states of a start share: the worker is killed for whatever goes wrong. */
#define STARTING                                                                                   \
    [BX_EVENT_STOP] = {bx_vm_kill_for, BX_VM_STOPPING},                                            \
    [BX_EVENT_END] = {bx_vm_kill_for, BX_VM_STOPPING},                                             \
    [BX_EVENT_CANCEL] = {bx_vm_abort_cancelled, BX_VM_ABORTING},                                   \
    [BX_EVENT_DEADLINE] = {bx_vm_abort_late, BX_VM_ABORTING},                                      \
    [BX_EVENT_REAP_DUE] = {bx_vm_kill_lost, BX_VM_ABORTING},                                       \
    [BX_EVENT_FAILURE] = {bx_vm_kill_for, BX_VM_ABORTING},                                         \
    [BX_EVENT_KILL] = {bx_vm_kill_for, BX_VM_ABORTING},                                            \
    [BX_EVENT_ENDED] = {bx_vm_undo, BX_VM_UNDOING}

/* And all states in which the cell is there. */
#define ALIVE(state)                                                                               \
    [BX_EVENT_STOP] = {bx_vm_kill_for, BX_VM_STOPPING},                                            \
    [BX_EVENT_END] = {bx_vm_kill_for, BX_VM_STOPPING},                                             \
    [BX_EVENT_REAP_DUE] = {bx_vm_kill_lost, BX_VM_KILLING},                                        \
    [BX_EVENT_REPLY] = {bx_vm_end_call, state}, [BX_EVENT_FAILURE] = {bx_vm_end_call, state},      \
    [BX_EVENT_KILL] = {bx_vm_kill_for, BX_VM_KILLING}, [BX_EVENT_LOST] = {bx_vm_await_end, state}, \
    [BX_EVENT_ENDED] = {bx_vm_die, BX_VM_ERROR}

/* And those in which the worker is being killed. */
#define BEING_KILLED(state, end, after)                                                            \
    [BX_EVENT_REAP_DUE] = {bx_vm_stop_waiting, state},                                             \
    [BX_EVENT_SPAWNED] = {bx_vm_kill_again, state}, [BX_EVENT_ENDED] = {end, after}

static const transition table[BX_VM_STATES][BX_EVENTS] = {
    [BX_VM_CREATED] = {[BX_EVENT_START] = {bx_vm_place, BX_VM_PLACING},
                       [BX_EVENT_END] = {bx_vm_release, BX_VM_RELEASING}},

    [BX_VM_PLACING] = {STARTING, [BX_EVENT_SPAWNED] = {bx_vm_greet, BX_VM_GREETING},
                       [BX_EVENT_LOST] = {bx_vm_await_end_if_placed, BX_VM_PLACING}},
    [BX_VM_GREETING] = {STARTING, [BX_EVENT_LOST] = {bx_vm_await_end, BX_VM_GREETING},
                        [BX_EVENT_HELLO] = {bx_vm_set_up, BX_VM_SETTING_UP}},
    [BX_VM_SETTING_UP] = {STARTING, [BX_EVENT_LOST] = {bx_vm_await_end, BX_VM_SETTING_UP},
                          [BX_EVENT_REPLY] = {bx_vm_become_running, BX_VM_RUNNING}},

    [BX_VM_RUNNING] = {ALIVE(BX_VM_RUNNING), [BX_EVENT_CALL] = {nothing, BX_VM_RUNNING},
                       [BX_EVENT_FORK] = {nothing, BX_VM_RUNNING},
                       [BX_EVENT_PAUSE] = {bx_vm_suspend, BX_VM_PAUSING},
                       [BX_EVENT_CANCEL] = {bx_vm_interrupt_cancelled, BX_VM_RUNNING},
                       [BX_EVENT_DEADLINE] = {bx_vm_interrupt_late, BX_VM_RUNNING},
                       [BX_EVENT_OVERDUE] = {bx_vm_kill_late, BX_VM_KILLING}},
    [BX_VM_PAUSING] =
        {ALIVE(BX_VM_PAUSING), [BX_EVENT_CANCEL] = {bx_vm_mark_cancelled, BX_VM_PAUSING},
         [BX_EVENT_SUSPENDED] = {bx_vm_become_paused, BX_VM_PAUSED},
         [BX_EVENT_NOT_SUSPENDED] = {bx_vm_fail_to_pause, BX_VM_RUNNING}},
    [BX_VM_PAUSED] = {ALIVE(BX_VM_PAUSED), [BX_EVENT_RESUME] = {bx_vm_wake, BX_VM_RESUMING},
                      [BX_EVENT_CANCEL] = {bx_vm_wake_to_end, BX_VM_CANCEL_WAKING}},
    [BX_VM_RESUMING] =
        {ALIVE(BX_VM_RESUMING), [BX_EVENT_CANCEL] = {bx_vm_mark_cancelled, BX_VM_RESUMING},
         [BX_EVENT_WOKEN] = {bx_vm_become_resumed, BX_VM_RUNNING},
         [BX_EVENT_NOT_WOKEN] = {bx_vm_fail_to_resume, BX_VM_PAUSED}},

    /* A paused VM whose call is cancelled is awake until that has ended. */
    [BX_VM_CANCEL_WAKING] =
        {ALIVE(BX_VM_CANCEL_WAKING), [BX_EVENT_RESUME] = {nothing, BX_VM_RESUMING},
         [BX_EVENT_WOKEN] = {bx_vm_let_end, BX_VM_CANCEL_AWAKE},
         [BX_EVENT_NOT_WOKEN] = {bx_vm_fail_to_resume, BX_VM_PAUSED}},
    [BX_VM_CANCEL_AWAKE] =
        {ALIVE(BX_VM_CANCEL_AWAKE), [BX_EVENT_RESUME] = {bx_vm_stay_resumed, BX_VM_RUNNING},
         [BX_EVENT_OVERDUE] = {bx_vm_kill_late, BX_VM_KILLING},
         [BX_EVENT_CALL_OVER] = {bx_vm_suspend_again, BX_VM_CANCEL_SUSPENDING}},
    [BX_VM_CANCEL_SUSPENDING] = {ALIVE(BX_VM_CANCEL_SUSPENDING),
                                 [BX_EVENT_RESUME] = {nothing, BX_VM_CANCEL_SUSPENDING}, /* once it
                                                                              is suspended */
                                 [BX_EVENT_SUSPENDED] = {bx_vm_become_paused_again, BX_VM_PAUSED},
                                 [BX_EVENT_NOT_SUSPENDED] = {bx_vm_stay_resumed, BX_VM_RUNNING}},

    [BX_VM_ABORTING] = {BEING_KILLED(BX_VM_ABORTING, bx_vm_undo, BX_VM_UNDOING),
                        [BX_EVENT_STOP] = {bx_vm_kill_for, BX_VM_STOPPING},
                        [BX_EVENT_END] = {bx_vm_kill_for, BX_VM_STOPPING}},
    [BX_VM_UNDOING] = {[BX_EVENT_END] = {nothing, BX_VM_RELEASING},
                       [BX_EVENT_RELEASED] = {bx_vm_end_start, BX_VM_CREATED},
                       [BX_EVENT_NOT_RELEASED] = {bx_vm_end_start, BX_VM_CREATED}},
    [BX_VM_KILLING] = {BEING_KILLED(BX_VM_KILLING, bx_vm_die, BX_VM_ERROR),
                       [BX_EVENT_STOP] = {bx_vm_kill_for, BX_VM_STOPPING},
                       [BX_EVENT_END] = {bx_vm_kill_for, BX_VM_STOPPING}},
    [BX_VM_STOPPING] = {BEING_KILLED(BX_VM_STOPPING, bx_vm_release, BX_VM_RELEASING),
                        [BX_EVENT_STOP] = {nothing, BX_VM_STOPPING}, /* joined */
                        [BX_EVENT_END] = {nothing, BX_VM_STOPPING}},
    [BX_VM_RELEASING] = {[BX_EVENT_STOP] = {nothing, BX_VM_RELEASING},
                         [BX_EVENT_END] = {nothing, BX_VM_RELEASING},
                         [BX_EVENT_RELEASED] = {bx_vm_end_release, BX_VM_STOPPED},
                         [BX_EVENT_NOT_RELEASED] = {bx_vm_fail_to_release, BX_VM_ERROR}},

    [BX_VM_STOPPED] = {[BX_EVENT_START] = {bx_vm_place, BX_VM_PLACING},
                       [BX_EVENT_END] = {bx_vm_release, BX_VM_RELEASING}},
    [BX_VM_ERROR] = {[BX_EVENT_STOP] = {bx_vm_release, BX_VM_RELEASING},
                     [BX_EVENT_END] = {bx_vm_release, BX_VM_RELEASING}},
};

/* The name that users see, and the steady state that refusals go by: what `refuse_as` would accept
 * is refused as busy (BX_EBUSY), all else as a wrong state (BX_ESTATE). */
static const struct {
    const char *name;
    bx_vm_state refuse_as;
} states[BX_VM_STATES] = {
    [BX_VM_CREATED] = {"created", BX_VM_CREATED},
    [BX_VM_PLACING] = {"starting", BX_VM_PLACING},
    [BX_VM_GREETING] = {"starting", BX_VM_PLACING},
    [BX_VM_SETTING_UP] = {"starting", BX_VM_PLACING},
    [BX_VM_RUNNING] = {"running", BX_VM_RUNNING},
    [BX_VM_PAUSING] = {"pausing", BX_VM_RUNNING},
    [BX_VM_PAUSED] = {"paused", BX_VM_PAUSED},
    [BX_VM_RESUMING] = {"resuming", BX_VM_PAUSED},
    [BX_VM_CANCEL_WAKING] = {"paused", BX_VM_PAUSED},
    [BX_VM_CANCEL_AWAKE] = {"paused", BX_VM_PAUSED},
    [BX_VM_CANCEL_SUSPENDING] = {"paused", BX_VM_PAUSED},
    [BX_VM_ABORTING] = {"starting", BX_VM_PLACING},
    [BX_VM_UNDOING] = {"starting", BX_VM_PLACING},
    [BX_VM_KILLING] = {"running", BX_VM_RUNNING},
    [BX_VM_STOPPING] = {"stopping", BX_VM_STOPPED},
    [BX_VM_RELEASING] = {"stopping", BX_VM_STOPPED},
    [BX_VM_STOPPED] = {"stopped", BX_VM_STOPPED},
    [BX_VM_ERROR] = {"error", BX_VM_ERROR},
    [BX_VM_DESTROYED] = {"destroyed", BX_VM_DESTROYED},
};

bool bx_vm_has_failed(const bx_vm *vm)
{
    return vm->state == BX_VM_ERROR || (vm->state == BX_VM_KILLING && !vm->job);
}

/* What users see, and what they are refused by. */
static bx_vm_state shown(const bx_vm *vm)
{
    return bx_vm_has_failed(vm) ? BX_VM_ERROR : vm->state;
}

const char *bx_vm_state_name(const bx_vm *vm)
{
    return states[shown(vm)].name;
}

bool bx_vm_is_alive(const bx_vm *vm)
{
    return vm->state >= BX_VM_RUNNING && vm->state <= BX_VM_CANCEL_SUSPENDING;
}

bool bx_vm_accepts(const bx_vm *vm, bx_vm_event event)
{
    return table[vm->state][event].act != NULL;
}

void bx_vm_handle(bx_vm *vm, bx_vm_event event, const bx_error *error)
{
    const transition *found = &table[vm->state][event];
    if (!found->act)
        return;
    vm->state = found->next;
    found->act(vm, error);
    bx_vm_tell(vm);
}

void bx_vm_tell(bx_vm *vm)
{
    const char *from = vm->told, *to = bx_vm_state_name(vm);
    if (strcmp(from, to) == 0)
        return;
    vm->told = to;
    if (vm->lease)
        vm->lease->changed(vm->lease, from, to,
                           bx_vm_has_failed(vm) ? vm->exit_reason.message : NULL);
}

/* ---- refusals ---- */

int bx_vm_refuse_busy(const bx_vm *vm, bx_error *err)
{
    return bx_fail(err, BX_EBUSY, "VM \"%s\" is busy: wait for its job, or cancel it", vm->id);
}

static int refuse_state(const bx_vm *vm, bx_vm_event event, bx_error *err)
{
    static const struct {
        const char *action, *needed;
    } words[] = {
        [BX_EVENT_START] = {"start", "\"created\" or \"stopped\""},
        [BX_EVENT_CALL] = {"call", "\"running\""},
        [BX_EVENT_FORK] = {"fork", "\"running\""},
        [BX_EVENT_PAUSE] = {"pause", "\"running\""},
        [BX_EVENT_RESUME] = {"resume", "\"paused\""},
        [BX_EVENT_STOP] = {"stop", "\"running\", \"paused\" or \"error\""},
        [BX_EVENT_END] = {"destroy", "another"},
    };
    const char *action = words[event].action, *needed = words[event].needed;
    if (bx_vm_has_failed(vm))
        return bx_fail(err, BX_ESTATE,
                       "cannot %s VM \"%s\": its state is \"error\" (%.400s), not %s; restart it",
                       action, vm->id, vm->exit_reason.message, needed);
    return bx_fail(err, BX_ESTATE, "cannot %s VM \"%s\": its state is \"%s\", not %s", action,
                   vm->id, bx_vm_state_name(vm), needed);
}

int bx_vm_check(const bx_vm *vm, bx_vm_event event, bx_error *err)
{
    if (!vm->host->owner)
        return bx_fail(err, BX_ESYSTEM, "the host of VM \"%s\" has been closed", vm->id);
    if (!bx_host_is_owner(vm->host))
        return bx_fail(
            err, BX_ESYSTEM,
            "VM \"%s\": this process was forked from the one that loaded bioxen, which alone "
            "uses VMs and starts them",
            vm->id);
    if (bx_vm_accepts(vm, event))
        return 0;
    if (table[states[shown(vm)].refuse_as][event].act)
        return bx_vm_refuse_busy(vm, err);
    return refuse_state(vm, event, err);
}
