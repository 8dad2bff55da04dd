/* JSON of an XAPI server, as it is and as it should not be, and what is sent to it. */
#include "courier/json.h"

#include "test.h"

#include <jansson.h>
#include <lauxlib.h>
#include <lualib.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static lua_State *L;

static int push_text(const char *text, bx_error *err)
{
    /* Without a NUL at the end: reading on would be found. */
    size_t length = strlen(text);
    char *copy = malloc(length ? length : 1);
    memcpy(copy, text, length);
    int status = bx_json_push(L, copy, length, err);
    free(copy);
    return status;
}

/* The document read, then judged by `chunk`, which is given it as `...` and `null`. */
static void reads(const char *text, const char *chunk)
{
    bx_error err = {0};
    int top = lua_gettop(L);
    luaL_loadstring(L, chunk);
    if (push_text(text, &err) < 0)
        test_fail(__FILE__, __LINE__, "%s: %s", text, err.message);
    else if (lua_pcall(L, 1, 1, 0) != LUA_OK || !lua_toboolean(L, -1))
        test_fail(__FILE__, __LINE__, "%s: not %s (%s)", text, chunk, luaL_tolstring(L, -1, NULL));
    lua_settop(L, top);
}

static void refuses(const char *text, const char *words)
{
    bx_error err = {0};
    int top = lua_gettop(L);
    if (push_text(text, &err) == 0)
        test_fail(__FILE__, __LINE__, "%.100s: taken", text);
    else if (err.code != BX_EPROTOCOL || !strstr(err.message, words))
        test_fail(__FILE__, __LINE__, "%.100s: %s", text, err.message);
    CHECK(lua_gettop(L) == (err.code ? top : top + 1));
    lua_settop(L, top);
}

/* The value of a Lua expression is written like this. */
static void writes(const char *expression, const char *text)
{
    char chunk[500];
    bx_buffer out = {0};
    bx_error err = {0};
    int top = lua_gettop(L);
    snprintf(chunk, sizeof chunk, "return %s", expression);
    if (luaL_dostring(L, chunk))
        test_fail(__FILE__, __LINE__, "%s", lua_tostring(L, -1));
    if (bx_json_write(L, -1, &out, &err) < 0)
        test_fail(__FILE__, __LINE__, "%s: %s", expression, err.message);
    else if (out.length != strlen(text) || memcmp(out.data, text, out.length) != 0)
        test_fail(__FILE__, __LINE__, "%s: %.*s", expression, (int)out.length, out.data);
    CHECK(lua_gettop(L) == top + 1);
    lua_settop(L, top);
    bx_buffer_free(&out);
}

static void will_not_write(const char *expression, const char *message)
{
    char chunk[500];
    bx_buffer out = {0};
    bx_error err = {0};
    int top = lua_gettop(L);
    bx_buffer_append(&out, "before", 6);
    snprintf(chunk, sizeof chunk, "return %s", expression);
    if (luaL_dostring(L, chunk))
        test_fail(__FILE__, __LINE__, "%s", lua_tostring(L, -1));
    if (bx_json_write(L, -1, &out, &err) == 0)
        test_fail(__FILE__, __LINE__, "%s: %.*s", expression, (int)out.length, out.data);
    else if (err.code != BX_ERESULT)
        test_fail(__FILE__, __LINE__, "%s: code %d", expression, err.code);
    CHECK_TEXT(err.message, message);
    CHECK(out.length == 6);
    CHECK(lua_gettop(L) == top + 1);
    lua_settop(L, top);
    bx_buffer_free(&out);
}

static void a_reply_is_read(void)
{
    reads("{\"jsonrpc\":\"2.0\",\"result\":\"OpaqueRef:1\",\"id\":7}\n",
          "local t = ... return t.jsonrpc == '2.0' and t.result == 'OpaqueRef:1' and t.id == 7");
    reads("{\"error\":[\"HOST_STILL_BOOTING\"],\"id\":0,\"result\":null}",
          "local t = ... return t.error[1] == 'HOST_STILL_BOOTING' and t.result == null");
    reads(" [true , false,\"\",{}] \r\n\t", "local t = ... return t[1] == true and t[2] == false "
                                            "and t[3] == '' and next(t[4]) == nil and #t == 4");
}

