/* A control group (cgroup v2) that all workers of a host are put into. Its folder and its limits
 * are made elsewhere. */
#ifndef BX_VM_GROUP_H
#define BX_VM_GROUP_H

#include "vm/host.h"

/* The zygotes that run, and all that start from now on, are put there, and so are their workers
 * from now on. An empty path: into none. BX_ESYSTEM: one could not be moved. */
int bx_group_set(bx_host *host, const char *folder, bx_error *err);

/* Put a process there, if there is a group. */
int bx_group_enter(const bx_host *host, pid_t pid, bx_error *err);

/* Kill what is left in it, and take the folder away. */
void bx_group_remove(bx_host *host);

#endif
