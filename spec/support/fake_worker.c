/* A worker program that misbehaves. It serves as a zygote; its workers greet and set up as they
 * should, then do with the first call what its code says: see `tricks`. */
#include "core/buffer.h"
#include "wire/frame.h"
#include "wire/value.h"
#include "wire/zygote.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int worker; /* the socket of a worker */

static void send_all(const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length > 0) {
        ssize_t sent = write(worker, at, length);
        if (sent <= 0)
            _exit(0);
        at += sent;
        length -= (size_t)sent;
    }
}

static void send_frame(bx_buffer *out, size_t start)
{
    bx_frame_end(out, start, NULL);
    send_all(out->data, out->length);
    out->length = 0;
}

static void send_hello(const char *version)
{
    bx_buffer out = {0};
    size_t start = bx_frame_begin(&out, BX_FRAME_HELLO, 0);
    bx_write_text(&out, version);
    send_frame(&out, start);
}

/* A whole reply of call `id` with the result 1. */
static size_t make_reply(bx_buffer *out, uint64_t id)
{
    size_t start = bx_frame_begin(out, BX_FRAME_REPLY, id);
    bx_write_float(out, 0);
    bx_write_integer(out, 1);
    bx_frame_end(out, start, NULL);
    return out->length;
}

static void reply(uint64_t id)
{
    bx_buffer out = {0};
    make_reply(&out, id);
    send_all(out.data, out.length);
}

static void send_raw_head(uint32_t length, uint8_t type, uint64_t id)
{
    uint8_t head[BX_FRAME_HEAD] = {(uint8_t)length, (uint8_t)(length >> 8), (uint8_t)(length >> 16),
                                   (uint8_t)(length >> 24), type};
    head[8] = (uint8_t)id;
    send_all(head, sizeof head);
}

static void wait_for_ever(void)
{
    for (;;)
        pause();
}

static void cut(uint64_t id)
{
    send_raw_head(100, BX_FRAME_REPLY, id);
    _exit(0);
}

static void cut_and_wait(uint64_t id)
{
    send_raw_head(100, BX_FRAME_REPLY, id);
    wait_for_ever();
}

static void oversized(uint64_t id)
{
    send_raw_head(UINT32_MAX, BX_FRAME_REPLY, id);
    wait_for_ever();
}

static void unknown_type(uint64_t id)
{
    send_raw_head(0, 77, id);
    wait_for_ever();
}

static void wrong_id(uint64_t id)
{
    reply(id + 1);
    wait_for_ever();
}

static void second_hello(uint64_t id)
{
    (void)id;
    send_hello(BX_PROTOCOL_VERSION);
    wait_for_ever();
}

static void host_frame(uint64_t id)
{
    send_raw_head(0, BX_FRAME_CALL, id);
    wait_for_ever();
}

static void twice(uint64_t id)
{
    reply(id);
    reply(id);
    wait_for_ever();
}

static void unsolicited(uint64_t id)
{
    reply(id);
    usleep(20000); /* the host must be idle: nothing asks for this reply */
    reply(id + 1);
    wait_for_ever();
}

static void exits(uint64_t id)
{
    (void)id;
    _exit(0);
}

static void dies(uint64_t id)
{
    (void)id;
    raise(SIGKILL);
}

static void segfaults(uint64_t id)
{
    (void)id;
    signal(SIGSEGV, SIG_DFL); /* a sanitizer has a handler of its own */
    raise(SIGSEGV);
}

static void breaks_jail(uint64_t id)
{
    (void)id;
    raise(SIGSYS);
}

static void stops(uint64_t id)
{
    (void)id;
    raise(SIGSTOP);
    wait_for_ever();
}

static void closes(uint64_t id)
{
    (void)id;
    close(worker);
    wait_for_ever();
}

static void drips(uint64_t id)
{
    bx_buffer out = {0};
    make_reply(&out, id);
    for (size_t i = 0; i < out.length; i++) {
        send_all(out.data + i, 1);
        usleep(200000);
    }
    wait_for_ever();
}

static void floods(uint64_t id)
{
    static char text[1 << 20];
    for (;;) {
        bx_buffer out = {0};
        size_t start = bx_frame_begin(&out, BX_FRAME_OUTPUT, id);
        bx_write_string(&out, text, sizeof text);
        send_frame(&out, start);
        bx_buffer_free(&out);
    }
}

/* A reply whose payload is `bytes` after the simulated time. */
static void reply_with(uint64_t id, const void *bytes, size_t length)
{
    bx_buffer out = {0};
    size_t start = bx_frame_begin(&out, BX_FRAME_REPLY, id);
    bx_write_float(&out, 0);
    bx_buffer_append(&out, bytes, length);
    send_frame(&out, start);
    wait_for_ever();
}

static void bad_value(uint64_t id)
{
    reply_with(id, "\xc1", 1);
}

