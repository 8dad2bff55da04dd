/* The wall around a worker: one descriptor, bounded memory, and the few system calls that Lua and
 * the engine need. */
#ifndef BX_WORKER_JAIL_H
#define BX_WORKER_JAIL_H

#include "core/error.h"

#include <sys/types.h>

/* Build the filter and measure the process; in the zygote, once. */
int bx_jail_prepare(bx_error *err);

/* Die with `parent`; BX_ESTART if it is gone already. */
int bx_jail_follow(pid_t parent, bx_error *err);

/* Make `socket` descriptor 3 and close everything else. */
int bx_jail_close_descriptors(int socket, bx_error *err);

/* Become the user nobody, where this is root. */
int bx_jail_drop_root(bx_error *err);

/* Confine this process for good. On failure BX_EJAIL says which wall does not stand; with
 * `unconfined` the other walls are put up all the same. */
int bx_jail_enter(pid_t parent, size_t memory_limit, bool unconfined, bx_error *err);

#endif
