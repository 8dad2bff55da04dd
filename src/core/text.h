/* Writing text into a buffer: what CSV and JSON share. */
#ifndef BX_CORE_TEXT_H
#define BX_CORE_TEXT_H

#include "core/buffer.h"
#include "core/error.h"

void bx_text_append(bx_buffer *out, const char *text);

/* Call append(data, out) in the locale C. Where memory runs out, what it appended is taken back:
 * BX_EMEMORY. */
int bx_text_write(void (*append)(const void *data, bx_buffer *out), const void *data,
                  bx_buffer *out, bx_error *err);

#endif
