/* Flux-balance models as Lua sees them inside a VM: the global `flux`, and the class
 * "bioxen.FluxModel". flux.c holds the class and what looks at a model, flux_model.c makes one from
 * tables, flux_change.c disables and comes back, flux_solve.c computes, flux_media.c tells and
 * changes what crosses the boundary, flux_dynamic.c lets a culture grow. */
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

/* Raise what a function of src/flux failed with. */
void bx_flux_expect(lua_State *L, int status, const bx_error *err);

/* Drop what is above argument 2, which may be absent, or a table with these keys. */
void bx_flux_options(lua_State *L, const char *const *keys, const bx_place *place);

/* Push { status, objective }. */
void bx_flux_push_status(lua_State *L, const bx_fba_solution *solution);

/* Set the field `key` of the table at the top: { id = value }. */
void bx_flux_set_values(lua_State *L, const char *key, const bx_fba *fba, size_t count,
                        const char *(*id)(const bx_fba *, size_t), const double *values);

/* Push the list of those that are marked. */
void bx_flux_push_marked(lua_State *L, const bx_fba *fba, const bool *marked, size_t count,
                         const char *(*id)(const bx_fba *, size_t));

/* The fluxes that the table at `options` has as `key`, { reaction = flux }, absent ones 0; or where
 * it has none those of the parsimonious optimum. In a userdata that is pushed, and not filled
 * unless *status is optimal. */
double *bx_flux_given_fluxes(lua_State *L, bx_fba *fba, int options, const char *key,
                             bx_fba_status *status, const bx_place *place);

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
int bx_flux_moma(lua_State *L);
int bx_flux_room(lua_State *L);
int bx_flux_loopless(lua_State *L);
int bx_flux_boundaries(lua_State *L);
int bx_flux_medium(lua_State *L);
int bx_flux_set_medium(lua_State *L);
int bx_flux_minimal_medium(lua_State *L);
int bx_flux_summary(lua_State *L);
int bx_flux_metabolite_summary(lua_State *L);
int bx_flux_production_envelope(lua_State *L);

#endif
