/* Models in SBML, as scripts in a VM load them. */
#ifndef BX_INSIDE_SBML_H
#define BX_INSIDE_SBML_H

#include <lua.h>

/* cell:load_sbml(text [, { name, externals, share, strict, stochastic }]) */
int bx_sbml_lua_load(lua_State *L);

/* cell:to_sbml([{ name }]) */
int bx_sbml_lua_write(lua_State *L);

void bx_sbml_open(lua_State *L);

#endif
