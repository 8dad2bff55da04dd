/* Lua values to and from the wire. Shared by the host's bindings and the worker. */
#ifndef BX_VALUES_VALUE_H
#define BX_VALUES_VALUE_H

#include "core/buffer.h"
#include "core/error.h"
#include "wire/budget.h"
#include "wire/value.h"

#include <lua.h>
#include <stdbool.h>

/* A class whose objects travel, as an extension of the wire's values. */
typedef struct bx_lua_type {
    int8_t extension;
    /* Append the object at `index`, and add to *cost what its parts cost who reads them. Raises
     * nothing. */
    int (*write)(lua_State *L, int index, bx_buffer *out, uint64_t *cost, bx_error *err);
    /* Push the object that the bytes tell of, within the message's budget; with -1 what is pushed
     * does not matter. */
    int (*read)(lua_State *L, const uint8_t *bytes, size_t length, bx_budget *budget,
                bx_error *err);
} bx_lua_type;

/* The class of the metatable at the top travels from now on, in this state. `type` stays. */
void bx_lua_register_type(lua_State *L, const bx_lua_type *type);

/* Whether the value at `index` is an object of a class that travels. */
bool bx_lua_test_type(lua_State *L, int index);

/* Append the value at `index` to `out`. nil, booleans, integers, floats, strings, tables of these
 * and objects of registered types travel. Raw access only: no metamethod runs. -1 with BX_ERESULT
 * naming the path to what can't travel ("result.a[3]: a function cannot travel"), a cycle, or a
 * size passed; `out` is as it was then. `what` begins that path. Raises nothing. */
int bx_lua_write_value(lua_State *L, int index, const char *what, bx_buffer *out, bx_error *err);

/* Push the next value, for no more work and memory than what is left of the message may cost. The
 * message has passed bx_value_check. -1 with err (BX_EPROTOCOL) when that is not enough, or an
 * extension does not decode; nothing is pushed then. May raise a Lua memory error. */
int bx_lua_push_value(lua_State *L, bx_reader *reader, bx_error *err);

#endif
