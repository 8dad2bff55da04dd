/* A world without processes or time for the host of vm_model_test.c: zygotes, couriers and workers
 * are structs that answer as a number says, and the clock is a variable. The linker leads here
 * (--wrap) what the host asks of the system: programs, pidfds, signals, the clock, poll and
 * epoll_wait. */
#ifndef BX_SPEC_VM_WORLD_H
#define BX_SPEC_VM_WORLD_H

#include "vm/program.h"
#include "vm/vm.h"
#include "wire/pass.h"
#include "wire/value.h"
#include "wire/zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

/* ---- chance ---- */

static uint64_t chance_state;

static uint32_t chance(uint32_t sides)
{
    chance_state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = chance_state;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)((z ^ (z >> 31)) >> 32) % sides;
}

/* ---- processes ---- */

typedef enum process_kind { ZYGOTE, COURIER, WORKER, REMOTE_WORKER } process_kind;

enum { PROCESSES = 256, GUESTS = 16 };

typedef struct process {
    process_kind kind;
    bool used, alive, reaped, stopped, interrupted, ready;
    int socket;    /* -1: closed */
    int pipe[2];   /* what stands for the pidfd can be read once the process has died */
    ino_t inode;   /* of that */
    int status;    /* of its end, a wait status */
    uint64_t call; /* that is open */
    char operation[16];
    bx_buffer in;
    bx_buffer out;   /* said, but not yet sent: its last frame may be cut */
    int passed;      /* a descriptor that came */
    uint64_t vm;     /* of a worker */
    uint64_t remote; /* of a remote worker, and of a courier's call: the VM's number */
    bool copied;     /* a worker: the zygote has said whether it has been forked */
    bool told, made; /* of a guest, and that guest, for the start that is under way */
    struct process *parent;
} process;

/* By the number of the VM that it is for. */
typedef enum guest { NO_GUEST, HALTED, GUEST_RUNS, GUEST_PAUSED } guest;

static guest guests[GUESTS];
static process processes[PROCESSES];
static bool obliging; /* everybody does what is asked, at once */
static bool couriers_missing;

static process *new_process(process_kind kind, int socket, process *parent)
{
    for (int i = 0; i < PROCESSES; i++) {
        process *p = &processes[i];
        struct stat status;
        if (p->used)
            continue;
        *p = (process){.kind = kind,
                       .used = true,
                       .alive = true,
                       .socket = socket,
                       .passed = -1,
                       .parent = parent};
        if (pipe2(p->pipe, O_CLOEXEC) < 0 || fstat(p->pipe[0], &status) < 0)
            abort();
        p->inode = status.st_ino;
        return p;
    }
    abort();
}

static process *process_of_pidfd(int pidfd)
{
    struct stat status;
    if (pidfd < 0 || fstat(pidfd, &status) < 0)
        return NULL;
    for (int i = 0; i < PROCESSES; i++)
        if (processes[i].used && processes[i].inode == status.st_ino)
            return &processes[i];
    return NULL;
}

static process *process_of_pid(pid_t pid)
{
    return pid >= 1000 && pid < 1000 + PROCESSES ? &processes[pid - 1000] : NULL;
}

static pid_t pid_of(const process *p)
{
    return (pid_t)(1000 + (p - processes));
}

static void forget(process *p)
{
    close(p->pipe[0]);
    close(p->pipe[1]);
    bx_buffer_free(&p->in);
    bx_buffer_free(&p->out);
    p->used = false;
}

static void reap(process *p)
{
    p->reaped = true;
    if (p->kind != WORKER) /* of those the zygote tells first */
        forget(p);
}

static void die(process *p, int status)
{
    if (!p->alive)
        return;
    p->alive = false;
    p->status = status;
    if (p->socket >= 0)
        close(p->socket);
    if (p->passed >= 0)
        close(p->passed);
    p->socket = p->passed = -1;
    if (write(p->pipe[1], "", 1) != 1)
        abort();
    for (int i = 0; i < PROCESSES; i++) /* PDEATHSIG; or its channels go with a courier */
        if (processes[i].used && processes[i].parent == p) {
            die(&processes[i], SIGKILL);
            if (p->kind == ZYGOTE || processes[i].kind == REMOTE_WORKER)
                forget(&processes[i]);
        }
    if (p->kind == REMOTE_WORKER && p->parent && p->parent->alive)
        forget(p);
}

