#include "exchange/yaml.h"

#include "core/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define OMAP "tag:yaml.org,2002:omap"
#define LONGEST_NUMBER 64

/* ---- reading ---- */

typedef struct reading {
    yaml_parser_t parser;
    size_t depth;
    bx_error *err;
} reading;

static json_t *refuse(reading *r, const yaml_event_t *event, const char *what)
{
    bx_fail(r->err, BX_EMODEL, "YAML: line %zu: %s", event->start_mark.line + 1, what);
    return NULL;
}

static int next_event(reading *r, yaml_event_t *event)
{
    if (yaml_parser_parse(&r->parser, event))
        return 0;
    if (r->parser.error == YAML_MEMORY_ERROR)
        return bx_fail_memory(r->err);
    return bx_fail(r->err, BX_EMODEL, "YAML: line %zu: %.200s", r->parser.problem_mark.line + 1,
                   r->parser.problem ? r->parser.problem : "it can't be read");
}

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

/* [-+]digits, with at most one point and an exponent if `real`. */
static bool is_number(const char *text, bool real)
{
    const char *digits = "0123456789";
    text += *text == '-' || *text == '+';
    size_t before = strspn(text, digits), after = 0;
    text += before;
    if (real && *text == '.') {
        after = strspn(++text, digits);
        text += after;
    }
    if (before + after > 0 && real && (*text == 'e' || *text == 'E')) {
        text += 1 + (text[1] == '-' || text[1] == '+');
        if (strspn(text, digits) == 0)
            return false;
        text += strspn(text, digits);
    }
    return before + after > 0 && *text == '\0';
}

/* What a scalar without quotes is by the core schema. */
static json_t *plain_value(const char *text, size_t length)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const trues[] = {"true", "True", "TRUE", NULL};
    static const char *const falses[] = {"false", "False", "FALSE", NULL};
    static const char *const infinite[] = {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", NULL};
    static const char *const negative[] = {"-.inf", "-.Inf", "-.INF", NULL};
    char *end;
    if (is_one_of(text, nulls))
        return json_null();
    if (is_one_of(text, trues) || is_one_of(text, falses))
        return json_boolean(is_one_of(text, trues));
    if (is_one_of(text, infinite) || is_one_of(text, negative))
        return json_string(*text == '-' ? "-inf" : "inf");
    if (length < 18 && is_number(text, false))
        return json_integer(strtoll(text, NULL, 10));
    if (length < LONGEST_NUMBER && is_number(text, true)) {
        double number = bx_number_read(text, &end);
        return isfinite(number) ? json_real(number) : NULL;
    }
    return json_stringn(text, length);
}

static json_t *scalar_value(reading *r, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    const char *tag = (const char *)event->data.scalar.tag;
    if (memchr(text, '\0', length))
        return refuse(r, event, "a text with a zero byte");
    if (tag && strcmp(tag, YAML_STR_TAG) != 0)
        return refuse(r, event, "a tag that is not known");
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !tag;
    json_t *value = plain ? plain_value(text, length) : json_stringn(text, length);
    return value ? value : refuse(r, event, "text that is not UTF-8, or a number too large");
}

static json_t *read_value(reading *r, const yaml_event_t *event, size_t depth);

/* The next value; *end where the collection ends instead. */
static json_t *read_next(reading *r, size_t depth, yaml_event_type_t closing, bool *end)
{
    yaml_event_t event;
    json_t *value = NULL;
    *end = false;
    if (next_event(r, &event) < 0)
        return NULL;
    if (event.type == closing)
        *end = true;
    else
        value = read_value(r, &event, depth);
    yaml_event_delete(&event);
    return value;
}

/* Put the pair; takes both. */
static int put_pair(reading *r, const yaml_event_t *event, json_t *into, json_t *key, json_t *value)
{
    int status = -1;
    if (!json_is_string(key))
        refuse(r, event, "a key that is no text");
    else if (json_object_get(into, json_string_value(key)))
        refuse(r, event, "a key that comes twice");
    else if (json_object_set(into, json_string_value(key), value) < 0)
        bx_fail_memory(r->err);
    else
        status = 0;
    json_decref(key);
    json_decref(value);
    return status;
}

