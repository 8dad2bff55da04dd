/* A biological VM: one state machine and one way of calling, over a table of operations that
 * each kind of VM fills in. */
#ifndef BX_VM_VM_H
#define BX_VM_VM_H

#include "vm/courier.h"
#include "vm/host.h"
#include "vm/job.h"
#include "vm/zygote.h"
#include "wire/connection.h"

enum { BX_VM_ID_LENGTH = 64 };

/* What leads from one to another is the table in machine.c. */
typedef enum bx_vm_state {
    BX_VM_CREATED,
    BX_VM_PLACING,    /* a start: the worker's process is being made */
    BX_VM_GREETING,   /* it is there, and has not greeted */
    BX_VM_SETTING_UP, /* its cell is being set up */
    BX_VM_RUNNING,
    BX_VM_PAUSING,
    BX_VM_PAUSED,
    BX_VM_RESUMING,
    BX_VM_CANCEL_WAKING,     /* paused; being woken, so that a cancelled call can end */
    BX_VM_CANCEL_AWAKE,      /* paused; that call is ending */
    BX_VM_CANCEL_SUSPENDING, /* paused; that call has ended, the worker is being suspended again */
    BX_VM_ABORTING,          /* a start failed: its worker is being killed */
    BX_VM_UNDOING,           /* and then what it ran in given up */
    BX_VM_KILLING,           /* the worker is being killed for what it did */
    BX_VM_STOPPING,          /* or because the VM stops */
    BX_VM_RELEASING,         /* and then what it ran in given up */
    BX_VM_STOPPED,
    BX_VM_ERROR,
    BX_VM_DESTROYED,
    BX_VM_STATES
} bx_vm_state;

/* What becomes of the guest when a VM stops. Where several ask, the most thorough counts. */
typedef enum bx_guest_end {
    BX_GUEST_KEEP, /* it stays up: a start follows */
    BX_GUEST_HALT,
    BX_GUEST_DESTROY
} bx_guest_end;

typedef struct bx_vm bx_vm;

/* How an xcpng VM reaches its worker: by a courier, which other VMs in the same guest share. */
typedef struct bx_remote {
    bx_courier *courier;
    uint64_t number;  /* of this VM, to the courier */
    bx_request place; /* begins or ends what it runs in */
    bool undone;      /* the courier that ran the failed start has cleaned up after it */
    bx_buffer values; /* of `place` */
    bx_request pause; /* suspends or wakes it */
    bx_buffer pause_values;
} bx_remote;

typedef struct bx_vm_ops {
    const char *type;                      /* "basic" */
    int64_t deadline_grace;                /* nanoseconds from the soft interrupt to the kill */
    int64_t reaping;                       /* and from the kill to the worker's end, at most */
    bool times_start;                      /* its start keeps the deadline by itself */
    int (*open)(bx_vm *vm, bx_error *err); /* begin: a greeting, or bx_vm_ended, follows */
    void (*interrupt)(bx_vm *vm);          /* the code softly */
    /* Nanoseconds that the worker has had, -1 where not known; NULL: it never is. */
    int64_t (*processor_time)(const bx_vm *vm);
    /* No processor time from now on, and again. True: bx_vm_suspended or bx_vm_woken follows;
     * false: it is done. */
    bool (*suspend)(bx_vm *vm);
    bool (*wake)(bx_vm *vm);
    void (*kill)(bx_vm *vm);                                /* for sure: bx_vm_ended follows */
    void (*close)(bx_vm *vm);                               /* kill and forget, nothing follows */
    void (*explain_loss)(const bx_vm *vm, bx_error *error); /* of the connection; NULL: no idea */
    /* The worker has ended: give up the guest. 1: bx_vm_released follows; 0: there is none; -1: it
     * stays. NULL: there never is one. */
    int (*release)(bx_vm *vm, bx_guest_end end, bx_error *err);
    void (*dispose)(bx_vm *vm, bool wait); /* at the VM's end; NULL: nothing */
} bx_vm_ops;

typedef struct bx_vm_options {
    const char *id;
    const char *biological_type;
    const char *folder;    /* of the organism */
    uint64_t memory_limit; /* bytes */
    uint64_t output_limit; /* bytes a call may print */
    bool unconfined;
    const bx_buffer *setup;  /* the encoded values of the setup operation but the last, */
    const bx_buffer *shares; /* which is what the VM holds of its chassis; or NULL */
    bx_courier *courier;     /* of an xcpng VM, held by it from then on */
} bx_vm_options;

/* What holds a VM's share of a chassis; told when the VM begins and ends to use it, and of its
 * states. */
typedef struct bx_vm_lease {
    int (*take)(struct bx_vm_lease *lease, bx_error *err);
    void (*give_back)(struct bx_vm_lease *lease);
    /* The state that users see has changed; the reason where it is `error`, or NULL. */
    void (*changed)(struct bx_vm_lease *lease, const char *from, const char *to,
                    const char *reason);
} bx_vm_lease;

