/* How a process of ours ended, in words and as a code. */
#ifndef BX_VM_EXIT_STATUS_H
#define BX_VM_EXIT_STATUS_H

#include "core/error.h"

/* `what` is "the worker"; `status` as wait() gives it. */
void bx_describe_exit(const char *what, int status, bx_error *error);

#endif
