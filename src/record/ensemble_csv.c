#include "core/number.h"
#include "core/text.h"
#include "record/csv.h"
#include "record/ensemble.h"

#include <stdio.h>

static void append_title(bx_buffer *out, const char *name, const char *what)
{
    char title[320];
    snprintf(title, sizeof title, "%.255s %s", name, what);
    bx_text_append(out, ",");
    bx_csv_field(out, title);
}

static void append_header(const bx_ensemble_plan *plan, bx_buffer *out)
{
    bx_text_append(out, "time");
    for (size_t i = 0; i < plan->columns; i++) {
        append_title(out, plan->names[i], "mean");
        append_title(out, plan->names[i], "sd");
        for (size_t q = 0; q < plan->quantile_count; q++) {
            char text[32];
            snprintf(text, sizeof text, "%.15g", plan->quantiles[q]);
            append_title(out, plan->names[i], text);
        }
    }
    bx_text_append(out, "\r\n");
}

static void append_value(bx_buffer *out, double value)
{
    bx_text_append(out, ",");
    bx_number_append(out, value);
}

static void append_row(const bx_ensemble *e, size_t row, bx_buffer *out)
{
    const bx_ensemble_plan *plan = bx_ensemble_plan_of(e);
    bx_number_append_time(out, plan->times[row]);
    for (size_t i = 0; i < plan->columns; i++) {
        append_value(out, bx_ensemble_mean(e, row, i));
        append_value(out, bx_ensemble_sd(e, row, i));
        for (size_t q = 0; q < plan->quantile_count; q++)
            append_value(out, bx_ensemble_quantile(e, row, i, plan->quantiles[q]));
    }
    bx_text_append(out, "\r\n");
}

static void append_all(const void *data, bx_buffer *out)
{
    const bx_ensemble *e = data;
    const bx_ensemble_plan *plan = bx_ensemble_plan_of(e);
    append_header(plan, out);
    for (size_t i = 0; i < plan->rows; i++)
        append_row(e, i, out);
}

int bx_ensemble_csv(const bx_ensemble *e, bx_buffer *out, bx_error *err)
{
    return bx_text_write(append_all, e, out, err);
}