static json_t *read_mapping(reading *r, const yaml_event_t *event, size_t depth)
{
    json_t *object = json_object();
    bool end;
    if (!object)
        bx_fail_memory(r->err);
    while (object) {
        json_t *key = read_next(r, depth, YAML_MAPPING_END_EVENT, &end);
        if (end)
            return object;
        json_t *value = key ? read_next(r, depth, YAML_NO_EVENT, &end) : NULL;
        if (!value)
            json_decref(key);
        if (!value || put_pair(r, event, object, key, value) < 0)
            break;
    }
    json_decref(object);
    return NULL;
}

/* Each item of an !!omap is a mapping of one. */
static int put_item(reading *r, const yaml_event_t *event, json_t *into, bool ordered, json_t *item)
{
    if (!ordered)
        return json_array_append_new(into, item) < 0 ? bx_fail_memory(r->err) : 0;
    void *only = json_object_iter(item);
    int status = -1;
    if (json_object_size(item) != 1)
        refuse(r, event, "an item of !!omap that is no pair");
    else
        status = put_pair(r, event, into, json_string(json_object_iter_key(only)),
                          json_incref(json_object_iter_value(only)));
    json_decref(item);
    return status;
}

static json_t *read_sequence(reading *r, const yaml_event_t *event, size_t depth)
{
    const char *tag = (const char *)event->data.sequence_start.tag;
    bool ordered = tag && strcmp(tag, OMAP) == 0, end;
    if (tag && !ordered && strcmp(tag, YAML_SEQ_TAG) != 0)
        return refuse(r, event, "a tag that is not known");
    json_t *list = ordered ? json_object() : json_array();
    if (!list)
        bx_fail_memory(r->err);
    while (list) {
        json_t *item = read_next(r, depth, YAML_SEQUENCE_END_EVENT, &end);
        if (end)
            return list;
        if (!item || put_item(r, event, list, ordered, item) < 0)
            break;
    }
    json_decref(list);
    return NULL;
}

static json_t *read_value(reading *r, const yaml_event_t *event, size_t depth)
{
    const char *tag = (const char *)event->data.mapping_start.tag;
    if (depth > r->depth)
        return refuse(r, event, "it nests too deep");
    switch (event->type) {
    case YAML_SCALAR_EVENT: return scalar_value(r, event);
    case YAML_SEQUENCE_START_EVENT: return read_sequence(r, event, depth + 1);
    case YAML_MAPPING_START_EVENT:
        if (tag && strcmp(tag, YAML_MAP_TAG) != 0)
            return refuse(r, event, "a tag that is not known");
        return read_mapping(r, event, depth + 1);
    case YAML_ALIAS_EVENT: return refuse(r, event, "an alias, which is not read");
    default: return refuse(r, event, "a value expected");
    }
}

/* The events up to the document's value, and from it to the end. */
static json_t *read_document(reading *r)
{
    yaml_event_t event;
    json_t *value = NULL;
    for (bool ended = false; !ended;) {
        if (next_event(r, &event) < 0)
            break;
        bool framing = event.type == YAML_STREAM_START_EVENT ||
                       event.type == YAML_DOCUMENT_START_EVENT ||
                       event.type == YAML_DOCUMENT_END_EVENT;
        ended = event.type == YAML_STREAM_END_EVENT;
        bool second = event.type == YAML_DOCUMENT_START_EVENT && value;
        if (second)
            refuse(r, &event, "a second document");
        else if (ended && !value)
            refuse(r, &event, "there is nothing in it");
        else if (!framing && !ended)
            value = read_value(r, &event, 0);
        bool failed = second || (!framing && !value);
        yaml_event_delete(&event);
        if (failed)
            break;
        if (ended)
            return value;
    }
    json_decref(value);
    return NULL;
}

json_t *bx_yaml_read(const char *text, size_t length, size_t depth, bx_error *err)
{
    reading r = {.depth = depth, .err = err};
    if (!yaml_parser_initialize(&r.parser)) {
        bx_fail_memory(err);
        return NULL;
    }
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, length);
    json_t *value = read_document(&r);
    yaml_parser_delete(&r.parser);
    return value;
}

/* ---- writing ---- */

