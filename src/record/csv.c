#include "record/csv.h"

#include "core/text.h"

#include <string.h>

/* RFC 4180, section 2, rules 6 and 7. */
void bx_csv_field(bx_buffer *out, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        bx_text_append(out, text);
        return;
    }
    bx_text_append(out, "\"");
    for (; *text; text++) {
        if (*text == '"')
            bx_text_append(out, "\"");
        bx_buffer_append(out, text, 1);
    }
    bx_text_append(out, "\"");
}
