/* Trajectories: rows, reading, CSV, and bytes that can't be trusted. */
#include "record/trajectory.h"

#include "test.h"

#include <stdlib.h>
#include <string.h>

static bx_trajectory *sample(const char *method)
{
    static const char *const names[] = {"A", "B"};
    static const double rows[][3] = {
        {0, 1, 0.1}, {1, 2, 1.0 / 3}, {1, 4, -1e300}, {2.5, 8, INFINITY}, {3, 16, NAN}};
    bx_error err = {0};
    bx_trajectory *t = bx_trajectory_new(names, 2, method, 0xfeedfacecafebeefu, &err);
    for (size_t i = 0; i < 5; i++)
        CHECK(bx_trajectory_append(t, rows[i][0], rows[i] + 1, &err) == 0);
    return t;
}

static void rows_are_kept_as_columns(void)
{
    bx_error err = {0};
    bx_trajectory *t = sample("ode");
    double one[2] = {0, 0};
    CHECK(bx_trajectory_rows(t) == 5 && bx_trajectory_columns(t) == 2);
    CHECK(bx_trajectory_find(t, "B") == 1 && bx_trajectory_find(t, "C") == -1);
    CHECK_NEAR(bx_trajectory_mean(t, 0), 31.0 / 5, 0);
    CHECK(bx_trajectory_append(t, 2.9, one, &err) < 0);
    CHECK(bx_trajectory_append(t, NAN, one, &err) < 0);
    for (int i = 0; i < 10000; i++)
        CHECK(bx_trajectory_append(t, 4 + i, (double[]){i, -i}, &err) == 0);
    CHECK(bx_trajectory_column(t, 1)[10004] == -9999 && bx_trajectory_times(t)[10004] == 10003);
    CHECK(bx_trajectory_column(t, 0)[0] == 1);
    bx_trajectory_free(t);
}

static void values_are_read_between_rows(void)
{
    bx_error err = {0};
    double value;
    bx_trajectory *ode = sample("ode"), *ssa = sample("ssa");
    CHECK(bx_trajectory_at(ode, 0, 0.5, &value, &err) == 0 && value == 1.5);
    CHECK(bx_trajectory_at(ssa, 0, 0.5, &value, &err) == 0 && value == 1);
    CHECK(bx_trajectory_at(ode, 0, 1, &value, &err) == 0 && value == 4);
    CHECK(bx_trajectory_at(ode, 0, 3, &value, &err) == 0 && value == 16);
    CHECK(bx_trajectory_at(ode, 0, 3.1, &value, &err) < 0 && err.code == BX_ESIMULATION);
    CHECK(bx_trajectory_at(ode, 0, NAN, &value, &err) < 0);
    bx_trajectory_free(ode);
    bx_trajectory_free(ssa);
    bx_trajectory *empty = bx_trajectory_new(NULL, 0, "ode", 0, &err);
    CHECK(bx_trajectory_rows(empty) == 0);
    CHECK(bx_trajectory_at(empty, 0, 0, &value, &err) < 0);
    bx_trajectory_free(empty);
}

static void csv_reads_back(void)
{
    bx_error err = {0};
    bx_trajectory *t = sample("ode");
    bx_buffer out = {0};
    CHECK(bx_trajectory_csv(t, &out, &err) == 0);
    CHECK(bx_buffer_append(&out, "", 1) == 0);
    CHECK_TEXT((char *)out.data, "time,A,B\r\n0,1,0.1\r\n1,2,0.3333333333333333\r\n"
                                 "1,4,-1e+300\r\n2.5,8,inf\r\n3,16,nan\r\n");
    bx_buffer_free(&out);
    bx_trajectory_free(t);
    const char *const names[] = {"a \"b\", c"};
    t = bx_trajectory_new(names, 1, "ode", 0, &err);
    CHECK(bx_trajectory_csv(t, &out, &err) == 0);
    CHECK(out.length == 19 && memcmp(out.data, "time,\"a \"\"b\"\", c\"\r\n", 19) == 0);
    bx_buffer_free(&out);
    bx_trajectory_free(t);
}

