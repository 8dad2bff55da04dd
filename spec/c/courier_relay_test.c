#include "courier/relay.h"
#include "courier/ssh_parts.h"

#include "wire/frame.h"
#include "wire/value.h"

#include "sshd.h"

#include <sys/resource.h>
#include <time.h>

/* The guest: this program again, started by sshd as `courier_relay_test --agent MODE`. */

static void write_all(int fd, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    while (length) {
        ssize_t now = write(fd, at, length);
        if (now <= 0)
            _exit(1);
        at += now;
        length -= (size_t)now;
    }
}

static void add_frame(bx_buffer *out, bx_frame_type type, uint64_t call, const void *payload,
                      size_t length)
{
    size_t start = bx_frame_begin(out, type, call);
    bx_buffer_append(out, payload, length);
    if (bx_frame_end(out, start, NULL) < 0)
        _exit(1);
}

static void say(bx_frame_type type, uint64_t call, const void *payload, size_t length)
{
    bx_buffer out = {0};
    add_frame(&out, type, call, payload, length);
    write_all(1, out.data, out.length);
    bx_buffer_free(&out);
}

static void greet(const char *version)
{
    bx_buffer text = {0};
    bx_write_text(&text, version);
    say(BX_FRAME_HELLO, 0, text.data, text.length);
    bx_buffer_free(&text);
}

/* The next frame of `fd`, kept in `in` until the next call. False at the end. */
static bool next_frame(int fd, bx_buffer *in, size_t *taken, bx_frame *frame)
{
    bx_buffer_consume(in, *taken);
    *taken = 0;
    for (;;) {
        int status = bx_frame_parse(in->data, in->length, frame, taken, NULL);
        if (status != 0)
            return status > 0;
        if (bx_buffer_reserve(in, 1 << 16) < 0)
            return false;
        ssize_t got = read(fd, in->data + in->length, in->capacity - in->length);
        if (got <= 0)
            return false;
        in->length += (size_t)got;
    }
}

/* Answer calls and pings until told to end. */
static void answer(bool pings, bool in_drops)
{
    bx_buffer in = {0}, out = {0};
    size_t taken = 0;
    bx_frame frame;
    while (next_frame(0, &in, &taken, &frame)) {
        out.length = 0;
        if (frame.type == BX_FRAME_CALL)
            add_frame(&out, BX_FRAME_REPLY, frame.call, frame.payload, frame.length);
        else if (frame.type == BX_FRAME_PING && pings)
            add_frame(&out, BX_FRAME_PONG, frame.call, NULL, 0);
        else if (frame.type == BX_FRAME_SPAWN)
            add_frame(&out, BX_FRAME_HELLO, 0, frame.payload, frame.length);
        else if (frame.type == BX_FRAME_SUSPEND)
            pings = false;
        for (size_t i = 0; in_drops && i < out.length; i++)
            write_all(1, out.data + i, 1);
        if (!in_drops)
            write_all(1, out.data, out.length);
    }
    bx_buffer_free(&in);
    bx_buffer_free(&out);
}

/* Read nothing, but end with the connection. */
static void wait_for_hang_up(void)
{
    struct pollfd input = {0, 0, 0};
    poll(&input, 1, -1);
}

static void flood(void)
{
    static uint8_t piece[10000];
    for (;;)
        say(BX_FRAME_OUTPUT, 1, piece, sizeof piece);
}

/* One frame that must not be, between two good ones. */
static void break_protocol(const char *how)
{
    static const uint8_t long_head[BX_FRAME_HEAD] = {0xff, 0xff, 0xff, 0xff, BX_FRAME_OUTPUT};
    static const uint8_t unknown[BX_FRAME_HEAD] = {0, 0, 0, 0, 200};
    say(BX_FRAME_OUTPUT, 0, "x", 1);
    if (strcmp(how, "long") == 0)
        write_all(1, long_head, sizeof long_head);
    else if (strcmp(how, "unknown") == 0)
        write_all(1, unknown, sizeof unknown);
    else if (strcmp(how, "pong") == 0)
        say(BX_FRAME_PONG, 77, NULL, 0);
    else
        say((bx_frame_type)strtol(how, NULL, 10), 1, NULL, 0);
    say(BX_FRAME_OUTPUT, 0, "y", 1);
    answer(true, false);
}

static void print_and_exit(const char *text, int status)
{
    fputs(text, stderr);
    exit(status);
}

