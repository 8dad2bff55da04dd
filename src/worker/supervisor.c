#include "worker/supervisor.h"

#include "core/clock.h"
#include "wire/server.h"
#include "wire/zygote.h"
#include "worker/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MILLISECOND INT64_C(1000000)

/* A deadline is the host's to enforce; this is for a host that is gone, and leaves it some time. */
static const double slack = 0.1; /* seconds */
#define GRACE (50 * MILLISECOND)
/* An interrupt that reaches the worker before it has read the call is lost, so it is repeated. */
#define INTERRUPT_INTERVAL (2 * MILLISECOND)

enum {
    PEEK = 64, /* holds the first two values of a call */
    EXIT_SIZE = BX_FRAME_HEAD + 16
};

enum { FROM_HOST, TO_HOST, WORKER, END, WATCHED };

typedef struct supervisor {
    pid_t pid;
    int pidfd;
    int socket; /* -1 once nothing more comes from there */
    bx_stream in;
    bx_stream out;
    uint64_t call;    /* the open one, or 0 */
    bool answered;    /* its last frame is passing */
    int64_t deadline; /* of the open call, by bx_clock_now */
    int64_t left;     /* to it, while suspended */
    int64_t repeat_at;
    bool interrupting;
    bool suspended;
    bool waiting; /* for the end of a frame from the worker: what the host wants next must not cut
                     it */
    bool overdue; /* killed for its deadline */
    bool ended;   /* and reaped */
    int status;
    bool finished; /* nothing more will go to the host than what `out` holds */
    bool cut;      /* in the middle of a frame */
} supervisor;

static void send_signal(const supervisor *a, int number)
{
    if (!a->ended)
        kill(a->pid, number);
}

