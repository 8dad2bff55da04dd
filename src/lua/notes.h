/* What a courier wants known of its pool and guest. */
#ifndef BX_LUA_NOTES_H
#define BX_LUA_NOTES_H

#include "vm/courier.h"

#include <lua.h>

/* Set a courier's notes, but those for itself, in the table at the top; NULL has none. */
void bx_lua_set_notes(lua_State *L, const bx_courier *courier);

#endif