static int be_agent(const char *mode, const char *argument)
{
    signal(SIGPIPE, SIG_DFL);
    if (strcmp(mode, "old") == 0)
        greet("bioxen-1 0.0.\x1b[1m");
    else if (strcmp(mode, "long-hello") == 0)
        say(BX_FRAME_HELLO, 0, (char[2000]){0}, 2000);
    else if (strcmp(mode, "no-string") == 0)
        say(BX_FRAME_HELLO, 0, "\x01", 1);
    else if (strcmp(mode, "no-hello") == 0)
        say(BX_FRAME_REPLY, 1, "\xc0", 1);
    else if (strcmp(mode, "cut") == 0)
        write_all(1, "\x05\0\0\0\x01", 5);
    else if (strcmp(mode, "silent") == 0)
        wait_for_hang_up();
    else if (strcmp(mode, "fails") == 0)
        print_and_exit("no \x1b[31mcell\nat all\n", 9);
    else
        greet(BX_PROTOCOL_VERSION);
    if (strcmp(mode, "echo") == 0)
        answer(true, false);
    else if (strcmp(mode, "drops") == 0)
        answer(true, true);
    else if (strcmp(mode, "mute") == 0)
        answer(false, false);
    else if (strcmp(mode, "deaf") == 0)
        wait_for_hang_up();
    else if (strcmp(mode, "flood") == 0)
        flood();
    else if (strcmp(mode, "breaks") == 0)
        break_protocol(argument);
    else if (strcmp(mode, "exits") == 0)
        print_and_exit("goodbye\n", 3);
    else if (strcmp(mode, "dies") == 0)
        raise(SIGKILL);
    else if (strcmp(mode, "last-words") == 0)
        say(BX_FRAME_OUTPUT, 1, (char[3000000]){0}, 3000000);
    return 0;
}

/* The host. */

enum { PATIENCE = 200 /* seconds, before something is said to hang */ };

static bx_loop loop;
static bx_error err;
static sshd server;
static char self[512];

static bool says(const bx_error *error, const char *text)
{
    bool found = strstr(error->message, text) != NULL;
    if (!found)
        printf("# no \"%s\" in: %s\n", text, error->message);
    return found;
}

static bx_ssh *log_in(void)
{
    const bx_ssh_options options = {.address = "127.0.0.1",
                                    .port = server.port,
                                    .user = sshd_user,
                                    .known_hosts = path_of("known"),
                                    .host_name = "guest",
                                    .key_path = path_of("user_key")};
    loop = (bx_loop){.deadline = bx_clock_after(PATIENCE)};
    err = (bx_error){0};
    bx_ssh *ssh = bx_ssh_open(&loop, &options, &err);
    if (!ssh) {
        printf("Bail out! %s\n", err.message);
        exit(1);
    }
    return ssh;
}

typedef struct host {
    int fd;
    bx_relay *relay;
    bx_buffer in;
    size_t taken;
} host;

/* Seconds between pings where silence is not the subject: three of them may pass in it, also on a
 * machine that is busy with others. */
#define UNHURRIED 5.0

/* `mode` with its argument, or a command that begins with a blank. */
static bool open_host(host *h, bx_ssh *ssh, const char *mode, double interval, bool *absent)
{
    char command[1024];
    int pair[2];
    bool ignored;
    bx_buffer spawn = {0};
    *h = (host){.fd = -1};
    if (mode[0] == ' ')
        snprintf(command, sizeof command, "%s", mode + 1);
    else
        snprintf(command, sizeof command, "exec '%s' --agent %s", self, mode);
    add_frame(&spawn, BX_FRAME_SPAWN, 0, "spawned", 7);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    const bx_relay_options options = {command, &spawn, interval};
    h->relay = bx_relay_open(ssh, pair[1], &options, absent ? absent : &ignored, &err);
    h->fd = pair[0];
    bx_buffer_free(&spawn);
    return h->relay != NULL;
}

static void close_host(host *h)
{
    bx_relay_close(h->relay);
    if (h->fd >= 0)
        close(h->fd);
    bx_buffer_free(&h->in);
}

