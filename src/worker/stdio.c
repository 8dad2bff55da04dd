#include "worker/stdio.h"

#include "inside/interrupt.h"
#include "inside/module.h"
#include "wire/server.h"
#include "worker/jail.h"
#include "worker/spawn.h"
#include "worker/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SPAWN_SECONDS = 30, /* to hear what to load: somebody may have started this by accident */
    LOAD_SECONDS = 60,  /* to load it */
    READ_PIECE = 64 << 10,
    NAME_SIZE = 80
};

static const int64_t least_memory = INT64_C(4) << 20, most_memory = INT64_C(1) << 40;
static const int64_t most_output = INT64_C(1) << 30;

/* ---- the process ---- */

static bool is_environment_clean(void)
{
    return environ && environ[0] && strcmp(environ[0], BX_WORKER_ENVIRONMENT) == 0 && !environ[1];
}

static void clean_environment(bool again)
{
    char *argv[] = {(char *)"bioxen-worker", (char *)BX_STDIO_OPTION, (char *)BX_STDIO_AGAIN, NULL};
    char *environment[] = {(char *)BX_WORKER_ENVIRONMENT, NULL};
    if (is_environment_clean())
        return;
    if (!again)
        execve("/proc/self/exe", argv, environment);
    fprintf(stderr, "bioxen-worker: cannot start itself again by /proc/self/exe\n");
    _exit(EXIT_FAILURE);
}

/* Whoever started this may have left signals ignored or blocked. */
static int prepare_signals(void)
{
    static const int fatal[] = {SIGHUP, SIGINT, SIGTERM, SIGALRM};
    sigset_t none;
    sigemptyset(&none);
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        if (signal(fatal[i], SIG_DFL) == SIG_ERR)
            return -1;
    if (signal(SIGCHLD, SIG_DFL) == SIG_ERR || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return -1;
    return sigprocmask(SIG_SETMASK, &none, NULL);
}

static int prepare_descriptors(void)
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDOUT_FILENO; descriptor++) {
        int flags = fcntl(descriptor, F_GETFL);
        if (flags < 0 || fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) < 0)
            return -1;
    }
#ifndef BIOXEN_SANITIZE /* whose reports go to stderr */
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nowhere < 0 || dup2(nowhere, STDERR_FILENO) < 0)
        return -1;
#endif
    return bx_jail_close_from(STDERR_FILENO + 1);
}

/* For the supervisor: it needs no rights but to signal its child, who is of the same user. The
 * child's jail sees to itself, so that a failure here is no reason to end. */
static void confine(void)
{
    bx_error ignored;
    bx_jail_volunteer();
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    bx_jail_drop_root(0, &ignored);
    prctl(PR_SET_DUMPABLE, 0);
}

/* ---- the handshake; SIGALRM bounds it ---- */

static void write_all(const bx_buffer *bytes)
{
    if (bx_answer_write(STDOUT_FILENO, bytes->data, bytes->length) < 0)
        _exit(BX_EXIT_HOST_GONE);
}

/* Say why there will be no worker. */
_Noreturn static void give_up(const bx_error *err)
{
    bx_buffer frame = {0};
    bx_failure failure = {.code = bx_code_describe(err->code)->name, .message = err->message};
    if (bx_answer_error(&frame, 0, 0, &failure, NULL) == 0)
        write_all(&frame);
    _exit(EXIT_FAILURE);
}

static void greet(void)
{
    bx_buffer frame = {0};
    if (bx_answer_hello(&frame, NULL) < 0)
        _exit(EXIT_FAILURE);
    write_all(&frame);
    bx_buffer_free(&frame);
}

/* Read until `length` bytes are in, and not one more. */
static int read_up_to(bx_buffer *in, size_t length, bx_error *err)
{
    while (in->length < length) {
        size_t left = length - in->length, piece = left < READ_PIECE ? left : READ_PIECE;
        if (bx_buffer_reserve(in, piece) < 0)
            return bx_fail_memory(err);
        ssize_t got = read(STDIN_FILENO, in->data + in->length, piece);
        if (got == 0 || (got < 0 && errno != EINTR))
            _exit(BX_EXIT_HOST_GONE);
        if (got > 0)
            in->length += (size_t)got;
    }
    return 0;
}

/* One frame; what follows it is the supervisor's to read. */
static int read_frame(bx_buffer *in, bx_frame *frame, bx_error *err)
{
    size_t used;
    bx_frame_head head;
    if (read_up_to(in, BX_FRAME_HEAD, err) < 0 || bx_frame_read_head(in->data, &head, err) < 0 ||
        read_up_to(in, BX_FRAME_HEAD + head.length, err) < 0)
        return -1;
    return bx_frame_parse(in->data, in->length, frame, &used, err) == 1 ? 0 : -1;
}

static int read_limit(bx_reader *reader, int64_t least, int64_t most, const char *what,
                      uint64_t *limit, bx_error *err)
{
    bx_token token;
    if (bx_read_as(reader, BX_TOKEN_INTEGER, &token, err) < 0)
        return -1;
    if (token.integer < least || token.integer > most)
        return bx_fail(err, BX_EPROTOCOL, "a limit of %lld bytes of %s", (long long)token.integer,
                       what);
    *limit = (uint64_t)token.integer;
    return 0;
}

