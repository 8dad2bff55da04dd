/* A two-way stream of bytes that never blocks. A channel embeds bx_channel as its first member. */
#ifndef BX_WIRE_CHANNEL_H
#define BX_WIRE_CHANNEL_H

#include "core/error.h"

#include <stdint.h>
#include <sys/types.h>

typedef struct bx_channel bx_channel;

typedef struct bx_channel_ops {
    /* Bytes moved; 0: nothing can be moved now; -1 with errno. A read at the end of the stream
     * is -1 with errno EPIPE. */
    ssize_t (*read)(bx_channel *channel, void *bytes, size_t length);
    ssize_t (*write)(bx_channel *channel, const void *bytes, size_t length);
    int (*descriptor)(const bx_channel *channel); /* to poll; -1: none */
    void (*close)(bx_channel *channel);           /* and free */
} bx_channel_ops;

struct bx_channel {
    const bx_channel_ops *ops;
};

static inline ssize_t bx_channel_read(bx_channel *channel, void *bytes, size_t length)
{
    return channel->ops->read(channel, bytes, length);
}

static inline ssize_t bx_channel_write(bx_channel *channel, const void *bytes, size_t length)
{
    return channel->ops->write(channel, bytes, length);
}

static inline int bx_channel_descriptor(const bx_channel *channel)
{
    return channel->ops->descriptor(channel);
}

static inline void bx_channel_close(bx_channel *channel)
{
    if (channel)
        channel->ops->close(channel);
}

/* One end of a stream socket pair; the other is *peer, close-on-exec, the caller's. NULL with
 * BX_ESYSTEM. */
bx_channel *bx_channel_socket_pair(int *peer, bx_error *err);

/* Of a connected stream socket, which is taken; on failure closed. NULL with BX_EMEMORY. */
bx_channel *bx_channel_socket(int descriptor, bx_error *err);

/* Have `descriptor`, taken, go with the next bytes written to a channel of a socket pair. */
void bx_channel_socket_pass(bx_channel *channel, int descriptor);

#endif
