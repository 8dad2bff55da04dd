#include "courier/printable.h"
#include "courier/relay_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MISSED_PINGS = 3 };

/* For the host to take what the guest has sent, in nanoseconds. */
#define LAST_WORDS_PATIENCE INT64_C(5000000000)

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Pings. */

/* Since when the guest owes a sign of life; BX_NEVER: it does not. A host that does not read keeps
 * answers from being seen. */
static int64_t silent_since(const bx_relay *relay)
{
    if (relay->held || bx_relay_to_host_left(relay) || relay->backlog ||
        (!relay->awaited && !bx_relay_to_guest_left(relay)))
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
    return !relay->held && !relay->awaited && !bx_relay_to_guest_left(relay) &&
           bx_follow_between(&relay->from_host);
}

static void keep_asking(bx_relay *relay)
{
    int64_t now = bx_clock_now();
    uint32_t window = ssh_channel_window_size(relay->channel);
    if (window > relay->window) /* it reads, though much may stand before the ping */
        relay->heard_at = now;
    bool late = now >= given_up_at(relay);
    if (late && relay->late) {
        bx_relay_break(relay, BX_ECONNECT, "the guest has not answered for %g s",
                       (double)relay->interval * MISSED_PINGS * 1e-9);
    } else if (ping_wanted(relay) && now >= relay->ping_due) {
        bx_relay_append_ping(relay);
        bx_relay_push(relay);
    }
    relay->window = ssh_channel_window_size(relay->channel);
    relay->late = late;
}

/* The end. */

bool bx_relay_guest_closed(const bx_relay *relay)
{
    return !bx_ssh_connected(relay->ssh) || ssh_channel_is_closed(relay->channel);
}

bool bx_relay_guest_ended(const bx_relay *relay)
{
    return bx_relay_guest_closed(relay) || ssh_channel_is_eof(relay->channel);
}

int bx_relay_describe_end(const bx_relay *relay, bx_code code, bx_error *err)
{
    char how[320], tail[BX_RELAY_TAIL + 64], reason[256];
    int status = -1;
    if (!bx_ssh_connected(relay->ssh)) {
        bx_error_set(err, BX_ECONNECT, "the connection to %s broke: %s", relay->ssh->where,
                     bx_ssh_reason(relay->ssh, reason, sizeof reason));
        return -1;
    }
    if (ssh_channel_is_closed(relay->channel))
        status = bx_ssh_exit_status(relay->channel);
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
        bx_relay_describe_end(relay, BX_EDIED, &relay->why);
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
    relay->status_by = now + BX_RELAY_STATUS_PATIENCE;
}

static void drain(bx_relay *relay)
{
    int64_t now = bx_clock_now();
    bool told = !bx_relay_to_host_left(relay) || now >= relay->drained_by;
    if (!bx_relay_to_host_left(relay))
        shutdown(relay->socket, SHUT_WR); /* the host knows at once; the reason may take a moment */
    if (told && (bx_relay_guest_closed(relay) || now >= relay->status_by))
        end(relay);
}

/* The pump. */

static int watch(bx_pump *pump, struct pollfd *watched)
{
    const bx_relay *relay = (const bx_relay *)pump;
    short events = bx_relay_to_host_left(relay) ? POLLOUT : 0;
    if (relay->state == RELAYING && !bx_relay_to_guest_left(relay))
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
        if (bx_relay_to_host_left(relay))
            return relay->drained_by;
        return bx_relay_guest_closed(relay) ? 0 : relay->status_by;
    }
    bool may_sync = relay->sync_wanted && !bx_relay_to_guest_left(relay) &&
                    bx_follow_between(&relay->from_host);
    if (bx_relay_guest_ended(relay) || may_sync ||
        (relay->backlog && !bx_relay_to_host_left(relay)) ||
        (bx_relay_can_push(relay) && relay->stuck != relay->ssh->news))
        return 0;
    return earlier(ping_wanted(relay) ? relay->ping_due : BX_NEVER, given_up_at(relay));
}

static void move(bx_pump *pump)
{
    bx_relay *relay = (bx_relay *)pump;
    if (relay->state == ENDED)
        return;
    bx_relay_flush(relay);
    if (!relay->broken && relay->backlog && !bx_relay_to_host_left(relay))
        bx_relay_pull(relay);
    if (!relay->broken && relay->state == RELAYING) {
        if (bx_relay_guest_ended(relay)) {
            start_draining(relay);
        } else {
            bx_relay_read_host(relay);
            if (!relay->broken)
                keep_asking(relay);
        }
    }
    if (relay->broken)
        end(relay);
    else if (relay->state == DRAINING)
        drain(relay);
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

static int start(bx_relay *relay, const bx_relay_options *options, bool *absent, bx_error *err)
{
    relay->channel = bx_ssh_start(relay->ssh, options->command, err);
    if (!relay->channel)
        return -1;
    ssh_callbacks_init(&relay->callbacks);
    relay->callbacks.userdata = relay;
    relay->callbacks.channel_data_function = bx_relay_on_data;
    relay->callbacks.channel_exit_signal_function = on_signal;
    if (ssh_set_channel_callbacks(relay->channel, &relay->callbacks) != SSH_OK)
        return bx_fail_memory(err);
    if (bx_relay_hear_greeting(relay, absent, err) < 0)
        return -1;
    if (bx_buffer_append(&relay->to_guest, options->spawn->data, options->spawn->length) < 0)
        return bx_fail_memory(err);
    relay->heard_at = relay->taken_at = bx_clock_now();
    relay->interval = options->ping_interval > 0 && options->ping_interval < 1e9
                          ? (int64_t)(options->ping_interval * 1e9)
                          : BX_NEVER;
    relay->ping_due = bx_relay_next_ping(relay, relay->heard_at);
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
    bx_relay_break(relay, BX_EDESTROYED, "closed");
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
    relay->ping_due = bx_relay_next_ping(relay, relay->heard_at);
}
