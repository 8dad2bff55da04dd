/* gapfill: which of a universal model's reactions are missing. */
#include "flux/gapfill.h"
#include "inside/flux.h"
#include "inside/raise.h"

#include <lauxlib.h>
#include <string.h>

static void check(lua_State *L, int status, const bx_error *err)
{
    if (status < 0)
        bx_raise(L, err);
}

static void add_candidate(lua_State *L, bx_fba *fba, const bx_fba *universal, size_t r)
{
    bx_error err;
    size_t count = bx_fba_terms(universal, r);
    bx_fba_term *terms = lua_newuserdatauv(L, (count + 1) * sizeof *terms, 0);
    bx_fba_reaction reaction = {
        .id = bx_fba_reaction_id(universal, r), .terms = terms, .term_count = count};
    bx_fba_bounds(universal, r, &reaction.lower, &reaction.upper);
    for (size_t i = 0; i < count; i++) {
        size_t m = bx_fba_term_of(universal, r, i, &terms[i].coefficient);
        terms[i].metabolite = bx_fba_metabolite_id(universal, m);
        if (bx_fba_find_metabolite(fba, terms[i].metabolite) == BX_FBA_NONE)
            check(L,
                  bx_fba_add_metabolite(fba, terms[i].metabolite, bx_fba_is_boundary(universal, m),
                                        &err),
                  &err);
    }
    check(L, bx_fba_add_reaction(fba, &reaction, &err), &err);
    lua_pop(L, 1);
}

/* options.penalties = { reaction = penalty } */
static void read_penalties(lua_State *L, const bx_fba *fba, const bool *candidates,
                           double *penalties)
{
    bx_place place = bx_place_make(BX_EMODEL, "gapfill, penalties");
    size_t count;
    if (!lua_istable(L, 3) || bx_fields_get(L, 3, "penalties") == LUA_TNIL)
        return;
    int table = lua_gettop(L);
    bx_fields_expect(L, table, LUA_TTABLE, &place, NULL);
    const char **names = bx_fields_names(L, table, &count, &place);
    for (size_t i = 0; i < count; i++) {
        lua_pushstring(L, names[i]);
        size_t r = bx_flux_reaction(L, fba, -1, &place);
        if (!candidates[r])
            bx_raise_format(L, BX_EMODEL, "%s: reaction \"%.64s\" is in the model already",
                            place.text, names[i]);
        bx_fields_get(L, table, names[i]);
        penalties[r] = bx_fields_number(L, -1, &place, names[i]);
        lua_pop(L, 2);
    }
}

/* Push { reactions, objective, penalty }. */
static void push_answer(lua_State *L, const bx_fba *fba, const bx_fba_answer *answer)
{
    lua_createtable(L, 0, 3);
    bx_flux_push_marked(L, fba, answer->chosen, bx_fba_reactions(fba), bx_fba_reaction_id);
    lua_setfield(L, -2, "reactions");
    bx_flux_set_number(L, "objective", answer->objective + 0.0);
    bx_flux_set_number(L, "penalty", answer->penalty);
}

/* The first, with the others as its `alternatives` where these were asked for. */
static int push_answers(lua_State *L, const bx_fba *fba, const bx_fba_filling *filling,
                        const bx_fba_answer *answers)
{
    if (filling->status != BX_FBA_OPTIMAL) {
        lua_pushnil(L);
        lua_pushstring(L, bx_fba_status_name(filling->status));
        return 2;
    }
    push_answer(L, fba, &answers[0]);
    if (filling->answers == 1)
        return 1;
    lua_newtable(L);
    for (size_t i = 1; i < filling->found; i++) {
        push_answer(L, fba, &answers[i]);
        lua_rawseti(L, -2, (lua_Integer)i);
    }
    lua_setfield(L, -2, "alternatives");
    return 1;
}

/* Room for the answers, in userdata that are pushed. */
static bx_fba_answer *make_answers(lua_State *L, const bx_fba *fba, size_t count)
{
    size_t reactions = bx_fba_reactions(fba) + 1;
    bx_fba_answer *answers = lua_newuserdatauv(L, count * sizeof *answers, 0);
    bool *chosen = lua_newuserdatauv(L, count * reactions, 0);
    for (size_t i = 0; i < count; i++)
        answers[i] = (bx_fba_answer){.chosen = chosen + i * reactions};
    return answers;
}

/* options.alternatives, 0 to 1000: answers beside the first. */
static size_t read_alternatives(lua_State *L, bool relaxed, const bx_place *place)
{
    double wanted = bx_flux_number_option(L, 3, "alternatives", 0, place);
    if (!(wanted >= 0 && wanted <= 1000) || wanted != (double)(size_t)wanted)
        bx_raise_format(L, BX_EMODEL, "gapfill: alternatives: 0 to 1000 expected, got %f", wanted);
    if (wanted > 0 && relaxed)
        bx_raise_format(L, BX_EMODEL, "gapfill: relaxed has one answer, and no alternatives");
    return (size_t)wanted;
}

/* The model is changed, and comes back. */
static int fill(lua_State *L)
{
    bx_fba *fba = bx_flux_check(L);
    const bx_fba *universal = bx_flux_check_at(L, 2);
    bx_place place = bx_place_make(BX_EMODEL, "gapfill");
    size_t before = bx_fba_reactions(fba);
    bx_error err;
    bx_fba_filling filling = {.demand = bx_flux_number_option(L, 3, "objective", 0.05, &place),
                              .relaxed = bx_flux_flag_option(L, 3, "relaxed", &place)};
    filling.answers = 1 + read_alternatives(L, filling.relaxed, &place);
    for (size_t r = 0; r < bx_fba_reactions(universal); r++)
        if (bx_fba_find_reaction(fba, bx_fba_reaction_id(universal, r)) == BX_FBA_NONE)
            add_candidate(L, fba, universal, r);
    size_t count = bx_fba_reactions(fba);
    bool *candidates = lua_newuserdatauv(L, count + 1, 0);
    double *penalties = lua_newuserdatauv(L, (count + 1) * sizeof *penalties, 0);
    for (size_t r = 0; r < count; r++) {
        candidates[r] = r >= before;
        penalties[r] = 1;
    }
    read_penalties(L, fba, candidates, penalties);
    bx_fba_answer *answers = make_answers(L, fba, filling.answers);
    check(L, bx_fba_gapfill(fba, candidates, penalties, &filling, answers, &err), &err);
    return push_answers(L, fba, &filling, answers);
}

/* gapfill(universal [, { objective, penalties, relaxed, alternatives }])
 * -> { reactions, objective, penalty, alternatives } */
int bx_flux_gapfill(lua_State *L)
{
    static const char *const keys[] = {"objective", "penalties", "relaxed", "alternatives", NULL};
    bx_place place = bx_place_make(BX_EMODEL, "gapfill");
    bx_flux_refuse_variables(L, bx_flux_check(L), place.text);
    bx_flux_check_at(L, 2);
    lua_settop(L, 3);
    if (!lua_isnil(L, 3)) {
        bx_fields_expect(L, 3, LUA_TTABLE, &place, NULL);
        bx_fields_allow(L, 3, keys, false, &place);
    }
    bx_flux_context(L);
    lua_pushcfunction(L, fill);
    for (int i = 1; i <= 3; i++)
        lua_pushvalue(L, i);
    int status = lua_pcall(L, 3, LUA_MULTRET, 0);
    bx_flux_context_end(L, 4, true);
    return status == LUA_OK ? lua_gettop(L) - 4 : lua_error(L);
}
