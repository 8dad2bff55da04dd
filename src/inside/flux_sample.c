#include "flux/sampling.h"
#include "inside/flux.h"
#include "inside/raise.h"
#include "interrupt/hook.h"

#include <lauxlib.h>
#include <math.h>

#define MOST 1e9 /* steps of a chain, or its points, or numbers in all */
#define LEAST 10 /* points of a chain that diagnostics make sense of */

static void set_number(lua_State *L, const char *key, double value)
{
    if (isnan(value))
        return;
    lua_pushnumber(L, value);
    lua_setfield(L, -2, key);
}

/* Push { mean, deviation, r_hat, effective_size, geweke }. */
static void push_convergence(lua_State *L, const double *values, size_t chains, size_t count)
{
    if (bx_interrupted)
        bx_hook_raise(L);
    bx_convergence found = bx_convergence_of(values, chains, count);
    lua_createtable(L, 0, 5);
    set_number(L, "mean", found.mean);
    set_number(L, "deviation", found.deviation);
    set_number(L, "r_hat", found.reduction);
    set_number(L, "effective_size", found.size);
    set_number(L, "geweke", found.geweke);
}

/* ---- drawing ---- */

static size_t whole_option(lua_State *L, const char *key, double otherwise, double least,
                           const bx_place *place)
{
    double value = bx_flux_number_option(L, 2, key, otherwise, place);
    if (!(value >= least && value <= MOST && value == floor(value)))
        bx_raise_format(L, place->code, "%s, %s: a whole number of %g to %g expected, got %g",
                        place->text, key, least, MOST, value);
    return (size_t)value;
}

static bx_fba_sampling read_sampling(lua_State *L, const bx_place *place)
{
    double fraction = bx_flux_number_option(L, 2, "fraction", -1, place);
    double seed = bx_flux_number_option(L, 2, "seed", 1, place);
    if (fraction != -1 && !(fraction >= 0 && fraction <= 1))
        bx_raise_format(L, place->code, "%s, fraction: 0 to 1 of the optimum expected, got %g",
                        place->text, fraction);
    if (!(seed >= 0 && seed <= 0x1p53 && seed == floor(seed)))
        bx_raise_format(L, place->code, "%s, seed: a whole number of 0 or more expected, got %g",
                        place->text, seed);
    return (bx_fba_sampling){.first = whole_option(L, "first_chain", 1, 1, place),
                             .chains = whole_option(L, "chains", 4, 1, place),
                             .count = whole_option(L, "n", 100, 1, place),
                             .thinning = whole_option(L, "thinning", 100, 1, place),
                             .burn_in = whole_option(L, "burn_in", 0, 0, place),
                             .seed = (uint64_t)seed,
                             .fraction = fraction};
}

/* The reactions that options.reactions lists, or all, in a userdata that is pushed. */
static size_t *push_reactions(lua_State *L, const bx_fba *fba, size_t *count, const bx_place *place)
{
    if (lua_istable(L, 2) && bx_fields_get(L, 2, "reactions") != LUA_TNIL)
        return bx_flux_list(L, fba, -1, bx_flux_reaction, count, place);
    *count = bx_fba_reactions(fba);
    size_t *all = lua_newuserdatauv(L, (*count + 1) * sizeof *all, 0);
    for (size_t r = 0; r < *count; r++)
        all[r] = r;
    return all;
}

/* Push { { first, second, ... }, ... }, a list for each chain. */
static void push_chains(lua_State *L, const double *values, size_t chains, size_t count)
{
    if (bx_interrupted)
        bx_hook_raise(L);
    lua_createtable(L, (int)chains, 0);
    for (size_t c = 0; c < chains; c++) {
        lua_createtable(L, (int)count, 0);
        for (size_t i = 0; i < count; i++) {
            lua_pushnumber(L, values[c * count + i] + 0.0);
            lua_rawseti(L, -2, (lua_Integer)i + 1);
        }
        lua_rawseti(L, -2, (lua_Integer)c + 1);
    }
}

