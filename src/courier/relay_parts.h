/* What the files of the relay share with each other. */
#ifndef BX_COURIER_RELAY_PARTS_H
#define BX_COURIER_RELAY_PARTS_H

#include "courier/follow.h"
#include "courier/relay.h"
#include "courier/ssh_parts.h"

enum { BX_RELAY_PIECE = 64 << 10, BX_RELAY_TAIL = 512 };

typedef enum relay_state { GREETING, RELAYING, DRAINING, ENDED } relay_state;

struct bx_relay {
    bx_pump pump;
    bx_ssh *ssh;
    ssh_channel channel;
    struct ssh_channel_callbacks_struct callbacks;
    int socket;
    relay_state state;
    bool broken; /* it ends at its next move: libssh may be at work on the channel now */
    bx_error why;

    bx_follower from_guest;
    bx_buffer to_host; /* what the socket did not take; while there is any, libssh holds the rest */
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
    bool late; /* its silence was too long a move ago: what has come since is read before it counts,
                  for this process may have had no processor time */
    uint32_t window;  /* of the channel when last looked at */
    bool sync_wanted; /* a ping is to go out once the socket is empty */

    char tail[BX_RELAY_TAIL]; /* of what the command wrote to stderr */
    size_t tail_length;
    char signal[24];
    int64_t drained_by, status_by;
};

static inline size_t bx_relay_to_guest_left(const bx_relay *relay)
{
    return relay->to_guest.length - relay->to_guest_sent;
}

static inline size_t bx_relay_to_host_left(const bx_relay *relay)
{
    return relay->to_host.length - relay->to_host_sent;
}

/* Mark it broken, and say why; the first reason stays. */
void bx_relay_break(bx_relay *relay, bx_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Callback of libssh, which calls it while it handles packets on whoever's behalf. */
int bx_relay_on_data(ssh_session session, ssh_channel channel, void *data, uint32_t length,
                     int is_stderr, void *relay);

/* Towards the host: send what waits; then take what libssh has kept. */
void bx_relay_flush(bx_relay *relay);
void bx_relay_pull(bx_relay *relay);

/* Towards the guest. */
bool bx_relay_can_push(const bx_relay *relay);
void bx_relay_push(bx_relay *relay);
void bx_relay_read_host(bx_relay *relay);

/* Between two frames: a ping behind all that was read of the host. */
void bx_relay_append_ping(bx_relay *relay);
int64_t bx_relay_next_ping(const bx_relay *relay, int64_t now);

/* Wait for the greeting, and check it. */
int bx_relay_hear_greeting(bx_relay *relay, bool *absent, bx_error *err);
void bx_relay_keep_tail(bx_relay *relay, const uint8_t *bytes, size_t length);

/* The guest has closed the channel; or at least its output has come to an end, and all of it has
 * been taken. */
bool bx_relay_guest_closed(const bx_relay *relay);
bool bx_relay_guest_ended(const bx_relay *relay);

/* How the command ended, as an error of `code`. Returns its exit status, or -1. */
int bx_relay_describe_end(const bx_relay *relay, bx_code code, bx_error *err);

/* For the exit status behind the end of the output, in nanoseconds. */
#define BX_RELAY_STATUS_PATIENCE INT64_C(1000000000)

#endif
