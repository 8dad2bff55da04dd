/* Constraints and variables of one's own, and the objectives that a model has beside the one at
 * work. */
#include "flux/tools.h"
#include "inside/flux.h"
#include "inside/raise.h"

#include <lauxlib.h>
#include <math.h>
#include <string.h>

/* Coefficients by reaction in the table at `table`; the parts are in a userdata that is pushed. */
static bx_fba_part *read_parts(lua_State *L, const bx_fba *fba, int table, size_t *count,
                               const bx_place *place)
{
    bx_fields_expect(L, table, LUA_TTABLE, place, NULL);
    const char **names = bx_fields_names(L, table, count, place);
    bx_fba_part *parts = lua_newuserdatauv(L, (*count + 1) * sizeof *parts, 0);
    if (lua_rawlen(L, table) > 0)
        bx_raise_format(L, place->code, "%s: reaction = coefficient expected, got a list",
                        place->text);
    for (size_t i = 0; i < *count; i++) {
        lua_pushstring(L, names[i]);
        parts[i] = bx_flux_part(L, fba, -1, place);
        bx_fields_get(L, table, names[i]);
        parts[i].coefficient = bx_fields_number(L, -1, place, names[i]);
        lua_pop(L, 2);
    }
    return parts;
}

/* Set fluxes = { reaction = coefficient } of the table at the top. */
static void set_parts(lua_State *L, const bx_fba *fba, const bx_fba_sum_view *sum)
{
    lua_createtable(L, 0, (int)sum->part_count);
    for (size_t k = 0; k < sum->part_count; k++) {
        size_t item = sum->parts[k].reaction;
        bx_flux_set_number(L,
                           sum->parts[k].variable ? bx_fba_variable_of(fba, item).id
                                                  : bx_fba_reaction_id(fba, item),
                           sum->parts[k].coefficient);
    }
    lua_setfield(L, -2, "fluxes");
}

static int remove_sum(lua_State *L, bx_fba_list list, const char *method, const char *what)
{
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "%s", method);
    bx_error err;
    const char *name = bx_fields_string(L, 2, &place, NULL);
    size_t at = bx_fba_find_sum(fba, list, name);
    if (at == BX_FBA_NONE)
        bx_raise_format(L, BX_EMODEL, "%s: no %s \"%.64s\" in the model", method, what, name);
    if (bx_fba_remove_sum(fba, list, at, &err) < 0)
        bx_raise(L, &err);
    return 0;
}

/* Add the one that the table at 2 describes, as method{ name =, fluxes =, ... }; `what` one is
 * called. */
static int add_sum(lua_State *L, bx_fba_list list, const char *method, const char *what)
{
    static const char *const keys[][5] = {
        [BX_FBA_CONSTRAINTS] = {"name", "fluxes", "lower", "upper", NULL},
        [BX_FBA_OBJECTIVES] = {"name", "fluxes", "sense", NULL}};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "%s", method);
    bx_fba_sum_view sum = {.maximise = list == BX_FBA_OBJECTIVES};
    bx_error err;
    if (list == BX_FBA_CONSTRAINTS) {
        sum.lower = -INFINITY;
        sum.upper = INFINITY;
    }
    lua_settop(L, 2);
    bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, 2, keys[list], false, &place);
    bx_fields_get(L, 2, "name");
    sum.id = bx_fields_string(L, -1, &place, "name");
    bx_place inner = bx_place_make(BX_EMODEL, "%s \"%.64s\"", what, sum.id);
    if (bx_fields_get(L, 2, "lower") != LUA_TNIL)
        sum.lower = bx_flux_bound(L, -1, &inner, "lower");
    if (bx_fields_get(L, 2, "upper") != LUA_TNIL)
        sum.upper = bx_flux_bound(L, -1, &inner, "upper");
    if (bx_fields_get(L, 2, "sense") != LUA_TNIL)
        sum.maximise = bx_flux_sense(L, -1, &inner);
    bx_fields_get(L, 2, "fluxes");
    sum.parts = read_parts(L, fba, lua_gettop(L), &sum.part_count, &inner);
    if (bx_fba_add_sum(fba, list, &sum, &err) < 0)
        bx_raise(L, &err);
    return 0;
}

