#include "cell/csv.h"
#include "cell/trajectory.h"

#include <locale.h>

static int append_header(const bx_trajectory *t, bx_buffer *out)
{
    if (bx_csv_text(out, "time") < 0)
        return -1;
    for (size_t i = 0; i < bx_trajectory_columns(t); i++)
        if (bx_csv_text(out, ",") < 0 || bx_csv_field(out, bx_trajectory_name(t, i)) < 0)
            return -1;
    return bx_csv_text(out, "\r\n");
}

static int append_row(const bx_trajectory *t, size_t row, bx_buffer *out)
{
    if (bx_csv_number(out, bx_trajectory_times(t)[row]) < 0)
        return -1;
    for (size_t i = 0; i < bx_trajectory_columns(t); i++)
        if (bx_csv_text(out, ",") < 0 || bx_csv_number(out, bx_trajectory_column(t, i)[row]) < 0)
            return -1;
    return bx_csv_text(out, "\r\n");
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
