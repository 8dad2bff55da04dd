/* `require` inside a VM: the modules of its organism ("syn3a.genes"), of the library that organisms
 * share ("library.options"), of installed packages, and the standard libraries. */
#ifndef BX_INSIDE_MODULE_H
#define BX_INSIDE_MODULE_H

#include "core/error.h"
#include "core/sha256.h"

#include <lua.h>
#include <stdbool.h>

/* Read every *.lua of a folder into memory. The modules' group is called as the folder is, and so
 * is the module of its init.lua. */
int bx_module_read_folder(const char *folder, char *group, size_t size, bx_error *err);

/* Whether modules of that group are there; a standard library counts as one. */
bool bx_module_has_group(const char *group);

/* Forget the group's modules, loaded or not, so that others can come in their place. Those that
 * were read from folders must stay. Does not raise. */
void bx_module_drop_group(lua_State *L, const char *group);

/* Whether the text is [a-z0-9_]+, then `ending`, and of a bounded length. */
bool bx_module_is_name(const char *text, const char *ending);

/* Keep a copy of a module's text that came in a message; `name` is its file's, "init.lua".
 * BX_EORGANISM: too many or too large; BX_EPROTOCOL: no name, or the name of another. */
int bx_module_add(const char *group, const char *name, const void *text, size_t length,
                  bx_error *err);

/* The text of the module whose chunk is called so ("@syn3a/genes.lua"); NULL if there is none. */
const char *bx_module_text(const char *chunk, size_t *length);

/* Those that are there now are the organism's and the library's; others that come are added. */
void bx_module_begin(void);

/* Add the texts that were there then to a digest, in an order of their own. */
void bx_module_digest(bx_sha256 *hash);

/* The modules that were added, for i from 0 on; false after the last. */
bool bx_module_added(size_t i, const char **chunk, const char **text, size_t *length);

/* Push the table of what `require` has loaded. */
void bx_module_push_loaded(lua_State *L);

/* Set the global `require`; the standard libraries are globals already. */
void bx_module_open(lua_State *L);

#endif
