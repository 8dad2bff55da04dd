/* The parts that flat forms for the wire are made of: little-endian integers, IEEE 754 doubles,
 * names as one byte of length and the text. What is read is hostile. */
#ifndef BX_WIRE_PACKING_H
#define BX_WIRE_PACKING_H

#include "core/buffer.h"
#include "core/error.h"
#include "wire/budget.h"

#include <stddef.h>
#include <stdint.h>

/* End a run of these with bx_buffer_finish. */
void bx_pack_u64(bx_buffer *out, uint64_t value);
void bx_pack_doubles(bx_buffer *out, const double *values, size_t count);
void bx_pack_name(bx_buffer *out, const char *name);                  /* at most 255 bytes */
void bx_pack_count(bx_buffer *out, uint64_t value);                   /* LEB128 */
void bx_pack_bytes(bx_buffer *out, const void *bytes, size_t length); /* behind their count */

/* Bytes to be read. `what` is what they are, for messages; `budget` is the whole message's. */
typedef struct bx_unpacker {
    const uint8_t *next;
    size_t left;
    const char *what;
    bx_budget *budget;
} bx_unpacker;

/* Without a look at the length. */
uint64_t bx_unpack_fixed_u64(const uint8_t *from);
double bx_unpack_fixed_double(const uint8_t *from);

/* Readers return 0, or -1 with BX_EPROTOCOL. */
int bx_unpack_u64(bx_unpacker *in, uint64_t *value, bx_error *err);
int bx_unpack_doubles(bx_unpacker *in, double *values, size_t count, bx_error *err);
int bx_unpack_count(bx_unpacker *in, uint32_t *value, bx_error *err); /* the shortest form only */

/* The bytes stay where they are. */
int bx_unpack_bytes(bx_unpacker *in, const uint8_t **bytes, uint32_t *length, bx_error *err);

/* Text of 1 to `longest` bytes without control characters, into longest + 1 bytes. */
int bx_unpack_name(bx_unpacker *in, char *name, size_t longest, const char *which, bx_error *err);

/* Distinct names: one block of memory with their texts, to be freed. NULL on failure. */
const char **bx_unpack_names(bx_unpacker *in, size_t columns, bx_error *err);

#endif
