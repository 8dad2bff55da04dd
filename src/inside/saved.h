/* All that a VM's worker holds, as bytes, and again: the cell, the data of the Lua state, what has
 * been installed, the random numbers. */
#ifndef BX_INSIDE_SAVED_H
#define BX_INSIDE_SAVED_H

#include <lua.h>
#include <stddef.h>
#include <stdint.h>

/* Remember what VMs of this organism begin with; once, when it is loaded. */
void bx_saved_open(lua_State *L);

/* Push the bytes. Raises; nothing of the VM has changed then, nor otherwise. */
void bx_saved_push(lua_State *L);

/* Become what the bytes, which are hostile, tell, in a worker that is as VMs begin; push the
 * organism's options that it was built with, or nil. Raises, and the worker is then good for
 * nothing: BX_EORGANISM if they are of another organism, or another edition of its files. */
void bx_saved_restore(lua_State *L, const uint8_t *bytes, size_t length);

#endif
