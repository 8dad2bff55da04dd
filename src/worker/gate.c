#include "worker/gate.h"

#include "wire/zygote.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- in the worker ---- */

/* The word of the zygote. `made` is what clone gave: a process, or an error's number below 0. */
static long knock(long made)
{
    return prctl(PR_SET_PDEATHSIG, SIGKILL, (unsigned long)BX_GATE_KNOCK, made, 0L);
}

/* Signals wait, for one would have the call begin anew. */
int bx_gate_pass(bx_error *err)
{
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    long made = syscall(SYS_clone, (unsigned long)BX_GATE_CLONE, 0L, 0L, 0L, 0L);
    int failure = made < 0 ? errno : 0;
    long let_go = knock(failure ? -failure : made);
    if (made == 0 && let_go < 0)
        _exit(BX_EXIT_HOST_GONE); /* the zygote is gone, or does not want us */
    if (!failure && let_go < 0)
        failure = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (failure)
        return bx_fail_errno(err, BX_ESYSTEM, failure, "cannot fork the worker");
    return made == 0;
}

/* ---- in the zygote ---- */

static bx_fork *find(const bx_gate *gate, pid_t worker)
{
    for (size_t i = 0; i < gate->count; i++)
        if (gate->forks[i].worker == worker)
            return &gate->forks[i];
    return NULL;
}

static void forget(bx_gate *gate, bx_fork *fork)
{
    if (fork->socket >= 0)
        close(fork->socket);
    *fork = gate->forks[--gate->count];
}

/* Its group has a copy in it that has not knocked, or may have. */
static bool has_unknown_copy(const bx_fork *fork)
{
    return fork->cloned && !fork->copy && !fork->failed;
}

static int make_room(bx_gate *gate)
{
    if (gate->count < gate->capacity)
        return 0;
    size_t capacity = gate->capacity ? 2 * gate->capacity : 8;
    bx_fork *grown = realloc(gate->forks, capacity * sizeof *grown);
    if (!grown)
        return -1;
    gate->forks = grown;
    gate->capacity = capacity;
    return 0;
}

/* One that is still at it is not asked again: the host waits for its answer first. */
int bx_gate_ask(bx_gate *gate, pid_t worker, uint64_t vm, int socket, uint64_t *dropped)
{
    bx_fork *old = find(gate, worker);
    int failure = old && old->cloned ? EBUSY : 0;
    *dropped = old && !failure ? old->vm : 0;
    if (*dropped)
        forget(gate, old);
    if (!failure && gate->listener < 0)
        failure = ENOSYS;
    if (!failure && (make_room(gate) < 0 || setpgid(worker, worker) < 0))
        failure = errno;
    if (failure) {
        close(socket);
        errno = failure;
        return -1;
    }
    gate->forks[gate->count++] = (bx_fork){.worker = worker, .vm = vm, .socket = socket};
    return 0;
}