static void send_some(process *p)
{
    size_t length = p->out.length;
    if (p->socket < 0 || length == 0)
        return;
    if (!obliging && chance(5) == 0)
        length = chance((uint32_t)length);
    ssize_t sent = bx_pass_send(p->socket, p->out.data, length, -1);
    bx_buffer_consume(&p->out, sent > 0 ? (size_t)sent : 0);
}

static void send_bytes(process *p, bx_buffer *out)
{
    bx_buffer_append(&p->out, out->data, out->length);
    bx_buffer_free(out);
    send_some(p);
}

static void say(process *p, bx_frame_type type, uint64_t call, void write(bx_buffer *out))
{
    bx_buffer out = {0};
    size_t start = bx_frame_begin(&out, type, call);
    if (write)
        write(&out);
    if (bx_frame_end(&out, start, NULL) < 0)
        abort();
    send_bytes(p, &out);
}

static void write_version(bx_buffer *out)
{
    bx_write_text(out, BX_PROTOCOL_VERSION);
}

static void write_reply(bx_buffer *out)
{
    bx_write_float(out, 1);
    bx_write_integer(out, 7);
}

static void write_failure(bx_buffer *out)
{
    static const char *const codes[] = {"ESCRIPT", "ECANCELLED", "EDEADLINE", "EXAPI"};
    bx_write_float(out, 1);
    bx_write_text(out, codes[chance(4)]);
    bx_write_text(out, "so it is");
    bx_write_nil(out);
}

static void write_progress(bx_buffer *out)
{
    bx_write_float(out, 0.5);
    bx_write_float(out, chance(2) ? NAN : 7);
    bx_write_nil(out);
}

static void write_text(bx_buffer *out)
{
    bx_write_text(out, "text");
}

static void write_exit(bx_buffer *out)
{
    bx_write_integer(out, (int64_t)(chance(3) * 256));
}

static uint64_t noted;

static void write_key(bx_buffer *out)
{
    bx_write_text(out, ".key");
    bx_write_text(out, "a key");
}

static void write_no_key(bx_buffer *out)
{
    bx_write_text(out, ".key");
    bx_write_nil(out);
}

static void write_some_note(bx_buffer *out)
{
    char name[BX_NOTE_NAME];
    snprintf(name, sizeof name, "note-%d", (int)(noted++ % 100));
    bx_write_text(out, name);
    bx_write_text(out, "text");
}

/* ---- what they hear ---- */

/* Of { vm = number, ... }, behind the timeout; 0 where a call is about no VM. */
static void take_number(process *p, bx_reader *reader)
{
    bx_token token;
    p->remote = 0;
    p->told = p->made = false;
    if (bx_read(reader, &token, NULL) == 0 && bx_read(reader, &token, NULL) == 0 &&
        token.type == BX_TOKEN_MAP && bx_read(reader, &token, NULL) == 0 &&
        bx_read_as(reader, BX_TOKEN_INTEGER, &token, NULL) == 0 && token.integer < GUESTS)
        p->remote = (uint64_t)token.integer;
}

static void take_frame(process *p, const bx_frame *frame)
{
    bx_reader reader = {frame->payload, frame->payload + frame->length};
    bx_token token;
    if (frame->type == BX_FRAME_CALL) {
        p->call = frame->call;
        p->interrupted = false;
        bx_read_as(&reader, BX_TOKEN_STRING, &token, NULL);
        snprintf(p->operation, sizeof p->operation, "%.*s", (int)token.length,
                 (const char *)token.bytes);
        if (p->kind == COURIER)
            take_number(p, &reader);
    } else if (frame->type == BX_FRAME_INTERRUPT) {
        p->interrupted = true;
    } else if (frame->type == BX_FRAME_SUSPEND) {
        p->stopped = true;
    } else if (frame->type == BX_FRAME_WAKE) {
        p->stopped = false;
    }
}

static void hear(process *p)
{
    uint8_t bytes[4096];
    bx_frame frame;
    size_t used;
    int passed;
    ssize_t got = p->socket < 0 ? -1 : bx_pass_receive(p->socket, bytes, sizeof bytes, &passed);
    if (got > 0 && passed >= 0) {
        if (p->passed >= 0)
            close(p->passed);
        p->passed = passed;
    }
    if (got == 0 || (got < 0 && errno != EAGAIN)) {
        die(p, 0);
        return;
    }
    if (got > 0)
        bx_buffer_append(&p->in, bytes, (size_t)got);
    while (bx_frame_parse(p->in.data, p->in.length, &frame, &used, NULL) > 0) {
        take_frame(p, &frame);
        bx_buffer_consume(&p->in, used);
    }
}