_Noreturn static void leave(const supervisor *a, int status)
{
    if (!a->ended) {
        kill(a->pid, SIGKILL);
        while (waitpid(a->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    _exit(status);
}

/* Nothing more is believed, or to be had, from the worker. */
static void hang_up(supervisor *a)
{
    send_signal(a, SIGKILL);
    if (a->socket >= 0)
        close(a->socket);
    a->socket = -1;
    a->in.start = a->in.passed;
}

/* ---- calls and signals ---- */

static int begin_call(supervisor *a, const bx_frame *frame)
{
    size_t known = frame->length < PEEK ? frame->length : PEEK;
    bx_frame part = *frame;
    bx_call call;
    part.length = known;
    if (a->call || bx_call_read(&part, &call, NULL) < 0)
        return -1;
    a->call = call.id;
    a->answered = a->interrupting = false;
    a->deadline = call.timeout > 0 ? bx_clock_after(call.timeout + slack) : BX_NEVER;
    if (a->suspended && a->deadline != BX_NEVER)
        a->left = a->deadline - bx_clock_now();
    return 0;
}

static void interrupt(supervisor *a)
{
    if (a->call && !a->interrupting) {
        a->interrupting = true;
        a->repeat_at = 0;
    }
}

static void suspend(supervisor *a)
{
    send_signal(a, SIGSTOP);
    if (!a->suspended)
        a->left = a->deadline - bx_clock_now();
    a->suspended = true;
}

static void wake(supervisor *a)
{
    send_signal(a, SIGCONT);
    if (a->suspended && a->deadline != BX_NEVER)
        a->deadline = bx_clock_now() + a->left;
    a->suspended = false;
}

static bool has_deadline(const supervisor *a)
{
    return a->deadline < BX_NEVER - GRACE;
}

static int64_t next_timer(const supervisor *a)
{
    if (!a->call || a->suspended)
        return BX_NEVER;
    int64_t next = has_deadline(a) ? a->deadline + (a->interrupting ? GRACE : 0) : BX_NEVER;
    return a->interrupting && a->repeat_at < next ? a->repeat_at : next;
}

static void run_timers(supervisor *a)
{
    int64_t now = bx_clock_now();
    if (now < next_timer(a))
        return;
    if (has_deadline(a) && now >= a->deadline + GRACE) {
        a->overdue = true;
        a->call = 0;
        send_signal(a, SIGKILL);
        return;
    }
    if (has_deadline(a) && now >= a->deadline)
        interrupt(a);
    send_signal(a, SIGUSR1);
    a->repeat_at = now + INTERRUPT_INTERVAL;
}

/* ---- frames ---- */

/* 1: done; 0: it has to wait; -1: the host does not speak our protocol. */
static int take_signal(supervisor *a, const bx_frame *frame)
{
    bx_buffer pong = {0};
    if (frame->length)
        return -1;
    if (frame->type == BX_FRAME_INTERRUPT) {
        interrupt(a);
        return 1;
    }
    if (frame->type == BX_FRAME_WAKE) {
        wake(a);
        return 1;
    }
    if (!bx_stream_between(&a->out))
        return 0;
    if (frame->type == BX_FRAME_SUSPEND) {
        suspend(a);
        return 1;
    }
    if (bx_frame_end(&pong, bx_frame_begin(&pong, BX_FRAME_PONG, frame->call), NULL) < 0)
        leave(a, EXIT_FAILURE);
    bool inserted = bx_stream_insert(&a->out, pong.data, pong.length, EXIT_SIZE);
    bx_buffer_free(&pong);
    return inserted;
}

static void pass_input(supervisor *a)
{
    bx_frame frame;
    int got;
    a->waiting = false;
    while ((got = bx_stream_next(&a->in, &frame)) > 0) {
        switch (frame.type) {
        case BX_FRAME_CALL:
            if (begin_call(a, &frame) < 0)
                leave(a, EXIT_FAILURE);
            bx_stream_pass(&a->in);
            break;
        case BX_FRAME_INTERRUPT:
        case BX_FRAME_SUSPEND:
        case BX_FRAME_WAKE:
        case BX_FRAME_PING:
            got = take_signal(a, &frame);
            if (got < 0)
                leave(a, EXIT_FAILURE);
            if (got == 0) {
                a->waiting = true;
                return;
            }
            bx_stream_drop(&a->in);
            break;
        default: leave(a, EXIT_FAILURE);
        }
    }
    if (got < 0)
        leave(a, EXIT_FAILURE);
}

static void pass_output(supervisor *a)
{
    bx_frame frame;
    int got;
    do {
        got = bx_stream_next(&a->out, &frame);
        if (a->answered && bx_stream_between(&a->out)) {
            a->call = 0;
            a->answered = false;
        }
        if (got < 0 || (got > 0 && !bx_frame_is_from_worker(frame.type))) {
            hang_up(a);
            a->out.end = a->out.passed;
            return;
        }
        if (got > 0) {
            bx_stream_pass(&a->out);
            a->answered = a->call && frame.call == a->call &&
                          (frame.type == BX_FRAME_REPLY || frame.type == BX_FRAME_ERROR);
        }
    } while (got > 0);
}

/* The last frame, once everything the worker has sent is passed on. */
static void report_end(supervisor *a)
{
    bx_buffer frame = {0};
    a->finished = true;
    a->out.end = a->out.passed;
    a->cut = !bx_stream_between(&a->out);
    if (a->cut)
        return;
    if (a->overdue && WIFSIGNALED(a->status) && WTERMSIG(a->status) == SIGKILL)
        a->status = BX_EXIT_DEADLINE << 8;
    if (bx_answer_exit(&frame, a->status, NULL) < 0 ||
        !bx_stream_insert(&a->out, frame.data, frame.length, 0))
        leave(a, EXIT_FAILURE);
    bx_buffer_free(&frame);
}

/* ---- bytes ---- */

static bool again(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static void read_host(supervisor *a)
{
    size_t room;
    uint8_t *at = bx_stream_room(&a->in, &room);
    ssize_t got = room ? read(STDIN_FILENO, at, room) : 0;
    if (room && (got == 0 || (got < 0 && !again())))
        leave(a, EXIT_SUCCESS);
    if (got > 0 && !a->ended) /* else there is nobody left to tell */
        bx_stream_filled(&a->in, (size_t)got);
}

static void write_host(supervisor *a)
{
    size_t length;
    const uint8_t *bytes = bx_stream_out(&a->out, &length);
    ssize_t sent = length ? write(STDOUT_FILENO, bytes, length) : 0;
    if (sent < 0 && !again())
        leave(a, EXIT_SUCCESS);
    if (sent > 0)
        bx_stream_sent(&a->out, (size_t)sent);
}

/* How much may be read from the worker now, and where to. */
static uint8_t *room_for_output(supervisor *a, size_t *room)
{
    uint8_t *at = bx_stream_room(&a->out, room);
    if (a->suspended && !a->ended)
        *room = 0; /* it was between two frames: the half of one would keep pings waiting */
    if (a->waiting && !bx_stream_between(&a->out) && a->out.rest < *room)
        *room = a->out.rest;
    return at;
}

static void read_worker(supervisor *a)
{
    size_t room;
    uint8_t *at = room_for_output(a, &room);
    if (!room)
        return;
    ssize_t got = recv(a->socket, at, room, MSG_DONTWAIT);
    if (got > 0)
        bx_stream_filled(&a->out, (size_t)got);
    else if (got == 0 || !again() || (a->ended && errno != EINTR))
        hang_up(a);
}

static void write_worker(supervisor *a)
{
    size_t length;
    const uint8_t *bytes = bx_stream_out(&a->in, &length);
    if (!length)
        return;
    if (a->socket < 0) {
        bx_stream_sent(&a->in, length);
        return;
    }
    ssize_t sent = send(a->socket, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0)
        bx_stream_sent(&a->in, (size_t)sent);
    else if (sent < 0 && !again())
        bx_stream_sent(&a->in, length); /* it has ended: its last words are still to be read */
}

static void reap(supervisor *a)
{
    if (waitpid(a->pid, &a->status, WNOHANG) == a->pid) {
        a->ended = true;
        a->call = 0;
    }
}

static short wanted(bool in, bool out)
{
    return (short)((in ? POLLIN : 0) | (out ? POLLOUT : 0));
}

static void wait_for_something(supervisor *a, struct pollfd *watched)
{
    size_t in_room, out_room, to_worker, to_host;
    bx_stream_room(&a->in, &in_room);
    room_for_output(a, &out_room);
    bx_stream_out(&a->in, &to_worker);
    bx_stream_out(&a->out, &to_host);
    short with_worker = wanted(out_room > 0, to_worker > 0);
    watched[FROM_HOST] =
        (struct pollfd){STDIN_FILENO, (short)(wanted(in_room > 0, false) | POLLRDHUP)};
    watched[TO_HOST] = (struct pollfd){STDOUT_FILENO, wanted(false, to_host > 0)};
    /* A socket whose other end is closed is always ready. */
    watched[WORKER] = (struct pollfd){with_worker ? a->socket : -1, with_worker};
    watched[END] = (struct pollfd){a->ended ? -1 : a->pidfd, POLLIN};
    int timeout = bx_clock_poll_timeout(next_timer(a));
    if (poll(watched, WATCHED, timeout) < 0 && errno != EINTR)
        leave(a, EXIT_FAILURE);
}

static void serve(supervisor *a)
{
    struct pollfd watched[WATCHED];
    wait_for_something(a, watched);
    if (watched[FROM_HOST].revents & (POLLHUP | POLLRDHUP | POLLERR | POLLNVAL) ||
        watched[TO_HOST].revents & (POLLHUP | POLLERR | POLLNVAL))
        leave(a, EXIT_SUCCESS);
    if (watched[END].revents)
        reap(a);
    run_timers(a);
    if (a->socket >= 0 && watched[WORKER].revents & ~POLLOUT) {
        read_worker(a);
        pass_output(a);
    }
    write_host(a);
    if (watched[FROM_HOST].revents)
        read_host(a);
    if (!a->finished)
        pass_input(a);
    write_worker(a);
    if (a->ended && a->socket < 0 && !a->finished)
        report_end(a);
    write_host(a);
    size_t left;
    bx_stream_out(&a->out, &left);
    if (a->finished && left == 0)
        leave(a, a->cut ? EXIT_FAILURE : EXIT_SUCCESS);
}

static void make_nonblocking(int descriptor)
{
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0)
        _exit(EXIT_FAILURE);
}

_Noreturn void bx_supervisor_run(pid_t worker, int pidfd, int socket)
{
    static supervisor a;
    a.pid = worker;
    a.pidfd = pidfd;
    a.socket = socket;
    a.in.peek = PEEK;
    make_nonblocking(STDIN_FILENO);
    make_nonblocking(STDOUT_FILENO);
    for (;;)
        serve(&a);
}
