#include "courier/json.h"

#include "core/json_text.h"
#include "core/text.h"

#include <jansson.h>
#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char array_class[] = "bioxen.json.array";
static const char tree_class[] = "bioxen.json.tree";

/* ---- reading ---- */

/* Numbers that servers write though JSON has no form for them. For jansson they become strings that
 * begin with a NUL: no server sends such a one, and who did would only say the number. */
static const struct {
    const char *word;
    double value;
} bare_numbers[] = {{"Infinity", INFINITY}, {"-Infinity", -INFINITY}, {"NaN", NAN}};

enum { BARE_NUMBERS = sizeof bare_numbers / sizeof *bare_numbers };

/* The bare number that the text begins with; BARE_NUMBERS: none. */
static size_t find_bare_number(const char *text, size_t length)
{
    size_t i = 0;
    while (i < BARE_NUMBERS &&
           (length < strlen(bare_numbers[i].word) ||
            memcmp(text, bare_numbers[i].word, strlen(bare_numbers[i].word)) != 0))
        i++;
    return i;
}

/* Where the string that begins at `at` ends: its last quote. */
static size_t string_end(const char *text, size_t length, size_t at)
{
    for (at++; at < length && text[at] != '"'; at++)
        at += text[at] == '\\';
    return at;
}

/* What jansson does not bound, from a look at the text beforehand. `plain` stays empty, or is the
 * text with its bare numbers replaced. */
static int scan_text(const char *text, size_t length, bx_buffer *plain, bx_error *err)
{
    size_t values = 1, tables = 0, depth = 0,
           copied = 0; /* a comma follows each value but the last */
    for (size_t at = 0; at < length; at++) {
        char c = text[at];
        if (c == '"') {
            at = string_end(text, length, at);
        } else if (c == '[' || c == '{') {
            tables++;
            values++;
            if (++depth > BX_JSON_DEPTH)
                return bx_fail(err, BX_EPROTOCOL, "JSON, at byte %zu: too deep", at);
        } else if (c == ']' || c == '}') {
            depth -= depth > 0;
        } else if (c == ',') {
            values++;
        } else if (c == 'I' || c == 'N' || c == '-') {
            size_t bare = find_bare_number(text + at, length - at);
            if (bare == BARE_NUMBERS)
                continue;
            const char *word = bare_numbers[bare].word;
            bx_buffer_append(plain, text + copied, at - copied);
            bx_text_append(plain, "\"\\u0000");
            bx_text_append(plain, word);
            bx_text_append(plain, "\"");
            copied = at + strlen(word);
            at = copied - 1;
        }
        if (values > BX_JSON_COUNT || tables > BX_JSON_TABLES)
            return bx_fail(err, BX_EPROTOCOL, "JSON, at byte %zu: too many values", at);
    }
    if (copied)
        bx_buffer_append(plain, text + copied, length - copied);
    return plain->failed ? bx_fail_memory(err) : 0;
}

/* Never by the words of the text, which may be secret. */
static const char *describe(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_premature_end_of_input: return "cut short";
    case json_error_end_of_input_expected: return "text after its end";
    case json_error_duplicate_key: return "a key is there twice";
    case json_error_null_byte_in_key: return "a NUL in a key";
    case json_error_numeric_overflow: return "a number beyond 64 bits";
    case json_error_invalid_utf8: return "a string that is not UTF-8";
    default: return "malformed";
    }
}

/* jansson says nothing where memory was what failed; in a text with replaced numbers its places are
 * not those of the document. */
static void fail_parse(const json_error_t *error, bool replaced, bx_error *err)
{
    if (!error->text[0])
        bx_fail_memory(err);
    else if (replaced)
        bx_error_set(err, BX_EPROTOCOL, "JSON: %s", describe(error));
    else
        bx_error_set(err, BX_EPROTOCOL, "JSON, at byte %d: %s", error->position, describe(error));
}

