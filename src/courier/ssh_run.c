#include "courier/ssh_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 64 << 10 };

/* The server goes on, but not with this: it takes only so many sessions on a connection. */
static int refuse_session(const bx_ssh *ssh, bx_error *err)
{
    char reason[512];
    return bx_fail(err, bx_ssh_connected(ssh) ? BX_EBUSY : BX_ECONNECT,
                   "%s cannot start a command: %s", ssh->where,
                   bx_ssh_reason(ssh, reason, sizeof reason));
}

/* Call `step` until it is through. */
static int repeat(bx_ssh *ssh, ssh_channel channel, int (*step)(ssh_channel, const char *),
                  const char *command, bx_error *err)
{
    for (;;) {
        uint64_t news = bx_ssh_news(ssh);
        int status = step(channel, command);
        if (status == SSH_OK)
            return 0;
        if (status != SSH_AGAIN || !bx_ssh_connected(ssh))
            return refuse_session(ssh, err);
        bx_ssh_acknowledge(ssh);
        if (bx_ssh_wait(ssh, news, BX_NEVER, err) < 0)
            return -1;
    }
}

static int open_session(ssh_channel channel, const char *command)
{
    (void)command;
    return ssh_channel_open_session(channel);
}

ssh_channel bx_ssh_start(bx_ssh *ssh, const char *command, bx_error *err)
{
    ssh_channel channel = ssh_channel_new(ssh->session);
    if (!channel) {
        refuse_session(ssh, err);
        return NULL;
    }
    if (repeat(ssh, channel, open_session, NULL, err) < 0) {
        /* Not closed: it has no number at the other side yet, and would take another's. */
        ssh_channel_free(channel);
        return NULL;
    }
    if (repeat(ssh, channel, ssh_channel_request_exec, command, err) < 0) {
        bx_ssh_drop(ssh, channel);
        return NULL;
    }
    return channel;
}

/* A file on its way into a command. */
typedef struct feed {
    int file; /* -1: at its end */
    size_t length, sent;
    uint8_t piece[PIECE];
} feed;

static void end_feed(feed *from)
{
    if (from->file >= 0)
        close(from->file);
    from->file = -1;
}

static int refill(feed *from, const char *path, bx_error *err)
{
    ssize_t got;
    do
        got = read(from->file, from->piece, sizeof from->piece);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return bx_fail_errno(err, BX_EFILE, errno, "cannot read %s", path);
    from->length = (size_t)got;
    from->sent = 0;
    return 0;
}

/* Send as much as the channel takes; what it does not take stays in the file. */
static int send_input(bx_ssh *ssh, ssh_channel channel, feed *from, const char *path, bx_error *err)
{
    while (from->file >= 0 && !bx_ssh_congested(ssh) && ssh_channel_window_size(channel) > 0) {
        if (from->sent == from->length && refill(from, path, err) < 0)
            return -1;
        if (from->length == 0) {
            end_feed(from);
            ssh_channel_send_eof(channel);
            return 0;
        }
        uint32_t length = (uint32_t)(from->length - from->sent);
        uint32_t window = ssh_channel_window_size(channel);
        int sent =
            ssh_channel_write(channel, from->piece + from->sent, length < window ? length : window);
        if (sent < 0) /* it has closed its input, or all: the end will tell */
            end_feed(from);
        if (sent <= 0)
            break;
        from->sent += (size_t)sent;
    }
    return 0;
}

static int take_output(ssh_channel channel, int is_stderr, bx_buffer *into, bx_error *err)
{
    uint8_t piece[PIECE];
    int got;
    while ((got = ssh_channel_read_nonblocking(channel, piece, sizeof piece, is_stderr)) > 0) {
        size_t length = (size_t)got;
        if (into && into->limit && into->limit - into->length < length)
            length = into->limit - into->length;
        if (into && bx_buffer_append(into, piece, length) < 0)
            return bx_fail_memory(err);
    }
    return 0;
}

static int talk(bx_ssh *ssh, ssh_channel channel, feed *from, const char *path, bx_buffer *out,
                bx_buffer *errors, bx_error *err)
{
    char reason[512];
    for (;;) {
        uint64_t news = bx_ssh_news(ssh);
        if (send_input(ssh, channel, from, path, err) < 0 ||
            take_output(channel, 0, out, err) < 0 || take_output(channel, 1, errors, err) < 0)
            return -1;
        if (!bx_ssh_connected(ssh))
            return bx_fail(err, BX_ECONNECT, "the connection to %s broke: %s", ssh->where,
                           bx_ssh_reason(ssh, reason, sizeof reason));
        if (ssh_channel_is_closed(channel))
            return 0;
        if (bx_ssh_wait(ssh, news, BX_NEVER, err) < 0)
            return -1;
    }
}

int bx_ssh_run(bx_ssh *ssh, const char *command, const char *input_file, int *status,
               bx_buffer *out, bx_buffer *errors, bx_error *err)
{
    feed from = {.file = -1};
    *status = -1;
    if (input_file && (from.file = open(input_file, O_RDONLY | O_CLOEXEC)) < 0)
        return bx_fail_errno(err, BX_EFILE, errno, "cannot read %s", input_file);
    ssh_channel channel = bx_ssh_start(ssh, command, err);
    int result = -1;
    if (channel) {
        if (!input_file)
            ssh_channel_send_eof(channel);
        result = talk(ssh, channel, &from, input_file, out, errors, err);
    }
    if (result == 0)
        *status = bx_ssh_exit_status(channel);
    end_feed(&from);
    bx_ssh_drop(ssh, channel);
    return result;
}
