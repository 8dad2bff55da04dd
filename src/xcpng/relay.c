#include "xcpng/relay.h"

#include "wire/frame.h"
#include "wire/value.h"
#include "xcpng/follow.h"
#include "xcpng/printable.h"
#include "xcpng/ssh_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PIECE = 64 << 10,        /* read from the host at once */
    PIECES_A_MOVE = 8,       /* then others have their turn */
    KEPT_BUFFER = 256 << 10, /* what is larger is given back when empty */
    GUEST_LIMIT = 4 << 20,   /* unread bytes of a guest that heeds no window */
    HELLO_LIMIT = 1 << 10,
    NOISE = 60,
    TAIL = 512,
    MISSED_PINGS = 3
};

/* Nanoseconds. */
#define LAST_WORDS_PATIENCE INT64_C(5000000000) /* for the host to take what the guest has sent */
#define STATUS_PATIENCE INT64_C(1000000000) /* for the exit status behind the end of the output */

typedef enum relay_state { GREETING, RELAYING, DRAINING, ENDED } relay_state;

struct bx_relay {
    bx_pump pump;
    bx_ssh *ssh;
    ssh_channel channel;
    struct ssh_channel_callbacks_struct callbacks;
    int socket;
    relay_state state;
    bool broken; /* `why` is set; ends at its next move, for libssh may be at work on the channel
                    now */
    bx_error why;

    bx_follower from_guest;
    bx_buffer
        to_host; /* what the socket would not take; while there is any, libssh holds the rest */
    size_t to_host_sent;
    bool backlog; /* libssh holds some */

    bx_follower from_host;
    bx_buffer to_guest; /* while there is any, the socket is not read */
    size_t to_guest_sent;
    uint64_t stuck; /* bx_ssh_news when the channel took nothing though it had room; else 0 */

    int64_t interval;         /* of pings; BX_NEVER: none */
    uint64_t asked, answered; /* their numbers */
    bool awaited;             /* the last one asked counts */
    bool held;
    int64_t ping_due;
    int64_t asked_at, heard_at, taken_at;
    uint32_t window;  /* of the channel when last looked at */
    bool sync_wanted; /* a ping is to go out once the socket is empty */

    char tail[TAIL]; /* of what the command wrote to stderr */
    size_t tail_length;
    char signal[24];
    int64_t drained_by, status_by;
};

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static size_t to_guest_left(const bx_relay *relay)
{
    return relay->to_guest.length - relay->to_guest_sent;
}

static size_t to_host_left(const bx_relay *relay)
{
    return relay->to_host.length - relay->to_host_sent;
}

static void empty(bx_buffer *buffer, size_t *sent)
{
    buffer->length = *sent = 0;
    if (buffer->capacity > KEPT_BUFFER)
        bx_buffer_free(buffer);
}

__attribute__((format(printf, 3, 4))) static void break_off(bx_relay *relay, bx_code code,
                                                            const char *format, ...)
{
    if (relay->broken)
        return;
    va_list args;
    va_start(args, format);
    relay->why.code = code;
    vsnprintf(relay->why.message, sizeof relay->why.message, format, args);
    va_end(args);
    relay->broken = true;
}

static void host_gone(bx_relay *relay)
{
    break_off(relay, BX_EDESTROYED, "the host closed its connection");
}

/* From the guest to the host. */

