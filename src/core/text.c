#include "core/text.h"

#include <locale.h>
#include <string.h>

int bx_text_append(bx_buffer *out, const char *text)
{
    return bx_buffer_append(out, text, strlen(text));
}

int bx_text_write(int (*append)(const void *data, bx_buffer *out), const void *data, bx_buffer *out,
                  bx_error *err)
{
    size_t length = out->length;
    locale_t before = uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0));
    int result = append(data, out);
    uselocale(before);
    if (result == 0)
        return 0;
    out->length = length;
    return bx_fail_memory(err);
}