/* The next frame that the host gets; false at the end of the connection or the request. */
static bool hear(host *h, bx_frame *frame)
{
    bx_buffer_consume(&h->in, h->taken);
    h->taken = 0;
    for (;;) {
        struct pollfd own = {h->fd, POLLIN, 0};
        int status = bx_frame_parse(h->in.data, h->in.length, frame, &h->taken, &err);
        if (status != 0)
            return status > 0;
        if (bx_buffer_reserve(&h->in, 1 << 18) < 0)
            return false;
        ssize_t got =
            recv(h->fd, h->in.data + h->in.length, h->in.capacity - h->in.length, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN))
            return false;
        if (got > 0)
            h->in.length += (size_t)got;
        else if (bx_loop_wait(&loop, &own, 1, BX_NEVER, &err) < 0)
            return false;
    }
}

static void tell(const host *h, bx_frame_type type, uint64_t call, const void *payload,
                 size_t length)
{
    bx_buffer out = {0};
    size_t sent = 0;
    add_frame(&out, type, call, payload, length);
    while (sent < out.length) {
        struct pollfd own = {h->fd, POLLOUT, 0};
        ssize_t now = send(h->fd, out.data + sent, out.length - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (now > 0)
            sent += (size_t)now;
        else if (bx_loop_wait(&loop, &own, 1, BX_NEVER, &err) < 0 || errno == EPIPE)
            break;
    }
    bx_buffer_free(&out);
}

static bool hear_spawned(host *h)
{
    bx_frame frame;
    return hear(h, &frame) && frame.type == BX_FRAME_HELLO && frame.length == 7 &&
           memcmp(frame.payload, "spawned", 7) == 0;
}

static bool call_and_answer(host *h, uint64_t call, const void *payload, size_t length)
{
    bx_frame frame;
    tell(h, BX_FRAME_CALL, call, payload, length);
    return hear(h, &frame) && frame.type == BX_FRAME_REPLY && frame.call == call &&
           frame.length == length && (length == 0 || memcmp(frame.payload, payload, length) == 0);
}

/* Move everything until the relay has ended, or the time is up. */
static bool wait_for_end(const host *h, double seconds, bx_error *why)
{
    int64_t until = bx_clock_after(seconds);
    while (bx_relay_alive(h->relay, why) && bx_clock_now() < until)
        bx_loop_wait(&loop, NULL, 0, bx_clock_after(0.005), &err);
    return !bx_relay_alive(h->relay, why);
}

static void calls_are_answered(void)
{
    bx_ssh *ssh = log_in();
    host h;
    CHECK(open_host(&h, ssh, "echo", UNHURRIED, NULL));
    CHECK(hear_spawned(&h));
    for (uint64_t i = 1; i < 500; i++)
        CHECK(call_and_answer(&h, i, "value", i % 6));
    CHECK(bx_relay_alive(h.relay, NULL));
    close_host(&h);
    CHECK(bx_ssh_connected(ssh));
    bx_ssh_close(ssh);
}

static void frames_may_be_large(void)
{
    bx_ssh *ssh = log_in();
    host h;
    size_t length = 10 << 20;
    uint8_t *bytes = malloc(length);
    for (size_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)(i * 31 >> 3);
    CHECK(open_host(&h, ssh, "echo", UNHURRIED, NULL));
    CHECK(hear_spawned(&h));
    CHECK(call_and_answer(&h, 1, bytes, length));
    CHECK(call_and_answer(&h, 2, bytes, 1));
    CHECK(call_and_answer(&h, 3, bytes, length));
    close_host(&h);
    CHECK(open_host(&h, ssh, "drops", UNHURRIED, NULL));
    CHECK(hear_spawned(&h));
    for (uint64_t i = 1; i < 20; i++)
        CHECK(call_and_answer(&h, i, bytes, 100));
    close_host(&h);
    bx_ssh_close(ssh);
    free(bytes);
}

/* Each on a channel of one connection; their packets come in whoever's turn it is. */
static void many_share_a_connection(void)
{
    enum { HOSTS = 12, ROUNDS = 50 };
    bx_ssh *ssh = log_in();
    host h[HOSTS];
    bx_frame frame;
    static uint8_t bytes[200000];
    for (int i = 0; i < HOSTS; i++)
        CHECK(open_host(&h[i], ssh, "echo", UNHURRIED, NULL) && hear_spawned(&h[i]));
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        for (int i = 0; i < HOSTS; i++)
            tell(&h[i], BX_FRAME_CALL, round, bytes, round % 10 == 0 ? sizeof bytes : (size_t)i);
        for (int i = HOSTS; i-- > 0;)
            CHECK(hear(&h[i], &frame) && frame.type == BX_FRAME_REPLY && frame.call == round);
    }
    for (int i = 0; i < HOSTS; i++)
        close_host(&h[i]);
    CHECK(loop.pumps && !loop.pumps->next); /* the connection's own */
    bx_ssh_close(ssh);
    CHECK(!loop.pumps);
}

