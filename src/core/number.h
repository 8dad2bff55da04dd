/* The larger of two numbers, and numbers as text, with a decimal point in every locale. */
#ifndef BX_CORE_NUMBER_H
#define BX_CORE_NUMBER_H

#include "core/buffer.h"

/* fmax and fmin where no argument is NAN, in a tenth of their time. */
static inline double bx_larger(double a, double b)
{
    return a > b ? a : b;
}

static inline double bx_smaller(double a, double b)
{
    return a < b ? a : b;
}

/* As strtod. */
double bx_number_read(const char *text, char **end);

/* Append the fewest digits that read back to the same double; nan, inf and -inf. The locale is C:
 * it is called under bx_text_write. */
void bx_number_append(bx_buffer *out, double value);

/* The same for a time: one that only rounding keeps from a number of few digits, as 3 * 0.1 from
 * 0.3, is that. */
void bx_number_append_time(bx_buffer *out, double value);

#endif
