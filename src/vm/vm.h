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

typedef enum bx_vm_state {
    BX_VM_CREATED,
    BX_VM_STARTING,
    BX_VM_RUNNING,
    BX_VM_PAUSED,
    BX_VM_STOPPED,
    BX_VM_ERROR,
    BX_VM_DESTROYED
} bx_vm_state;

typedef struct bx_vm bx_vm;

/* How an xcpng VM reaches its worker: by a courier, which other VMs in the same guest share. */
typedef struct bx_remote {
    bx_courier *courier;
    uint64_t number;  /* of this VM, to the courier */
    bx_errand place;  /* begins or ends what it runs in */
    bool undone;      /* a start that failed has, by the courier that it was sent to */
    bx_buffer values; /* of `place` */
    bx_errand pause;  /* suspends or wakes it */
    bx_buffer pause_values;
} bx_remote;

typedef struct bx_vm_ops {
    const char *type;                      /* "basic" */
    int64_t deadline_grace;                /* nanoseconds from the soft interrupt to the kill */
    int64_t reaping;                       /* and from the kill to the worker's end, at most */
    int64_t lost_grace;                    /* from a lost connection to the kill */
    bool times_start;                      /* its start keeps the deadline by itself */
    int (*open)(bx_vm *vm, bx_error *err); /* begin: a greeting, or bx_vm_ended, follows */
    void (*interrupt)(bx_vm *vm);          /* the code softly */
    bool (*suspend)(bx_vm *vm); /* no CPU from now on. True: bx_vm_suspended follows; false: done */
    bool (*wake)(bx_vm *vm);    /* the same with bx_vm_woken */
    void (*kill)(bx_vm *vm);    /* for sure: bx_vm_ended follows */
    void (*close)(bx_vm *vm);   /* kill and forget, nothing follows */
    void (*explain_loss)(const bx_vm *vm, bx_error *error); /* of the connection; NULL: no idea */
    /* The worker has ended: give up what it ran in, for good if the VM is being destroyed, or never
     * ran. True: bx_vm_left follows. NULL, as false: there is nothing. */
    bool (*leave)(bx_vm *vm, bool for_good);
    void (*release)(bx_vm *vm,
                    bool wait); /* at the VM's end, what its workers shared; NULL: nothing */
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

/* What holds a VM's share of a chassis; told when the VM begins and ends to use it. */
typedef struct bx_vm_lease {
    int (*take)(struct bx_vm_lease *lease, bx_error *err);
    void (*give_back)(struct bx_vm_lease *lease);
} bx_vm_lease;

struct bx_vm {
    const bx_vm_ops *ops;
    bx_host *host;
    bx_vm_state state;
    bx_vm_state before_start; /* where a failed start leads back to */
    char id[BX_VM_ID_LENGTH + 1];
    char *biological_type;
    char *folder;
    uint64_t memory_limit, output_limit;
    bool unconfined;
    bx_buffer setup;
    size_t shares_at; /* in it */
    bx_connection connection;
    bx_source source;
    uint32_t watched;  /* events of the source */
    bx_birth birth;    /* of a basic VM's worker */
    bx_remote remote;  /* an xcpng VM's */
    bx_timer farewell; /* how long to wait for the worker's end once it is lost */
    bx_job *job;       /* running, held */
    bx_job *change;    /* a pause or a resumption, held */
    bool destroying;
    bool restarting;         /* what the worker ran in is wanted again */
    bool leaving;            /* the worker has ended, what it ran in is being given up */
    bx_vm_state state_after; /* that */
    bool born;               /* the worker's process is known */
    bool doomed;             /* the worker is being killed; doom says why */
    bx_error doom;           /* the reason of the state "error", too */
    bx_buffer details;       /* of the error of bx_vm_destroy, one encoded value; may be empty */
    double sim_time;         /* seconds, when last heard of; NaN before */
    int64_t started;         /* when the state became running */
    uint64_t calls;          /* finished */
    bx_vm_lease *lease;      /* owned by the hypervisor; NULL: none */
};

const char *bx_vm_state_name(bx_vm_state state);

/* 1 to 64 of letters, digits, '.', '_', '-'. */
bool bx_vm_valid_id(const char *id, size_t length);

bx_vm *bx_vm_new(bx_host *host, const bx_vm_ops *ops, const bx_vm_options *options, bx_error *err);

/* Abandons it, frees. NULL is fine. */
void bx_vm_free(bx_vm *vm);

/* The jobs are the caller's references. `timeout` in seconds, INFINITY for none. */
bx_job *bx_vm_start(bx_vm *vm, double timeout, bx_error *err);
bx_job *bx_vm_call(bx_vm *vm, const char *operation, const bx_buffer *values, double timeout,
                   bx_error *err);
/* `restarting`: a start follows, so that only the worker has to end. */
bx_job *bx_vm_stop(bx_vm *vm, bool restarting, bx_error *err);
bx_job *bx_vm_pause(bx_vm *vm, bx_error *err);
bx_job *bx_vm_resume(bx_vm *vm, bx_error *err);

/* What the setup of the next start tells of the chassis. */
int bx_vm_set_shares(bx_vm *vm, const bx_buffer *shares, bx_error *err);

/* Ends the worker, waits until it is reaped and what it ran in is gone; the VM is `destroyed` and
 * answers no more. -1: something is left; the VM is in `error` and can be destroyed again. */
int bx_vm_destroy(bx_vm *vm, bx_error *err);

/* The same without waiting for what takes long: a courier goes on by itself. */
void bx_vm_abandon(bx_vm *vm);

/* Something that the worker sent earlier turned out to be malformed (BX_EPROTOCOL): kill it. */
void bx_vm_distrust(bx_vm *vm, const bx_error *error);

/* For the operations: the channel to the worker is there; so is its process; what it said last may
 * still be in the channel; the worker has ended (once a start), for a reason or with a wait status.
 */
int bx_vm_connected(bx_vm *vm, bx_channel *channel, bx_error *err);
void bx_vm_born(bx_vm *vm);
void bx_vm_hear(bx_vm *vm);
void bx_vm_ended(bx_vm *vm, const bx_error *reason);

/* What suspend, wake and leave began is done, or failed. */
void bx_vm_suspended(bx_vm *vm, const bx_error *error);
void bx_vm_woken(bx_vm *vm, const bx_error *error);
void bx_vm_left(bx_vm *vm, const bx_error *error);

extern const bx_vm_ops bx_vm_basic_ops, bx_vm_xcpng_ops;

#endif
