#include "cell/csv.h"

#include "cell/formula.h"
#include "cell/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The fewest digits that read back to the same double; the locale is C here. */
int bx_csv_number(bx_buffer *out, double value)
{
    char text[32];
    if (isnan(value))
        return bx_text_append(out, "nan");
    if (isinf(value))
        return bx_text_append(out, value > 0 ? "inf" : "-inf");
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (digits == 17 || bx_number_read(text, NULL) == value)
            break;
    }
    return bx_text_append(out, text);
}

/* RFC 4180, section 2, rules 6 and 7. */
int bx_csv_field(bx_buffer *out, const char *text)
{
    if (!strpbrk(text, ",\"\r\n"))
        return bx_text_append(out, text);
    int result = bx_text_append(out, "\"");
    for (; result == 0 && *text; text++) {
        if (*text == '"')
            result = bx_text_append(out, "\"");
        if (result == 0)
            result = bx_buffer_append(out, text, 1);
    }
    return result < 0 ? -1 : bx_text_append(out, "\"");
}
