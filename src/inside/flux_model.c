#include "inside/flux.h"
#include "inside/raise.h"
#include "model/equation.h"

#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>

/* A reaction's terms in a userdata that is pushed; room for `count`. */
static bx_fba_term *push_terms(lua_State *L, size_t count)
{
    return lua_newuserdatauv(L, (count + 1) * sizeof(bx_fba_term), 0);
}

/* A metabolite that is met for the first time is declared by that, unless there is a list. */
static int meet(bx_fba *fba, const char *id, bool listed, bx_error *err)
{
    if (listed || bx_fba_find_metabolite(fba, id) != BX_FBA_NONE)
        return 0;
    return bx_fba_add_metabolite(fba, id, false, err);
}

static int add_parsed(bx_fba *fba, bx_fba_reaction *reaction, const bx_equation *equation,
                      bool listed, bx_error *err)
{
    size_t count = equation->reactants + equation->products;
    bx_fba_term *terms = calloc(count + 1, sizeof *terms);
    int result = terms ? 0 : bx_fail_memory(err);
    for (size_t i = 0; i < count && result == 0; i++) {
        const bx_term *term = &equation->terms[i];
        double sign = i < equation->reactants ? -1 : 1;
        terms[i] = (bx_fba_term){term->species, sign * term->coefficient};
        result = meet(fba, term->species, listed, err);
    }
    reaction->terms = terms;
    reaction->term_count = count;
    if (result == 0)
        result = bx_fba_add_reaction(fba, reaction, err);
    free(terms);
    return result;
}

/* { "A + 2 B -> C", ... }: no Lua call can raise while the equation is held. */
static int add_equation(bx_fba *fba, bx_fba_reaction *reaction, const char *text, bool listed,
                        bx_error *err)
{
    bx_equation equation;
    bx_error inner;
    if (bx_equation_parse(text, &equation, &inner) < 0)
        return bx_fail(err, inner.code, "reaction \"%.64s\": %.600s", reaction->id, inner.message);
    int result = add_parsed(fba, reaction, &equation, listed, err);
    bx_equation_free(&equation);
    return result;
}

/* { stoichiometry = { A = -1, B = 0.5 }, ... } */
static int add_table(lua_State *L, bx_fba *fba, bx_fba_reaction *reaction, int table, bool listed,
                     bx_error *err)
{
    bx_place place = bx_place_make(BX_EMODEL, "reaction \"%.64s\", stoichiometry", reaction->id);
    size_t count;
    bx_fields_expect(L, table, LUA_TTABLE, &place, NULL);
    const char **names = bx_fields_names(L, table, &count, &place);
    bx_fba_term *terms = push_terms(L, count);
    for (size_t i = 0; i < count; i++) {
        bx_fields_get(L, table, names[i]);
        terms[i] = (bx_fba_term){names[i], bx_fields_number(L, -1, &place, names[i])};
        lua_pop(L, 1);
        if (meet(fba, names[i], listed, err) < 0)
            return -1;
    }
    reaction->terms = terms;
    reaction->term_count = count;
    return bx_fba_add_reaction(fba, reaction, err);
}

static double bound_of(lua_State *L, int table, const char *key, double otherwise,
                       const bx_place *place)
{
    double value = otherwise;
    if (bx_fields_get(L, table, key) != LUA_TNIL)
        value = bx_flux_bound(L, -1, place, key);
    lua_pop(L, 1);
    return value;
}

