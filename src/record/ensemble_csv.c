#include "core/number.h"
#include "core/text.h"
#include "record/csv.h"
#include "record/ensemble.h"

#include <stdio.h>

static int append_title(bx_buffer *out, const char *name, const char *what)
{
    char title[320];
    snprintf(title, sizeof title, "%.255s %s", name, what);
    return bx_text_append(out, ",") < 0 ? -1 : bx_csv_field(out, title);
}

static int append_header(const bx_ensemble_plan *plan, bx_buffer *out)
{
    if (bx_text_append(out, "time") < 0)
        return -1;
    for (size_t i = 0; i < plan->columns; i++) {
        if (append_title(out, plan->names[i], "mean") < 0 ||
            append_title(out, plan->names[i], "sd") < 0)
            return -1;
        for (size_t q = 0; q < plan->quantile_count; q++) {
            char text[32];
            snprintf(text, sizeof text, "%.15g", plan->quantiles[q]);
            if (append_title(out, plan->names[i], text) < 0)
                return -1;
        }
    }
    return bx_text_append(out, "\r\n");
}

static int append_value(bx_buffer *out, double value)
{
    return bx_text_append(out, ",") < 0 ? -1 : bx_number_append(out, value);
}

static int append_row(const bx_ensemble *e, size_t row, bx_buffer *out)
{
    const bx_ensemble_plan *plan = bx_ensemble_plan_of(e);
    if (bx_number_append(out, plan->times[row]) < 0)
        return -1;
    for (size_t i = 0; i < plan->columns; i++) {
        if (append_value(out, bx_ensemble_mean(e, row, i)) < 0 ||
            append_value(out, bx_ensemble_sd(e, row, i)) < 0)
            return -1;
        for (size_t q = 0; q < plan->quantile_count; q++)
            if (append_value(out, bx_ensemble_quantile(e, row, i, plan->quantiles[q])) < 0)
                return -1;
    }
    return bx_text_append(out, "\r\n");
}

static int append_all(const void *data, bx_buffer *out)
{
    const bx_ensemble *e = data;
    const bx_ensemble_plan *plan = bx_ensemble_plan_of(e);
    int result = append_header(plan, out);
    for (size_t i = 0; result == 0 && i < plan->rows; i++)
        result = append_row(e, i, out);
    return result;
}

int bx_ensemble_csv(const bx_ensemble *e, bx_buffer *out, bx_error *err)
{
    return bx_text_write(append_all, e, out, err);
}