/* Send what the socket takes; returns how much. */
static size_t send_to_host(bx_relay *relay, const uint8_t *bytes, size_t length)
{
    size_t sent = 0;
    while (sent < length) {
        ssize_t now = send(relay->socket, bytes + sent, length - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (now >= 0) {
            sent += (size_t)now;
        } else if (errno != EINTR) {
            if (errno != EAGAIN && errno != EWOULDBLOCK)
                host_gone(relay);
            break;
        }
    }
    return sent;
}

static void emit(bx_relay *relay, const uint8_t *bytes, size_t length)
{
    size_t sent = to_host_left(relay) ? 0 : send_to_host(relay, bytes, length);
    if (sent < length && bx_buffer_append(&relay->to_host, bytes + sent, length - sent) < 0)
        break_off(relay, BX_EMEMORY, "out of memory");
}

static void flush_to_host(bx_relay *relay)
{
    if (!to_host_left(relay))
        return;
    relay->to_host_sent +=
        send_to_host(relay, relay->to_host.data + relay->to_host_sent, to_host_left(relay));
    if (!to_host_left(relay))
        empty(&relay->to_host, &relay->to_host_sent);
}

static int64_t next_ping(const bx_relay *relay, int64_t now)
{
    return relay->interval == BX_NEVER ? BX_NEVER : now + relay->interval;
}

static void take_pong(bx_relay *relay, int64_t now)
{
    const bx_follower *frame = &relay->from_guest;
    if (frame->length != 0 || frame->call <= relay->answered || frame->call > relay->asked)
        break_off(relay, BX_EPROTOCOL,
                  "the guest broke the protocol: the answer to a ping that was not sent");
    relay->answered = frame->call;
    if (relay->answered == relay->asked)
        relay->awaited = false;
    relay->ping_due = next_ping(relay, now);
}

/* A frame of the guest's begins. Whether it goes to the host. */
static bool admit(bx_relay *relay, int64_t now)
{
    switch (relay->from_guest.type) {
    case BX_FRAME_PONG: take_pong(relay, now); return false;
    case BX_FRAME_HELLO:
    case BX_FRAME_REPLY:
    case BX_FRAME_ERROR:
    case BX_FRAME_OUTPUT:
    case BX_FRAME_PROGRESS:
    case BX_FRAME_EXIT: return true;
    default:
        break_off(relay, BX_EPROTOCOL,
                  "the guest broke the protocol: a frame of type %d, which no guest sends",
                  (int)relay->from_guest.type);
        return false;
    }
}

/* Frames of the guest's, in whatever pieces: all that are the host's go to it, as few sends as
 * possible. */
static void forward(bx_relay *relay, const uint8_t *bytes, size_t length)
{
    int64_t now = relay->heard_at = bx_clock_now();
    const uint8_t *run = bytes;
    size_t run_length = 0;
    while (length && !relay->broken) {
        bx_part part;
        bx_error error;
        size_t used = 0;
        int status = bx_follow(&relay->from_guest, bytes, length, &part, &used, &error);
        if (status < 0)
            break_off(relay, BX_EPROTOCOL, "the guest broke the protocol: %s", error.message);
        bytes += used;
        length -= used;
        if (status <= 0)
            break;
        if (part.begins && !admit(relay, now))
            continue;
        if (relay->from_guest.type == BX_FRAME_PONG)
            continue;
        if (part.at != run + run_length || part.at == relay->from_guest.head) {
            emit(relay, run, run_length);
            run = part.at;
            run_length = 0;
        }
        run_length += part.length;
        if (part.at == relay->from_guest.head) { /* the next head in pieces overwrites it */
            emit(relay, run, run_length);
            run = bytes;
            run_length = 0;
        }
    }
    emit(relay, run, run_length);
}

static void keep_tail(bx_relay *relay, const uint8_t *bytes, size_t length)
{
    if (length > TAIL) {
        bytes += length - TAIL;
        length = TAIL;
    }
    size_t kept = relay->tail_length + length > TAIL ? TAIL - length : relay->tail_length;
    memmove(relay->tail, relay->tail + relay->tail_length - kept, kept);
    memcpy(relay->tail + kept, bytes, length);
    relay->tail_length = kept + length;
}

/* libssh has bytes for the channel, while it handles packets on whoever's behalf. Returns how many
 * are taken; it keeps the others, and by that the window closes. */
static int on_data(ssh_session session, ssh_channel channel, void *data, uint32_t length,
                   int is_stderr, void *userdata)
{
    bx_relay *relay = userdata;
    (void)session;
    (void)channel;
    if (is_stderr) {
        keep_tail(relay, data, length);
        return (int)length;
    }
    if (relay->broken || relay->state == ENDED)
        return (int)length;
    if (relay->state == GREETING || to_host_left(relay) || relay->backlog) {
        if (length > GUEST_LIMIT)
            break_off(relay, BX_EPROTOCOL,
                      "the guest broke the protocol: it sends more than its window allows");
        relay->backlog = true;
        return 0;
    }
    forward(relay, data, length);
    return (int)length;
}

static void on_signal(ssh_session session, ssh_channel channel, const char *signal, int core,
                      const char *message, const char *language, void *userdata)
{
    bx_relay *relay = userdata;
    (void)session;
    (void)channel;
    (void)core;
    (void)message;
    (void)language;
    if (signal)
        bx_printable(relay->signal, sizeof relay->signal, signal, strlen(signal));
}

/* Take what libssh has kept up to now: all of it, for each read opens the window anew, by more than
 * it takes. */
static void pull(bx_relay *relay)
{
    uint8_t piece[PIECE];
    relay->backlog = false;
    int left = ssh_channel_poll(relay->channel, 0);
    while (left > 0 && !relay->broken) {
        uint32_t length = left < PIECE ? (uint32_t)left : PIECE;
        int got = ssh_channel_read_nonblocking(relay->channel, piece, length, 0);
        if (got <= 0)
            break;
        forward(relay, piece, (size_t)got);
        left -= got;
    }
    relay->backlog = false;
}

/* From the host to the guest. */

static bool can_push(const bx_relay *relay)
{
    return to_guest_left(relay) && !bx_ssh_congested(relay->ssh) &&
           ssh_channel_window_size(relay->channel) > 0;
}

static void push(bx_relay *relay)
{
    relay->stuck = 0;
    while (can_push(relay)) {
        size_t length = to_guest_left(relay);
        size_t window = ssh_channel_window_size(relay->channel);
        if (length > window)
            length = window;
        if (length > PIECE)
            length = PIECE;
        int sent = ssh_channel_write(relay->channel, relay->to_guest.data + relay->to_guest_sent,
                                     (uint32_t)length);
        if (sent <=
            0) { /* the keys are being changed; or it has ended, which is looked at elsewhere */
            relay->stuck = bx_ssh_news(relay->ssh);
            return;
        }
        relay->to_guest_sent += (size_t)sent;
        relay->taken_at = bx_clock_now();
    }
    if (!to_guest_left(relay))
        empty(&relay->to_guest, &relay->to_guest_sent);
}

static bool may_follow(bx_relay *relay, const uint8_t *bytes, size_t length)
{
    while (length) {
        bx_part part;
        bx_error error;
        size_t used = 0;
        int status = bx_follow(&relay->from_host, bytes, length, &part, &used, &error);
        if (status < 0)
            break_off(relay, BX_EPROTOCOL, "the host broke the protocol: %s", error.message);
        if (status > 0 && part.begins && relay->from_host.type != BX_FRAME_CALL &&
            relay->from_host.type != BX_FRAME_INTERRUPT &&
            relay->from_host.type != BX_FRAME_SUSPEND && relay->from_host.type != BX_FRAME_WAKE)
            break_off(relay, BX_EPROTOCOL,
                      "the host broke the protocol: a frame of type %d, which no host sends",
                      (int)relay->from_host.type);
        if (relay->broken)
            return false;
        bytes += used;
        length -= used;
    }
    return true;
}

/* Read one piece. True: there may be more. */
static bool receive(bx_relay *relay)
{
    bx_buffer *into = &relay->to_guest;
    if (bx_buffer_reserve(into, PIECE) < 0) {
        break_off(relay, BX_EMEMORY, "out of memory");
        return false;
    }
    ssize_t got;
    do
        got = recv(relay->socket, into->data + into->length, PIECE, MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK))
        host_gone(relay);
    if (got <= 0)
        return false;
    if (!may_follow(relay, into->data + into->length, (size_t)got))
        return false;
    into->length += (size_t)got;
    relay->taken_at = bx_clock_now();
    return got == PIECE;
}

