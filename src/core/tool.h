/* Running another program to its end, without a shell. */
#ifndef BX_CORE_TOOL_H
#define BX_CORE_TOOL_H

#include "core/buffer.h"
#include "core/error.h"

#include <stdbool.h>

typedef struct bx_tool {
    char *const *argv; /* argv[0] is looked for on PATH */
    const void *input; /* its standard input */
    size_t length;
    double timeout;   /* seconds, after which it is killed */
    bx_buffer output; /* what it wrote, bounded by their limits; the caller's to free */
    bx_buffer errors;
    int status;  /* its exit status, or 128 and the signal */
    bool absent; /* it could not be run for there is none */
} bx_tool;

/* Run it and wait for it. 0 when it ended by itself, whatever its status; it may leave its input
 * unread. -1 with BX_ESYSTEM when it could not be run, took too long or wrote too much: it is gone
 * then. */
int bx_tool_run(bx_tool *tool, bx_error *err);

#endif
