#include "cli/transcript.h"

#include "core/clock.h"
#include "core/error.h"
#include "values/error.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STREAMS = 2 }; /* standard output and standard error */
#define PATIENCE 2.0  /* seconds for what holds a stream open beyond our end */
#define PAUSE 1000000 /* nanoseconds */

static pid_t writer; /* 0: none */
static int before[STREAMS];

/* ---- the writer, a process of its own ---- */

static bool write_all(int descriptor, const char *bytes, ssize_t length)
{
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, (size_t)length);
        if (written < 0 && errno != EINTR)
            return false;
        bytes += written > 0 ? written : 0;
        length -= written > 0 ? written : 0;
    }
    return true;
}

/* Pass on what there is. False: the stream has ended, or nobody reads it any more. */
static bool pass_on(int from, int to, int file)
{
    char piece[65536];
    ssize_t got = read(from, piece, sizeof piece);
    if (got < 0)
        return errno == EINTR;
    write_all(file, piece, got);
    return got > 0 && write_all(to, piece, got);
}

static void run_writer(const int streams[STREAMS], int file)
{
    static const int ignored[] = {SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGPIPE};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    struct pollfd polls[STREAMS];
    for (int i = 0; i < STREAMS; i++)
        polls[i] = (struct pollfd){streams[i], POLLIN, 0};
    while (polls[0].fd >= 0 || polls[1].fd >= 0) {
        if (poll(polls, STREAMS, -1) < 0) {
            if (errno != EINTR)
                _exit(EXIT_FAILURE);
            continue;
        }
        for (int i = 0; i < STREAMS; i++)
            if (polls[i].revents && !pass_on(polls[i].fd, STDOUT_FILENO + i, file)) {
                close(polls[i].fd);
                polls[i] = (struct pollfd){.fd = -1};
            }
    }
    _exit(0);
}

/* ---- this process ---- */

/* Fork the writer, and put the ends that it reads in the place of our streams. */
static int start_writer(int file)
{
    int out[2], err[2];
    if (pipe2(out, O_CLOEXEC) < 0)
        return -1;
    if (pipe2(err, O_CLOEXEC) < 0) {
        close(out[0]);
        close(out[1]);
        return -1;
    }
    fflush(NULL);
    writer = fork();
    if (writer == 0) {
        close(out[1]);
        close(err[1]);
        run_writer((int[]){out[0], err[0]}, file);
    }
    if (writer > 0) {
        before[0] = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        before[1] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        dup2(out[1], STDOUT_FILENO);
        dup2(err[1], STDERR_FILENO);
    }
    for (int i = 0; i < 2; i++) {
        close(out[i]);
        close(err[i]);
    }
    return writer > 0 ? 0 : -1;
}

static int begin(lua_State *L)
{
    int file = (int)luaL_checkinteger(L, 1);
    luaL_argcheck(L, writer == 0, 1, "there is a transcript already");
    int started = start_writer(file);
    int failed = errno;
    close(file);
    if (started < 0) {
        bx_error error;
        writer = 0;
        bx_fail_errno(&error, BX_ESYSTEM, failed, "cannot keep what is written");
        return bx_lua_fail(L, &error, NULL);
    }
    lua_pushinteger(L, before[1]);
    return 1;
}

/* The writer ends with the streams; a child that keeps one open is not waited for. */
static void await_writer(void)
{
    int64_t deadline = bx_clock_after(PATIENCE);
    while (waitpid(writer, NULL, WNOHANG) == 0 && bx_clock_now() < deadline)
        nanosleep(&(struct timespec){.tv_nsec = PAUSE}, NULL);
}

static int finish(lua_State *L)
{
    (void)L;
    if (writer == 0)
        return 0;
    fflush(NULL);
    for (int i = 0; i < STREAMS; i++) {
        dup2(before[i], STDOUT_FILENO + i);
        close(before[i]);
    }
    await_writer();
    writer = 0;
    return 0;
}

static const luaL_Reg functions[] = {{"begin", begin}, {"finish", finish}, {NULL, NULL}};

int luaopen_bioxen_transcript(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
