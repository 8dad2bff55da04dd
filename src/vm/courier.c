#include "vm/courier.h"

#include "vm/exit_status.h"
#include "vm/program.h"
#include "wire/value.h"
#include "wire/zygote.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A courier keeps its deadlines by itself; one that is this late hangs. */
#define OVERDUE 5.0 /* seconds */
#define GREETING 10.0
#define OPENING 10.0
/* For couriers to undo what they made: more than they take by themselves. */
#define UNDOING 80.0
/* The same, when the host ends. */
#define LEAVING 20.0

struct bx_courier {
    bx_host *host;
    bx_courier *next; /* of the host's */
    uint64_t number;  /* never another's */
    int references;   /* 0: on its way out */
    bx_buffer config;
    bx_note *notes;
    size_t note_count, note_capacity;

    pid_t pid;                /* 0: no program */
    bx_source end;            /* its pidfd */
    bx_connection connection; /* its control socket */
    bx_source source;
    uint32_t watched;
    bx_timer overdue;
    int64_t greeting;     /* when it is to have greeted */
    bx_error exit_reason; /* why it was killed, or has ended, if code is not BX_OK */
    bool opened;          /* it knows its configuration */
    bool busy;            /* a call is open: "open", or the current request */
    bool interrupted;     /* the current request is */
    bool ending;          /* it has ended, and its last words are being read */
    bx_request *current;  /* NULL: opening, or nobody waits for its end */
    bx_request *queue;    /* not yet sent, oldest first */
};

static void advance(bx_courier *courier);
static int start_program(bx_courier *courier, bx_error *err);
static void kill_program(bx_courier *courier, const bx_error *reason);

/* ---- notes ---- */

const bx_note *bx_courier_notes(const bx_courier *courier, size_t *count)
{
    *count = courier->note_count;
    return courier->notes;
}

static bx_note *find_note(bx_courier *courier, const char *name, size_t length)
{
    for (size_t i = 0; i < courier->note_count; i++)
        if (strlen(courier->notes[i].name) == length &&
            memcmp(courier->notes[i].name, name, length) == 0)
            return &courier->notes[i];
    return NULL;
}

const char *bx_courier_note(const bx_courier *courier, const char *name)
{
    const bx_note *note = find_note((bx_courier *)courier, name, strlen(name));
    return note ? note->text : NULL;
}

static bx_note *add_note(bx_courier *courier, bx_error *err)
{
    if (courier->note_count == BX_NOTES) {
        bx_fail(err, BX_EPROTOCOL, "the courier leaves more than %d notes", BX_NOTES);
        return NULL;
    }
    if (courier->note_count == courier->note_capacity) {
        size_t capacity = courier->note_capacity ? 2 * courier->note_capacity : 16;
        bx_note *notes = realloc(courier->notes, capacity * sizeof *notes);
        if (!notes) {
            bx_fail_memory(err);
            return NULL;
        }
        courier->notes = notes;
        courier->note_capacity = capacity;
    }
    return &courier->notes[courier->note_count++];
}

/* The connection has checked the lengths. */
static void on_note(void *owner, const char *name, size_t name_length, const char *text,
                    size_t length)
{
    bx_courier *courier = owner;
    bx_note *note = find_note(courier, name, name_length);
    bx_error error;
    if (!text) {
        if (note)
            *note = courier->notes[--courier->note_count];
        return;
    }
    if (!note && !(note = add_note(courier, &error))) {
        kill_program(courier, &error);
        return;
    }
    snprintf(note->name, sizeof note->name, "%.*s", (int)name_length, name);
    snprintf(note->text, sizeof note->text, "%.*s", (int)length, text);
}

/* ---- the end of a request ---- */

static void end_request(bx_request *request, const bx_error *error, const uint8_t *value,
                        size_t length)
{
    if (request->descriptor >= 0)
        close(request->descriptor);
    request->descriptor = -1;
    request->courier = NULL;
    request->ended(request, error, value, length);
}

static bx_request *take_first(bx_courier *courier)
{
    bx_request *request = courier->queue;
    if (request)
        courier->queue = request->next;
    return request;
}

/* The call that was open has ended. Where the courier could not be opened, so has the next request.
 */