static json_t *parse(const char *text, size_t length, bx_error *err)
{
    json_error_t error;
    json_t *tree = NULL;
    bx_buffer plain = {0};
    if (scan_text(text, length, &plain, err) == 0) {
        bool replaced = plain.length > 0;
        tree =
            json_loadb(replaced ? (const char *)plain.data : text, replaced ? plain.length : length,
                       JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
        if (!tree)
            fail_parse(&error, replaced, err);
    }
    bx_buffer_free(&plain);
    return tree;
}

static void push(lua_State *L, const json_t *value);

static void push_list(lua_State *L, const json_t *list)
{
    size_t length = json_array_size(list);
    lua_createtable(L, (int)length, 0);
    for (size_t i = 0; i < length; i++) {
        push(L, json_array_get(list, i));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    bx_json_push_array(L);
    lua_setmetatable(L, -2);
}

static void push_object(lua_State *L, json_t *object)
{
    const char *key;
    json_t *value;
    lua_createtable(L, 0, (int)json_object_size(object));
    json_object_foreach(object, key, value)
    {
        lua_pushstring(L, key);
        push(L, value);
        lua_rawset(L, -3);
    }
}

static void push_string(lua_State *L, const json_t *string)
{
    const char *text = json_string_value(string);
    size_t length = json_string_length(string), bare = BARE_NUMBERS;
    if (length > 1 && text[0] == '\0')
        bare = find_bare_number(text + 1, length - 1);
    if (bare < BARE_NUMBERS && strlen(bare_numbers[bare].word) == length - 1)
        lua_pushnumber(L, bare_numbers[bare].value);
    else
        lua_pushlstring(L, text, length);
}

static void push(lua_State *L, const json_t *value)
{
    luaL_checkstack(L, 4, "a nested value");
    switch (json_typeof(value)) {
    case JSON_TRUE: lua_pushboolean(L, true); break;
    case JSON_FALSE: lua_pushboolean(L, false); break;
    case JSON_INTEGER: lua_pushinteger(L, json_integer_value(value)); break;
    case JSON_REAL: lua_pushnumber(L, json_real_value(value)); break;
    case JSON_STRING: push_string(L, value); break;
    case JSON_ARRAY: push_list(L, value); break;
    case JSON_OBJECT: push_object(L, (json_t *)value); break;
    default: lua_pushlightuserdata(L, NULL); break;
    }
}

static int free_tree(lua_State *L)
{
    json_t **tree = lua_touserdata(L, 1);
    json_decref(*tree);
    *tree = NULL;
    return 0;
}

/* The tree hangs on a userdata, so that a memory error of Lua's does not leak it. */
static json_t **push_box(lua_State *L)
{
    json_t **tree = lua_newuserdatauv(L, sizeof(json_t *), 0);
    *tree = NULL;
    if (luaL_newmetatable(L, tree_class)) {
        lua_pushcfunction(L, free_tree);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return tree;
}

int bx_json_push(lua_State *L, const char *text, size_t length, bx_error *err)
{
    luaL_checkstack(L, 6, "a document");
    json_t **tree = push_box(L);
    int box = lua_gettop(L);
    *tree = parse(text, length, err);
    int status = *tree ? 0 : -1;
    if (*tree)
        push(L, *tree);
    json_decref(*tree);
    *tree = NULL;
    lua_remove(L, box);
    return status;
}

void bx_json_push_array(lua_State *L)
{
    luaL_newmetatable(L, array_class);
}

/* ---- writing ---- */

typedef struct writer {
    lua_State *L;
    bx_buffer *out;
    bx_error *err;
    size_t count;
    int depth;
    const void *open[BX_JSON_DEPTH]; /* the tables around the present value */
    char path[256];
    size_t path_length;
} writer;

static int write_any(writer *w, int index);

static int refuse(writer *w, const char *why)
{
    return bx_fail(w->err, BX_ERESULT, "%s: %s", w->path, why);
}

static void path_extend(writer *w, size_t before, int written)
{
    size_t room = sizeof w->path - before;
    w->path_length = (size_t)written < room ? before + (size_t)written : sizeof w->path - 1;
}

static void path_leave(writer *w, size_t before)
{
    w->path_length = before;
    w->path[before] = '\0';
}

static int write_string(writer *w, const char *text, size_t length)
{
    if (!bx_json_bytes(w->out, text, length))
        return refuse(w, "a string that is not UTF-8 cannot be sent");
    return 0;
}

/* A float stays one, though it be whole. */
static int write_number(writer *w, int index)
{
    char text[24];
    double number = lua_tonumber(w->L, index);
    size_t start = w->out->length;
    if (lua_isinteger(w->L, index)) {
        snprintf(text, sizeof text, "%lld", (long long)lua_tointeger(w->L, index));
        bx_text_append(w->out, text);
        return 0;
    }
    if (!isfinite(number))
        return refuse(w, "a number that is not finite cannot be sent");
    bx_json_number(w->out, number);
    if (w->out->failed) /* the caller tells */
        return 0;
    if (!memchr(w->out->data + start, '.', w->out->length - start) &&
        !memchr(w->out->data + start, 'e', w->out->length - start))
        bx_text_append(w->out, ".0");
    return 0;
}

static bool is_marked(lua_State *L, int index)
{
    if (!lua_getmetatable(L, index))
        return false;
    luaL_getmetatable(L, array_class);
    bool marked = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return marked;
}

/* The number of pairs; *sequence tells whether the keys are 1..n, *strings whether they are
 * strings. */
static size_t count_keys(lua_State *L, int index, bool *sequence, bool *strings)
{
    size_t pairs = 0;
    lua_Unsigned length = lua_rawlen(L, index);
    bool integers = true;
    *strings = true;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        pairs++;
        lua_Integer key = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
        if (key < 1 || (lua_Unsigned)key > length)
            integers = false;
        if (lua_type(L, -2) != LUA_TSTRING)
            *strings = false;
    }
    *sequence = integers && pairs == length;
    return pairs;
}

static int write_array(writer *w, int index, size_t length)
{
    for (size_t i = 1; i <= length; i++) {
        size_t before = w->path_length;
        path_extend(w, before, snprintf(w->path + before, sizeof w->path - before, "[%zu]", i));
        bx_text_append(w->out, i == 1 ? "[" : ",");
        lua_rawgeti(w->L, index, (lua_Integer)i);
        if (write_any(w, lua_gettop(w->L)) < 0)
            return -1;
        lua_pop(w->L, 1);
        path_leave(w, before);
    }
    bx_text_append(w->out, length ? "]" : "[]");
    return 0;
}

typedef struct key {
    const char *text; /* the table's own */
    size_t length;
} key;

static int compare_keys(const void *a, const void *b)
{
    const key *x = a, *y = b;
    size_t common = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->text, y->text, common);
    return order ? order : (x->length > y->length) - (x->length < y->length);
}

static int write_pair(writer *w, int index, const key *at)
{
    size_t before = w->path_length;
    path_extend(w, before, snprintf(w->path + before, sizeof w->path - before, ".%.32s", at->text));
    if (write_string(w, at->text, at->length) < 0)
        return -1;
    bx_text_append(w->out, ":");
    lua_pushlstring(w->L, at->text, at->length);
    lua_rawget(w->L, index);
    if (write_any(w, lua_gettop(w->L)) < 0)
        return -1;
    lua_pop(w->L, 1);
    path_leave(w, before);
    return 0;
}

static int write_object(writer *w, int index, size_t pairs)
{
    lua_State *L = w->L;
    key *keys = lua_newuserdatauv(L, pairs * sizeof *keys + 1, 0);
    size_t count = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        keys[count].text = lua_tolstring(L, -2, &keys[count].length);
        count++;
    }
    qsort(keys, count, sizeof *keys, compare_keys);
    bx_text_append(w->out, "{");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            bx_text_append(w->out, ",");
        if (write_pair(w, index, &keys[i]) < 0)
            return -1;
    }
    lua_pop(L, 1);
    bx_text_append(w->out, "}");
    return 0;
}

