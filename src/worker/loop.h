/* The life of a worker: read a call, answer it, until the host is gone. */
#ifndef BX_WORKER_LOOP_H
#define BX_WORKER_LOOP_H

#include "inside/worker.h"

/* Take the memory that every worker needs, in the process that makes them. */
void bx_loop_prepare(void);

_Noreturn void bx_loop_run(bx_worker *worker);

#endif
