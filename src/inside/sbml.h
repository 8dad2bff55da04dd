/* Models in SBML, as scripts in a VM load them. */
#ifndef BX_INSIDE_SBML_H
#define BX_INSIDE_SBML_H

#include "core/buffer.h"

#include <lua.h>

/* cell:load_sbml(text [, { name, externals, share, strict, stochastic }]) */
int bx_sbml_lua_load(lua_State *L);

/* cell:to_sbml([{ name }]) */
int bx_sbml_lua_write(lua_State *L);

void bx_sbml_open(lua_State *L);

/* Push an empty buffer for text, bounded as the VM is, that is freed with its userdata. */
bx_buffer *bx_sbml_push_text(lua_State *L);

#endif
