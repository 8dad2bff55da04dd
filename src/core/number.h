/* Numbers as text, with a decimal point in every locale. */
#ifndef BX_CORE_NUMBER_H
#define BX_CORE_NUMBER_H

#include "core/buffer.h"

/* As strtod. */
double bx_number_read(const char *text, char **end);

/* Append the fewest digits that read back to the same double; nan, inf and -inf. The locale is C:
 * it is called under bx_text_write. */
void bx_number_append(bx_buffer *out, double value);

/* The same for a time: one that only rounding keeps from a number of few digits, as 3 * 0.1 from
 * 0.3, is that. */
void bx_number_append_time(bx_buffer *out, double value);

#endif
