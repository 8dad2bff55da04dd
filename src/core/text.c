#include "core/text.h"

#include <locale.h>
#include <string.h>

void bx_text_append(bx_buffer *out, const char *text)
{
    bx_buffer_append(out, text, strlen(text));
}

int bx_text_write(void (*append)(const void *data, bx_buffer *out), const void *data,
                  bx_buffer *out, bx_error *err)
{
    size_t length = out->length;
    locale_t before = uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0));
    append(data, out);
    uselocale(before);
    return bx_buffer_finish(out, length) < 0 ? bx_fail_memory(err) : 0;
}
