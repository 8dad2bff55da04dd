/* A worker on pipes, as a courier sees it: the real program, and the supervisor with a worker that
 * does what a test wants. */
#include "core/clock.h"
#include "wire/frame.h"
#include "wire/value.h"
#include "wire/zygote.h"
#include "worker/supervisor.h"

#include "../support/old_kernel.h"
#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MIB = 1 << 20, PATIENCE = 60 /* seconds */, GONE = -1 };

typedef struct guest {
    pid_t pid; /* of the supervisor */
    int to;
    int from;
    bx_buffer in;
    size_t used; /* by the frame that was received last */
} guest;

static const char organism[] =
    "local M = { functions = {} }\n"
    "function M.build(_, process)\n"
    "  process 'decay' { species = { A = 100 }, parameters = { k = 0.1 },\n"
    "    reactions = { { 'A ->', k = 'k', name = 'decay' } } }\n"
    "end\n"
    "function M.metrics(cell) return { A = cell:get 'A' } end\n"
    "return M\n";

/* ---- processes ---- */

static void open_pipes(int to[2], int from[2])
{
    if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0)
        abort();
}

static guest parent_side(pid_t pid, const int to[2], const int from[2])
{
    close(to[0]);
    close(from[1]);
    return (guest){.pid = pid, .to = to[1], .from = from[0]};
}

static void program_path(char *path, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", path, size - 32);
    path[length > 0 ? length : 0] = '\0';
    for (int i = 0; i < 2 && strrchr(path, '/'); i++)
        *strrchr(path, '/') = '\0';
    snprintf(path + strlen(path), 32, "/bin/bioxen-worker");
}

/* From here on this is on Linux 4.18, as far as a process can tell. */
static void become_linux_4_18(void)
{
    if (become_old_kernel(SYS_pidfd_send_signal) < 0 ||
        syscall(SYS_close_range, 100, 100, 0) == 0 || errno != ENOSYS)
        _exit(126);
}

/* Where BIOXEN_GUEST_ROOT names a root folder, the program is the one at its top, and runs in it.
 */
static void enter_guest_root(char *path)
{
    const char *root = getenv("BIOXEN_GUEST_ROOT");
    if (!root)
        return;
    if (chroot(root) < 0 || chdir("/") < 0)
        _exit(126);
    strcpy(path, "/bioxen-worker");
}

static bool old_kernel;
static int left_open = -1; /* a descriptor that the program's starter forgot */

static guest start_program(void)
{
    char path[PATH_MAX];
    int to[2], from[2];
    char *argv[] = {(char *)"bioxen-worker", (char *)"--stdio", NULL};
    char *environment[] = {(char *)"HOME=/", (char *)"GLIBC_TUNABLES=glibc.malloc.arena_max=1",
                           NULL};
    program_path(path, sizeof path);
    open_pipes(to, from);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        signal(SIGHUP, SIG_IGN); /* as nohup leaves it */
        if (left_open >= 0)
            dup2(left_open, 77);
        enter_guest_root(path);
        if (old_kernel)
            become_linux_4_18();
        execve(path, argv, environment);
        _exit(126);
    }
    return parent_side(pid, to, from);
}

/* The supervisor alone, with a worker that runs `work` on its socket. */
static guest start_supervisor(void (*work)(int socket))
{
    int to[2], from[2], pair[2];
    open_pipes(to, from);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        close(to[1]);
        close(from[0]);
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
            _exit(126);
        pid_t worker = fork();
        if (worker == 0) {
            close(STDIN_FILENO);
            close(STDOUT_FILENO);
            close(pair[0]);
            work(pair[1]);
            _exit(0);
        }
        close(pair[1]);
        signal(SIGPIPE, SIG_IGN);
        bx_supervisor_run(worker, pair[0]);
    }
    return parent_side(pid, to, from);
}

static void hang_up(guest *g)
{
    if (g->to >= 0)
        close(g->to);
    if (g->from >= 0)
        close(g->from);
    g->to = g->from = -1;
}

/* The exit status of the supervisor, or 1000 plus its signal; GONE if it had to be killed. */
static int wait_for_end(guest *g)
{
    int64_t until = bx_clock_after(PATIENCE);
    int status = 0;
    pid_t ended = 0;
    while ((ended = waitpid(g->pid, &status, WNOHANG)) == 0 && bx_clock_now() < until)
        usleep(200);
    if (ended == 0) {
        kill(g->pid, SIGKILL);
        waitpid(g->pid, &status, 0);
        return GONE;
    }
    g->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static int finish(guest *g)
{
    hang_up(g);
    bx_buffer_free(&g->in);
    return g->pid ? wait_for_end(g) : 0;
}

/* From /proc/PID/stat; false if there is no such process. */
static bool process_state(pid_t pid, char *state, int *parent, unsigned long *ticks)
{
    char path[64], text[1024];
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0)
        close(file);
    if (length <= 0)
        return false;
    text[length] = '\0';
    const char *rest = strrchr(text, ')');
    if (!rest || sscanf(rest, ") %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", state, parent,
                        &user, &system) != 4)
        return false;
    *ticks = user + system;
    return true;
}

static bool is_gone(pid_t pid)
{
    char state = 'Z';
    int parent;
    unsigned long ticks;
    return !process_state(pid, &state, &parent, &ticks) || state == 'Z' || state == 'X';
}

static bool gone_soon(pid_t pid)
{
    int64_t until = bx_clock_after(PATIENCE);
    while (!is_gone(pid) && bx_clock_now() < until)
        usleep(200);
    return is_gone(pid);
}

