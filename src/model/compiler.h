/* From processes to a network. */
#ifndef BX_MODEL_COMPILER_H
#define BX_MODEL_COMPILER_H

#include "model/network.h"

/* Compile `processes` (at most 2^30 items in all), which must outlive the network.
 * NULL with BX_EMODEL, whose message names the item, or BX_EMEMORY. */
bx_network *bx_network_new(bx_process *const *processes, size_t count, bx_error *err);

#endif
