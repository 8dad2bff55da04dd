#include "inside/flux.h"

#include "inside/output.h"
#include "inside/raise.h"
#include "inside/worker.h"
#include "interrupt/hook.h"

#include <lauxlib.h>
#include <math.h>
#include <string.h>

#define CLASS "bioxen.FluxModel"

/* The collector sees a box alone: counted for a model, whatever it holds. */
enum { MODEL_BYTES = 64 << 10 };

static void report_progress(void *data, double fraction)
{
    (void)data;
    bx_output_progress(fraction, NAN, NULL, 0);
}

bx_fba *bx_flux_push(lua_State *L)
{
    bx_worker *worker = bx_worker_of(L);
    bx_fba_watch watch = {.interrupt = &bx_interrupted,
                          .progress = report_progress,
                          .maximum_bytes = worker->memory.limit / 4};
    bx_error err;
    worker->recorded += MODEL_BYTES;
    if (worker->recorded > worker->memory.limit / 16) {
        worker->recorded = 0;
        lua_gc(L, LUA_GCCOLLECT);
    }
    bx_fba **box = lua_newuserdatauv(L, sizeof *box, 1); /* with its reader's warnings */
    *box = NULL;
    luaL_setmetatable(L, CLASS);
    lua_newtable(L);
    lua_setiuservalue(L, -2, 1);
    *box = bx_fba_new(&watch, &err);
    if (!*box)
        bx_raise(L, &err);
    return *box;
}

bx_fba *bx_flux_check_at(lua_State *L, int index)
{
    bx_fba **box = luaL_checkudata(L, index, CLASS);
    if (!*box)
        luaL_error(L, "the flux model is closed");
    return *box;
}

bx_fba *bx_flux_check(lua_State *L)
{
    return bx_flux_check_at(L, 1);
}

bx_fba **bx_flux_test(lua_State *L, int index)
{
    return luaL_testudata(L, index, CLASS);
}

static int model_free(lua_State *L)
{
    bx_fba **box = luaL_checkudata(L, 1, CLASS);
    bx_fba_free(*box);
    *box = NULL;
    return 0;
}

/* ---- arguments ---- */

typedef struct part_kind {
    size_t (*find)(const bx_fba *, const char *);
    const char *what, *where, *prefix; /* the last by SBML's convention */
} part_kind;

/* The id with the prefix, or without it, if the model has that. */
static const char *similar(lua_State *L, const bx_fba *fba, const part_kind *kind, const char *id)
{
    const char *with = lua_pushfstring(L, "%s%s", kind->prefix, id);
    if (kind->find(fba, with) != BX_FBA_NONE)
        return with;
    size_t length = strlen(kind->prefix);
    bool begins = strncmp(id, kind->prefix, length) == 0;
    return begins && kind->find(fba, id + length) != BX_FBA_NONE ? id + length : NULL;
}

static size_t find_part(lua_State *L, const bx_fba *fba, int index, const bx_place *place,
                        const part_kind *kind)
{
    const char *id = bx_fields_string(L, index, place, NULL);
    size_t part = kind->find(fba, id);
    if (part != BX_FBA_NONE)
        return part;
    const char *other = similar(L, fba, kind, id);
    bx_raise_format(L, place->code, "%s: no %s \"%.64s\" in the model%s%s%.70s%s", place->text,
                    kind->what, id, kind->where, other ? "; it has \"" : "", other ? other : "",
                    other ? "\"" : "");
    return part;
}

size_t bx_flux_reaction(lua_State *L, const bx_fba *fba, int index, const bx_place *place)
{
    static const part_kind kind = {bx_fba_find_reaction, "reaction", "", "R_"};
    return find_part(L, fba, index, place, &kind);
}

size_t bx_flux_gene(lua_State *L, const bx_fba *fba, int index, const bx_place *place)
{
    static const part_kind kind = {bx_fba_find_gene, "gene", "'s rules", "G_"};
    return find_part(L, fba, index, place, &kind);
}

size_t bx_flux_metabolite(lua_State *L, const bx_fba *fba, int index, const bx_place *place)
{
    static const part_kind kind = {bx_fba_find_metabolite, "metabolite", "", "M_"};
    return find_part(L, fba, index, place, &kind);
}

bx_fba_part bx_flux_part(lua_State *L, const bx_fba *fba, int index, const bx_place *place)
{
    const char *id = bx_fields_string(L, index, place, NULL);
    size_t variable =
        bx_fba_find_reaction(fba, id) == BX_FBA_NONE ? bx_fba_find_variable(fba, id) : BX_FBA_NONE;
    if (variable != BX_FBA_NONE)
        return (bx_fba_part){.reaction = variable, .variable = true};
    return (bx_fba_part){.reaction = bx_flux_reaction(L, fba, index, place)};
}

