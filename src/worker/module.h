/* `require` inside a VM: the modules of its organism, and the libraries it has anyway. */
#ifndef BX_WORKER_MODULE_H
#define BX_WORKER_MODULE_H

#include "core/error.h"

#include <lua.h>
#include <stdbool.h>

/* Read every *.lua of the folder into memory; once. The organism's name is the folder's. */
int bx_module_read_folder(const char *folder, char *organism, size_t size, bx_error *err);

/* [a-z0-9_]+, then `ending`; of a bounded length. */
bool bx_module_is_name(const char *text, const char *ending);

/* Keep a copy of one such text, which came in a message: `name` is its file's, "init.lua".
 * BX_EORGANISM: too many or too large; BX_EPROTOCOL: no name, or the name of another. */
int bx_module_add(const char *organism, const char *name, const void *text, size_t length,
                  bx_error *err);

/* Set the global `require`; the standard libraries are globals already. */
void bx_module_open(lua_State *L);

#endif
