/* Flux-balance models as Lua sees them inside a VM: the global `flux`, and the class
 * "bioxen.FluxModel". flux.c holds the class, flux_model.c makes a model from tables, flux_parts.c
 * shows its parts, flux_edit.c changes them, flux_about.c has what is said of them, flux_sums.c
 * constraints and objectives, flux_change.c disables and comes back, flux_solve.c computes,
 * flux_media.c tells and changes what crosses the boundary, flux_near.c finds fluxes from others,
 * flux_sample.c draws them, flux_dynamic.c lets a culture grow. */
#ifndef BX_INSIDE_FLUX_H
#define BX_INSIDE_FLUX_H

#include "flux/fba.h"
#include "inside/fields.h"

#include <lua.h>

/* Create the metatable and the global; once a state, after bx_raise_open. */
void bx_flux_open(lua_State *L);

/* Push an empty box and put a model without reactions into it, watched as the VM's calls are. */
bx_fba *bx_flux_push(lua_State *L);

/* The model at argument 1, or another one. */
bx_fba *bx_flux_check(lua_State *L);
bx_fba *bx_flux_check_at(lua_State *L, int index);

/* The box of the model at `index`; NULL if it is none. */
bx_fba **bx_flux_test(lua_State *L, int index);

/* The reaction, gene or metabolite whose id is at `index`; raises when there is none. */
size_t bx_flux_reaction(lua_State *L, const bx_fba *fba, int index, const bx_place *place);
size_t bx_flux_gene(lua_State *L, const bx_fba *fba, int index, const bx_place *place);
size_t bx_flux_metabolite(lua_State *L, const bx_fba *fba, int index, const bx_place *place);

/* A part of a sum, without its coefficient: the reaction whose id is at `index`, or else the
 * variable. */
bx_fba_part bx_flux_part(lua_State *L, const bx_fba *fba, int index, const bx_place *place);

/* Raise where the model has variables of its own, or variables that have to be whole numbers, which
 * `method` cannot take. */
void bx_flux_refuse_variables(lua_State *L, const bx_fba *fba, const char *method);
void bx_flux_refuse_whole(lua_State *L, const bx_fba *fba, const char *method);

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

/* Whether "maximise", and not "minimise", is at `index`. */
bool bx_flux_sense(lua_State *L, int index, const bx_place *place);

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

/* Set variables = { id = value } of the table at the top, where the model has some. */
void bx_flux_set_variables(lua_State *L, const bx_fba *fba, const double *values);

/* Set the field `key` of the table at the top: a number; a text; { id = value }. */
void bx_flux_set_number(lua_State *L, const char *key, double value);
void bx_flux_set_text(lua_State *L, const char *key, const char *value);
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

/* How a reaction is given: to be added, or to take the place of the one at `at`. */
typedef struct bx_flux_given {
    size_t at;   /* BX_FBA_NONE: a new one */
    bool listed; /* all metabolites are there, none is declared by being met */
    bool lower, upper;
} bx_flux_given;

/* Add or change the reaction by the table at `table`; what that does not say is as `reaction` has
 * it. */
void bx_flux_put_reaction(lua_State *L, bx_fba *fba, int table, bx_fba_reaction *reaction,
                          bx_flux_given given);

/* Lists of them; `where` is for messages. */
void bx_flux_add_reactions(lua_State *L, bx_fba *fba, int table, const char *where, bool listed);
void bx_flux_add_metabolites(lua_State *L, bx_fba *fba, int table, const char *where,
                             bool boundary);

/* Set the fields of the table at the top by what is said of a part. */
void bx_flux_set_about(lua_State *L, const bx_about *about);

/* The other way: the fields that the table has replace what was said. Raise where they are not what
 * they must be, before anything changes; then take them. */
void bx_flux_check_about(lua_State *L, int table, const bx_place *place);
void bx_flux_take_about(lua_State *L, int table, bx_about *about, const bx_place *place);

/* The metatable of what model:context() gives; once a state. */
void bx_flux_context_open(lua_State *L);

/* The context at `index` ends; the model comes back to what it was, or not. */
void bx_flux_context_end(lua_State *L, int index, bool restore);

int bx_flux_model(lua_State *L);
int bx_flux_load_json(lua_State *L);
int bx_flux_load_sbml(lua_State *L);
int bx_flux_load_yaml(lua_State *L);
int bx_flux_sample_diagnostics(lua_State *L);

/* Methods. */
int bx_flux_add_constraint(lua_State *L);
int bx_flux_add_metabolites_of(lua_State *L);
int bx_flux_add_objective(lua_State *L);
int bx_flux_add_reactions_of(lua_State *L);
int bx_flux_add_variable(lua_State *L);
int bx_flux_check_mass_balance(lua_State *L);
int bx_flux_consistency(lua_State *L);
int bx_flux_constraints(lua_State *L);
int bx_flux_equation(lua_State *L);
int bx_flux_gapfill(lua_State *L);
int bx_flux_gene_of(lua_State *L);
int bx_flux_groups(lua_State *L);
int bx_flux_info(lua_State *L);
int bx_flux_metabolite_of(lua_State *L);
int bx_flux_objectives(lua_State *L);
int bx_flux_reaction_of(lua_State *L);
int bx_flux_remove_constraint(lua_State *L);
int bx_flux_remove_genes(lua_State *L);
int bx_flux_remove_metabolites(lua_State *L);
int bx_flux_remove_objective(lua_State *L);
int bx_flux_remove_reactions(lua_State *L);
int bx_flux_remove_variable(lua_State *L);
int bx_flux_rename(lua_State *L);
int bx_flux_set_gene(lua_State *L);
int bx_flux_set_info(lua_State *L);
int bx_flux_set_metabolite(lua_State *L);
int bx_flux_set_reaction(lua_State *L);
int bx_flux_to_json(lua_State *L);
int bx_flux_to_sbml(lua_State *L);
int bx_flux_to_yaml(lua_State *L);
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
int bx_flux_variables(lua_State *L);
int bx_flux_parsimonious(lua_State *L);
int bx_flux_dynamic(lua_State *L);
int bx_flux_sample(lua_State *L);
int bx_flux_geometric(lua_State *L);
int bx_flux_lexicographic(lua_State *L);
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
