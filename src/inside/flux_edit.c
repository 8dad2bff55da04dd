/* Parts of a model added, changed and removed. */
#include "inside/flux.h"
#include "inside/raise.h"

#include <lauxlib.h>
#include <string.h>

static void check(lua_State *L, int status, const bx_error *err)
{
    if (status < 0)
        bx_raise(L, err);
}

/* Call `change` with all arguments: when it raises, the model is as it was. */
static int all_or_nothing(lua_State *L, lua_CFunction change)
{
    int count = lua_gettop(L);
    bx_flux_context(L);
    lua_insert(L, 1);
    lua_pushcfunction(L, change);
    for (int i = 1; i <= count; i++)
        lua_pushvalue(L, i + 1);
    if (lua_pcall(L, count, 0, 0) == LUA_OK) {
        bx_flux_context_end(L, 1, false);
        return 0;
    }
    bx_flux_context_end(L, 1, true);
    return lua_error(L);
}

/* ---- adding ---- */

static int add_reactions(lua_State *L)
{
    bx_flux_add_reactions(L, bx_flux_check(L), 2, "add_reactions", false);
    return 0;
}

/* add_reactions{ reaction, ... } */
int bx_flux_add_reactions_of(lua_State *L)
{
    lua_settop(L, 2);
    bool alone = lua_istable(L, 2) && lua_rawlen(L, 2) == 1;
    return alone ? add_reactions(L) : all_or_nothing(L, add_reactions);
}

static int add_metabolites(lua_State *L)
{
    bx_flux_add_metabolites(L, bx_flux_check(L), 2, "add_metabolites", false);
    return 0;
}

/* add_metabolites{ metabolite, ... } */
int bx_flux_add_metabolites_of(lua_State *L)
{
    lua_settop(L, 2);
    bool alone = lua_istable(L, 2) && lua_rawlen(L, 2) == 1;
    return alone ? add_metabolites(L) : all_or_nothing(L, add_metabolites);
}

/* ---- changing ---- */

/* set_reaction(name, { what changes }) */
int bx_flux_set_reaction(lua_State *L)
{
    static const char *const keys[] = {"lower", "upper",     "genes", "objective",  "stoichiometry",
                                       "title", "subsystem", "notes", "annotation", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "set_reaction");
    lua_settop(L, 3);
    size_t r = bx_flux_reaction(L, fba, 2, &place);
    bx_fields_expect(L, 3, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, 3, keys, true, &place);
    bx_fba_reaction reaction = {.id = lua_tostring(L, 2),
                                .rule = lua_pushstring(L, bx_fba_reaction_rule(fba, r)),
                                .objective = bx_fba_objective(fba, r)};
    bx_fba_bounds(fba, r, &reaction.lower, &reaction.upper);
    bx_flux_put_reaction(L, fba, 3, &reaction, (bx_flux_given){.at = r});
    return 0;
}

/* The table at `table` says what is new of a part. */
static void change_about(lua_State *L, bx_fba *fba, bx_fba_kind kind, size_t item, int table,
                         const bx_place *place)
{
    bx_error err;
    bx_flux_check_about(L, table, place);
    bx_about *about = bx_fba_change_about(fba, kind, item, &err);
    if (!about)
        bx_raise(L, &err);
    bx_flux_take_about(L, table, about, place);
}

/* set_metabolite(name, { what changes }) */
int bx_flux_set_metabolite(lua_State *L)
{
    static const char *const keys[] = {"title",    "formula", "charge",     "compartment",
                                       "boundary", "notes",   "annotation", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "set_metabolite");
    bx_error err;
    lua_settop(L, 3);
    size_t m = bx_flux_metabolite(L, fba, 2, &place);
    bx_fields_expect(L, 3, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, 3, keys, false, &place);
    bool named = bx_fields_get(L, 3, "boundary") != LUA_TNIL;
    bool boundary = bx_flux_flag_option(L, 3, "boundary", &place);
    change_about(L, fba, BX_FBA_METABOLITE, m, 3, &place);
    if (named && boundary != bx_fba_is_boundary(fba, m))
        check(L, bx_fba_set_boundary(fba, m, boundary, &err), &err);
    return 0;
}

