#include "flux/dynamic.h"
#include "inside/flux.h"
#include "inside/raise.h"
#include "inside/worker.h"
#include "values/trajectory.h"

#include <lauxlib.h>
#include <limits.h>
#include <math.h>

enum { OPTIONS = 2 };

typedef struct medium {
    lua_State *L;
    size_t count;
    const int *functions; /* stack index of each pool's uptake function, or 0 */
    bool raised;          /* one of them did: what is on top of the stack */
} medium;

/* Uptake by functions of (concentration, time, biomass). */
static int call_functions(void *data, double time, double biomass, const double *concentrations,
                          double *uptake, bx_error *err)
{
    medium *m = data;
    lua_State *L = m->L;
    for (size_t i = 0; i < m->count; i++) {
        if (!m->functions[i])
            continue;
        lua_pushvalue(L, m->functions[i]);
        lua_pushnumber(L, concentrations[i]);
        lua_pushnumber(L, time);
        lua_pushnumber(L, biomass);
        if (lua_pcall(L, 3, 1, 0) != LUA_OK) {
            m->raised = true;
            return bx_fail(err, BX_ESCRIPT, "an uptake function failed");
        }
        if (lua_type(L, -1) != LUA_TNUMBER)
            return bx_fail(err, BX_ESCRIPT,
                           "dynamic: an uptake function returns a number, got a %s",
                           luaL_typename(L, -1));
        uptake[i] = lua_tonumber(L, -1);
        lua_pop(L, 1);
    }
    return 0;
}

/* medium.X = concentration, or { concentration =, maximum =, half = | uptake = function, feed =,
 * decay =, crowding = }. A function stays on the stack; returns its index, or 0. */
static int read_pool(lua_State *L, bx_fba_pool *pool, const bx_place *place)
{
    static const char *const keys[] = {"concentration", "maximum", "half",     "uptake",
                                       "feed",          "decay",   "crowding", NULL};
    int value = lua_gettop(L);
    *pool = (bx_fba_pool){.exchange = pool->exchange, .maximum = NAN, .crowding = 1};
    if (lua_type(L, value) == LUA_TNUMBER) {
        pool->concentration = bx_fields_number(L, value, place, NULL);
        return 0;
    }
    bx_fields_expect(L, value, LUA_TTABLE, place, NULL);
    bx_fields_allow(L, value, keys, false, place);
    pool->concentration = bx_flux_number_option(L, value, "concentration", 0, place);
    pool->half = bx_flux_number_option(L, value, "half", 0, place);
    pool->maximum = bx_flux_number_option(L, value, "maximum", NAN, place);
    pool->feed = bx_flux_number_option(L, value, "feed", 0, place);
    pool->crowding = bx_flux_number_option(L, value, "crowding", 1, place);
    pool->decay = bx_flux_number_option(L, value, "decay", 0, place);
    if (pool->half > 0 && isnan(pool->maximum))
        bx_raise_format(L, place->code, "%s: half without a maximum", place->text);
    if (bx_fields_get(L, value, "uptake") == LUA_TNIL)
        return 0;
    bx_fields_expect(L, -1, LUA_TFUNCTION, place, "uptake");
    return lua_gettop(L);
}

static void read_medium(lua_State *L, const bx_fba *fba, bx_fba_culture *culture, medium *m)
{
    bx_place place = bx_place_make(BX_ESCRIPT, "dynamic.medium");
    bx_fields_get(L, OPTIONS, "medium");
    int table = lua_gettop(L);
    bx_fields_expect(L, table, LUA_TTABLE, &place, NULL);
    const char **names = bx_fields_names(L, table, &m->count, &place);
    luaL_checkstack(L, m->count < INT_MAX / 4 ? 3 * (int)m->count + 40 : INT_MAX, "large medium");
    bx_fba_pool *pools = lua_newuserdatauv(L, (m->count + 1) * sizeof *pools, 0);
    int *functions = lua_newuserdatauv(L, (m->count + 1) * sizeof *functions, 0);
    for (size_t i = 0; i < m->count; i++) {
        bx_place item = bx_place_make(BX_ESCRIPT, "dynamic.medium.%.64s", names[i]);
        lua_pushstring(L, names[i]);
        pools[i].exchange = bx_flux_reaction(L, fba, -1, &place);
        bx_fields_get(L, table, names[i]);
        functions[i] = read_pool(L, &pools[i], &item);
        if (functions[i])
            culture->uptake = call_functions;
    }
    m->functions = functions;
    culture->pools = pools;
    culture->pool_count = m->count;
    culture->uptake_data = m;
}

