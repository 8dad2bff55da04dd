/* A list of warnings that goes with a Lua value; values/warnings.h shows it to Lua. */
#ifndef BX_INSIDE_WARNINGS_H
#define BX_INSIDE_WARNINGS_H

#include "core/warnings.h"

#include <lua.h>

/* Push an empty list for a reader to fill, which goes with the value pushed. */
bx_warnings *bx_warnings_push(lua_State *L);

void bx_warnings_open(lua_State *L);

#endif
