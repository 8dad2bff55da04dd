#include "courier/follow.h"

#include <string.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int read_head(bx_follower *follower, const uint8_t *head, bx_error *err)
{
    if (bx_frame_read_head(head, &follower->frame, err) < 0)
        return -1;
    follower->left = follower->frame.length;
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
