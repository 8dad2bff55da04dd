/* What the host and a zygote say to each other, over a SOCK_SEQPACKET pair on one machine: one
 * packet, one struct. The host and its zygotes are built together; READY proves it.
 *
 * A zygote is started as `bioxen-worker --zygote ORGANISM_FOLDER LIBRARY_FOLDER HOST_PID` with
 * the environment below and the control socket as descriptor 3. It loads the organism, says READY,
 * then forks one worker for each request. It never runs VM code itself. */
#ifndef BX_WIRE_ZYGOTE_H
#define BX_WIRE_ZYGOTE_H

#include <stdint.h>

/* The environment of a worker: nothing of its host's, but for one word to the C library. Without
 * it, exp and pow round their last bit by the processor's model, and a seed would not give the same
 * run everywhere. */
#define BX_WORKER_ENVIRONMENT "GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4"

enum { BX_ZYGOTE_DESCRIPTOR = 3, BX_WORKER_DESCRIPTOR = 3 };

/* The exit statuses of a worker that have a meaning. */
enum {
    BX_EXIT_HOST_GONE = 0,  /* the socket closed */
    BX_EXIT_DEADLINE = 100, /* its own timer, after the soft interrupt did not help */
    BX_EXIT_JAIL = 101      /* not confined; an ERROR frame said why */
};

/* Host to zygote, with the worker's end of the VM's socket pair by SCM_RIGHTS. A worker that is to
 * be forked is told so next, by the operation "fork", and answers once it is, or can't be: SPAWNED
 * or REFUSED is on its way then. */
typedef struct bx_spawn_request {
    uint64_t vm;           /* the host's number for the VM; comes back in the reports */
    uint64_t of;           /* that of the VM whose worker is to be forked; 0: a new one is wanted */
    uint64_t memory_limit; /* bytes of Lua and engine memory */
    uint64_t output_limit; /* bytes a call may print */
    uint32_t unconfined;   /* 1: go on without a jail where the kernel gives none */
    uint32_t user;         /* what the worker of a host that is root becomes; 0: nobody */
} bx_spawn_request;

typedef enum bx_zygote_report_kind {
    BX_ZYGOTE_READY = 1, /* text is BX_PROTOCOL_VERSION, status 1: workers can be forked; once */
    BX_ZYGOTE_FAILED,    /* the organism does not load, text says why; the zygote exits */
    BX_ZYGOTE_SPAWNED,   /* pid; its pidfd comes by SCM_RIGHTS */
    BX_ZYGOTE_REFUSED,   /* no worker for this request, text says why */
    BX_ZYGOTE_EXITED     /* pid and wait status; the worker has been reaped */
} bx_zygote_report_kind;

typedef struct bx_zygote_report {
    uint32_t kind;
    int32_t pid;
    uint64_t vm;
    int32_t status;
    int32_t reserved;
    char text[512];
} bx_zygote_report;

#endif
