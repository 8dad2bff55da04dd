#include "inside/flux.h"
#include "inside/raise.h"

#include <lauxlib.h>
#include <string.h>

#define CONTEXT "bioxen.FluxContext"

/* ---- genes and reactions that are disabled ---- */

static bool *push_flags(lua_State *L, size_t count)
{
    bool *flags = lua_newuserdatauv(L, count + 1, 0);
    memset(flags, 0, count + 1);
    return flags;
}

/* Set the flags of the items that the table at 2 lists as `key`. */
static void mark(lua_State *L, const bx_fba *fba, const char *method, const char *key,
                 bx_flux_finder *find, bool *flags)
{
    bx_place place = bx_place_make(BX_EMODEL, "%s, %s", method, key);
    size_t count;
    if (bx_fields_get(L, 2, key) == LUA_TNIL)
        return;
    size_t *items = bx_flux_list(L, fba, -1, find, &count, &place);
    for (size_t i = 0; i < count; i++)
        flags[items[i]] = true;
}

void bx_flux_read_marks(lua_State *L, const bx_fba *fba, const char *method, bool **genes,
                        bool **reactions)
{
    static const char *const keys[] = {"genes", "reactions", NULL};
    bx_place place = bx_place_make(BX_EMODEL, "%s", method);
    lua_settop(L, 2);
    bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, 2, keys, false, &place);
    *genes = push_flags(L, bx_fba_genes(fba));
    *reactions = push_flags(L, bx_fba_reactions(fba));
    mark(L, fba, method, "genes", bx_flux_gene, *genes);
    mark(L, fba, method, "reactions", bx_flux_reaction, *reactions);
}

/* disable{ genes = {...}, reactions = {...} } */
int bx_flux_disable(lua_State *L)
{
    bx_fba *fba = bx_flux_check(L);
    bool *genes, *reactions;
    bx_flux_read_marks(L, fba, "disable", &genes, &reactions);
    bx_fba_disable(fba, genes, reactions, true);
    return 0;
}

/* enable([{ genes = {...}, reactions = {...} }]): all of them without an argument */
int bx_flux_enable(lua_State *L)
{
    bx_fba *fba = bx_flux_check(L);
    bool *genes, *reactions;
    if (lua_isnoneornil(L, 2)) {
        genes = push_flags(L, bx_fba_genes(fba));
        reactions = push_flags(L, bx_fba_reactions(fba));
        memset(genes, true, bx_fba_genes(fba));
        memset(reactions, true, bx_fba_reactions(fba));
    } else {
        bx_flux_read_marks(L, fba, "enable", &genes, &reactions);
    }
    bx_fba_disable(fba, genes, reactions, false);
    return 0;
}

static void push_those(lua_State *L, const bx_fba *fba, size_t count,
                       bool (*is_one)(const bx_fba *, size_t),
                       const char *(*id)(const bx_fba *, size_t))
{
    lua_Integer found = 0;
    lua_newtable(L);
    for (size_t i = 0; i < count; i++) {
        if (!is_one(fba, i))
            continue;
        lua_pushstring(L, id(fba, i));
        lua_rawseti(L, -2, ++found);
    }
}

/* disabled() -> { genes = {...}, reactions = {...} }: these with those that stop for lack of genes
 */
int bx_flux_disabled(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    lua_createtable(L, 0, 2);
    push_those(L, fba, bx_fba_genes(fba), bx_fba_gene_disabled, bx_fba_gene_id);
    lua_setfield(L, -2, "genes");
    push_those(L, fba, bx_fba_reactions(fba), bx_fba_stopped, bx_fba_reaction_id);
    lua_setfield(L, -2, "reactions");
    return 1;
}

/* ---- coming back ---- */

static int context_free(lua_State *L)
{
    bx_fba_state **box = luaL_checkudata(L, 1, CONTEXT);
    bx_fba_state_free(*box);
    *box = NULL;
    return 0;
}

/* Once: the model is its user value. */
void bx_flux_context_end(lua_State *L, int index, bool restore)
{
    bx_fba_state **box = luaL_checkudata(L, index, CONTEXT);
    if (!*box)
        return;
    lua_getiuservalue(L, index, 1);
    bx_fba **model = lua_touserdata(L, -1);
    if (*model && restore)
        bx_fba_restore(*model, *box);
    lua_pop(L, 1);
    bx_fba_state_free(*box);
    *box = NULL;
}

static int context_close(lua_State *L)
{
    bx_flux_context_end(L, 1, true);
    return 0;
}

/* context() -> what, once closed, brings the model's state back */
int bx_flux_context(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    bx_error err;
    bx_fba_state **box = lua_newuserdatauv(L, sizeof *box, 1);
    *box = NULL;
    luaL_setmetatable(L, CONTEXT);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    *box = bx_fba_save(fba, &err);
    return *box ? 1 : bx_raise(L, &err);
}

void bx_flux_context_open(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"__gc", context_free}, {"__close", context_close}, {NULL, NULL}};
    luaL_newmetatable(L, CONTEXT);
    luaL_setfuncs(L, functions, 0);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}
