/* Text of tables: RFC 4180. */
#ifndef BX_RECORD_CSV_H
#define BX_RECORD_CSV_H

#include "core/buffer.h"

/* Text that may need quotes. */
void bx_csv_field(bx_buffer *out, const char *text);

#endif
