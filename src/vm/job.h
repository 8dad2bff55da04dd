/* A job: something that a VM or a courier is asked to do and that is waited for. Its owner holds
 * one reference, who does it another while it runs. */
#ifndef BX_VM_JOB_H
#define BX_VM_JOB_H

#include "core/buffer.h"
#include "core/error.h"
#include "vm/reactor.h"
#include "vm/ready.h"

#include <stdbool.h>

struct bx_vm;

typedef enum bx_job_kind {
    BX_JOB_START,
    BX_JOB_CALL,
    BX_JOB_FORK, /* of the VM that is forked */
    BX_JOB_STOP,
    BX_JOB_PAUSE,
    BX_JOB_RESUME,
    BX_JOB_REQUEST /* of a courier */
} bx_job_kind;

typedef enum bx_job_interrupt {
    BX_NOT_INTERRUPTED,
    BX_INTERRUPT_DEADLINE,
    BX_INTERRUPT_CANCEL
} bx_job_interrupt;

/* Who hears what a call prints, as it comes, besides who holds the job. */
typedef struct bx_listener {
    void (*printed)(struct bx_listener *listener, const uint8_t *bytes, size_t length);
    void (*release)(struct bx_listener *listener); /* nothing more comes */
} bx_listener;

typedef struct bx_job {
    int references;
    bx_job_kind kind;
    struct bx_vm *vm; /* while it runs; NULL: it is not a VM's */
    void (*cancel)(struct bx_job *job);
    bx_timer timer;
    double timeout; /* seconds; infinite: no deadline */
    int64_t started, ended;
    int64_t left; /* nanoseconds to the timer, while the VM is paused; BX_NEVER: it has none */
    bx_job_interrupt interrupted;
    bx_grace grace; /* once interrupted, till the kill */
    bool done, succeeded;
    bx_error error;   /* when it did not succeed */
    bx_buffer value;  /* one encoded value, when it did */
    double sim_time;  /* seconds, at the end */
    bx_buffer output; /* all that the code printed so far */
    double fraction;  /* of the progress; NaN before the first report */
    double expected;  /* seconds that all of it takes at the pace so far; NaN: not known */
    bool warned;      /* that this is more than its deadline allows */
    char progress[128];
    bx_buffer details;     /* of the error: one encoded map, or empty */
    bx_listener *listener; /* or NULL */
    bx_ready ready;        /* told of output, of progress, and of the end */
} bx_job;

/* Make ready a zeroed job, with one reference. */
void bx_job_begin(bx_job *job, bx_job_kind kind, double timeout);

/* -1: memory is short. */
int bx_job_add_output(bx_job *job, const uint8_t *bytes, size_t length);

void bx_job_set_progress(bx_job *job, double fraction, const char *text, size_t length);

/* Whether its progress so far says that it will not be done by its deadline: once. */
bool bx_job_warn(bx_job *job);

/* One encoded map that goes with the error that is about to end it, where there is memory. NULL is
 * fine, for both. */
void bx_job_keep_details(bx_job *job, const uint8_t *details, size_t length);

/* It is done; NULL: it succeeded. */
void bx_job_finish(bx_job *job, const bx_error *error);

bx_job *bx_job_hold(bx_job *job);
void bx_job_release(bx_job *job); /* NULL is fine */

/* Turn the loop until the job is done or the deadline passed. 1: done; 0: not yet; else as
 * bx_reactor_turn: after a signal, call again. */
int bx_job_wait(bx_job *job, bx_reactor *reactor, int64_t deadline);

/* The same whatever signals come. 0: it succeeded; -1 with its error. */
int bx_job_finish_waiting(bx_job *job, bx_reactor *reactor, bx_error *err);

/* Ask for the end of a job that runs. The code is interrupted; what it did stays. */
void bx_job_cancel(bx_job *job);

#endif