/* An error whose details hold one field more than they may, and the bytes of a value. */
static void fail_with(uint64_t id, const void *bytes, size_t length)
{
    bx_buffer out = {0};
    size_t start = bx_frame_begin(&out, BX_FRAME_ERROR, id);
    bx_write_float(&out, 0);
    bx_write_text(&out, "ESCRIPT");
    bx_write_text(&out, "raised");
    bx_write_map(&out, 3);
    bx_write_text(&out, "code");
    bx_write_text(&out, "EFORGED");
    bx_write_text(&out, "traceback");
    bx_write_integer(&out, 1);
    bx_write_text(&out, "value");
    bx_buffer_append(&out, bytes, length);
    send_frame(&out, start);
    wait_for_ever();
}

static void poses(uint64_t id)
{
    fail_with(id, "\x07", 1);
}

static void raises_badly(uint64_t id)
{
    fail_with(id, "\xc7\x01\x09\x00", 4);
}

static void trailing(uint64_t id)
{
    reply_with(id, "\x01\x02", 2);
}

static void huge_array(uint64_t id)
{
    reply_with(id, "\xdd\xff\xff\xff\xff", 5);
}

static void deep(uint64_t id)
{
    char bytes[100000];
    memset(bytes, 0x91, sizeof bytes);
    reply_with(id, bytes, sizeof bytes);
}

static void many_tables(uint64_t id)
{
    enum { COUNT = 4 << 20 };
    char *bytes = malloc(COUNT + 5);
    memcpy(bytes, "\xdd\x00\x40\x00\x00", 5);
    memset(bytes + 5, 0x90, COUNT);
    reply_with(id, bytes, COUNT + 5);
}

static void nan_key(uint64_t id)
{
    reply_with(id, "\x81\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00\x01", 11);
}

static void bad_trajectory(uint64_t id)
{
    reply_with(id, "\xc7\x08\x01\xff\xff\xff\xff\xff\xff\xff\xff", 11);
}

static void unknown_extension(uint64_t id)
{
    reply_with(id, "\xc7\x01\x09\x00", 4);
}

/* What costs its reader more than it takes to send. */

/* A table of `count` pairs whose keys are numbers that Lua puts into one chain. */
static void send_colliding(uint64_t id, uint32_t count, bool floats)
{
    bx_buffer out = {0};
    bx_write_map(&out, count);
    for (uint32_t i = 1; i <= count; i++) {
        if (floats)
            bx_write_float(&out, 0.5 + i * 0x1p-53);
        else
            bx_write_integer(&out, (int64_t)i * 131071);
        bx_write_nil(&out);
    }
    reply_with(id, out.data, out.length);
}

static void colliding_integers(uint64_t id)
{
    send_colliding(id, 130000, false);
}

static void colliding_floats(uint64_t id)
{
    send_colliding(id, 130000, true);
}

/* A trajectory's names, or a genome's sequences. */
static void send_parts(uint64_t id, int8_t extension, const bx_buffer *head, uint32_t count)
{
    bx_buffer object = {0}, out = {0};
    bx_buffer_append(&object, head->data, head->length);
    for (uint32_t i = 0; i < count; i++) {
        char part[16];
        int length = snprintf(part, sizeof part, "%c%07x", extension == 3 ? 'g' : 7, i);
        bx_buffer_append(&object, part, (size_t)length);
        if (extension == 3) /* the end of the id, no description, one base that is not known */
            bx_buffer_append(&object, "\0\0\1\0\0\0", 6);
    }
    bx_write_ext(&out, extension, object.data, object.length);
    reply_with(id, out.data, out.length);
}

static void put_fixed(bx_buffer *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        bx_buffer_append(out, &(char){(char)(value >> (8 * i))}, 1);
}

static void many_names(uint64_t id)
{
    enum { COUNT = 4000000 };
    bx_buffer head = {0};
    bx_buffer_append(&head, "BXT1", 4);
    put_fixed(&head, 1);
    put_fixed(&head, 0);
    put_fixed(&head, COUNT);
    bx_buffer_append(&head, "\3ode", 4);
    send_parts(id, 1, &head, COUNT);
}

static void many_sequences(uint64_t id)
{
    enum { COUNT = (1 << 20) - 1 };
    bx_buffer head = {0};
    bx_buffer_append(&head, "BXG1\xff\xff\x3f", 7);
    send_parts(id, 3, &head, COUNT);
}

static void many_objects(uint64_t id)
{
    enum { COUNT = 100000 };
    bx_buffer out = {0};
    bx_write_array(&out, COUNT);
    for (int i = 0; i < COUNT; i++)
        bx_write_ext(&out, 3, "BXG1\1c\0\0\1\0\0\0\0", 13);
    reply_with(id, out.data, out.length);
}

