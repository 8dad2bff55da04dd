/* What is to be sent, in order, and what was printed among it: in one place, so that no result
 * overtakes what was printed before it. Its functions are called with its owner's lock held. */
#ifndef BX_KERNEL_OUTBOX_H
#define BX_KERNEL_OUTBOX_H

#include "kernel/message.h"

#include <stdbool.h>
#include <stdint.h>

enum { BX_KERNEL_TEXT = 1 << 18 }; /* bytes of text in one message, before a new one is begun */

typedef struct bx_kernel_item {
    struct bx_kernel_item *next;
    bx_kernel_channel channel;
    bx_kernel_request *parent; /* held, or NULL */
    const char *stream;        /* "stdout" or "stderr": `content` is what was printed; or NULL */
    int64_t since;             /* clock: of what was printed */
    char type[64];
    bx_buffer content, metadata; /* in JSON; no metadata: {} */
} bx_kernel_item;

typedef struct bx_kernel_outbox {
    bx_kernel_item *first, *last;
    int printed[2];            /* ends of pipes that are standard output and standard error */
    bx_kernel_request *parent; /* of what is printed: held, or NULL */
} bx_kernel_outbox;

/* Put a message behind what has been printed so far. What does not fit into memory is not sent. */
void bx_kernel_put(bx_kernel_outbox *outbox, bx_kernel_channel channel, bx_kernel_request *parent,
                   const char *type, bx_kernel_frame content, bx_kernel_frame metadata);

/* The same of text, which joins what stands last if that is of the same stream. */
void bx_kernel_put_text(bx_kernel_outbox *outbox, bx_kernel_request *parent, const char *stream,
                        const uint8_t *bytes, size_t length);

/* Read what has been printed, without waiting. */
void bx_kernel_read_printed(bx_kernel_outbox *outbox);

/* Take the first item; NULL: there is none, or it is text that stands alone, to which more may be
 * added until `moment`, or that ends within a character. */
bx_kernel_item *bx_kernel_take_item(bx_kernel_outbox *outbox, int64_t moment);
void bx_kernel_free_item(bx_kernel_item *item);

/* All of it. */
void bx_kernel_clear_outbox(bx_kernel_outbox *outbox);

#endif