static void append_ping(bx_relay *relay)
{
    size_t start = bx_frame_begin(&relay->to_guest, BX_FRAME_PING, relay->asked + 1);
    if (start == SIZE_MAX) {
        break_off(relay, BX_EMEMORY, "out of memory");
        return;
    }
    relay->asked++;
    relay->awaited = true;
    relay->asked_at = bx_clock_now();
}

static void read_host(bx_relay *relay)
{
    bool more = true;
    push(relay);
    for (int i = 0; i < PIECES_A_MOVE && more && !relay->broken && !to_guest_left(relay); i++) {
        more = receive(relay);
        if (!more && relay->sync_wanted && bx_follow_between(&relay->from_host)) {
            relay->sync_wanted = false;
            append_ping(relay);
        }
        push(relay);
    }
    /* Only the end of the connection shows while the socket is not read. */
    struct pollfd peek = {relay->socket, 0, 0};
    if (to_guest_left(relay) && !relay->broken && poll(&peek, 1, 0) > 0)
        host_gone(relay);
}

/* Pings. */

/* Since when the guest owes a sign of life; BX_NEVER: it does not. A host that does not read keeps
 * answers from being seen. */
static int64_t silent_since(const bx_relay *relay)
{
    if (relay->held || to_host_left(relay) || relay->backlog ||
        (!relay->awaited && !to_guest_left(relay)))
        return BX_NEVER;
    return later(relay->awaited ? relay->asked_at : relay->taken_at, relay->heard_at);
}

