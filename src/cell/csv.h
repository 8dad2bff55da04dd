/* Text of tables: RFC 4180. -1 without memory. */
#ifndef BX_CELL_CSV_H
#define BX_CELL_CSV_H

#include "core/buffer.h"

/* A number, in the locale C; text that may need quotes. */
int bx_csv_number(bx_buffer *out, double value);
int bx_csv_field(bx_buffer *out, const char *text);

#endif