static pid_t worker_of(const guest *g)
{
    pid_t found = 0;
    DIR *directory = opendir("/proc");
    for (const struct dirent *entry; directory && (entry = readdir(directory));) {
        char state;
        int parent;
        unsigned long ticks;
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid > 0 && process_state(pid, &state, &parent, &ticks) && parent == g->pid)
            found = pid;
    }
    if (directory)
        closedir(directory);
    return found;
}

/* ---- frames ---- */

static bool wait_for(int descriptor, short events, int64_t until)
{
    struct pollfd watched = {descriptor, events};
    int timeout = bx_clock_poll_timeout(until);
    return poll(&watched, 1, timeout) > 0;
}

/* The next frame, or GONE at the end of the stream or after `seconds`. Frames live until the next.
 */
static int receive_within(guest *g, bx_frame *frame, double seconds)
{
    int64_t until = bx_clock_after(seconds);
    bx_buffer_consume(&g->in, g->used);
    g->used = 0;
    for (;;) {
        bx_error err;
        int got = bx_frame_parse(g->in.data, g->in.length, frame, &g->used, &err);
        if (got > 0)
            return (int)frame->type;
        if (got < 0 || bx_buffer_reserve(&g->in, 64 << 10) < 0 || !wait_for(g->from, POLLIN, until))
            return GONE;
        ssize_t length = read(g->from, g->in.data + g->in.length, 64 << 10);
        if (length <= 0)
            return GONE;
        g->in.length += (size_t)length;
    }
}

static int receive(guest *g, bx_frame *frame)
{
    return receive_within(g, frame, PATIENCE);
}

/* What comes back meanwhile is kept for receive(). */
static void send_bytes(guest *g, const uint8_t *bytes, size_t length)
{
    int flags = fcntl(g->to, F_GETFL);
    fcntl(g->to, F_SETFL, flags | O_NONBLOCK);
    while (length > 0) {
        struct pollfd watched[2] = {{g->to, POLLOUT}, {g->from, POLLIN}};
        if (poll(watched, 2, PATIENCE * 1000) <= 0)
            return;
        if (watched[1].revents && bx_buffer_reserve(&g->in, 64 << 10) == 0) {
            ssize_t got = read(g->from, g->in.data + g->in.length, 64 << 10);
            g->in.length += got > 0 ? (size_t)got : 0;
        }
        ssize_t sent = watched[0].revents ? write(g->to, bytes, length) : 0;
        if (sent < 0 && errno != EAGAIN)
            return;
        bytes += sent > 0 ? sent : 0;
        length -= sent > 0 ? (size_t)sent : 0;
    }
}

static void send_frame(guest *g, bx_frame_type type, uint64_t call, const bx_buffer *payload)
{
    bx_buffer frame = {0};
    size_t start = bx_frame_begin(&frame, type, call);
    if (payload)
        bx_buffer_append(&frame, payload->data, payload->length);
    bx_frame_end(&frame, start, NULL);
    send_bytes(g, frame.data, frame.length);
    bx_buffer_free(&frame);
}

static void send_signal(guest *g, bx_frame_type type)
{
    send_frame(g, type, 0, NULL);
}

static void begin_execute(bx_buffer *payload, double timeout, const char *code)
{
    bx_write_text(payload, "execute");
    bx_write_float(payload, timeout);
    bx_write_text(payload, code);
    bx_write_text(payload, "=code");
}

static void execute(guest *g, uint64_t call, double timeout, const char *code)
{
    bx_buffer payload = {0};
    begin_execute(&payload, timeout, code);
    bx_write_nil(&payload);
    send_frame(g, BX_FRAME_CALL, call, &payload);
    bx_buffer_free(&payload);
}

/* The frame's value of that number, from 0. */
static bx_token value_of(const bx_frame *frame, int number)
{
    bx_reader reader = {frame->payload, frame->payload + frame->length};
    bx_token token = {.type = BX_TOKEN_NIL};
    for (int i = 0; i <= number; i++)
        if (bx_read(&reader, &token, NULL) < 0)
            return (bx_token){.type = BX_TOKEN_NIL};
    return token;
}

static bool is_text(const bx_token *token, const char *text)
{
    return token->type == BX_TOKEN_STRING && token->length == strlen(text) &&
           memcmp(token->bytes, text, token->length) == 0;
}

static void check_integer_reply(guest *g, uint64_t call, int64_t wanted)
{
    bx_frame frame = {0};
    CHECK(receive(g, &frame) == BX_FRAME_REPLY);
    bx_token result = frame.type == BX_FRAME_REPLY ? value_of(&frame, 1) : (bx_token){0};
    CHECK(frame.call == call);
    CHECK(result.type == BX_TOKEN_INTEGER && result.integer == wanted);
}

static void check_error(guest *g, uint64_t call, const char *code, const char *part)
{
    bx_frame frame = {0};
    CHECK(receive(g, &frame) == BX_FRAME_ERROR);
    if (frame.type != BX_FRAME_ERROR)
        return;
    bx_token name = value_of(&frame, 1), message = value_of(&frame, 2);
    CHECK(frame.call == call);
    CHECK(is_text(&name, code));
    if (!is_text(&name, code) || message.type != BX_TOKEN_STRING ||
        !memmem(message.bytes, message.length, part, strlen(part)))
        test_fail(__FILE__, __LINE__, "%.*s: %.*s", (int)name.length, (const char *)name.bytes,
                  (int)message.length, (const char *)message.bytes);
}

