/* The wall around a worker: one descriptor, bounded memory, and the few system calls that Lua and
 * the engine need. */
#ifndef BX_WORKER_JAIL_H
#define BX_WORKER_JAIL_H

#include "core/error.h"

#include <sys/types.h>

/* Build the filter and measure the process; in the zygote, once. Where no filter can be built,
 * bx_jail_enter says so. */
void bx_jail_prepare(void);

/* Let the kernel, out of memory, end this process and its children before all others, the host
 * among them. Before bx_jail_restrain and bx_jail_drop_root, which take the right away. */
void bx_jail_volunteer(void);

/* Of a process that makes workers: no root, but the right to signal its children and to give each a
 * user of its own; no core files, no tracers. As far as this can be: the children's jails see to
 * themselves. */
void bx_jail_restrain(void);

/* Filter the system calls of such a process, which has one thread, its socket at descriptor 3, and
 * no file more to read; its children have less to add in bx_jail_enter. Where the kernel cannot,
 * all is left to them. Returns the listener of the gate by which they can be forked (gate.h), or
 * -1 where there is none; without one they may make no process at all. */
int bx_jail_confine_parent(void);

/* Die with `parent`, which has one thread; BX_ESTART if it is gone already. */
int bx_jail_follow(pid_t parent, bx_error *err);

/* The same of a parent with threads: with the process, not with the thread that made this one. */
int bx_jail_follow_process(pid_t parent, bx_error *err);

/* Close `first` and all descriptors above it; -1 and errno if that cannot be done. On kernels
 * before 5.9 it reads /proc/self/fd, and where that may not be opened, as below a zygote's filter,
 * it tries the numbers, which takes some 5 ms. */
int bx_jail_close_from(int first);

/* Make `socket` descriptor 3 and close everything else. */
int bx_jail_close_descriptors(int socket, bx_error *err);

/* Become `user`, 0 for nobody, where this is root or has been. */
int bx_jail_drop_root(uid_t user, bx_error *err);

/* Confine this process for good, as `user` where this is root or has been. On failure BX_EJAIL says
 * which wall does not stand; with `unconfined` the other walls are put up all the same. */
int bx_jail_enter(pid_t parent, uid_t user, size_t memory_limit, bool unconfined, bx_error *err);

#endif
