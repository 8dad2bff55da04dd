#include "core/json_text.h"
#include "core/text.h"
#include "record/ensemble.h"

#include <inttypes.h>
#include <stdio.h>

/* What is told of one variable: a number a row. */
typedef struct bx_series {
    const bx_ensemble *ensemble;
    size_t column;
    double p;
} bx_series;

static double at_time(const void *data, size_t row)
{
    return bx_ensemble_plan_of(((const bx_series *)data)->ensemble)->times[row];
}

static double at_mean(const void *data, size_t row)
{
    const bx_series *s = data;
    return bx_ensemble_mean(s->ensemble, row, s->column);
}

static double at_sd(const void *data, size_t row)
{
    const bx_series *s = data;
    return bx_ensemble_sd(s->ensemble, row, s->column);
}

static double at_minimum(const void *data, size_t row)
{
    const bx_series *s = data;
    return bx_ensemble_minimum(s->ensemble, row, s->column);
}

static double at_maximum(const void *data, size_t row)
{
    const bx_series *s = data;
    return bx_ensemble_maximum(s->ensemble, row, s->column);
}

static double at_quantile(const void *data, size_t row)
{
    const bx_series *s = data;
    return bx_ensemble_quantile(s->ensemble, row, s->column, s->p);
}

static void append_quantiles(bx_buffer *out, bx_series series, const bx_ensemble_plan *plan)
{
    bx_text_append(out, ",\n\"quantiles\":{");
    for (size_t q = 0; q < plan->quantile_count; q++) {
        char name[32];
        snprintf(name, sizeof name, "%.15g", plan->quantiles[q]);
        series.p = plan->quantiles[q];
        bx_text_append(out, q ? ",\n" : "\n");
        bx_json_list(out, name, plan->rows, at_quantile, &series);
    }
    bx_text_append(out, "}");
}

static void append_column(bx_buffer *out, bx_series series, const bx_ensemble_plan *plan)
{
    static const struct {
        const char *name;
        double (*value)(const void *data, size_t row);
    } parts[] = {{"mean", at_mean}, {"sd", at_sd}, {"min", at_minimum}, {"max", at_maximum}};
    bx_json_string(out, plan->names[series.column]);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        bx_text_append(out, i ? ",\n" : ":{\n");
        bx_json_list(out, parts[i].name, plan->rows, parts[i].value, &series);
    }
    if (plan->quantile_count)
        append_quantiles(out, series, plan);
    bx_text_append(out, "}");
}

/* A seed has up to 64 bits, more than many readers keep of a number: it is a string. */
static void append_head(bx_buffer *out, const bx_ensemble *e, const bx_ensemble_plan *plan)
{
    char text[128];
    snprintf(text, sizeof text,
             ",\"seed\":\"%" PRId64 "\",\"first_run\":%" PRIu64 ",\"runs\":%" PRIu64 ",\n",
             (int64_t)plan->seed, plan->first, bx_ensemble_runs(e));
    bx_text_append(out, "{\"method\":");
    bx_json_string(out, plan->method);
    bx_text_append(out, text);
}

static void append_all(const void *data, bx_buffer *out)
{
    const bx_ensemble *e = data;
    const bx_ensemble_plan *plan = bx_ensemble_plan_of(e);
    bx_series series = {.ensemble = e};
    append_head(out, e, plan);
    bx_json_times(out, plan->rows, at_time, &series);
    bx_text_append(out, ",\n\"columns\":{");
    for (series.column = 0; series.column < plan->columns; series.column++) {
        bx_text_append(out, series.column ? ",\n" : "\n");
        append_column(out, series, plan);
    }
    bx_text_append(out, "}}\n");
}

int bx_ensemble_json(const bx_ensemble *e, bx_buffer *out, bx_error *err)
{
    return bx_text_write(append_all, e, out, err);
}
