/* What a reader warned of, as Lua sees it. */
#ifndef BX_VALUES_WARNINGS_H
#define BX_VALUES_WARNINGS_H

#include "core/warnings.h"

#include <lua.h>

/* Push a list of { code, message, element }. */
void bx_lua_push_warnings(lua_State *L, const bx_warnings *warnings);

#endif
