#include "cell/formula.h"
#include "cell/trajectory.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static int append_text(bx_buffer *out, const char *text)
{
    return bx_buffer_append(out, text, strlen(text));
}

/* The fewest digits that read back to the same double; the locale is C here. */
static int append_number(bx_buffer *out, double value)
{
    char text[32];
    if (isnan(value))
        return append_text(out, "nan");
    if (isinf(value))
        return append_text(out, value > 0 ? "inf" : "-inf");
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (digits == 17 || bx_number_read(text, NULL) == value)
            break;
    }
    return append_text(out, text);
}

/* RFC 4180, section 2, rules 6 and 7. */
static int append_field(bx_buffer *out, const char *text)
{
    if (!strpbrk(text, ",\"\r\n"))
        return append_text(out, text);
    int result = append_text(out, "\"");
    for (; result == 0 && *text; text++) {
        if (*text == '"')
            result = append_text(out, "\"");
        if (result == 0)
            result = bx_buffer_append(out, text, 1);
    }
    return result < 0 ? -1 : append_text(out, "\"");
}

static int append_header(const bx_trajectory *t, bx_buffer *out)
{
    if (append_text(out, "time") < 0)
        return -1;
    for (size_t i = 0; i < bx_trajectory_columns(t); i++)
        if (append_text(out, ",") < 0 || append_field(out, bx_trajectory_name(t, i)) < 0)
            return -1;
    return append_text(out, "\r\n");
}

static int append_row(const bx_trajectory *t, size_t row, bx_buffer *out)
{
    if (append_number(out, bx_trajectory_times(t)[row]) < 0)
        return -1;
    for (size_t i = 0; i < bx_trajectory_columns(t); i++)
        if (append_text(out, ",") < 0 || append_number(out, bx_trajectory_column(t, i)[row]) < 0)
            return -1;
    return append_text(out, "\r\n");
}

int bx_trajectory_csv(const bx_trajectory *t, bx_buffer *out, bx_error *err)
{
    size_t length = out->length;
    locale_t before = uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0));
    int result = append_header(t, out);
    for (size_t i = 0; result == 0 && i < bx_trajectory_rows(t); i++)
        result = append_row(t, i, out);
    uselocale(before);
    if (result == 0)
        return 0;
    out->length = length;
    return bx_fail_memory(err);
}
