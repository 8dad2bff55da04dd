#include "core/number.h"

#include "core/text.h"

#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

double bx_number_read(const char *text, char **end)
{
    /* glibc hands out its static C locale here: nothing to free */
    return strtod_l(text, end, newlocale(LC_ALL_MASK, "C", (locale_t)0));
}

/* The fewest digits that read back to the same double; the locale is C here. */
void bx_number_append(bx_buffer *out, double value)
{
    char text[32];
    if (isnan(value)) {
        bx_text_append(out, "nan");
        return;
    }
    if (isinf(value)) {
        bx_text_append(out, value > 0 ? "inf" : "-inf");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (digits == 17 || bx_number_read(text, NULL) == value)
            break;
    }
    bx_text_append(out, text);
}

/* What an error of rounding keeps from a number of few digits, as 3 * 0.1 from 0.3. */
#define FEW_DIGITS "%.12g"
#define ROUNDING 1e-15

void bx_number_append_time(bx_buffer *out, double value)
{
    char text[32];
    snprintf(text, sizeof text, FEW_DIGITS, value);
    bool is_short = isfinite(value) &&
                    fabs(bx_number_read(text, NULL) - value) <= ROUNDING * fabs(value);
    if (is_short)
        bx_text_append(out, text);
    else
        bx_number_append(out, value);
}
