/* Lua values to and from the wire. Shared by the host's bindings and the worker. */
#ifndef BX_VALUES_VALUE_H
#define BX_VALUES_VALUE_H

#include "core/buffer.h"
#include "core/error.h"
#include "wire/value.h"

#include <lua.h>

/* Append the value at `index` to `out`. nil, booleans, integers, floats, strings, tables of these,
 * trajectories, ensembles and genomes travel. Raw access only: no metamethod runs. -1 with
 * BX_ERESULT naming the path to what can't travel ("result.a[3]: a function cannot travel"), a
 * cycle, or a size passed; `out` is as it was then. `what` begins that path. Raises nothing. */
int bx_lua_write_value(lua_State *L, int index, const char *what, bx_buffer *out, bx_error *err);

/* Push the next value. The message has passed bx_value_check. -1 with err (BX_EPROTOCOL) when an
 * extension does not decode; nothing is pushed then. May raise a Lua memory error. */
int bx_lua_push_value(lua_State *L, bx_reader *reader, bx_error *err);

#endif
