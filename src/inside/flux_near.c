/* Fluxes that are found from others: in their middle, near them, or without their loops. */
#include "flux/tools.h"
#include "inside/flux.h"
#include "inside/raise.h"

#include <lauxlib.h>
#include <string.h>

static void read_fluxes(lua_State *L, const bx_fba *fba, const char *key, double *fluxes,
                        const bx_place *place)
{
    size_t count;
    int table = lua_gettop(L);
    bx_fields_expect(L, table, LUA_TTABLE, place, key);
    memset(fluxes, 0, bx_fba_reactions(fba) * sizeof *fluxes);
    const char **names = bx_fields_names(L, table, &count, place);
    for (size_t i = 0; i < count; i++) {
        lua_pushstring(L, names[i]);
        size_t reaction = bx_flux_reaction(L, fba, -1, place);
        bx_fields_get(L, table, names[i]);
        fluxes[reaction] = bx_fields_number(L, -1, place, names[i]);
        lua_pop(L, 2);
    }
}

double *bx_flux_given_fluxes(lua_State *L, bx_fba *fba, int options, const char *key,
                             bx_fba_status *status, const bx_place *place)
{
    bx_fba_solution solution;
    double total;
    bx_error err;
    double *fluxes = lua_newuserdatauv(L, (bx_fba_reactions(fba) + 1) * sizeof *fluxes, 0);
    int top = lua_gettop(L);
    *status = BX_FBA_OPTIMAL;
    if (lua_istable(L, options) && bx_fields_get(L, options, key) != LUA_TNIL) {
        read_fluxes(L, fba, key, fluxes, place);
    } else {
        bx_flux_expect(L, bx_fba_parsimonious(fba, 1, &solution, fluxes, &total, &err), &err);
        *status = solution.status;
    }
    lua_settop(L, top);
    return fluxes;
}

static double objective_of(const bx_fba *fba, const double *fluxes)
{
    double objective = 0;
    for (size_t r = 0; r < bx_fba_reactions(fba); r++)
        objective += bx_fba_objective(fba, r) * fluxes[r];
    return objective;
}

/* Push { status, objective, fluxes }. */
static void push_fluxes(lua_State *L, const bx_fba *fba, bx_fba_status status, const double *fluxes)
{
    bx_fba_solution solution = {.status = status};
    if (status == BX_FBA_OPTIMAL)
        solution.objective = objective_of(fba, fluxes);
    bx_flux_push_status(L, &solution);
    if (status == BX_FBA_OPTIMAL)
        bx_flux_set_values(L, "fluxes", fba, bx_fba_reactions(fba), bx_fba_reaction_id, fluxes);
}

/* geometric() -> { status, objective, fluxes } */
int bx_flux_geometric(lua_State *L)
{
    bx_fba *fba = bx_flux_check(L);
    bx_fba_solution solution;
    bx_error err;
    bx_flux_refuse_variables(L, fba, "geometric");
    double *fluxes = lua_newuserdatauv(L, (bx_fba_reactions(fba) + 1) * sizeof *fluxes, 0);
    bx_flux_expect(L, bx_fba_geometric(fba, &solution, fluxes, &err), &err);
    push_fluxes(L, fba, solution.status, fluxes);
    return 1;
}

/* ---- adjustment ---- */

/* Flags of the reactions that stop without options.genes and options.reactions, in a userdata. */
static bool *push_stopped(lua_State *L, const bx_fba *fba, const bx_place *place)
{
    static const struct {
        const char *key;
        bx_flux_finder *find;
    } kinds[] = {{"genes", bx_flux_gene}, {"reactions", bx_flux_reaction}};
    size_t sizes[] = {bx_fba_genes(fba), bx_fba_reactions(fba)}, count;
    bool *flags[2];
    for (int kind = 0; kind < 2; kind++) {
        flags[kind] = lua_newuserdatauv(L, sizes[kind] + 1, 0);
        memset(flags[kind], 0, sizes[kind] + 1);
        if (!lua_istable(L, 2) || bx_fields_get(L, 2, kinds[kind].key) == LUA_TNIL)
            continue;
        const size_t *items = bx_flux_list(L, fba, -1, kinds[kind].find, &count, place);
        for (size_t i = 0; i < count; i++)
            flags[kind][items[i]] = true;
    }
    bx_fba_stop_reactions(fba, flags[0], flags[1]);
    return flags[1];
}

