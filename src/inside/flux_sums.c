/* Constraints of one's own, and the objectives that a model has beside the one at work. */
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
        parts[i].reaction = bx_flux_reaction(L, fba, -1, place);
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
        lua_pushnumber(L, sum->parts[k].coefficient);
        lua_setfield(L, -2, bx_fba_reaction_id(fba, sum->parts[k].reaction));
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
