#include "flux/equation.h"
#include "inside/flux.h"
#include "inside/raise.h"

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

/* Add the reaction, or change the one that is at `at`. */
static int put_reaction(bx_fba *fba, const bx_fba_reaction *reaction, size_t at, bx_error *err)
{
    return at == BX_FBA_NONE ? bx_fba_add_reaction(fba, reaction, err)
                             : bx_fba_change_reaction(fba, at, reaction, err);
}

/* Those that were met for a reaction that could not be made. */
static void forget_met(bx_fba *fba, size_t before)
{
    size_t count = bx_fba_metabolites(fba);
    bool *gone = calloc(count + bx_fba_reactions(fba) + bx_fba_genes(fba) + 1, sizeof *gone);
    for (size_t i = before; i < count && gone; i++)
        gone[i] = true;
    if (gone && before < count)
        bx_fba_remove(fba, gone, gone + count, gone + count + bx_fba_reactions(fba), NULL);
    free(gone);
}

static int put_terms(bx_fba *fba, bx_fba_reaction *reaction, size_t at, bool listed, bx_error *err)
{
    size_t before = bx_fba_metabolites(fba);
    int result = 0;
    for (size_t i = 0; i < reaction->term_count && result == 0; i++)
        result = meet(fba, reaction->terms[i].metabolite, listed, err);
    if (result == 0)
        result = put_reaction(fba, reaction, at, err);
    if (result < 0)
        forget_met(fba, before);
    return result;
}

/* The bounds that an arrow speaks of where none are given. A reaction that is changed keeps its
 * own, which must allow what the arrow says. */
static int follow_arrow(bx_fba_reaction *reaction, const bx_flux_given *given, bx_arrow arrow,
                        bx_error *err)
{
    bool back = arrow == BX_ARROW_BOTH || arrow == BX_ARROW_BACKWARD;
    bool forth = arrow == BX_ARROW_BOTH || arrow == BX_ARROW_FORWARD;
    if (arrow == BX_ARROW_PLAIN)
        return 0;
    if (given->at == BX_FBA_NONE && !given->lower)
        reaction->lower = back ? -INFINITY : 0;
    if (given->at == BX_FBA_NONE && !given->upper)
        reaction->upper = forth ? INFINITY : 0;
    if ((reaction->lower < 0) == back && (reaction->upper > 0) == forth)
        return 0;
    if (given->lower || given->upper)
        return 0;
    return bx_fail(err, BX_EMODEL,
                   "reaction \"%.64s\": its bounds %g and %g are not what the arrow says: give "
                   "them too, or write \"->\"",
                   reaction->id, reaction->lower, reaction->upper);
}

static int put_parsed(bx_fba *fba, bx_fba_reaction *reaction, const bx_flux_given *given,
                      const bx_equation *equation, bx_error *err)
{
    size_t count = equation->reactants + equation->products;
    bx_fba_term *terms = calloc(count + 1, sizeof *terms);
    if (!terms)
        return bx_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const bx_term *term = &equation->terms[i];
        double sign = i < equation->reactants ? -1 : 1;
        terms[i] = (bx_fba_term){term->species, sign * term->coefficient};
    }
    reaction->terms = terms;
    reaction->term_count = count;
    int result = put_terms(fba, reaction, given->at, given->listed, err);
    free(terms);
    return result;
}

static bool is_known(const void *fba, const char *id)
{
    return bx_fba_find_metabolite(fba, id) != BX_FBA_NONE;
}

/* { "A + 2 B -> C", ... }: no Lua call can raise while the equation is held. */
static int put_equation(bx_fba *fba, bx_fba_reaction *reaction, const bx_flux_given *given,
                        const char *text, bx_error *err)
{
    bx_equation equation;
    bx_arrow arrow;
    bx_error inner;
    if (bx_fba_equation_parse(text, is_known, fba, &equation, &arrow, &inner) < 0)
        return bx_fail(err, inner.code, "reaction \"%.64s\": %.600s", reaction->id, inner.message);
    int result = follow_arrow(reaction, given, arrow, err);
    if (result == 0)
        result = put_parsed(fba, reaction, given, &equation, err);
    bx_equation_free(&equation);
    return result;
}

