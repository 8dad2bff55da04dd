#include "worker/zygote.h"

#include "inside/interrupt.h"
#include "inside/module.h"
#include "wire/frame.h"
#include "wire/pass.h"
#include "wire/zygote.h"
#include "worker/jail.h"
#include "worker/spawn.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct child {
    pid_t pid;
    uint64_t vm;
} child;

typedef struct zygote {
    bx_worker worker; /* what a child becomes */
    sigset_t mask;    /* SIGCHLD */
    int signals;      /* signalfd of it */
    child *children;
    size_t count;
    size_t capacity;
    bx_zygote_report report; /* not sent yet if `pending` */
    int report_fd;
    bool pending;
} zygote;

/* Send the pending report; it stays pending while the socket is full, or the kernel short of
 * memory. */
static void send_report(zygote *z)
{
    ssize_t sent = bx_pass_send(BX_ZYGOTE_DESCRIPTOR, &z->report, sizeof z->report, z->report_fd);
    z->pending = sent < 0 && errno != EPIPE && errno != ECONNRESET;
    if (sent < 0 && !z->pending)
        _exit(BX_EXIT_HOST_GONE);
    if (!z->pending && z->report_fd >= 0) {
        close(z->report_fd);
        z->report_fd = -1;
    }
}

static void report(zygote *z, bx_zygote_report_kind kind, uint64_t vm, pid_t pid, const char *text)
{
    z->report = (bx_zygote_report){.kind = kind, .vm = vm, .pid = pid};
    snprintf(z->report.text, sizeof z->report.text, "%s", text);
    send_report(z);
}

_Noreturn static void fail(zygote *z, const char *text)
{
    report(z, BX_ZYGOTE_FAILED, 0, 0, text);
    _exit(EXIT_FAILURE);
}

static bool make_room_for_child(zygote *z)
{
    if (z->count < z->capacity)
        return true;
    size_t capacity = z->capacity ? 2 * z->capacity : 64;
    child *grown = realloc(z->children, capacity * sizeof *grown);
    if (!grown)
        return false;
    z->children = grown;
    z->capacity = capacity;
    return true;
}

#ifdef BIOXEN_SANITIZE
#define fork_alone fork /* which the sanitizers see to */
#else
#define fork_alone                                                                                 \
    _Fork /* we have one thread: nothing is locked, and the C library has nothing to mend */
#endif

static void spawn(zygote *z, int socket, const bx_spawn_request *request)
{
    pid_t self = getpid();
    pid_t pid = make_room_for_child(z) ? fork_alone() : -1;
    if (pid == 0)
        bx_spawn_become_worker(&z->worker, socket, request, self);
    int failure = errno;
    close(socket);
    if (pid > 0) {
        z->children[z->count++] = (child){pid, request->vm};
        z->report_fd = (int)syscall(SYS_pidfd_open, pid, 0);
        failure = errno;
        if (z->report_fd >= 0) {
            report(z, BX_ZYGOTE_SPAWNED, request->vm, pid, "");
            return;
        }
        kill(pid, SIGKILL); /* reaped and reported like any other, after REFUSED */
    }
    char text[sizeof z->report.text];
    snprintf(text, sizeof text, "cannot start a worker: %s", strerror(failure));
    report(z, BX_ZYGOTE_REFUSED, request->vm, 0, text);
}

static void take_request(zygote *z)
{
    bx_spawn_request request;
    int socket;
    ssize_t got = bx_pass_receive(BX_ZYGOTE_DESCRIPTOR, &request, sizeof request, &socket);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0)
        _exit(BX_EXIT_HOST_GONE);
    if (got == sizeof request && socket >= 0) {
        spawn(z, socket, &request);
        return;
    }
    if (socket >= 0)
        close(socket);
    report(z, BX_ZYGOTE_REFUSED, got == sizeof request ? request.vm : 0, 0,
           "a malformed request, or its socket did not arrive");
}

static uint64_t forget_child(zygote *z, pid_t pid)
{
    for (size_t i = 0; i < z->count; i++) {
        if (z->children[i].pid == pid) {
            uint64_t vm = z->children[i].vm;
            z->children[i] = z->children[--z->count];
            return vm;
        }
    }
    return 0;
}

/* Reap while the reports can be sent: what can't be reported stays a zombie a little longer. */
static void reap(zygote *z)
{
    int status;
    pid_t pid;
    while (!z->pending && (pid = waitpid(-1, &status, WNOHANG)) > 0) {
        z->report = (bx_zygote_report){
            .kind = BX_ZYGOTE_EXITED, .vm = forget_child(z, pid), .pid = pid, .status = status};
        send_report(z);
    }
}

_Noreturn static void serve(zygote *z)
{
    for (;;) {
        struct pollfd watched[2] = {
            {.fd = BX_ZYGOTE_DESCRIPTOR, .events = z->pending ? POLLOUT : POLLIN},
            {.fd = z->pending ? -1 : z->signals, .events = POLLIN},
        };
        if (poll(watched, 2, -1) < 0 && errno != EINTR)
            _exit(EXIT_FAILURE);
        if (z->pending) {
            if (watched[0].revents)
                send_report(z);
            if (!z->pending)
                reap(z);
            continue;
        }
        if (watched[1].revents) {
            static const struct timespec at_once;
            if (sigtimedwait(&z->mask, NULL, &at_once) < 0 && errno != EAGAIN && errno != EINTR)
                _exit(EXIT_FAILURE);
            reap(z);
        }
        if (watched[0].revents && !z->pending)
            take_request(z);
    }
}

/* A host may have ignored or blocked signals before it started us. */
static int prepare_signals(zygote *z)
{
    sigemptyset(&z->mask);
    signal(SIGCHLD, SIG_DFL);
    sigaddset(&z->mask, SIGCHLD);
    if (sigprocmask(SIG_SETMASK, &z->mask, NULL) < 0 || bx_interrupt_install() < 0)
        return -1;
    z->signals = signalfd(-1, &z->mask, SFD_CLOEXEC | SFD_NONBLOCK);
    return z->signals < 0 ? -1 : 0;
}

static int read_organism(zygote *z, const char *folder, const char *library, bx_error *err)
{
    bx_worker *worker = &z->worker;
    char group[sizeof worker->organism];
    if (bx_module_read_folder(folder, worker->organism, sizeof worker->organism, err) < 0 ||
        (*library && bx_module_read_folder(library, group, sizeof group, err) < 0))
        return -1;
    bx_jail_restrain(); /* what it has to read is read */
    return 0;
}

_Noreturn void bx_zygote_run(const char *organism_folder, const char *library_folder, pid_t host)
{
    static zygote z;
    bx_error err;
    z.report_fd = -1;
    if (prepare_signals(&z) < 0)
        fail(&z, "cannot set up signals");
    bx_jail_volunteer();
    bx_spawn_prepare();
    if (read_organism(&z, organism_folder, library_folder, &err) < 0)
        fail(&z, err.message);
    if (bx_jail_follow_process(host, &err) < 0) /* a change of user would undo it */
        _exit(BX_EXIT_HOST_GONE);
    bx_jail_confine_parent();
    if (bx_spawn_open_lua(&z.worker, &err) < 0)
        fail(&z, err.message);
    report(&z, BX_ZYGOTE_READY, 0, getpid(), BX_PROTOCOL_VERSION);
    serve(&z);
}
