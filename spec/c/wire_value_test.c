/* MessagePack values: what is written is read back; what is hostile is refused. */
#include "wire/value.h"

#include "test.h"

#include <stdlib.h>
#include <string.h>

static void integers_of_every_size_come_back(void)
{
    static const int64_t values[] = {
        0,         1,        -1,     127,    128,       -32,       -33,
        32767,     32768,    -32768, -32769, INT32_MAX, INT32_MIN, (int64_t)INT32_MAX + 1,
        INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        bx_buffer out = {0};
        bx_token token;
        bx_write_integer(&out, values[i]);
        bx_reader reader = {out.data, out.data + out.length};
        CHECK(bx_read_as(&reader, BX_TOKEN_INTEGER, &token, NULL) == 0);
        CHECK(token.integer == values[i] && reader.at == reader.end);
        bx_buffer_free(&out);
    }
}

static void other_writers_integers_are_read(void)
{
    static const struct {
        const char *bytes;
        size_t length;
        int64_t value;
    } foreign[] = {{"\xcc\xff", 2, 255},
                   {"\xcd\xff\xff", 3, 65535},
                   {"\xce\xff\xff\xff\xff", 5, 4294967295},
                   {"\xcf\x7f\xff\xff\xff\xff\xff\xff\xff", 9, INT64_MAX},
                   {"\xd0\x80", 2, -128}};
    bx_token token;
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        const uint8_t *bytes = (const uint8_t *)foreign[i].bytes;
        bx_reader reader = {bytes, bytes + foreign[i].length};
        CHECK(bx_read(&reader, &token, NULL) == 0 && token.integer == foreign[i].value);
    }
    const uint8_t *large = (const uint8_t *)"\xcf\x80\0\0\0\0\0\0\0";
    bx_reader reader = {large, large + 9};
    CHECK(bx_read(&reader, &token, NULL) < 0);
}

static void strings_of_every_size_come_back(void)
{
    static const size_t lengths[] = {0, 1, 31, 32, 255, 256, 65535, 65536, 100000};
    char *text = malloc(100000);
    memset(text, 'x', 100000);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        bx_buffer out = {0};
        bx_token token;
        bx_write_string(&out, text, lengths[i]);
        CHECK(bx_value_check(out.data, out.length, 1, NULL) == 0);
        bx_reader reader = {out.data, out.data + out.length};
        CHECK(bx_read_as(&reader, BX_TOKEN_STRING, &token, NULL) == 0);
        CHECK(token.length == lengths[i] && reader.at == reader.end);
        for (size_t cut = 0; cut < out.length && cut < 300; cut++)
            CHECK(bx_value_check(out.data, cut, 1, NULL) < 0);
        bx_buffer_free(&out);
    }
    free(text);
}

static int check(const char *bytes, size_t length, size_t values, bx_error *err)
{
    return bx_value_check((const uint8_t *)bytes, length, values, err);
}

static void hostile_messages_are_refused(void)
{
    bx_error err = {0};
    CHECK(check("", 0, 0, &err) == 0);
    CHECK(check("", 0, 1, &err) < 0);
    CHECK(check("\x01\x02", 2, 1, &err) < 0);
    CHECK_TEXT(err.message, "1 bytes after the last value");
    CHECK(check("\xc1", 1, 1, &err) < 0);
    CHECK_TEXT(err.message, "unknown value tag 0xc1");
    CHECK(check("\xdd\xff\xff\xff\xff", 5, 1, &err) < 0);
    CHECK(check("\xdf\xff\xff\xff\xff", 5, 1, &err) < 0);
    CHECK(check("\xdb\xff\xff\xff\xff", 5, 1, &err) < 0);
    CHECK(check("\xc9\xff\xff\xff\xff", 5, 1, &err) < 0);
    CHECK(check("\x81\xc0\x01", 3, 1, &err) < 0);
    CHECK_TEXT(err.message, "a map key is of type nil");
    CHECK(check("\x81\x90\x01", 3, 1, &err) < 0);
    CHECK(check("\x81\x01\xc0", 3, 1, &err) == 0);
}

static void depth_and_count_are_bounded(void)
{
    char deep[BX_VALUE_DEPTH + 2];
    bx_error err = {0};
    memset(deep, 0x91, sizeof deep);
    deep[BX_VALUE_DEPTH] = 0x01;
    CHECK(check(deep, BX_VALUE_DEPTH + 1, 1, &err) == 0);
    deep[BX_VALUE_DEPTH] = (char)0x91;
    deep[BX_VALUE_DEPTH + 1] = 0x01;
    CHECK(check(deep, BX_VALUE_DEPTH + 2, 1, &err) < 0);
    CHECK(strstr(err.message, "deeper than") != NULL);

    bx_buffer many = {0};
    bx_write_array(&many, BX_VALUE_COUNT);
    for (int i = 0; i < BX_VALUE_COUNT; i++)
        bx_write_nil(&many);
    CHECK(bx_value_check(many.data, many.length, 1, &err) < 0);
    CHECK(strstr(err.message, "more than") != NULL);
    bx_buffer_free(&many);
}

static void a_full_buffer_remembers_its_first_failure(void)
{
    bx_buffer out = {.limit = 8};
    bx_write_text(&out, "abc");
    CHECK(bx_buffer_finish(&out, 0) == 0 && out.length == 4);
    bx_write_text(&out, "a longer text");
    bx_write_integer(&out, 1); /* would fit */
    CHECK(bx_buffer_finish(&out, 4) < 0 && out.length == 4);
    CHECK(memcmp(out.data,
                 "\xa3"
                 "abc",
                 4) == 0);
    bx_write_integer(&out, 1);
    CHECK(bx_buffer_finish(&out, 4) == 0 && out.length == 5);
    bx_write_ext(&out, 1, "1234567", 7);
    CHECK(bx_buffer_append(&out, "x", 1) < 0);
    bx_buffer_cut(&out, 0);
    CHECK(bx_buffer_append(&out, "x", 1) == 0 && out.length == 1);
    bx_buffer_free(&out);
}

int main(void)
{
    RUN(integers_of_every_size_come_back);
    RUN(other_writers_integers_are_read);
    RUN(strings_of_every_size_come_back);
    RUN(hostile_messages_are_refused);
    RUN(depth_and_count_are_bounded);
    RUN(a_full_buffer_remembers_its_first_failure);
    return test_end();
}
