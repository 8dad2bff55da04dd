/* The names in a folder, as a list. */
#ifndef BX_VALUES_FOLDER_H
#define BX_VALUES_FOLDER_H

#include <lua.h>
#include <stdbool.h>

/* Push the names in the folder, but those that begin with a dot. -1 with errno, and nothing is
 * pushed, where it cannot be opened or, with `unlinked`, is a link. */
int bx_lua_push_folder(lua_State *L, const char *path, bool unlinked);

#endif
