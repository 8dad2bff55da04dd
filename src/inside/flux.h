/* Flux-balance models as Lua sees them inside a VM: the global `flux`, and the class
 * "bioxen.FluxModel". flux.c holds the class and what looks at a model, flux_model.c makes one from
 * tables, flux_change.c disables and comes back, flux_solve.c computes, flux_dynamic.c lets a
 * culture grow. */
#ifndef BX_INSIDE_FLUX_H
#define BX_INSIDE_FLUX_H

#include "flux/fba.h"
#include "inside/fields.h"

#include <lua.h>

/* Create the metatable and the global; once a state, after bx_raise_open. */
void bx_flux_open(lua_State *L);

/* Push an empty box and put a model without reactions into it, watched as the VM's calls are. */
bx_fba *bx_flux_push(lua_State *L);

/* The model at argument 1. */
bx_fba *bx_flux_check(lua_State *L);

/* The box of the model at `index`; NULL if it is none. */
bx_fba **bx_flux_test(lua_State *L, int index);

/* The reaction, or the gene, whose id is at `index`; raises when there is none. */
size_t bx_flux_reaction(lua_State *L, const bx_fba *fba, int index, const bx_place *place);
size_t bx_flux_gene(lua_State *L, const bx_fba *fba, int index, const bx_place *place);

/* The indices of a list of reactions or genes at `index`, in a userdata that is pushed. */
typedef size_t bx_flux_finder(lua_State *L, const bx_fba *fba, int index, const bx_place *place);
size_t *bx_flux_list(lua_State *L, const bx_fba *fba, int index, bx_flux_finder *find,
                     size_t *count, const bx_place *place);

/* A number at `index` that may be infinite. */
double bx_flux_bound(lua_State *L, int index, const bx_place *place, const char *key);

/* Read options.key if it is there. */
double bx_flux_number_option(lua_State *L, int options, const char *key, double otherwise,
                             const bx_place *place);
bool bx_flux_flag_option(lua_State *L, int options, const char *key, const bx_place *place);

/* The objective as flux.model{ objective = }, sense = } and set_objective give it: the value at
 * `index` is a reaction's id or a table of coefficients; `sense` may be nil. */
void bx_flux_read_objective(lua_State *L, bx_fba *fba, int index, int sense, const bx_place *place);

/* Mark what the table at argument 2, { genes = {...}, reactions = {...} }, lists: flags by gene and
 * by reaction, in userdata that are pushed. */
void bx_flux_read_marks(lua_State *L, const bx_fba *fba, const char *method, bool **genes,
                        bool **reactions);

/* The metatable of what model:context() gives; once a state. */
void bx_flux_context_open(lua_State *L);

int bx_flux_model(lua_State *L);
int bx_flux_load_sbml(lua_State *L);

/* Methods. */
int bx_flux_blocked(lua_State *L);
int bx_flux_context(lua_State *L);
int bx_flux_dead_ends(lua_State *L);
int bx_flux_disable(lua_State *L);
int bx_flux_disabled(lua_State *L);
int bx_flux_enable(lua_State *L);
int bx_flux_diagnose(lua_State *L);
int bx_flux_optimise(lua_State *L);
int bx_flux_optimum(lua_State *L);
int bx_flux_knock_out(lua_State *L);
int bx_flux_knock_outs(lua_State *L);
int bx_flux_essential_genes(lua_State *L);
int bx_flux_essential_reactions(lua_State *L);
int bx_flux_variability(lua_State *L);
int bx_flux_parsimonious(lua_State *L);
int bx_flux_dynamic(lua_State *L);

#endif
