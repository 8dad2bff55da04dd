/* The one place on the host where an error of the core becomes nil and an error table. */
#ifndef BX_VALUES_ERROR_H
#define BX_VALUES_ERROR_H

#include "core/error.h"

#include <lua.h>

void bx_lua_open_error(lua_State *L);

/* Push { code, class, message, usable, vm_id } with a __tostring; vm_id may be NULL. */
void bx_lua_push_error(lua_State *L, const bx_error *error, const char *vm_id);

/* Push nil and the error table; returns 2, so that it reads `return bx_lua_fail(...)`. */
int bx_lua_fail(lua_State *L, const bx_error *error, const char *vm_id);

#endif