void bx_flux_refuse_variables(lua_State *L, const bx_fba *fba, const char *method)
{
    if (bx_fba_variables(fba) > 0)
        bx_raise_format(L, BX_EMODEL,
                        "%s: the model has variables of its own, as \"%.64s\", which this cannot "
                        "take: remove them first",
                        method, bx_fba_variable_of(fba, 0).id);
}

void bx_flux_refuse_whole(lua_State *L, const bx_fba *fba, const char *method)
{
    for (size_t i = 0; i < bx_fba_variables(fba); i++)
        if (bx_fba_variable_of(fba, i).domain != BX_FBA_CONTINUOUS)
            bx_raise_format(L, BX_EMODEL,
                            "%s: variable \"%.64s\" has to be a whole number, which this cannot "
                            "take: remove it first",
                            method, bx_fba_variable_of(fba, i).id);
}

size_t *bx_flux_list(lua_State *L, const bx_fba *fba, int index, bx_flux_finder *find,
                     size_t *count, const bx_place *place)
{
    static const char *const no_keys[] = {"a list of names", NULL};
    index = lua_absindex(L, index);
    bx_fields_expect(L, index, LUA_TTABLE, place, NULL);
    bx_fields_allow(L, index, no_keys, true, place);
    *count = lua_rawlen(L, index);
    size_t *items = lua_newuserdatauv(L, (*count + 1) * sizeof *items, 0);
    for (size_t i = 0; i < *count; i++) {
        lua_rawgeti(L, index, (lua_Integer)i + 1);
        items[i] = find(L, fba, -1, place);
        lua_pop(L, 1);
    }
    return items;
}

double bx_flux_bound(lua_State *L, int index, const bx_place *place, const char *key)
{
    if (lua_type(L, index) == LUA_TNUMBER && isinf(lua_tonumber(L, index)))
        return lua_tonumber(L, index);
    return bx_fields_number(L, index, place, key);
}

double bx_flux_number_option(lua_State *L, int options, const char *key, double otherwise,
                             const bx_place *place)
{
    double value = otherwise;
    if (lua_istable(L, options) && bx_fields_get(L, options, key) != LUA_TNIL)
        value = bx_fields_number(L, -1, place, key);
    if (lua_istable(L, options))
        lua_pop(L, 1);
    return value;
}

bool bx_flux_flag_option(lua_State *L, int options, const char *key, const bx_place *place)
{
    bool value = false;
    if (!lua_istable(L, options))
        return false;
    if (bx_fields_get(L, options, key) != LUA_TNIL) {
        bx_fields_expect(L, -1, LUA_TBOOLEAN, place, key);
        value = lua_toboolean(L, -1);
    }
    lua_pop(L, 1);
    return value;
}

/* ---- the objective ---- */

bool bx_flux_sense(lua_State *L, int index, const bx_place *place)
{
    const char *sense = bx_fields_string(L, index, place, "sense");
    bool maximise = strcmp(sense, "maximise") == 0;
    if (!maximise && strcmp(sense, "minimise") != 0)
        bx_raise_format(L, place->code, "%s: \"maximise\" or \"minimise\" expected, got \"%.40s\"",
                        place->text, sense);
    return maximise;
}

static int set_coefficient(bx_fba *fba, bx_fba_part part, double coefficient, bx_error *err)
{
    if (!part.variable)
        return bx_fba_set_objective(fba, part.reaction, coefficient, err);
    bx_fba_variable v = bx_fba_variable_of(fba, part.reaction);
    return bx_fba_set_variable(fba, part.reaction, v.lower, v.upper, coefficient, err);
}

/* All of it is read before anything changes. */
static void read_coefficients(lua_State *L, bx_fba *fba, int table, const bx_place *place)
{
    size_t count;
    bx_error err;
    const char **names = bx_fields_names(L, table, &count, place);
    if (lua_rawlen(L, table) > 0)
        bx_raise_format(L, place->code, "%s: reaction = coefficient expected, got a list",
                        place->text);
    for (int writing = 0; writing < 2; writing++) {
        for (size_t i = 0; i < count; i++) {
            lua_pushstring(L, names[i]);
            bx_fba_part part = bx_flux_part(L, fba, -1, place);
            bx_fields_get(L, table, names[i]);
            double coefficient = bx_fields_number(L, -1, place, names[i]);
            lua_pop(L, 2);
            if (writing && set_coefficient(fba, part, coefficient, &err) < 0)
                bx_raise(L, &err);
        }
        if (!writing)
            bx_fba_clear_objective(fba);
    }
}