/* set_gene(name, { what changes }) */
int bx_flux_set_gene(lua_State *L)
{
    static const char *const keys[] = {"title", "notes", "annotation", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "set_gene");
    lua_settop(L, 3);
    size_t g = bx_flux_gene(L, fba, 2, &place);
    bx_fields_expect(L, 3, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, 3, keys, false, &place);
    change_about(L, fba, BX_FBA_GENE, g, 3, &place);
    return 0;
}

/* Ids of one kind: what { old = new } says. */
static void rename_kind(lua_State *L, bx_fba *fba, bx_fba_kind kind, bx_flux_finder *find,
                        const bx_place *place)
{
    int table = lua_gettop(L);
    size_t count;
    bx_error err;
    bx_fields_expect(L, table, LUA_TTABLE, place, NULL);
    if (lua_rawlen(L, table) > 0)
        bx_raise_format(L, place->code, "%s: old = new expected, got a list", place->text);
    const char **names = bx_fields_names(L, table, &count, place);
    size_t size = (bx_fba_count(fba, kind) + 1) * sizeof(char *);
    const char **ids = memset(lua_newuserdatauv(L, size, 0), 0, size);
    luaL_checkstack(L, (int)count + LUA_MINSTACK, "too many ids at once");
    for (size_t i = 0; i < count; i++) {
        lua_pushstring(L, names[i]);
        size_t item = find(L, fba, -1, place);
        lua_pop(L, 1);
        bx_fields_get(L, table, names[i]); /* stays, so that its text does */
        ids[item] = bx_fields_string(L, -1, place, names[i]);
    }
    check(L, bx_fba_rename(fba, kind, ids, &err), &err);
}

static int rename_parts(lua_State *L)
{
    static const char *const keys[] = {"metabolites", "reactions", "genes", NULL};
    bx_flux_finder *const finders[] = {bx_flux_metabolite, bx_flux_reaction, bx_flux_gene};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "rename");
    bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, 2, keys, false, &place);
    for (int kind = BX_FBA_METABOLITE; kind <= BX_FBA_GENE; kind++) {
        bx_place inner = bx_place_make(BX_EMODEL, "rename, %s", keys[kind]);
        lua_settop(L, 2);
        if (bx_fields_get(L, 2, keys[kind]) != LUA_TNIL)
            rename_kind(L, fba, (bx_fba_kind)kind, finders[kind], &inner);
    }
    return 0;
}

/* rename{ reactions = { old = new }, metabolites = {...}, genes = {...} } */
int bx_flux_rename(lua_State *L)
{
    lua_settop(L, 2);
    return all_or_nothing(L, rename_parts);
}

/* ---- the model itself ---- */

/* info() -> { name, title, compartments = { id = title }, notes, annotation } */
int bx_flux_info(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    const bx_about *about = bx_fba_about(fba, BX_FBA_MODEL, 0);
    const char *text = NULL;
    lua_newtable(L);
    lua_pushstring(L, bx_about_get(about, BX_ABOUT_ID));
    lua_setfield(L, -2, "name");
    bx_flux_set_about(L, about);
    lua_newtable(L);
    while ((text = bx_about_next(about, BX_ABOUT_COMPARTMENT, text))) {
        size_t length = strcspn(text, "\t");
        lua_pushlstring(L, text, length);
        lua_pushstring(L, text[length] ? text + length + 1 : "");
        lua_rawset(L, -3);
    }
    lua_setfield(L, -2, "compartments");
    lua_pushnil(L);
    lua_setfield(L, -2, "compartment");
    return 1;
}

static void take_compartments(lua_State *L, int table, bx_about *about, const bx_place *place)
{
    size_t count;
    bx_error err;
    bx_fields_expect(L, table, LUA_TTABLE, place, "compartments");
    const char **names = bx_fields_names(L, table, &count, place);
    bx_about_drop(about, BX_ABOUT_COMPARTMENT);
    for (size_t i = 0; i < count; i++) {
        bx_fields_get(L, table, names[i]);
        const char *title = bx_fields_string(L, -1, place, names[i]);
        const char *text = lua_pushfstring(L, "%s\t%s", names[i], title);
        check(L, bx_about_add(about, BX_ABOUT_COMPARTMENT, text, &err), &err);
        lua_pop(L, 2);
    }
}