static void check_exit(guest *g, int status)
{
    bx_frame frame = {0};
    CHECK(receive(g, &frame) == BX_FRAME_EXIT);
    bx_token token = frame.type == BX_FRAME_EXIT ? value_of(&frame, 0) : (bx_token){0};
    if (token.type != BX_TOKEN_INTEGER || token.integer != status)
        test_fail(__FILE__, __LINE__, "EXIT tells %lld, not %d", (long long)token.integer, status);
    CHECK(receive(g, &frame) == GONE);
    CHECK(wait_for_end(g) == 0);
}

/* A ping's answer; every other frame before it is an error. */
static void check_ping(guest *g, uint64_t number)
{
    bx_frame frame = {0};
    send_frame(g, BX_FRAME_PING, number, NULL);
    CHECK(receive(g, &frame) == BX_FRAME_PONG);
    CHECK(frame.call == number && frame.length == 0);
}

/* ---- a guest with an organism ---- */

static void write_limits(bx_buffer *payload, int64_t memory, int64_t output)
{
    bx_write_integer(payload, memory);
    bx_write_integer(payload, output);
    bx_write_boolean(payload, false);
}

static void spawn(guest *g, const char *init)
{
    bx_buffer payload = {0};
    write_limits(&payload, 64 * MIB, 16 * MIB);
    bx_write_text(&payload, "plain_cell");
    bx_write_map(&payload, 1);
    bx_write_text(&payload, "init.lua");
    bx_write_text(&payload, init);
    bx_write_map(&payload, 1); /* the library */
    bx_write_text(&payload, "given.lua");
    bx_write_text(&payload, "return 'from the library'");
    send_frame(g, BX_FRAME_SPAWN, 0, &payload);
    bx_buffer_free(&payload);
}

static void check_hello(guest *g)
{
    bx_frame frame = {0};
    CHECK(receive(g, &frame) == BX_FRAME_HELLO);
    bx_token version = frame.type == BX_FRAME_HELLO ? value_of(&frame, 0) : (bx_token){0};
    CHECK(is_text(&version, BX_PROTOCOL_VERSION));
}

static void set_up(guest *g)
{
    bx_buffer payload = {0};
    bx_write_text(&payload, "setup");
    bx_write_float(&payload, 0);
    bx_write_nil(&payload);
    bx_write_integer(&payload, 1);
    bx_write_nil(&payload);
    send_frame(g, BX_FRAME_CALL, 1, &payload);
    bx_buffer_free(&payload);
    bx_frame frame = {0};
    CHECK(receive(g, &frame) == BX_FRAME_REPLY);
}

static guest start_guest(void)
{
    guest g = start_program();
    check_hello(&g);
    spawn(&g, organism);
    check_hello(&g);
    set_up(&g);
    return g;
}

static void calls_are_answered(void)
{
    guest g = start_guest();
    execute(&g, 2, 0, "x = 41 return x + 1");
    check_integer_reply(&g, 2, 42);
    execute(&g, 3, 10, "return x");
    check_integer_reply(&g, 3, 41);
    execute(&g, 4, 0, "error 'no'");
    check_error(&g, 4, "ESCRIPT", "no");
    execute(&g, 5, 0, "return #require 'library.given'");
    check_integer_reply(&g, 5, 16);
    CHECK(finish(&g) == 0);
}

static void the_last_bit_is_the_same_everywhere(void)
{
    guest g = start_guest();
    bx_frame frame = {0};
    execute(&g, 2, 0, "return 0x1.189374bc6a7fp+1 ^ 1.7");
    CHECK(receive(&g, &frame) == BX_FRAME_REPLY);
    CHECK(value_of(&frame, 1).number == 0x1.e600c1409a42p+1);
    finish(&g);
}

static void output_comes_before_the_answer(void)
{
    guest g = start_guest();
    bx_frame frame = {0};
    execute(&g, 2, 0, "print 'begun' progress(0.5, 'half') while true do end");
    CHECK(receive(&g, &frame) == BX_FRAME_OUTPUT);
    bx_token text = value_of(&frame, 0);
    CHECK(is_text(&text, "begun\n"));
    CHECK(receive(&g, &frame) == BX_FRAME_PROGRESS);
    send_signal(&g, BX_FRAME_INTERRUPT);
    check_error(&g, 2, "ECANCELLED", "cancelled");
    finish(&g);
}

static void an_interrupt_keeps_the_state(void)
{
    guest g = start_guest();
    execute(&g, 2, 0, "x = 7");
    bx_frame frame;
    CHECK(receive(&g, &frame) == BX_FRAME_REPLY);
    for (uint64_t call = 3; call < 40; call += 2) {
        execute(&g, call, 0, "while true do end");
        send_signal(&g, BX_FRAME_INTERRUPT); /* at once: the worker may not have read the call */
        check_error(&g, call, "ECANCELLED", "cancelled");
        send_signal(&g, BX_FRAME_INTERRUPT); /* nothing is open */
        execute(&g, call + 1, 0, "return x");
        check_integer_reply(&g, call + 1, 7);
    }
    finish(&g);
}

