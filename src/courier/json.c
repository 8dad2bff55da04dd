#include "courier/json.h"

#include <json-c/json.h>
#include <lauxlib.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char array_class[] = "bioxen.json.array";
static const char tree_class[] = "bioxen.json.tree";

/* What json-c does not tell, from a look at the text beforehand. */
typedef struct scan {
    const char *text;
    size_t length, at;
    size_t values; /* at most: a comma follows each but the last */
    size_t tables;
    size_t pairs; /* colons */
    bx_error *err;
} scan;

static int malformed(const scan *s, const char *what)
{
    return bx_fail(s->err, BX_EPROTOCOL, "JSON, at byte %zu: %s", s->at, what);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Over a string; `at` is behind its first quote. json-c would cut a key at a NUL. */
static int scan_string(scan *s)
{
    bool nul = false;
    while (s->at < s->length && s->text[s->at] != '"') {
        if (s->text[s->at] == '\\') {
            nul = nul || (s->length - s->at >= 6 && memcmp(s->text + s->at, "\\u0000", 6) == 0);
            s->at++;
        }
        s->at++;
    }
    s->at++;
    while (s->at < s->length && is_space(s->text[s->at]))
        s->at++;
    if (nul && s->at < s->length && s->text[s->at] == ':')
        return malformed(s, "a NUL in a key");
    return 0;
}

/* Over a number. json-c would clamp integers that are too large. */
static int scan_number(scan *s)
{
    bool negative = s->text[s->at] == '-', whole = true, fits = true;
    size_t first = s->at + negative;
    int64_t value = 0;
    for (s->at = first; s->at < s->length; s->at++) {
        char c = s->text[s->at];
        if (c >= '0' && c <= '9') {
            int digit = negative ? '0' - c : c - '0';
            fits = fits && !__builtin_mul_overflow(value, 10, &value) &&
                   !__builtin_add_overflow(value, digit, &value);
        } else if (c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-') {
            whole = false;
        } else {
            break;
        }
    }
    if (whole && !fits)
        return malformed(s, "an integer beyond 64 bits");
    if (whole && s->at - first > 1 && s->text[first] == '0')
        return malformed(s, "a number that begins with 0");
    return 0;
}

static int scan_text(scan *s)
{
    if (s->length > INT_MAX || memchr(s->text, '\0', s->length))
        return malformed(s, "a NUL, or too long a text");
    while (s->at < s->length) {
        char c = s->text[s->at];
        if ((c >= '0' && c <= '9') || c == '-') {
            if (scan_number(s) < 0)
                return -1;
            continue;
        }
        s->at++;
        s->values += c == ',' || c == '[' || c == '{';
        s->tables += c == '[' || c == '{';
        s->pairs += c == ':';
        if (s->values > BX_JSON_COUNT || s->tables > BX_JSON_TABLES)
            return malformed(s, "too many values");
        if (c == '"' && scan_string(s) < 0)
            return -1;
    }
    return 0;
}

static json_object *parse(const scan *s, json_tokener *tokener)
{
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    json_object *tree = json_tokener_parse_ex(tokener, s->text, (int)s->length);
    size_t end = json_tokener_get_parse_end(tokener);
    /* A number at the very end might go on, for all json-c knows. */
    if (json_tokener_get_error(tokener) == json_tokener_continue)
        tree = json_tokener_parse_ex(tokener, "", 1);
    enum json_tokener_error problem = json_tokener_get_error(tokener);
    if (problem != json_tokener_success)
        bx_error_set(s->err, BX_EPROTOCOL, "JSON, at byte %zu: %s", end,
                     json_tokener_error_desc(problem));
    return tree;
}

static size_t count_pairs(json_object *value)
{
    size_t pairs = 0;
    if (json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(value); i++)
            pairs += count_pairs(json_object_array_get_idx(value, i));
    } else if (json_object_is_type(value, json_type_object)) {
        pairs = (size_t)json_object_object_length(value);
        json_object_object_foreach(value, key, item)
        {
            (void)key;
            pairs += count_pairs(item);
        }
    }
    return pairs;
}

static void push(lua_State *L, json_object *value);

