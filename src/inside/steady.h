/* Steady states as Lua sees them: cell:steady_state; and what those methods share that stand on
 * one.
 */
#ifndef BX_INSIDE_STEADY_H
#define BX_INSIDE_STEADY_H

#include "analysis/steady.h"
#include "inside/fields.h"

#include <lua.h>

/* Once a state. */
void bx_steady_open(lua_State *L);

/* cell:steady_state(options): see types.lua. */
int bx_steady_lua_find(lua_State *L);

/* The options of a search, a part of the keys that a method allows. */
#define BX_STEADY_KEYS "method", "tolerance", "horizon", "max_steps", "seed"

/* Have a table of options at 2, and nothing behind it. */
void bx_steady_lua_options(lua_State *L, const char *const *keys, const bx_place *place);

/* A number of at least `least`, a whole one, or `usual` without one. */
double bx_steady_lua_number(lua_State *L, const char *key, double least, double usual,
                            const bx_place *place);
size_t bx_steady_lua_whole(lua_State *L, const char *key, double least, double usual,
                           const bx_place *place);

/* The slot of a parameter, or of a species that no reaction changes. */
uint32_t bx_steady_lua_slot(lua_State *L, const bx_network *network, const char *name,
                            const bx_place *place);

/* Read those of a search. */
void bx_steady_lua_ask(lua_State *L, bx_steady_ask *ask, const bx_place *place);

/* Search by the options at 2, and `ask` where they have no word: what is found lives as long as the
 * userdata that is pushed. NULL if nothing is. */
bx_steady *bx_steady_lua_search(lua_State *L, bx_steady_ask *ask, const bx_place *place,
                                bx_error *err);

/* Push a state as a table. */
void bx_steady_lua_push(lua_State *L, const bx_steady *steady, const bx_steady_state *state,
                        bool with_jacobian);

/* Push { name = value } of the species and rules of a frame. */
void bx_steady_lua_values(lua_State *L, const bx_network *network, const double *frame);

/* Push the names of species that change, as a list. */
void bx_steady_lua_species(lua_State *L, const bx_steady *steady);

/* Push a reaction's name, or its equation; where the table at `index` has that already, with a
 * number behind. */
void bx_steady_lua_label(lua_State *L, const bx_network *network, size_t reaction, int index);

#endif
