#include "worker/zygote.h"

#include "inside/interrupt.h"
#include "inside/module.h"
#include "wire/frame.h"
#include "wire/pass.h"
#include "wire/zygote.h"
#include "worker/gate.h"
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
    pid_t host;
    sigset_t mask; /* of a child that ended, and of the host that did */
    int signals;   /* signalfd of it */
    bx_gate gate;
    child *children;
    size_t count;
    size_t capacity;
    bx_zygote_report report; /* not sent yet if `pending` */
    int report_fd;
    bool pending;
} zygote;

/* The host is gone. */
_Noreturn static void leave(const zygote *z)
{
    bx_gate_close(&z->gate);
    _exit(BX_EXIT_HOST_GONE);
}

/* Send the pending report; it stays pending while the socket is full, or the kernel short of
 * memory. */
static void send_report(zygote *z)
{
    ssize_t sent = bx_pass_send(BX_ZYGOTE_DESCRIPTOR, &z->report, sizeof z->report, z->report_fd);
    z->pending = sent < 0 && errno != EPIPE && errno != ECONNRESET;
    if (sent < 0 && !z->pending)
        leave(z);
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
    snprintf(text, sizeof text, "cannot start a worker: %s",
             failure == ENOSYS ? "there is no pidfd_open, which takes Linux 5.4 or later"
                               : strerror(failure));
    report(z, BX_ZYGOTE_REFUSED, request->vm, 0, text);
}

static void refuse(zygote *z, uint64_t vm, int failure)
{
    char text[sizeof z->report.text];
    snprintf(text, sizeof text, "cannot fork the worker: %s",
             failure ? strerror(failure) : "it ended meanwhile, or its copy did");
    report(z, BX_ZYGOTE_REFUSED, vm, 0, text);
}

static void flush_report(zygote *z)
{
    struct pollfd control = {.fd = BX_ZYGOTE_DESCRIPTOR, .events = POLLOUT};
    while (z->pending) {
        poll(&control, 1, -1);
        send_report(z);
    }
}

static pid_t find_worker(const zygote *z, uint64_t vm)
{
    for (size_t i = 0; i < z->count; i++)
        if (z->children[i].vm == vm)
            return z->children[i].pid;
    return 0;
}

/* What happens next is the worker's to begin. */
static void ask_for_fork(zygote *z, int socket, const bx_spawn_request *request)
{
    uint64_t dropped = 0;
    pid_t worker = find_worker(z, request->of);
    int failure = 0;
    if (!worker)
        close(socket);
    else if (bx_gate_ask(&z->gate, worker, request->vm, socket, &dropped) < 0)
        failure = errno;
    if (dropped) {
        refuse(z, dropped, ECANCELED);
        flush_report(z);
    }
    if (!worker || failure)
        refuse(z, request->vm, failure);
}

/* The host is to hear of a copy before its parent is let go. */
static void hear_gate(zygote *z)
{
    bx_gate_news news;
    bx_gate_hear(&z->gate, &news);
    if (!news.vm)
        return;
    int pidfd =
        news.copy && make_room_for_child(z) ? (int)syscall(SYS_pidfd_open, news.copy, 0) : -1;
    if (news.copy && pidfd < 0) {
        news.failure = errno;
        kill(news.copy, SIGKILL); /* reaped as one that nobody knows */
    }
    if (pidfd >= 0) {
        z->children[z->count++] = (child){news.copy, news.vm};
        z->report_fd = pidfd;
        report(z, BX_ZYGOTE_SPAWNED, news.vm, news.copy, "");
    } else {
        refuse(z, news.vm, news.failure);
    }
    flush_report(z);
    bx_gate_let_go(&z->gate, news.vm);
}

static void take_request(zygote *z)
{
    bx_spawn_request request;
    int socket;
    ssize_t got = bx_pass_receive(BX_ZYGOTE_DESCRIPTOR, &request, sizeof request, &socket);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0)
        leave(z);
    if (got == sizeof request && socket >= 0) {
        if (request.of)
            ask_for_fork(z, socket, &request);
        else
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

static pid_t next_to_reap(void)
{
    siginfo_t ended = {0};
    return waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 ? ended.si_pid : 0;
}

/* Reap while the reports can be sent: what can't be reported stays a zombie a little longer. */
static void reap(zygote *z)
{
    int status;
    pid_t pid;
    while (!z->pending && (pid = next_to_reap()) > 0) {
        bx_gate_news news;
        bx_gate_ended(&z->gate, pid, &news);
        if (news.vm) {
            refuse(z, news.vm, news.failure);
            flush_report(z);
            bx_gate_let_go(&z->gate, news.vm);
        }
        waitpid(pid, &status, 0);
        z->report = (bx_zygote_report){
            .kind = BX_ZYGOTE_EXITED, .vm = forget_child(z, pid), .pid = pid, .status = status};
        send_report(z);
    }
}

_Noreturn static void serve(zygote *z)
{
    sigprocmask(SIG_SETMASK, &z->mask, NULL); /* until now the host's end was ours at once */
    for (;;) {
        /* Looked at in this order: if nothing is asked, nothing was when a worker cloned. */
        struct pollfd watched[] = {
            {.fd = z->pending ? -1 : z->gate.listener, .events = POLLIN},
            {.fd = z->pending ? -1 : z->signals, .events = POLLIN},
            {.fd = BX_ZYGOTE_DESCRIPTOR, .events = z->pending ? POLLOUT : POLLIN},
        };
        enum { GATE, SIGNALS, CONTROL, SOURCES };
        if (poll(watched, SOURCES, -1) < 0 && errno != EINTR)
            _exit(EXIT_FAILURE);
        if (z->pending) {
            if (watched[CONTROL].revents)
                send_report(z);
            if (!z->pending)
                reap(z);
            continue;
        }
        if (watched[SIGNALS].revents) {
            static const struct timespec at_once;
            int number = sigtimedwait(&z->mask, NULL, &at_once);
            if (number < 0 && errno != EAGAIN && errno != EINTR)
                _exit(EXIT_FAILURE);
            if (number == SIGHUP && getppid() != z->host)
                leave(z);
            reap(z);
        }
        if (z->pending)
            continue;
        if (watched[CONTROL].revents)
            take_request(z);
        else if (watched[GATE].revents)
            hear_gate(z);
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
    sigaddset(&z->mask, SIGHUP);
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
    z.host = host;
    if (prepare_signals(&z) < 0)
        fail(&z, "cannot set up signals");
    bx_jail_volunteer();
    bx_spawn_prepare();
    if (read_organism(&z, organism_folder, library_folder, &err) < 0)
        fail(&z, err.message);
    if (bx_jail_follow_process(host, &err) < 0) /* a change of user would undo it */
        _exit(BX_EXIT_HOST_GONE);
    z.gate.listener = bx_jail_confine_parent();
    if (bx_spawn_open_lua(&z.worker, &err) < 0)
        fail(&z, err.message);
    z.report = (bx_zygote_report){.kind = BX_ZYGOTE_READY,
                                  .pid = getpid(),
                                  .status = z.gate.listener >= 0,
                                  .text = BX_PROTOCOL_VERSION};
    send_report(&z);
    serve(&z);
}
