#include "channel_mock.h"

#include "core/buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct mock_channel {
    bx_channel base;
    bx_buffer incoming;
    bx_buffer written;
    size_t read;
    size_t piece;
} mock_channel;

static ssize_t mock_read(bx_channel *channel, void *bytes, size_t length)
{
    mock_channel *mock = (mock_channel *)channel;
    size_t left = mock->incoming.length - mock->read;
    if (left == 0) {
        errno = EPIPE;
        return -1;
    }
    size_t now = length < left ? length : left;
    if (now > mock->piece)
        now = mock->piece;
    memcpy(bytes, mock->incoming.data + mock->read, now);
    mock->read += now;
    return (ssize_t)now;
}

static ssize_t mock_write(bx_channel *channel, const void *bytes, size_t length)
{
    if (bx_buffer_append(&((mock_channel *)channel)->written, bytes, length) < 0) {
        errno = ENOMEM;
        return -1;
    }
    return (ssize_t)length;
}

static int mock_descriptor(const bx_channel *channel)
{
    (void)channel;
    return -1;
}

static void mock_close(bx_channel *channel)
{
    bx_buffer_free(&((mock_channel *)channel)->incoming);
    bx_buffer_free(&((mock_channel *)channel)->written);
    free(channel);
}

static const bx_channel_ops mock_ops = {mock_read, mock_write, mock_descriptor, mock_close};

bx_channel *bx_channel_mock(const void *incoming, size_t length, size_t piece, bx_error *err)
{
    mock_channel *mock = calloc(1, sizeof *mock);
    if (!mock || bx_buffer_append(&mock->incoming, incoming, length) < 0) {
        free(mock);
        bx_fail_memory(err);
        return NULL;
    }
    mock->base.ops = &mock_ops;
    mock->piece = piece;
    return &mock->base;
}

const uint8_t *bx_channel_mock_written(const bx_channel *channel, size_t *length)
{
    const mock_channel *mock = (const mock_channel *)channel;
    *length = mock->written.length;
    return mock->written.data;
}
