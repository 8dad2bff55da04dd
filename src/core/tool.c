#include "core/tool.h"

#include "core/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { IN, OUT, ERRORS, STREAMS };

/* The ends of its three streams: ours, and its own. */
typedef struct bx_ends {
    int ours[STREAMS];
    int its[STREAMS];
} bx_ends;

static void close_one(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

static void close_ends(int ends[STREAMS])
{
    for (int i = 0; i < STREAMS; i++)
        close_one(&ends[i]);
}

/* Its input is a socket, for writing to one raises no signal when nobody reads any more. */
static int open_ends(bx_ends *ends)
{
    int pair[2];
    for (int i = 0; i < STREAMS; i++)
        ends->ours[i] = ends->its[i] = -1;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return -1;
    ends->ours[IN] = pair[0];
    ends->its[IN] = pair[1];
    for (int i = OUT; i <= ERRORS; i++) {
        if (pipe2(pair, O_CLOEXEC) < 0)
            return -1;
        ends->ours[i] = pair[0];
        ends->its[i] = pair[1];
    }
    return 0;
}

/* 0, or the errno. */
static int spawn(char *const *argv, const bx_ends *ends, pid_t *pid)
{
    extern char **environ;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, pipes;
    sigemptyset(&none);
    sigemptyset(&pipes);
    sigaddset(&pipes, SIGPIPE);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &pipes);
    int failed = 0;
    for (int i = 0; i < STREAMS && !failed; i++)
        failed = posix_spawn_file_actions_adddup2(&actions, ends->its[i], i);
    if (!failed)
        failed = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failed;
}

static void feed(bx_tool *tool, int *end)
{
    ssize_t sent = send(*end, tool->input, tool->length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
        tool->input = (const char *)tool->input + sent;
        tool->length -= (size_t)sent;
    }
    if (tool->length == 0 || (sent < 0 && errno != EAGAIN && errno != EINTR))
        close_one(end);
}

/* -1 when it does not fit. */
static int take(bx_buffer *into, int *end)
{
    char piece[16384];
    ssize_t got = read(*end, piece, sizeof piece);
    if (got > 0)
        return bx_buffer_append(into, piece, (size_t)got);
    if (got == 0 || errno != EINTR)
        close_one(end);
    return 0;
}

static int move(bx_tool *tool, int ours[STREAMS], int64_t deadline, bx_error *err)
{
    while (ours[OUT] >= 0 || ours[ERRORS] >= 0) {
        struct pollfd polls[STREAMS] = {
            {ours[IN], POLLOUT, 0}, {ours[OUT], POLLIN, 0}, {ours[ERRORS], POLLIN, 0}};
        int wait = bx_clock_poll_timeout(deadline);
        if (wait == 0)
            return bx_fail(err, BX_ESYSTEM, "%s took more than %g s and was ended", tool->argv[0],
                           tool->timeout);
        if (poll(polls, STREAMS, wait) < 0) {
            if (errno != EINTR)
                return bx_fail_errno(err, BX_ESYSTEM, errno, "cannot wait for %s", tool->argv[0]);
            continue;
        }
        if (polls[IN].revents)
            feed(tool, &ours[IN]);
        if ((polls[OUT].revents && take(&tool->output, &ours[OUT]) < 0) ||
            (polls[ERRORS].revents && take(&tool->errors, &ours[ERRORS]) < 0))
            return bx_fail(err, BX_ESYSTEM, "%s wrote too much", tool->argv[0]);
    }
    return 0;
}

static int reap(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return 0; /* somebody else reaped it: what it wrote tells */
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int bx_tool_run(bx_tool *tool, bx_error *err)
{
    bx_ends ends;
    pid_t pid = 0;
    int64_t deadline = bx_clock_after(tool->timeout);
    int failed = open_ends(&ends) < 0 ? errno : spawn(tool->argv, &ends, &pid);
    close_ends(ends.its);
    if (failed) {
        close_ends(ends.ours);
        tool->absent = failed == ENOENT || failed == ENOTDIR;
        return bx_fail_errno(err, BX_ESYSTEM, failed, "cannot run %s", tool->argv[0]);
    }
    int result = move(tool, ends.ours, deadline, err);
    close_ends(ends.ours);
    if (result < 0)
        kill(pid, SIGKILL);
    tool->status = reap(pid);
    return result;
}
