/* Where the program's Lua finds modules. */
#ifndef BX_CLI_PATHS_H
#define BX_CLI_PATHS_H

#include <limits.h>
#include <lua.h>
#include <stdbool.h>

/* The installed module comes first: it fits the core in this program, which is at hand as
 * bioxen.core, with bioxen.terminal. Nothing comes from the working folder by itself; what stands
 * in package.beside, in the form of package.path, is looked at last. */
void paths_set(lua_State *L);

/* Modules are found beside the script, too, or in the working folder where that is NULL. */
void paths_set_beside(lua_State *L, const char *script);

/* The path of the program of that name in the folder of this one. False: it is not known. */
bool paths_beside_program(const char *name, char path[PATH_MAX]);

#endif
