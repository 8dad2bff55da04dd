/* What the session at the prompt (lua/bioxen/repl/) needs that Lua does not offer. */
#ifndef BX_CLI_TERMINAL_H
#define BX_CLI_TERMINAL_H

#include <lua.h>

/* The module "bioxen.terminal". */
int luaopen_bioxen_terminal(lua_State *L);

#endif
