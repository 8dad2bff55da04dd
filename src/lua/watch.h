/* A Lua function that is told, while the host waits for jobs, how they get on: for the command
 * line, which shows it. */
#ifndef BX_LUA_WATCH_H
#define BX_LUA_WATCH_H

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct bx_watch {
    bool on;        /* there is a function */
    int64_t due;    /* clock; the function is called at the next turn of the loop from then on */
    int descriptor; /* what its text is written to */
    bool terminal;  /* one line that is drawn over and goes when the wait ends */
    bool shown;
} bx_watch;

/* watch(function, descriptor): from now on function(jobs, columns) is called a few times a second.
 * `jobs` are { vm, fraction, text, elapsed }; `columns` is the terminal's width, or nil: it is
 * none. It gives a line to show, or nil. watch(nil): no more. */
int bx_lua_watch(lua_State *L);

/* A wait begins: what is to be told of it, or NULL. */
bx_watch *bx_watch_begin(lua_State *L);

/* Whether the function is to be called. NULL is fine. */
bool bx_watch_is_due(const bx_watch *watch);

/* Pop the list of jobs at the top, call the function and show what it gives. Raises its error. */
void bx_watch_tell(lua_State *L, bx_watch *watch);

/* The line goes. Calls no Lua. NULL is fine. */
void bx_watch_hide(bx_watch *watch);

#endif
