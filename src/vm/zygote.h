/* The host's view of a zygote: one process for each organism folder, started when the first VM of
 * that organism needs it and kept warm afterwards. */
#ifndef BX_VM_ZYGOTE_H
#define BX_VM_ZYGOTE_H

#include "vm/host.h"
#include "wire/zygote.h"

typedef struct bx_zygote bx_zygote;

/* One worker, from the request to its end. Embedded in the VM. */
typedef struct bx_child {
    void (*spawned)(struct bx_child *child); /* pid and pidfd are set */
    void (*refused)(struct bx_child *child, const bx_error *error);
    void (*ended)(struct bx_child *child, int status); /* reaped; wait status */
    bx_spawn_request request;
    int socket;       /* the worker's end; closed once it is sent */
    pid_t pid;        /* 0: none */
    int pidfd;        /* -1: none */
    uint64_t forking; /* the number of the VM that is made of it: neither there nor refused; or 0 */
    bx_zygote *zygote; /* NULL: none is at work on it */
    struct bx_child *next;
} bx_child;

/* Ask the zygote of `folder` for a worker. Takes child->socket. One of the callbacks follows. */
int bx_zygote_spawn(bx_host *host, const char *folder, bx_child *child, bx_error *err);

/* Whether its worker can be forked: BX_EUNSUPPORTED where the kernel has no way. */
int bx_zygote_can_fork(const bx_child *child, bx_error *err);

/* The same for a copy of `origin`, whose worker has to be called next. */
int bx_zygote_fork(bx_child *origin, bx_child *child, bx_error *err);

/* Hear what zygotes have said by now. */
void bx_zygote_listen(bx_child *child);

/* No callback after this; the worker, if there is one, is killed. */
void bx_zygote_abandon(bx_child *child);

/* The child's deadline has passed: a zygote that is still loading its organism hangs; kill it. */
void bx_zygote_give_up_loading(const bx_child *child);

/* Put those that run into the host's control group. */
int bx_zygotes_enter_group(const bx_host *host, bx_error *err);

void bx_zygote_free(bx_zygote *zygote);

#endif