static int64_t given_up_at(const bx_relay *relay)
{
    int64_t since = silent_since(relay);
    if (since == BX_NEVER || relay->interval > (BX_NEVER - since) / MISSED_PINGS)
        return BX_NEVER;
    return since + MISSED_PINGS * relay->interval;
}

static bool ping_wanted(const bx_relay *relay)
{
    return !relay->held && !relay->awaited && !to_guest_left(relay) &&
           bx_follow_between(&relay->from_host);
}

static void keep_asking(bx_relay *relay)
{
    int64_t now = bx_clock_now();
    uint32_t window = ssh_channel_window_size(relay->channel);
    if (window > relay->window) /* it reads, though much may stand before the ping */
        relay->heard_at = now;
    if (now >= given_up_at(relay)) {
        break_off(relay, BX_ECONNECT, "the guest has not answered for %g s",
                  (double)relay->interval * MISSED_PINGS * 1e-9);
    } else if (ping_wanted(relay) && now >= relay->ping_due) {
        append_ping(relay);
        push(relay);
    }
    relay->window = ssh_channel_window_size(relay->channel);
}

/* The end. */

static bool guest_closed(const bx_relay *relay)
{
    return !bx_ssh_connected(relay->ssh) || ssh_channel_is_closed(relay->channel);
}

static bool guest_ended(const bx_relay *relay)
{
    return guest_closed(relay) || ssh_channel_is_eof(relay->channel);
}

/* How the command ended. Returns its exit status, or -1. */
static int describe_end(const bx_relay *relay, bx_code code, bx_error *err)
{
    char how[320], tail[TAIL + 64], reason[256];
    int status = -1;
    if (!bx_ssh_connected(relay->ssh)) {
        bx_error_set(err, BX_ECONNECT, "the connection to %s broke: %s", relay->ssh->where,
                     bx_ssh_reason(relay->ssh, reason, sizeof reason));
        return -1;
    }
    if (ssh_channel_is_closed(relay->channel))
        status = ssh_channel_get_exit_status(relay->channel);
    if (relay->signal[0])
        snprintf(how, sizeof how, "was killed (SIG%s)", relay->signal);
    else if (status >= 0)
        snprintf(how, sizeof how, "ended with exit status %d", status);
    else
        snprintf(how, sizeof how, "ended");
    size_t length = relay->tail_length;
    while (length && (relay->tail[length - 1] == '\n' || relay->tail[length - 1] == '\r'))
        length--;
    bx_error_set(err, code, "the worker in the guest %s %s%s%s", relay->ssh->where, how,
                 length ? ": " : "", bx_printable(tail, sizeof tail, relay->tail, length));
    return status;
}