static void a_deadline_holds_without_a_host(void)
{
    guest g = start_guest();
    bx_frame frame = {0};
    execute(&g, 1, 0, "x = 7");
    CHECK(receive(&g, &frame) == BX_FRAME_REPLY);
    execute(&g, 2, 0.05, "while true do end");
    /* by its own clock or, if it got little time, the supervisor's */
    CHECK(receive(&g, &frame) == BX_FRAME_ERROR);
    bx_token code = value_of(&frame, 1);
    CHECK(is_text(&code, "EDEADLINE") || is_text(&code, "ECANCELLED"));
    execute(&g, 3, 5, "return x");
    check_integer_reply(&g, 3, 7);
    execute(&g, 4, 0.05, "string.rep('', math.maxinteger)");
    check_exit(&g, BX_EXIT_DEADLINE << 8);
    finish(&g);
    g = start_guest();
    execute(&g, 2, 0.05,
            "do local t = setmetatable({}, { __gc = function() while true do end end }) end "
            "for i = 1, 1e9 do local t = {} end");
    check_exit(&g, BX_EXIT_DEADLINE << 8);
    finish(&g);
}

static void a_deadline_is_of_the_wall_clock(void)
{
    guest g = start_guest();
    kill(worker_of(&g), SIGSTOP); /* no processor time, so that its own timer stands still */
    execute(&g, 2, 0.05, "");
    check_exit(&g, BX_EXIT_DEADLINE << 8);
    finish(&g);
}

/* Pings for a while; the worker stands still meanwhile. */
static void check_standstill(guest *g, pid_t worker, double seconds)
{
    char state = 'R';
    int parent;
    unsigned long before = 0, after = 0;
    int64_t until = bx_clock_after(PATIENCE);
    while (state != 'T' && bx_clock_now() < until)
        CHECK(process_state(worker, &state, &parent, &before));
    CHECK(state == 'T');
    until = bx_clock_after(seconds);
    for (uint64_t number = 100; bx_clock_now() < until; number++)
        check_ping(g, number);
    CHECK(process_state(worker, &state, &parent, &after));
    CHECK(state == 'T' && before == after);
}

static void a_suspended_worker_stands_still(void)
{
    guest g = start_guest();
    bx_frame frame;
    pid_t worker = worker_of(&g);
    execute(&g, 2, 3, "progress(0) local i = 0 while i < 5000000 do i = i + 1 end return i");
    CHECK(receive(&g, &frame) == BX_FRAME_PROGRESS);
    send_signal(&g, BX_FRAME_SUSPEND);
    check_standstill(&g, worker, 3.1); /* longer than the deadline, which waits */
    send_signal(&g, BX_FRAME_WAKE);
    check_integer_reply(&g, 2, 5000000);
    send_signal(&g, BX_FRAME_SUSPEND);
    check_standstill(&g, worker, 0.02);
    send_signal(&g, BX_FRAME_WAKE);
    execute(&g, 3, 0, "return 3");
    check_integer_reply(&g, 3, 3);
    execute(&g, 4, 0, "progress(0) while true do end");
    CHECK(receive(&g, &frame) == BX_FRAME_PROGRESS);
    send_signal(&g, BX_FRAME_SUSPEND); /* what a host does to cancel the call of a paused VM */
    check_standstill(&g, worker, 0.02);
    send_signal(&g, BX_FRAME_WAKE);
    send_signal(&g, BX_FRAME_INTERRUPT);
    check_error(&g, 4, "ECANCELLED", "cancelled");
    finish(&g);
}

static void pings_are_answered_while_it_is_busy(void)
{
    guest g = start_guest();
    bx_frame frame;
    check_ping(&g, 1);
    execute(&g, 2, 0, "progress(0) while true do end");
    CHECK(receive(&g, &frame) == BX_FRAME_PROGRESS);
    for (uint64_t number = 2; number < 100; number++)
        check_ping(&g, number);
    check_ping(&g, UINT64_MAX);
    finish(&g);
}

static void the_end_of_the_worker_is_told(void)
{
    guest g = start_guest();
    execute(&g, 2, 0, "progress(0) while true do end");
    bx_frame frame;
    CHECK(receive(&g, &frame) == BX_FRAME_PROGRESS);
    kill(worker_of(&g), SIGKILL);
    check_exit(&g, SIGKILL);
    finish(&g);
#ifndef BIOXEN_SANITIZE /* which reports it, and exits */
    g = start_guest();
    kill(worker_of(&g), SIGSEGV);
    check_exit(&g, SIGSEGV);
    finish(&g);
#endif
}

static void descriptors_left_open_are_closed(void)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        abort();
    left_open = ends[1];
    guest g = start_guest();
    left_open = -1;
    close(ends[1]);
    struct pollfd reader = {ends[0], POLLIN};
    CHECK(poll(&reader, 1, 0) == 1 && reader.revents & POLLHUP);
    close(ends[0]);
    CHECK(finish(&g) == 0);
}

/* Code that nothing but a kill ends. */
static guest start_spinning(pid_t *worker)
{
    guest g = start_guest();
    bx_frame frame;
    *worker = worker_of(&g);
    execute(&g, 2, 0, "progress(0) string.rep('', math.maxinteger)");
    CHECK(receive(&g, &frame) == BX_FRAME_PROGRESS);
    return g;
}

