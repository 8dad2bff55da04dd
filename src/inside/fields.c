#include "inside/fields.h"

#include "inside/raise.h"
#include "values/options.h"

#include <lauxlib.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bx_place bx_place_make(bx_code code, const char *format, ...)
{
    bx_place place = {.code = code};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(place.text, sizeof place.text, format, arguments);
    va_end(arguments);
    return place;
}

/* "a string "abc"", for messages. The value is not changed. */
static void describe(lua_State *L, int index, char *text, size_t size)
{
    switch (lua_type(L, index)) {
    case LUA_TNONE:
    case LUA_TNIL: snprintf(text, size, "nothing"); break;
    case LUA_TSTRING: snprintf(text, size, "the string \"%.40s\"", lua_tostring(L, index)); break;
    case LUA_TNUMBER: snprintf(text, size, "the number %.14g", lua_tonumber(L, index)); break;
    default: snprintf(text, size, "a %s", luaL_typename(L, index));
    }
}

static int refuse(lua_State *L, int index, const char *expected, const bx_place *place,
                  const char *key)
{
    char got[80];
    describe(L, index, got, sizeof got);
    return bx_raise_format(L, place->code, "%s%s%.64s: %s expected, got %s", place->text,
                           key ? "." : "", key ? key : "", expected, got);
}

void bx_fields_expect(lua_State *L, int index, int type, const bx_place *place, const char *key)
{
    if (lua_type(L, index) == type)
        return;
    char expected[32];
    snprintf(expected, sizeof expected, "a %s", lua_typename(L, type));
    refuse(L, index, expected, place, key);
}

void bx_fields_allow(lua_State *L, int table, const char *const *allowed, bool list,
                     const bx_place *place)
{
    if (!bx_lua_push_unknown(L, table, allowed, list))
        return;
    char got[80];
    if (lua_type(L, -2) == LUA_TSTRING)
        snprintf(got, sizeof got, "\"%.60s\"", lua_tostring(L, -2));
    else
        describe(L, -2, got, sizeof got);
    bx_raise_format(L, place->code, "%s: unknown key %s, it takes %.200s", place->text, got,
                    lua_tostring(L, -1));
}

int bx_fields_get(lua_State *L, int table, const char *key)
{
    return bx_lua_raw_field(L, table, key);
}

double bx_fields_number(lua_State *L, int index, const bx_place *place, const char *key)
{
    bx_fields_expect(L, index, LUA_TNUMBER, place, key);
    double value = lua_tonumber(L, index);
    if (!isfinite(value))
        refuse(L, index, "a finite number", place, key);
    return value;
}

const char *bx_fields_string(lua_State *L, int index, const bx_place *place, const char *key)
{
    bx_fields_expect(L, index, LUA_TSTRING, place, key);
    size_t length;
    const char *text = lua_tolstring(L, index, &length);
    if (strlen(text) != length)
        refuse(L, index, "a string without zero bytes", place, key);
    return text;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Push a list of the keys that are strings; returns their number. */
static size_t push_name_list(lua_State *L, int table, const bx_place *place)
{
    size_t names = 0;
    lua_newtable(L);
    int list = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        int key = lua_gettop(L) - 1;
        if (bx_lua_is_index(L, key, table))
            continue;
        if (lua_type(L, key) != LUA_TSTRING)
            refuse(L, key, "names as keys", place, NULL);
        bx_fields_string(L, key, place, NULL);
        lua_pushvalue(L, key);
        lua_rawseti(L, list, (lua_Integer)++names);
    }
    return names;
}

const char **bx_fields_names(lua_State *L, int table, size_t *count, const bx_place *place)
{
    /* A finaliser may change the table while we allocate: the list keeps the names. */
    *count = push_name_list(L, table, place);
    const char **array = lua_newuserdatauv(L, (*count + 1) * sizeof *array, 1);
    for (size_t i = 0; i < *count; i++) {
        lua_rawgeti(L, -2, (lua_Integer)i + 1);
        array[i] = lua_tostring(L, -1);
        lua_pop(L, 1);
    }
    lua_pushvalue(L, -2);
    lua_setiuservalue(L, -2, 1);
    lua_remove(L, -2);
    qsort(array, *count, sizeof *array, compare_names);
    return array;
}

/* Push table[key], a list, whose place becomes `inner`: its index; 0 where there is none. */
static int push_list(lua_State *L, int table, const char *key, const char *of, size_t *count,
                     const bx_place *place, bx_place *inner)
{
    const char *const no_keys[] = {of, NULL};
    if (bx_fields_get(L, table, key) == LUA_TNIL)
        return 0;
    *inner = bx_place_make(place->code, "%s.%s", place->text, key);
    int list = lua_gettop(L);
    bx_fields_expect(L, list, LUA_TTABLE, inner, NULL);
    bx_fields_allow(L, list, no_keys, true, inner);
    *count = lua_rawlen(L, list);
    return list;
}

const char *const *bx_fields_name_list(lua_State *L, int table, const char *key, size_t *count,
                                       const bx_place *place)
{
    bx_place inner;
    int list = push_list(L, table, key, "a list of names", count, place, &inner);
    if (!list)
        return NULL;
    luaL_checkstack(L, *count < INT_MAX - 20 ? (int)*count + 20 : INT_MAX, "too many names");
    const char **names = lua_newuserdatauv(L, (*count + 1) * sizeof *names, 0);
    for (size_t i = 0; i < *count; i++) {
        lua_rawgeti(L, list, (lua_Integer)i + 1);
        names[i] = bx_fields_string(L, -1, &inner, NULL);
    }
    return names;
}

const double *bx_fields_number_list(lua_State *L, int table, const char *key, size_t *count,
                                    const bx_place *place)
{
    bx_place inner;
    int list = push_list(L, table, key, "a list of numbers", count, place, &inner);
    if (!list)
        return NULL;
    double *numbers = lua_newuserdatauv(L, (*count + 1) * sizeof *numbers, 0);
    for (size_t i = 0; i < *count; i++) {
        lua_rawgeti(L, list, (lua_Integer)i + 1);
        numbers[i] = bx_fields_number(L, -1, &inner, NULL);
        lua_pop(L, 1);
    }
    return numbers;
}