static int write_table(writer *w, int index)
{
    const void *table = lua_topointer(w->L, index);
    for (int i = 0; i < w->depth; i++)
        if (w->open[i] == table)
            return refuse(w, "the table contains itself");
    if (w->depth == BX_JSON_DEPTH)
        return bx_fail(w->err, BX_ERESULT, "%.80s...: deeper than %d tables", w->path,
                       BX_JSON_DEPTH);
    luaL_checkstack(w->L, 6, "a nested table");
    bool sequence, strings, array = is_marked(w->L, index);
    size_t pairs = count_keys(w->L, index, &sequence, &strings);
    if (array && !sequence)
        return refuse(w, "an array has other keys than 1 to its length");
    array = array || (sequence && pairs > 0);
    if (!array && !strings)
        return refuse(w, "an object has a key that is not a string");
    if (pairs > BX_JSON_COUNT)
        return refuse(w, "too many values");
    w->open[w->depth++] = table;
    int status = array ? write_array(w, index, pairs) : write_object(w, index, pairs);
    w->depth--;
    return status;
}

/* 0, 1 for a value that JSON has no form for, or -1. */
static int write_by_type(writer *w, int index)
{
    size_t length;
    const char *text;
    switch (lua_type(w->L, index)) {
    case LUA_TBOOLEAN:
        bx_text_append(w->out, lua_toboolean(w->L, index) ? "true" : "false");
        return 0;
    case LUA_TNUMBER: return write_number(w, index);
    case LUA_TSTRING:
        text = lua_tolstring(w->L, index, &length);
        return write_string(w, text, length);
    case LUA_TTABLE: return write_table(w, index);
    case LUA_TLIGHTUSERDATA:
        bx_text_append(w->out, "null");
        return lua_touserdata(w->L, index) ? 1 : 0;
    default: return 1;
    }
}

/* Leaves the stack as it is when it succeeds. */
static int write_any(writer *w, int index)
{
    char why[80];
    if (++w->count > BX_JSON_COUNT)
        return refuse(w, "too many values");
    int status = write_by_type(w, index);
    if (status == 0 && w->out->failed)
        return refuse(w, "too large to send, or out of memory");
    if (status <= 0)
        return status;
    snprintf(why, sizeof why, "a value of type %s cannot be sent",
             lua_typename(w->L, lua_type(w->L, index)));
    return refuse(w, why);
}

static int write_protected(lua_State *L)
{
    writer *w = lua_touserdata(L, 1);
    w->L = L;
    lua_pushboolean(L, write_any(w, 2) == 0);
    return 1;
}

int bx_json_write(lua_State *L, int index, bx_buffer *out, bx_error *err)
{
    writer w = {.out = out, .err = err, .path = "value", .path_length = 5};
    index = lua_absindex(L, index);
    if (!lua_checkstack(L, 4))
        return bx_fail_memory(err);
    lua_pushcfunction(L, write_protected);
    lua_pushlightuserdata(L, &w);
    lua_pushvalue(L, index);
    int status = 0;
    size_t start = out->length;
    if (lua_pcall(L, 2, 1, 0) != LUA_OK)
        status = bx_fail_memory(err);
    else if (!lua_toboolean(L, -1))
        status = -1;
    if (status < 0)
        bx_buffer_cut(out, start);
    lua_pop(L, 1);
    return status;
}
