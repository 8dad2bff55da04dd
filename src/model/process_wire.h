/* A process as bytes, as it was declared: from them a cell compiles the same network. */
#ifndef BX_MODEL_PROCESS_WIRE_H
#define BX_MODEL_PROCESS_WIRE_H

#include "core/buffer.h"
#include "model/process.h"
#include "wire/packing.h"

/* The same bytes on every machine. Of a process that bx_process_settle has seen, where it has fast
 * reactions. The caller ends them with bx_buffer_finish. */
void bx_process_encode(const bx_process *process, bx_buffer *out);

/* The next process of what is read, which is hostile. NULL: BX_EPROTOCOL, or BX_EMODEL where it
 * declares what no process may. */
bx_process *bx_process_decode(bx_unpacker *in, bx_error *err);

#endif
