#include "flux/tools.h"
#include "inside/flux.h"
#include "inside/raise.h"

#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NOTHING 1e-9 /* a flux of this or less is not in a summary */

/* ---- what crosses the boundary ---- */

/* The kind of each reaction, in a userdata that is pushed. */
static bx_fba_boundary *push_kinds(lua_State *L, const bx_fba *fba, const char **outside)
{
    bx_error err;
    bx_fba_boundary *kinds = lua_newuserdatauv(L, (bx_fba_reactions(fba) + 1) * sizeof *kinds, 0);
    bx_flux_expect(L, bx_fba_boundaries(fba, kinds, outside, &err), &err);
    return kinds;
}

static void set_kind(lua_State *L, const bx_fba *fba, const bx_fba_boundary *kinds,
                     bx_fba_boundary kind, const char *key)
{
    lua_Integer found = 0;
    lua_newtable(L);
    for (size_t r = 0; r < bx_fba_reactions(fba); r++) {
        if (kinds[r] != kind)
            continue;
        lua_pushstring(L, bx_fba_reaction_id(fba, r));
        lua_rawseti(L, -2, ++found);
    }
    lua_setfield(L, -2, key);
}

/* boundaries() -> { exchanges, demands, sinks, outside } */
int bx_flux_boundaries(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    const char *outside;
    const bx_fba_boundary *kinds = push_kinds(L, fba, &outside);
    lua_createtable(L, 0, 4);
    set_kind(L, fba, kinds, BX_FBA_EXCHANGE, "exchanges");
    set_kind(L, fba, kinds, BX_FBA_DEMAND, "demands");
    set_kind(L, fba, kinds, BX_FBA_SINK, "sinks");
    lua_pushstring(L, outside);
    lua_setfield(L, -2, "outside");
    return 1;
}

/* medium() -> { exchange = what it may take up } */
int bx_flux_medium(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    const char *outside;
    const bx_fba_boundary *kinds = push_kinds(L, fba, &outside);
    lua_newtable(L);
    for (size_t r = 0; r < bx_fba_reactions(fba); r++) {
        double limit = kinds[r] == BX_FBA_EXCHANGE ? bx_fba_uptake_limit(fba, r) : 0;
        if (limit == 0)
            continue;
        lua_pushnumber(L, limit);
        lua_setfield(L, -2, bx_fba_reaction_id(fba, r));
    }
    return 1;
}

/* The limits by reaction that the table at 2 gives, in a userdata that is pushed. */
static double *push_limits(lua_State *L, const bx_fba *fba, const bx_fba_boundary *kinds)
{
    bx_place place = bx_place_make(BX_EMODEL, "set_medium");
    size_t count, reactions = bx_fba_reactions(fba);
    bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
    double *limits = lua_newuserdatauv(L, (reactions + 1) * sizeof *limits, 0);
    memset(limits, 0, reactions * sizeof *limits);
    if (lua_rawlen(L, 2) > 0)
        bx_raise_format(L, BX_EMODEL, "set_medium: exchange = uptake expected, got a list");
    const char **names = bx_fields_names(L, 2, &count, &place);
    for (size_t i = 0; i < count; i++) {
        lua_pushstring(L, names[i]);
        size_t reaction = bx_flux_reaction(L, fba, -1, &place);
        if (kinds[reaction] != BX_FBA_EXCHANGE)
            bx_raise_format(L, BX_EMODEL,
                            "set_medium: reaction \"%.64s\" is no exchange: it does not cross the "
                            "boundary from outside, see model:boundaries()",
                            names[i]);
        bx_fields_get(L, 2, names[i]);
        limits[reaction] = bx_flux_bound(L, -1, &place, names[i]);
        lua_pop(L, 2);
    }
    return limits;
}

/* set_medium{ exchange = uptake }: others take up nothing. */
int bx_flux_set_medium(lua_State *L)
{
    bx_fba *fba = bx_flux_check(L);
    const char *outside;
    bx_error err, error;
    lua_settop(L, 2);
    const bx_fba_boundary *kinds = push_kinds(L, fba, &outside);
    const double *limits = push_limits(L, fba, kinds);
    bx_fba_state *before = bx_fba_save(fba, &err);
    int result = before ? 0 : -1;
    for (size_t r = 0; r < bx_fba_reactions(fba) && result == 0; r++)
        if (kinds[r] == BX_FBA_EXCHANGE)
            result = bx_fba_limit_uptake(fba, r, limits[r], &err);
    if (before && result < 0)
        bx_fba_restore(fba, before);
    bx_fba_state_free(before);
    if (result < 0) {
        bx_fail(&error, err.code, "set_medium: %.400s", err.message);
        return bx_raise(L, &error);
    }
    return 0;
}

