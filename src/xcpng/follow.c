#include "xcpng/follow.h"

#include <string.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int read_head(bx_follower *follower, const uint8_t *head, bx_error *err)
{
    bx_frame frame;
    size_t size;
    if (bx_frame_parse(head, BX_FRAME_HEAD, &frame, &size, err) < 0)
        return -1;
    follower->length =
        (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
    follower->left = follower->length;
    follower->type = (bx_frame_type)head[4];
    follower->call = 0;
    for (int i = 15; i >= 8; i--)
        follower->call = follower->call << 8 | head[i];
    follower->have = 0;
    return 0;
}

int bx_follow(bx_follower *follower, const uint8_t *bytes, size_t length, bx_part *part,
              size_t *used, bx_error *err)
{
    if (follower->left) {
        *used = least(length, follower->left);
        follower->left -= *used;
        *part = (bx_part){bytes, *used, false};
        return *used > 0;
    }
    if (follower->have == 0 && length >= BX_FRAME_HEAD) {
        if (read_head(follower, bytes, err) < 0)
            return -1;
        size_t payload = least(length - BX_FRAME_HEAD, follower->left);
        follower->left -= payload;
        *used = BX_FRAME_HEAD + payload;
        *part = (bx_part){bytes, *used, true};
        return 1;
    }
    *used = least(length, BX_FRAME_HEAD - follower->have);
    memcpy(follower->head + follower->have, bytes, *used);
    follower->have += *used;
    if (follower->have < BX_FRAME_HEAD)
        return 0;
    *part = (bx_part){follower->head, BX_FRAME_HEAD, true};
    return read_head(follower, follower->head, err) < 0 ? -1 : 1;
}