static void integers_are_exact_and_floats_are_floats(void)
{
    reads("9223372036854775807", "return math.type(...) == 'integer' and ... == math.maxinteger");
    reads("-9223372036854775808", "return math.type(...) == 'integer' and ... == math.mininteger");
    reads("[9007199254740993]", "return (...)[1] == 9007199254740993");
    reads("[0,-0]", "local t = ... return math.type(t[1]) == 'integer' and t[2] == 0");
    reads("1.0", "return math.type(...) == 'float' and ... == 1");
    reads("[1e3,-2.5E-1]", "local t = ... return t[1] == 1000 and t[2] == -0.25");
    reads("1e2", "return math.type(...) == 'float'");
    reads("123456789012345678901234.0", "return ... == 123456789012345678901234.0");
}

static void integers_beyond_64_bits_are_refused(void)
{
    refuses("9223372036854775808", "beyond 64 bits");
    refuses("-9223372036854775809", "beyond 64 bits");
    refuses("[18446744073709551616]", "beyond 64 bits");
    refuses("{\"a\":99999999999999999999999999}", "beyond 64 bits");
    refuses("1e999", "beyond 64 bits");
    refuses("007", "malformed");
    refuses("-07", "malformed");
}

static void bare_infinity_and_nan_are_read(void)
{
    reads("[Infinity,-Infinity,NaN,1]",
          "local t = ... return t[1] == 1/0 and t[2] == -1/0 and t[3] ~= t[3] and t[4] == 1");
    reads("Infinity", "return ... == math.huge");
    reads("NaN", "return ... ~= ...");
    reads("{\"Infinity\":\"NaN\",\"a\\\",NaN\":[-Infinity]}",
          "local t = ... return t.Infinity == 'NaN' and t['a\\\",NaN'][1] == -1/0");
    refuses("[1Infinity]", "malformed");
    refuses("[Infinity1]", "malformed");
    refuses("[NaN NaN]", "malformed");
    refuses("{Infinity:1}", "NUL in a key");
    refuses("Inf", "");
    refuses("infinity", "");
    refuses("nan", "");
}

/* The text that jansson was given is another then. */
static void no_place_is_named_where_numbers_were_replaced(void)
{
    refuses("[1,x]", "JSON, at byte ");
    refuses("[NaN,x]", "JSON: malformed");
    refuses("[-Infinity", "JSON: cut short");
}

static void *no_memory(size_t size)
{
    (void)size;
    return NULL;
}

static void memory_that_runs_out_is_no_fault_of_the_text(void)
{
    bx_error err = {0};
    json_set_alloc_funcs(no_memory, free);
    CHECK(push_text("[1]", &err) < 0 && err.code == BX_EMEMORY);
    json_set_alloc_funcs(malloc, free);
    lua_settop(L, 0);
}

static void a_number_that_does_not_fit_is_refused(void)
{
    bx_error err = {0};
    bx_buffer out = {.limit = 1};
    lua_pushnumber(L, 1.5);
    CHECK(bx_json_write(L, -1, &out, &err) < 0 && err.code == BX_ERESULT && out.length == 0);
    bx_buffer_free(&out);
    lua_settop(L, 0);
}

static void strings_are_utf8(void)
{
    reads("\"\\u00e4\\ud83d\\ude00\\n\\\"\\/\"", "return ... == 'ä😀\\n\"/'");
    reads("\"a\\u0000b\"", "return ... == 'a\\0b'");
    reads("[\"ä€😀\",{\"ß\":1}]", "local t = ... return t[1] == 'ä€😀' and t[2]['ß'] == 1");
    refuses("\"\xff\xfe\"", "not UTF-8");
    refuses("{\"\xe4\":1}", "not UTF-8");
    reads("{\"\":1,\"a b\":\"\\u0000:\"}",
          "local t = ... return t[''] == 1 and t['a b'] == '\\0:'");
}

static void arrays_and_objects_are_told_apart(void)
{
    reads("[[],{}]", "local a, o = table.unpack(...) return getmetatable(a) == array "
                     "and getmetatable(o) == nil and next(a) == nil and next(o) == nil");
    reads("[1]", "return getmetatable(...) == array and #... == 1");
}