static void the_worker_ends_with_its_host(void)
{
    pid_t worker;
    guest g = start_spinning(&worker);
    int64_t began = bx_clock_now();
    close(g.to);
    g.to = -1;
    CHECK(wait_for_end(&g) == 0);
    CHECK(is_gone(worker)); /* reaped before */
    CHECK(bx_clock_now() - began < PATIENCE * INT64_C(1000000000) / 10);
    finish(&g);
    g = start_spinning(&worker);
    close(g.from);
    g.from = -1;
    CHECK(wait_for_end(&g) == 0);
    CHECK(is_gone(worker));
    finish(&g);
    g = start_spinning(&worker);
    send_signal(&g, BX_FRAME_SUSPEND);
    check_standstill(&g, worker, 0.02);
    finish(&g);
    CHECK(is_gone(worker));
}

static void guests_of_an_old_kernel_do_as_well(void)
{
    old_kernel = true;
    calls_are_answered();
    a_deadline_holds_without_a_host();
    a_suspended_worker_stands_still();
    the_end_of_the_worker_is_told();
    descriptors_left_open_are_closed();
    the_worker_ends_with_its_host();
    old_kernel = false;
}

static void signals_end_both(void)
{
    static const int numbers[] = {SIGTERM, SIGHUP, SIGKILL};
    for (size_t i = 0; i < 3; i++) {
        pid_t worker;
        guest g = start_spinning(&worker);
        kill(g.pid, numbers[i]);
        CHECK(wait_for_end(&g) == 1000 + numbers[i]);
        CHECK(gone_soon(worker));
        finish(&g);
    }
}

static void check_refusal(const bx_buffer *bytes, const char *code, const char *part)
{
    guest g = start_program();
    bx_frame frame;
    check_hello(&g);
    send_bytes(&g, bytes->data, bytes->length);
    check_error(&g, 0, code, part);
    CHECK(receive(&g, &frame) == GONE);
    CHECK(wait_for_end(&g) == EXIT_FAILURE);
    finish(&g);
}

typedef struct order {
    int64_t memory;
    int64_t output;
    const char *organism;
    const char *file;
    const char *text;
    int repeats; /* of the file */
    int more;    /* values after the last */
} order;

static void check_order(order o, const char *code, const char *part)
{
    bx_buffer bytes = {0};
    size_t start = bx_frame_begin(&bytes, BX_FRAME_SPAWN, 0);
    write_limits(&bytes, o.memory, o.output);
    bx_write_text(&bytes, o.organism);
    bx_write_map(&bytes, (uint32_t)o.repeats);
    for (int i = 0; i < o.repeats; i++) {
        char name[96];
        snprintf(name, sizeof name, o.file, i);
        bx_write_text(&bytes, name);
        bx_write_text(&bytes, o.text);
    }
    bx_write_map(&bytes, 0);
    for (int i = 0; i < o.more; i++)
        bx_write_nil(&bytes);
    bx_frame_end(&bytes, start, NULL);
    check_refusal(&bytes, code, part);
    bx_buffer_free(&bytes);
}

static void malformed_orders_are_refused(void)
{
    static const char init[] = "init.lua";
    const int64_t memory = 64 * MIB, output = MIB;
    check_order((order){1000, output, "a", init, "", 1, 0}, "EPROTOCOL", "1000 bytes of memory");
    check_order((order){-1, output, "a", init, "", 1, 0}, "EPROTOCOL", "-1 bytes of memory");
    check_order((order){INT64_MAX, output, "a", init, "", 1, 0}, "EPROTOCOL", "bytes of memory");
    check_order((order){memory, -1, "a", init, "", 1, 0}, "EPROTOCOL", "bytes of output");
    check_order((order){memory, 1LL << 40, "a", init, "", 1, 0}, "EPROTOCOL", "bytes of output");
    check_order((order){memory, output, "../a", init, "", 1, 0}, "EPROTOCOL",
                "\"../a\" is no name");
    check_order((order){memory, output, "", init, "", 1, 0}, "EPROTOCOL", "no name");
    check_order((order){memory, output, NULL, init, "", 1, 0}, "EPROTOCOL", "string");
    check_order((order){memory, output, "a", "b/init.lua", "", 1, 0}, "EPROTOCOL", "no name");
    check_order((order){memory, output, "a", "init.txt", "", 1, 0}, "EPROTOCOL", "no name");
    check_order((order){memory, output, "a", init, NULL, 1, 0}, "EPROTOCOL", "string");
    check_order((order){memory, output, "a", init, "", 2, 0}, "EPROTOCOL", "init.lua comes twice");
    check_order((order){memory, output, "a", "f%d.lua", "", 193, 0}, "EORGANISM", "more than 192");
    check_order((order){memory, output, "a", init, "", 1, 1}, "EPROTOCOL", "after the last value");
}

static void other_beginnings_are_refused(void)
{
    bx_buffer bytes = {0};
    size_t start = bx_frame_begin(&bytes, BX_FRAME_CALL, 1);
    bx_frame_end(&bytes, start, NULL);
    check_refusal(&bytes, "EPROTOCOL", "a frame of type 2");
    bytes.length = 0;
    bx_buffer_append(&bytes, "GET / HTTP/1.0\r\n", 16);
    check_refusal(&bytes, "EPROTOCOL", "");
    bytes.length = 0;
    start = bx_frame_begin(&bytes, BX_FRAME_SPAWN, 0);
    bx_frame_end(&bytes, start, NULL);
    check_refusal(&bytes, "EPROTOCOL", "cut short");
    guest g = start_program(); /* half a frame, and the end */
    check_hello(&g);
    send_bytes(&g, bytes.data, 10);
    CHECK(finish(&g) == 0);
    bx_buffer_free(&bytes);
}