/* ---- what they do ---- */

/* Whether it can answer. One that is to be forked does once it is, or lies. */
static bool may_answer(process *p)
{
    if (strcmp(p->operation, "fork") != 0)
        return true;
    bool may = p->copied || (!obliging && chance(40) == 0);
    p->copied = p->copied && !may;
    return may;
}

/* A worker, here or in a guest, where its supervisor hears while it is suspended. */
static void turn_worker(process *p)
{
    if (!p->stopped || p->kind == REMOTE_WORKER)
        hear(p);
    if (!p->alive || p->stopped)
        return;
    if (!p->ready) {
        p->ready = true;
        bool well = obliging || chance(20) > 0;
        say(p, well ? BX_FRAME_HELLO : BX_FRAME_ERROR, 0, well ? write_version : write_failure);
        return;
    }
    uint32_t what = obliging ? 0 : chance(100);
    if (p->call && (what < 12 || (p->interrupted && what < 20)) && may_answer(p)) {
        uint64_t call = p->call;
        p->call = 0;
        bool well = obliging || chance(4) > 0;
        say(p, well ? BX_FRAME_REPLY : BX_FRAME_ERROR, call, well ? write_reply : write_failure);
    } else if (p->call && what < 24) {
        say(p, BX_FRAME_PROGRESS, p->call, write_progress);
    } else if (p->call && what < 27) {
        say(p, BX_FRAME_OUTPUT, p->call, write_text);
    } else if (what == 27) {
        say(p, BX_FRAME_HELLO, 0, write_text); /* garbage */
    } else if (what == 28 && p->kind == REMOTE_WORKER) {
        say(p, BX_FRAME_EXIT, 0, write_exit);
        die(p, 0);
    } else if (what == 29) {
        die(p, chance(2) ? SIGSEGV : 0);
    } else if (what == 30 && p->kind == WORKER && p->socket >= 0) {
        close(p->socket);
        p->socket = -1;
    }
}

static void answer(process *p, bool well)
{
    uint64_t call = p->call;
    p->call = 0;
    p->interrupted = false;
    say(p, well ? BX_FRAME_REPLY : BX_FRAME_ERROR, call, well ? write_reply : write_failure);
}

static bool any_guest(void)
{
    for (int i = 0; i < GUESTS; i++)
        if (guests[i] != NO_GUEST)
            return true;
    return false;
}

static void lose_guest(process *p)
{
    guests[p->remote] = NO_GUEST;
    if (!any_guest())
        say(p, BX_FRAME_NOTE, 0, write_no_key);
}

/* A start takes several turns, so that there may be a guest when the courier dies; but none before
 * the host has been told of its key. One that fails undoes what it made. */
static void turn_start(process *p, bool well)
{
    if (!p->told) {
        p->told = true;
        say(p, BX_FRAME_NOTE, 0, write_key);
        return;
    }
    if (!p->made) {
        p->made = p->out.length == 0;
        if (p->made)
            guests[p->remote] = HALTED;
        return;
    }
    if (well && p->passed >= 0) {
        guests[p->remote] = GUEST_RUNS;
        new_process(REMOTE_WORKER, p->passed, p)->remote = p->remote;
    } else {
        if (p->passed >= 0)
            close(p->passed);
        lose_guest(p);
        well = false;
    }
    p->passed = -1;
    answer(p, well);
}

/* Do what was asked, well or not. */
static void turn_call(process *p)
{
    bool well = obliging || (!p->interrupted && chance(5) > 0);
    if (strcmp(p->operation, "start") == 0) {
        turn_start(p, well);
        return;
    }
    if (well && strcmp(p->operation, "destroy") == 0)
        lose_guest(p);
    else if (well && strcmp(p->operation, "stop") == 0 && guests[p->remote] != NO_GUEST)
        guests[p->remote] = HALTED;
    else if (well && strcmp(p->operation, "pause") == 0)
        guests[p->remote] = GUEST_PAUSED;
    else if (well && strcmp(p->operation, "resume") == 0)
        guests[p->remote] = GUEST_RUNS;
    answer(p, well);
}

