/* The kernel's sockets, in a thread of its own that never waits for Lua: it answers heartbeats,
 * interrupts and what else comes by the control channel while a cell runs, and sends what is
 * printed. The other thread, which runs Lua, takes requests from it one after another.
 *
 * There is one in a process. Functions that are not said to wait do not. */
#ifndef BX_KERNEL_SERVER_H
#define BX_KERNEL_SERVER_H

#include "kernel/message.h"

#include <sys/types.h>

/* Listen where the connection says, and nowhere else; standard output and standard error become
 * what cells print. `parent`: end when this process does, 0: do not. */
int bx_kernel_start(const bx_kernel_connection *connection, pid_t parent, bx_error *err);

/* What control answers to kernel_info_request: the content, in JSON. */
void bx_kernel_set_information(bx_kernel_frame content);

/* Readable when something may be there to take. */
int bx_kernel_descriptor(void);

/* The next request of shell, or with `input` the next message of stdin; NULL: there is none now.
 * Who finds none is idle, and no interrupt is for it. The caller has the reference. */
bx_kernel_request *bx_kernel_take(bool input);

/* Whether the kernel is to end. */
bool bx_kernel_is_ending(void);

/* Whoever runs Lua has seen it: the process is not ended by force any more. */
void bx_kernel_accept_end(void);

/* Send, behind what was printed so far. */
void bx_kernel_send(bx_kernel_channel channel, bx_kernel_request *parent, const char *type,
                    bx_kernel_frame content, bx_kernel_frame metadata);

/* What is printed from now on is this request's. */
void bx_kernel_set_cell(bx_kernel_request *request);
bx_kernel_request *bx_kernel_cell(void);

/* Text that was printed elsewhere. */
void bx_kernel_print(bx_kernel_request *parent, const uint8_t *bytes, size_t length);

/* Send what is left and close the sockets. Waits a moment for that. */
void bx_kernel_stop(void);

#endif