static void organisms_that_do_not_load_say_why(void)
{
    const order base = {64 * MIB, MIB, "broken", "init.lua", "", 1, 0};
    order o = base;
    o.text = "local x = = 1";
    check_order(o, "EORGANISM", "broken/init.lua:1:");
    o.text = "error 'not today'";
    check_order(o, "EORGANISM", "not today");
    o.text = "return 1";
    check_order(o, "EORGANISM", "returns a table");
    o.text = "return { build = function(cell, process) process 'p' { species = 3 } end }";
    check_order(o, "EORGANISM", "species");
    o.text = "return require 'broken.part'";
    check_order(o, "EORGANISM", "no module 'broken.part'");
    o.file = "other.lua";
    check_order(o, "EORGANISM", "no module 'broken'");
    o = base;
    o.text = "progress(0.5) return 1"; /* there is no call it could be the progress of */
    check_order(o, "EORGANISM", "returns a table");
}

static void check_broken_off(const bx_buffer *payload, bx_frame_type type, uint64_t call)
{
    guest g = start_guest();
    bx_frame frame;
    pid_t worker = worker_of(&g);
    execute(&g, 2, 0, "progress(0) while true do end");
    CHECK(receive(&g, &frame) == BX_FRAME_PROGRESS);
    send_frame(&g, type, call, payload);
    CHECK(receive(&g, &frame) == GONE);
    CHECK(wait_for_end(&g) == EXIT_FAILURE);
    CHECK(is_gone(worker));
    finish(&g);
}

static void a_host_that_breaks_the_protocol_is_left(void)
{
    bx_buffer one = {0}, call = {0};
    bx_write_nil(&one);
    begin_execute(&call, 0, "return 1");
    bx_write_nil(&call);
    check_broken_off(NULL, BX_FRAME_HELLO, 0);
    check_broken_off(&one, BX_FRAME_REPLY, 2);
    check_broken_off(NULL, BX_FRAME_SPAWN, 0);
    check_broken_off(NULL, BX_FRAME_PONG, 0);
    check_broken_off(&one, BX_FRAME_INTERRUPT, 0);
    check_broken_off(&one, BX_FRAME_PING, 0);
    check_broken_off(&call, BX_FRAME_CALL, 3); /* one is open */
    check_broken_off(NULL, (bx_frame_type)99, 0);
    bx_buffer_free(&one);
    bx_buffer_free(&call);
}

static void calls_without_a_head_are_refused(void)
{
    static const double timeouts[] = {-1, NAN};
    for (size_t i = 0; i < 2; i++) {
        guest g = start_guest();
        bx_frame frame;
        execute(&g, 2, timeouts[i], "return 1");
        CHECK(receive(&g, &frame) == GONE);
        CHECK(wait_for_end(&g) == EXIT_FAILURE);
        finish(&g);
    }
    guest g = start_guest();
    bx_frame frame;
    send_frame(&g, BX_FRAME_CALL, 2, NULL);
    CHECK(receive(&g, &frame) == GONE);
    CHECK(wait_for_end(&g) == EXIT_FAILURE);
    finish(&g);
}

static void large_frames_stream_through(void)
{
    enum { LARGE = 8 * MIB };
    guest g = start_guest();
    bx_buffer payload = {0};
    bx_frame frame = {0};
    char *text = malloc(LARGE);
    for (size_t i = 0; i < LARGE; i++)
        text[i] = (char)(i * 7 + i / 4096);
    begin_execute(&payload, 0, "return args");
    bx_write_string(&payload, text, LARGE);
    send_frame(&g, BX_FRAME_CALL, 2, &payload);
    for (uint64_t number = 1; number <= 5; number++)
        send_frame(&g, BX_FRAME_PING, number, NULL);
    uint64_t pongs = 0;
    int type;
    while ((type = receive(&g, &frame)) == BX_FRAME_PONG)
        CHECK(frame.call == ++pongs);
    CHECK(type == BX_FRAME_REPLY);
    bx_token result = type == BX_FRAME_REPLY ? value_of(&frame, 1) : (bx_token){0};
    CHECK(result.type == BX_TOKEN_STRING && result.length == LARGE &&
          memcmp(result.bytes, text, LARGE) == 0);
    for (; pongs < 5; pongs++)
        CHECK(receive(&g, &frame) == BX_FRAME_PONG && frame.call == pongs + 1);
    check_ping(&g, 6);
    free(text);
    bx_buffer_free(&payload);
    finish(&g);
}

static void a_terminal_is_refused(void)
{
    char path[PATH_MAX];
    int from[2], status = 0;
    char said[1024] = "";
    program_path(path, sizeof path);
    int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0 || grantpt(terminal) < 0 || unlockpt(terminal) < 0 ||
        pipe2(from, O_CLOEXEC) < 0)
        return;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(open(ptsname(terminal), O_RDWR | O_NOCTTY), STDIN_FILENO);
        dup2(from[1], STDERR_FILENO);
        execl(path, "bioxen-worker", "--stdio", (char *)NULL);
        _exit(126);
    }
    close(from[1]);
    CHECK(read(from[0], said, sizeof said - 1) > 0);
    CHECK(strstr(said, "usage: ") == said && strstr(said, "--stdio"));
    waitpid(pid, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 2);
    close(from[0]);
    close(terminal);
}

/* ---- workers that do what they like ---- */

static int worker_socket;

