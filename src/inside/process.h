/* The function `process` of scripts: definitions in Lua tables, handed to the engine. */
#ifndef BX_INSIDE_PROCESS_H
#define BX_INSIDE_PROCESS_H

#include <lua.h>

/* Create the metatable; once a state. */
void bx_process_open(lua_State *L);

/* process "name" { ... } and process(name, { ... }). */
int bx_process_lua(lua_State *L);

#endif
