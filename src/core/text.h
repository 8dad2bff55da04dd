/* Writing text into a buffer: what CSV and JSON share. */
#ifndef BX_CORE_TEXT_H
#define BX_CORE_TEXT_H

#include "core/buffer.h"
#include "core/error.h"

void bx_text_append(bx_buffer *out, const char *text);

/* Have `append` write of `data` in the locale C: all of it, or nothing with BX_EMEMORY. */
int bx_text_write(void (*append)(const void *data, bx_buffer *out), const void *data,
                  bx_buffer *out, bx_error *err);

#endif
