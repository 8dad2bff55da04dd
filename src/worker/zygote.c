#include "worker/zygote.h"

#include "wire/frame.h"
#include "wire/value.h"
#include "wire/zygote.h"
#include "worker/call.h"
#include "worker/flux.h"
#include "worker/interrupt.h"
#include "worker/jail.h"
#include "worker/loop.h"
#include "worker/module.h"
#include "worker/output.h"
#include "worker/process.h"
#include "worker/sandbox.h"
#include "worker/worker.h"

#include <errno.h>
#include <lauxlib.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct child {
    pid_t pid;
    uint64_t vm;
} child;

typedef struct zygote {
    bx_worker worker; /* what a child becomes */
    int signals;      /* signalfd of SIGCHLD */
    child *children;
    size_t count;
    size_t capacity;
    bx_zygote_report report; /* not sent yet if `pending` */
    int report_fd;
    bool pending;
} zygote;

/* Send the pending report; it stays pending while the socket is full. */
static void send_report(zygote *z)
{
    char control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec data = {&z->report, sizeof z->report};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
    if (z->report_fd >= 0) {
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        struct cmsghdr *item = CMSG_FIRSTHDR(&message);
        item->cmsg_level = SOL_SOCKET;
        item->cmsg_type = SCM_RIGHTS;
        item->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(item), &z->report_fd, sizeof(int));
    }
    ssize_t sent = sendmsg(BX_ZYGOTE_DESCRIPTOR, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    z->pending = sent < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOBUFS);
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

_Noreturn static void become_worker(zygote *z, int socket, const bx_spawn_request *request,
                                    pid_t parent)
{
    bx_error err;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (bx_jail_follow(parent, &err) < 0 || bx_jail_close_descriptors(socket, &err) < 0)
        _exit(BX_EXIT_JAIL);
    if (bx_jail_enter(parent, request->memory_limit, request->unconfined, &err) < 0) {
        bx_output_send_error(0, 0, BX_EJAIL, err.message, NULL);
        _exit(BX_EXIT_JAIL);
    }
    z->worker.memory.limit = z->worker.memory.used + request->memory_limit;
    z->worker.output_limit = request->output_limit;
    bx_buffer hello = {0};
    size_t start = bx_frame_begin(&hello, BX_FRAME_HELLO, 0);
    if (start == SIZE_MAX || bx_write_text(&hello, BX_PROTOCOL_VERSION) < 0 ||
        bx_frame_end(&hello, start, &err) < 0)
        _exit(EXIT_FAILURE);
    bx_output_send(hello.data, hello.length);
    bx_buffer_free(&hello);
    bx_loop_run(&z->worker);
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

static void spawn(zygote *z, int socket, const bx_spawn_request *request)
{
    pid_t self = getpid();
    pid_t pid = make_room_for_child(z) ? fork() : -1;
    if (pid == 0)
        become_worker(z, socket, request, self);
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

/* The descriptor that came with a message, or -1. Any further one is closed. */
static int take_descriptor(struct msghdr *message)
{
    int taken = -1;
    for (struct cmsghdr *item = CMSG_FIRSTHDR(message); item; item = CMSG_NXTHDR(message, item)) {
        if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(item) + i * sizeof(int), sizeof(int));
            if (taken < 0)
                taken = descriptor;
            else
                close(descriptor);
        }
    }
    return taken;
}

static void take_request(zygote *z)
{
    bx_spawn_request request;
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec data = {&request, sizeof request};
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    ssize_t got = recvmsg(BX_ZYGOTE_DESCRIPTOR, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0)
        _exit(BX_EXIT_HOST_GONE);
    int socket = take_descriptor(&message);
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
            struct signalfd_siginfo info;
            if (read(z->signals, &info, sizeof info) < 0 && errno != EAGAIN)
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
    sigset_t mask;
    sigemptyset(&mask);
    signal(SIGCHLD, SIG_DFL);
    sigaddset(&mask, SIGCHLD);
    if (sigprocmask(SIG_SETMASK, &mask, NULL) < 0 || bx_interrupt_install() < 0)
        return -1;
    z->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    return z->signals < 0 ? -1 : 0;
}

/* Argument 1 is the worker. Trusted code, but protected: it may have a mistake. */
static int load_organism(lua_State *L)
{
    bx_worker *worker = lua_touserdata(L, 1);
    bx_sandbox_open(L);
    bx_process_open(L);
    bx_flux_open(L);
    lua_getglobal(L, "require");
    lua_pushstring(L, worker->organism);
    lua_call(L, 1, 1);
    bx_call_open(L);
    lua_gc(L, LUA_GCCOLLECT);
    return 0;
}

static void open_lua(zygote *z, const char *folder)
{
    bx_worker *worker = &z->worker;
    bx_error err;
    if (bx_module_read_folder(folder, worker->organism, sizeof worker->organism, &err) < 0)
        fail(z, err.message);
    lua_State *L = worker->L = lua_newstate(bx_memory_allocate, &worker->memory);
    if (!L)
        fail(z, "not enough memory for Lua");
    *(bx_worker **)lua_getextraspace(L) = worker;
    lua_pushcfunction(L, load_organism);
    lua_pushlightuserdata(L, worker);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        char text[sizeof z->report.text];
        snprintf(text, sizeof text, "cannot load the organism %s: %s", worker->organism,
                 lua_tostring(L, -1));
        fail(z, text);
    }
}

_Noreturn void bx_zygote_run(const char *organism_folder, pid_t host)
{
    static zygote z = {.report_fd = -1};
    bx_error err;
    mallopt(M_MMAP_THRESHOLD, 256 << 10); /* large blocks go back to the system when freed */
    if (bx_jail_follow(host, &err) < 0)
        _exit(BX_EXIT_HOST_GONE);
    if (setenv("TZ", "UTC0", 1) < 0 || prepare_signals(&z) < 0)
        fail(&z, "cannot set up signals");
    if (bx_jail_prepare(&err) < 0)
        fail(&z, err.message);
    open_lua(&z, organism_folder);
    report(&z, BX_ZYGOTE_READY, 0, getpid(), BX_PROTOCOL_VERSION);
    serve(&z);
}