static void write_frame(bx_frame_type type, uint64_t call, const void *payload, size_t length)
{
    bx_buffer frame = {0};
    size_t start = bx_frame_begin(&frame, type, call);
    bx_buffer_append(&frame, payload, length);
    bx_frame_end(&frame, start, NULL);
    for (size_t sent = 0; sent < frame.length;) {
        ssize_t part = send(worker_socket, frame.data + sent, frame.length - sent, MSG_NOSIGNAL);
        if (part <= 0)
            _exit(3);
        sent += (size_t)part;
    }
    bx_buffer_free(&frame);
}

static void answer(bx_frame_type type, uint64_t call)
{
    write_frame(type, call, "\xc0", 1);
}

static uint64_t read_call(void)
{
    uint8_t bytes[4096];
    bx_frame frame;
    size_t length = 0, used;
    int got;
    while ((got = bx_frame_parse(bytes, length, &frame, &used, NULL)) == 0) {
        ssize_t part = recv(worker_socket, bytes + length, sizeof bytes - length, 0);
        if (part <= 0)
            _exit(4);
        length += (size_t)part;
    }
    return got > 0 ? frame.call : 0;
}

static volatile sig_atomic_t interrupts;

static void count_interrupt(int number)
{
    (void)number;
    interrupts++;
}

static void heed_interrupts(void)
{
    struct sigaction action = {.sa_handler = count_interrupt, .sa_flags = SA_RESTART};
    sigaction(SIGUSR1, &action, NULL);
}

/* Answers each call at its third interrupt. */
static void work_until_interrupted(int socket)
{
    heed_interrupts();
    worker_socket = socket;
    for (;;) {
        uint64_t call = read_call();
        interrupts = 0;
        answer(BX_FRAME_PROGRESS, call);
        while (interrupts < 3)
            usleep(100);
        answer(BX_FRAME_ERROR, call);
    }
}

static void interrupts_are_repeated(void)
{
    guest g = start_supervisor(work_until_interrupted);
    bx_frame frame;
    execute(&g, 1, 0, "");
    CHECK(receive(&g, &frame) == BX_FRAME_PROGRESS);
    send_signal(&g, BX_FRAME_INTERRUPT);
    CHECK(receive(&g, &frame) == BX_FRAME_ERROR && frame.call == 1);
    int64_t began = bx_clock_now();
    execute(&g, 2, 0.05, ""); /* the host is silent */
    CHECK(receive(&g, &frame) == BX_FRAME_PROGRESS);
    CHECK(receive(&g, &frame) == BX_FRAME_ERROR && frame.call == 2);
    CHECK(bx_clock_now() - began > 140000000);
    int64_t until = bx_clock_after(0.1); /* the kill was called off */
    while (bx_clock_now() < until)
        check_ping(&g, 1);
    execute(&g, 3, 0, "");
    CHECK(receive(&g, &frame) == BX_FRAME_PROGRESS);
    send_signal(&g, BX_FRAME_INTERRUPT);
    CHECK(receive(&g, &frame) == BX_FRAME_ERROR && frame.call == 3);
    CHECK(finish(&g) == 0);
}

/* Its supervisor has no processor time from the interrupt till long after the answer. */
static void work_beside_a_starved_supervisor(int socket)
{
    char state = 0;
    int parent;
    unsigned long ticks;
    heed_interrupts();
    worker_socket = socket;
    uint64_t call = read_call();
    while (!interrupts)
        usleep(100);
    kill(getppid(), SIGSTOP);
    while (state != 'T' && process_state(getppid(), &state, &parent, &ticks))
        usleep(100);
    answer(BX_FRAME_ERROR, call);
    for (int64_t until = bx_clock_after(0.6); bx_clock_now() < until;)
        usleep(1000);
    kill(getppid(), SIGCONT);
    answer(BX_FRAME_REPLY, read_call());
    pause();
}

static void an_answer_that_is_read_late_was_in_time(void)
{
    guest g = start_supervisor(work_beside_a_starved_supervisor);
    bx_frame frame;
    execute(&g, 1, 0.05, "");
    CHECK(receive(&g, &frame) == BX_FRAME_ERROR && frame.call == 1);
    execute(&g, 2, 0, "");
    CHECK(receive(&g, &frame) == BX_FRAME_REPLY && frame.call == 2);
    CHECK(finish(&g) == 0);
}

static void work_not(int socket)
{
    signal(SIGUSR1, SIG_IGN);
    worker_socket = socket;
    answer(BX_FRAME_PROGRESS, read_call());
    answer(BX_FRAME_REPLY, 999); /* of no call */
    for (;;)
        pause();
}

static void what_does_not_stop_is_killed(void)
{
    guest g = start_supervisor(work_not);
    bx_frame frame;
    int64_t began = bx_clock_now();
    execute(&g, 1, 0.05, "");
    CHECK(receive(&g, &frame) == BX_FRAME_PROGRESS);
    CHECK(receive(&g, &frame) == BX_FRAME_REPLY && frame.call == 999);
    check_exit(&g, BX_EXIT_DEADLINE << 8);
    int64_t took = bx_clock_now() - began;
    CHECK(took > 195000000 && took < PATIENCE * INT64_C(1000000000) / 10);
    finish(&g);
}

static void work_and_exit(int socket)
{
    static uint8_t much[300000] = {0xc0};
    worker_socket = socket;
    answer(BX_FRAME_HELLO, 0);
    for (int i = 0; i < 50; i++)
        write_frame(BX_FRAME_OUTPUT, 1, much, sizeof much);
    _exit(7);
}

