/* Frames on their way through the supervisor, one direction of them. Bytes go in at one end and out
 * at the other, in order, at most BX_STREAM_SIZE at a time; of a frame only its head is read, and
 * the first `peek` bytes of its payload. */
#ifndef BX_WORKER_STREAM_H
#define BX_WORKER_STREAM_H

#include "wire/frame.h"

#include <stdbool.h>

enum {
    BX_STREAM_SIZE = 256 << 10,
    BX_STREAM_SPARE = 64 /* room that incoming bytes leave for frames put in between */
};

/* Zeroed, it is empty. */
typedef struct bx_stream {
    uint8_t bytes[BX_STREAM_SIZE];
    size_t start; /* bytes from here to `passed` may go out */
    size_t passed;
    size_t end;
    size_t rest; /* payload still to come of the frame that is passing; 0: between two frames */
    size_t peek; /* bytes of a payload that are wanted along with the head, if it has so many */
    size_t next; /* payload of the frame whose head was read last */
} bx_stream;

/* Where bytes can be put, and how many: maybe none, until some have gone out. Then say how many
 * were put there. */
uint8_t *bx_stream_room(bx_stream *stream, size_t *room);
void bx_stream_filled(bx_stream *stream, size_t length);

/* Let what is known to be payload pass, up to the next head. 1: *frame is the frame there, its
 * payload as far as `peek` goes, its length the whole; pass or drop it. 0: more bytes are needed.
 * -1: that is no head. */
int bx_stream_next(bx_stream *stream, bx_frame *frame);
void bx_stream_pass(bx_stream *stream);
void bx_stream_drop(bx_stream *stream); /* a frame without payload */

/* Whether all bytes that have passed are whole frames. */
static inline bool bx_stream_between(const bx_stream *stream)
{
    return stream->rest == 0;
}

/* Put a whole frame in where bx_stream_between; `reserve` bytes are to be left. False: no room now.
 */
bool bx_stream_insert(bx_stream *stream, const void *frame, size_t length, size_t reserve);

/* Bytes to send on, and how many were. */
const uint8_t *bx_stream_out(const bx_stream *stream, size_t *length);
void bx_stream_sent(bx_stream *stream, size_t length);

#endif
