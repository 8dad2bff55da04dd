/* What stands between a host far away and a worker in a guest: frames from stdin to the worker's
 * socket and back to stdout, and signals for those frames that stand for them. It reads heads of
 * frames alone, and stays outside the jail. */
#ifndef BX_WORKER_SUPERVISOR_H
#define BX_WORKER_SUPERVISOR_H

#include <sys/types.h>

/* Serve until the host is gone or the child `worker`, at the other end of `socket`, has ended.
 * There is no other child. */
_Noreturn void bx_supervisor_run(pid_t worker, int socket);

#endif