/* Let the kernel carry out the call (error 0), or have it fail. Whether it still waited. */
static bool answer(const bx_gate *gate, uint64_t id, int error)
{
    struct seccomp_notif_resp response = {
        .id = id, .error = -error, .flags = error ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    return ioctl(gate->listener, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0;
}

static void hear_clone(const bx_gate *gate, const struct seccomp_notif *call)
{
    bx_fork *fork = find(gate, (pid_t)call->pid);
    if (!fork || fork->cloned)
        kill((pid_t)call->pid, SIGKILL);
    else
        fork->cloned = answer(gate, call->id, 0);
}

/* The worker waits, so it makes no copy now; and if it says that it has made none, it has none. */
static void end_without_copy(bx_fork *fork)
{
    if (setpgid(fork->worker, getpgrp()) == 0)
        kill(-fork->worker, SIGKILL);
    else
        kill(fork->worker, SIGKILL);
}

static void hear_worker(bx_gate *gate, bx_fork *fork, const struct seccomp_notif *call,
                        bx_gate_news *news)
{
    int made = (int)call->data.args[3];
    if (!fork->cloned || fork->worker_waits) {
        kill(fork->worker, SIGKILL);
    } else if (fork->failed) {
        answer(gate, call->id, ECHILD);
        forget(gate, fork);
    } else if (fork->copy && !fork->copy_waits) {
        answer(gate, call->id, 0);
        forget(gate, fork);
    } else if (made < 0 && !fork->copy) {
        *news = (bx_gate_news){.vm = fork->vm, .failure = -made};
        end_without_copy(fork);
        fork->failed = true;
        fork->worker_waits = call->id;
    } else {
        fork->worker_waits = call->id;
    }
}

/* The copy gets the new socket in the place of its parent's. */
static int place_socket(const bx_gate *gate, const bx_fork *fork, uint64_t id)
{
    struct seccomp_notif_addfd placed = {.id = id,
                                         .flags = SECCOMP_ADDFD_FLAG_SETFD,
                                         .srcfd = (uint32_t)fork->socket,
                                         .newfd = BX_WORKER_DESCRIPTOR};
    return ioctl(gate->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &placed) < 0 ? -1 : 0;
}

static void hear_copy(const bx_gate *gate, const struct seccomp_notif *call, bx_gate_news *news)
{
    pid_t copy = (pid_t)call->pid;
    bx_fork *fork = find(gate, getpgid(copy));
    if (!fork || !has_unknown_copy(fork) || place_socket(gate, fork, call->id) < 0 ||
        setpgid(copy, copy) < 0) {
        kill(copy, SIGKILL); /* what it was to be ends with it */
        return;
    }
    close(fork->socket);
    fork->socket = -1;
    fork->copy = copy;
    fork->copy_waits = call->id;
    *news = (bx_gate_news){.vm = fork->vm, .copy = copy};
}

void bx_gate_hear(bx_gate *gate, bx_gate_news *news)
{
    struct seccomp_notif call;
    memset(&call, 0, sizeof call); /* the kernel insists */
    *news = (bx_gate_news){0};
    if (ioctl(gate->listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0)
        return; /* it died meanwhile */
    bx_fork *fork = find(gate, (pid_t)call.pid);
    if (call.data.nr == SYS_clone)
        hear_clone(gate, &call);
    else if (fork)
        hear_worker(gate, fork, &call, news);
    else
        hear_copy(gate, &call, news);
}

void bx_gate_let_go(bx_gate *gate, uint64_t vm)
{
    for (size_t i = 0; i < gate->count; i++) {
        bx_fork *fork = &gate->forks[i];
        if (fork->vm != vm)
            continue;
        if (fork->copy_waits)
            answer(gate, fork->copy_waits, 0);
        fork->copy_waits = 0;
        if (!fork->worker_waits)
            return; /* it will be let go when it knocks */
        answer(gate, fork->worker_waits, fork->failed ? ECHILD : 0);
        forget(gate, fork);
        return;
    }
}

static void worker_ended(bx_gate *gate, bx_fork *fork, bx_gate_news *news)
{
    bool lost = !fork->copy && !fork->failed;
    if (has_unknown_copy(fork))
        kill(-fork->worker, SIGKILL);
    if (lost)
        *news = (bx_gate_news){.vm = fork->vm};
    forget(gate, fork);
}

/* A copy that has not knocked is known by its group. */
void bx_gate_ended(bx_gate *gate, pid_t pid, bx_gate_news *news)
{
    *news = (bx_gate_news){0};
    if (gate->count == 0)
        return;
    bx_fork *fork = find(gate, pid);
    if (fork) {
        worker_ended(gate, fork, news);
        return;
    }
    fork = find(gate, getpgid(pid));
    if (fork && has_unknown_copy(fork)) {
        fork->failed = true;
        *news = (bx_gate_news){.vm = fork->vm};
    }
}

void bx_gate_close(const bx_gate *gate)
{
    for (size_t i = 0; i < gate->count; i++)
        if (has_unknown_copy(&gate->forks[i]))
            kill(-gate->forks[i].worker, SIGKILL);
}
