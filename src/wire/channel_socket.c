#include "wire/channel.h"
#include "wire/pass.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct socket_channel {
    bx_channel base;
    int descriptor;
    int passed; /* goes with the next write; -1: none */
} socket_channel;

static bool would_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static ssize_t socket_read(bx_channel *channel, void *bytes, size_t length)
{
    ssize_t got = recv(((socket_channel *)channel)->descriptor, bytes, length, MSG_DONTWAIT);
    if (got > 0)
        return got;
    if (got < 0)
        return would_block() ? 0 : -1;
    errno = EPIPE;
    return -1;
}

static void drop_passed(socket_channel *socket)
{
    if (socket->passed >= 0)
        close(socket->passed);
    socket->passed = -1;
}

static ssize_t socket_write(bx_channel *channel, const void *bytes, size_t length)
{
    socket_channel *socket = (socket_channel *)channel;
    ssize_t sent = bx_pass_send(socket->descriptor, bytes, length, socket->passed);
    if (sent > 0)
        drop_passed(socket);
    return sent < 0 && would_block() ? 0 : sent;
}

void bx_channel_socket_pass(bx_channel *channel, int descriptor)
{
    drop_passed((socket_channel *)channel);
    ((socket_channel *)channel)->passed = descriptor;
}

static int socket_descriptor(const bx_channel *channel)
{
    return ((const socket_channel *)channel)->descriptor;
}

static void socket_close(bx_channel *channel)
{
    drop_passed((socket_channel *)channel);
    close(((socket_channel *)channel)->descriptor);
    free(channel);
}

static const bx_channel_ops socket_ops = {socket_read, socket_write, socket_descriptor,
                                          socket_close};

bx_channel *bx_channel_socket(int descriptor, bx_error *err)
{
    socket_channel *channel = malloc(sizeof *channel);
    if (!channel) {
        close(descriptor);
        bx_fail_memory(err);
        return NULL;
    }
    channel->base.ops = &socket_ops;
    channel->descriptor = descriptor;
    channel->passed = -1;
    return &channel->base;
}

bx_channel *bx_channel_socket_pair(int *peer, bx_error *err)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        bx_fail_errno(err, BX_ESYSTEM, errno, "cannot make a socket pair");
        return NULL;
    }
    bx_channel *channel = bx_channel_socket(ends[0], err);
    if (channel)
        *peer = ends[1];
    else
        close(ends[1]);
    return channel;
}