static int set_info(lua_State *L)
{
    static const char *const keys[] = {"name",  "title",      "compartments",
                                       "notes", "annotation", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "set_info");
    bx_error err;
    bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, 2, keys, false, &place);
    change_about(L, fba, BX_FBA_MODEL, 0, 2, &place);
    bx_about *about = bx_fba_change_about(fba, BX_FBA_MODEL, 0, &err);
    if (!about)
        bx_raise(L, &err);
    if (bx_fields_get(L, 2, "name") != LUA_TNIL)
        check(L, bx_about_set(about, BX_ABOUT_ID, bx_fields_string(L, -1, &place, "name"), &err),
              &err);
    if (bx_fields_get(L, 2, "compartments") != LUA_TNIL)
        take_compartments(L, lua_gettop(L), about, &place);
    return 0;
}

/* set_info{ what changes } */
int bx_flux_set_info(lua_State *L)
{
    lua_settop(L, 2);
    return all_or_nothing(L, set_info);
}

/* ---- removing ---- */

/* Flags of what the list at `index` names. */
static void mark_listed(lua_State *L, const bx_fba *fba, int index, bx_flux_finder *find,
                        bool *flags, const bx_place *place)
{
    size_t count;
    size_t *items = bx_flux_list(L, fba, index, find, &count, place);
    for (size_t i = 0; i < count; i++)
        flags[items[i]] = true;
}

typedef struct marks {
    bool *metabolites, *reactions, *genes;
} marks;

/* All false, in a userdata that is pushed. */
static marks push_marks(lua_State *L, const bx_fba *fba)
{
    size_t metabolites = bx_fba_metabolites(fba), reactions = bx_fba_reactions(fba);
    size_t count = metabolites + reactions + bx_fba_genes(fba) + 1;
    bool *all = lua_newuserdatauv(L, count, 0);
    memset(all, 0, count);
    return (marks){all, all + metabolites, all + metabolites + reactions};
}

static int remove_marked(lua_State *L, bx_fba *fba, const marks *gone)
{
    bx_error err;
    check(L, bx_fba_remove(fba, gone->metabolites, gone->reactions, gone->genes, &err), &err);
    return 0;
}

static void read_options(lua_State *L, const char *const *keys, const bx_place *place)
{
    lua_settop(L, 3);
    if (lua_isnil(L, 3))
        return;
    bx_fields_expect(L, 3, LUA_TTABLE, place, NULL);
    bx_fields_allow(L, 3, keys, false, place);
}

/* remove_reactions(names [, { orphans = true }]) */
int bx_flux_remove_reactions(lua_State *L)
{
    static const char *const keys[] = {"orphans", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "remove_reactions");
    read_options(L, keys, &place);
    bool orphans = bx_flux_flag_option(L, 3, "orphans", &place);
    marks gone = push_marks(L, fba);
    mark_listed(L, fba, 2, bx_flux_reaction, gone.reactions, &place);
    if (orphans)
        bx_fba_mark_orphans(fba, gone.reactions, gone.metabolites, gone.genes);
    return remove_marked(L, fba, &gone);
}

/* remove_metabolites(names [, { destructive = true }]) */
int bx_flux_remove_metabolites(lua_State *L)
{
    static const char *const keys[] = {"destructive", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "remove_metabolites");
    double coefficient;
    read_options(L, keys, &place);
    bool destructive = bx_flux_flag_option(L, 3, "destructive", &place);
    marks gone = push_marks(L, fba);
    mark_listed(L, fba, 2, bx_flux_metabolite, gone.metabolites, &place);
    for (size_t r = 0; r < bx_fba_reactions(fba) && destructive; r++)
        for (size_t i = 0; i < bx_fba_terms(fba, r); i++)
            if (gone.metabolites[bx_fba_term_of(fba, r, i, &coefficient)])
                gone.reactions[r] = true;
    return remove_marked(L, fba, &gone);
}

/* remove_genes(names [, { remove_reactions = false }]) */
int bx_flux_remove_genes(lua_State *L)
{
    static const char *const keys[] = {"remove_reactions", NULL};
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "remove_genes");
    read_options(L, keys, &place);
    bool keep = !lua_isnil(L, 3) && bx_fields_get(L, 3, "remove_reactions") != LUA_TNIL &&
                !bx_flux_flag_option(L, 3, "remove_reactions", &place);
    marks gone = push_marks(L, fba);
    mark_listed(L, fba, 2, bx_flux_gene, gone.genes, &place);
    for (size_t r = 0; r < bx_fba_reactions(fba) && !keep; r++)
        gone.reactions[r] = !bx_fba_rule_holds(fba, r, gone.genes);
    return remove_marked(L, fba, &gone);
}
