/* The courier's side of its socket to the host: one call at a time, which may be interrupted. */
#ifndef BX_COURIER_CONTROL_H
#define BX_COURIER_CONTROL_H

#include "core/buffer.h"
#include "courier/loop.h"
#include "wire/server.h"

typedef struct bx_control {
    bx_pump pump; /* first */
    bx_loop *loop;
    bx_inbox in;
    bx_buffer out;
    int passed;    /* a descriptor that came and is not taken yet; -1: none */
    uint64_t call; /* the open one; 0: none */
    bool gone;     /* the host is */
    bool undoing;  /* neither the host's end nor an interrupt ends the present step */
} bx_control;

/* Greet the host and begin to listen on BX_WORKER_DESCRIPTOR. */
int bx_control_open(bx_control *control, bx_loop *loop, bx_error *err);
void bx_control_close(bx_control *control);

/* Wait for the next call and set the loop's deadline by it. Its values are valid until
 * bx_control_drop or the next wait. What the host has sent before it went is a call too, cancelled
 * already. False: it is gone, or the system refuses to poll. */
bool bx_control_next(bx_control *control, bx_call *call);

/* Its values have been read. */
void bx_control_drop(bx_control *control);

/* End the open call with one encoded value; one that is too large becomes an error. Or with an
 * error, by the name of its code; `details` are one encoded map, or NULL, or empty. */
void bx_control_reply(bx_control *control, const bx_buffer *value);
void bx_control_error(bx_control *control, const char *code, const char *message,
                      const bx_buffer *details);

void bx_control_progress(bx_control *control, double fraction, const char *text);

/* Have the host remember a text by this name, or forget it: NULL. -1: BX_ERESULT, too long for a
 * note. */
int bx_control_note(bx_control *control, const char *name, const char *text, bx_error *err);

/* The descriptor that came with the call, the caller's now; -1 for none. */
int bx_control_take_descriptor(bx_control *control);

/* From here on only time ends a step: what was made has to be undone. */
void bx_control_undo(bx_control *control, double seconds);

#endif