static void end_call(bx_courier *courier, const bx_error *error, const uint8_t *value,
                     size_t length)
{
    bx_request *request = courier->current;
    courier->current = NULL;
    courier->busy = courier->interrupted = false;
    bx_reactor_clear_timer(&courier->host->reactor, &courier->overdue);
    if (!courier->opened && error)
        request = take_first(courier);
    else
        courier->opened = true;
    courier->references++; /* what ends may be the last that holds us */
    if (request)
        end_request(request, error, value, length);
    advance(courier);
    bx_courier_release(courier);
}

/* The oldest request in the queue that was sent before the program's end; NULL if there is none. */
static bx_request *take_early(bx_courier *courier)
{
    bx_request **at = &courier->queue;
    while (*at && (*at)->late)
        at = &(*at)->next;
    bx_request *request = *at;
    if (request)
        *at = request->next;
    return request;
}

static void fail_early(bx_courier *courier, const bx_error *error)
{
    bx_request *request = courier->current;
    courier->current = NULL;
    if (!request)
        request = take_early(courier);
    for (; request; request = take_early(courier))
        end_request(request, error, NULL, 0);
}

/* ---- the program ---- */

static void disconnect(bx_courier *courier)
{
    if (bx_host_is_owner(courier->host))
        bx_reactor_forget(&courier->host->reactor, &courier->source);
    bx_connection_close(&courier->connection);
}

static void forget_program(bx_courier *courier)
{
    disconnect(courier);
    bx_reactor_clear_timer(&courier->host->reactor, &courier->overdue);
    int pidfd = courier->end.descriptor;
    if (bx_host_is_owner(courier->host))
        bx_reactor_forget(&courier->host->reactor, &courier->end);
    if (pidfd >= 0)
        close(pidfd);
    courier->pid = 0;
    courier->opened = courier->busy = courier->interrupted = false;
}

static void dispose(bx_courier *courier)
{
    bx_buffer_free(&courier->config);
    free(courier->notes);
    free(courier);
}

static void free_courier(bx_courier *courier)
{
    bx_courier **list = &courier->host->couriers;
    while (*list != courier)
        list = &(*list)->next;
    *list = courier->next;
    dispose(courier);
}

static void describe_end(const bx_courier *courier, const siginfo_t *info, bx_error *error)
{
    if (courier->exit_reason.code != BX_OK) {
        *error = courier->exit_reason;
        return;
    }
    bool exited = info->si_code == CLD_EXITED;
    bx_describe_exit("the courier", exited ? info->si_status << 8 : info->si_status, error);
    error->code = BX_EDIED;
}

/* What was sent while the program ended is for its successor. */
static void succeed(bx_courier *courier)
{
    bx_error error;
    courier->ending = false;
    for (bx_request *request = courier->queue; request; request = request->next)
        request->late = false;
    if (courier->queue && start_program(courier, &error) < 0)
        fail_early(courier, &error);
}

/* The program has ended. What it said last may still be in the socket. What all this leads to may
 * be sent at once: it waits until the end has been dealt with. The caller holds the courier. */
static void take_end(bx_courier *courier)
{
    bx_error error, ignored;
    siginfo_t info = {0};
    courier->ending = true;
    if (courier->connection.channel)
        bx_connection_receive(&courier->connection, &ignored);
    waitid(P_PIDFD, (id_t)courier->end.descriptor, &info, WEXITED);
    describe_end(courier, &info, &error);
    courier->exit_reason = error;
    forget_program(courier);
    fail_early(courier, &error);
    succeed(courier);
}

/* The pidfd is readable. */
static void program_ended(bx_source *source, uint32_t events)
{
    bx_courier *courier = (bx_courier *)((char *)source - offsetof(bx_courier, end));
    (void)events;
    courier->references++;
    take_end(courier);
    if (--courier->references == 0 && !courier->pid)
        free_courier(courier);
}

/* Killed, it ends: program_ended follows. */
static void kill_program(bx_courier *courier, const bx_error *reason)
{
    if (courier->exit_reason.code == BX_OK)
        courier->exit_reason = *reason;
    disconnect(courier);
    bx_reactor_clear_timer(&courier->host->reactor, &courier->overdue);
    syscall(SYS_pidfd_send_signal, courier->end.descriptor, SIGKILL, NULL, 0);
}