static void end(bx_relay *relay)
{
    if (relay->state == ENDED)
        return;
    if (relay->state == DRAINING && !relay->broken)
        describe_end(relay, BX_EDIED, &relay->why);
    relay->state = ENDED;
    if (relay->channel) {
        ssh_remove_channel_callbacks(relay->channel, &relay->callbacks);
        bx_ssh_drop(relay->ssh, relay->channel);
    }
    relay->channel = NULL;
    if (relay->socket >= 0)
        close(relay->socket);
    relay->socket = -1;
    bx_buffer_free(&relay->to_guest);
    bx_buffer_free(&relay->to_host);
    bx_ssh_stir(relay->ssh);
}

static void start_draining(bx_relay *relay)
{
    int64_t now = bx_clock_now();
    relay->state = DRAINING;
    relay->drained_by = now + LAST_WORDS_PATIENCE;
    relay->status_by = now + STATUS_PATIENCE;
}

static void drain(bx_relay *relay)
{
    int64_t now = bx_clock_now();
    bool told = !to_host_left(relay) || now >= relay->drained_by;
    if (!to_host_left(relay))
        shutdown(relay->socket, SHUT_WR); /* the host knows at once; the reason may take a moment */
    if (told && (guest_closed(relay) || now >= relay->status_by))
        end(relay);
}

/* The pump. */

static int watch(bx_pump *pump, struct pollfd *watched)
{
    const bx_relay *relay = (const bx_relay *)pump;
    short events = to_host_left(relay) ? POLLOUT : 0;
    if (relay->state == RELAYING && !to_guest_left(relay))
        events |= POLLIN;
    if (relay->state == ENDED || (relay->state == DRAINING && !events))
        return 0;
    watched[0] = (struct pollfd){relay->socket, events, 0};
    return 1;
}

static int64_t due(const bx_pump *pump)
{
    const bx_relay *relay = (const bx_relay *)pump;
    if (relay->state == ENDED)
        return BX_NEVER;
    if (relay->broken)
        return 0;
    if (relay->state == DRAINING) {
        if (to_host_left(relay))
            return relay->drained_by;
        return guest_closed(relay) ? 0 : relay->status_by;
    }
    bool may_sync =
        relay->sync_wanted && !to_guest_left(relay) && bx_follow_between(&relay->from_host);
    if (guest_ended(relay) || may_sync || (relay->backlog && !to_host_left(relay)) ||
        (can_push(relay) && relay->stuck != relay->ssh->news))
        return 0;
    return earlier(ping_wanted(relay) ? relay->ping_due : BX_NEVER, given_up_at(relay));
}

static void move(bx_pump *pump)
{
    bx_relay *relay = (bx_relay *)pump;
    if (relay->state == ENDED)
        return;
    flush_to_host(relay);
    if (!relay->broken && relay->backlog && !to_host_left(relay))
        pull(relay);
    if (!relay->broken && relay->state == RELAYING) {
        if (guest_ended(relay)) {
            start_draining(relay);
        } else {
            read_host(relay);
            if (!relay->broken)
                keep_asking(relay);
        }
    }
    if (relay->broken)
        end(relay);
    else if (relay->state == DRAINING)
        drain(relay);
}

/* The greeting. */