/* { stoichiometry = { A = -1, B = 0.5 }, ... } */
static int put_table(lua_State *L, bx_fba *fba, bx_fba_reaction *reaction,
                     const bx_flux_given *given, int table, bx_error *err)
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
    }
    reaction->terms = terms;
    reaction->term_count = count;
    return put_terms(fba, reaction, given->at, given->listed, err);
}

/* What the reaction has now. */
static int put_same_terms(lua_State *L, bx_fba *fba, bx_fba_reaction *reaction,
                          const bx_flux_given *given, bx_error *err)
{
    size_t count = bx_fba_terms(fba, given->at);
    bx_fba_term *terms = push_terms(L, count);
    for (size_t i = 0; i < count; i++) {
        size_t metabolite = bx_fba_term_of(fba, given->at, i, &terms[i].coefficient);
        terms[i].metabolite = bx_fba_metabolite_id(fba, metabolite);
    }
    reaction->terms = terms;
    reaction->term_count = count;
    return put_reaction(fba, reaction, given->at, err);
}

/* Whether the bound is in the table; *bound is as it was unless it is. */
static bool read_bound(lua_State *L, int table, const char *key, double *bound,
                       const bx_place *place)
{
    bool there = bx_fields_get(L, table, key) != LUA_TNIL;
    if (there)
        *bound = bx_flux_bound(L, -1, place, key);
    lua_pop(L, 1);
    return there;
}

static void read_numbers(lua_State *L, int table, bx_fba_reaction *reaction, bx_flux_given *given,
                         const bx_place *place)
{
    given->lower = read_bound(L, table, "lower", &reaction->lower, place);
    given->upper = read_bound(L, table, "upper", &reaction->upper, place);
    reaction->objective = bx_flux_number_option(L, table, "objective", reaction->objective, place);
    if (bx_fields_get(L, table, "genes") != LUA_TNIL)
        reaction->rule = bx_fields_string(L, -1, place, "genes");
}

/* The stoichiometry in one form, or where a reaction is changed in none; puts it. */
static int put_form(lua_State *L, bx_fba *fba, bx_fba_reaction *reaction,
                    const bx_flux_given *given, int table, const bx_place *place, bx_error *err)
{
    bool has_equation = lua_rawgeti(L, table, 1) != LUA_TNIL;
    bool has_table = bx_fields_get(L, table, "stoichiometry") != LUA_TNIL;
    if (!has_equation && !has_table && given->at != BX_FBA_NONE)
        return put_same_terms(L, fba, reaction, given, err);
    if (has_equation == has_table)
        bx_raise_format(L, BX_EMODEL,
                        "%s: an equation such as \"A -> B\" or a table stoichiometry expected, got "
                        "%s",
                        place->text, has_table ? "both" : "neither");
    return has_table ? put_table(L, fba, reaction, given, lua_gettop(L), err)
                     : put_equation(fba, reaction, given, bx_fields_string(L, -2, place, "1"), err);
}

void bx_flux_put_reaction(lua_State *L, bx_fba *fba, int table, bx_fba_reaction *reaction,
                          bx_flux_given given)
{
    bx_error err;
    bx_place inner = bx_place_make(BX_EMODEL, "reaction \"%.64s\"", reaction->id);
    bx_flux_check_about(L, table, &inner);
    read_numbers(L, table, reaction, &given, &inner);
    if (put_form(L, fba, reaction, &given, table, &inner, &err) < 0)
        bx_raise(L, &err);
    size_t at = given.at == BX_FBA_NONE ? bx_fba_reactions(fba) - 1 : given.at;
    bx_about *about = bx_fba_change_about(fba, BX_FBA_REACTION, at, &err);
    if (!about)
        bx_raise(L, &err);
    bx_flux_take_about(L, table, about, &inner);
}

