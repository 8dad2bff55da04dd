/* The server as Lua has it: the module "bioxen.notebook". */
#ifndef BX_KERNEL_NOTEBOOK_H
#define BX_KERNEL_NOTEBOOK_H

#include <lua.h>

int luaopen_bioxen_notebook(lua_State *L);

#endif
