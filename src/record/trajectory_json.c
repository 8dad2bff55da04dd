#include "core/json_text.h"
#include "core/text.h"
#include "record/trajectory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static double at(const void *values, size_t i)
{
    return ((const double *)values)[i];
}

/* A seed has up to 64 bits, more than many readers keep of a number: it is a string, as Lua shows
 * it. */
static void append_head(const bx_trajectory *t, bx_buffer *out)
{
    char seed[48] = "";
    if (strcmp(bx_trajectory_method(t), "ode") != 0)
        snprintf(seed, sizeof seed, ",\"seed\":\"%" PRId64 "\"", (int64_t)bx_trajectory_seed(t));
    bx_text_append(out, "{\"method\":");
    bx_json_string(out, bx_trajectory_method(t));
    bx_text_append(out, seed);
}

static void append_all(const void *data, bx_buffer *out)
{
    const bx_trajectory *t = data;
    size_t rows = bx_trajectory_rows(t);
    append_head(t, out);
    bx_text_append(out, ",\n");
    bx_json_times(out, rows, at, bx_trajectory_times(t));
    bx_text_append(out, ",\n\"columns\":{");
    for (size_t i = 0; i < bx_trajectory_columns(t); i++) {
        bx_text_append(out, i ? ",\n" : "\n");
        bx_json_list(out, bx_trajectory_name(t, i), rows, at, bx_trajectory_column(t, i));
    }
    bx_text_append(out, "}}\n");
}

int bx_trajectory_json(const bx_trajectory *t, bx_buffer *out, bx_error *err)
{
    return bx_text_write(append_all, t, out, err);
}
