/* The parts of a model as tables. */
#include "core/number.h"
#include "core/text.h"
#include "inside/flux.h"
#include "inside/raise.h"
#include "inside/sbml.h"

#include <lauxlib.h>
#include <math.h>

/* reaction(name) -> { name, lower, upper, objective, genes, stoichiometry, and what is said } */
int bx_flux_reaction_of(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "reaction");
    size_t r = bx_flux_reaction(L, fba, 2, &place);
    double lower, upper, coefficient;
    bx_fba_bounds(fba, r, &lower, &upper);
    lua_newtable(L);
    bx_flux_set_text(L, "name", bx_fba_reaction_id(fba, r));
    bx_flux_set_number(L, "lower", lower);
    bx_flux_set_number(L, "upper", upper);
    bx_flux_set_number(L, "objective", bx_fba_objective(fba, r));
    bx_flux_set_text(L, "genes", bx_fba_reaction_rule(fba, r));
    lua_newtable(L);
    for (size_t i = 0; i < bx_fba_terms(fba, r); i++) {
        size_t metabolite = bx_fba_term_of(fba, r, i, &coefficient);
        bx_flux_set_number(L, bx_fba_metabolite_id(fba, metabolite), coefficient);
    }
    lua_setfield(L, -2, "stoichiometry");
    bx_flux_set_about(L, bx_fba_about(fba, BX_FBA_REACTION, r));
    return 1;
}

/* metabolite(name) -> { name, boundary, reactions, and what is said } */
int bx_flux_metabolite_of(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "metabolite");
    size_t m = bx_flux_metabolite(L, fba, 2, &place);
    double coefficient;
    lua_newtable(L);
    bx_flux_set_text(L, "name", bx_fba_metabolite_id(fba, m));
    lua_pushboolean(L, bx_fba_is_boundary(fba, m));
    lua_setfield(L, -2, "boundary");
    lua_newtable(L);
    for (size_t r = 0; r < bx_fba_reactions(fba); r++)
        for (size_t i = 0; i < bx_fba_terms(fba, r); i++)
            if (bx_fba_term_of(fba, r, i, &coefficient) == m) {
                lua_pushstring(L, bx_fba_reaction_id(fba, r));
                lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
            }
    lua_setfield(L, -2, "reactions");
    bx_flux_set_about(L, bx_fba_about(fba, BX_FBA_METABOLITE, m));
    return 1;
}

/* gene(name) -> { name, reactions, and what is said } */
int bx_flux_gene_of(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "gene");
    size_t g = bx_flux_gene(L, fba, 2, &place);
    lua_newtable(L);
    bx_flux_set_text(L, "name", bx_fba_gene_id(fba, g));
    lua_newtable(L);
    for (size_t r = 0; r < bx_fba_reactions(fba); r++) {
        if (!bx_fba_rule_names(fba, r, g))
            continue;
        lua_pushstring(L, bx_fba_reaction_id(fba, r));
        lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    }
    lua_setfield(L, -2, "reactions");
    bx_flux_set_about(L, bx_fba_about(fba, BX_FBA_GENE, g));
    return 1;
}

/* Set list `key` of the table at the top: the texts of a key. */
static void set_texts(lua_State *L, const char *name, const bx_about *about, bx_about_key key)
{
    const char *text = NULL;
    lua_newtable(L);
    while ((text = bx_about_next(about, key, text))) {
        lua_pushstring(L, text);
        lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    }
    lua_setfield(L, -2, name);
}

/* groups() -> { { name, kind, members, and what is said }, ... } */
int bx_flux_groups(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    lua_createtable(L, (int)bx_fba_groups(fba), 0);
    for (size_t i = 0; i < bx_fba_groups(fba); i++) {
        const bx_about *about = bx_fba_about(fba, BX_FBA_GROUP, i);
        lua_newtable(L);
        bx_flux_set_text(L, "name", bx_about_get(about, BX_ABOUT_ID));
        bx_flux_set_text(L, "kind", bx_about_get(about, BX_ABOUT_KIND));
        set_texts(L, "members", about, BX_ABOUT_MEMBER);
        bx_flux_set_about(L, about);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* ---- equations ---- */

typedef struct equation {
    const bx_fba *fba;
    size_t reaction;
} equation;

/* Append the terms of one side, 1 for products; whether there were any. */
static void append_side(const equation *e, double sign, bx_buffer *out)
{
    double coefficient;
    bool first = true;
    for (size_t i = 0; i < bx_fba_terms(e->fba, e->reaction); i++) {
        size_t metabolite = bx_fba_term_of(e->fba, e->reaction, i, &coefficient);
        if (coefficient * sign < 0)
            continue;
        bx_text_append(out, first ? "" : " + ");
        first = false;
        if (fabs(coefficient) != 1) {
            bx_number_append(out, fabs(coefficient));
            bx_text_append(out, " ");
        }
        bx_text_append(out, bx_fba_metabolite_id(e->fba, metabolite));
    }
}

static void append_equation(const void *data, bx_buffer *out)
{
    const equation *e = data;
    double lower, upper;
    bx_fba_bounds(e->fba, e->reaction, &lower, &upper);
    append_side(e, -1, out);
    bx_text_append(out, out->length > 0 ? " " : "");
    bx_text_append(out, lower < 0 && upper > 0 ? "<=>" : lower < 0 ? "<--" : "-->");
    size_t before = out->length;
    bx_text_append(out, " ");
    append_side(e, 1, out);
    if (out->length == before + 1)
        bx_buffer_cut(out, before);
}

/* equation(reaction) -> "a + 2 b --> c" */
int bx_flux_equation(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "equation");
    equation e = {fba, bx_flux_reaction(L, fba, 2, &place)};
    bx_buffer *out = bx_sbml_push_text(L);
    bx_error err;
    if (bx_text_write(append_equation, &e, out, &err) < 0)
        return bx_raise(L, &err);
    lua_pushlstring(L, (const char *)out->data, out->length);
    return 1;
}
