#include "kernel/outbox.h"

#include "core/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 1 << 16 };

static const int64_t gathering = 20000000; /* nanoseconds: text that comes in pieces is joined */

static bx_kernel_item *add(bx_kernel_outbox *outbox, bx_kernel_channel channel,
                           bx_kernel_request *parent, const char *type)
{
    bx_kernel_item *item = calloc(1, sizeof *item);
    if (!item)
        return NULL;
    item->channel = channel;
    item->parent = bx_kernel_request_hold(parent);
    snprintf(item->type, sizeof item->type, "%s", type);
    if (outbox->last)
        outbox->last->next = item;
    else
        outbox->first = item;
    outbox->last = item;
    return item;
}

static int keep(bx_buffer *buffer, bx_kernel_frame frame)
{
    return frame.length ? bx_buffer_append(buffer, frame.bytes, frame.length) : 0;
}

void bx_kernel_put(bx_kernel_outbox *outbox, bx_kernel_channel channel, bx_kernel_request *parent,
                   const char *type, bx_kernel_frame content, bx_kernel_frame metadata)
{
    bx_kernel_read_printed(outbox);
    bx_kernel_item *item = add(outbox, channel, parent, type);
    if (item && (keep(&item->content, content) < 0 || keep(&item->metadata, metadata) < 0))
        bx_buffer_free(&item->content); /* nothing is sent for an item without content */
}

void bx_kernel_put_text(bx_kernel_outbox *outbox, bx_kernel_request *parent, const char *stream,
                        const uint8_t *bytes, size_t length)
{
    bx_kernel_item *item = outbox->last;
    bool joins = item && item->stream && strcmp(item->stream, stream) == 0 &&
                 item->parent == parent && item->content.length < BX_KERNEL_TEXT;
    if (!joins)
        item = add(outbox, BX_KERNEL_IOPUB, parent, "stream");
    if (!item)
        return;
    if (!joins)
        item->since = bx_clock_now();
    item->stream = stream;
    bx_buffer_append(&item->content, bytes, length);
}

void bx_kernel_read_printed(bx_kernel_outbox *outbox)
{
    static const char *const names[] = {"stdout", "stderr"};
    uint8_t piece[PIECE];
    for (int i = 0; i < 2; i++) {
        ssize_t got = read(outbox->printed[i], piece, sizeof piece);
        if (got > 0)
            bx_kernel_put_text(outbox, outbox->parent, names[i], piece, (size_t)got);
    }
}

/* Leave the beginning of a character that is not whole in a new item, where more may come. */
static void leave_unfinished(bx_kernel_outbox *outbox, bx_kernel_item *item)
{
    size_t length = item->content.length;
    size_t rest = bx_kernel_unfinished(item->content.data, length);
    if (rest == 0)
        return;
    bx_kernel_put_text(outbox, item->parent, item->stream, item->content.data + length - rest,
                       rest);
    bx_buffer_cut(&item->content, length - rest);
}

bx_kernel_item *bx_kernel_take_item(bx_kernel_outbox *outbox, int64_t moment)
{
    bx_kernel_item *item = outbox->first;
    bool alone = item && item->stream && !item->next;
    if (!item || (alone && (item->since + gathering > moment ||
                            bx_kernel_unfinished(item->content.data, item->content.length) ==
                                item->content.length)))
        return NULL;
    outbox->first = item->next;
    if (!outbox->first)
        outbox->last = NULL;
    if (alone)
        leave_unfinished(outbox, item);
    return item;
}

void bx_kernel_free_item(bx_kernel_item *item)
{
    bx_kernel_request_release(item->parent);
    bx_buffer_free(&item->content);
    bx_buffer_free(&item->metadata);
    free(item);
}

void bx_kernel_clear_outbox(bx_kernel_outbox *outbox)
{
    for (bx_kernel_item *item = outbox->first, *next; item; item = next) {
        next = item->next;
        bx_kernel_free_item(item);
    }
    outbox->first = outbox->last = NULL;
    bx_kernel_request_release(outbox->parent);
    outbox->parent = NULL;
}
