/* Runs that take long are shown on a terminal, whoever starts them. */
#ifndef BX_CLI_PROGRESS_H
#define BX_CLI_PROGRESS_H

#include <lua.h>

/* The module "bioxen.core", which shows on standard error what it waits for if that is a terminal.
 * How, bioxen.cli.progress says, which is loaded when first needed. */
int progress_open_core(lua_State *L);

#endif