static void keys_are_changed_meanwhile(void)
{
    sshd before = server;
    server = sshd_start("host_ed25519", "RekeyLimit 200K");
    bx_ssh *ssh = log_in();
    host a, b;
    static uint8_t bytes[1000000];
    CHECK(open_host(&a, ssh, "echo", UNHURRIED, NULL) && hear_spawned(&a));
    CHECK(open_host(&b, ssh, "echo", UNHURRIED, NULL) && hear_spawned(&b));
    for (uint64_t i = 1; i < 10; i++) {
        CHECK(call_and_answer(&a, i, bytes, sizeof bytes));
        CHECK(call_and_answer(&b, i, bytes, 10));
    }
    close_host(&a);
    close_host(&b);
    bx_ssh_close(ssh);
    sshd_kill(&server);
    server = before;
}

static void check_greeting(bx_ssh *ssh, const char *mode, bx_code code, bool absent,
                           const char *message)
{
    host h;
    bool gone = !absent;
    err = (bx_error){0};
    CHECK(!open_host(&h, ssh, mode, 1, &gone));
    CHECK(says(&err, message) && err.code == code && gone == absent);
    if (err.code != code)
        printf("# %s\n", err.message);
    for (const char *at = err.message; *at; at++)
        CHECK((unsigned char)*at >= ' ' && (unsigned char)*at < 0x7f);
    CHECK(recv(h.fd, (char[1]){0}, 1, MSG_DONTWAIT) == 0); /* the socket is closed */
    close_host(&h);
    CHECK(bx_ssh_connected(ssh));
}

static void the_greeting_is_checked(void)
{
    bx_ssh *ssh = log_in();
    check_greeting(ssh, "old", BX_EVERSION, false,
                   "speaks \"bioxen-1 0.0.\\x1b[1m\", this host \"" BX_PROTOCOL_VERSION "\"");
    check_greeting(ssh, "long-hello", BX_EPROTOCOL, false, "printed something");
    check_greeting(ssh, "no-string", BX_EPROTOCOL, false, "the greeting of the worker");
    check_greeting(ssh, "no-hello", BX_EPROTOCOL, false, "printed something");
    check_greeting(ssh, "cut", BX_EPROTOCOL, false, "printed something");
    check_greeting(ssh, "fails", BX_EGUEST, false,
                   "exit status 9: no \\x1b[31mcell\\nat all before it greeted");
    check_greeting(ssh, " exec /no/such/worker --stdio", BX_EVERSION, true, "there is no worker");
    check_greeting(ssh, " exec /no/such/worker --stdio", BX_EVERSION, true, "exit status 127");
    check_greeting(ssh, " exec /etc/passwd", BX_EVERSION, true, "exit status 126");
    check_greeting(ssh, " exit 0", BX_EGUEST, false, "exit status 0 before it greeted");
    check_greeting(ssh, " kill -9 $$", BX_EGUEST, false, "SIGKILL");
    check_greeting(ssh,
                   " echo; echo 'Welcome to this guest, it has \033[1mmany\033[m things to say "
                   "about itself, far too many'; exec cat",
                   BX_EPROTOCOL, false,
                   "\"\\nWelcome to this guest, it has \\x1b[1mmany\\x1b[m things to say abo\"");
    check_greeting(ssh, " echo hi", BX_EPROTOCOL, false, "\"hi\\n\"");
    double seconds = 0.1; /* a busy machine takes longer to start the command */
    do {
        host h;
        seconds *= 2;
        loop.deadline = bx_clock_after(seconds);
        err = (bx_error){0};
        CHECK(!open_host(&h, ssh, "silent", 1, NULL) && err.code == BX_EDEADLINE);
        close_host(&h);
    } while (!strstr(err.message, "greeted") && seconds < PATIENCE);
    CHECK(says(&err, "greeted"));
    bx_ssh_close(ssh);
}