static void turn_courier(process *p)
{
    if (p->socket < 0) { /* its end is on the way: sockets close before a pidfd tells */
        if (obliging || chance(2))
            die(p, SIGSEGV);
        return;
    }
    hear(p);
    if (!p->alive)
        return;
    if (!p->ready) {
        p->ready = true;
        say(p, BX_FRAME_HELLO, 0, write_version);
        return;
    }
    uint32_t what = obliging ? 0 : chance(60);
    if (p->call && what < 12)
        turn_call(p);
    else if (p->call && what < 14)
        say(p, BX_FRAME_PROGRESS, p->call, write_progress);
    else if (what < 16 && !obliging)
        say(p, BX_FRAME_NOTE, 0, write_some_note);
    else if (what == 16)
        die(p, SIGSEGV);
    else if (what == 17) {
        close(p->socket);
        p->socket = -1;
    }
}

static void report(process *p, bx_zygote_report report, int descriptor)
{
    if (p->socket >= 0)
        bx_pass_send(p->socket, &report, sizeof report, descriptor);
}

/* That of the VM of this number, if it lives; its end, if it has not been told, comes later. */
static process *find_worker(const process *zygote, uint64_t vm)
{
    for (int i = 0; i < PROCESSES; i++) {
        process *p = &processes[i];
        if (p->used && p->alive && p->kind == WORKER && p->parent == zygote && p->vm == vm)
            return p;
    }
    return NULL;
}

static void take_spawn(process *p, const bx_spawn_request *request, int socket)
{
    process *origin = request->of ? find_worker(p, request->of) : NULL;
    if (origin)
        origin->copied = true;
    if ((request->of && !origin) || (!obliging && chance(12) == 0)) {
        close(socket);
        report(p, (bx_zygote_report){.kind = BX_ZYGOTE_REFUSED, .vm = request->vm}, -1);
        return;
    }
    process *worker = new_process(WORKER, socket, p);
    worker->vm = request->vm;
    report(p,
           (bx_zygote_report){.kind = BX_ZYGOTE_SPAWNED, .vm = request->vm, .pid = pid_of(worker)},
           worker->pipe[0]);
}

static void turn_zygote(process *p)
{
    bx_spawn_request request;
    bx_zygote_report ready = {.kind = BX_ZYGOTE_READY, .status = 1};
    int socket;
    if (!p->ready) {
        p->ready = true;
        snprintf(ready.text, sizeof ready.text, "%s", BX_PROTOCOL_VERSION);
        report(p, ready, -1);
        return;
    }
    for (int i = 0; i < PROCESSES; i++) {
        process *worker = &processes[i];
        if (!worker->used || worker->parent != p || worker->alive || (!obliging && chance(2)))
            continue;
        report(p,
               (bx_zygote_report){.kind = BX_ZYGOTE_EXITED,
                                  .vm = worker->vm,
                                  .pid = pid_of(worker),
                                  .status = worker->status},
               -1);
        forget(worker);
    }
    ssize_t got = bx_pass_receive(p->socket, &request, sizeof request, &socket);
    if (got == sizeof request && socket >= 0)
        take_spawn(p, &request, socket);
    else if (got == 0 || (!obliging && chance(400) == 0))
        die(p, SIGKILL);
}

static void turn_process(process *p)
{
    send_some(p);
    switch (p->kind) {
    case ZYGOTE: turn_zygote(p); break;
    case COURIER: turn_courier(p); break;
    default: turn_worker(p);
    }
}

/* Everybody alive may do something, in an order of chance. */
static void turn_world(void)
{
    int first = (int)chance(PROCESSES);
    for (int i = 0; i < PROCESSES; i++) {
        process *p = &processes[(first + i) % PROCESSES];
        if (p->used && p->alive && (obliging || chance(3) > 0))
            turn_process(p);
    }
}

/* Whether any process is left that the host should have seen to. */
static int processes_left(void)
{
    int left = 0;
    for (int i = 0; i < PROCESSES; i++)
        left += processes[i].used;
    return left;
}

/* ---- what the host asks of the system ---- */

static int64_t now = SECOND;
static bool hung; /* somebody waits for what will never be */

int64_t __wrap_bx_clock_now(void);
int64_t __wrap_bx_clock_after(double seconds);
int __wrap_bx_clock_poll_timeout(int64_t deadline);
int __wrap_epoll_wait(int epoll, struct epoll_event *events, int most, int timeout);
int __real_epoll_wait(int epoll, struct epoll_event *events, int most, int timeout);
int __wrap_poll(struct pollfd *watched, nfds_t count, int timeout);
int __real_poll(struct pollfd *watched, nfds_t count, int timeout);
int __wrap_bx_program_spawn(const char *what, const char *path, char *const argv[],
                            char *const environment[], int socket, pid_t *pid, bx_error *err);
