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
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MILLISECOND INT64_C(1000000)

/* A deadline is the host's to enforce; this is for a host that is gone, and leaves it some time. */
static const double slack = 0.1; /* seconds */
#define GRACE (50 * MILLISECOND)
/* See bx_grace. */
#define ENOUGH (GRACE * 4 / 5)
#define BUSY_GRACE (250 * MILLISECOND)
/* An interrupt that reaches the worker before it has read the call is lost, so it is repeated. */
#define INTERRUPT_INTERVAL (2 * MILLISECOND)

enum {
    PEEK = 64, /* holds the first two values of a call */
    EXIT_SIZE = BX_FRAME_HEAD + 16
};

enum { FROM_HOST, TO_HOST, WORKER, END, WATCHED };

typedef struct supervisor {
    pid_t pid;
    int ends; /* readable when the worker may have ended: pidfds are of Linux 5.3, guests of any */
    int socket; /* -1 once nothing more comes from there */
    bx_stream in;
    bx_stream out;
    uint64_t call;    /* the open one, or 0 */
    bool answered;    /* its last frame is passing */
    int64_t deadline; /* of the open call, by bx_clock_now */
    int64_t left;     /* to it, while suspended */
    int64_t had;      /* processor time of the worker when it was interrupted; -1: not known */
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

static void send_signal(const supervisor *self, int number)
{
    if (!self->ended)
        kill(self->pid, number);
}

_Noreturn static void leave(const supervisor *self, int status)
{
    if (!self->ended) {
        kill(self->pid, SIGKILL);
        while (waitpid(self->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    _exit(status);
}

/* Nothing more is believed, or to be had, from the worker. */
static void hang_up(supervisor *self)
{
    send_signal(self, SIGKILL);
    if (self->socket >= 0)
        close(self->socket);
    self->socket = -1;
    self->in.start = self->in.passed;
}

/* ---- calls and signals ---- */

static int begin_call(supervisor *self, const bx_frame *frame)
{
    size_t known = frame->length < PEEK ? frame->length : PEEK;
    bx_frame part = *frame;
    bx_call call;
    part.length = known;
    if (self->call || bx_call_read(&part, &call, NULL) < 0)
        return -1;
    self->call = call.id;
    self->answered = self->interrupting = false;
    self->deadline = call.timeout > 0 ? bx_clock_after(call.timeout + slack) : BX_NEVER;
    if (self->suspended && self->deadline != BX_NEVER)
        self->left = self->deadline - bx_clock_now();
    return 0;
}

static void interrupt(supervisor *self)
{
    if (self->call && !self->interrupting) {
        self->interrupting = true;
        self->had = bx_clock_of_process(self->pid);
        self->repeat_at = 0;
    }
}

static void suspend(supervisor *self)
{
    send_signal(self, SIGSTOP);
    if (!self->suspended)
        self->left = self->deadline - bx_clock_now();
    self->suspended = true;
}

static void wake(supervisor *self)
{
    send_signal(self, SIGCONT);
    if (self->suspended && self->deadline != BX_NEVER)
        self->deadline = bx_clock_now() + self->left;
    self->suspended = false;
}

static bool has_deadline(const supervisor *self)
{
    return self->deadline < BX_NEVER - GRACE;
}

static int64_t next_timer(const supervisor *self)
{
    if (!self->call || self->suspended)
        return BX_NEVER;
    return self->interrupting ? self->repeat_at : self->deadline;
}

static bool is_overdue(const supervisor *self, int64_t now)
{
    if (!has_deadline(self) || !self->interrupting)
        return false;
    bx_grace grace = {self->deadline + GRACE, BUSY_GRACE, ENOUGH, self->had};
    return bx_grace_is_over(&grace, now, bx_clock_of_process(self->pid));
}

static void run_timers(supervisor *self)
{
    int64_t now = bx_clock_now();
    if (now < next_timer(self))
        return;
    if (is_overdue(self, now)) {
        self->overdue = true;
        self->call = 0;
        send_signal(self, SIGKILL);
        return;
    }
    if (has_deadline(self) && now >= self->deadline)
        interrupt(self);
    send_signal(self, SIGUSR1);
    self->repeat_at = now + INTERRUPT_INTERVAL;
}

/* ---- frames ---- */

/* 1: done; 0: it has to wait; -1: the host does not speak our protocol. */
static int take_signal(supervisor *self, const bx_frame *frame)
{
    bx_buffer pong = {0};
    if (frame->length)
        return -1;
    if (frame->type == BX_FRAME_INTERRUPT) {
        interrupt(self);
        return 1;
    }
    if (frame->type == BX_FRAME_WAKE) {
        wake(self);
        return 1;
    }
    if (!bx_stream_between(&self->out))
        return 0;
    if (frame->type == BX_FRAME_SUSPEND) {
        suspend(self);
        return 1;
    }
    if (bx_frame_end(&pong, bx_frame_begin(&pong, BX_FRAME_PONG, frame->call), NULL) < 0)
        leave(self, EXIT_FAILURE);
    bool inserted = bx_stream_insert(&self->out, pong.data, pong.length, EXIT_SIZE);
    bx_buffer_free(&pong);
    return inserted;
}

static void pass_input(supervisor *self)
{
    bx_frame frame;
    int got;
    self->waiting = false;
    while ((got = bx_stream_next(&self->in, &frame)) > 0) {
        switch (frame.type) {
        case BX_FRAME_CALL:
            if (begin_call(self, &frame) < 0)
                leave(self, EXIT_FAILURE);
            bx_stream_pass(&self->in);
            break;
        case BX_FRAME_INTERRUPT:
        case BX_FRAME_SUSPEND:
        case BX_FRAME_WAKE:
        case BX_FRAME_PING:
            got = take_signal(self, &frame);
            if (got < 0)
                leave(self, EXIT_FAILURE);
            if (got == 0) {
                self->waiting = true;
                return;
            }
            bx_stream_drop(&self->in);
            break;
        default: leave(self, EXIT_FAILURE);
        }
    }
    if (got < 0)
        leave(self, EXIT_FAILURE);
}

static void pass_output(supervisor *self)
{
    bx_frame frame;
    int got;
    do {
        got = bx_stream_next(&self->out, &frame);
        if (self->answered && bx_stream_between(&self->out)) {
            self->call = 0;
            self->answered = false;
        }
        if (got < 0 || (got > 0 && !bx_frame_is_from_worker(frame.type))) {
            hang_up(self);
            self->out.end = self->out.passed;
            return;
        }
        if (got > 0) {
            bx_stream_pass(&self->out);
            self->answered = self->call && frame.call == self->call &&
                             (frame.type == BX_FRAME_REPLY || frame.type == BX_FRAME_ERROR);
        }
    } while (got > 0);
}

/* The last frame, once everything the worker has sent is passed on. */
static void report_end(supervisor *self)
{
    bx_buffer frame = {0};
    self->finished = true;
    self->out.end = self->out.passed;
    self->cut = !bx_stream_between(&self->out);
    if (self->cut)
        return;
    if (self->overdue && WIFSIGNALED(self->status) && WTERMSIG(self->status) == SIGKILL)
        self->status = BX_EXIT_DEADLINE << 8;
    if (bx_answer_exit(&frame, self->status, NULL) < 0 ||
        !bx_stream_insert(&self->out, frame.data, frame.length, 0))
        leave(self, EXIT_FAILURE);
    bx_buffer_free(&frame);
}

/* ---- bytes ---- */

static bool again(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static void read_host(supervisor *self)
{
    size_t room;
    uint8_t *at = bx_stream_room(&self->in, &room);
    ssize_t got = room ? read(STDIN_FILENO, at, room) : 0;
    if (room && (got == 0 || (got < 0 && !again())))
        leave(self, EXIT_SUCCESS);
    if (got > 0 && !self->ended) /* else there is nobody left to tell */
        bx_stream_filled(&self->in, (size_t)got);
}

static void write_host(supervisor *self)
{
    size_t length;
    const uint8_t *bytes = bx_stream_out(&self->out, &length);
    ssize_t sent = length ? write(STDOUT_FILENO, bytes, length) : 0;
    if (sent < 0 && !again())
        leave(self, EXIT_SUCCESS);
    if (sent > 0)
        bx_stream_sent(&self->out, (size_t)sent);
}

/* How much may be read from the worker now, and where to. */
static uint8_t *room_for_output(supervisor *self, size_t *room)
{
    uint8_t *at = bx_stream_room(&self->out, room);
    if (self->suspended && !self->ended)
        *room = 0; /* it was between two frames: the half of one would keep pings waiting */
    if (self->waiting && !bx_stream_between(&self->out) && self->out.rest < *room)
        *room = self->out.rest;
    return at;
}

static void read_worker(supervisor *self)
{
    size_t room;
    uint8_t *at = room_for_output(self, &room);
    if (!room)
        return;
    ssize_t got = recv(self->socket, at, room, MSG_DONTWAIT);
    if (got > 0)
        bx_stream_filled(&self->out, (size_t)got);
    else if (got == 0 || !again() || (self->ended && errno != EINTR))
        hang_up(self);
}

static void write_worker(supervisor *self)
{
    size_t length;
    const uint8_t *bytes = bx_stream_out(&self->in, &length);
    if (!length)
        return;
    if (self->socket < 0) {
        bx_stream_sent(&self->in, length);
        return;
    }
    ssize_t sent = send(self->socket, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0)
        bx_stream_sent(&self->in, (size_t)sent);
    else if (sent < 0 && !again())
        bx_stream_sent(&self->in, length); /* it has ended: its last words are still to be read */
}

static void reap(supervisor *self)
{
    struct signalfd_siginfo notice;
    if (read(self->ends, &notice, sizeof notice) < 0 && !again())
        leave(self, EXIT_FAILURE);
    if (waitpid(self->pid, &self->status, WNOHANG) == self->pid) {
        self->ended = true;
        self->call = 0;
    }
}

static short wanted(bool in, bool out)
{
    return (short)((in ? POLLIN : 0) | (out ? POLLOUT : 0));
}

static void wait_for_something(supervisor *self, struct pollfd *watched)
{
    size_t in_room, out_room, to_worker, to_host;
    bx_stream_room(&self->in, &in_room);
    room_for_output(self, &out_room);
    bx_stream_out(&self->in, &to_worker);
    bx_stream_out(&self->out, &to_host);
    short with_worker = wanted(out_room > 0, to_worker > 0);
    watched[FROM_HOST] =
        (struct pollfd){STDIN_FILENO, (short)(wanted(in_room > 0, false) | POLLRDHUP)};
    watched[TO_HOST] = (struct pollfd){STDOUT_FILENO, wanted(false, to_host > 0)};
    /* A socket whose other end is closed is always ready. */
    watched[WORKER] = (struct pollfd){with_worker ? self->socket : -1, with_worker};
    watched[END] = (struct pollfd){self->ended ? -1 : self->ends, POLLIN};
    int timeout = bx_clock_poll_timeout(next_timer(self));
    if (poll(watched, WATCHED, timeout) < 0 && errno != EINTR)
        leave(self, EXIT_FAILURE);
}

static void serve(supervisor *self)
{
    struct pollfd watched[WATCHED];
    wait_for_something(self, watched);
    if (watched[FROM_HOST].revents & (POLLHUP | POLLRDHUP | POLLERR | POLLNVAL) ||
        watched[TO_HOST].revents & (POLLHUP | POLLERR | POLLNVAL))
        leave(self, EXIT_SUCCESS);
    if (watched[END].revents)
        reap(self);
    if (self->socket >= 0 && watched[WORKER].revents & ~POLLOUT) {
        read_worker(self);
        pass_output(self);
    }
    run_timers(self); /* behind what has come: an answer that this process read late was in time */
    write_host(self);
    if (watched[FROM_HOST].revents)
        read_host(self);
    if (!self->finished)
        pass_input(self);
    write_worker(self);
    if (self->ended && self->socket < 0 && !self->finished)
        report_end(self);
    write_host(self);
    size_t left;
    bx_stream_out(&self->out, &left);
    if (self->finished && left == 0)
        leave(self, self->cut ? EXIT_FAILURE : EXIT_SUCCESS);
}

static void make_nonblocking(int descriptor)
{
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0)
        _exit(EXIT_FAILURE);
}

static int watch_children(void)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &ends, NULL) < 0)
        return -1;
    return signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
}

_Noreturn void bx_supervisor_run(pid_t worker, int socket)
{
    static supervisor self;
    self.pid = worker;
    self.ends = watch_children();
    if (self.ends < 0)
        leave(&self, EXIT_FAILURE);
    self.socket = socket;
    reap(&self); /* it may have ended before its end was watched */
    self.in.peek = PEEK;
    make_nonblocking(STDIN_FILENO);
    make_nonblocking(STDOUT_FILENO);
    for (;;)
        serve(&self);
}