static const struct {
    const char *name;
    void (*play)(uint64_t id);
} tricks[] = {{"reply", reply},
              {"cut", cut},
              {"cut_and_wait", cut_and_wait},
              {"oversized", oversized},
              {"unknown_type", unknown_type},
              {"wrong_id", wrong_id},
              {"second_hello", second_hello},
              {"host_frame", host_frame},
              {"twice", twice},
              {"unsolicited", unsolicited},
              {"exits", exits},
              {"dies", dies},
              {"segfaults", segfaults},
              {"breaks_jail", breaks_jail},
              {"stops", stops},
              {"closes", closes},
              {"drips", drips},
              {"floods", floods},
              {"bad_value", bad_value},
              {"poses", poses},
              {"raises_badly", raises_badly},
              {"trailing", trailing},
              {"huge_array", huge_array},
              {"deep", deep},
              {"many_tables", many_tables},
              {"nan_key", nan_key},
              {"bad_trajectory", bad_trajectory},
              {"unknown_extension", unknown_extension},
              {"colliding_integers", colliding_integers},
              {"colliding_floats", colliding_floats},
              {"many_names", many_names},
              {"many_sequences", many_sequences},
              {"many_objects", many_objects}};

static void play(const bx_frame *frame)
{
    bx_reader reader = {frame->payload, frame->payload + frame->length};
    bx_token operation, timeout, code;
    bx_read(&reader, &operation, NULL);
    bx_read(&reader, &timeout, NULL);
    if ((operation.length == 5 && memcmp(operation.bytes, "setup", 5) == 0) ||
        (operation.length == 4 && memcmp(operation.bytes, "fork", 4) == 0)) { /* which is a lie */
        reply(frame->call);
        return;
    }
    bx_read(&reader, &code, NULL);
    for (size_t i = 0; i < sizeof tricks / sizeof *tricks; i++)
        if (strlen(tricks[i].name) == code.length &&
            memcmp(tricks[i].name, code.bytes, code.length) == 0)
            tricks[i].play(frame->call);
}

static void be_worker(const char *folder)
{
    bx_buffer in = {0};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGUSR1, SIG_IGN); /* it does not stop when asked to */
    send_hello(strstr(folder, "other_version") ? "bioxen-0 0.0.0" : BX_PROTOCOL_VERSION);
    for (;;) {
        bx_frame frame;
        size_t used;
        char piece[4096];
        ssize_t got = read(worker, piece, sizeof piece);
        if (got <= 0)
            _exit(0);
        bx_buffer_append(&in, piece, (size_t)got);
        while (bx_frame_parse(in.data, in.length, &frame, &used, NULL) == 1) {
            play(&frame);
            bx_buffer_consume(&in, used);
        }
    }
}

static void report(const bx_zygote_report *report_, int pidfd)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {(void *)report_, sizeof *report_};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (pidfd >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &pidfd, sizeof(int));
    }
    sendmsg(BX_ZYGOTE_DESCRIPTOR, &message, MSG_NOSIGNAL);
}

static struct {
    pid_t pid;
    uint64_t vm, fork; /* and the VM that was to be forked from it */
    int socket;        /* of that VM */
} children[256];
static size_t count;

static void end(pid_t pid, int status)
{
    for (size_t i = 0; i < count; i++) {
        if (children[i].pid != pid)
            continue;
        if (children[i].fork) {
            report(&(bx_zygote_report){.kind = BX_ZYGOTE_REFUSED, .vm = children[i].fork}, -1);
            close(children[i].socket);
        }
        report(
            &(bx_zygote_report){
                .kind = BX_ZYGOTE_EXITED, .pid = pid, .vm = children[i].vm, .status = status},
            -1);
    }
}

/* Nothing is forked, and nothing said of it. The socket stays open, as the true zygote's does: the
 * refusal is to be what the host hears first. */
static void keep_silent(const bx_spawn_request *request)
{
    for (size_t i = 0; i < count; i++)
        if (children[i].vm == request->of) {
            children[i].fork = request->vm;
            children[i].socket = worker;
        }
}

static void spawn(const char *folder, const bx_spawn_request *request)
{
    pid_t pid = fork();
    if (pid == 0) {
        close(BX_ZYGOTE_DESCRIPTOR);
        be_worker(folder);
    }
    close(worker);
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    report(&(bx_zygote_report){.kind = BX_ZYGOTE_SPAWNED, .pid = pid, .vm = request->vm}, pidfd);
    close(pidfd);
    if (count < 256) {
        children[count].pid = pid;
        children[count++].vm = request->vm;
    }
}

static void serve(const char *folder)
{
    bx_spawn_request request;
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {&request, sizeof request};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    if (recvmsg(BX_ZYGOTE_DESCRIPTOR, &message, 0) <= 0)
        _exit(0);
    memcpy(&worker, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof worker);
    if (request.of)
        keep_silent(&request);
    else
        spawn(folder, &request);
    /* Reaping is polled for: this program need not be quick. */
    for (struct pollfd control_socket = {BX_ZYGOTE_DESCRIPTOR, POLLIN, 0};;) {
        int status;
        for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) > 0;)
            end(ended, status);
        if (poll(&control_socket, 1, 2) > 0)
            return;
    }
}

int main(int argc, char **argv)
{
    if (argc != 5 || strcmp(argv[1], "--zygote") != 0)
        return 2;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    bx_zygote_report ready = {.kind = BX_ZYGOTE_READY, .status = 1};
    snprintf(ready.text, sizeof ready.text, "%s", BX_PROTOCOL_VERSION);
    report(&ready, -1);
    for (;;)
        serve(argv[2]);
}
