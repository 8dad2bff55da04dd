/* What a worker in a guest says first. The guest may say anything. */
#ifndef BX_COURIER_GREETING_H
#define BX_COURIER_GREETING_H

#include "core/error.h"
#include "wire/frame.h"

#include <stddef.h>
#include <stdint.h>

enum { BX_GREETING_LIMIT = 1 << 10 };

typedef struct bx_greeting {
    uint8_t bytes[BX_FRAME_HEAD + BX_GREETING_LIMIT];
    size_t have;
    size_t wanted; /* before it is looked at again; at first BX_FRAME_HEAD */
} bx_greeting;

typedef enum bx_heard {
    BX_HEARD_PART,  /* `wanted` is more now */
    BX_HEARD_WHOLE, /* and it is a greeting in this version of the protocol */
    BX_HEARD_NOISE, /* something else */
    BX_HEARD_OTHER  /* err says what is wrong with it */
} bx_heard;

/* Look at it, once `have` is `wanted`. `where` names the guest. */
bx_heard bx_greeting_hear(bx_greeting *greeting, const char *where, bx_error *err);

#endif