static void the_last_words_arrive(void)
{
    guest g = start_supervisor(work_and_exit);
    bx_frame frame;
    CHECK(receive(&g, &frame) == BX_FRAME_HELLO);
    for (int i = 0; i < 50; i++)
        CHECK(receive(&g, &frame) == BX_FRAME_OUTPUT && frame.length == 300000);
    check_exit(&g, 7 << 8);
    finish(&g);
}

static void work_and_crash(int socket)
{
    (void)socket;
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
}

static void work_with_a_call(int socket)
{
    worker_socket = socket;
    answer(BX_FRAME_HELLO, 0);
    answer(BX_FRAME_CALL, 0);
    answer(BX_FRAME_OUTPUT, 0);
    pause();
}

static void work_with_an_absurd_length(int socket)
{
    worker_socket = socket;
    answer(BX_FRAME_HELLO, 0);
    send(socket, "\xff\xff\xff\xff\x05\0\0\0\0\0\0\0\0\0\0\0", 16, 0);
    pause();
}

static void work_with_an_unfinished_head(int socket)
{
    worker_socket = socket;
    answer(BX_FRAME_HELLO, 0);
    send(socket, "\xff\0\0\0\x05", 5, 0);
}

static void work_with_an_unfinished_frame(int socket)
{
    worker_socket = socket;
    answer(BX_FRAME_HELLO, 0);
    send(socket, "\xff\xff\xff\0\x05\0\0\0\0\0\0\0\0\0\0\0 ", 17, 0);
}

static void work_without_a_socket(int socket)
{
    worker_socket = socket;
    answer(BX_FRAME_HELLO, 0);
    close(socket);
    pause();
}

static void a_worker_that_breaks_the_protocol_is_killed(void)
{
    static void (*const tricks[])(int) = {work_with_a_call, work_with_an_absurd_length,
                                          work_without_a_socket};
    bx_frame frame;
    for (size_t i = 0; i < 3; i++) {
        guest g = start_supervisor(tricks[i]);
        CHECK(receive(&g, &frame) == BX_FRAME_HELLO);
        check_exit(&g, SIGKILL);
        finish(&g);
    }
    guest g = start_supervisor(work_with_an_unfinished_head);
    CHECK(receive(&g, &frame) == BX_FRAME_HELLO);
    check_exit(&g, 0);
    finish(&g);
    g = start_supervisor(work_and_crash);
    check_exit(&g, SIGSEGV);
    finish(&g);
}

static void half_a_frame_is_not_told_as_an_end(void)
{
    guest g = start_supervisor(work_with_an_unfinished_frame);
    bx_frame frame;
    CHECK(receive(&g, &frame) == BX_FRAME_HELLO);
    CHECK(receive(&g, &frame) == GONE);
    CHECK(wait_for_end(&g) == EXIT_FAILURE);
    finish(&g);
}

static void work_with_much_output(int socket)
{
    static uint8_t much[4 * MIB] = {0xc0};
    worker_socket = socket;
    uint64_t call = read_call();
    for (;;)
        write_frame(BX_FRAME_OUTPUT, call, much, sizeof much);
}

/* The worker is always in the middle of a frame, and the host reads nothing for a while. */
static void a_large_frame_is_never_cut(void)
{
    guest g = start_supervisor(work_with_much_output);
    bx_frame frame = {0};
    execute(&g, 1, 0, "");
    CHECK(wait_for(g.from, POLLIN, bx_clock_after(PATIENCE)));
    pid_t worker = worker_of(&g);
    for (int turn = 0; turn < 5; turn++) {
        send_signal(&g, BX_FRAME_SUSPEND);
        send_frame(&g, BX_FRAME_PING, 5, NULL);
        int type;
        while ((type = receive(&g, &frame)) == BX_FRAME_OUTPUT)
            CHECK(frame.length == 4 * MIB);
        CHECK(type == BX_FRAME_PONG);
        check_standstill(&g, worker, 0.01);
        send_signal(&g, BX_FRAME_WAKE);
        CHECK(receive(&g, &frame) == BX_FRAME_OUTPUT);
    }
    CHECK(finish(&g) == 0);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    RUN(calls_are_answered);
    RUN(the_last_bit_is_the_same_everywhere);
    RUN(output_comes_before_the_answer);
    RUN(an_interrupt_keeps_the_state);
    RUN(a_deadline_holds_without_a_host);
    RUN(a_deadline_is_of_the_wall_clock);
    RUN(a_suspended_worker_stands_still);
    RUN(pings_are_answered_while_it_is_busy);
    RUN(the_end_of_the_worker_is_told);
    RUN(descriptors_left_open_are_closed);
    RUN(the_worker_ends_with_its_host);
    RUN(guests_of_an_old_kernel_do_as_well);
    RUN(signals_end_both);
    RUN(malformed_orders_are_refused);
    RUN(other_beginnings_are_refused);
    RUN(organisms_that_do_not_load_say_why);
    RUN(a_host_that_breaks_the_protocol_is_left);
    RUN(calls_without_a_head_are_refused);
    RUN(large_frames_stream_through);
    RUN(a_terminal_is_refused);
    RUN(interrupts_are_repeated);
    RUN(an_answer_that_is_read_late_was_in_time);
    RUN(what_does_not_stop_is_killed);
    RUN(the_last_words_arrive);
    RUN(a_worker_that_breaks_the_protocol_is_killed);
    RUN(half_a_frame_is_not_told_as_an_end);
    RUN(a_large_frame_is_never_cut);
    return test_end();
}