void bx_flux_read_objective(lua_State *L, bx_fba *fba, int index, int sense, const bx_place *place)
{
    bx_error err;
    if (lua_type(L, index) == LUA_TTABLE) {
        read_coefficients(L, fba, index, place);
    } else {
        bx_fba_part part = bx_flux_part(L, fba, index, place);
        bx_fba_clear_objective(fba);
        if (set_coefficient(fba, part, 1, &err) < 0)
            bx_raise(L, &err);
    }
    if (!lua_isnoneornil(L, sense))
        bx_fba_set_sense(fba, bx_flux_sense(L, sense, place));
}

/* set_objective(reaction or { reaction = coefficient } [, sense]) */
static int set_objective(lua_State *L)
{
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "set_objective");
    lua_settop(L, 3);
    bx_flux_read_objective(L, fba, 2, 3, &place);
    return 0;
}

/* objective() -> { reaction = coefficient }, sense */
static int objective(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    lua_newtable(L);
    for (size_t r = 0; r < bx_fba_reactions(fba); r++) {
        if (bx_fba_objective(fba, r) == 0)
            continue;
        lua_pushnumber(L, bx_fba_objective(fba, r));
        lua_setfield(L, -2, bx_fba_reaction_id(fba, r));
    }
    for (size_t i = 0; i < bx_fba_variables(fba); i++) {
        bx_fba_variable v = bx_fba_variable_of(fba, i);
        if (v.objective != 0)
            bx_flux_set_number(L, v.id, v.objective);
    }
    lua_pushstring(L, bx_fba_maximises(fba) ? "maximise" : "minimise");
    return 2;
}

/* ---- bounds ---- */

static void set_bounds_of(lua_State *L, bx_fba *fba, bx_fba_part part, double lower, double upper)
{
    bx_error err;
    int status = part.variable
                     ? bx_fba_set_variable(fba, part.reaction, lower, upper,
                                           bx_fba_variable_of(fba, part.reaction).objective, &err)
                     : bx_fba_set_bounds(fba, part.reaction, lower, upper, &err);
    if (status < 0)
        bx_raise(L, &err);
}

static void set_many_bounds(lua_State *L, bx_fba *fba)
{
    bx_place place = bx_place_make(BX_EMODEL, "set_bounds");
    size_t count;
    const char **names = bx_fields_names(L, 2, &count, &place);
    for (size_t i = 0; i < count; i++) {
        lua_pushstring(L, names[i]);
        bx_fba_part part = bx_flux_part(L, fba, -1, &place);
        bx_fields_get(L, 2, names[i]);
        bx_fields_expect(L, -1, LUA_TTABLE, &place, names[i]);
        lua_rawgeti(L, -1, 1);
        lua_rawgeti(L, -2, 2);
        double lower = bx_flux_bound(L, -2, &place, names[i]);
        double upper = bx_flux_bound(L, -1, &place, names[i]);
        set_bounds_of(L, fba, part, lower, upper);
        lua_pop(L, 4);
    }
}

/* set_bounds(reaction, lower, upper) or set_bounds{ reaction = { lower, upper } } */
static int set_bounds(lua_State *L)
{
    bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "set_bounds");
    if (lua_istable(L, 2)) {
        set_many_bounds(L, fba);
        return 0;
    }
    bx_fba_part part = bx_flux_part(L, fba, 2, &place);
    double lower = bx_flux_bound(L, 3, &place, "lower");
    double upper = bx_flux_bound(L, 4, &place, "upper");
    set_bounds_of(L, fba, part, lower, upper);
    return 0;
}

/* bounds(reaction) -> lower, upper */
static int bounds(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    bx_place place = bx_place_make(BX_EMODEL, "bounds");
    double lower, upper;
    bx_fba_part part = bx_flux_part(L, fba, 2, &place);
    if (part.variable) {
        lower = bx_fba_variable_of(fba, part.reaction).lower;
        upper = bx_fba_variable_of(fba, part.reaction).upper;
    } else {
        bx_fba_bounds(fba, part.reaction, &lower, &upper);
    }
    lua_pushnumber(L, lower);
    lua_pushnumber(L, upper);
    return 2;
}

/* ---- looking ---- */

