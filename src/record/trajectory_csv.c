#include "core/number.h"
#include "core/text.h"
#include "record/csv.h"
#include "record/trajectory.h"

static void append_header(const bx_trajectory *t, bx_buffer *out)
{
    bx_text_append(out, "time");
    for (size_t i = 0; i < bx_trajectory_columns(t); i++) {
        bx_text_append(out, ",");
        bx_csv_field(out, bx_trajectory_name(t, i));
    }
    bx_text_append(out, "\r\n");
}

static void append_row(const bx_trajectory *t, size_t row, bx_buffer *out)
{
    bx_number_append_time(out, bx_trajectory_times(t)[row]);
    for (size_t i = 0; i < bx_trajectory_columns(t); i++) {
        bx_text_append(out, ",");
        bx_number_append(out, bx_trajectory_column(t, i)[row]);
    }
    bx_text_append(out, "\r\n");
}

static void append_all(const void *data, bx_buffer *out)
{
    const bx_trajectory *t = data;
    append_header(t, out);
    for (size_t i = 0; i < bx_trajectory_rows(t); i++)
        append_row(t, i, out);
}

int bx_trajectory_csv(const bx_trajectory *t, bx_buffer *out, bx_error *err)
{
    return bx_text_write(append_all, t, out, err);
}
