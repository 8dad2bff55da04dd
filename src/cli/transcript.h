/* What this process and its children write on standard output and standard error goes into a file,
 * too. */
#ifndef BX_CLI_TRANSCRIPT_H
#define BX_CLI_TRANSCRIPT_H

#include <lua.h>

/* The module "bioxen.transcript": begin(descriptor of the file), which it takes, gives the
 * descriptor that standard error was before, or nil and an error; finish() gives both back, once
 * all is written. */
int luaopen_bioxen_transcript(lua_State *L);

#endif