static int list_sums(lua_State *L, bx_fba_list list)
{
    const bx_fba *fba = bx_flux_check(L);
    lua_newtable(L);
    for (size_t i = 0; i < bx_fba_sums_of(fba, list); i++) {
        bx_fba_sum_view sum = bx_fba_sum_of(fba, list, i);
        lua_newtable(L);
        bx_flux_set_text(L, "name", sum.id);
        set_parts(L, fba, &sum);
        if (list == BX_FBA_CONSTRAINTS) {
            bx_flux_set_number(L, "lower", sum.lower);
            bx_flux_set_number(L, "upper", sum.upper);
        } else {
            bx_flux_set_text(L, "sense", sum.maximise ? "maximise" : "minimise");
        }
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* ---- variables ---- */

static const char *const domains[] = {"continuous", "integer", "binary"};

static bx_fba_domain read_domain(lua_State *L, const bx_place *place)
{
    const char *kind = bx_fields_string(L, -1, place, "kind");
    for (int i = 0; i <= BX_FBA_BINARY; i++)
        if (strcmp(kind, domains[i]) == 0)
            return (bx_fba_domain)i;
    bx_raise_format(L, place->code,
                    "%s: kind: \"continuous\", \"integer\" or \"binary\" expected, got \"%.40s\"",
                    place->text, kind);
    return BX_FBA_CONTINUOUS;
}

/* add_variable{ name =, [kind,] [lower,] [upper] } */
int bx_flux_add_variable(lua_State *L)
{
    static const char *const keys[] = {"name", "kind", "lower", "upper", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "add_variable");
    bx_error err;
    lua_settop(L, 2);
    bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, 2, keys, false, &place);
    bx_fields_get(L, 2, "name");
    bx_fba_variable v = {.id = bx_fields_string(L, -1, &place, "name")};
    bx_place inner = bx_place_make(BX_EMODEL, "variable \"%.64s\"", v.id);
    if (bx_fields_get(L, 2, "kind") != LUA_TNIL)
        v.domain = read_domain(L, &inner);
    v.lower = v.domain == BX_FBA_BINARY ? 0 : -INFINITY;
    v.upper = v.domain == BX_FBA_BINARY ? 1 : INFINITY;
    if (bx_fields_get(L, 2, "lower") != LUA_TNIL)
        v.lower = bx_flux_bound(L, -1, &inner, "lower");
    if (bx_fields_get(L, 2, "upper") != LUA_TNIL)
        v.upper = bx_flux_bound(L, -1, &inner, "upper");
    if (bx_fba_add_variable(fba, &v, &err) < 0)
        bx_raise(L, &err);
    return 0;
}

/* variables() -> { { name, kind, lower, upper }, ... } */
int bx_flux_variables(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    lua_newtable(L);
    for (size_t i = 0; i < bx_fba_variables(fba); i++) {
        bx_fba_variable v = bx_fba_variable_of(fba, i);
        lua_createtable(L, 0, 4);
        bx_flux_set_text(L, "name", v.id);
        bx_flux_set_text(L, "kind", domains[v.domain]);
        bx_flux_set_number(L, "lower", v.lower);
        bx_flux_set_number(L, "upper", v.upper);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* remove_variable(name) */
int bx_flux_remove_variable(lua_State *L)
{
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "remove_variable");
    bx_error err;
    const char *name = bx_fields_string(L, 2, &place, NULL);
    size_t at = bx_fba_find_variable(fba, name);
    if (at == BX_FBA_NONE)
        bx_raise_format(L, BX_EMODEL, "remove_variable: no variable \"%.64s\" in the model", name);
    if (bx_fba_remove_variable(fba, at, &err) < 0)
        bx_raise(L, &err);
    return 0;
}

/* ---- constraints ---- */

/* add_constraint{ name =, fluxes = { reaction = coefficient } [, lower] [, upper] } */
int bx_flux_add_constraint(lua_State *L)
{
    return add_sum(L, BX_FBA_CONSTRAINTS, "add_constraint", "constraint");
}

/* constraints() -> { { name, fluxes, lower, upper }, ... } */
int bx_flux_constraints(lua_State *L)
{
    return list_sums(L, BX_FBA_CONSTRAINTS);
}

/* remove_constraint(name) */
int bx_flux_remove_constraint(lua_State *L)
{
    return remove_sum(L, BX_FBA_CONSTRAINTS, "remove_constraint", "constraint");
}

/* ---- objectives ---- */

/* add_objective{ name =, fluxes = { reaction = coefficient } [, sense] } */
int bx_flux_add_objective(lua_State *L)
{
    return add_sum(L, BX_FBA_OBJECTIVES, "add_objective", "objective");
}

/* objectives() -> { { name, fluxes, sense }, ... }: those beside the one at work */
int bx_flux_objectives(lua_State *L)
{
    return list_sums(L, BX_FBA_OBJECTIVES);
}

/* remove_objective(name) */
int bx_flux_remove_objective(lua_State *L)
{
    return remove_sum(L, BX_FBA_OBJECTIVES, "remove_objective", "objective");
}

/* ---- in order ---- */

/* One of lexicographic's, at the top: a reaction, or { fluxes =, sense = }. What it consists of
 * stays on the stack. */
static void read_goal(lua_State *L, const bx_fba *fba, bx_fba_sum_view *goal, const bx_place *place)
{
    static const char *const keys[] = {"fluxes", "sense", NULL};
    int given = lua_gettop(L);
    *goal = (bx_fba_sum_view){.id = place->text, .maximise = true};
    if (!lua_istable(L, given)) {
        bx_fba_part *part = lua_newuserdatauv(L, sizeof *part, 0);
        *part = bx_flux_part(L, fba, given, place);
        part->coefficient = 1;
        goal->parts = part;
        goal->part_count = 1;
        return;
    }
    bx_fields_allow(L, given, keys, false, place);
    if (bx_fields_get(L, given, "sense") != LUA_TNIL)
        goal->maximise = bx_flux_sense(L, -1, place);
    bx_fields_get(L, given, "fluxes");
    goal->parts = read_parts(L, fba, lua_gettop(L), &goal->part_count, place);
}

static bx_fba_sum_view *read_goals(lua_State *L, const bx_fba *fba, size_t *count)
{
    static const char *const no_keys[] = {"a list of objectives", NULL};
    bx_place place = bx_place_make(BX_EMODEL, "lexicographic");
    lua_settop(L, 2);
    bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, 2, no_keys, true, &place);
    *count = lua_rawlen(L, 2);
    if (*count == 0 || *count > 1000)
        bx_raise_format(L, BX_EMODEL, "lexicographic: 1 to 1000 objectives expected, got %d",
                        (int)*count);
    bx_fba_sum_view *goals = lua_newuserdatauv(L, *count * sizeof *goals, 0);
    luaL_checkstack(L, 5 * (int)*count + LUA_MINSTACK, "too many objectives");
    for (size_t i = 0; i < *count; i++) {
        bx_place inner = bx_place_make(BX_EMODEL, "lexicographic, objective %zu", i + 1);
        lua_rawgeti(L, 2, (lua_Integer)i + 1);
        read_goal(L, fba, &goals[i], &inner);
    }
    return goals;
}

/* lexicographic{ objective, ... } -> { status, objectives, fluxes } */
int bx_flux_lexicographic(lua_State *L)
{
    bx_fba *fba = bx_flux_check(L);
    bx_flux_refuse_whole(L, fba, "lexicographic");
    size_t count, reached, reactions = bx_fba_reactions(fba);
    size_t columns = reactions + bx_fba_variables(fba);
    bx_fba_status status;
    bx_error err;
    bx_fba_sum_view *goals = read_goals(L, fba, &count);
    double *values = lua_newuserdatauv(L, (count + columns) * sizeof *values, 0);
    double *fluxes = values + count;
    bx_flux_expect(
        L, bx_fba_lexicographic(fba, goals, count, &status, &reached, values, fluxes, &err), &err);
    lua_createtable(L, 0, 3);
    bx_flux_set_text(L, "status", bx_fba_status_name(status));
    lua_createtable(L, (int)reached, 0);
    for (size_t i = 0; i < reached; i++) {
        lua_pushnumber(L, values[i] + 0.0);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "objectives");
    if (status == BX_FBA_OPTIMAL) {
        bx_flux_set_values(L, "fluxes", fba, reactions, bx_fba_reaction_id, fluxes);
        bx_flux_set_variables(L, fba, fluxes + reactions);
    }
    return 1;
}