static int adjust(lua_State *L, const char *name, bx_fba_adjustment *asked)
{
    static const char *const keys[][7] = {
        {"reference", "genes", "reactions", "linear", NULL},
        {"reference", "genes", "reactions", "linear", "delta", "epsilon", NULL}};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "%s", name);
    bx_flux_refuse_variables(L, fba, name);
    bx_fba_status status;
    bx_error err;
    bx_flux_options(L, keys[asked->on_off], &place);
    asked->linear = bx_flux_flag_option(L, 2, "linear", &place);
    double width = asked->linear ? 0 : 1; /* the relaxed one is without */
    asked->delta = bx_flux_number_option(L, 2, "delta", 0.03 * width, &place);
    asked->epsilon = bx_flux_number_option(L, 2, "epsilon", 1e-3 * width, &place);
    if (asked->delta < 0 || asked->epsilon < 0)
        bx_raise_format(L, BX_EMODEL, "%s: delta and epsilon are 0 or more", name);
    const bool *stopped = push_stopped(L, fba, &place);
    double *fluxes = lua_newuserdatauv(L, (bx_fba_reactions(fba) + 1) * sizeof *fluxes, 0);
    const double *reference = bx_flux_given_fluxes(L, fba, 2, "reference", &status, &place);
    if (status != BX_FBA_OPTIMAL)
        bx_raise_format(L, BX_ESIMULATION, "%s: there is no reference, the model is %s", name,
                        bx_fba_status_name(status));
    bx_flux_expect(L, bx_fba_adjust(fba, asked, reference, stopped, fluxes, &err), &err);
    push_fluxes(L, fba, asked->status, fluxes);
    if (asked->status == BX_FBA_OPTIMAL) {
        lua_pushnumber(L, asked->distance);
        lua_setfield(L, -2, asked->on_off ? "changes" : "distance");
    }
    return 1;
}

/* moma([{ reference, genes, reactions, linear }]) -> { status, objective, fluxes, distance } */
int bx_flux_moma(lua_State *L)
{
    return adjust(L, "moma", &(bx_fba_adjustment){.on_off = false});
}

/* room([{ reference, genes, reactions, linear, delta, epsilon }])
 * -> { status, objective, fluxes, changes } */
int bx_flux_room(lua_State *L)
{
    return adjust(L, "room", &(bx_fba_adjustment){.on_off = true});
}

/* ---- loops ---- */

/* loopless([{ fluxes }]) -> { status, objective, fluxes } */
int bx_flux_loopless(lua_State *L)
{
    static const char *const keys[] = {"fluxes", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "loopless");
    bx_flux_refuse_variables(L, fba, place.text);
    bx_fba_status status = BX_FBA_OPTIMAL;
    bx_error err;
    bx_flux_options(L, keys, &place);
    double *fluxes = lua_newuserdatauv(L, (bx_fba_reactions(fba) + 1) * sizeof *fluxes, 0);
    if (lua_istable(L, 2) && bx_fields_get(L, 2, "fluxes") != LUA_TNIL) {
        const double *given = bx_flux_given_fluxes(L, fba, 2, "fluxes", &status, &place);
        bx_flux_expect(L, bx_fba_clear_loops(fba, given, &status, fluxes, &err), &err);
    } else {
        bx_flux_expect(L, bx_fba_loopless(fba, &status, fluxes, &err), &err);
    }
    push_fluxes(L, fba, status, fluxes);
    return 1;
}
