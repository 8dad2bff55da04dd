/* How workers are made: by a zygote, one for each VM; and in a guest, where `--stdio` makes a
 * single one. */
#ifndef BX_WORKER_SPAWN_H
#define BX_WORKER_SPAWN_H

#include "core/error.h"
#include "inside/worker.h"
#include "wire/zygote.h"

#include <sys/types.h>

/* Get this process ready for what its children inherit; once, before the organism is loaded. */
void bx_spawn_prepare(void);

/* Open Lua and load the organism worker->organism, whose modules are in memory (module.h).
 * BX_EORGANISM. */
int bx_spawn_open_lua(bx_worker *worker, bx_error *err);

/* In a new child of `parent`: go to jail with `socket` and serve the host there. */
_Noreturn void bx_spawn_become_worker(bx_worker *worker, int socket,
                                      const bx_spawn_request *request, pid_t parent);

#endif
