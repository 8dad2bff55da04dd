#include "wire/value.h"

#include <string.h>

static void write_head(bx_buffer *out, uint8_t tag, uint64_t value, int bytes)
{
    uint8_t head[9] = {tag};
    for (int i = 0; i < bytes; i++)
        head[1 + i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
    bx_buffer_append(out, head, (size_t)bytes + 1);
}

void bx_write_nil(bx_buffer *out)
{
    write_head(out, 0xc0, 0, 0);
}

void bx_write_boolean(bx_buffer *out, bool value)
{
    write_head(out, value ? 0xc3 : 0xc2, 0, 0);
}

void bx_write_integer(bx_buffer *out, int64_t value)
{
    if (value >= -32 && value <= 127)
        write_head(out, (uint8_t)value, 0, 0);
    else if (value >= INT16_MIN && value <= INT16_MAX)
        write_head(out, 0xd1, (uint64_t)value, 2);
    else if (value >= INT32_MIN && value <= INT32_MAX)
        write_head(out, 0xd2, (uint64_t)value, 4);
    else
        write_head(out, 0xd3, (uint64_t)value, 8);
}

void bx_write_float(bx_buffer *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    write_head(out, 0xcb, bits, 8);
}

void bx_write_string(bx_buffer *out, const void *bytes, size_t length)
{
    if (length < 32)
        write_head(out, (uint8_t)(0xa0 | length), 0, 0);
    else if (length <= UINT8_MAX)
        write_head(out, 0xd9, length, 1);
    else
        write_head(out, 0xdb, length, 4);
    out->failed = out->failed || length > UINT32_MAX;
    bx_buffer_append(out, bytes, length);
}

void bx_write_text(bx_buffer *out, const char *text)
{
    if (text)
        bx_write_string(out, text, strlen(text));
    else
        bx_write_nil(out);
}

void bx_write_array(bx_buffer *out, uint32_t count)
{
    if (count < 16)
        write_head(out, (uint8_t)(0x90 | count), 0, 0);
    else
        write_head(out, 0xdd, count, 4);
}

void bx_write_map(bx_buffer *out, uint32_t count)
{
    if (count < 16)
        write_head(out, (uint8_t)(0x80 | count), 0, 0);
    else
        write_head(out, 0xdf, count, 4);
}

void bx_write_ext(bx_buffer *out, int8_t extension, const void *bytes, size_t length)
{
    write_head(out, 0xc9, length, 4);
    bx_buffer_append(out, &extension, 1);
    out->failed = out->failed || length > UINT32_MAX;
    bx_buffer_append(out, bytes, length);
}

static int cut(bx_error *err)
{
    return bx_fail(err, BX_EPROTOCOL, "a value is cut short");
}

static uint64_t big_endian(const uint8_t *at, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | at[i];
    return value;
}

static int read_bytes(bx_reader *reader, bx_token *token, uint64_t length, bx_error *err)
{
    if (length > (uint64_t)(reader->end - reader->at))
        return cut(err);
    token->bytes = reader->at;
    token->length = (uint32_t)length;
    reader->at += length;
    return 0;
}

static int64_t sign_extend(uint64_t value, int bytes)
{
    int shift = 64 - 8 * bytes;
    return (int64_t)(value << shift) >> shift;
}

/* Tags from 0xc0 to 0xdf that are not part of a range: what they hold and in how many bytes. */
static const struct {
    enum { NONE, NIL, FALSE, TRUE, UNSIGNED, SIGNED, SINGLE, DOUBLE, STRING, ARRAY, MAP, EXT } kind;
    int bytes;
} tags[32] = {
    [0x00] = {NIL, 0},      [0x02] = {FALSE, 0},    [0x03] = {TRUE, 0},     [0x04] = {STRING, 1},
    [0x05] = {STRING, 2},   [0x06] = {STRING, 4},   [0x07] = {EXT, 1},      [0x08] = {EXT, 2},
    [0x09] = {EXT, 4},      [0x0a] = {SINGLE, 4},   [0x0b] = {DOUBLE, 8},   [0x0c] = {UNSIGNED, 1},
    [0x0d] = {UNSIGNED, 2}, [0x0e] = {UNSIGNED, 4}, [0x0f] = {UNSIGNED, 8}, [0x10] = {SIGNED, 1},
    [0x11] = {SIGNED, 2},   [0x12] = {SIGNED, 4},   [0x13] = {SIGNED, 8},   [0x19] = {STRING, 1},
    [0x1a] = {STRING, 2},   [0x1b] = {STRING, 4},   [0x1c] = {ARRAY, 2},    [0x1d] = {ARRAY, 4},
    [0x1e] = {MAP, 2},      [0x1f] = {MAP, 4},
};

static int read_number(bx_token *token, int kind, uint64_t value, int bytes, bx_error *err)
{
    if (kind == SINGLE) {
        uint32_t bits = (uint32_t)value;
        float number;
        memcpy(&number, &bits, sizeof number);
        token->type = BX_TOKEN_FLOAT;
        token->number = number;
        return 0;
    }
    if (kind == DOUBLE) {
        token->type = BX_TOKEN_FLOAT;
        memcpy(&token->number, &value, sizeof value);
        return 0;
    }
    if (kind == UNSIGNED && value > INT64_MAX)
        return bx_fail(err, BX_EPROTOCOL, "an integer is larger than 2^63 - 1");
    token->type = BX_TOKEN_INTEGER;
    token->integer = kind == SIGNED ? sign_extend(value, bytes) : (int64_t)value;
    return 0;
}

static int read_tagged(bx_reader *reader, uint8_t tag, bx_token *token, bx_error *err)
{
    int kind = tags[tag - 0xc0].kind;
    int bytes = tags[tag - 0xc0].bytes;
    if (kind == NONE)
        return bx_fail(err, BX_EPROTOCOL, "unknown value tag 0x%02x", tag);
    if (bytes > reader->end - reader->at)
        return cut(err);
    uint64_t value = big_endian(reader->at, bytes);
    reader->at += bytes;
    switch (kind) {
    case NIL: token->type = BX_TOKEN_NIL; return 0;
    case FALSE:
    case TRUE:
        token->type = BX_TOKEN_BOOLEAN;
        token->boolean = kind == TRUE;
        return 0;
    case STRING: token->type = BX_TOKEN_STRING; return read_bytes(reader, token, value, err);
    case ARRAY:
    case MAP:
        token->type = kind == ARRAY ? BX_TOKEN_ARRAY : BX_TOKEN_MAP;
        token->count = (uint32_t)value;
        return 0;
    case EXT:
        if (reader->at == reader->end)
            return cut(err);
        token->type = BX_TOKEN_EXT;
        token->extension = (int8_t)*reader->at++;
        return read_bytes(reader, token, value, err);
    default: return read_number(token, kind, value, bytes, err);
    }
}

int bx_read(bx_reader *reader, bx_token *token, bx_error *err)
{
    if (reader->at >= reader->end)
        return cut(err);
    uint8_t tag = *reader->at++;
    if (tag <= 0x7f || tag >= 0xe0) {
        token->type = BX_TOKEN_INTEGER;
        token->integer = (int8_t)tag;
        return 0;
    }
    if (tag <= 0x8f || (tag >= 0x90 && tag <= 0x9f)) {
        token->type = tag <= 0x8f ? BX_TOKEN_MAP : BX_TOKEN_ARRAY;
        token->count = tag & 0x0f;
        return 0;
    }
    if (tag <= 0xbf) {
        token->type = BX_TOKEN_STRING;
        return read_bytes(reader, token, tag & 0x1f, err);
    }
    return read_tagged(reader, tag, token, err);
}

static const char *const type_names[] = {"nil",    "boolean", "integer", "float",
                                         "string", "array",   "map",     "extension"};

int bx_read_as(bx_reader *reader, bx_token_type type, bx_token *token, bx_error *err)
{
    if (bx_read(reader, token, err) < 0)
        return -1;
    if (token->type != type)
        return bx_fail(err, BX_EPROTOCOL, "expected a value of type %s, got %s", type_names[type],
                       type_names[token->type]);
    return 0;
}

static bool valid_key(const bx_token *token)
{
    switch (token->type) {
    case BX_TOKEN_BOOLEAN:
    case BX_TOKEN_INTEGER:
    case BX_TOKEN_STRING: return true;
    case BX_TOKEN_FLOAT: return token->number == token->number;
    default: return false;
    }
}

int bx_value_check(const uint8_t *bytes, size_t length, size_t values, bx_error *err)
{
    /* What is still to come at each depth; in a map, an even number left means a key is next. */
    struct {
        uint64_t left;
        bool map;
    } open[BX_VALUE_DEPTH + 1] = {{values, false}};
    int depth = 0;
    size_t count = 0;
    bx_reader reader = {bytes, bytes + length};

    for (;;) {
        while (depth > 0 && open[depth].left == 0)
            depth--;
        if (open[depth].left == 0)
            break;
        bx_token token;
        if (bx_read(&reader, &token, err) < 0)
            return -1;
        count += token.type == BX_TOKEN_EXT ? BX_VALUE_OBJECT : 1;
        if (count > BX_VALUE_COUNT)
            return bx_fail(err, BX_EPROTOCOL, "more than %d values", BX_VALUE_COUNT);
        if (open[depth].map && open[depth].left % 2 == 0 && !valid_key(&token))
            return bx_fail(err, BX_EPROTOCOL, "a map key is of type %s", type_names[token.type]);
        open[depth].left--;
        if (token.type != BX_TOKEN_ARRAY && token.type != BX_TOKEN_MAP)
            continue;
        if (depth == BX_VALUE_DEPTH)
            return bx_fail(err, BX_EPROTOCOL, "deeper than %d tables", BX_VALUE_DEPTH);
        open[++depth].map = token.type == BX_TOKEN_MAP;
        open[depth].left = (uint64_t)token.count * (open[depth].map ? 2 : 1);
    }
    if (reader.at != reader.end)
        return bx_fail(err, BX_EPROTOCOL, "%zu bytes after the last value",
                       (size_t)(reader.end - reader.at));
    return 0;
}
