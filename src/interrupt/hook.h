/* Ending Lua code from outside it, softly: a signal sets a flag, which loops in C poll, and arms a
 * hook on the coroutine that runs. The hook raises at every instruction until the call ends, so
 * that no pcall can swallow it. No hook runs in finalisers, nor in functions of C such as
 * string.find: who wants to be sure kills what ignores even that.
 *
 * The state is the process's, as signals are. */
#ifndef BX_INTERRUPT_HOOK_H
#define BX_INTERRUPT_HOOK_H

#include "core/interrupt.h"

#include <lua.h>
#include <stdbool.h>

/* `once`: an interruption raises one error, which may be caught, and clears the flag. `attend`, or
 * NULL, is what bx_hook_attend_soon asks for. */
void bx_hook_open(bool once, void (*attend)(void));

/* A call begins on L. What is given back goes to bx_hook_end, for calls nest. A flag that is set
 * already is for this call. */
lua_State *bx_hook_begin(lua_State *L);
void bx_hook_end(lua_State *L, lua_State *before);

/* Around the resumption of a coroutine: `thread` runs from now on. Nothing outside a call. */
void bx_hook_switch(lua_State *thread);

/* Raise the interruption here. Does not return. */
int bx_hook_raise(lua_State *L);

/* ---- also in a signal handler ---- */

bool bx_hook_in_call(void);

/* Set the flag, and end the call if one runs. `why`, a literal, is the error's text. */
void bx_hook_interrupt(const char *why);

/* Have `attend` called in a moment, at a point where Lua code runs. In a call alone. */
void bx_hook_attend_soon(void);

#endif
