/* A biological VM: one state machine and one way of calling, over a table of operations that
 * each kind of VM fills in. */
#ifndef BX_VM_VM_H
#define BX_VM_VM_H

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

typedef struct bx_vm_ops {
    const char *type;                       /* "basic" */
    int (*open)(bx_vm *vm, bx_error *err);  /* begin: a greeting, or bx_vm_ended, follows */
    void (*interrupt)(bx_vm *vm);           /* the code softly */
    void (*suspend)(bx_vm *vm);             /* no CPU from now on */
    void (*wake)(bx_vm *vm);
    void (*kill)(bx_vm *vm);                /* for sure: bx_vm_ended follows */
    void (*close)(bx_vm *vm);               /* kill and forget, nothing follows */
} bx_vm_ops;

typedef struct bx_vm_options {
    const char *id;
    const char *biological_type;
    const char *folder;    /* of the organism */
    uint64_t memory_limit; /* bytes */
    uint64_t output_limit; /* bytes a call may print */
    bool unconfined;
    const bx_buffer *setup; /* the encoded values of the setup operation */
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
    bx_connection connection;
    bx_source source;
    uint32_t watched; /* events of the source */
    bx_birth birth;   /* of a basic VM's worker */
    bx_timer farewell; /* how long to wait for the worker's end once it is lost */
    bx_job *job;      /* running, held */
    bool born;        /* the worker's process is known */
    bool doomed;      /* the worker is being killed; doom says why */
    bx_error doom;    /* the reason of the state "error", too */
    double sim_time;  /* seconds, when last heard of; NaN before */
    int64_t started;  /* when the state became running */
    uint64_t calls;   /* finished */
    bx_vm_lease *lease; /* owned by the hypervisor; NULL: none */
};

const char *bx_vm_state_name(bx_vm_state state);

/* 1 to 64 of letters, digits, '.', '_', '-'. */
bool bx_vm_valid_id(const char *id, size_t length);

bx_vm *bx_vm_new(bx_host *host, const bx_vm_ops *ops, const bx_vm_options *options, bx_error *err);

/* Ends whatever runs, waits for the worker to be reaped, frees. NULL is fine. */
void bx_vm_free(bx_vm *vm);

/* The jobs are the caller's references. `timeout` in seconds, INFINITY for none. */
bx_job *bx_vm_start(bx_vm *vm, double timeout, bx_error *err);
bx_job *bx_vm_call(bx_vm *vm, const char *operation, const bx_buffer *values, double timeout,
                   bx_error *err);
bx_job *bx_vm_stop(bx_vm *vm, bx_error *err);

int bx_vm_pause(bx_vm *vm, bx_error *err);
int bx_vm_resume(bx_vm *vm, bx_error *err);

/* Ends the worker, waits until it is reaped; the VM is `destroyed` and answers no more. */
void bx_vm_destroy(bx_vm *vm);

/* Something that the worker sent earlier turned out to be malformed (BX_EPROTOCOL): kill it. */
void bx_vm_distrust(bx_vm *vm, const bx_error *error);

void bx_vm_cancel_job(bx_vm *vm, bx_job *job);

/* For the operations: the channel to the worker is there; so is its process; the worker has ended
 * (once a start). */
int bx_vm_connected(bx_vm *vm, bx_channel *channel, bx_error *err);
void bx_vm_born(bx_vm *vm);
void bx_vm_ended(bx_vm *vm, const bx_error *reason);

extern const bx_vm_ops bx_vm_basic_ops;

#endif