static void check_break(bx_ssh *ssh, const char *mode, const char *message)
{
    host h;
    bx_frame frame;
    bx_error why = {0};
    CHECK(open_host(&h, ssh, mode, UNHURRIED, NULL));
    CHECK(hear(&h, &frame) && frame.type == BX_FRAME_OUTPUT && frame.payload[0] == 'x');
    CHECK(!hear(&h, &frame)); /* the bad one does not come, nor what is behind */
    CHECK(!bx_relay_alive(h.relay, &why) && why.code == BX_EPROTOCOL);
    CHECK(says(&why, "the guest broke the protocol: ") && says(&why, message));
    CHECK(bx_relay_sync(h.relay, &err) < 0 && err.code == BX_EPROTOCOL);
    close_host(&h);
}

static void a_guest_that_breaks_the_protocol_is_left(void)
{
    static const bx_frame_type hosts[] = {BX_FRAME_CALL, BX_FRAME_INTERRUPT, BX_FRAME_SUSPEND,
                                          BX_FRAME_WAKE, BX_FRAME_SPAWN,     BX_FRAME_PING,
                                          BX_FRAME_NOTE};
    bx_ssh *ssh = log_in();
    host good;
    CHECK(open_host(&good, ssh, "echo", 1, NULL) && hear_spawned(&good));
    check_break(ssh, "breaks long", "a frame of 4294967295 bytes");
    check_break(ssh, "breaks unknown", "a frame of unknown type 200");
    check_break(ssh, "breaks pong", "a ping that was not sent");
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        char mode[32];
        snprintf(mode, sizeof mode, "breaks %d", (int)hosts[i]);
        check_break(ssh, mode, "which no guest sends");
    }
    CHECK(call_and_answer(&good, 1, "x", 1)); /* the others on the connection live on */
    close_host(&good);
    bx_ssh_close(ssh);
}

static void check_end(bx_ssh *ssh, const char *mode, double interval, bx_code code,
                      const char *message)
{
    host h;
    bx_frame frame;
    bx_error why = {0};
    CHECK(open_host(&h, ssh, mode, interval, NULL));
    while (hear(&h, &frame))
        ;
    CHECK(wait_for_end(&h, PATIENCE, &why) && why.code == code && says(&why, message));
    close_host(&h);
}

static void the_end_of_the_guest_is_told(void)
{
    bx_ssh *ssh = log_in();
    host h;
    bx_frame frame;
    bx_error why;
    check_end(ssh, "exits", 0, BX_EDIED, "ended with exit status 3: goodbye");
    check_end(ssh, "dies", 0, BX_EDIED, "was killed (SIGKILL)");
    check_end(ssh, "mute", 0.05, BX_ECONNECT, "the guest has not answered for 0.15 s");
    check_end(ssh, "deaf", 0.05, BX_ECONNECT, "the guest has not answered for 0.15 s");
    /* What it has sent before comes whole, though the host is slow to read. */
    CHECK(open_host(&h, ssh, "last-words", UNHURRIED, NULL));
    bx_loop_wait(&loop, NULL, 0, bx_clock_after(0.2), &err);
    CHECK(hear(&h, &frame) && frame.type == BX_FRAME_OUTPUT && frame.length == 3000000);
    CHECK(!hear(&h, &frame) && wait_for_end(&h, PATIENCE, &why) && says(&why, "exit status 0"));
    close_host(&h);
    CHECK(bx_ssh_connected(ssh));
    bx_ssh_close(ssh);
}

static void a_connection_that_breaks_is_told(void)
{
    sshd before = server;
    server = sshd_start("host_ed25519", NULL);
    bx_ssh *ssh = log_in();
    host a, b;
    bx_frame frame;
    bx_error why = {0};
    CHECK(open_host(&a, ssh, "echo", UNHURRIED, NULL) && hear_spawned(&a));
    CHECK(open_host(&b, ssh, "echo", UNHURRIED, NULL) && hear_spawned(&b));
    sshd_kill(&server);
    CHECK(!hear(&a, &frame) && !hear(&b, &frame));
    CHECK(wait_for_end(&a, PATIENCE, &why) && why.code == BX_ECONNECT &&
          says(&why, "the connection to"));
    CHECK(wait_for_end(&b, PATIENCE, &why) && why.code == BX_ECONNECT);
    CHECK(!bx_ssh_connected(ssh));
    close_host(&a);
    close_host(&b);
    bx_ssh_close(ssh);
    server = before;
}

