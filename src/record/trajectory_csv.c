#include "core/number.h"
#include "core/text.h"
#include "record/csv.h"
#include "record/trajectory.h"

static int append_header(const bx_trajectory *t, bx_buffer *out)
{
    if (bx_text_append(out, "time") < 0)
        return -1;
    for (size_t i = 0; i < bx_trajectory_columns(t); i++)
        if (bx_text_append(out, ",") < 0 || bx_csv_field(out, bx_trajectory_name(t, i)) < 0)
            return -1;
    return bx_text_append(out, "\r\n");
}

static int append_row(const bx_trajectory *t, size_t row, bx_buffer *out)
{
    if (bx_number_append(out, bx_trajectory_times(t)[row]) < 0)
        return -1;
    for (size_t i = 0; i < bx_trajectory_columns(t); i++)
        if (bx_text_append(out, ",") < 0 ||
            bx_number_append(out, bx_trajectory_column(t, i)[row]) < 0)
            return -1;
    return bx_text_append(out, "\r\n");
}

static int append_all(const void *data, bx_buffer *out)
{
    const bx_trajectory *t = data;
    int result = append_header(t, out);
    for (size_t i = 0; result == 0 && i < bx_trajectory_rows(t); i++)
        result = append_row(t, i, out);
    return result;
}

int bx_trajectory_csv(const bx_trajectory *t, bx_buffer *out, bx_error *err)
{
    return bx_text_write(append_all, t, out, err);
}
