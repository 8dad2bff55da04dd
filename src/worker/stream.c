#include "worker/stream.h"

#include <string.h>

/* Move to the front, where that is cheap or has become worth it. */
static void compact(bx_stream *stream)
{
    if (stream->start == 0 ||
        (stream->start != stream->passed && stream->start < BX_STREAM_SIZE / 2))
        return;
    memmove(stream->bytes, stream->bytes + stream->start, stream->end - stream->start);
    stream->passed -= stream->start;
    stream->end -= stream->start;
    stream->start = 0;
}

uint8_t *bx_stream_room(bx_stream *stream, size_t *room)
{
    compact(stream);
    size_t limit = BX_STREAM_SIZE - BX_STREAM_SPARE;
    *room = stream->end < limit ? limit - stream->end : 0;
    return stream->bytes + stream->end;
}

void bx_stream_filled(bx_stream *stream, size_t length)
{
    stream->end += length;
}

int bx_stream_next(bx_stream *stream, bx_frame *frame)
{
    bx_frame_head head;
    size_t waiting = stream->end - stream->passed;
    size_t payload = stream->rest < waiting ? stream->rest : waiting;
    stream->rest -= payload;
    stream->passed += payload;
    waiting -= payload;
    if (waiting < BX_FRAME_HEAD)
        return 0;
    const uint8_t *at = stream->bytes + stream->passed;
    if (bx_frame_read_head(at, &head, NULL) < 0)
        return -1;
    stream->next = head.length;
    size_t peek = stream->next < stream->peek ? stream->next : stream->peek;
    if (waiting - BX_FRAME_HEAD < peek)
        return 0;
    *frame = (bx_frame){
        .type = head.type, .call = head.call, .payload = at + BX_FRAME_HEAD, .length = head.length};
    return 1;
}

void bx_stream_pass(bx_stream *stream)
{
    stream->passed += BX_FRAME_HEAD;
    stream->rest = stream->next;
}

void bx_stream_drop(bx_stream *stream)
{
    if (stream->start == stream->passed) {
        stream->start += BX_FRAME_HEAD;
        stream->passed = stream->start;
        return;
    }
    uint8_t *at = stream->bytes + stream->passed;
    stream->end -= BX_FRAME_HEAD;
    memmove(at, at + BX_FRAME_HEAD, stream->end - stream->passed);
}

bool bx_stream_insert(bx_stream *stream, const void *frame, size_t length, size_t reserve)
{
    compact(stream);
    if (BX_STREAM_SIZE - stream->end < length + reserve)
        return false;
    uint8_t *at = stream->bytes + stream->passed;
    memmove(at + length, at, stream->end - stream->passed);
    memcpy(at, frame, length);
    stream->passed += length;
    stream->end += length;
    return true;
}

const uint8_t *bx_stream_out(const bx_stream *stream, size_t *length)
{
    *length = stream->passed - stream->start;
    return stream->bytes + stream->start;
}

void bx_stream_sent(bx_stream *stream, size_t length)
{
    stream->start += length;
}
