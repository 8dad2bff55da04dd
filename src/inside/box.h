/* Blocks of C that are freed whatever raises: userdata that VM code never sees. */
#ifndef BX_INSIDE_BOX_H
#define BX_INSIDE_BOX_H

#include <lua.h>
#include <stddef.h>

/* Set up the class `name`; `release` frees what a box of it holds, also of one that is all 0. */
void bx_box_class(lua_State *L, const char *name, lua_CFunction release);

/* Push a box that is all 0. */
void *bx_box_push(lua_State *L, const char *name, size_t size);

#endif
