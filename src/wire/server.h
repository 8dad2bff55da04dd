/* The serving end of the wire, the same for a worker, the supervisor of one in a guest, and a
 * courier: the calls that a host makes, read; and the frames that answer them, written. How bytes
 * come and go is each one's own: a worker blocks, the others wait for several things at once. The
 * supervisor has no inbox: it passes on what comes, and a frame may be far larger than what it
 * keeps (worker/stream.h). */
#ifndef BX_WIRE_SERVER_H
#define BX_WIRE_SERVER_H

#include "core/buffer.h"
#include "core/error.h"
#include "wire/frame.h"
#include "wire/value.h"

/* Points into the frame. */
typedef struct bx_call {
    uint64_t id;
    bx_token operation; /* a string */
    double timeout;     /* seconds; 0: none */
    bx_reader values;   /* the operation's own; not looked at yet */
} bx_call;

/* Read a CALL frame; of its payload so much as has come, which must hold operation and timeout.
 * -1: BX_EPROTOCOL. */
int bx_call_read(const bx_frame *frame, bx_call *call, bx_error *err);

/* What has come from the host and is not done with. Zeroed, it is empty. */
typedef struct bx_inbox {
    bx_buffer bytes; /* whoever receives appends to them */
    size_t held;     /* of these, the call at the front, once it is read */
} bx_inbox;

/* Read the call at the front. 1: it is there until bx_inbox_drop; 0: more bytes are needed; -1:
 * BX_EPROTOCOL. */
int bx_inbox_read_call(bx_inbox *inbox, bx_call *call, bx_error *err);
void bx_inbox_drop(bx_inbox *inbox);

/* Drop the interrupts at the front. 1: one was of the open call; 0: none was, those of earlier
 * calls came too late; -1: BX_EPROTOCOL. */
int bx_inbox_hear_interrupts(bx_inbox *inbox, uint64_t call, bx_error *err);

/* How a call fails. */
typedef struct bx_failure {
    const char *code; /* its name */
    const char *message;
    const bx_buffer *details; /* one encoded map; or NULL, or empty: none */
} bx_failure;

/* Each appends one whole frame to `out`. -1: it does not fit, BX_ERESULT or BX_EMEMORY; `out` is as
 * it was. Of an error that does not fit the details are left out, then its words: should the
 * code alone not fit either, the server has to end, for the host waits. */
int bx_answer_hello(bx_buffer *out, bx_error *err);
int bx_answer_error(bx_buffer *out, uint64_t call, double sim_time, const bx_failure *failure,
                    bx_error *err);
int bx_answer_output(bx_buffer *out, uint64_t call, const void *bytes, size_t length,
                     bx_error *err);
int bx_answer_exit(bx_buffer *out, int status, bx_error *err);

/* As these; `text` may be NULL. `sim_time`: the cell's, where it is known, or NaN. */
int bx_answer_progress(bx_buffer *out, uint64_t call, double fraction, double sim_time,
                       const char *text, size_t length, bx_error *err);
int bx_answer_note(bx_buffer *out, const char *name, const char *text, bx_error *err);

/* Send as much as the socket takes without waiting. Returns how much; *gone is set where nobody is
 * there to take it. */
size_t bx_answer_send(int socket, const void *bytes, size_t length, bool *gone);

/* Write all of it, waiting for as long as that takes. -1: nobody is there to take it. SIGPIPE is to
 * be ignored. */
int bx_answer_write(int descriptor, const void *bytes, size_t length);

/* Begin a REPLY: append its result, one value, then end it with bx_frame_end. */
size_t bx_answer_begin_reply(bx_buffer *out, uint64_t call, double sim_time);

#endif
