#include "flux/tools.h"
#include "inside/flux.h"
#include "inside/raise.h"
#include "interrupt/hook.h"

#include <lauxlib.h>
#include <math.h>
#include <string.h>

void bx_flux_expect(lua_State *L, int status, const bx_error *err)
{
    if (status < 0)
        bx_raise(L, err);
}

void bx_flux_options(lua_State *L, const char *const *keys, const bx_place *place)
{
    lua_settop(L, 2);
    if (lua_isnil(L, 2))
        return;
    bx_fields_expect(L, 2, LUA_TTABLE, place, NULL);
    bx_fields_allow(L, 2, keys, false, place);
}

/* ---- solutions ---- */

void bx_flux_set_values(lua_State *L, const char *key, const bx_fba *fba, size_t count,
                        const char *(*id)(const bx_fba *, size_t), const double *values)
{
    lua_createtable(L, 0, (int)count);
    for (size_t i = 0; i < count; i++) {
        lua_pushnumber(L, values[i] + 0.0); /* no -0 */
        lua_setfield(L, -2, id(fba, i));
    }
    lua_setfield(L, -2, key);
}

void bx_flux_push_status(lua_State *L, const bx_fba_solution *solution)
{
    lua_createtable(L, 0, 5);
    lua_pushstring(L, bx_fba_status_name(solution->status));
    lua_setfield(L, -2, "status");
    if (solution->status != BX_FBA_OPTIMAL)
        return;
    lua_pushnumber(L, solution->objective + 0.0);
    lua_setfield(L, -2, "objective");
}

void bx_flux_set_variables(lua_State *L, const bx_fba *fba, const double *values)
{
    if (bx_fba_variables(fba) == 0)
        return;
    lua_createtable(L, 0, (int)bx_fba_variables(fba));
    for (size_t i = 0; i < bx_fba_variables(fba); i++)
        bx_flux_set_number(L, bx_fba_variable_of(fba, i).id, values[i] + 0.0);
    lua_setfield(L, -2, "variables");
}

static int push_solution(lua_State *L, const bx_fba *fba, const bx_fba_solution *solution)
{
    bx_flux_push_status(L, solution);
    if (solution->status != BX_FBA_OPTIMAL)
        return 1;
    size_t reactions = bx_fba_reactions(fba);
    bx_flux_set_values(L, "fluxes", fba, reactions, bx_fba_reaction_id, solution->fluxes);
    bx_flux_set_variables(L, fba, solution->variables);
    if (!solution->reduced_costs)
        return 1;
    bx_flux_set_values(L, "reduced_costs", fba, reactions, bx_fba_reaction_id,
                       solution->reduced_costs);
    bx_flux_set_values(L, "shadow_prices", fba, bx_fba_metabolites(fba), bx_fba_metabolite_id,
                       solution->shadow_prices);
    return 1;
}

/* optimise() -> { status, objective, fluxes, variables, reduced_costs, shadow_prices } */
int bx_flux_optimise(lua_State *L)
{
    bx_fba *fba = bx_flux_check(L);
    bx_fba_solution solution;
    bx_error err;
    bx_flux_expect(L, bx_fba_optimise(fba, &solution, &err), &err);
    return push_solution(L, fba, &solution);
}

/* optimum() -> objective, or nil, status */
int bx_flux_optimum(lua_State *L)
{
    bx_fba *fba = bx_flux_check(L);
    bx_fba_solution solution;
    bx_error err;
    bx_flux_expect(L, bx_fba_optimise(fba, &solution, &err), &err);
    if (solution.status == BX_FBA_OPTIMAL) {
        lua_pushnumber(L, solution.objective + 0.0);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, bx_fba_status_name(solution.status));
    return 2;
}

/* ---- why there is none ---- */

