/* A worker in a guest, which a courier starts over SSH: frames on stdin and stdout. It says HELLO,
 * is told its organism by a SPAWN frame, and becomes the supervisor of the one worker it forks. */
#ifndef BX_WORKER_STDIO_H
#define BX_WORKER_STDIO_H

#include "wire/value.h"
#include "wire/zygote.h"

/* Lua files: name, text, name, text, ... strings, inside a frame. */
typedef struct bx_order_files {
    uint32_t count;
    bx_reader reader;
} bx_order_files;

/* What a SPAWN frame asks for. */
typedef struct bx_order {
    bx_spawn_request request;
    char organism[64];
    bx_order_files files;   /* of the organism */
    bx_order_files library; /* that organisms share */
} bx_order;

/* Check and read the payload of a SPAWN frame. BX_EPROTOCOL. */
int bx_stdio_read_order(const uint8_t *payload, size_t length, bx_order *order, bx_error *err);

/* Its arguments: the second once it has started itself again, in the environment of workers. */
#define BX_STDIO_OPTION "--stdio"
#define BX_STDIO_AGAIN "again"

_Noreturn void bx_stdio_run(bool again);

#endif
