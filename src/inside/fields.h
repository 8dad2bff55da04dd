/* Reading the tables that scripts pass: raw access, and errors that name what was found. */
#ifndef BX_INSIDE_FIELDS_H
#define BX_INSIDE_FIELDS_H

#include "core/error.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* Where a table came from, for messages, and the code of the errors about it. */
typedef struct bx_place {
    bx_code code;
    char text[160];
} bx_place;

bx_place bx_place_make(bx_code code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Raise unless the value at `index` is of Lua type `type`. `key` names it within the place; it may
 * be NULL for the place itself. */
void bx_fields_expect(lua_State *L, int index, int type, const bx_place *place, const char *key);

/* Raise unless every key of the table is one of `allowed` (ends with NULL) or, with `list`, an
 * index from 1 to the table's length. */
void bx_fields_allow(lua_State *L, int table, const char *const *allowed, bool list,
                     const bx_place *place);

/* Push table[key]; returns its type. */
int bx_fields_get(lua_State *L, int table, const char *key);

/* The number at `index`, finite. */
double bx_fields_number(lua_State *L, int index, const bx_place *place, const char *key);

/* The string at `index`, without a zero byte. */
const char *bx_fields_string(lua_State *L, int index, const bx_place *place, const char *key);

/* The keys that are strings, sorted, as an array that lives as long as the userdata that is pushed.
 * Other keys than strings and the indices 1..length raise. */
const char **bx_fields_names(lua_State *L, int table, size_t *count, const bx_place *place);

/* table[key], a list of strings, or NULL without one. The strings and the array stay on the stack:
 * a finaliser may change the table. */
const char *const *bx_fields_name_list(lua_State *L, int table, const char *key, size_t *count,
                                       const bx_place *place);

/* table[key], a list of finite numbers as a block that stays on the stack; NULL without one. */
const double *bx_fields_number_list(lua_State *L, int table, const char *key, size_t *count,
                                    const bx_place *place);

#endif
