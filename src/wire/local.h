/* Sockets of this machine at a path, for this user alone: those who listen there, and those who
 * connect. All descriptors are close-on-exec. */
#ifndef BX_WIRE_LOCAL_H
#define BX_WIRE_LOCAL_H

#include "core/error.h"

#include <sys/types.h>

typedef struct bx_local_peer {
    pid_t pid;
    uid_t uid;
} bx_local_peer;

/* The socket of whoever listens at `path`, who must be of this user or root. -1 with BX_EDAEMON. */
int bx_local_connect(const char *path, bx_error *err);

/* Listen at `path`, mode 0600; folders that are missing are made, mode 0700. *lock, to be closed
 * last, holds the path for as long as this process lives: a socket that a process left which is no
 * more is taken away. -1 with BX_EDAEMON: another process listens there; or BX_EFILE. */
int bx_local_listen(const char *path, int *lock, bx_error *err);

/* Whether `descriptor`, which was inherited, is a local socket that listens. -1 with BX_EFILE. */
int bx_local_check(int descriptor, bx_error *err);

/* Who is there. -1 with BX_ESYSTEM. */
int bx_local_peer_of(int socket, bx_local_peer *peer, bx_error *err);

#endif
