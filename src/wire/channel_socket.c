#include "wire/channel.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct socket_channel {
    bx_channel base;
    int descriptor;
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

static ssize_t socket_write(bx_channel *channel, const void *bytes, size_t length)
{
    ssize_t sent = send(((socket_channel *)channel)->descriptor, bytes, length,
                        MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 && would_block() ? 0 : sent;
}

static int socket_descriptor(const bx_channel *channel)
{
    return ((const socket_channel *)channel)->descriptor;
}

static void socket_close(bx_channel *channel)
{
    close(((socket_channel *)channel)->descriptor);
    free(channel);
}

static const bx_channel_ops socket_ops = {socket_read, socket_write, socket_descriptor,
                                          socket_close};

bx_channel *bx_channel_socket_pair(int *peer, bx_error *err)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        bx_fail_errno(err, BX_ESYSTEM, errno, "cannot make a socket pair");
        return NULL;
    }
    socket_channel *channel = malloc(sizeof *channel);
    if (!channel) {
        close(ends[0]);
        close(ends[1]);
        bx_fail_memory(err);
        return NULL;
    }
    channel->base.ops = &socket_ops;
    channel->descriptor = ends[0];
    *peer = ends[1];
    return &channel->base;
}