static void overdue_timer(bx_timer *timer)
{
    bx_courier *courier = (bx_courier *)((char *)timer - offsetof(bx_courier, overdue));
    bx_error error;
    bx_fail(&error, BX_EDEADLINE,
            courier->connection.greeted ? "the courier did not keep its deadline and was killed"
                                        : "the courier did not greet and was killed");
    kill_program(courier, &error);
}

/* ---- what it says ---- */

static void on_hello(void *owner)
{
    bx_courier *courier = owner;
    bx_reactor_clear_timer(&courier->host->reactor, &courier->overdue);
    advance(courier);
}

static void on_output(void *owner, const uint8_t *bytes, size_t length)
{
    (void)owner;
    (void)bytes;
    (void)length;
}

static void on_progress(void *owner, double fraction, double sim_time, const char *text,
                        size_t length)
{
    (void)sim_time;
    bx_request *request = ((bx_courier *)owner)->current;
    if (request && request->progress)
        request->progress(request, fraction, text, length);
}

static void on_reply(void *owner, double sim_time, const uint8_t *value, size_t length)
{
    (void)sim_time;
    end_call(owner, NULL, value, length);
}

static void on_error(void *owner, double sim_time, const bx_error *error, const uint8_t *details,
                     size_t length)
{
    (void)sim_time;
    end_call(owner, error, details, length);
}

static const bx_connection_events connection_events = {.hello = on_hello,
                                                       .output = on_output,
                                                       .progress = on_progress,
                                                       .reply = on_reply,
                                                       .error = on_error,
                                                       .note = on_note};

static void watch(bx_courier *courier)
{
    uint32_t events = EPOLLIN;
    if (bx_connection_wants_to_write(&courier->connection))
        events |= EPOLLOUT;
    if (events != courier->watched && courier->source.descriptor >= 0) {
        bx_reactor_change(&courier->host->reactor, &courier->source, events);
        courier->watched = events;
    }
}

static void connection_ready(bx_source *source, uint32_t events)
{
    bx_courier *courier = (bx_courier *)((char *)source - offsetof(bx_courier, source));
    bx_error error;
    int status = 0;
    courier->references++;
    if (events & EPOLLOUT)
        status = bx_connection_flush(&courier->connection, &error);
    if (status == 0)
        status = bx_connection_receive(&courier->connection, &error);
    if (status < 0 && error.code == BX_EDIED)
        disconnect(courier); /* its end follows, and says why */
    else if (status < 0)
        kill_program(courier, &error);
    else if (courier->connection.channel)
        watch(courier);
    bx_courier_release(courier);
}

/* ---- its start ---- */

/* Nothing of ours but where the user's SSH agent is. */
static int spawn(bx_courier *courier, int peer, bx_error *err)
{
    const bx_host *host = courier->host;
    char agent[256];
    const char *socket = getenv("SSH_AUTH_SOCK");
    char *environment[] = {NULL, NULL};
    if (socket && (size_t)snprintf(agent, sizeof agent, "SSH_AUTH_SOCK=%s", socket) < sizeof agent)
        environment[0] = agent;
    char *argv[] = {(char *)"bioxen-courier", (char *)host->steps, NULL};
    return bx_program_spawn("courier", host->courier, argv, environment, peer, &courier->pid, err);
}

/* It is to greet within so many seconds, or sooner where that was said before. */
static int await_greeting(bx_courier *courier, double seconds, bx_error *err)
{
    int64_t until = bx_clock_after(seconds);
    if (until >= courier->greeting)
        return 0;
    courier->greeting = until;
    if (bx_reactor_set_timer(&courier->host->reactor, &courier->overdue, until) < 0)
        return bx_fail_memory(err);
    return 0;
}

static int follow_program(bx_courier *courier, bx_error *err)
{
    int pidfd = (int)syscall(SYS_pidfd_open, courier->pid, 0);
    if (pidfd < 0)
        return bx_fail_errno(err, BX_ESYSTEM, errno, "cannot watch the courier");
    if (bx_reactor_watch(&courier->host->reactor, &courier->end, pidfd, EPOLLIN, err) < 0) {
        close(pidfd);
        return -1;
    }
    return 0;
}

