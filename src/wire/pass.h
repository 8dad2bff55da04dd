/* Messages on a local socket with one descriptor going along. */
#ifndef BX_WIRE_PASS_H
#define BX_WIRE_PASS_H

#include <stddef.h>
#include <sys/types.h>

/* As send() with MSG_DONTWAIT and MSG_NOSIGNAL. The descriptor stays the caller's; -1: none goes
 * along. */
ssize_t bx_pass_send(int socket, const void *bytes, size_t length, int descriptor);

/* As recv() with MSG_DONTWAIT; *descriptor is what came along, close-on-exec, or -1. Of several it
 * is the first, and the others are closed. */
ssize_t bx_pass_receive(int socket, void *bytes, size_t size, int *descriptor);

#endif