static int take_bytes(void *data, unsigned char *bytes, size_t length)
{
    return bx_buffer_append(data, bytes, length) == 0;
}

static bool emit(yaml_emitter_t *emitter, yaml_event_t *event, int made)
{
    return made && yaml_emitter_emit(emitter, event);
}

/* What would be read as something else without quotes. */
static bool needs_quotes(const char *text, size_t length)
{
    json_t *plain = plain_value(text, length);
    bool needs = !json_is_string(plain) || strcmp(json_string_value(plain), text) != 0;
    json_decref(plain);
    return needs;
}

static bool emit_text(yaml_emitter_t *emitter, const char *text, size_t length, bool quoted)
{
    yaml_event_t event;
    int made = yaml_scalar_event_initialize(
        &event, NULL, NULL, (yaml_char_t *)text, (int)length, !quoted, 1,
        quoted ? YAML_SINGLE_QUOTED_SCALAR_STYLE : YAML_ANY_SCALAR_STYLE);
    return emit(emitter, &event, made);
}

static bool emit_string(yaml_emitter_t *emitter, const char *text)
{
    size_t length = strlen(text);
    return emit_text(emitter, text, length, needs_quotes(text, length));
}

static bool emit_number(yaml_emitter_t *emitter, const json_t *value)
{
    bx_buffer text = {0};
    bx_number_append(&text, json_number_value(value));
    bool whole = json_is_real(value) && !(text.data && (memchr(text.data, '.', text.length) ||
                                                        memchr(text.data, 'e', text.length)));
    if (whole)
        bx_buffer_append(&text, ".0", 2);
    bool done = !text.failed && emit_text(emitter, (const char *)text.data, text.length, false);
    bx_buffer_free(&text);
    return done;
}

static bool emit_value(yaml_emitter_t *emitter, const json_t *value);

static bool emit_object(yaml_emitter_t *emitter, const json_t *object)
{
    yaml_event_t event;
    const char *key;
    json_t *value;
    if (!emit(emitter, &event,
              yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE)))
        return false;
    json_object_foreach((json_t *)object, key, value) if (!emit_string(emitter, key) ||
                                                          !emit_value(emitter, value)) return false;
    return emit(emitter, &event, yaml_mapping_end_event_initialize(&event));
}

static bool emit_array(yaml_emitter_t *emitter, const json_t *array)
{
    yaml_event_t event;
    if (!emit(
            emitter, &event,
            yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE)))
        return false;
    for (size_t i = 0; i < json_array_size(array); i++)
        if (!emit_value(emitter, json_array_get(array, i)))
            return false;
    return emit(emitter, &event, yaml_sequence_end_event_initialize(&event));
}

static bool emit_value(yaml_emitter_t *emitter, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: return emit_object(emitter, value);
    case JSON_ARRAY: return emit_array(emitter, value);
    case JSON_STRING: return emit_string(emitter, json_string_value(value));
    case JSON_INTEGER:
    case JSON_REAL: return emit_number(emitter, value);
    case JSON_TRUE: return emit_text(emitter, "true", 4, false);
    case JSON_FALSE: return emit_text(emitter, "false", 5, false);
    case JSON_NULL: break;
    }
    return emit_text(emitter, "null", 4, false);
}

static bool emit_document(yaml_emitter_t *emitter, const json_t *value)
{
    yaml_event_t event;
    return emit(emitter, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING)) &&
           emit(emitter, &event,
                yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1)) &&
           emit_value(emitter, value) &&
           emit(emitter, &event, yaml_document_end_event_initialize(&event, 1)) &&
           emit(emitter, &event, yaml_stream_end_event_initialize(&event));
}

int bx_yaml_write(const json_t *value, bx_buffer *out, bx_error *err)
{
    yaml_emitter_t emitter;
    if (!yaml_emitter_initialize(&emitter))
        return bx_fail_memory(err);
    yaml_emitter_set_output(&emitter, take_bytes, out);
    yaml_emitter_set_unicode(&emitter, 1);
    yaml_emitter_set_width(&emitter, -1);
    bool done = emit_document(&emitter, value);
    yaml_emitter_delete(&emitter);
    return done ? 0 : bx_fail_memory(err);
}