/* The reaction `growth`, else the only one of the objective. */
static size_t growth_reaction(lua_State *L, const bx_fba *fba, const bx_place *place)
{
    size_t found = BX_FBA_NONE, count = 0;
    if (bx_fields_get(L, OPTIONS, "growth") != LUA_TNIL)
        return bx_flux_reaction(L, fba, -1, place);
    for (size_t r = 0; r < bx_fba_reactions(fba); r++) {
        if (bx_fba_objective(fba, r) != 0) {
            found = r;
            count++;
        }
    }
    if (count != 1)
        bx_raise_format(L, place->code,
                        "%s: growth, the reaction whose flux is the growth rate, expected: the "
                        "objective has %zu reactions",
                        place->text, count);
    return found;
}

static double needed_option(lua_State *L, const char *key, const bx_place *place)
{
    bx_fields_get(L, OPTIONS, key);
    double value = bx_fields_number(L, -1, place, key);
    lua_pop(L, 1);
    return value;
}

/* Push { time =, reason = }, or nil for a culture that never died. */
static void push_death(lua_State *L, const bx_fba *fba, const bx_fba_culture *culture,
                       const bx_fba_death *death)
{
    if (isnan(death->time)) {
        lua_pushnil(L);
        return;
    }
    lua_createtable(L, 0, 2);
    lua_pushnumber(L, death->time);
    lua_setfield(L, -2, "time");
    if (death->pool == BX_FBA_NONE)
        lua_pushstring(L, "no fluxes are feasible within the bounds");
    else
        lua_pushfstring(L, "the bounds of \"%s\" demand more uptake than the medium allows",
                        bx_fba_reaction_id(fba, culture->pools[death->pool].exchange));
    lua_setfield(L, -2, "reason");
}

/* Push { exchange reaction = what was given, mmol/L }. */
static void push_exchanged(lua_State *L, const bx_fba *fba, const bx_fba_culture *culture,
                           const double *exchanged)
{
    lua_createtable(L, 0, (int)culture->pool_count);
    for (size_t i = 0; i < culture->pool_count; i++) {
        lua_pushnumber(L, exchanged[i] + 0.0);
        lua_setfield(L, -2, bx_fba_reaction_id(fba, culture->pools[i].exchange));
    }
}

/* dynamic{ duration, step, every, biomass, medium, growth, death_rate, dilution, warm } ->
 * Trajectory, death, exchanged */
int bx_flux_dynamic(lua_State *L)
{
    static const char *const keys[] = {"duration", "step",       "every",    "biomass", "medium",
                                       "growth",   "death_rate", "dilution", "warm",    NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_worker *worker = bx_worker_of(L);
    bx_place place = bx_place_make(BX_ESCRIPT, "dynamic");
    bx_flux_refuse_variables(L, fba, place.text);
    bx_fba_culture culture = {.uptake = NULL};
    bx_fba_death death;
    medium m = {.L = L};
    bx_error err;
    lua_settop(L, OPTIONS);
    bx_fields_expect(L, OPTIONS, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, OPTIONS, keys, false, &place);
    culture.duration = needed_option(L, "duration", &place);
    culture.biomass = needed_option(L, "biomass", &place);
    culture.every = bx_flux_number_option(L, OPTIONS, "every", 0, &place);
    culture.step = bx_flux_number_option(L, OPTIONS, "step", culture.duration / 1000, &place);
    culture.warm = bx_flux_flag_option(L, OPTIONS, "warm", &place);
    culture.death_rate = bx_flux_number_option(L, OPTIONS, "death_rate", 0, &place);
    culture.dilution = bx_flux_number_option(L, OPTIONS, "dilution", 0, &place);
    culture.growth = growth_reaction(L, fba, &place);
    read_medium(L, fba, &culture, &m);
    bx_trajectory **box = bx_lua_new_trajectory(L);
    double *exchanged = lua_newuserdatauv(L, (m.count + 1) * sizeof *exchanged, 0);
    int result_index = lua_gettop(L) - 1;
    if (bx_fba_dynamic(fba, &culture, box, &death, exchanged, &err) < 0)
        return m.raised ? lua_error(L) : bx_raise(L, &err);
    lua_settop(L, result_index + 1);
    worker->recorded += bx_trajectory_rows(*box) * (bx_trajectory_columns(*box) + 1) * 8;
    push_death(L, fba, &culture, &death);
    push_exchanged(L, fba, &culture, exchanged);
    lua_remove(L, result_index + 1);
    return 3;
}
