/* Input that is waited for beside all else that the host's loop waits for. */
#ifndef BX_LUA_INPUT_H
#define BX_LUA_INPUT_H

#include <lua.h>

/* open_input(descriptor): an input, which is not closed with it. */
int bx_lua_open_input(lua_State *L);

/* Create the class. */
void bx_lua_open_input_class(lua_State *L);

#endif