static void add_reaction(lua_State *L, bx_fba *fba, int table, bool listed, const bx_place *place)
{
    static const char *const keys[] = {"name",      "lower",         "upper", "genes",
                                       "objective", "stoichiometry", NULL};
    bx_error err;
    bx_fba_reaction reaction = {.rule = NULL};
    bx_fields_expect(L, table, LUA_TTABLE, place, NULL);
    bx_fields_allow(L, table, keys, true, place);
    bx_fields_get(L, table, "name");
    reaction.id = bx_fields_string(L, -1, place, "name");
    bx_place inner = bx_place_make(BX_EMODEL, "reaction \"%.64s\"", reaction.id);
    reaction.lower = bound_of(L, table, "lower", 0, &inner);
    reaction.upper = bound_of(L, table, "upper", INFINITY, &inner);
    reaction.objective = bx_flux_number_option(L, table, "objective", 0, &inner);
    if (bx_fields_get(L, table, "genes") != LUA_TNIL)
        reaction.rule = bx_fields_string(L, -1, &inner, "genes");
    bool has_equation = lua_rawgeti(L, table, 1) != LUA_TNIL;
    bool has_table = bx_fields_get(L, table, "stoichiometry") != LUA_TNIL;
    if (has_equation == has_table)
        bx_raise_format(L, BX_EMODEL,
                        "%s: an equation such as \"A -> B\" or a table stoichiometry expected, got "
                        "%s",
                        inner.text, has_table ? "both" : "neither");
    int result = has_table ? add_table(L, fba, &reaction, lua_gettop(L), listed, &err)
                           : add_equation(fba, &reaction, bx_fields_string(L, -2, &inner, "1"),
                                          listed, &err);
    if (result < 0)
        bx_raise(L, &err);
}

static void add_reactions(lua_State *L, bx_fba *fba, int table, bool listed)
{
    static const char *const no_keys[] = {"a list of tables", NULL};
    bx_place place = bx_place_make(BX_EMODEL, "flux.model, reactions");
    bx_fields_expect(L, table, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, table, no_keys, true, &place);
    size_t count = lua_rawlen(L, table);
    for (size_t i = 1; i <= count; i++) {
        bx_place item = bx_place_make(BX_EMODEL, "flux.model, reactions[%zu]", i);
        lua_rawgeti(L, table, (lua_Integer)i);
        add_reaction(L, fba, lua_gettop(L), listed, &item);
        lua_settop(L, table);
    }
}

/* The list of metabolites named `key`, if there is one. */
static bool add_metabolites(lua_State *L, bx_fba *fba, const char *key, bool boundary)
{
    static const char *const no_keys[] = {"a list of names", NULL};
    bx_place place = bx_place_make(BX_EMODEL, "flux.model, %s", key);
    bx_error err;
    bool present = bx_fields_get(L, 1, key) != LUA_TNIL;
    int table = lua_gettop(L);
    if (present) {
        bx_fields_expect(L, table, LUA_TTABLE, &place, NULL);
        bx_fields_allow(L, table, no_keys, true, &place);
    }
    size_t count = present ? lua_rawlen(L, table) : 0;
    for (size_t i = 1; i <= count; i++) {
        lua_rawgeti(L, table, (lua_Integer)i);
        const char *id = bx_fields_string(L, -1, &place, NULL);
        if (bx_fba_add_metabolite(fba, id, boundary, &err) < 0)
            bx_raise(L, &err);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return present;
}

/* flux.model{ reactions = {...} [, metabolites, boundary, objective, sense] } */
int bx_flux_model(lua_State *L)
{
    static const char *const keys[] = {"reactions", "metabolites", "boundary",
                                       "objective", "sense",       NULL};
    bx_place place = bx_place_make(BX_EMODEL, "flux.model");
    lua_settop(L, 1);
    bx_fields_expect(L, 1, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, 1, keys, false, &place);
    bx_fba *fba = bx_flux_push(L);
    add_metabolites(L, fba, "boundary", true);
    bool listed = add_metabolites(L, fba, "metabolites", false);
    bx_fields_get(L, 1, "reactions");
    add_reactions(L, fba, lua_gettop(L), listed);
    bool has_objective = bx_fields_get(L, 1, "objective") != LUA_TNIL;
    bool has_sense = bx_fields_get(L, 1, "sense") != LUA_TNIL;
    if (has_sense && !has_objective)
        bx_raise_format(L, BX_EMODEL, "flux.model: sense without an objective");
    place = bx_place_make(BX_EMODEL, "flux.model, objective");
    if (has_objective)
        bx_flux_read_objective(L, fba, lua_gettop(L) - 1, lua_gettop(L), &place);
    lua_settop(L, 2);
    return 1;
}