static void set_all(lua_State *L, const bx_fba *fba, const size_t *reactions, size_t count,
                    const bx_fba_sampling *asked, const double *samples)
{
    size_t stride = asked->chains * asked->count;
    lua_createtable(L, 0, (int)count);
    for (size_t k = 0; k < count; k++) {
        push_chains(L, samples + k * stride, asked->chains, asked->count);
        lua_setfield(L, -2, bx_fba_reaction_id(fba, reactions[k]));
    }
    lua_setfield(L, -2, "samples");
    if (asked->count < LEAST)
        return;
    lua_createtable(L, 0, (int)count);
    for (size_t k = 0; k < count; k++) {
        push_convergence(L, samples + k * stride, asked->chains, asked->count);
        lua_setfield(L, -2, bx_fba_reaction_id(fba, reactions[k]));
    }
    lua_setfield(L, -2, "diagnostics");
}

/* sample([{ n, chains, first_chain, thinning, burn_in, seed, fraction, reactions }])
 * -> { status, samples = { reaction = { chain, ... } }, diagnostics = { reaction = {...} } } */
int bx_flux_sample(lua_State *L)
{
    static const char *const keys[] = {"n",    "chains",   "first_chain", "thinning", "burn_in",
                                       "seed", "fraction", "reactions",   NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "sample");
    bx_flux_refuse_variables(L, fba, place.text);
    bx_fba_status status;
    bx_error err;
    size_t count;
    bx_flux_options(L, keys, &place);
    bx_fba_sampling asked = read_sampling(L, &place);
    size_t *reactions = push_reactions(L, fba, &count, &place);
    double total = (double)count * (double)asked.chains * (double)asked.count;
    if (total > MOST)
        bx_raise_format(L, BX_EMEMORY, "sample: %.3g numbers are too many at once", total);
    double *samples = lua_newuserdatauv(L, ((size_t)total + 1) * sizeof *samples, 0);
    bx_flux_expect(L, bx_fba_sample(fba, &asked, reactions, count, &status, samples, &err), &err);
    lua_createtable(L, 0, 3);
    lua_pushstring(L, bx_fba_status_name(status));
    lua_setfield(L, -2, "status");
    if (status == BX_FBA_OPTIMAL)
        set_all(L, fba, reactions, count, &asked, samples);
    return 1;
}

/* ---- diagnostics of samples that were put together ---- */

/* The chains at the top of the stack, one behind the other in a userdata that is pushed. */
static double *push_values(lua_State *L, size_t *chains, size_t *count, const bx_place *place)
{
    int table = lua_gettop(L);
    bx_fields_expect(L, table, LUA_TTABLE, place, NULL);
    *chains = lua_rawlen(L, table);
    *count = 0;
    if (*chains > 0 && lua_rawgeti(L, table, 1) == LUA_TTABLE)
        *count = lua_rawlen(L, -1);
    lua_settop(L, table);
    if (*count < LEAST)
        bx_raise_format(L, place->code, "%s: chains of %d or more numbers expected", place->text,
                        LEAST);
    double *values = lua_newuserdatauv(L, *chains * *count * sizeof *values, 0);
    for (size_t c = 0; c < *chains; c++) {
        lua_rawgeti(L, table, (lua_Integer)c + 1);
        bx_fields_expect(L, -1, LUA_TTABLE, place, NULL);
        if (lua_rawlen(L, -1) != *count)
            bx_raise_format(L, place->code, "%s: chains of one length expected", place->text);
        for (size_t i = 0; i < *count; i++) {
            lua_rawgeti(L, -1, (lua_Integer)i + 1);
            values[c * *count + i] = bx_fields_number(L, -1, place, NULL);
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
    return values;
}

/* flux.sample_diagnostics{ reaction = { chain, ... } } -> { reaction = {...} } */
int bx_flux_sample_diagnostics(lua_State *L)
{
    bx_place place = bx_place_make(BX_EMODEL, "sample_diagnostics");
    size_t names_count, chains, count;
    lua_settop(L, 1);
    bx_fields_expect(L, 1, LUA_TTABLE, &place, NULL);
    const char **names = bx_fields_names(L, 1, &names_count, &place);
    lua_createtable(L, 0, (int)names_count);
    int answer = lua_gettop(L);
    for (size_t k = 0; k < names_count; k++) {
        bx_place of = bx_place_make(BX_EMODEL, "sample_diagnostics, \"%.64s\"", names[k]);
        bx_fields_get(L, 1, names[k]);
        const double *values = push_values(L, &chains, &count, &of);
        push_convergence(L, values, chains, count);
        lua_setfield(L, answer, names[k]);
        lua_settop(L, answer);
    }
    return 1;
}