static int start_program(bx_courier *courier, bx_error *err)
{
    int peer;
    bx_channel *channel = bx_channel_socket_pair(&peer, err);
    if (!channel)
        return -1;
    courier->exit_reason.code = BX_OK;
    bx_connection_open(&courier->connection, channel, &connection_events, courier);
    courier->watched = EPOLLIN;
    int status = bx_reactor_watch(&courier->host->reactor, &courier->source,
                                  bx_channel_descriptor(channel), EPOLLIN, err);
    if (status == 0)
        status = spawn(courier, peer, err);
    close(peer);
    courier->greeting = BX_NEVER;
    if (status == 0 &&
        (follow_program(courier, err) < 0 || await_greeting(courier, GREETING, err) < 0)) {
        kill(courier->pid, SIGKILL);
        bx_program_reap(courier->pid, 1, true);
        status = -1;
    }
    if (status < 0)
        forget_program(courier);
    return status;
}

/* ---- requests ---- */

static int call(bx_courier *courier, const char *operation, const bx_buffer *values, double timeout,
                bx_error *err)
{
    bool timed = isfinite(timeout);
    if (bx_reactor_set_timer(&courier->host->reactor, &courier->overdue,
                             timed ? bx_clock_after(timeout + OVERDUE) : BX_NEVER) < 0)
        return bx_fail_memory(err);
    if (bx_connection_call(&courier->connection, operation, timed ? timeout : 0, values, err) < 0)
        return -1;
    courier->busy = true;
    watch(courier);
    return 0;
}

/* The configuration, and a map of the notes. */
static int call_open(bx_courier *courier, bx_error *err)
{
    bx_buffer values = {0};
    bx_buffer_append(&values, courier->config.data, courier->config.length);
    bx_write_map(&values, (uint32_t)courier->note_count);
    for (size_t i = 0; i < courier->note_count; i++) {
        bx_write_text(&values, courier->notes[i].name);
        bx_write_text(&values, courier->notes[i].text);
    }
    double timeout = courier->queue ? fmin(OPENING, courier->queue->timeout) : OPENING;
    int status = bx_buffer_finish(&values, 0) < 0 ? bx_fail_memory(err)
                                                  : call(courier, "open", &values, timeout, err);
    bx_buffer_free(&values);
    return status;
}

static int call_request(bx_courier *courier, bx_error *err)
{
    bx_request *request = courier->current = take_first(courier);
    if (request->descriptor >= 0)
        bx_channel_socket_pass(courier->connection.channel, request->descriptor);
    request->descriptor = -1;
    return call(courier, request->operation, request->values, request->timeout, err);
}

/* Send what is next, if the courier can take it. */
static void advance(bx_courier *courier)
{
    bx_error error;
    if (courier->busy || courier->ending || !courier->queue || !courier->connection.channel ||
        !courier->connection.greeted)
        return;
    int status = courier->opened ? call_request(courier, &error) : call_open(courier, &error);
    if (status < 0 && error.code == BX_ESYSTEM) /* half of the call may be on its way */
        kill_program(courier, &error);
    else if (status < 0)
        end_call(courier, &error, NULL, 0);
}

/* One that has died unheard gets no request: the next one does. */
static void notice_end(bx_courier *courier)
{
    struct pollfd end = {.fd = courier->end.descriptor, .events = POLLIN};
    if (courier->pid && !courier->ending && poll(&end, 1, 0) > 0)
        take_end(courier);
}

void bx_request_prepare(bx_request *request, bx_request as)
{
    assert(!request->courier);
    *request = as;
}

int bx_courier_send(bx_courier *courier, bx_request *request, bx_error *err)
{
    bx_error ignored;
    notice_end(courier);
    if (!courier->pid && !courier->ending && start_program(courier, err) < 0) {
        if (request->descriptor >= 0)
            close(request->descriptor);
        request->descriptor = -1;
        return -1;
    }
    request->courier = courier;
    request->late = courier->ending;
    request->next = NULL;
    bx_request **last = &courier->queue;
    while (*last)
        last = &(*last)->next;
    *last = request;
    if (courier->pid && !courier->connection.greeted)
        await_greeting(courier, request->timeout, &ignored); /* there is a timer already */
    advance(courier);
    return 0;
}

