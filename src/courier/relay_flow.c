#include "courier/relay_parts.h"
#include "wire/server.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum {
    PIECES_A_MOVE = 8,    /* then others have their turn */
    GUEST_LIMIT = 4 << 20 /* unread bytes of a guest that heeds no window */
};

void bx_relay_break(bx_relay *relay, bx_code code, const char *format, ...)
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
    bx_relay_break(relay, BX_EDESTROYED, "the host closed its connection");
}

static void drop_sent(bx_buffer *buffer, size_t *sent)
{
    bx_buffer_consume(buffer, *sent);
    *sent = 0;
}

/* From the guest to the host. */

/* Send what the socket takes; returns how much. */
static size_t send_to_host(bx_relay *relay, const uint8_t *bytes, size_t length)
{
    bool gone = false;
    size_t sent = bx_answer_send(relay->socket, bytes, length, &gone);
    if (gone)
        host_gone(relay);
    return sent;
}

static void emit(bx_relay *relay, const uint8_t *bytes, size_t length)
{
    size_t sent = bx_relay_to_host_left(relay) ? 0 : send_to_host(relay, bytes, length);
    if (sent < length && bx_buffer_append(&relay->to_host, bytes + sent, length - sent) < 0)
        bx_relay_break(relay, BX_EMEMORY, "out of memory");
}

void bx_relay_flush(bx_relay *relay)
{
    if (!bx_relay_to_host_left(relay))
        return;
    relay->to_host_sent += send_to_host(relay, relay->to_host.data + relay->to_host_sent,
                                        bx_relay_to_host_left(relay));
    if (!bx_relay_to_host_left(relay))
        drop_sent(&relay->to_host, &relay->to_host_sent);
}

int64_t bx_relay_next_ping(const bx_relay *relay, int64_t now)
{
    return relay->interval == BX_NEVER ? BX_NEVER : now + relay->interval;
}

static void take_pong(bx_relay *relay, int64_t now)
{
    const bx_frame_head *frame = &relay->from_guest.frame;
    if (frame->length != 0 || frame->call <= relay->answered || frame->call > relay->asked)
        bx_relay_break(relay, BX_EPROTOCOL,
                       "the guest broke the protocol: the answer to a ping that was not sent");
    relay->answered = frame->call;
    if (relay->answered == relay->asked)
        relay->awaited = false;
    relay->ping_due = bx_relay_next_ping(relay, now);
}

