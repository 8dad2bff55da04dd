/* What a VM can be asked: call.c has the table of operations. */
#ifndef BX_WORKER_CALL_H
#define BX_WORKER_CALL_H

#include "inside/worker.h"
#include "wire/server.h"

/* Build the cell as the organism's defaults have it, and keep what every call needs in the
 * registry. The organism module is on top of the stack and is popped. Raises if it is no organism.
 */
void bx_call_open(lua_State *L);

/* Have room for replies; once, after that. */
void bx_call_prepare(void);

/* Carry out the call and send its answer. -1 with BX_EPROTOCOL: it is malformed and nothing was
 * sent. */
int bx_call_answer(bx_worker *worker, const bx_call *wire, bx_error *err);

#endif