struct bx_vm {
    const bx_vm_ops *ops;
    bx_host *host;
    bx_vm_state state;
    bx_vm_state before_start; /* where a failed start leads back to */
    const char *told;         /* the name of the state that the lease was last told of */
    char id[BX_VM_ID_LENGTH + 1];
    char *biological_type;
    char *folder;
    uint64_t memory_limit, output_limit;
    bx_vm *origin; /* of which its worker is to be a copy, until one is asked for; or NULL */
    bool branched; /* its worker is, or is to be, such a copy */
    uint64_t memory_taken; /* of what all VMs on this machine may take */
    bool unconfined;
    bx_buffer setup;
    size_t shares_at; /* in it */
    bx_connection connection;
    bx_source source;
    uint32_t watched;       /* events of the source */
    bx_child child;         /* a basic VM's worker */
    bx_remote remote;       /* an xcpng VM's */
    bx_timer reap_timer;    /* how long to wait for the worker's end once it is lost or killed */
    bx_job *job;            /* the start, call or stop that is under way, one reference; or NULL */
    bx_job *change;         /* the pause or resumption, the same */
    bx_guest_end guest_end; /* what the stop that is under way must reach */
    bx_guest_end guest_end_begun; /* what the release that was begun last is to reach */
    bx_error exit_reason; /* why the worker is being killed, or has ended: that of `error`, too */
    double sim_time;      /* seconds, when last heard of; NaN before */
    int64_t started;      /* when the state became running */
    uint64_t starts;      /* that succeeded */
    int64_t had_before;   /* processor time of the worker until then; -1: not known */
    uint64_t calls;       /* finished */
    bx_vm_lease *lease;   /* owned by the hypervisor; NULL: none */
};

/* What users see of the state: the name of the one that it leads to or comes from. */
const char *bx_vm_state_name(const bx_vm *vm);

/* Whether the state is `error`; exit_reason says why. It counts as that already while the worker is
 * being killed and no job waits for its end, as after a result that did not decode. */
bool bx_vm_has_failed(const bx_vm *vm);

/* 1 to 64 of letters, digits, '.', '_', '-'. */
bool bx_vm_valid_id(const char *id, size_t length);

bx_vm *bx_vm_new(bx_host *host, const bx_vm_ops *ops, const bx_vm_options *options, bx_error *err);

/* Abandons it, frees. NULL is fine. */
void bx_vm_free(bx_vm *vm);

/* The jobs are the caller's references. `timeout` in seconds, INFINITY for none. */
bx_job *bx_vm_start(bx_vm *vm, double timeout, bx_error *err);
bx_job *bx_vm_call(bx_vm *vm, const char *operation, const bx_buffer *values, double timeout,
                   bx_error *err);
/* Whether the VM can be forked now. -1: BX_ESTATE or BX_EBUSY; BX_EUNSUPPORTED: its worker cannot
 * be copied by the kernel, but its cell may be saved. */
int bx_vm_can_fork(const bx_vm *vm, bx_error *err);
/* Start `fork`, which is new and of the same kind, as a copy of `vm`. The job is that of this
 * start; `vm` is busy until its worker has been copied. */
bx_job *bx_vm_fork(bx_vm *vm, bx_vm *fork, double timeout, bx_error *err);
bx_job *bx_vm_pause(bx_vm *vm, bx_error *err);
bx_job *bx_vm_resume(bx_vm *vm, bx_error *err);

/* End the worker. A stop that is under way already is joined: its job is given again. */
bx_job *bx_vm_stop(bx_vm *vm, bx_guest_end end, bx_error *err);

/* The same for good, in every state but `destroyed`: where it succeeds bx_vm_destroy has nothing to
 * wait for. */
bx_job *bx_vm_end(bx_vm *vm, bx_error *err);

/* Whether there is a worker that can be called, or could once it is resumed. */
bool bx_vm_is_alive(const bx_vm *vm);

/* Nanoseconds of processor time that the worker has had since it is running; -1: not known. */
int64_t bx_vm_processor_time(const bx_vm *vm);

/* What the setup of the next start tells of the chassis. */
int bx_vm_set_shares(bx_vm *vm, const bx_buffer *shares, bx_error *err);

/* And what it tells before that. */
int bx_vm_set_setup(bx_vm *vm, const bx_buffer *setup, bx_error *err);

/* bx_vm_end, and wait for it without Lua, whatever signals come; then the VM is `destroyed` and
 * answers no more. -1: something is left, and it can be destroyed again. */
int bx_vm_destroy(bx_vm *vm, bx_error *err);

/* Give the VM up at once: a worker on this machine is killed and reaped, a courier cleans up by
 * itself. */
void bx_vm_abandon(bx_vm *vm);

/* Something that the worker sent earlier turned out to be malformed (BX_EPROTOCOL): kill it. */
void bx_vm_distrust(bx_vm *vm, const bx_error *error);

/* End what the VMs of a host share, and the host. */
void bx_vm_close_host(bx_host *host);

/* ---- for the operations ---- */

/* The channel to the worker is open. What comes is read once the process exists. */
int bx_vm_connected(bx_vm *vm, bx_channel *channel, bx_error *err);

/* Send what it is to be, which else follows its greeting. */
int bx_vm_send_setup(bx_vm *vm, bx_error *err);

/* Its process exists. */
void bx_vm_spawned(bx_vm *vm);

/* Read what it said last, before its end is told. */
void bx_vm_hear(bx_vm *vm);

/* It has ended; once a start. */
void bx_vm_ended(bx_vm *vm, const bx_error *reason);

/* What suspend, wake and release began is done, or failed. */
void bx_vm_suspended(bx_vm *vm, const bx_error *error);
void bx_vm_woken(bx_vm *vm, const bx_error *error);
void bx_vm_released(bx_vm *vm, const bx_error *error);

extern const bx_vm_ops bx_vm_basic_ops, bx_vm_xcpng_ops;

#endif
