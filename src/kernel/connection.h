/* The file by which Jupyter tells a kernel where to listen, and the key of its messages. */
#ifndef BX_KERNEL_CONNECTION_H
#define BX_KERNEL_CONNECTION_H

#include "core/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum bx_kernel_channel {
    BX_KERNEL_SHELL,
    BX_KERNEL_CONTROL,
    BX_KERNEL_STDIN,
    BX_KERNEL_IOPUB,
    BX_KERNEL_HEARTBEAT
} bx_kernel_channel;

enum { BX_KERNEL_CHANNELS = 5 };

typedef struct bx_kernel_connection {
    char endpoint[BX_KERNEL_CHANNELS][256]; /* as libzmq has them */
    char key[256];
    size_t key_length;
    bool exposed; /* others may read the file, and so the key */
} bx_kernel_connection;

/* Read it. -1: it is no such file, or asks for what is not done here: BX_EFILE, without a word of
 * the key. */
int bx_kernel_connection_read(const char *path, bx_kernel_connection *connection, bx_error *err);

/* The same of the file's text. */
int bx_kernel_connection_parse(const char *text, size_t length, bx_kernel_connection *connection,
                               bx_error *err);

#endif