/* A string that is a name, copied to `name`. */
static int read_name(bx_reader *reader, const char *ending, char *name, size_t size, bx_error *err)
{
    bx_token token;
    if (bx_read_as(reader, BX_TOKEN_STRING, &token, err) < 0)
        return -1;
    if (token.length >= size || memchr(token.bytes, 0, token.length))
        return bx_fail(err, BX_EPROTOCOL, "a name of %u bytes, or with a zero byte", token.length);
    memcpy(name, token.bytes, token.length);
    name[token.length] = '\0';
    if (!bx_module_is_name(name, ending))
        return bx_fail(err, BX_EPROTOCOL, "\"%s\" is no name", name);
    return 0;
}

/* A map of files, checked and passed over. */
static int read_files(bx_reader *reader, bx_order_files *files, bx_error *err)
{
    char name[NAME_SIZE];
    bx_token map, text;
    if (bx_read_as(reader, BX_TOKEN_MAP, &map, err) < 0)
        return -1;
    *files = (bx_order_files){map.count, *reader};
    for (uint32_t i = 0; i < map.count; i++)
        if (read_name(reader, ".lua", name, sizeof name, err) < 0 ||
            bx_read_as(reader, BX_TOKEN_STRING, &text, err) < 0)
            return -1;
    return 0;
}

int bx_stdio_read_order(const uint8_t *payload, size_t length, bx_order *order, bx_error *err)
{
    bx_token unconfined;
    bx_reader reader = {payload, payload + length};
    *order = (bx_order){0};
    if (bx_value_check(payload, length, 6, err) < 0 ||
        read_limit(&reader, least_memory, most_memory, "memory", &order->request.memory_limit,
                   err) < 0 ||
        read_limit(&reader, 0, most_output, "output", &order->request.output_limit, err) < 0 ||
        bx_read_as(&reader, BX_TOKEN_BOOLEAN, &unconfined, err) < 0 ||
        read_name(&reader, "", order->organism, sizeof order->organism, err) < 0 ||
        read_files(&reader, &order->files, err) < 0 ||
        read_files(&reader, &order->library, err) < 0)
        return -1;
    order->request.unconfined = unconfined.boolean;
    return 0;
}

/* ---- the worker ---- */

static int take_files(const char *group, bx_order_files *files, bx_error *err)
{
    char name[NAME_SIZE];
    bx_token text;
    for (uint32_t i = 0; i < files->count; i++)
        if (read_name(&files->reader, ".lua", name, sizeof name, err) < 0 ||
            bx_read_as(&files->reader, BX_TOKEN_STRING, &text, err) < 0 ||
            bx_module_add(group, name, text.bytes, text.length, err) < 0)
            return -1;
    return 0;
}

static int read_spawn(bx_order *order, bx_error *err)
{
    bx_buffer in = {.limit = BX_FRAME_HEAD + BX_FRAME_LIMIT};
    bx_frame frame;
    int status = read_frame(&in, &frame, err);
    if (status == 0 && frame.type != BX_FRAME_SPAWN)
        status = bx_fail(err, BX_EPROTOCOL,
                         "a frame of type %d, where the worker is to be told "
                         "what to load",
                         frame.type);
    if (status == 0)
        status = bx_stdio_read_order(frame.payload, frame.length, order, err);
    if (status == 0)
        status = take_files(order->organism, &order->files, err);
    if (status == 0)
        status = take_files("library", &order->library, err);
    bx_buffer_free(&in);
    return status;
}

static int load(bx_worker *worker, const bx_order *order, bx_error *err)
{
    memcpy(worker->organism, order->organism, sizeof worker->organism);
    bx_spawn_prepare();
    if (bx_spawn_open_lua(worker, err) < 0)
        return -1;
    if (bx_interrupt_install() < 0)
        return bx_fail_errno(err, BX_ESTART, errno, "cannot set up signals");
    return 0;
}

/* -1, or this is the supervisor's side. */
static int start_worker(bx_worker *worker, const bx_spawn_request *request, pid_t *pid, int *socket,
                        bx_error *err)
{
    int ends[2];
    pid_t self = getpid();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return bx_fail_errno(err, BX_ESTART, errno, "cannot make a socket pair");
    *pid = fork();
    if (*pid == 0)
        bx_spawn_become_worker(worker, ends[1], request, self);
    int failure = errno;
    close(ends[1]);
    if (*pid < 0)
        return bx_fail_errno(err, BX_ESTART, failure, "cannot start a worker");
    *socket = ends[0];
    return 0;
}

_Noreturn void bx_stdio_run(bool again)
{
    static bx_worker worker;
    bx_order order;
    bx_error err;
    pid_t pid;
    int socket;
    clean_environment(again);
    if (prepare_signals() < 0 || prepare_descriptors() < 0)
        _exit(EXIT_FAILURE);
    confine();
    alarm(SPAWN_SECONDS);
    greet();
    if (read_spawn(&order, &err) < 0)
        give_up(&err);
    alarm(LOAD_SECONDS);
    if (load(&worker, &order, &err) < 0)
        give_up(&err);
    alarm(0);
    if (start_worker(&worker, &order.request, &pid, &socket, &err) < 0)
        give_up(&err);
    bx_supervisor_run(pid, socket);
}