static void what_is_malformed_is_refused(void)
{
    static const char *const texts[] = {
        "",      " ",         "[1",    "[1,]",  "[,1]",    "{\"a\":1,}",     "{\"a\"}",
        "{1:2}", "{\"a\" 1}", "'a'",   "[1]x",  "[1] [2]", "{}{}",           "1 2",
        "tru",   "nul",       "truex", "\"a",   "\"\\x\"", "\"\\u12\"",      "\"a\\",
        "-",     "[-]",       "[+1]",  "[.5]",  "[1e]",    "[0x10]",         "[1-2]",
        "]",     "}",         "[}",    "/**/1", "[1]//",   "\xef\xbb\xbf[]", "<html>"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        refuses(texts[i], "JSON");
    bx_error err = {0};
    CHECK(bx_json_push(L, "[1,\0]", 5, &err) < 0 && err.code == BX_EPROTOCOL);
    CHECK(bx_json_push(L, "[1]\0", 4, &err) < 0 && err.code == BX_EPROTOCOL);
    CHECK(bx_json_push(L, "\"\0\"", 3, &err) < 0 && err.code == BX_EPROTOCOL);
}

static void every_cut_of_a_document_is_refused(void)
{
    const char *text = "{\"a\":[1,-2.5,\"x\\u00e4\\\"\",null,true],\"b\":{\"c\":{}}}";
    for (size_t cut = 0; cut < strlen(text); cut++) {
        char *piece = malloc(cut ? cut : 1);
        bx_error err = {0};
        memcpy(piece, text, cut);
        CHECK(bx_json_push(L, piece, cut, &err) < 0 && err.code == BX_EPROTOCOL);
        free(piece);
    }
    reads(text, "local t = ... return t.a[3] == 'xä\"' and t.b.c");
}

static void a_key_that_comes_twice_is_refused(void)
{
    refuses("{\"a\":1,\"a\":2}", "twice");
    refuses("{\"a\":1,\"\\u0061\":2}", "twice");
    refuses("[{\"x\":{\"a\":{\"q\":1},\"b\":0,\"a\":{\"q\":1}}}]", "twice");
    refuses("{\"a\\u0000b\":1}", "NUL in a key");
    refuses("{\"a\\u0000\" \n :1}", "NUL in a key");
    reads("[{\"a\":1},{\"a\":\":::\\\":\"}]", "return (...)[1].a == 1");
    reads("{\"\\\\u0000\":1}", "return (...)['\\\\u0000'] == 1");
}

static void depth_is_bounded(void)
{
    char text[2 * BX_JSON_DEPTH + 3] = {0};
    memset(text, '[', BX_JSON_DEPTH);
    memset(text + BX_JSON_DEPTH, ']', BX_JSON_DEPTH);
    reads(text, "return ...");
    memset(text, '[', BX_JSON_DEPTH + 1);
    memset(text + BX_JSON_DEPTH + 1, ']', BX_JSON_DEPTH + 1);
    refuses(text, "too deep");
    char *abyss = malloc(1000001);
    memset(abyss, '[', 1000000);
    abyss[1000000] = '\0';
    refuses(abyss, "too deep");
    free(abyss);
}

/* `count` times `unit` in an array, the last without its comma. */
static char *many(const char *unit, size_t count)
{
    size_t length = strlen(unit);
    char *text = malloc(count * length + 2);
    text[0] = '[';
    for (size_t i = 0; i < count; i++)
        memcpy(text + 1 + i * length, unit, length);
    text[count * length] = ']';
    text[count * length + 1] = '\0';
    return text;
}

static void count_is_bounded(void)
{
    char *text = many("1,", BX_JSON_COUNT - 2);
    reads(text, "return #... == 1048574");
    free(text);
    text = many("1,", BX_JSON_COUNT + 1);
    refuses(text, "too many");
    free(text);
    text = many("[],", BX_JSON_TABLES - 1);
    reads(text, "return #... == 262143");
    free(text);
    text = many("{},", BX_JSON_TABLES);
    refuses(text, "too many");
    free(text);
    lua_gc(L, LUA_GCCOLLECT);
}

/* An allocator of Lua that fails from some moment on. */
static long allocations_left = -1;

static void *allocate(void *owner, void *block, size_t old_size, size_t size)
{
    (void)owner;
    (void)old_size;
    if (size == 0) {
        free(block);
        return NULL;
    }
    if (size > old_size && allocations_left == 0)
        return NULL;
    if (allocations_left > 0)
        allocations_left--;
    return realloc(block, size);
}

static int push_protected(lua_State *state)
{
    const char *text = lua_touserdata(state, 1);
    bx_json_push(state, text, strlen(text), NULL);
    return 1;
}

static void a_memory_error_leaks_nothing(void)
{
    /* Under AddressSanitizer, and by the allocator's own count. */
    const char *text = "{\"a\":[1,2,3,{\"b\":\"a string that is longer than forty bytes, not "
                       "interned\"}],\"c\":[[[[]]]]}";
    int failures = 0, status;
    lua_State *state = lua_newstate(allocate, NULL);
    long used = (long)mallinfo2().uordblks;
    for (long n = 0;; n++) {
        lua_pushcfunction(state, push_protected);
        lua_pushlightuserdata(state, (void *)text);
        allocations_left = n;
        status = lua_pcall(state, 1, 1, 0);
        allocations_left = -1;
        lua_settop(state, 0);
        if (status == LUA_OK)
            break;
        failures++;
        CHECK(status == LUA_ERRMEM);
    }
    CHECK(failures > 10);
    lua_gc(state, LUA_GCCOLLECT);
    lua_gc(state, LUA_GCCOLLECT);
    CHECK((long)mallinfo2().uordblks - used < 4096);
    lua_close(state);
}

static void a_write_without_memory_is_an_error(void)
{
    lua_State *state = lua_newstate(allocate, NULL);
    CHECK(luaL_dostring(state,
                        "return {a = {1, 2, {b = 3}}, ['a key that is longer than the forty bytes "
                        "up to which strings are interned'] = {c = {}}}") == LUA_OK);
    bx_buffer out = {0};
    int failures = 0, status;
    for (long n = 0;; n++) {
        bx_error err = {0};
        allocations_left = n;
        status = bx_json_write(state, -1, &out, &err);
        allocations_left = -1;
        CHECK(lua_gettop(state) == 1);
        if (status == 0)
            break;
        failures++;
        CHECK(err.code == BX_EMEMORY && out.length == 0);
    }
    CHECK(failures > 3);
    CHECK(out.length > 0);
    bx_buffer_free(&out);
    lua_close(state);
}

static void values_are_written(void)
{
    writes(
        "{jsonrpc = '2.0', method = 'VM.start', params = {'ref', false, true}, id = 1}",
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"VM.start\",\"params\":[\"ref\",false,true]}");
    writes("{}", "{}");
    writes("setmetatable({}, array)", "[]");
    writes("setmetatable({1, {}}, array)", "[1,{}]");
    writes("null", "null");
    writes("{a = null, b = {null}}", "{\"a\":null,\"b\":[null]}");
    writes("{['1'] = 1, b = 2, a = 3, aa = 4, [''] = 5}",
           "{\"\":5,\"1\":1,\"a\":3,\"aa\":4,\"b\":2}");
}

static void numbers_come_back_as_they_were(void)
{
    writes("math.mininteger", "-9223372036854775808");
    writes("{9223372036854775807, 0}", "[9223372036854775807,0]");
    writes("1.0", "1.0");
    writes("-0.0", "-0.0");
    writes("1e300", "1e+300");
    writes("60.1", "60.1");
    writes("0.1 + 0.2", "0.30000000000000004");
    writes("2.0^53", "9007199254740992.0");
    will_not_write("{a = {1, 1/0}}", "value.a[2]: a number that is not finite cannot be sent");
    will_not_write("0/0", "value: a number that is not finite cannot be sent");
}

static void strings_are_escaped(void)
{
    writes("'\"\\\\/\\n\\t\\0\\x1f\\x7f'", "\"\\\"\\\\/\\u000a\\u0009\\u0000\\u001f\\u007f\"");
    writes("'ä\\u{20AC}😀'", "\"ä€😀\"");
    writes("{['\"'] = 1}", "{\"\\\"\":1}");
    static const char *const wrong[] = {"\\x80",           "\\xff",
                                        "a\\xc3",          "\\xc0\\xaf",
                                        "\\xed\\xa0\\x80", "\\xf4\\x90\\x80\\x80",
                                        "\\xe2\\x82",      "\\xf8\\x88\\x80\\x80\\x80",
                                        "\\xe0\\x80\\x80"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char expression[60];
        snprintf(expression, sizeof expression, "{a = {1, '%s'}}", wrong[i]);
        will_not_write(expression, "value.a[2]: a string that is not UTF-8 cannot be sent");
    }
    will_not_write("{b = {['\\xff'] = 1}}",
                   "value.b.\xff: a string that is not UTF-8 cannot be sent");
}

static void what_json_cannot_say_is_refused(void)
{
    will_not_write("nil", "value: a value of type nil cannot be sent");
    will_not_write("print", "value: a value of type function cannot be sent");
    will_not_write("{a = {b = io.stdout}}", "value.a.b: a value of type userdata cannot be sent");
    will_not_write("{1, 2, [4] = 4}", "value: an object has a key that is not a string");
    will_not_write("{1, a = 2}", "value: an object has a key that is not a string");
    will_not_write("{a = {[1.5] = 2}}", "value.a: an object has a key that is not a string");
    will_not_write("setmetatable({a = 1}, array)",
                   "value: an array has other keys than 1 to its length");
    will_not_write("(function() local t = {} t.a = {t} return t end)()",
                   "value.a[1]: the table contains itself");
    will_not_write(
        "(function() local t = {} for i = 1, 64 do t = {t} end return t end)()",
        "value[1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1]"
        "...: deeper than 64 tables");
    writes("#(function() local t = {} for i = 1, 63 do t = {t} end return t end)()", "1");
}

static void metamethods_do_not_run(void)
{
    writes("setmetatable({1}, {__index = error, __pairs = error, __len = error, __name = {}})",
           "[1]");
    writes("setmetatable({}, {__metatable = array})", "{}");
    writes("setmetatable({a = 1}, {__index = function() return 2 end})", "{\"a\":1}");
}

static void what_is_too_large_is_refused(void)
{
    bx_buffer out = {.limit = 20};
    bx_error err = {0};
    CHECK(luaL_dostring(L, "return {a = ('x'):rep(30)}") == LUA_OK);
    CHECK(bx_json_write(L, -1, &out, &err) < 0 && err.code == BX_ERESULT);
    CHECK_TEXT(err.message, "value.a: too large to send, or out of memory");
    CHECK(out.length == 0);
    lua_pop(L, 1);
    bx_buffer_free(&out);
}

static void what_is_read_is_written_again(void)
{
    const char *text = "{\"a\":[],\"b\":{},\"c\":[1,2.5,null,true,\"\\u0007\"],\"d\":[[{}]]}";
    bx_buffer out = {0};
    CHECK(push_text(text, NULL) == 0);
    CHECK(bx_json_write(L, -1, &out, NULL) == 0);
    CHECK(out.length == strlen(text) && memcmp(out.data, text, out.length) == 0);
    lua_pop(L, 1);
    bx_buffer_free(&out);
}

int main(void)
{
    L = luaL_newstate();
    luaL_openlibs(L);
    bx_json_push_array(L);
    lua_setglobal(L, "array");
    lua_pushlightuserdata(L, NULL);
    lua_setglobal(L, "null");
    RUN(a_reply_is_read);
    RUN(integers_are_exact_and_floats_are_floats);
    RUN(integers_beyond_64_bits_are_refused);
    RUN(bare_infinity_and_nan_are_read);
    RUN(no_place_is_named_where_numbers_were_replaced);
    RUN(memory_that_runs_out_is_no_fault_of_the_text);
    RUN(a_number_that_does_not_fit_is_refused);
    RUN(strings_are_utf8);
    RUN(arrays_and_objects_are_told_apart);
    RUN(what_is_malformed_is_refused);
    RUN(every_cut_of_a_document_is_refused);
    RUN(a_key_that_comes_twice_is_refused);
    RUN(depth_is_bounded);
    RUN(count_is_bounded);
    RUN(a_memory_error_leaks_nothing);
    RUN(a_write_without_memory_is_an_error);
    RUN(values_are_written);
    RUN(numbers_come_back_as_they_were);
    RUN(strings_are_escaped);
    RUN(what_json_cannot_say_is_refused);
    RUN(metamethods_do_not_run);
    RUN(what_is_too_large_is_refused);
    RUN(what_is_read_is_written_again);
    lua_close(L);
    return test_end();
}
