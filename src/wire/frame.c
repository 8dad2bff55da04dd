#include "wire/frame.h"

#include <string.h>

static void put_little_endian(uint8_t *at, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get_little_endian(const uint8_t *at, int bytes)
{
    uint64_t value = 0;
    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | at[i];
    return value;
}

bool bx_frame_is_from_worker(bx_frame_type type)
{
    return type == BX_FRAME_HELLO || type == BX_FRAME_REPLY || type == BX_FRAME_ERROR ||
           type == BX_FRAME_OUTPUT || type == BX_FRAME_PROGRESS;
}

bool bx_frame_is_from_host(bx_frame_type type)
{
    return type == BX_FRAME_CALL || type == BX_FRAME_INTERRUPT || type == BX_FRAME_SUSPEND ||
           type == BX_FRAME_WAKE;
}

size_t bx_frame_begin(bx_buffer *out, bx_frame_type type, uint64_t call)
{
    uint8_t head[BX_FRAME_HEAD] = {0};
    size_t start = out->length;
    head[4] = (uint8_t)type;
    put_little_endian(head + 8, call, 8);
    bx_buffer_append(out, head, sizeof head);
    return start;
}

int bx_frame_end(bx_buffer *out, size_t start, bx_error *err)
{
    if (bx_buffer_finish(out, start) < 0)
        return bx_fail_memory(err);
    size_t length = out->length - start - BX_FRAME_HEAD;
    if (length > BX_FRAME_LIMIT) {
        bx_buffer_cut(out, start);
        return bx_fail(err, BX_ERESULT, "%zu bytes do not fit in a frame of at most %d", length,
                       BX_FRAME_LIMIT);
    }
    put_little_endian(out->data + start, length, 4);
    return 0;
}

int bx_frame_read_head(const uint8_t *bytes, bx_frame_head *head, bx_error *err)
{
    uint64_t length = get_little_endian(bytes, 4);
    if (length > BX_FRAME_LIMIT)
        return bx_fail(err, BX_EPROTOCOL, "a frame of %llu bytes, at most %d are allowed",
                       (unsigned long long)length, BX_FRAME_LIMIT);
    if (bytes[4] < BX_FRAME_HELLO || bytes[4] > BX_FRAME_NOTE || bytes[5] || bytes[6] || bytes[7])
        return bx_fail(err, BX_EPROTOCOL, "a frame of unknown type %u", bytes[4]);
    *head = (bx_frame_head){.type = (bx_frame_type)bytes[4],
                            .call = get_little_endian(bytes + 8, 8),
                            .length = (size_t)length};
    return 0;
}

int bx_frame_parse(const uint8_t *bytes, size_t length, bx_frame *frame, size_t *used,
                   bx_error *err)
{
    bx_frame_head head;
    if (length < BX_FRAME_HEAD)
        return 0;
    if (bx_frame_read_head(bytes, &head, err) < 0)
        return -1;
    if (length - BX_FRAME_HEAD < head.length)
        return 0;
    *frame = (bx_frame){.type = head.type,
                        .call = head.call,
                        .payload = bytes + BX_FRAME_HEAD,
                        .length = head.length};
    *used = BX_FRAME_HEAD + head.length;
    return 1;
}
