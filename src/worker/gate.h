/* The gate: the one way by which a worker, jailed for good, becomes two.
 *
 * A worker's filter lets two calls wait for the word of its zygote (seccomp's user notification);
 * all others of their kind kill. clone(CLONE_PARENT | SIGCHLD, 0) makes the copy, and
 * prctl(PR_SET_PDEATHSIG, SIGKILL, BX_GATE_KNOCK) is the knock by which both say that they are
 * there. The zygote holds the listener, which it took with its own filter, before the first worker:
 * a start costs nothing more. Why this door is narrow enough:
 *
 * - It opens once for each request of the host. Who clones unasked is killed, and so is whoever
 *   knocks without having cloned. Nothing can be multiplied from inside.
 * - Nothing is decided by what a worker's memory says. All arguments are in registers, exact in the
 *   filter; a thread that waits cannot change them before the kernel goes on with the call, for
 *   there is one thread, and none can be traced. clone3, whose arguments lie in memory, is never
 *   allowed. Who calls is the kernel's word.
 * - The copy has its parent's filter, user, limits and control group, no capability, and one
 *   descriptor: the zygote puts the new VM's socket in the place of its parent's in the moment of
 *   its knock, so that it can neither answer for its parent nor have both. No worker is allowed any
 *   call that makes, takes or passes descriptors.
 * - The knock is the call that ties its life to the zygote's, which a fork undoes. The kernel
 *   carries it out once we have answered, so who has knocked is tied.
 * - A copy that does not knock is nobody's yet, but it cannot hide. A worker that is to be forked
 *   is first put at the head of a process group of its own, which no worker can leave, so its copy
 *   is in it. If the worker ends meanwhile, all of the group is killed; so it is if the zygote
 *   ends, or, by the host, if that is killed. If the worker stays, it has to knock itself before it
 *   may answer the host, and waits there until the copy has. Hence an answer without a copy is a
 *   lie, for which the host kills the worker.
 * - The copy is a child of the zygote, which reaps it like any other.
 *
 * What it leaves open: code that has taken over a worker's memory, and keeps its copy from knocking
 * in those moments in which host and zygote are both killed (or, before Linux 6.9, the zygote
 * alone), has a process that nobody ends. It is jailed as before, and nobody hears it.
 *
 * What else was weighed: RLIMIT_NPROC as the lock, lifted by the host for a moment, needs
 * CAP_SYS_RESOURCE where workers are users of their own, has no end that the kernel sees to, and
 * does not say who was made; a helper of each worker's own, made before its jail, costs every start
 * a process. */
#ifndef BX_WORKER_GATE_H
#define BX_WORKER_GATE_H

#include "core/error.h"

#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

enum { BX_GATE_CLONE = CLONE_PARENT | SIGCHLD, BX_GATE_KNOCK = 1 };

/* ---- in the worker ---- */

/* Become two. 1: this is the copy, whose descriptor is the new VM's; 0: it is there; -1: it could
 * not be made. */
int bx_gate_pass(bx_error *err);

/* ---- in the zygote ---- */

typedef struct bx_fork {
    pid_t worker;                      /* that is being forked */
    uint64_t vm;                       /* the number of the new one */
    int socket;                        /* for it */
    bool cloned;                       /* let through: its copy may be there */
    pid_t copy;                        /* once it has knocked */
    bool failed;                       /* there is no copy, and the worker has not heard so */
    uint64_t copy_waits, worker_waits; /* what they wait at: numbers of notifications, or 0 */
} bx_fork;

typedef struct bx_gate {
    int listener; /* -1: there is no gate */
    bx_fork *forks;
    size_t count, capacity;
} bx_gate;

/* What has become of a request. */
typedef struct bx_gate_news {
    uint64_t vm; /* 0: nothing */
    pid_t copy;  /* or 0: there is none, because of */
    int failure; /* this error's number; 0: somebody has died */
} bx_gate_news;

/* The host asks for `worker`, a child of this process, to be forked once. Takes the socket. A
 * request for the same worker that has come to nothing is dropped: its VM's number, or 0, in
 * *dropped. -1 with errno. */
int bx_gate_ask(bx_gate *gate, pid_t worker, uint64_t vm, int socket, uint64_t *dropped);

/* The listener is readable. A copy that is in the news waits until bx_gate_let_go, after which it
 * may be heard of by the host. */
void bx_gate_hear(bx_gate *gate, bx_gate_news *news);
void bx_gate_let_go(bx_gate *gate, uint64_t vm);

/* The child `pid` has ended, and is not reaped yet. */
void bx_gate_ended(bx_gate *gate, pid_t pid, bx_gate_news *news);

/* This process ends: so do the copies that are nobody's. */
void bx_gate_close(const bx_gate *gate);

#endif
