/* The Lua that VM code sees: the standard library without what reaches outside or breaks in. */
#ifndef BX_INSIDE_SANDBOX_H
#define BX_INSIDE_SANDBOX_H

#include <lua.h>
#include <stdint.h>

/* Open the libraries in a new state. */
void bx_sandbox_open(lua_State *L);

/* Seed math.random; and its next number, of 64 bits. */
void bx_sandbox_seed(lua_State *L, lua_Integer seed);
uint64_t bx_sandbox_draw(lua_State *L);

#endif
