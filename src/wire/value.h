/* Typed values as MessagePack, written and read one token at a time. What is read is hostile:
 * bx_value_check bounds a whole message before anything is built from it.
 * Format: https://github.com/msgpack/msgpack/blob/master/spec.md */
#ifndef BX_WIRE_VALUE_H
#define BX_WIRE_VALUE_H

#include "core/buffer.h"
#include "core/error.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    BX_VALUE_DEPTH = 100,        /* nesting of tables */
    BX_VALUE_COUNT = 1 << 20,    /* values in one message, */
    BX_VALUE_OBJECT = 64,        /* where an object, whatever its size, counts as so many */
    BX_VALUE_EXT_TRAJECTORY = 1, /* the extension type of an encoded trajectory */
    BX_VALUE_EXT_ENSEMBLE = 2,   /* of an ensemble */
    BX_VALUE_EXT_GENOME = 3      /* and of a genome */
};

typedef enum bx_token_type {
    BX_TOKEN_NIL,
    BX_TOKEN_BOOLEAN,
    BX_TOKEN_INTEGER,
    BX_TOKEN_FLOAT,
    BX_TOKEN_STRING, /* any bytes */
    BX_TOKEN_ARRAY,  /* `count` values follow */
    BX_TOKEN_MAP,    /* `count` pairs of values follow */
    BX_TOKEN_EXT     /* `bytes` of extension type `extension` */
} bx_token_type;

typedef struct bx_token {
    bx_token_type type;
    union {
        bool boolean;
        int64_t integer;
        double number;
        uint32_t count;
        struct {
            const uint8_t *bytes; /* inside the message */
            uint32_t length;
            int8_t extension;
        };
    };
} bx_token;

/* End a run of these with bx_buffer_finish or bx_frame_end. */
void bx_write_nil(bx_buffer *out);
void bx_write_boolean(bx_buffer *out, bool value);
void bx_write_integer(bx_buffer *out, int64_t value);
void bx_write_float(bx_buffer *out, double value);
void bx_write_string(bx_buffer *out, const void *bytes, size_t length);
void bx_write_text(bx_buffer *out, const char *text); /* NULL writes nil */
void bx_write_array(bx_buffer *out, uint32_t count);
void bx_write_map(bx_buffer *out, uint32_t count);
void bx_write_ext(bx_buffer *out, int8_t extension, const void *bytes, size_t length);

typedef struct bx_reader {
    const uint8_t *at;
    const uint8_t *end;
} bx_reader;

/* The next token. -1 with BX_EPROTOCOL at the end, on a cut token or an unknown type. */
int bx_read(bx_reader *reader, bx_token *token, bx_error *err);

/* Read one token that must be of `type`. */
int bx_read_as(bx_reader *reader, bx_token_type type, bx_token *token, bx_error *err);

/* Exactly `values` complete values, nothing after them, within BX_VALUE_DEPTH and BX_VALUE_COUNT;
 * map keys are booleans, integers, floats that are not NaN, or strings. */
int bx_value_check(const uint8_t *bytes, size_t length, size_t values, bx_error *err);

#endif
