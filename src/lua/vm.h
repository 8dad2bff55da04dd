/* The Lua classes "bioxen.BiologicalVM" (abstract), "bioxen.BasicBiologicalVM" and
 * "bioxen.XCPngBiologicalVM": what is known of a VM here, what it does in vm_life.c, vm_call.c,
 * vm_shares.c and vm_guest.c. */
#ifndef BX_LUA_VM_H
#define BX_LUA_VM_H

#include <lua.h>

/* Push the methods of BiologicalVM. */
void bx_lua_open_vm(lua_State *L);

#endif
