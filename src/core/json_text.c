#include "core/json_text.h"

#include "core/number.h"
#include "core/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool continues(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* The length of the UTF-8 character at `s`, of at most `left` bytes, or 0: RFC 3629, section 4. */
static size_t character(const unsigned char *s, size_t left)
{
    if (s[0] < 0x80)
        return 1;
    if (s[0] >= 0xC2 && s[0] <= 0xDF)
        return left >= 2 && continues(s[1]) ? 2 : 0;
    if ((s[0] & 0xF0) == 0xE0 && left >= 3) {
        bool valid =
            continues(s[1]) && !(s[0] == 0xE0 && s[1] < 0xA0) && !(s[0] == 0xED && s[1] > 0x9F);
        return valid && continues(s[2]) ? 3 : 0;
    }
    if (s[0] >= 0xF0 && s[0] <= 0xF4 && left >= 4) {
        bool valid =
            continues(s[1]) && !(s[0] == 0xF0 && s[1] < 0x90) && !(s[0] == 0xF4 && s[1] > 0x8F);
        return valid && continues(s[2]) && continues(s[3]) ? 4 : 0;
    }
    return 0;
}

static void append_character(bx_buffer *out, const unsigned char *s, size_t length)
{
    char escape[8];
    if (length == 0) {
        bx_text_append(out, "\xEF\xBF\xBD");
    } else if (*s >= 0x20 && *s != '"' && *s != '\\' && *s != 0x7F) {
        bx_buffer_append(out, s, length);
    } else {
        snprintf(escape, sizeof escape, *s < 0x20 || *s == 0x7F ? "\\u%04x" : "\\%c", *s);
        bx_text_append(out, escape);
    }
}

bool bx_json_bytes(bx_buffer *out, const char *bytes, size_t length)
{
    const unsigned char *s = (const unsigned char *)bytes;
    bool valid = true;
    bx_text_append(out, "\"");
    for (size_t i = 0, step; i < length; i += step ? step : 1) {
        step = character(s + i, length - i);
        valid = valid && step;
        append_character(out, s + i, step);
    }
    bx_text_append(out, "\"");
    return valid;
}

void bx_json_string(bx_buffer *out, const char *text)
{
    bx_json_bytes(out, text, strlen(text));
}

void bx_json_number(bx_buffer *out, double value)
{
    if (isfinite(value))
        bx_number_append(out, value);
    else
        bx_text_append(out, "null");
}

static void append_time(bx_buffer *out, double value)
{
    if (isfinite(value))
        bx_number_append_time(out, value);
    else
        bx_text_append(out, "null");
}

static void append_list(bx_buffer *out, const char *name, size_t count,
                        double (*value)(const void *data, size_t i), const void *data,
                        void (*append)(bx_buffer *out, double value))
{
    bx_json_string(out, name);
    bx_text_append(out, ":[");
    for (size_t i = 0; i < count; i++) {
        if (i)
            bx_text_append(out, ",");
        append(out, value(data, i));
    }
    bx_text_append(out, "]");
}

void bx_json_list(bx_buffer *out, const char *name, size_t count,
                  double (*value)(const void *data, size_t i), const void *data)
{
    append_list(out, name, count, value, data, bx_json_number);
}

void bx_json_times(bx_buffer *out, size_t count, double (*value)(const void *data, size_t i),
                   const void *data)
{
    append_list(out, "time", count, value, data, append_time);
}
