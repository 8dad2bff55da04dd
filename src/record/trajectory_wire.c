/* Layout, little-endian: "BXT1"; u64 seed, rows, columns; the method, then each name, as one byte
 * of length and the text; the times; each column. Doubles are IEEE 754 binary64. */
#include "core/names.h"
#include "record/trajectory.h"
#include "wire/packing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char magic[4] = {'B', 'X', 'T', '1'};

static void encode(const bx_trajectory *t, bx_buffer *out)
{
    size_t rows = bx_trajectory_rows(t), columns = bx_trajectory_columns(t);
    bx_buffer_append(out, magic, sizeof magic);
    bx_pack_u64(out, bx_trajectory_seed(t));
    bx_pack_u64(out, rows);
    bx_pack_u64(out, columns);
    bx_pack_name(out, bx_trajectory_method(t));
    for (size_t i = 0; i < columns; i++)
        bx_pack_name(out, bx_trajectory_name(t, i));
    bx_pack_doubles(out, bx_trajectory_times(t), rows);
    for (size_t i = 0; i < columns; i++)
        bx_pack_doubles(out, bx_trajectory_column(t, i), rows);
}

int bx_trajectory_encode(const bx_trajectory *t, bx_buffer *out, bx_error *err)
{
    for (size_t i = 0; i < bx_trajectory_columns(t); i++)
        if (strlen(bx_trajectory_name(t, i)) > BX_NAME_LENGTH)
            return bx_fail(err, BX_ERESULT, "column %zu: a name of more than %d bytes can't travel",
                           i + 1, BX_NAME_LENGTH);
    size_t length = out->length;
    encode(t, out);
    if (bx_buffer_finish(out, length) == 0)
        return 0;
    return bx_fail(
        err, BX_ERESULT,
        "a trajectory of %zu rows and %zu columns is more than memory holds, or the %zu MB "
        "that travel at once: record less often, or fewer variables",
        bx_trajectory_rows(t), bx_trajectory_columns(t) + 1, out->limit >> 20);
}

static int read_rows(bx_unpacker *r, bx_trajectory *t, size_t rows, bx_error *err)
{
    size_t columns = bx_trajectory_columns(t);
    if (r->left % 8 != 0 || (rows > 0 && r->left / 8 / rows != columns + 1) ||
        r->left / 8 != rows * (columns + 1))
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
        double time = bx_unpack_fixed_double(r->next + i * 8);
        for (size_t c = 0; c < columns; c++)
            row[c] = bx_unpack_fixed_double(r->next + ((c + 1) * rows + i) * 8);
        if (!(time >= before))
            result = bx_fail(err, BX_EPROTOCOL, "trajectory: time runs backwards");
        else
            result = bx_trajectory_append(t, time, row, err);
        before = time;
    }
    free(row);
    return result;
}

static bx_trajectory *decode_names(bx_unpacker *r, uint64_t seed, size_t columns, bx_error *err)
{
    char method[32];
    if (bx_unpack_name(r, method, sizeof method - 1, "a method", err) < 0)
        return NULL;
    /* a name takes two bytes at least, so that `columns` is bounded by what came */
    if (columns > r->left / 2) {
        bx_fail(err, BX_EPROTOCOL, "trajectory: more columns than bytes");
        return NULL;
    }
    const char **names = bx_unpack_names(r, columns, err);
    bx_trajectory *t = names ? bx_trajectory_new(names, columns, method, seed, err) : NULL;
    free(names);
    return t;
}

bx_trajectory *bx_trajectory_decode(const uint8_t *bytes, size_t length, bx_budget *budget,
                                    bx_error *err)
{
    if (length < sizeof magic + 24 || memcmp(bytes, magic, sizeof magic) != 0) {
        bx_fail(err, BX_EPROTOCOL, "trajectory: not one, or cut short");
        return NULL;
    }
    uint64_t seed = bx_unpack_fixed_u64(bytes + 4), rows = bx_unpack_fixed_u64(bytes + 12),
             columns = bx_unpack_fixed_u64(bytes + 20);
    bx_unpacker r = {bytes + 28, length - 28, "trajectory", budget};
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
