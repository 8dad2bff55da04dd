/* Errors of the engine as Lua error objects: tables with code and message, and __tostring. */
#ifndef BX_INSIDE_RAISE_H
#define BX_INSIDE_RAISE_H

#include "core/error.h"

#include <lua.h>

/* Create the metatable; once a state. */
void bx_raise_open(lua_State *L);

/* Raise err, its message led by the caller's position. An interrupted call raises that instead.
 * Does not return; the int is for `return bx_raise(...)`. */
int bx_raise(lua_State *L, const bx_error *err);
int bx_raise_format(lua_State *L, bx_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Where a model may have no answer: nil and the error object are pushed for it, to be returned; 2.
 * What is no matter of the model is raised. */
int bx_raise_or_give(lua_State *L, const bx_error *err);

/* Push the message of the error object at `index` and return its code; BX_OK and nothing pushed if
 * it is something else. Raw access only. */
bx_code bx_raise_test(lua_State *L, int index);

/* Keep the object at the top, what was finished of a run that is interrupted: it goes with the
 * error that ends the call. Raises nothing. */
void bx_finished_keep(lua_State *L);

/* Push it, or false. */
void bx_finished_push(lua_State *L);

/* Forget it. */
void bx_finished_forget(lua_State *L);

#endif
