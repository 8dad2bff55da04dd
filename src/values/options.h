/* What all who read tables of options share. Raw access: no metamethod runs. */
#ifndef BX_VALUES_OPTIONS_H
#define BX_VALUES_OPTIONS_H

#include <lua.h>
#include <stdbool.h>

/* Push table[key]; returns its type. */
int bx_lua_raw_field(lua_State *L, int table, const char *key);

/* Whether `key` is in the list, which ends with NULL. */
bool bx_lua_is_listed(const char *key, const char *const *list);

/* Whether the value at `key` is an index from 1 to the length of the table. */
bool bx_lua_is_index(lua_State *L, int key, int table);

/* Push a key of the table at `index` that is not in the list `allowed` nor, with `indices`, an
 * index from 1 to the table's length; and `allowed` as text, "a, b". False, and nothing is pushed,
 * where there is none. */
bool bx_lua_push_unknown(lua_State *L, int index, const char *const *allowed, bool indices);

#endif
