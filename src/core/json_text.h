/* Text of JSON: RFC 8259. */
#ifndef BX_CORE_JSON_TEXT_H
#define BX_CORE_JSON_TEXT_H

#include "core/buffer.h"

#include <stdbool.h>

/* In quotes, escaped; bytes that are no UTF-8 become U+FFFD, and then the first answers false. */
bool bx_json_bytes(bx_buffer *out, const char *bytes, size_t length);
void bx_json_string(bx_buffer *out, const char *text);

/* The fewest digits that read back to the same double, in the locale C; null for what is not
 * finite, for which JSON has no number. */
void bx_json_number(bx_buffer *out, double value);

/* "name":[...], of value(data, i). */
void bx_json_list(bx_buffer *out, const char *name, size_t count,
                  double (*value)(const void *data, size_t i), const void *data);

/* "time":[...], as bx_number_append_time writes them. */
void bx_json_times(bx_buffer *out, size_t count, double (*value)(const void *data, size_t i),
                   const void *data);

#endif