/* What is -0 is 0. */
static void set_number(lua_State *L, const char *key, double value)
{
    bx_flux_set_number(L, key, value + 0.0);
}

/* minimal_medium([{ min_objective_value = 0.1, minimise_components, open_exchanges, exports }])
 * -> { medium = { exchange = uptake }, total, components }, or nil, "infeasible" */
int bx_flux_minimal_medium(lua_State *L)
{
    static const char *const keys[] = {"min_objective_value", "minimise_components",
                                       "open_exchanges", "exports", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "minimal_medium");
    bx_flux_refuse_variables(L, fba, place.text);
    bx_error err;
    bx_flux_options(L, keys, &place);
    bx_fba_minimal minimal = {
        .objective = bx_flux_number_option(L, 2, "min_objective_value", 0.1, &place),
        .components = bx_flux_flag_option(L, 2, "minimise_components", &place),
        .open = bx_flux_number_option(L, 2, "open_exchanges", 0, &place)};
    bool exports = bx_flux_flag_option(L, 2, "exports", &place);
    if (minimal.open < 0)
        bx_raise_format(L, BX_EMODEL, "minimal_medium, open_exchanges: 0 or more expected, got %g",
                        minimal.open);
    size_t reactions = bx_fba_reactions(fba);
    double *uptake = lua_newuserdatauv(L, (reactions + 1) * sizeof *uptake, 0);
    bx_flux_expect(L, bx_fba_minimal_medium(fba, &minimal, uptake, &err), &err);
    if (minimal.status != BX_FBA_OPTIMAL) {
        lua_pushnil(L);
        lua_pushstring(L, bx_fba_status_name(minimal.status));
        return 2;
    }
    lua_createtable(L, 0, 3);
    lua_newtable(L);
    for (size_t r = 0; r < reactions; r++)
        if (uptake[r] > 0 || (exports && uptake[r] < 0))
            set_number(L, bx_fba_reaction_id(fba, r), uptake[r]);
    lua_setfield(L, -2, "medium");
    set_number(L, "total", minimal.total);
    lua_pushinteger(L, (lua_Integer)minimal.count);
    lua_setfield(L, -2, "components");
    return 1;
}

/* ---- summaries ---- */

typedef struct share {
    const char *reaction, *metabolite;
    double flux;   /* of the metabolite, made or used, > 0 */
    size_t number; /* of the reaction */
} share;

static int compare_shares(const void *a, const void *b)
{
    const share *one = a, *other = b;
    if (one->flux != other->flux)
        return one->flux < other->flux ? 1 : -1;
    return strcmp(one->reaction, other->reaction);
}

/* The fluxes that options.fluxes gives, or those of the parsimonious optimum; in a userdata that is
 * pushed. *solution tells of the optimum; they are not filled where there is none. */
static double *push_fluxes(lua_State *L, bx_fba *fba, bx_fba_solution *solution, int options,
                           const bx_place *place)
{
    double *fluxes = bx_flux_given_fluxes(L, fba, options, "fluxes", &solution->status, place);
    solution->objective = 0;
    for (size_t r = 0; r < bx_fba_reactions(fba) && solution->status == BX_FBA_OPTIMAL; r++)
        solution->objective += bx_fba_objective(fba, r) * fluxes[r];
    return fluxes;
}

/* Set the field `key`: a list of { reaction, metabolite, flux, ... }, the greatest first. */
static void set_shares(lua_State *L, const char *key, share *shares, size_t count,
                       const double *least, const double *greatest, const double *coefficients)
{
    double sum = 0;
    qsort(shares, count, sizeof *shares, compare_shares);
    for (size_t i = 0; i < count; i++)
        sum += shares[i].flux;
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        lua_createtable(L, 0, 5);
        lua_pushstring(L, shares[i].reaction);
        lua_setfield(L, -2, "reaction");
        if (shares[i].metabolite) {
            lua_pushstring(L, shares[i].metabolite);
            lua_setfield(L, -2, "metabolite");
        } else {
            set_number(L, "percent", 100 * shares[i].flux / sum);
        }
        set_number(L, "flux", shares[i].flux);
        if (least) {
            double one = coefficients[shares[i].number] * least[shares[i].number];
            double other = coefficients[shares[i].number] * greatest[shares[i].number];
            set_number(L, "minimum", fmin(one, other));
            set_number(L, "maximum", fmax(one, other));
        }
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, key);
}

