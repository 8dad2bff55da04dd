#include "wire/packing.h"

#include "core/names.h"

#include <stdlib.h>
#include <string.h>

static void put_u64(uint8_t *to, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

void bx_pack_u64(bx_buffer *out, uint64_t value)
{
    uint8_t bytes[8];
    put_u64(bytes, value);
    bx_buffer_append(out, bytes, sizeof bytes);
}

void bx_pack_doubles(bx_buffer *out, const double *values, size_t count)
{
    uint8_t *at = count ? bx_buffer_extend(out, count * 8) : NULL;
    for (size_t i = 0; at && i < count; i++) {
        uint64_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        put_u64(at + 8 * i, bits);
    }
}

void bx_pack_name(bx_buffer *out, const char *name)
{
    uint8_t length = (uint8_t)strlen(name);
    bx_buffer_append(out, &length, 1);
    bx_buffer_append(out, name, length);
}

void bx_pack_count(bx_buffer *out, uint64_t value)
{
    uint8_t bytes[10];
    size_t length = 0;
    for (; value >= 128; value >>= 7)
        bytes[length++] = (uint8_t)(value | 128);
    bytes[length++] = (uint8_t)value;
    bx_buffer_append(out, bytes, length);
}

void bx_pack_bytes(bx_buffer *out, const void *bytes, size_t length)
{
    bx_pack_count(out, length);
    bx_buffer_append(out, bytes, length);
}

uint64_t bx_unpack_fixed_u64(const uint8_t *from)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value |= (uint64_t)from[i] << (8 * i);
    return value;
}

double bx_unpack_fixed_double(const uint8_t *from)
{
    uint64_t bits = bx_unpack_fixed_u64(from);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static int fail_short(const bx_unpacker *in, bx_error *err)
{
    return bx_fail(err, BX_EPROTOCOL, "%s: cut short", in->what);
}

int bx_unpack_u64(bx_unpacker *in, uint64_t *value, bx_error *err)
{
    if (in->left < 8)
        return fail_short(in, err);
    *value = bx_unpack_fixed_u64(in->next);
    in->next += 8;
    in->left -= 8;
    return 0;
}

int bx_unpack_doubles(bx_unpacker *in, double *values, size_t count, bx_error *err)
{
    if (in->left / 8 < count)
        return fail_short(in, err);
    for (size_t i = 0; i < count; i++)
        values[i] = bx_unpack_fixed_double(in->next + 8 * i);
    in->next += 8 * count;
    in->left -= 8 * count;
    return 0;
}

int bx_unpack_count(bx_unpacker *in, uint32_t *value, bx_error *err)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < 5 && i < in->left; i++) {
        uint8_t byte = in->next[i];
        sum |= (uint64_t)(byte & 127) << (7 * i);
        if (byte & 128)
            continue;
        if (sum > UINT32_MAX || (i > 0 && byte == 0))
            break;
        *value = (uint32_t)sum;
        in->next += i + 1;
        in->left -= i + 1;
        return 0;
    }
    return bx_fail(err, BX_EPROTOCOL, "%s: a count in a wrong form", in->what);
}

int bx_unpack_bytes(bx_unpacker *in, const uint8_t **bytes, uint32_t *length, bx_error *err)
{
    if (bx_unpack_count(in, length, err) < 0)
        return -1;
    if (*length > in->left)
        return fail_short(in, err);
    *bytes = in->next;
    in->next += *length;
    in->left -= *length;
    return 0;
}

int bx_unpack_name(bx_unpacker *in, char *name, size_t longest, const char *which, bx_error *err)
{
    size_t length = in->left > 0 ? in->next[0] : 0;
    if (in->left < 1 + length || length == 0 || length > longest)
        return bx_fail(err, BX_EPROTOCOL, "%s: %s of a wrong length", in->what, which);
    for (size_t i = 1; i <= length; i++)
        if (in->next[i] < 0x20 || in->next[i] == 0x7f)
            return bx_fail(err, BX_EPROTOCOL, "%s: %s with a control character", in->what, which);
    memcpy(name, in->next + 1, length);
    name[length] = '\0';
    in->next += 1 + length;
    in->left -= 1 + length;
    return 0;
}

/* A name takes on the wire as many bytes as in memory. 0: cut short. */
static size_t measure_names(const bx_unpacker *in, size_t columns)
{
    size_t length = 0;
    for (size_t i = 0; i < columns && length < in->left; i++)
        length += 1 + (size_t)in->next[length];
    return length <= in->left ? length : 0;
}

static int unpack_names(bx_unpacker *in, size_t columns, const char **names, bx_error *err)
{
    bx_names seen = {0};
    char *at = (char *)(names + columns);
    int result = 0;
    for (size_t i = 0; result == 0 && i < columns; i++) {
        names[i] = at;
        result = bx_unpack_name(in, at, BX_NAME_LENGTH, "a name", err);
        if (result == 0 && bx_names_find(&seen, at) != BX_NAME_NONE)
            result = bx_fail(err, BX_EPROTOCOL, "%s: two columns of one name", in->what);
        if (result == 0 && bx_names_add(&seen, at, i) < 0)
            result = bx_fail_memory(err);
        if (result == 0)
            at += strlen(at) + 1;
    }
    bx_names_free(&seen);
    return result;
}

const char **bx_unpack_names(bx_unpacker *in, size_t columns, bx_error *err)
{
    if (bx_budget_spend(in->budget, columns, BX_COST_NAME, in->what, err) < 0)
        return NULL;
    size_t text = measure_names(in, columns);
    if (columns > 0 && text == 0) {
        fail_short(in, err);
        return NULL;
    }
    const char **names = malloc(columns * sizeof *names + text + 1);
    if (!names) {
        bx_fail_memory(err);
    } else if (unpack_names(in, columns, names, err) < 0) {
        free(names);
        names = NULL;
    }
    return names;
}
