#include "core/buffer.h"

#include <stdlib.h>
#include <string.h>

enum { KEPT = 128 << 10 }; /* of an empty buffer that is in use */

void bx_buffer_free(bx_buffer *buffer)
{
    free(buffer->data);
    buffer->data = NULL;
    buffer->length = buffer->capacity = 0;
    buffer->failed = false;
}

int bx_buffer_reserve(bx_buffer *buffer, size_t more)
{
    size_t limit = buffer->limit ? buffer->limit : SIZE_MAX / 2;
    if (more > limit || buffer->length > limit - more)
        return -1;
    size_t needed = buffer->length + more;
    if (needed <= buffer->capacity)
        return 0;
    size_t capacity = buffer->capacity ? buffer->capacity : 256;
    while (capacity < needed)
        capacity *= 2;
    uint8_t *data = realloc(buffer->data, capacity);
    if (!data)
        return -1;
    buffer->data = data;
    buffer->capacity = capacity;
    return 0;
}

uint8_t *bx_buffer_extend(bx_buffer *buffer, size_t more)
{
    if (buffer->failed || bx_buffer_reserve(buffer, more) < 0) {
        buffer->failed = true;
        return NULL;
    }
    buffer->length += more;
    return buffer->data + buffer->length - more;
}

int bx_buffer_append(bx_buffer *buffer, const void *bytes, size_t length)
{
    if (length == 0)
        return buffer->failed ? -1 : 0;
    uint8_t *at = bx_buffer_extend(buffer, length);
    if (!at)
        return -1;
    memcpy(at, bytes, length);
    return 0;
}

void bx_buffer_cut(bx_buffer *buffer, size_t start)
{
    buffer->length = start;
    buffer->failed = false;
}

int bx_buffer_finish(bx_buffer *buffer, size_t start)
{
    if (!buffer->failed)
        return 0;
    bx_buffer_cut(buffer, start);
    return -1;
}

void bx_buffer_consume(bx_buffer *buffer, size_t length)
{
    if (length >= buffer->length) {
        bx_buffer_cut(buffer, 0);
        if (buffer->capacity > KEPT)
            bx_buffer_free(buffer);
        return;
    }
    memmove(buffer->data, buffer->data + length, buffer->length - length);
    buffer->length -= length;
}