/* A frame of the guest's begins. Whether it goes to the host. */
static bool admit(bx_relay *relay, int64_t now)
{
    bx_frame_type type = relay->from_guest.frame.type;
    if (type == BX_FRAME_PONG) {
        take_pong(relay, now);
        return false;
    }
    if (bx_frame_is_from_worker(type) || type == BX_FRAME_EXIT)
        return true;
    bx_relay_break(relay, BX_EPROTOCOL,
                   "the guest broke the protocol: a frame of type %d, which no guest sends",
                   (int)type);
    return false;
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
            bx_relay_break(relay, BX_EPROTOCOL, "the guest broke the protocol: %s", error.message);
        bytes += used;
        length -= used;
        if (status <= 0)
            break;
        if (part.begins && !admit(relay, now))
            continue;
        if (relay->from_guest.frame.type == BX_FRAME_PONG)
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

void bx_relay_keep_tail(bx_relay *relay, const uint8_t *bytes, size_t length)
{
    if (length > BX_RELAY_TAIL) {
        bytes += length - BX_RELAY_TAIL;
        length = BX_RELAY_TAIL;
    }
    size_t kept =
        relay->tail_length + length > BX_RELAY_TAIL ? BX_RELAY_TAIL - length : relay->tail_length;
    memmove(relay->tail, relay->tail + relay->tail_length - kept, kept);
    memcpy(relay->tail + kept, bytes, length);
    relay->tail_length = kept + length;
}

/* Returns how many bytes are taken; libssh keeps the others, and by that the window closes. */
int bx_relay_on_data(ssh_session session, ssh_channel channel, void *data, uint32_t length,
                     int is_stderr, void *userdata)
{
    bx_relay *relay = userdata;
    (void)session;
    (void)channel;
    if (is_stderr) {
        bx_relay_keep_tail(relay, data, length);
        return (int)length;
    }
    if (relay->broken || relay->state == ENDED)
        return (int)length;
    if (relay->state == GREETING || bx_relay_to_host_left(relay) || relay->backlog) {
        if (length > GUEST_LIMIT)
            bx_relay_break(relay, BX_EPROTOCOL,
                           "the guest broke the protocol: it sends more than its window allows");
        relay->backlog = true;
        return 0;
    }
    forward(relay, data, length);
    return (int)length;
}

/* Of what libssh has kept up to now all, for each read opens the window anew, by more than it
 * takes. */
void bx_relay_pull(bx_relay *relay)
{
    uint8_t piece[BX_RELAY_PIECE];
    relay->backlog = false;
    int left = ssh_channel_poll(relay->channel, 0);
    while (left > 0 && !relay->broken) {
        uint32_t length = left < BX_RELAY_PIECE ? (uint32_t)left : BX_RELAY_PIECE;
        int got = ssh_channel_read_nonblocking(relay->channel, piece, length, 0);
        if (got <= 0)
            break;
        forward(relay, piece, (size_t)got);
        left -= got;
    }
    relay->backlog = false;
}

/* From the host to the guest. */

bool bx_relay_can_push(const bx_relay *relay)
{
    return bx_relay_to_guest_left(relay) && !bx_ssh_congested(relay->ssh) &&
           ssh_channel_window_size(relay->channel) > 0;
}

void bx_relay_push(bx_relay *relay)
{
    relay->stuck = 0;
    while (bx_relay_can_push(relay)) {
        size_t length = bx_relay_to_guest_left(relay);
        size_t window = ssh_channel_window_size(relay->channel);
        if (length > window)
            length = window;
        if (length > BX_RELAY_PIECE)
            length = BX_RELAY_PIECE;
        int sent = ssh_channel_write(relay->channel, relay->to_guest.data + relay->to_guest_sent,
                                     (uint32_t)length);
        if (sent <= 0) { /* keys are being changed; or it has ended, which is looked at elsewhere */
            relay->stuck = bx_ssh_news(relay->ssh);
            return;
        }
        relay->to_guest_sent += (size_t)sent;
        relay->taken_at = bx_clock_now();
    }
    if (!bx_relay_to_guest_left(relay))
        drop_sent(&relay->to_guest, &relay->to_guest_sent);
}

static bool may_follow(bx_relay *relay, const uint8_t *bytes, size_t length)
{
    while (length) {
        bx_part part;
        bx_error error;
        size_t used = 0;
        int status = bx_follow(&relay->from_host, bytes, length, &part, &used, &error);
        if (status < 0)
            bx_relay_break(relay, BX_EPROTOCOL, "the host broke the protocol: %s", error.message);
        if (status > 0 && part.begins && !bx_frame_is_from_host(relay->from_host.frame.type))
            bx_relay_break(relay, BX_EPROTOCOL,
                           "the host broke the protocol: a frame of type %d, which no host sends",
                           (int)relay->from_host.frame.type);
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
    if (bx_buffer_reserve(into, BX_RELAY_PIECE) < 0) {
        bx_relay_break(relay, BX_EMEMORY, "out of memory");
        return false;
    }
    ssize_t got;
    do
        got = recv(relay->socket, into->data + into->length, BX_RELAY_PIECE, MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK))
        host_gone(relay);
    if (got <= 0)
        return false;
    if (!may_follow(relay, into->data + into->length, (size_t)got))
        return false;
    into->length += (size_t)got;
    relay->taken_at = bx_clock_now();
    return got == BX_RELAY_PIECE;
}

void bx_relay_append_ping(bx_relay *relay)
{
    size_t start = bx_frame_begin(&relay->to_guest, BX_FRAME_PING, relay->asked + 1);
    if (bx_frame_end(&relay->to_guest, start, NULL) < 0) {
        bx_relay_break(relay, BX_EMEMORY, "out of memory");
        return;
    }
    relay->asked++;
    relay->awaited = true;
    relay->asked_at = bx_clock_now();
}

void bx_relay_read_host(bx_relay *relay)
{
    bool more = true;
    bx_relay_push(relay);
    for (int i = 0; i < PIECES_A_MOVE && more && !relay->broken && !bx_relay_to_guest_left(relay);
         i++) {
        more = receive(relay);
        if (!more && relay->sync_wanted && bx_follow_between(&relay->from_host)) {
            relay->sync_wanted = false;
            bx_relay_append_ping(relay);
        }
        bx_relay_push(relay);
    }
    /* Only the end of the connection shows while the socket is not read. */
    struct pollfd peek = {relay->socket, 0, 0};
    if (bx_relay_to_guest_left(relay) && !relay->broken && poll(&peek, 1, 0) > 0)
        host_gone(relay);
}
