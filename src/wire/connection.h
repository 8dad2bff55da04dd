/* The calling end of the wire: calls with ids, and a worker, or another that serves, that is not
 * believed. Whatever arrives out of order, of a call that is not open, oversized or cut is
 * BX_EPROTOCOL; the owner then kills the worker. */
#ifndef BX_WIRE_CONNECTION_H
#define BX_WIRE_CONNECTION_H

#include "core/buffer.h"
#include "core/error.h"
#include "wire/channel.h"
#include "wire/frame.h"

#include <stdbool.h>

/* What is told of what arrives. The bytes are valid during the call only. Values have passed
 * bx_value_check. */
typedef struct bx_connection_events {
    void (*hello)(void *owner);
    void (*output)(void *owner, const uint8_t *bytes, size_t length);
    void (*progress)(void *owner, double fraction, double sim_time, const char *text,
                     size_t length); /* the time may be NaN */
    /* `value` is one encoded value. The call is closed before this is called. */
    void (*reply)(void *owner, double sim_time, const uint8_t *value, size_t length);
    /* `details` are one encoded map, or NULL. Before hello, an error of call 0 may come: the worker
     * gives up. */
    void (*error)(void *owner, double sim_time, const bx_error *error, const uint8_t *details,
                  size_t length);

    /* What not every peer may send; NULL: this one may not. */
    void (*exit)(void *owner,
                 int status); /* a guest: its worker has ended, with this wait status */
    void (*note)(void *owner, const char *name, size_t name_length, const char *text,
                 size_t length); /* a courier; `text` is NULL to forget it */

    /* Whether a call is open, where several may be; NULL: the last one is, till it is closed. */
    bool (*is_open)(void *owner, uint64_t call);
} bx_connection_events;

typedef struct bx_connection {
    bx_channel *channel; /* owned; NULL: not connected */
    uint64_t generation; /* another each time it is opened or closed */
    const bx_connection_events *events;
    void *owner;
    bx_buffer in;
    bx_buffer out;
    uint64_t call; /* the open call; 0: none */
    uint64_t last_call;
    uint64_t heard; /* what is being told is of this call */
    bool greeted;
} bx_connection;

/* Takes the channel. A zeroed connection is a closed one. */
void bx_connection_open(bx_connection *connection, bx_channel *channel,
                        const bx_connection_events *events, void *owner);
void bx_connection_close(bx_connection *connection);

/* Open a call: `values` holds the operation's encoded values. What the channel does not take at
 * once is left for bx_connection_flush. */
int bx_connection_call(bx_connection *connection, const char *operation, double timeout,
                       const bx_buffer *values, bx_error *err);

/* Send a frame that has no payload, of the open call if there is one: INTERRUPT, SUSPEND, WAKE. */
int bx_connection_signal(bx_connection *connection, bx_frame_type type, bx_error *err);

/* Send what is waiting. What a worker that is gone no longer hears is dropped: what it said last is
 * still to be received, and then its end. -1 with BX_ESYSTEM: this machine fails, and nothing more
 * can be said to the worker. */
int bx_connection_flush(bx_connection *connection, bx_error *err);
bool bx_connection_wants_to_write(const bx_connection *connection);

/* Read what is there, a bounded amount at a time, and tell the owner. -1 with BX_EDIED at the end
 * of the stream, BX_ESYSTEM or BX_EPROTOCOL. */
int bx_connection_receive(bx_connection *connection, bx_error *err);

#endif
