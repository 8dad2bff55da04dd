/* Layout, little-endian: "BXT1"; u64 seed, rows, columns; the method, then each name, as one byte
 * of length and the text; the times; each column. Doubles are IEEE 754 binary64. */
#include "cell/names.h"
#include "cell/trajectory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char magic[4] = {'B', 'X', 'T', '1'};

typedef struct reader {
    const uint8_t *next;
    size_t left;
} reader;

static void put_u64(uint8_t *to, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get_u64(const uint8_t *from)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value |= (uint64_t)from[i] << (8 * i);
    return value;
}

static double get_double(const uint8_t *from)
{
    uint64_t bits = get_u64(from);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static int append_u64(bx_buffer *out, uint64_t value)
{
    uint8_t bytes[8];
    put_u64(bytes, value);
    return bx_buffer_append(out, bytes, sizeof bytes);
}

static int append_doubles(bx_buffer *out, const double *values, size_t count)
{
    if (bx_buffer_reserve(out, count * 8) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        put_u64(out->data + out->length, bits);
        out->length += 8;
    }
    return 0;
}

static int append_name(bx_buffer *out, const char *name)
{
    uint8_t length = (uint8_t)strlen(name);
    if (bx_buffer_append(out, &length, 1) < 0)
        return -1;
    return bx_buffer_append(out, name, length);
}

static int encode(const bx_trajectory *t, bx_buffer *out)
{
    size_t rows = bx_trajectory_rows(t), columns = bx_trajectory_columns(t);
    if (bx_buffer_append(out, magic, sizeof magic) < 0 ||
        append_u64(out, bx_trajectory_seed(t)) < 0 || append_u64(out, rows) < 0 ||
        append_u64(out, columns) < 0 || append_name(out, bx_trajectory_method(t)) < 0)
        return -1;
    for (size_t i = 0; i < columns; i++)
        if (append_name(out, bx_trajectory_name(t, i)) < 0)
            return -1;
    if (append_doubles(out, bx_trajectory_times(t), rows) < 0)
        return -1;
    for (size_t i = 0; i < columns; i++)
        if (append_doubles(out, bx_trajectory_column(t, i), rows) < 0)
            return -1;
    return 0;
}

int bx_trajectory_encode(const bx_trajectory *t, bx_buffer *out, bx_error *err)
{
    for (size_t i = 0; i < bx_trajectory_columns(t); i++)
        if (strlen(bx_trajectory_name(t, i)) > BX_NAME_LENGTH)
            return bx_fail(err, BX_ERESULT, "column %zu: a name of more than %d bytes can't travel",
                           i + 1, BX_NAME_LENGTH);
    size_t length = out->length;
    if (encode(t, out) == 0)
        return 0;
    out->length = length;
    return bx_fail_memory(err);
}

static int read_name(reader *r, char *name, size_t longest, const char *what, bx_error *err)
{
    size_t length = r->left > 0 ? r->next[0] : 0;
    if (r->left < 1 + length || length == 0 || length > longest)
        return bx_fail(err, BX_EPROTOCOL, "trajectory: %s of a wrong length", what);
    for (size_t i = 1; i <= length; i++)
        if (r->next[i] < 0x20 || r->next[i] == 0x7f)
            return bx_fail(err, BX_EPROTOCOL, "trajectory: %s with a control character", what);
    memcpy(name, r->next + 1, length);
    name[length] = '\0';
    r->next += 1 + length;
    r->left -= 1 + length;
    return 0;
}

/* Reads the names into one block of `columns` times BX_NAME_LENGTH + 1 bytes. */
static int read_names(reader *r, size_t columns, char *block, const char **names, bx_error *err)
{
    bx_names seen = {0};
    int result = 0;
    for (size_t i = 0; result == 0 && i < columns; i++) {
        char *name = block + i * (BX_NAME_LENGTH + 1);
        names[i] = name;
        result = read_name(r, name, BX_NAME_LENGTH, "a name", err);
        if (result == 0 && bx_names_find(&seen, name) != BX_NAME_NONE)
            result = bx_fail(err, BX_EPROTOCOL, "trajectory: two columns of one name");
        if (result == 0 && bx_names_add(&seen, name, i) < 0)
            result = bx_fail_memory(err);
    }
    bx_names_free(&seen);
    return result;
}

static int read_rows(reader *r, bx_trajectory *t, size_t rows, bx_error *err)
{
    size_t columns = bx_trajectory_columns(t);
    if (r->left % 8 != 0 || (columns + 1) > r->left / 8 + 1 ||
        (rows > 0 && r->left / 8 / rows != columns + 1) || r->left / 8 != rows * (columns + 1))
        return bx_fail(err, BX_EPROTOCOL, "trajectory: %zu bytes of values for %zu rows of %zu",
                       r->left, rows, columns + 1);
    double *row = malloc((columns + 1) * sizeof *row);
    if (!row || bx_trajectory_reserve(t, rows, err) < 0) {
        free(row);
        return bx_fail_memory(err);
    }
    int result = 0;
    double before = -INFINITY;
    for (size_t i = 0; result == 0 && i < rows; i++) {
        double time = get_double(r->next + i * 8);
        for (size_t c = 0; c < columns; c++)
            row[c] = get_double(r->next + ((c + 1) * rows + i) * 8);
        if (!(time >= before))
            result = bx_fail(err, BX_EPROTOCOL, "trajectory: time runs backwards");
        else
            result = bx_trajectory_append(t, time, row, err);
        before = time;
    }
    free(row);
    return result;
}

static bx_trajectory *decode_names(reader *r, uint64_t seed, size_t columns, bx_error *err)
{
    char method[32];
    if (read_name(r, method, sizeof method - 1, "a method", err) < 0)
        return NULL;
    /* a name takes two bytes at least, so that `columns` is bounded by what came */
    if (columns > r->left / 2) {
        bx_fail(err, BX_EPROTOCOL, "trajectory: more columns than bytes");
        return NULL;
    }
    char *block = malloc(columns * (BX_NAME_LENGTH + 1) + 1);
    const char **names = malloc((columns + 1) * sizeof *names);
    bx_trajectory *t = NULL;
    if (!block || !names)
        bx_fail_memory(err);
    else if (read_names(r, columns, block, names, err) == 0)
        t = bx_trajectory_new(names, columns, method, seed, err);
    free(block);
    free(names);
    return t;
}

bx_trajectory *bx_trajectory_decode(const uint8_t *bytes, size_t length, bx_error *err)
{
    if (length < sizeof magic + 24 || memcmp(bytes, magic, sizeof magic) != 0) {
        bx_fail(err, BX_EPROTOCOL, "trajectory: not one, or cut short");
        return NULL;
    }
    uint64_t seed = get_u64(bytes + 4), rows = get_u64(bytes + 12), columns = get_u64(bytes + 20);
    reader r = {bytes + 28, length - 28};
    if (rows > length / 8 || columns > length / 2) {
        bx_fail(err, BX_EPROTOCOL, "trajectory: more rows or columns than bytes");
        return NULL;
    }
    bx_trajectory *t = decode_names(&r, seed, (size_t)columns, err);
    if (t && read_rows(&r, t, (size_t)rows, err) < 0) {
        bx_trajectory_free(t);
        return NULL;
    }
    return t;
}
