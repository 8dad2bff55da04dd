/* Calls of Lua functions that ^C ends, whatever they do, and after which the program goes on. */
#ifndef BX_CLI_INTERRUPT_H
#define BX_CLI_INTERRUPT_H

#include <lua.h>
#include <stdbool.h>

/* Take care of SIGINT, and of SIGPIPE where `interactive` is false, from now on. Not interactive:
 * what cannot be interrupted ends the process after 2 s. Interactive: a note says so, and another
 * ^C ends it. Coroutines that are made later can be interrupted. */
void interrupt_begin(lua_State *L, bool interactive);

/* Whether ^C came outside a call, and forget it. */
bool interrupt_take(void);

/* The same without forgetting. For the reader of keys. */
bool interrupt_pending(void);

/* As if ^C had come now: for who was interrupted on behalf of somebody else. */
void interrupt_again(void);

/* Whether nobody reads the output any more. */
bool interrupt_output_gone(void);

/* Pop a function and its `arguments`, which are at the top, and call it. LUA_OK, with its results
 * at the top; LUA_YIELD when it was interrupted; else the error, and below it its traceback, a
 * string or nil. */
int interrupt_call(lua_State *L, int arguments);

/* ---- functions for Lua ---- */

/* call(f, ...): true and the results; false, the error and its traceback; nil: interrupted. */
int interrupt_lua_call(lua_State *L);

/* interrupted(): whether the call that runs is to end. */
int interrupt_lua_interrupted(lua_State *L);

/* enter(coroutine): it runs from now on. Gives what ran before. */
int interrupt_lua_enter(lua_State *L);

/* leave(before, ...): that runs again. Gives the others. */
int interrupt_lua_leave(lua_State *L);

#endif