/* Append { reaction, bound, value } to the list at the top. */
static void add_bound(lua_State *L, const bx_fba *fba, size_t reaction, bool is_lower)
{
    double lower, upper;
    bx_fba_bounds(fba, reaction, &lower, &upper);
    lua_createtable(L, 0, 3);
    lua_pushstring(L, bx_fba_reaction_id(fba, reaction));
    lua_setfield(L, -2, "reaction");
    lua_pushstring(L, is_lower ? "lower" : "upper");
    lua_setfield(L, -2, "bound");
    lua_pushnumber(L, bx_fba_stopped(fba, reaction) ? 0 : is_lower ? lower : upper);
    lua_setfield(L, -2, "value");
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

static void set_conflict(lua_State *L, const bx_fba *fba, const bx_fba_diagnosis *d)
{
    lua_newtable(L);
    for (size_t r = 0; r < bx_fba_reactions(fba); r++) {
        if (d->lower[r])
            add_bound(L, fba, r, true);
        if (d->upper[r])
            add_bound(L, fba, r, false);
    }
    lua_setfield(L, -2, "bounds");
    lua_newtable(L);
    for (size_t i = 0; i < bx_fba_metabolites(fba); i++) {
        if (!d->balance[i])
            continue;
        lua_pushstring(L, bx_fba_metabolite_id(fba, i));
        lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    }
    lua_setfield(L, -2, "metabolites");
    if (bx_fba_sums_of(fba, BX_FBA_CONSTRAINTS) == 0)
        return;
    lua_newtable(L);
    for (size_t i = 0; i < bx_fba_sums_of(fba, BX_FBA_CONSTRAINTS); i++) {
        if (!d->constraint[i])
            continue;
        lua_pushstring(L, bx_fba_sum_of(fba, BX_FBA_CONSTRAINTS, i).id);
        lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    }
    lua_setfield(L, -2, "constraints");
}

static void set_ray(lua_State *L, const bx_fba *fba, const bx_fba_diagnosis *d)
{
    lua_newtable(L);
    for (size_t r = 0; r < bx_fba_reactions(fba); r++) {
        if (d->ray[r] == 0)
            continue;
        lua_pushnumber(L, d->ray[r]);
        lua_setfield(L, -2, bx_fba_reaction_id(fba, r));
    }
    lua_setfield(L, -2, "fluxes");
}

/* diagnose() -> { status, bounds and metabolites, or fluxes } */
int bx_flux_diagnose(lua_State *L)
{
    bx_fba *fba = bx_flux_check(L);
    bx_flux_refuse_variables(L, fba, "diagnose");
    size_t reactions = bx_fba_reactions(fba) + 1, metabolites = bx_fba_metabolites(fba) + 1;
    bx_error err;
    size_t constraints = bx_fba_sums_of(fba, BX_FBA_CONSTRAINTS) + 1;
    bx_fba_diagnosis d = {.balance = lua_newuserdatauv(L, metabolites, 0),
                          .constraint = lua_newuserdatauv(L, constraints, 0),
                          .lower = lua_newuserdatauv(L, reactions, 0),
                          .upper = lua_newuserdatauv(L, reactions, 0),
                          .ray = lua_newuserdatauv(L, reactions * sizeof(double), 0)};
    bx_flux_expect(L, bx_fba_diagnose(fba, &d, &err), &err);
    lua_createtable(L, 0, 3);
    lua_pushstring(L, bx_fba_status_name(d.status));
    lua_setfield(L, -2, "status");
    if (d.status == BX_FBA_INFEASIBLE)
        set_conflict(L, fba, &d);
    else if (d.status == BX_FBA_UNBOUNDED)
        set_ray(L, fba, &d);
    return 1;
}

/* ---- knock-outs ---- */

/* knock_out{ genes = {...}, reactions = {...} } -> the solution without them */
int bx_flux_knock_out(lua_State *L)
{
    bx_fba *fba = bx_flux_check(L);
    bx_fba_solution solution;
    bx_error err;
    bool *missing, *stopped;
    bx_flux_read_marks(L, fba, "knock_out", &missing, &stopped);
    bx_fba_stop_reactions(fba, missing, stopped);
    bx_flux_expect(L, bx_fba_optimise_without(fba, stopped, &solution, &err), &err);
    return push_solution(L, fba, &solution);
}

/* The items that `key` asks for, all of them when it is true; in a userdata that is pushed. */
static size_t *push_items(lua_State *L, const bx_fba *fba, bool genes, int index, size_t *count,
                          const bx_place *place)
{
    if (lua_type(L, index) != LUA_TBOOLEAN)
        return bx_flux_list(L, fba, index, genes ? bx_flux_gene : bx_flux_reaction, count, place);
    *count = !lua_toboolean(L, index) ? 0 : genes ? bx_fba_genes(fba) : bx_fba_reactions(fba);
    size_t *items = lua_newuserdatauv(L, (*count + 1) * sizeof *items, 0);
    for (size_t i = 0; i < *count; i++)
        items[i] = i;
    return items;
}

/* Append to the list at the top; there may be many, so that this is where a call can be ended. */
static void add_mutant(lua_State *L, const bx_fba *fba, bool genes, const size_t *items,
                       size_t count, const bx_fba_mutant *mutant)
{
    if (bx_interrupted)
        bx_hook_raise(L);
    bx_fba_solution solution = {.status = mutant->status, .objective = mutant->objective};
    bx_flux_push_status(L, &solution);
    for (size_t i = 0; i < count; i++) {
        lua_pushstring(L,
                       genes ? bx_fba_gene_id(fba, items[i]) : bx_fba_reaction_id(fba, items[i]));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

/* The mutants in a userdata that is pushed. */
static bx_fba_mutant *push_screen(lua_State *L, bx_fba *fba, bool genes, const size_t *items,
                                  size_t count, bool pairs)
{
    bx_error err;
    double total = (double)count + (pairs ? (double)count * ((double)count - 1) / 2 : 0);
    if (total > 1e8)
        bx_raise_format(L, BX_EMEMORY, "knock_outs: %.0f of them are too many at once", total);
    bx_fba_mutant *mutants = lua_newuserdatauv(L, ((size_t)total + 1) * sizeof *mutants, 0);
    bx_flux_expect(L, bx_fba_knock_outs(fba, genes, items, count, pairs, mutants, &err), &err);
    return mutants;
}

/* The lists of options.sets, one behind the other, and where each ends; in userdata. */
static size_t push_sets(lua_State *L, const bx_fba *fba, bool genes, size_t **items, size_t **ends,
                        const bx_place *place)
{
    static const char *const no_keys[] = {"a list of lists", NULL};
    int table = lua_gettop(L);
    size_t total = 0, count;
    bx_fields_expect(L, table, LUA_TTABLE, place, "sets");
    bx_fields_allow(L, table, no_keys, true, place);
    size_t sets = lua_rawlen(L, table);
    for (size_t i = 1; i <= sets; i++) {
        lua_rawgeti(L, table, (lua_Integer)i);
        bx_fields_expect(L, -1, LUA_TTABLE, place, "sets");
        total += lua_rawlen(L, -1);
        lua_pop(L, 1);
    }
    *items = lua_newuserdatauv(L, (total + 1) * sizeof **items, 0);
    *ends = lua_newuserdatauv(L, (sets + 1) * sizeof **ends, 0);
    total = 0;
    for (size_t i = 0; i < sets; i++) {
        lua_rawgeti(L, table, (lua_Integer)i + 1);
        const size_t *set =
            bx_flux_list(L, fba, -1, genes ? bx_flux_gene : bx_flux_reaction, &count, place);
        memcpy(*items + total, set, count * sizeof **items);
        (*ends)[i] = total += count;
        lua_settop(L, table + 2);
    }
    return sets;
}

static int knock_out_sets(lua_State *L, bx_fba *fba, bool genes, const bx_place *place)
{
    size_t *items, *ends;
    bx_error err;
    size_t sets = push_sets(L, fba, genes, &items, &ends, place);
    bx_fba_mutant *mutants = lua_newuserdatauv(L, (sets + 1) * sizeof *mutants, 0);
    bx_flux_expect(L, bx_fba_knock_out_sets(fba, genes, items, ends, sets, mutants, &err), &err);
    lua_createtable(L, (int)sets, 0);
    for (size_t i = 0; i < sets; i++) {
        size_t begin = i ? ends[i - 1] : 0;
        add_mutant(L, fba, genes, items + begin, ends[i] - begin, &mutants[i]);
    }
    return 1;
}

/* knock_outs{ genes = true or list | reactions = true or list [, pairs = true] }, or
 * { genes | reactions = true, sets = { {...}, ... } } -> list of { name, ..., status, objective }
 */
int bx_flux_knock_outs(lua_State *L)
{
    static const char *const keys[] = {"genes", "reactions", "pairs", "sets", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "knock_outs");
    size_t count;
    bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
    bx_flux_options(L, keys, &place);
    bool genes = bx_fields_get(L, 2, "genes") != LUA_TNIL;
    if (genes == (bx_fields_get(L, 2, "reactions") != LUA_TNIL))
        bx_raise_format(L, BX_EMODEL, "knock_outs: genes or reactions expected, got %s",
                        genes ? "both" : "neither");
    bool pairs = bx_flux_flag_option(L, 2, "pairs", &place);
    if (bx_fields_get(L, 2, "sets") != LUA_TNIL) {
        if (pairs || !lua_isboolean(L, genes ? 3 : 4))
            bx_raise_format(L, BX_EMODEL,
                            "knock_outs: with sets, genes = true or reactions = true says what "
                            "they are of, and no pairs");
        return knock_out_sets(L, fba, genes, &place);
    }
    size_t *items = push_items(L, fba, genes, genes ? 3 : 4, &count, &place);
    bx_fba_mutant *mutants = push_screen(L, fba, genes, items, count, pairs);
    lua_newtable(L);
    for (size_t i = 0; i < count; i++)
        add_mutant(L, fba, genes, &items[i], 1, mutants++);
    for (size_t i = 0; pairs && i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            add_mutant(L, fba, genes, (size_t[]){items[i], items[j]}, 2, mutants++);
    return 1;
}

static int push_essential(lua_State *L, bool genes)
{
    static const char *const keys[] = {"fraction", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, genes ? "essential_genes" : "essential_reactions");
    bx_fba_solution whole;
    bx_error err;
    size_t count, found = 0;
    bx_flux_options(L, keys, &place);
    double fraction = bx_flux_number_option(L, 2, "fraction", 0.01, &place);
    bx_flux_expect(L, bx_fba_optimise(fba, &whole, &err), &err);
    if (whole.status != BX_FBA_OPTIMAL || !bx_fba_maximises(fba) || !(whole.objective > 1e-9))
        return bx_raise_format(L, BX_ESIMULATION,
                               "%s: a model that maximises and can grow expected, this one is %s",
                               place.text, bx_fba_status_name(whole.status));
    double limit = fraction * whole.objective;
    lua_pushboolean(L, 1);
    size_t *items = push_items(L, fba, genes, -1, &count, &place);
    bx_fba_mutant *mutants = push_screen(L, fba, genes, items, count, false);
    lua_newtable(L);
    for (size_t i = 0; i < count; i++) {
        if (mutants[i].status == BX_FBA_OPTIMAL && mutants[i].objective >= limit)
            continue;
        lua_pushstring(L, genes ? bx_fba_gene_id(fba, i) : bx_fba_reaction_id(fba, i));
        lua_rawseti(L, -2, (lua_Integer)++found);
    }
    return 1;
}

/* essential_genes([{ fraction = 0.01 }]) -> list of those without which the optimum is less than
 * that fraction of the whole model's */
int bx_flux_essential_genes(lua_State *L)
{
    return push_essential(L, true);
}

int bx_flux_essential_reactions(lua_State *L)
{
    return push_essential(L, false);
}

/* ---- variability and parsimony ---- */

static int push_ranges(lua_State *L, const bx_fba *fba, const size_t *items, size_t count,
                       const double *least, const double *greatest)
{
    lua_createtable(L, 0, (int)count);
    for (size_t i = 0; i < count; i++) {
        lua_createtable(L, 0, 2);
        lua_pushnumber(L, least[i] + 0.0);
        lua_setfield(L, -2, "minimum");
        lua_pushnumber(L, greatest[i] + 0.0);
        lua_setfield(L, -2, "maximum");
        lua_setfield(L, -2, bx_fba_reaction_id(fba, items[i]));
    }
    return 1;
}

/* variability([{ fraction = 1, reactions = {...}, loopless, pfba_factor }]) -> { reaction = {
 * minimum, maximum } }, or nil, status */
int bx_flux_variability(lua_State *L)
{
    static const char *const keys[] = {"fraction", "reactions", "loopless", "pfba_factor", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "variability");
    bx_fba_status status = BX_FBA_OPTIMAL;
    bx_error err;
    size_t count;
    bx_flux_options(L, keys, &place);
    double fraction = bx_flux_number_option(L, 2, "fraction", 1, &place);
    if (lua_isnil(L, 2) || bx_fields_get(L, 2, "reactions") == LUA_TNIL)
        lua_pushboolean(L, 1);
    size_t *items = push_items(L, fba, false, -1, &count, &place);
    double *least = lua_newuserdatauv(L, (2 * count + 1) * sizeof *least, 0);
    double *greatest = least + count;
    bool loopless = bx_flux_flag_option(L, 2, "loopless", &place);
    double factor = bx_flux_number_option(L, 2, "pfba_factor", NAN, &place);
    bx_flux_refuse_whole(L, fba, "variability");
    if (loopless)
        bx_flux_refuse_variables(L, fba, "loopless variability");
    int result;
    if (loopless && !isnan(factor))
        result =
            bx_fail(&err, BX_EMODEL, "variability: loopless and pfba_factor cannot be together");
    else if (loopless)
        result = bx_fba_loopless_variability(fba, items, count, fraction, &status, least, greatest,
                                             &err);
    else if (isnan(factor))
        result = bx_fba_variability(fba, items, count, fraction, &status, least, greatest, &err);
    else
        result = bx_fba_variability_within(fba, items, count, fraction, factor, &status, least,
                                           greatest, &err);
    bx_flux_expect(L, result, &err);
    if (status == BX_FBA_OPTIMAL)
        return push_ranges(L, fba, items, count, least, greatest);
    lua_pushnil(L);
    lua_pushstring(L, bx_fba_status_name(status));
    return 2;
}

void bx_flux_push_marked(lua_State *L, const bx_fba *fba, const bool *marked, size_t count,
                         const char *(*id)(const bx_fba *, size_t))
{
    lua_Integer found = 0;
    lua_newtable(L);
    for (size_t i = 0; i < count; i++) {
        if (!marked[i])
            continue;
        lua_pushstring(L, id(fba, i));
        lua_rawseti(L, -2, ++found);
    }
}

/* blocked([{ tolerance = 1e-7 }]) -> list of reactions, or nil, status */
int bx_flux_blocked(lua_State *L)
{
    static const char *const keys[] = {"tolerance", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "blocked");
    bx_flux_refuse_variables(L, fba, place.text);
    bx_fba_status status;
    bx_error err;
    bx_flux_options(L, keys, &place);
    double tolerance = bx_flux_number_option(L, 2, "tolerance", 1e-7, &place);
    bool *blocked = lua_newuserdatauv(L, bx_fba_reactions(fba) + 1, 0);
    bx_flux_expect(L, bx_fba_blocked(fba, tolerance, &status, blocked, &err), &err);
    if (status == BX_FBA_OPTIMAL) {
        bx_flux_push_marked(L, fba, blocked, bx_fba_reactions(fba), bx_fba_reaction_id);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, bx_fba_status_name(status));
    return 2;
}

/* dead_ends() -> list of metabolites */
int bx_flux_dead_ends(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    bx_error err;
    bool *dead = lua_newuserdatauv(L, bx_fba_metabolites(fba) + 1, 0);
    bx_flux_expect(L, bx_fba_dead_ends(fba, dead, &err), &err);
    bx_flux_push_marked(L, fba, dead, bx_fba_metabolites(fba), bx_fba_metabolite_id);
    return 1;
}

/* parsimonious([{ fraction = 1 }]) -> { status, objective, fluxes, total_flux } */
int bx_flux_parsimonious(lua_State *L)
{
    static const char *const keys[] = {"fraction", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "parsimonious");
    bx_flux_refuse_whole(L, fba, place.text);
    bx_fba_solution solution;
    bx_error err;
    double total, value = 0;
    size_t reactions = bx_fba_reactions(fba);
    bx_flux_options(L, keys, &place);
    double fraction = bx_flux_number_option(L, 2, "fraction", 1, &place);
    size_t variables = bx_fba_variables(fba);
    double *fluxes = lua_newuserdatauv(L, (reactions + variables + 1) * sizeof *fluxes, 0);
    bx_flux_expect(L, bx_fba_parsimonious(fba, fraction, &solution, fluxes, &total, &err), &err);
    if (solution.status != BX_FBA_OPTIMAL) {
        bx_flux_push_status(L, &solution);
        return 1;
    }
    for (size_t r = 0; r < reactions; r++)
        value += bx_fba_objective(fba, r) * fluxes[r];
    for (size_t i = 0; i < variables; i++)
        value += bx_fba_variable_of(fba, i).objective * fluxes[reactions + i];
    solution.objective = value;
    bx_flux_push_status(L, &solution);
    bx_flux_set_values(L, "fluxes", fba, reactions, bx_fba_reaction_id, fluxes);
    bx_flux_set_variables(L, fba, fluxes + reactions);
    bx_flux_set_number(L, "total_flux", total);
    return 1;
}