bool __wrap_bx_program_reap(pid_t pid, double seconds, bool kill_it);
long __wrap_syscall(long number, ...);
int __wrap_waitid(idtype_t type, id_t id, siginfo_t *info, int options);
int __wrap_kill(pid_t pid, int number);

int64_t __wrap_bx_clock_now(void)
{
    return now;
}

int64_t __wrap_bx_clock_after(double seconds)
{
    if (!(seconds > 0))
        return now;
    return seconds >= 4e9 ? BX_NEVER : now + (int64_t)(seconds * 1e9);
}

int __wrap_bx_clock_poll_timeout(int64_t deadline)
{
    if (deadline == BX_NEVER)
        return -1;
    return deadline <= now ? 0 : (int)((deadline - now + 999999) / 1000000);
}

/* Wait: the world goes on, and time passes while nothing happens. */
static int wait_in_world(int timeout, int look(void *data), void *data)
{
    int64_t until = timeout < 0 ? BX_NEVER : now + timeout * INT64_C(1000000);
    int found = look(data);
    for (int turns = 0; found == 0 && now < until; turns++) {
        if (turns > 20000) {
            hung = true;
            return look(data);
        }
        turn_world();
        found = look(data);
        if (found == 0 && until != BX_NEVER && turns > 20)
            now = now + SECOND < until ? now + SECOND : until;
    }
    return found;
}

typedef struct epoll_look {
    int epoll, most;
    struct epoll_event *events;
} epoll_look;

static int look_epoll(void *data)
{
    const epoll_look *look = data;
    return __real_epoll_wait(look->epoll, look->events, look->most, 0);
}

int __wrap_epoll_wait(int epoll, struct epoll_event *events, int most, int timeout)
{
    epoll_look look = {epoll, most, events};
    if (hung) { /* let everything come to its end, with failures */
        now += 3600 * SECOND;
        return look_epoll(&look);
    }
    return wait_in_world(timeout, look_epoll, &look);
}

typedef struct poll_look {
    struct pollfd *watched;
    nfds_t count;
} poll_look;

static int look_poll(void *data)
{
    const poll_look *look = data;
    return __real_poll(look->watched, look->count, 0);
}

int __wrap_poll(struct pollfd *watched, nfds_t count, int timeout)
{
    poll_look look = {watched, count};
    return wait_in_world(timeout, look_poll, &look);
}

int __wrap_bx_program_spawn(const char *what, const char *path, char *const argv[],
                            char *const environment[], int socket, pid_t *pid, bx_error *err)
{
    bool courier = strcmp(what, "courier") == 0;
    (void)path;
    (void)argv;
    (void)environment;
    if (courier && couriers_missing)
        return bx_fail(err, BX_ESTART, "cannot start the courier program");
    int own = fcntl(socket, F_DUPFD_CLOEXEC, 0);
    *pid = pid_of(new_process(courier ? COURIER : ZYGOTE, own, NULL));
    return 0;
}

bool __wrap_bx_program_reap(pid_t pid, double seconds, bool kill_it)
{
    process *p = process_of_pid(pid);
    (void)seconds;
    (void)kill_it;
    die(p, SIGKILL);
    reap(p);
    return true;
}

static void signal_process(process *p, int number)
{
    if (!p || !p->alive)
        return;
    if (number == SIGKILL)
        die(p, SIGKILL);
    else if (number == SIGSTOP || number == SIGCONT)
        p->stopped = number == SIGSTOP;
    else if (number == SIGUSR1)
        p->interrupted = true;
}

long __wrap_syscall(long number, ...)
{
    va_list arguments;
    va_start(arguments, number);
    long first = va_arg(arguments, int), second = va_arg(arguments, int);
    va_end(arguments);
    if (number == SYS_pidfd_open) {
        process *p = process_of_pid((pid_t)first);
        return p ? fcntl(p->pipe[0], F_DUPFD_CLOEXEC, 0) : -1;
    }
    if (number == SYS_pidfd_send_signal) {
        signal_process(process_of_pidfd((int)first), (int)second);
        return 0;
    }
    abort();
}

int __wrap_waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    process *p = process_of_pidfd((int)id);
    (void)type;
    (void)options;
    if (!p || p->alive)
        return 0;
    info->si_code = p->status > 0xff || p->status == 0 ? CLD_EXITED : CLD_KILLED;
    info->si_status = p->status;
    reap(p);
    return 0;
}

int __wrap_kill(pid_t pid, int number)
{
    signal_process(process_of_pid(pid), number);
    return 0;
}

#endif