static int push_ids(lua_State *L, const bx_fba *fba, size_t count,
                    const char *(*id)(const bx_fba *, size_t))
{
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        lua_pushstring(L, id(fba, i));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int reactions(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    return push_ids(L, fba, bx_fba_reactions(fba), bx_fba_reaction_id);
}

static int metabolites(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    return push_ids(L, fba, bx_fba_metabolites(fba), bx_fba_metabolite_id);
}

static int genes(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    return push_ids(L, fba, bx_fba_genes(fba), bx_fba_gene_id);
}

static int model_tostring(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    lua_pushfstring(L, "FluxModel(%d reactions, %d metabolites, %d genes)",
                    (int)bx_fba_reactions(fba), (int)bx_fba_metabolites(fba),
                    (int)bx_fba_genes(fba));
    return 1;
}

/* model.warnings, and the methods, which are its upvalue. */
static int model_index(lua_State *L)
{
    if (lua_type(L, 2) == LUA_TSTRING && strcmp(lua_tostring(L, 2), "warnings") == 0) {
        lua_getiuservalue(L, 1, 1);
        return 1;
    }
    lua_settop(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    return 1;
}

static const luaL_Reg methods[] = {
    {"add_constraint", bx_flux_add_constraint},
    {"add_metabolites", bx_flux_add_metabolites_of},
    {"add_objective", bx_flux_add_objective},
    {"add_reactions", bx_flux_add_reactions_of},
    {"add_variable", bx_flux_add_variable},
    {"blocked", bx_flux_blocked},
    {"boundaries", bx_flux_boundaries},
    {"bounds", bounds},
    {"check_mass_balance", bx_flux_check_mass_balance},
    {"consistency", bx_flux_consistency},
    {"constraints", bx_flux_constraints},
    {"context", bx_flux_context},
    {"dead_ends", bx_flux_dead_ends},
    {"diagnose", bx_flux_diagnose},
    {"disable", bx_flux_disable},
    {"disabled", bx_flux_disabled},
    {"dynamic", bx_flux_dynamic},
    {"enable", bx_flux_enable},
    {"equation", bx_flux_equation},
    {"essential_genes", bx_flux_essential_genes},
    {"essential_reactions", bx_flux_essential_reactions},
    {"gapfill", bx_flux_gapfill},
    {"gene", bx_flux_gene_of},
    {"genes", genes},
    {"geometric", bx_flux_geometric},
    {"groups", bx_flux_groups},
    {"info", bx_flux_info},
    {"knock_out", bx_flux_knock_out},
    {"knock_outs", bx_flux_knock_outs},
    {"lexicographic", bx_flux_lexicographic},
    {"loopless", bx_flux_loopless},
    {"medium", bx_flux_medium},
    {"metabolite", bx_flux_metabolite_of},
    {"metabolite_summary", bx_flux_metabolite_summary},
    {"metabolites", metabolites},
    {"minimal_medium", bx_flux_minimal_medium},
    {"moma", bx_flux_moma},
    {"objective", objective},
    {"objectives", bx_flux_objectives},
    {"optimise", bx_flux_optimise},
    {"optimum", bx_flux_optimum},
    {"parsimonious", bx_flux_parsimonious},
    {"production_envelope", bx_flux_production_envelope},
    {"reaction", bx_flux_reaction_of},
    {"reactions", reactions},
    {"remove_constraint", bx_flux_remove_constraint},
    {"remove_genes", bx_flux_remove_genes},
    {"remove_metabolites", bx_flux_remove_metabolites},
    {"remove_objective", bx_flux_remove_objective},
    {"remove_reactions", bx_flux_remove_reactions},
    {"remove_variable", bx_flux_remove_variable},
    {"rename", bx_flux_rename},
    {"room", bx_flux_room},
    {"sample", bx_flux_sample},
    {"set_bounds", set_bounds},
    {"set_gene", bx_flux_set_gene},
    {"set_info", bx_flux_set_info},
    {"set_medium", bx_flux_set_medium},
    {"set_metabolite", bx_flux_set_metabolite},
    {"set_objective", set_objective},
    {"set_reaction", bx_flux_set_reaction},
    {"summary", bx_flux_summary},
    {"to_json", bx_flux_to_json},
    {"to_sbml", bx_flux_to_sbml},
    {"to_yaml", bx_flux_to_yaml},
    {"variability", bx_flux_variability},
    {"variables", bx_flux_variables},
    {NULL, NULL},
};

static const luaL_Reg functions[] = {
    {"load_json", bx_flux_load_json},
    {"load_sbml", bx_flux_load_sbml},
    {"load_yaml", bx_flux_load_yaml},
    {"model", bx_flux_model},
    {"sample_diagnostics", bx_flux_sample_diagnostics},
    {NULL, NULL},
};

void bx_flux_set_number(lua_State *L, const char *key, double value)
{
    lua_pushnumber(L, value);
    lua_setfield(L, -2, key);
}

void bx_flux_set_text(lua_State *L, const char *key, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
}

void bx_flux_open(lua_State *L)
{
    bx_flux_context_open(L);
    luaL_newmetatable(L, CLASS);
    lua_pushcfunction(L, model_free);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, model_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    luaL_newlib(L, methods);
    lua_pushcclosure(L, model_index, 1);
    lua_setfield(L, -2, "__index");
    luaL_newlib(L, functions);
    lua_setglobal(L, "flux");
    lua_pop(L, 1);
}
