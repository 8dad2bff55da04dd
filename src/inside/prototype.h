/* The code of Lua functions by its place in a chunk: main function, the functions that it defines,
 * those that they define. Alone in reading Lua's own structures. */
#ifndef BX_INSIDE_PROTOTYPE_H
#define BX_INSIDE_PROTOTYPE_H

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

enum { BX_PROTOTYPE_DEPTH = 200 }; /* functions in functions: the parser takes no more */

/* Push the source of the Lua function at `index`, one string for all functions of its chunk: the
 * chunk's name, and its text where that is behind LUA_TEXTMARK. */
void bx_prototype_push_source(lua_State *L, int index);

/* Where the code of the function at `index` stands in the chunk whose main function is at `main`:
 * its depth, and the place at each; -1 where no function there has the same code and lines. */
int bx_prototype_find(lua_State *L, int main, int index, uint32_t path[BX_PROTOTYPE_DEPTH]);

/* Push a function of the code at that place, with upvalues of its own that are nil. False where
 * there is none. May raise a memory error. */
bool bx_prototype_make(lua_State *L, int main, const uint32_t *path, int depth);

#endif
