/* coroutine.resume, wrap and close, as in stock Lua, but telling which coroutine runs, so that an
 * interrupt reaches it, and bounding the C stack that closing takes. */
#ifndef BX_INSIDE_COROUTINE_H
#define BX_INSIDE_COROUTINE_H

#include <lua.h>

/* Replace the functions in the coroutine library at the top of the stack. */
void bx_coroutine_open(lua_State *L);

#endif
