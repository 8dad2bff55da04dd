/* YAML to JSON's values and back: mappings, sequences, scalars of YAML 1.2's core schema; !!omap is
 * a mapping, and is written as one. */
#ifndef BX_EXCHANGE_YAML_H
#define BX_EXCHANGE_YAML_H

#include "core/buffer.h"
#include "core/error.h"

#include <jansson.h>

/* The one document of the text; NULL with BX_EMODEL for what YAML is not, for aliases, keys that
 * are no text or come twice, other tags, and more than `depth` levels, or with BX_EMEMORY. Infinite
 * numbers are text, "inf" and "-inf", as cobrapy writes them. */
json_t *bx_yaml_read(const char *text, size_t length, size_t depth, bx_error *err);

/* Append a document. -1 with BX_EMEMORY. */
int bx_yaml_write(const json_t *value, bx_buffer *out, bx_error *err);

#endif
