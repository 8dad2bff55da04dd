/* Messages of Jupyter (jupyter-client.readthedocs.io, "Messaging in Jupyter", 5.3) as frames, and
 * their signatures. Nothing here knows sockets. */
#ifndef BX_KERNEL_MESSAGE_H
#define BX_KERNEL_MESSAGE_H

#include "core/buffer.h"
#include "kernel/connection.h"

#include <stdatomic.h>

enum {
    BX_KERNEL_FRAMES = 64,   /* of a message */
    BX_KERNEL_IDENTITIES = 8 /* of them before the delimiter */
};

typedef struct bx_kernel_frame {
    const void *bytes;
    size_t length;
} bx_kernel_frame;

/* A message that came, which its answers name as their parent. Threads share it. */
typedef struct bx_kernel_request {
    atomic_int references;
    bx_kernel_channel channel;
    size_t identities; /* of who sent it */
    bx_buffer identity[BX_KERNEL_IDENTITIES];
    char type[64];
    bx_buffer header, content, metadata; /* objects in JSON, in UTF-8 */
    struct bx_kernel_request *next;      /* in a queue */
} bx_kernel_request;

/* The message of these frames, with one reference; NULL: it is none, or not signed with the key. */
bx_kernel_request *bx_kernel_request_read(const bx_kernel_frame *frames, size_t count,
                                          const bx_kernel_connection *connection,
                                          bx_kernel_channel channel, bx_error *err);

bx_kernel_request *bx_kernel_request_hold(bx_kernel_request *request);
void bx_kernel_request_release(bx_kernel_request *request); /* NULL is fine */

/* The boolean of that name in the content; false where there is none. */
bool bx_kernel_request_flag(const bx_kernel_request *request, const char *name);

enum { BX_KERNEL_SIGNATURE = 64 }; /* hexadecimal digits */

/* Sign four parts with the key. -1: memory is short. */
int bx_kernel_sign(const bx_kernel_connection *connection, const bx_kernel_frame parts[4],
                   char signature[BX_KERNEL_SIGNATURE + 1]);

/* The bytes of the last character of a text that has begun and is not whole: 0 to 3. */
size_t bx_kernel_unfinished(const uint8_t *bytes, size_t length);

#endif
