/* One frame: 16 bytes of head, then the payload.
 *   0..3   payload length, little-endian
 *   4      type
 *   5..7   zero
 *   8..15  id of the call it belongs to, little-endian; 0 for HELLO
 * Payloads are runs of MessagePack values (wire/value.h). */
#ifndef BX_WIRE_FRAME_H
#define BX_WIRE_FRAME_H

#include "core/buffer.h"
#include "core/error.h"

#include <stdbool.h>
#include <stdint.h>

#define BX_PROTOCOL_VERSION "bioxen-4 " BIOXEN_VERSION

enum { BX_FRAME_HEAD = 16, BX_FRAME_LIMIT = 64 << 20 };

/* Bytes of a note's name and text, with the zero behind each: none is longer. */
enum { BX_NOTE_NAME = 32, BX_NOTE_TEXT = 1024 };

typedef enum bx_frame_type {
    BX_FRAME_HELLO = 1, /* worker: version (string). First, once */
    BX_FRAME_CALL,      /* host: operation (string), timeout in seconds (float, 0: none), then the
                           operation's own values */
    BX_FRAME_REPLY,     /* worker: simulated time (float), result (any). Ends the call */
    BX_FRAME_ERROR,     /* worker: simulated time (float), code, message, a map of details or nil: a
                           worker's are traceback and value, others' are any. Ends the call */
    BX_FRAME_OUTPUT,    /* worker: bytes that the code printed (string) */
    BX_FRAME_PROGRESS,  /* worker: fraction (float), text or nil */

    /* Where the worker is not a child of this machine's zygote, frames stand for signals and for
     * the requests and reports of wire/zygote.h. */
    BX_FRAME_INTERRUPT, /* host: end the open call, softly. No payload, as the next two */
    BX_FRAME_SUSPEND,   /* host: no processor time for the worker from now on */
    BX_FRAME_WAKE,      /* host */
    BX_FRAME_SPAWN, /* courier, first, once: memory limit (integer, bytes), output limit (integer),
                       unconfined (boolean), organism (string), its files (map of name to text),
                       those of the library that organisms share */
    BX_FRAME_EXIT,  /* guest: wait status of the worker (integer). Last */
    BX_FRAME_PING,  /* courier; the call field is its number */
    BX_FRAME_PONG,  /* guest: to the ping of that number */
    BX_FRAME_NOTE   /* courier, of itself: name (string), text (string) or nil to forget it */
} bx_frame_type;

/* Who sends what, once a guest's worker has been told what to load. */
bool bx_frame_is_from_worker(bx_frame_type type);
bool bx_frame_is_from_host(bx_frame_type type);

typedef struct bx_frame {
    bx_frame_type type;
    uint64_t call;
    const uint8_t *payload;
    size_t length;
} bx_frame;

typedef struct bx_frame_head {
    bx_frame_type type;
    uint64_t call;
    size_t length; /* of the payload */
} bx_frame_head;

/* Read the BX_FRAME_HEAD bytes of a head. -1: BX_EPROTOCOL. */
int bx_frame_read_head(const uint8_t *bytes, bx_frame_head *head, bx_error *err);

/* Append a frame's head to `out`; returns where the frame starts. Append the payload after it, then
 * end the frame, which fills in the head. -1: what was appended since `start` is taken back; it was
 * too large for a frame (BX_ERESULT), or an append failed (BX_EMEMORY). */
size_t bx_frame_begin(bx_buffer *out, bx_frame_type type, uint64_t call);
int bx_frame_end(bx_buffer *out, size_t start, bx_error *err);

/* The frame at the start of `bytes`. 1: complete, *frame points into `bytes` and *used is its
 * size; 0: more bytes are needed; -1: BX_EPROTOCOL. */
int bx_frame_parse(const uint8_t *bytes, size_t length, bx_frame *frame, size_t *used,
                   bx_error *err);

#endif
