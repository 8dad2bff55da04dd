/* What a worker in a guest reads of its two sides: the order it is started with, and heads of
 * frames on their way, which must come out as they went in, however they are cut. */
#include "worker/stdio.h"
#include "worker/stream.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const uint8_t inserted[BX_FRAME_HEAD] = {0, 0, 0, 0, BX_FRAME_PONG};

/* Frames without payload are taken out. `inserts` frames come in between, as soon as may be. */
static int pass(bx_stream *stream, int *inserts)
{
    bx_frame frame;
    int got;
    while ((got = bx_stream_next(stream, &frame)) > 0) {
        size_t peek = frame.length < stream->peek ? frame.length : stream->peek;
        volatile uint8_t last = peek ? frame.payload[peek - 1] : 0;
        (void)last;
        if (frame.length)
            bx_stream_pass(stream);
        else
            bx_stream_drop(stream);
    }
    if (got == 0 && *inserts > 0 && bx_stream_between(stream) &&
        bx_stream_insert(stream, inserted, sizeof inserted, BX_STREAM_SPARE / 2))
        (*inserts)--;
    return got;
}

/* What passes, without the frames that were put in between: always the beginning of what should. */
static void compare(const bx_buffer *out, const uint8_t *bytes, size_t length)
{
    size_t in = 0, at = 0;
    bx_frame frame;
    size_t used;
    while (at < out->length) {
        if (out->length - at < BX_FRAME_HEAD)
            return;
        if (memcmp(out->data + at, inserted, sizeof inserted) == 0) {
            at += sizeof inserted;
            continue;
        }
        while (length - in >= BX_FRAME_HEAD &&
               bx_frame_parse(bytes + in, length - in, &frame, &used, NULL) == 1 &&
               frame.length == 0)
            in += used;
        size_t rest = out->length - at;
        size_t whole = BX_FRAME_HEAD;
        for (int i = 0; i < 4; i++)
            whole += (size_t)out->data[at + i] << (8 * i);
        if (whole < rest)
            rest = whole;
        if (rest > length - in || memcmp(out->data + at, bytes + in, rest) != 0)
            abort();
        at += rest;
        in += rest;
    }
}

static void relay(const uint8_t *bytes, size_t length, const uint8_t *pace)
{
    static bx_stream stream;
    bx_buffer out = {0};
    size_t in = 0, room, ready;
    int inserts = pace[2] % 8, got = 0;
    stream.start = stream.passed = stream.end = stream.rest = stream.next = 0;
    stream.peek = pace[2] & 64;
    do {
        uint8_t *at = bx_stream_room(&stream, &room);
        size_t piece = (size_t)pace[0] * pace[0] * pace[0] + 1;
        piece = piece < room ? piece : room;
        piece = piece < length - in ? piece : length - in;
        memcpy(at, bytes + in, piece);
        bx_stream_filled(&stream, piece);
        in += piece;
        got = pass(&stream, &inserts);
        const uint8_t *from = bx_stream_out(&stream, &ready);
        size_t sent = (size_t)pace[1] * pace[1] * pace[1] + 1;
        sent = sent < ready ? sent : ready;
        bx_buffer_append(&out, from, sent);
        bx_stream_sent(&stream, sent);
        if (stream.start > stream.passed || stream.passed > stream.end ||
            stream.end > BX_STREAM_SIZE)
            abort();
    } while (got >= 0 && (in < length || ready > 0));
    compare(&out, bytes, length);
    bx_buffer_free(&out);
}

static void read_files(bx_order_files *files)
{
    bx_token name, text;
    for (uint32_t i = 0; i < files->count; i++)
        if (bx_read_as(&files->reader, BX_TOKEN_STRING, &name, NULL) < 0 ||
            bx_read_as(&files->reader, BX_TOKEN_STRING, &text, NULL) < 0)
            abort();
}

static void read_order(const uint8_t *bytes, size_t length)
{
    bx_order order;
    if (bx_stdio_read_order(bytes, length, &order, NULL) < 0)
        return;
    if (strlen(order.organism) >= sizeof order.organism)
        abort();
    read_files(&order.files);
    read_files(&order.library);
    if (order.library.reader.at != order.library.reader.end)
        abort();
}

/* The first three bytes set the pace. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length < 3)
        return 0;
    relay(bytes + 3, length - 3, bytes);
    read_order(bytes + 3, length - 3);
    return 0;
}
