/* Functions of Lua's libraries that an interruption would not reach, as stock Lua has them but for
 * that. */
#ifndef BX_INTERRUPT_FUNCTIONS_H
#define BX_INTERRUPT_FUNCTIONS_H

#include <lua.h>

/* coroutine.resume, wrap and close: they tell which coroutine runs, and bound the C stack that
 * closing takes. */
void bx_interrupt_open_coroutines(lua_State *L);

/* xpcall: no hook reaches a message handler, so none is called once the call is to end. */
void bx_interrupt_open_xpcall(lua_State *L);

#endif
