/* The Lua that VM code sees: the standard library without what reaches outside or breaks in. */
#ifndef BX_INSIDE_SANDBOX_H
#define BX_INSIDE_SANDBOX_H

#include <lua.h>
#include <stdint.h>

/* Open the libraries in a new state. */
void bx_sandbox_open(lua_State *L);

/* Push the name of a chunk with its text behind it, which what the chunk defines is saved with. */
void bx_sandbox_push_source(lua_State *L, const char *name, const char *text, size_t length);

/* Seed math.random; and its next number, of 64 bits. */
void bx_sandbox_seed(lua_State *L, lua_Integer seed);
uint64_t bx_sandbox_draw(lua_State *L);

/* What math.random goes on from: four words. */
uint64_t *bx_sandbox_random(lua_State *L);

/* Push the table of the numbers that texts of objects show, by object; the last is at 0. */
void bx_sandbox_push_ids(lua_State *L);

#endif