/* The range of each flux at a fraction of the optimum, in userdata that are pushed; NULL unless
 * options.fraction is there. */
static double *push_ranges(lua_State *L, bx_fba *fba, double fraction)
{
    size_t reactions = bx_fba_reactions(fba);
    bx_fba_status status;
    bx_error err;
    if (!(fraction >= 0))
        return NULL;
    double *least = lua_newuserdatauv(L, (2 * reactions + 1) * sizeof *least, 0);
    size_t *all = lua_newuserdatauv(L, (reactions + 1) * sizeof *all, 0);
    for (size_t r = 0; r < reactions; r++)
        all[r] = r;
    bx_flux_expect(
        L,
        bx_fba_variability(fba, all, reactions, fraction, &status, least, least + reactions, &err),
        &err);
    return status == BX_FBA_OPTIMAL ? least : NULL;
}

static void set_crossings(lua_State *L, const bx_fba *fba, const double *fluxes,
                          const double *least)
{
    size_t reactions = bx_fba_reactions(fba), count[2] = {0, 0};
    share *shares[2];
    double *signs = lua_newuserdatauv(L, (reactions + 1) * sizeof *signs, 0);
    for (int out = 0; out <= 1; out++)
        shares[out] = lua_newuserdatauv(L, (reactions + 1) * sizeof(share), 0);
    for (size_t r = 0; r < reactions; r++) {
        double coefficient = 0;
        size_t crossed = bx_fba_crossing(fba, r, &coefficient);
        double made = coefficient * fluxes[r];
        bool out = made < 0;
        if (crossed == BX_FBA_NONE || fabs(made) <= NOTHING)
            continue;
        signs[r] = out ? -coefficient : coefficient;
        shares[out][count[out]++] =
            (share){bx_fba_reaction_id(fba, r), bx_fba_metabolite_id(fba, crossed), fabs(made), r};
    }
    lua_pushvalue(L, -4); /* the answer, below the three */
    const double *greatest = least ? least + reactions : NULL;
    set_shares(L, "uptake", shares[0], count[0], least, greatest, signs);
    set_shares(L, "secretion", shares[1], count[1], least, greatest, signs);
}

/* summary([{ fluxes, fraction }]) -> { status, objective, uptake, secretion } */
int bx_flux_summary(lua_State *L)
{
    static const char *const keys[] = {"fluxes", "fraction", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "summary");
    bx_flux_refuse_variables(L, fba, place.text);
    bx_fba_solution solution;
    bx_flux_options(L, keys, &place);
    double fraction = bx_flux_number_option(L, 2, "fraction", NAN, &place);
    const double *fluxes = push_fluxes(L, fba, &solution, 2, &place);
    const double *least = solution.status == BX_FBA_OPTIMAL ? push_ranges(L, fba, fraction) : NULL;
    bx_flux_push_status(L, &solution);
    if (solution.status == BX_FBA_OPTIMAL)
        set_crossings(L, fba, fluxes, least);
    return 1;
}

/* How much of the metabolite a unit of the reaction's flux makes. */
static double coefficient_in(const bx_fba *fba, size_t reaction, size_t metabolite)
{
    double coefficient;
    for (size_t k = 0; k < bx_fba_terms(fba, reaction); k++)
        if (bx_fba_term_of(fba, reaction, k, &coefficient) == metabolite)
            return coefficient;
    return 0;
}

/* metabolite_summary(metabolite [, { fluxes }]) -> { status, objective, producing, consuming } */
int bx_flux_metabolite_summary(lua_State *L)
{
    static const char *const keys[] = {"fluxes", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "metabolite_summary");
    bx_flux_refuse_variables(L, fba, place.text);
    bx_fba_solution solution;
    size_t reactions = bx_fba_reactions(fba), count[2] = {0, 0};
    size_t metabolite = bx_flux_metabolite(L, fba, 2, &place);
    lua_settop(L, 3);
    if (!lua_isnil(L, 3)) {
        bx_fields_expect(L, 3, LUA_TTABLE, &place, NULL);
        bx_fields_allow(L, 3, keys, false, &place);
    }
    const double *fluxes = push_fluxes(L, fba, &solution, 3, &place);
    share *made = lua_newuserdatauv(L, (2 * reactions + 1) * sizeof *made, 0);
    for (size_t r = 0; r < reactions && solution.status == BX_FBA_OPTIMAL; r++) {
        double amount = coefficient_in(fba, r, metabolite) * fluxes[r];
        if (fabs(amount) > NOTHING)
            made[amount > 0 ? count[0]++ : reactions + count[1]++] =
                (share){bx_fba_reaction_id(fba, r), NULL, fabs(amount), r};
    }
    bx_flux_push_status(L, &solution);
    if (solution.status == BX_FBA_OPTIMAL) {
        set_shares(L, "producing", made, count[0], NULL, NULL, NULL);
        set_shares(L, "consuming", made + reactions, count[1], NULL, NULL, NULL);
    }
    return 1;
}

