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
static int append_head(const bx_trajectory *t, bx_buffer *out)
{
    char seed[48] = "";
    if (strcmp(bx_trajectory_method(t), "ode") != 0)
        snprintf(seed, sizeof seed, ",\"seed\":\"%" PRId64 "\"", (int64_t)bx_trajectory_seed(t));
    return bx_text_append(out, "{\"method\":") < 0 ||
                   bx_json_string(out, bx_trajectory_method(t)) < 0 || bx_text_append(out, seed) < 0
               ? -1
               : 0;
}

static int append_all(const void *data, bx_buffer *out)
{
    const bx_trajectory *t = data;
    size_t rows = bx_trajectory_rows(t);
    if (append_head(t, out) < 0 || bx_text_append(out, ",\n") < 0 ||
        bx_json_list(out, "time", rows, at, bx_trajectory_times(t)) < 0 ||
        bx_text_append(out, ",\n\"columns\":{") < 0)
        return -1;
    for (size_t i = 0; i < bx_trajectory_columns(t); i++)
        if (bx_text_append(out, i ? ",\n" : "\n") < 0 ||
            bx_json_list(out, bx_trajectory_name(t, i), rows, at, bx_trajectory_column(t, i)) < 0)
            return -1;
    return bx_text_append(out, "}}\n");
}

int bx_trajectory_json(const bx_trajectory *t, bx_buffer *out, bx_error *err)
{
    return bx_text_write(append_all, t, out, err);
}
