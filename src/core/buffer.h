/* A growing run of bytes with an upper bound. */
#ifndef BX_CORE_BUFFER_H
#define BX_CORE_BUFFER_H

#include <stddef.h>
#include <stdint.h>

typedef struct bx_buffer {
    uint8_t *data;
    size_t length;
    size_t capacity;
    size_t limit; /* never longer than this; 0 means no bound */
} bx_buffer;

/* A zeroed bx_buffer is an empty, unbounded one. */
void bx_buffer_free(bx_buffer *buffer);

/* Make room for `more` bytes. -1 when memory or the limit does not allow; nothing changes then. */
int bx_buffer_reserve(bx_buffer *buffer, size_t more);

int bx_buffer_append(bx_buffer *buffer, const void *bytes, size_t length);

/* Drop the first `length` bytes. */
void bx_buffer_consume(bx_buffer *buffer, size_t length);

#endif