static int refuse_noise(bx_relay *relay, const uint8_t *bytes, size_t length, bx_error *err)
{
    uint8_t noise[NOISE];
    char shown[4 * NOISE + 1];
    if (length > NOISE)
        length = NOISE;
    memcpy(noise, bytes, length);
    int more =
        ssh_channel_read_nonblocking(relay->channel, noise + length, (uint32_t)(NOISE - length), 0);
    if (more > 0)
        length += (size_t)more;
    return bx_fail(
        err, BX_EPROTOCOL,
        "the guest %s printed something before its worker greeted, as a shell's start-up "
        "file may: \"%s\"",
        relay->ssh->where, bx_printable(shown, sizeof shown, noise, length));
}

static int check_version(const bx_relay *relay, const uint8_t *payload, size_t length,
                         bx_error *err)
{
    bx_reader reader = {payload, payload + length};
    bx_token version;
    bx_error error;
    char shown[128];
    if (bx_value_check(payload, length, 1, &error) < 0 ||
        bx_read_as(&reader, BX_TOKEN_STRING, &version, &error) < 0)
        return bx_fail(err, BX_EPROTOCOL, "the greeting of the worker in the guest %s: %s",
                       relay->ssh->where, error.message);
    if (version.length != strlen(BX_PROTOCOL_VERSION) ||
        memcmp(version.bytes, BX_PROTOCOL_VERSION, version.length) != 0)
        return bx_fail(
            err, BX_EVERSION,
            "the worker in the guest %s speaks \"%s\", this host \"%s\": install the two "
            "together",
            relay->ssh->where, bx_printable(shown, sizeof shown, version.bytes, version.length),
            BX_PROTOCOL_VERSION);
    return 0;
}

typedef struct greeting {
    uint8_t bytes[BX_FRAME_HEAD + HELLO_LIMIT];
    size_t have, wanted;
} greeting;

/* 1: heard and good; 0: more is needed; -1 */
static int read_greeting(bx_relay *relay, greeting *hello, bx_error *err)
{
    for (;;) {
        int got = ssh_channel_read_nonblocking(relay->channel, hello->bytes + hello->have,
                                               (uint32_t)(hello->wanted - hello->have), 0);
        if (got <= 0)
            return 0;
        hello->have += (size_t)got;
        if (hello->have < hello->wanted)
            continue;
        bx_follower head = {.have = 0};
        bx_part part;
        size_t used;
        if (bx_follow(&head, hello->bytes, BX_FRAME_HEAD, &part, &used, NULL) < 0 ||
            head.type != BX_FRAME_HELLO || head.length > HELLO_LIMIT || head.call != 0)
            return refuse_noise(relay, hello->bytes, hello->have, err);
        hello->wanted = BX_FRAME_HEAD + head.length;
        if (hello->have == hello->wanted)
            return check_version(relay, hello->bytes + BX_FRAME_HEAD, head.length, err) < 0 ? -1
                                                                                            : 1;
    }
}

static int refuse_silence(bx_relay *relay, const greeting *hello, bool *absent, bx_error *err)
{
    if (hello->have)
        return refuse_noise(relay, hello->bytes, hello->have, err);
    bx_error how;
    int status = describe_end(relay, BX_EGUEST, &how);
    *absent = status == 126 || status == 127;
    if (*absent)
        return bx_fail(err, BX_EVERSION, "there is no worker in the guest: %s", how.message);
    return bx_fail(err, how.code, "%s before it greeted", how.message);
}

static int hear_greeting(bx_relay *relay, bool *absent, bx_error *err)
{
    greeting hello = {.wanted = BX_FRAME_HEAD};
    int64_t status_by = BX_NEVER;
    uint8_t early[TAIL];
    int got;
    for (;;) {
        uint64_t news = bx_ssh_news(relay->ssh);
        while ((got = ssh_channel_read_nonblocking(relay->channel, early, sizeof early, 1)) > 0)
            keep_tail(relay, early, (size_t)got);
        int status = read_greeting(relay, &hello, err);
        if (status != 0)
            return status < 0 ? -1 : 0;
        if (guest_ended(relay) && status_by == BX_NEVER)
            status_by = bx_clock_now() + STATUS_PATIENCE;
        if (guest_closed(relay) || bx_clock_now() >= status_by)
            return refuse_silence(relay, &hello, absent, err);
        if (bx_ssh_wait(relay->ssh, news, status_by, err) < 0) {
            if (err && err->code == BX_EDEADLINE)
                bx_fail(err, BX_EDEADLINE,
                        "the deadline passed before the worker in the guest %s "
                        "greeted",
                        relay->ssh->where);
            return -1;
        }
    }
}

