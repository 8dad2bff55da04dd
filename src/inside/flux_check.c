/* Checks of a model's consistency. */
#include "flux/consistency.h"
#include "inside/flux.h"
#include "inside/raise.h"

#include <lauxlib.h>
#include <math.h>

static void check(lua_State *L, int status, const bx_error *err)
{
    if (status < 0)
        bx_raise(L, err);
}

/* Set field `name` of the table at `table` to { symbol = amount, charge = amount }. */
static void set_off(lua_State *L, int table, const char *name, const bx_fba_balance *balance)
{
    lua_newtable(L);
    for (size_t i = 0; i < balance->count; i++) {
        lua_pushnumber(L, balance->off[i].count);
        lua_setfield(L, -2, balance->off[i].name);
    }
    if (balance->charge != 0) {
        lua_pushnumber(L, balance->charge);
        lua_setfield(L, -2, "charge");
    }
    lua_setfield(L, table, name);
}

static void set_unknown(lua_State *L, int table, const bx_fba *fba, const char *name,
                        const bx_fba_balance *balance)
{
    bool formula = balance->no_formula != BX_FBA_NONE;
    size_t m = formula ? balance->no_formula : balance->no_charge;
    const char *text = bx_about_get(bx_fba_about(fba, BX_FBA_METABOLITE, m), BX_ABOUT_FORMULA);
    if (formula && text)
        lua_pushfstring(L, "the formula \"%s\" of metabolite \"%s\" is not known", text,
                        bx_fba_metabolite_id(fba, m));
    else
        lua_pushfstring(L, "metabolite \"%s\" has no %s", bx_fba_metabolite_id(fba, m),
                        formula ? "formula" : "charge");
    lua_setfield(L, table, name);
}

/* { metabolite = { symbols that are no elements } } */
static void push_generic(lua_State *L, const bx_fba *fba)
{
    bx_composition composition;
    lua_newtable(L);
    for (size_t m = 0; m < bx_fba_metabolites(fba); m++) {
        const bx_about *about = bx_fba_about(fba, BX_FBA_METABOLITE, m);
        if (!bx_formula_read(bx_about_text(about, BX_ABOUT_FORMULA), &composition))
            continue;
        lua_newtable(L);
        for (size_t i = 0; i < composition.count; i++) {
            if (bx_is_element(composition.symbols[i].name))
                continue;
            lua_pushstring(L, composition.symbols[i].name);
            lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
        }
        if (lua_rawlen(L, -1) > 0)
            lua_setfield(L, -2, bx_fba_metabolite_id(fba, m));
        else
            lua_pop(L, 1);
    }
}

/* check_mass_balance() -> unbalanced, unknown, generic */
int bx_flux_check_mass_balance(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    bx_error err;
    lua_settop(L, 1);
    lua_newtable(L);
    lua_newtable(L);
    for (size_t r = 0; r < bx_fba_reactions(fba); r++) {
        bx_fba_balance balance;
        check(L, bx_fba_check_balance(fba, r, &balance, &err), &err);
        const char *name = bx_fba_reaction_id(fba, r);
        if (balance.count > 0 || balance.charge != 0)
            set_off(L, 2, name, &balance);
        if (balance.no_formula != BX_FBA_NONE || balance.no_charge != BX_FBA_NONE)
            set_unknown(L, 3, fba, name, &balance);
    }
    push_generic(L, fba);
    return 3;
}

/* Set list `key` of the table at the top: the ids with a flag. */
static void set_flagged(lua_State *L, const char *key, const bx_fba *fba, const bool *flags,
                        size_t count, const char *(*id)(const bx_fba *, size_t))
{
    lua_newtable(L);
    for (size_t i = 0; i < count; i++) {
        if (!flags[i])
            continue;
        lua_pushstring(L, id(fba, i));
        lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    }
    lua_setfield(L, -2, key);
}

/* Set orphans = { metabolites, genes, reactions } of the table at the top. */
static void set_orphans(lua_State *L, const bx_fba *fba)
{
    size_t metabolites = bx_fba_metabolites(fba), reactions = bx_fba_reactions(fba);
    bool *flags = lua_newuserdatauv(L, metabolites + reactions + bx_fba_genes(fba) + 1, 0);
    bool *empty = flags + metabolites, *genes = empty + reactions;
    for (size_t r = 0; r < reactions; r++)
        empty[r] = false;
    bx_fba_mark_orphans(fba, empty, flags, genes);
    for (size_t r = 0; r < reactions; r++)
        empty[r] = bx_fba_terms(fba, r) == 0;
    lua_createtable(L, 0, 3);
    set_flagged(L, "metabolites", fba, flags, metabolites, bx_fba_metabolite_id);
    set_flagged(L, "reactions", fba, empty, reactions, bx_fba_reaction_id);
    set_flagged(L, "genes", fba, genes, bx_fba_genes(fba), bx_fba_gene_id);
    lua_setfield(L, -3, "orphans");
    lua_pop(L, 1);
}

/* Set loops = { reaction = { minimum, maximum } } of the table at the top, where that is feasible.
 */
static void set_loops(lua_State *L, bx_fba *fba, double tolerance)
{
    size_t count = bx_fba_reactions(fba);
    double *least = lua_newuserdatauv(L, (2 * count + 1) * sizeof *least, 0);
    double *greatest = least + count;
    bx_fba_status status;
    bx_error err;
    check(L, bx_fba_loops(fba, &status, least, greatest, &err), &err);
    lua_newtable(L);
    for (size_t r = 0; r < count && status == BX_FBA_OPTIMAL; r++) {
        if (least[r] >= -tolerance && greatest[r] <= tolerance)
            continue;
        lua_createtable(L, 0, 2);
        lua_pushnumber(L, least[r] + 0.0);
        lua_setfield(L, -2, "minimum");
        lua_pushnumber(L, greatest[r] + 0.0);
        lua_setfield(L, -2, "maximum");
        lua_setfield(L, -2, bx_fba_reaction_id(fba, r));
    }
    if (status == BX_FBA_OPTIMAL)
        lua_setfield(L, -3, "loops");
    else
        lua_pop(L, 1);
    lua_pop(L, 1);
}

/* consistency([{ tolerance = 1e-7 }]) -> { orphans, dead_ends, loops } */
int bx_flux_consistency(lua_State *L)
{
    static const char *const keys[] = {"tolerance", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "consistency");
    bx_flux_refuse_variables(L, fba, place.text);
    lua_settop(L, 2);
    if (!lua_isnil(L, 2)) {
        bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
        bx_fields_allow(L, 2, keys, false, &place);
    }
    double tolerance = bx_flux_number_option(L, 2, "tolerance", 1e-7, &place);
    lua_createtable(L, 0, 3);
    set_orphans(L, fba);
    set_loops(L, fba, tolerance);
    lua_pushcfunction(L, bx_flux_dead_ends);
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    lua_setfield(L, -2, "dead_ends");
    return 1;
}
