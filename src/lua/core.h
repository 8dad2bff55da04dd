/* The C module "bioxen.core". */
#ifndef BX_LUA_CORE_H
#define BX_LUA_CORE_H

#include <lua.h>

__attribute__((visibility("default"))) int luaopen_bioxen_core(lua_State *L);

#endif