static void add_reaction(lua_State *L, bx_fba *fba, int table, bool listed, const bx_place *place)
{
    static const char *const keys[] = {"name",      "lower",         "upper", "genes",
                                       "objective", "stoichiometry", "title", "subsystem",
                                       "notes",     "annotation",    NULL};
    bx_fba_reaction reaction = {.upper = INFINITY};
    bx_fields_expect(L, table, LUA_TTABLE, place, NULL);
    bx_fields_allow(L, table, keys, true, place);
    bx_fields_get(L, table, "name");
    reaction.id = bx_fields_string(L, -1, place, "name");
    bx_flux_put_reaction(L, fba, table, &reaction,
                         (bx_flux_given){.at = BX_FBA_NONE, .listed = listed});
}

/* The list at `table`, each of its items by `add`. */
static void add_each(lua_State *L, bx_fba *fba, int table, const char *where,
                     void (*add)(lua_State *L, bx_fba *fba, int item, bool flag,
                                 const bx_place *place),
                     bool flag)
{
    static const char *const no_keys[] = {"a list", NULL};
    bx_place place = bx_place_make(BX_EMODEL, "%s", where);
    bx_fields_expect(L, table, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, table, no_keys, true, &place);
    size_t count = lua_rawlen(L, table);
    int top = lua_gettop(L);
    for (size_t i = 1; i <= count; i++) {
        bx_place item = bx_place_make(BX_EMODEL, "%.120s[%zu]", where, i);
        lua_rawgeti(L, table, (lua_Integer)i);
        add(L, fba, lua_gettop(L), flag, &item);
        lua_settop(L, top);
    }
}

void bx_flux_add_reactions(lua_State *L, bx_fba *fba, int table, const char *where, bool listed)
{
    add_each(L, fba, table, where, add_reaction, listed);
}

static void add_metabolite(lua_State *L, bx_fba *fba, int item, bool boundary,
                           const bx_place *place)
{
    static const char *const keys[] = {"name",     "title", "formula",    "charge", "compartment",
                                       "boundary", "notes", "annotation", NULL};
    bx_error err;
    const char *id;
    bool table = lua_istable(L, item);
    if (table) {
        bx_fields_allow(L, item, keys, false, place);
        bx_flux_check_about(L, item, place);
        boundary = bx_flux_flag_option(L, item, "boundary", place) || boundary;
        bx_fields_get(L, item, "name");
    }
    id = bx_fields_string(L, -1, place, table ? "name" : NULL);
    if (bx_fba_add_metabolite(fba, id, boundary, &err) < 0)
        bx_raise(L, &err);
    if (!table)
        return;
    size_t last = bx_fba_metabolites(fba) - 1;
    bx_about *about = bx_fba_change_about(fba, BX_FBA_METABOLITE, last, &err);
    if (!about)
        bx_raise(L, &err);
    bx_flux_take_about(L, item, about, place);
}

void bx_flux_add_metabolites(lua_State *L, bx_fba *fba, int table, const char *where, bool boundary)
{
    add_each(L, fba, table, where, add_metabolite, boundary);
}

/* The list of metabolites named `key`, if there is one. */
static bool add_listed(lua_State *L, bx_fba *fba, const char *key, bool boundary)
{
    bx_place place = bx_place_make(BX_EMODEL, "flux.model, %s", key);
    bool present = bx_fields_get(L, 1, key) != LUA_TNIL;
    if (present)
        bx_flux_add_metabolites(L, fba, lua_gettop(L), place.text, boundary);
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
    add_listed(L, fba, "boundary", true);
    bool listed = add_listed(L, fba, "metabolites", false);
    bx_fields_get(L, 1, "reactions");
    bx_flux_add_reactions(L, fba, lua_gettop(L), "flux.model, reactions", listed);
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
