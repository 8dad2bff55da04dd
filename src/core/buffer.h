/* A growing run of bytes with an upper bound. What is written to it in many small pieces needs no
 * look at each: it remembers the first that did not fit, and is asked once, at the end. */
#ifndef BX_CORE_BUFFER_H
#define BX_CORE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct bx_buffer {
    uint8_t *data;
    size_t length;
    size_t capacity;
    size_t limit; /* never longer than this; 0 means no bound */
    bool failed;  /* an append did not fit; nothing is appended any more */
} bx_buffer;

/* A zeroed bx_buffer is an empty, unbounded one. */
void bx_buffer_free(bx_buffer *buffer);

/* Make room for `more` bytes. -1 when memory or the limit does not allow; nothing changes then. */
int bx_buffer_reserve(bx_buffer *buffer, size_t more);

/* Lengthen by `more` bytes, not 0, for the caller to fill in. NULL: they do not fit, or earlier
 * ones did not; the buffer has failed. */
uint8_t *bx_buffer_extend(bx_buffer *buffer, size_t more);

/* -1: as above. */
int bx_buffer_append(bx_buffer *buffer, const void *bytes, size_t length);

/* The end of a run of appends that began at `start`. -1 if one of them failed: all of them are
 * taken back then, and the failure is forgotten. */
int bx_buffer_finish(bx_buffer *buffer, size_t start);

/* Take back what was appended since `start`, and forget a failure. */
void bx_buffer_cut(bx_buffer *buffer, size_t start);

/* Drop the first `length` bytes. Once it is empty it has not failed, and a large one is freed. */
void bx_buffer_consume(bx_buffer *buffer, size_t length);

#endif
