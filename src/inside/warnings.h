/* What a reader warned of, as Lua sees it: a list of { code, message, element }. */
#ifndef BX_INSIDE_WARNINGS_H
#define BX_INSIDE_WARNINGS_H

#include "core/warnings.h"

#include <lua.h>

/* Push an empty list for a reader to fill, which goes with the value pushed. */
bx_warnings *bx_warnings_push(lua_State *L);

/* Push the list as a table. */
void bx_warnings_push_table(lua_State *L, const bx_warnings *warnings);

void bx_warnings_open(lua_State *L);

#endif
