/* Calls of Lua functions that ^C ends, and after which the program may go on. */
#ifndef BX_CLI_INTERRUPT_H
#define BX_CLI_INTERRUPT_H

#include <lua.h>
#include <stdbool.h>

enum { INTERRUPTED_STATUS = 130 }; /* of a program that ^C ended, as shells tell */

typedef enum interrupt_mode {
    INTERRUPT_SCRIPT,   /* ^C raises one error, which may be caught; another ends the process */
    INTERRUPT_PIPE,     /* ^C ends the call, whatever it catches */
    INTERRUPT_TERMINAL, /* the same, and SIGPIPE is ignored */
    INTERRUPT_NOTEBOOK  /* the same; nothing ends the process */
} interrupt_mode;

/* Take care of SIGINT and SIGPIPE from now on. What does not stop ends the process after 2 s; on a
 * terminal a note says so, and another ^C ends it; a notebook's note says to restart it. */
void interrupt_begin(interrupt_mode mode);

/* No more: ^C ends the process, and SIGPIPE is ignored. */
void interrupt_end(void);

/* Whether ^C came outside a call, and forget it. */
bool interrupt_take(void);

/* Whether the error is what ^C raised. */
bool interrupt_is(const char *error);

/* Whether nobody reads the output any more. */
bool interrupt_output_gone(void);

/* Pop a function and its `arguments`, which are at the top, and call it. LUA_OK, with its results
 * at the top; LUA_YIELD when it was interrupted; else the error, and below it its traceback, a
 * string or nil. */
int interrupt_call(lua_State *L, int arguments);

/* The same for Lua. call(f, ...): true and the results; false, the error and its traceback; nil:
 * interrupted. */
int interrupt_lua_call(lua_State *L);

#endif
