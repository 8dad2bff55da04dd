/* Where frames begin and end in a stream that comes in pieces of any size. Nothing is kept but a
 * head that is cut, so that the pieces can be sent on from where they are. */
#ifndef BX_COURIER_FOLLOW_H
#define BX_COURIER_FOLLOW_H

#include "wire/frame.h"

#include <stdbool.h>

/* A zeroed one stands before the first frame. */
typedef struct bx_follower {
    uint8_t head[BX_FRAME_HEAD];
    size_t have;         /* bytes of a head that is still incomplete */
    size_t left;         /* bytes of payload still to come */
    bx_frame_head frame; /* the one under way */
} bx_follower;

/* Some bytes of one frame. */
typedef struct bx_part {
    const uint8_t *at; /* among the bytes given; or the follower's head, if that came in pieces */
    size_t length;
    bool begins; /* a frame begins here, and its head is whole */
} bx_part;

/* The next part of `bytes`; *used is how many of them it took. 1: *part is it, its frame is
 * described by the follower; 0: all were taken, and make no part yet; -1: BX_EPROTOCOL. */
int bx_follow(bx_follower *follower, const uint8_t *bytes, size_t length, bx_part *part,
              size_t *used, bx_error *err);

/* Between two frames. */
static inline bool bx_follow_between(const bx_follower *follower)
{
    return follower->have == 0 && follower->left == 0;
}

#endif