static void the_wire_keeps_every_bit(void)
{
    bx_error err = {0};
    bx_trajectory *t = sample("ssa");
    bx_buffer out = {0};
    CHECK(bx_trajectory_encode(t, &out, &err) == 0);
    bx_trajectory *back =
        bx_trajectory_decode(out.data, out.length, &(bx_budget){UINT64_MAX, UINT64_MAX}, &err);
    CHECK(back && bx_trajectory_rows(back) == 5 && bx_trajectory_columns(back) == 2);
    CHECK(back && bx_trajectory_seed(back) == 0xfeedfacecafebeefu);
    CHECK(back && strcmp(bx_trajectory_method(back), "ssa") == 0);
    CHECK(back && strcmp(bx_trajectory_name(back, 1), "B") == 0);
    for (size_t c = 0; back && c < 2; c++)
        CHECK(memcmp(bx_trajectory_column(t, c), bx_trajectory_column(back, c),
                     5 * sizeof(double)) == 0);
    bx_trajectory_free(back);
    bx_trajectory_free(t);
    bx_buffer_free(&out);
}

/* A copy that ends where the bytes end, so that a sanitizer sees a read beyond. */
static void decode_exactly(const uint8_t *bytes, size_t length)
{
    bx_error err = {0};
    uint8_t *copy = malloc(length ? length : 1);
    memcpy(copy, bytes, length);
    bx_trajectory *t =
        bx_trajectory_decode(copy, length, &(bx_budget){UINT64_MAX, UINT64_MAX}, &err);
    if (t) {
        double sum = 0;
        for (size_t c = 0; c < bx_trajectory_columns(t); c++)
            sum += bx_trajectory_mean(t, c);
        CHECK(!(sum > INFINITY));
    } else {
        CHECK(err.code == BX_EPROTOCOL);
    }
    bx_trajectory_free(t);
    free(copy);
}

static void hostile_bytes_do_no_harm(void)
{
    bx_error err = {0};
    bx_trajectory *t = sample("ssa");
    bx_buffer out = {0};
    CHECK(bx_trajectory_encode(t, &out, &err) == 0);
    bx_trajectory_free(t);
    for (size_t i = 0; i < out.length; i++)
        for (int bit = 0; bit < 8; bit++) {
            out.data[i] ^= (uint8_t)(1 << bit);
            decode_exactly(out.data, out.length);
            out.data[i] ^= (uint8_t)(1 << bit);
        }
    for (size_t length = 0; length < out.length; length++) {
        CHECK(!bx_trajectory_decode(out.data, length, &(bx_budget){UINT64_MAX, UINT64_MAX}, &err));
        decode_exactly(out.data, length);
    }
    for (size_t at = 4; at < 28; at += 8)
        for (int fill = 0; fill < 256; fill += 51) {
            uint8_t saved[8];
            memcpy(saved, out.data + at, 8);
            memset(out.data + at, fill, 8);
            decode_exactly(out.data, out.length);
            memcpy(out.data + at, saved, 8);
        }
    bx_buffer_free(&out);
}

static void a_trajectory_without_rows_travels(void)
{
    const char *const names[] = {"A", "B"};
    for (size_t columns = 0; columns < 3; columns++) {
        bx_error err = {0};
        bx_buffer out = {0};
        bx_trajectory *t = bx_trajectory_new(names, columns, "ode", 1, &err);
        CHECK(bx_trajectory_encode(t, &out, &err) == 0);
        bx_trajectory *back =
            bx_trajectory_decode(out.data, out.length, &(bx_budget){UINT64_MAX, UINT64_MAX}, &err);
        CHECK(back && bx_trajectory_rows(back) == 0 && isnan(bx_trajectory_mean(back, 0)));
        CHECK(back && bx_trajectory_columns(back) == columns);
        bx_trajectory_free(back);
        bx_trajectory_free(t);
        bx_buffer_free(&out);
    }
}

int main(void)
{
    RUN(rows_are_kept_as_columns);
    RUN(values_are_read_between_rows);
    RUN(csv_reads_back);
    RUN(the_wire_keeps_every_bit);
    RUN(hostile_bytes_do_no_harm);
    RUN(a_trajectory_without_rows_travels);
    return test_end();
}
