/* The values that species and parameters begin with, where formulas give them. */
#ifndef BX_MODEL_INITIAL_H
#define BX_MODEL_INITIAL_H

#include "model/network.h"

typedef struct bx_initial_context {
    bx_network *network;
    bx_process *const *processes;
    size_t process_count;
    const bx_process *const *owners; /* by slot: who declared it first */
    bx_error *err;
} bx_initial_context;

/* Compute them into the frame that the network's program begins with: each after what it needs,
 * through rules too. They count where the process that gives them declared the variable first. */
int bx_initial_run(const bx_initial_context *context);

#endif
