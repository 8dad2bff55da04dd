/* JSON of an XAPI server to and from Lua values: 64-bit integers exact, bare Infinity and NaN
 * taken, arrays and objects told apart when empty. jansson reads; depth and count are bounded. */
#ifndef BX_COURIER_JSON_H
#define BX_COURIER_JSON_H

#include "core/buffer.h"
#include "core/error.h"

#include <lua.h>

/* At most. The counts of values and tables bound the memory that a small hostile document takes:
 * some 200 MB. */
enum { BX_JSON_DEPTH = 64, BX_JSON_COUNT = 1 << 20, BX_JSON_TABLES = 1 << 18 };

/* Push the one document in `text`: null as light userdata NULL, an array as a sequence with the
 * metatable of bx_json_push_array. -1 with BX_EMEMORY, or BX_EPROTOCOL; nothing pushed: cut,
 * malformed, text after it, too deep, too many values or tables, a number beyond 64 bits, a key
 * twice, a NUL inside a key, a string that is not UTF-8. May raise a Lua memory error; nothing
 * leaks then. */
int bx_json_push(lua_State *L, const char *text, size_t length, bx_error *err);

/* Append the value at `index`: a table with that metatable, or whose keys are 1..n with n > 0, is
 * an array; any other has string keys alone and is an object, keys sorted. -1 with BX_ERESULT: what
 * JSON cannot say, with the path of the value ("value.params[2]: ..."), `out` as it was. nil is
 * refused, light userdata NULL is null. Raises nothing, and runs no metamethod. */
int bx_json_write(lua_State *L, int index, bx_buffer *out, bx_error *err);

/* Push the metatable of arrays; open once a state. */
void bx_json_push_array(lua_State *L);

#endif