static int start(bx_relay *relay, const bx_relay_options *options, bool *absent, bx_error *err)
{
    relay->channel = bx_ssh_start(relay->ssh, options->command, err);
    if (!relay->channel)
        return -1;
    ssh_callbacks_init(&relay->callbacks);
    relay->callbacks.userdata = relay;
    relay->callbacks.channel_data_function = on_data;
    relay->callbacks.channel_exit_signal_function = on_signal;
    if (ssh_set_channel_callbacks(relay->channel, &relay->callbacks) != SSH_OK)
        return bx_fail_memory(err);
    if (hear_greeting(relay, absent, err) < 0)
        return -1;
    if (bx_buffer_append(&relay->to_guest, options->spawn->data, options->spawn->length) < 0)
        return bx_fail_memory(err);
    relay->heard_at = relay->taken_at = bx_clock_now();
    relay->interval = options->ping_interval > 0 && options->ping_interval < 1e9
                          ? (int64_t)(options->ping_interval * 1e9)
                          : BX_NEVER;
    relay->ping_due = next_ping(relay, relay->heard_at);
    relay->state = RELAYING;
    relay->backlog = true; /* there may be more behind the greeting */
    bx_loop_add(bx_ssh_loop(relay->ssh), &relay->pump);
    move(&relay->pump);
    return 0;
}

bx_relay *bx_relay_open(bx_ssh *ssh, int socket, const bx_relay_options *options, bool *absent,
                        bx_error *err)
{
    *absent = false;
    bx_relay *relay = calloc(1, sizeof *relay);
    if (!relay) {
        close(socket);
        bx_fail_memory(err);
        return NULL;
    }
    relay->pump = (bx_pump){.watch = watch, .move = move, .due = due};
    relay->ssh = ssh;
    relay->socket = socket;
    if (start(relay, options, absent, err) < 0) {
        bx_relay_close(relay);
        return NULL;
    }
    return relay;
}

void bx_relay_close(bx_relay *relay)
{
    if (!relay)
        return;
    bx_loop_remove(bx_ssh_loop(relay->ssh), &relay->pump);
    break_off(relay, BX_EDESTROYED, "closed");
    end(relay);
    free(relay);
}

bool bx_relay_alive(const bx_relay *relay, bx_error *why)
{
    if (relay->state == ENDED && why)
        *why = relay->why;
    return relay->state != ENDED;
}

int bx_relay_sync(bx_relay *relay, bx_error *err)
{
    uint64_t number = 0;
    relay->sync_wanted = relay->state == RELAYING;
    for (;;) {
        uint64_t news = bx_ssh_news(relay->ssh);
        if (relay->state != RELAYING || relay->broken) {
            relay->sync_wanted = false;
            if (relay->state == ENDED || relay->broken)
                return bx_fail(err, relay->why.code, "%s", relay->why.message);
        } else if (!relay->sync_wanted && number == 0) {
            number = relay->asked;
        }
        if (number && relay->answered >= number)
            return 0;
        if (bx_ssh_wait(relay->ssh, news, BX_NEVER, err) < 0) {
            relay->sync_wanted = false;
            return -1;
        }
    }
}

void bx_relay_hold(bx_relay *relay, bool hold)
{
    relay->held = hold;
    relay->awaited = false;
    relay->heard_at = relay->taken_at = bx_clock_now();
    relay->ping_due = next_ping(relay, relay->heard_at);
}