static void unqueue(bx_request *request)
{
    bx_request **at = &request->courier->queue;
    while (*at != request)
        at = &(*at)->next;
    *at = request->next;
}

void bx_courier_cancel(bx_request *request)
{
    bx_courier *courier = request->courier;
    bx_error error;
    if (!courier)
        return;
    if (courier->current != request) {
        unqueue(request);
        bx_fail(&error, BX_ECANCELLED, "cancelled before it had begun");
        end_request(request, &error, NULL, 0);
    } else if (!courier->interrupted && courier->connection.channel) {
        courier->interrupted = true;
        bx_connection_signal(&courier->connection, BX_FRAME_INTERRUPT, &error);
        watch(courier);
    }
}

void bx_courier_abandon(bx_request *request)
{
    bx_courier *courier = request->courier;
    if (!courier)
        return;
    if (courier->current == request)
        courier->current = NULL;
    else
        unqueue(request);
    if (request->descriptor >= 0)
        close(request->descriptor);
    request->descriptor = -1;
    request->courier = NULL;
}

/* ---- its life ---- */

bx_courier *bx_courier_new(bx_host *host, const bx_buffer *config, bx_error *err)
{
    bx_courier *courier = calloc(1, sizeof *courier);
    if (!courier || bx_buffer_append(&courier->config, config->data, config->length) < 0) {
        free(courier);
        bx_fail_memory(err);
        return NULL;
    }
    courier->host = host;
    courier->number = ++host->last_courier;
    courier->references = 1;
    courier->end = (bx_source){program_ended, -1};
    courier->source = (bx_source){connection_ready, -1};
    courier->overdue.fired = overdue_timer;
    courier->next = host->couriers;
    host->couriers = courier;
    return courier;
}

bx_courier *bx_courier_hold(bx_courier *courier)
{
    courier->references++;
    return courier;
}

pid_t bx_courier_pid(const bx_courier *courier)
{
    return courier->pid;
}

const bx_error *bx_courier_end(const bx_courier *courier)
{
    return courier->pid || courier->exit_reason.code == BX_OK ? NULL : &courier->exit_reason;
}

/* Nobody needs it any more. A program undoes what is left once its socket is closed; where one died
 * with something left, another is told. */
static void leave(bx_courier *courier)
{
    bx_error ignored;
    bool owner = bx_host_is_owner(courier->host);
    if (owner) {
        notice_end(courier);
        if (!courier->pid && courier->note_count && start_program(courier, &ignored) == 0)
            call_open(courier, &ignored);
    }
    disconnect(courier);
    if (owner && courier->pid) {
        bx_reactor_set_timer(&courier->host->reactor, &courier->overdue, bx_clock_after(UNDOING));
        return;
    }
    if (!owner && courier->end.descriptor >= 0)
        close(courier->end.descriptor);
    free_courier(courier);
}

void bx_courier_release(bx_courier *courier)
{
    if (courier && --courier->references == 0)
        leave(courier);
}

static bool is_leaving(const bx_host *host, uint64_t number)
{
    const bx_courier *courier = host->couriers;
    while (courier && courier->number != number)
        courier = courier->next;
    return courier && courier->references == 0;
}

void bx_courier_retire(bx_courier *courier)
{
    bx_host *host = courier->host;
    uint64_t number = courier->number; /* by which it is known when it is gone */
    int64_t until = bx_clock_after(LEAVING);
    bx_courier_release(courier);
    while (is_leaving(host, number) && bx_clock_now() < until)
        if (bx_reactor_turn(&host->reactor, until) < 0)
            break;
}

void bx_couriers_close(bx_host *host)
{
    bool owner = bx_host_is_owner(host);
    int64_t until = bx_clock_after(LEAVING);
    bx_courier *next = host->couriers;
    host->couriers = NULL;
    while (next) {
        bx_courier *courier = next;
        next = courier->next;
        struct pollfd end = {.fd = courier->end.descriptor, .events = POLLIN};
        if (owner && courier->pid) {
            while (poll(&end, 1, bx_clock_poll_timeout(until)) < 0 && errno == EINTR)
                ;
            waitid(P_PIDFD, (id_t)end.fd, &(siginfo_t){0}, WEXITED | WNOHANG);
        }
        forget_program(courier);
        dispose(courier);
    }
}
