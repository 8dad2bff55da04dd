/* The organism's module in this VM: the table that its init.lua returns. docs/organisms.md says
 * what it holds. */
#ifndef BX_INSIDE_ORGANISM_H
#define BX_INSIDE_ORGANISM_H

#include <lua.h>
#include <stdbool.h>

/* Keep the module on top of the stack, which is popped, and set the global `organism`. Raises if it
 * is none. */
void bx_organism_open(lua_State *L);

/* Call its build with the cell, `process` and the `values` at the top of the stack, options and
 * resources; these may be left out. */
void bx_organism_build(lua_State *L, int values);

/* Pop the shares at the top of the stack and hand them to the organism's `allocate`. They are kept,
 * for bx_organism_allocate_again when the cell is back at its beginning, until forgotten. Raises if
 * the organism takes none, or refuses. */
void bx_organism_allocate(lua_State *L);
void bx_organism_allocate_again(lua_State *L);
void bx_organism_forget_shares(lua_State *L);

/* Push a function of the module, or one of its capabilities, and the cell. Raises BX_EUNSUPPORTED
 * if the organism has none of that name. */
void bx_organism_push_function(lua_State *L, const char *name);
void bx_organism_push_capability(lua_State *L, const char *name);

/* Push a function of library.world, the organism's module and the cell. */
void bx_organism_push_world(lua_State *L, const char *name);

/* The genome that the cell holds: the last that was loaded, or else the module's own. Push it;
 * raises where there is none. Load the one on top of the stack. */
void bx_organism_push_genome(lua_State *L);
void bx_organism_load_genome(lua_State *L);

/* Keep the options at the top of the stack, which it was built with; popped. Push them: false and
 * nothing where there are none. */
void bx_organism_note_options(lua_State *L);
bool bx_organism_push_options(lua_State *L);

/* Push what is kept here of the VM, { genome, shares, options }, where false stands for nothing;
 * and pop such a table, keeping that in its stead. */
void bx_organism_push_kept(lua_State *L);
void bx_organism_take_kept(lua_State *L);

#endif
