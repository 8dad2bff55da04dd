#include "record/csv.h"

#include "core/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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
