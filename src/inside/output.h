/* What the worker sends: whole frames, in order, on its one descriptor. The host being gone ends
 * the process. */
#ifndef BX_INSIDE_OUTPUT_H
#define BX_INSIDE_OUTPUT_H

#include "core/buffer.h"
#include "core/error.h"

#include <lua.h>
#include <stddef.h>
#include <stdint.h>

/* Send the frames in `bytes`. */
void bx_output_send(const uint8_t *bytes, size_t length);

void bx_output_send_hello(void);

/* Made without Lua; `details` are one encoded map, or NULL, or empty. */
void bx_output_send_error(uint64_t call, double time, bx_code code, const char *message,
                          const bx_buffer *details);

/* A call begins; it may print `limit` bytes. */
void bx_output_begin(uint64_t call, size_t limit);

/* Send what was printed and is still held back. */
void bx_output_flush(void);

/* Report progress, at most 50 times a second: `sim_time` is the cell's, or NaN. `text` may be NULL. */
void bx_output_progress(double fraction, double sim_time, const char *text, size_t length);

/* print(...) and progress(fraction, text). */
int bx_output_lua_print(lua_State *L);
int bx_output_lua_progress(lua_State *L);

#endif