static void a_host_that_leaves_ends_the_guest(void)
{
    char command[700];
    bx_ssh *ssh = log_in();
    host h;
    bx_error why = {0};
    snprintf(command, sizeof command, " '%s' --agent echo; touch '%s'", self, path_of("ended"));
    CHECK(open_host(&h, ssh, command, UNHURRIED, NULL) && hear_spawned(&h));
    close(h.fd);
    h.fd = -1;
    CHECK(wait_for_end(&h, PATIENCE, &why) && says(&why, "the host closed"));
    int64_t until = bx_clock_after(PATIENCE);
    while (access(path_of("ended"), F_OK) < 0 && bx_clock_now() < until)
        bx_loop_wait(&loop, NULL, 0, bx_clock_after(0.005), &err);
    CHECK(access(path_of("ended"), F_OK) == 0);
    close_host(&h);
    /* Though the guest does not read, and there is much on the way to it. */
    CHECK(open_host(&h, ssh, "deaf", 0, NULL));
    int64_t patience = loop.deadline;
    loop.deadline = bx_clock_after(0.2);
    tell(&h, BX_FRAME_CALL, 1, (char[4000000]){0}, 4000000);
    loop.deadline = patience;
    CHECK(bx_relay_alive(h.relay, NULL));
    close(h.fd);
    h.fd = -1;
    CHECK(wait_for_end(&h, PATIENCE, &why) && says(&why, "the host closed"));
    close_host(&h);
    bx_ssh_close(ssh);
}

static void a_host_that_breaks_the_protocol_is_left(void)
{
    static const bx_frame_type guests[] = {BX_FRAME_HELLO, BX_FRAME_REPLY, BX_FRAME_PING,
                                           BX_FRAME_PONG,  BX_FRAME_SPAWN, BX_FRAME_EXIT};
    bx_ssh *ssh = log_in();
    for (size_t i = 0; i < sizeof guests / sizeof *guests; i++) {
        host h;
        bx_error why = {0};
        CHECK(open_host(&h, ssh, "echo", UNHURRIED, NULL) && hear_spawned(&h));
        tell(&h, guests[i], 1, "x", 1);
        CHECK(wait_for_end(&h, PATIENCE, &why) && why.code == BX_EPROTOCOL);
        CHECK(says(&why, "which no host sends"));
        close_host(&h);
    }
    bx_ssh_close(ssh);
}

/* Move everything for a while in which there is nothing to do, and see that nothing turns in
 * circles. */
static void idle(double seconds)
{
    clock_t work = clock();
    bx_loop_wait(&loop, NULL, 0, bx_clock_after(seconds), &err);
    CHECK((double)(clock() - work) / CLOCKS_PER_SEC < seconds / 2);
}

/* Neither side is read: what waits for it stays bounded. */
static void what_waits_is_bounded(void)
{
    bx_ssh *ssh = log_in();
    host h;
    bx_frame frame;
    static uint8_t bytes[6000000];
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    CHECK(open_host(&h, ssh, "flood", 0.2, NULL)); /* 0.6 s of silence would be too long */
    bx_loop_wait(&loop, NULL, 0, bx_clock_after(0.2), &err);
    idle(0.6);
    CHECK(bx_relay_alive(h.relay, NULL)); /* the host's slowness is not the guest's silence */
    bx_relay_hold(h.relay, true);         /* nor is that of a busy machine */
    for (int i = 0; i < 400; i++)
        CHECK(hear(&h, &frame) && frame.type == BX_FRAME_OUTPUT && frame.length == 10000);
    bx_loop_wait(&loop, NULL, 0, bx_clock_after(0.2), &err);
    close_host(&h);
    CHECK(open_host(&h, ssh, "deaf", 0, NULL));
    loop.deadline = bx_clock_after(0.3);
    tell(&h, BX_FRAME_CALL, 1, bytes, sizeof bytes);
    CHECK(err.code == BX_EDEADLINE);
    loop.deadline = bx_clock_after(PATIENCE);
    idle(0.2);
    CHECK(bx_relay_alive(h.relay, NULL));
    close_host(&h);
    getrusage(RUSAGE_SELF, &after);
#ifndef BIOXEN_SANITIZE
    CHECK(after.ru_maxrss - before.ru_maxrss < 20 << 10); /* KiB, with the test's own 12 MB frame */
#endif
    bx_ssh_close(ssh);
}

