/* `require` inside a VM: the modules of its organism, and the libraries it has anyway. */
#ifndef BX_WORKER_MODULE_H
#define BX_WORKER_MODULE_H

#include "core/error.h"

#include <lua.h>

/* Read every *.lua of the folder into memory; once. The organism's name is the folder's. */
int bx_module_read_folder(const char *folder, char *organism, size_t size, bx_error *err);

/* Set the global `require`; the standard libraries are globals already. */
void bx_module_open(lua_State *L);

#endif
