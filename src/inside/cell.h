/* The object `cell` of scripts. */
#ifndef BX_INSIDE_CELL_H
#define BX_INSIDE_CELL_H

#include <lua.h>

#define BX_CELL_CLASS "bioxen.Cell" /* its metatable */

/* Create the metatable. The organism module is on top of the stack; what its `functions` table
 * holds can be called as methods. */
void bx_cell_open(lua_State *L);

/* Push the object that stands for the worker's cell. */
void bx_cell_push(lua_State *L);

#endif