/* ---- envelopes ---- */

#define MOST_POINTS 1e6

/* production_envelope{ reactions = { one to three }, points = 20, objective } -> list of
 * { fluxes = { reaction = flux }, minimum, maximum, shadow_prices = { reaction = price } }, or nil,
 * status */
static size_t read_envelope(lua_State *L, bx_fba *fba, size_t **reactions, size_t *count,
                            const bx_place *place)
{
    double points = bx_flux_number_option(L, 2, "points", 20, place);
    bx_fields_get(L, 2, "reactions");
    *reactions = bx_flux_list(L, fba, -1, bx_flux_reaction, count, place);
    if (*count < 1 || *count > BX_FBA_ENVELOPE_REACTIONS)
        bx_raise_format(L, BX_EMODEL, "%s, reactions: one to %d expected, got %d", place->text,
                        BX_FBA_ENVELOPE_REACTIONS, (int)*count);
    for (size_t i = 0; i < *count; i++)
        for (size_t j = 0; j < i; j++)
            if ((*reactions)[i] == (*reactions)[j])
                bx_raise_format(L, BX_EMODEL, "%s, reactions: \"%.64s\" is there twice",
                                place->text, bx_fba_reaction_id(fba, (*reactions)[i]));
    if (!(points >= 2 && points == floor(points) && pow(points, (double)*count) <= MOST_POINTS))
        bx_raise_format(L, BX_EMODEL,
                        "%s, points: a whole number of 2 or more expected, of %g in all at most, "
                        "got %g",
                        place->text, MOST_POINTS, points);
    return (size_t)points;
}

static void push_end(lua_State *L, const char *key, double value)
{
    if (isnan(value))
        return;
    set_number(L, key, value);
}

static int push_envelope(lua_State *L, const bx_fba *fba, const size_t *reactions, size_t count,
                         size_t all, const double *values)
{
    const double *least = values + all * count, *greatest = least + all, *prices = greatest + all;
    lua_createtable(L, (int)all, 0);
    for (size_t i = 0; i < all; i++) {
        lua_createtable(L, 0, 3);
        lua_createtable(L, 0, (int)count);
        for (size_t k = 0; k < count; k++)
            set_number(L, bx_fba_reaction_id(fba, reactions[k]), values[i * count + k]);
        lua_setfield(L, -2, "fluxes");
        push_end(L, "minimum", least[i]);
        push_end(L, "maximum", greatest[i]);
        lua_createtable(L, 0, (int)count);
        for (size_t k = 0; k < count; k++)
            push_end(L, bx_fba_reaction_id(fba, reactions[k]), prices[i * count + k] + 0.0);
        lua_setfield(L, -2, "shadow_prices");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

int bx_flux_production_envelope(lua_State *L)
{
    static const char *const keys[] = {"reactions", "points", "objective", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "production_envelope");
    bx_flux_refuse_whole(L, fba, place.text);
    bx_fba_status status;
    bx_error err;
    size_t *reactions, count, all = 1;
    bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
    bx_flux_options(L, keys, &place);
    size_t points = read_envelope(L, fba, &reactions, &count, &place);
    for (size_t k = 0; k < count; k++)
        all *= points;
    double *values = lua_newuserdatauv(L, (all * (2 * count + 2) + 1) * sizeof *values, 0);
    bx_flux_context(L); /* closed with the objective as it was, also by an error */
    lua_toclose(L, -1);
    if (bx_fields_get(L, 2, "objective") != LUA_TNIL)
        bx_flux_read_objective(L, fba, lua_gettop(L), lua_gettop(L) + 1, &place);
    bx_flux_expect(L,
                   bx_fba_envelope(fba, reactions, count, points, &status, values,
                                   values + all * count, values + all * (count + 1),
                                   values + all * (count + 2), &err),
                   &err);
    if (status == BX_FBA_OPTIMAL)
        return push_envelope(L, fba, reactions, count, all, values);
    lua_pushnil(L);
    lua_pushstring(L, bx_fba_status_name(status));
    return 2;
}