static void a_ping_goes_behind_all_that_was_sent(void)
{
    bx_ssh *ssh = log_in();
    host h;
    bx_frame frame;
    static uint8_t bytes[100000];
    CHECK(open_host(&h, ssh, "echo", 0, NULL) && hear_spawned(&h));
    for (uint64_t call = 1; call < 50; call++) {
        tell(&h, BX_FRAME_CALL, call, bytes, call % 7 ? call : sizeof bytes);
        CHECK(bx_relay_sync(h.relay, &err) == 0);
        /* The answer to the call came before that to the ping. */
        struct pollfd now = {h.fd, POLLIN, 0};
        CHECK(poll(&now, 1, 0) == 1);
        CHECK(hear(&h, &frame) && frame.type == BX_FRAME_REPLY && frame.call == call);
    }
    CHECK(bx_relay_sync(h.relay, &err) == 0 && bx_relay_sync(h.relay, &err) == 0);
    /* Half a frame: the ping waits for the rest. */
    static const uint8_t head[BX_FRAME_HEAD] = {4, 0, 0, 0, BX_FRAME_CALL, 0, 0, 0, 9};
    CHECK(send(h.fd, head, 10, 0) == 10);
    loop.deadline = bx_clock_after(0.1);
    clock_t work = clock();
    CHECK(bx_relay_sync(h.relay, &err) < 0 && err.code == BX_EDEADLINE);
    CHECK((double)(clock() - work) / CLOCKS_PER_SEC < 0.05);
    loop.deadline = bx_clock_after(PATIENCE);
    CHECK(send(h.fd, head + 10, 6, 0) == 6 && send(h.fd, "rest", 4, 0) == 4);
    CHECK(hear(&h, &frame) && frame.call == 9 && bx_relay_sync(h.relay, &err) == 0);
    close_host(&h);
    bx_ssh_close(ssh);
}

/* What came meanwhile is heard before anybody is said to be silent. */
static void a_courier_that_got_no_processor_time_hears_first(void)
{
    bx_ssh *ssh = log_in();
    host h;
    bx_error why = {0};
    CHECK(open_host(&h, ssh, "echo", 0.1, NULL));
    bx_relay_hold(h.relay, true);
    CHECK(hear_spawned(&h));
    bx_relay_hold(h.relay, false);
    usleep(150000);
    bx_loop_turn(&loop, 0); /* a ping goes out, and its answer comes */
    struct pollfd answer = {ssh_get_fd(ssh->session), POLLIN, 0};
    poll(&answer, 1, 1000); /* in vain if that turn has read it already */
    usleep(600000); /* 0.3 s of silence would be too long */
    bx_loop_wait(&loop, NULL, 0, bx_clock_after(0.05), &err);
    CHECK(bx_relay_alive(h.relay, &why));
    close_host(&h);
    bx_ssh_close(ssh);
}

static void no_answer_is_expected_while_held(void)
{
    bx_ssh *ssh = log_in();
    host h;
    bx_error why = {0};
    CHECK(open_host(&h, ssh, "echo", 0.2, NULL));
    bx_relay_hold(h.relay, true);
    tell(&h, BX_FRAME_SUSPEND, 0, NULL, 0); /* no pongs from now on */
    CHECK(hear_spawned(&h) && call_and_answer(&h, 1, "x", 1));
    CHECK(!wait_for_end(&h, 0.8, &why));
    bx_relay_hold(h.relay, false);
    CHECK(wait_for_end(&h, PATIENCE, &why) && why.code == BX_ECONNECT);
    close_host(&h);
    bx_ssh_close(ssh);
}

int main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "--agent") == 0)
        return be_agent(argv[2], argc > 3 ? argv[3] : "");
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0 || !sshd_prepare()) {
        printf("1..0 # SKIP no sshd\n");
        return 0;
    }
    in_folder("sed 's/^/guest /' host_ed25519.pub > known");
    server = sshd_start("host_ed25519", NULL);
    RUN(calls_are_answered);
    RUN(frames_may_be_large);
    RUN(many_share_a_connection);
    RUN(keys_are_changed_meanwhile);
    RUN(the_greeting_is_checked);
    RUN(a_guest_that_breaks_the_protocol_is_left);
    RUN(the_end_of_the_guest_is_told);
    RUN(a_connection_that_breaks_is_told);
    RUN(a_host_that_leaves_ends_the_guest);
    RUN(a_host_that_breaks_the_protocol_is_left);
    RUN(what_waits_is_bounded);
    RUN(a_ping_goes_behind_all_that_was_sent);
    RUN(a_courier_that_got_no_processor_time_hears_first);
    RUN(no_answer_is_expected_while_held);
    sshd_kill(&server);
    return test_end();
}