static void push_list(lua_State *L, json_object *list)
{
    size_t length = json_object_array_length(list);
    lua_createtable(L, (int)length, 0);
    for (size_t i = 0; i < length; i++) {
        push(L, json_object_array_get_idx(list, i));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    bx_json_push_array(L);
    lua_setmetatable(L, -2);
}

static void push_object(lua_State *L, json_object *object)
{
    lua_createtable(L, 0, json_object_object_length(object));
    json_object_object_foreach(object, key, value)
    {
        lua_pushstring(L, key);
        push(L, value);
        lua_rawset(L, -3);
    }
}

static void push(lua_State *L, json_object *value)
{
    luaL_checkstack(L, 4, "a nested value");
    switch (json_object_get_type(value)) {
    case json_type_boolean: lua_pushboolean(L, json_object_get_boolean(value)); break;
    case json_type_int: lua_pushinteger(L, json_object_get_int64(value)); break;
    case json_type_double: lua_pushnumber(L, json_object_get_double(value)); break;
    case json_type_string:
        lua_pushlstring(L, json_object_get_string(value),
                        (size_t)json_object_get_string_len(value));
        break;
    case json_type_array: push_list(L, value); break;
    case json_type_object: push_object(L, value); break;
    default: lua_pushlightuserdata(L, NULL); break;
    }
}

typedef struct tree_box {
    json_tokener *tokener;
    json_object *tree;
} tree_box;

static void free_tree(tree_box *box)
{
    if (box->tokener)
        json_tokener_free(box->tokener);
    json_object_put(box->tree);
    *box = (tree_box){0};
}

static int collect_tree(lua_State *L)
{
    free_tree(lua_touserdata(L, 1));
    return 0;
}

/* The tree hangs on a userdata, so that a memory error of Lua's does not leak it. */
static tree_box *push_box(lua_State *L)
{
    tree_box *box = lua_newuserdatauv(L, sizeof *box, 0);
    *box = (tree_box){0};
    if (luaL_newmetatable(L, tree_class)) {
        lua_pushcfunction(L, collect_tree);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return box;
}

int bx_json_push(lua_State *L, const char *text, size_t length, bx_error *err)
{
    scan s = {.text = text, .length = length, .values = 1, .err = err};
    if (scan_text(&s) < 0)
        return -1;
    luaL_checkstack(L, 6, "a document");
    tree_box *box = push_box(L);
    int index = lua_gettop(L), status = 0;
    box->tokener = json_tokener_new_ex(BX_JSON_DEPTH);
    if (!box->tokener) {
        status = bx_fail_memory(err);
    } else {
        box->tree = parse(&s, box->tokener);
        if (json_tokener_get_error(box->tokener) != json_tokener_success)
            status = -1;
        else if (count_pairs(box->tree) != s.pairs)
            status = bx_fail(err, BX_EPROTOCOL, "JSON: a key is there twice");
        else
            push(L, box->tree);
    }
    free_tree(box);
    lua_remove(L, index);
    return status;
}

void bx_json_push_array(lua_State *L)
{
    luaL_newmetatable(L, array_class);
}

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

static int put(writer *w, const char *bytes, size_t length)
{
    if (bx_buffer_append(w->out, bytes, length) < 0)
        return refuse(w, "too large to send, or out of memory");
    return 0;
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

/* The length of the UTF-8 character at `at`; 0 if it is none. */
static size_t utf8_length(const unsigned char *at, size_t left)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (at[0] < 0x80)
        return 1;
    size_t length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    if (at[0] < 0xc0 || at[0] >= 0xf8 || length > left)
        return 0;
    uint32_t code = at[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 0x3f);
    }
    bool surrogate = code >= 0xd800 && code < 0xe000;
    return code < least[length] || code > 0x10ffff || surrogate ? 0 : length;
}

static int write_string(writer *w, const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    if (put(w, "\"", 1) < 0)
        return -1;
    for (size_t i = 0, step; i < length; i += step) {
        step = utf8_length(bytes + i, length - i);
        if (step == 0)
            return refuse(w, "a string that is not UTF-8 cannot be sent");
        char escape[8];
        int status;
        if (bytes[i] == '"' || bytes[i] == '\\')
            status = put(w, (char[]){'\\', text[i]}, 2);
        else if (bytes[i] < 0x20)
            status = put(w, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", bytes[i]));
        else
            status = put(w, text + i, step);
        if (status < 0)
            return -1;
    }
    return put(w, "\"", 1);
}

static int write_number(writer *w, int index)
{
    char text[40];
    int length;
    if (lua_isinteger(w->L, index)) {
        length = snprintf(text, sizeof text, "%lld", (long long)lua_tointeger(w->L, index));
    } else {
        double number = lua_tonumber(w->L, index);
        if (!isfinite(number))
            return refuse(w, "a number that is not finite cannot be sent");
        length = snprintf(text, sizeof text, "%.17g", number);
        if (!strpbrk(text, ".e"))
            length += snprintf(text + length, sizeof text - (size_t)length, ".0");
    }
    return put(w, text, (size_t)length);
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
        if (put(w, i == 1 ? "[" : ",", 1) < 0)
            return -1;
        lua_rawgeti(w->L, index, (lua_Integer)i);
        if (write_any(w, lua_gettop(w->L)) < 0)
            return -1;
        lua_pop(w->L, 1);
        path_leave(w, before);
    }
    return put(w, length ? "]" : "[]", length ? 1 : 2);
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
    if (write_string(w, at->text, at->length) < 0 || put(w, ":", 1) < 0)
        return -1;
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
    if (put(w, "{", 1) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if ((i > 0 && put(w, ",", 1) < 0) || write_pair(w, index, &keys[i]) < 0)
            return -1;
    lua_pop(L, 1);
    return put(w, "}", 1);
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

/* Leaves the stack as it is when it succeeds. */
static int write_any(writer *w, int index)
{
    lua_State *L = w->L;
    if (++w->count > BX_JSON_COUNT)
        return refuse(w, "too many values");
    int type = lua_type(L, index);
    switch (type) {
    case LUA_TBOOLEAN: return lua_toboolean(L, index) ? put(w, "true", 4) : put(w, "false", 5);
    case LUA_TNUMBER: return write_number(w, index);
    case LUA_TSTRING: {
        size_t length;
        const char *text = lua_tolstring(L, index, &length);
        return write_string(w, text, length);
    }
    case LUA_TTABLE: return write_table(w, index);
    default: break;
    }
    if (type == LUA_TLIGHTUSERDATA && !lua_touserdata(L, index))
        return put(w, "null", 4);
    char why[80];
    snprintf(why, sizeof why, "a value of type %s cannot be sent", lua_typename(L, type));
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
        out->length = start;
    lua_pop(L, 1);
    return status;
}
