#include "inside/sbml.h"

#include "inside/fields.h"
#include "inside/raise.h"
#include "inside/warnings.h"
#include "inside/worker.h"
#include "model/parser.h"
#include "sbml/read.h"
#include "sbml/write.h"
#include "values/warnings.h"

#include <lauxlib.h>
#include <string.h>

#define BOX_CLASS "bioxen.worker.sbml"
#define TEXT_CLASS "bioxen.worker.sbml_text"

static int box_free(lua_State *L)
{
    bx_sbml_result *result = luaL_checkudata(L, 1, BOX_CLASS);
    bx_sbml_result_free(result);
    bx_process_free(result->process);
    result->process = NULL;
    return 0;
}

/* The table of texts by file name. A list on the stack keeps them alive. */
static void read_externals(lua_State *L, int options, bx_sbml_source *source, const bx_place *place)
{
    if (bx_fields_get(L, options, "externals") == LUA_TNIL)
        return;
    bx_place inner = bx_place_make(place->code, "%s.externals", place->text);
    int table = lua_gettop(L);
    size_t count;
    bx_fields_expect(L, table, LUA_TTABLE, &inner, NULL);
    const char **names = bx_fields_names(L, table, &count, &inner);
    bx_sbml_external *externals = lua_newuserdatauv(L, (count + 1) * sizeof *externals, 0);
    lua_newtable(L);
    for (size_t i = 0; i < count; i++) {
        bx_fields_get(L, table, names[i]);
        externals[i].name = names[i];
        externals[i].text = bx_fields_string(L, -1, &inner, names[i]);
        externals[i].length = lua_rawlen(L, -1);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    source->externals = externals;
    source->external_count = count;
}

static void set_count(lua_State *L, const char *key, size_t count)
{
    lua_pushinteger(L, (lua_Integer)count);
    lua_setfield(L, -2, key);
}

/* What was loaded, as a table. */
static void push_result(lua_State *L, const bx_sbml_result *result, const char *name)
{
    lua_createtable(L, 0, 11);
    lua_pushstring(L, name);
    lua_setfield(L, -2, "name");
    set_count(L, "compartments", result->compartments);
    set_count(L, "parameters", result->parameters);
    set_count(L, "reactions", result->reactions);
    set_count(L, "rules", result->rules);
    set_count(L, "events", result->events);
    lua_createtable(L, (int)result->species_count, 0);
    lua_createtable(L, 0, (int)result->species_count);
    lua_createtable(L, 0, (int)result->species_count);
    for (size_t i = 0; i < result->species_count; i++) {
        const bx_sbml_species *species = &result->species[i];
        lua_pushstring(L, species->id);
        lua_rawseti(L, -4, (lua_Integer)i + 1);
        lua_pushstring(L, species->amount);
        lua_setfield(L, -3, species->id);
        lua_pushstring(L, species->concentration);
        lua_setfield(L, -2, species->id);
    }
    lua_setfield(L, -4, "concentration");
    lua_setfield(L, -3, "amount");
    lua_setfield(L, -2, "species");
}

/* Names that formulas keep, as the model's ids, and ids of species that are no names: set
 * renamed[id] = name. */
static void push_renamed(lua_State *L, const bx_cell *cell, const bx_sbml_result *result)
{
    static const char ending[] = ".value";
    lua_newtable(L);
    for (size_t i = 0; i < result->species_count; i++) {
        const bx_sbml_species *species = &result->species[i];
        if (strcmp(species->name, species->id) == 0)
            continue;
        lua_pushstring(L, species->name);
        lua_setfield(L, -2, species->id);
    }
    for (size_t i = 0; i < bx_cell_variables(cell); i++) {
        const char *name = bx_cell_variable(cell, i, NULL), *dot = strstr(name, ending);
        if (!dot || dot[sizeof ending - 1] != '\0')
            continue;
        lua_pushlstring(L, name, (size_t)(dot - name));
        if (bx_formula_reserved(lua_tostring(L, -1))) {
            lua_pushstring(L, name);
            lua_rawset(L, -3);
        } else {
            lua_pop(L, 1);
        }
    }
    lua_setfield(L, -2, "renamed");
}

/* A model brings its own names: another process may not have one of them by chance. */
static void refuse_conflict(lua_State *L, const bx_cell *cell, const bx_process *process)
{
    const char *name, *other = bx_cell_conflict(cell, process, &name);
    if (other)
        bx_raise_format(L, BX_EMODEL,
                        "load_sbml: the model's \"%.64s\" is a variable of process \"%.64s\" too; "
                        "{ share = true } makes them one, cell:clear() removes all processes",
                        name, other);
}

int bx_sbml_lua_load(lua_State *L)
{
    static const char *const keys[] = {"name", "externals", "share", "strict", "stochastic", NULL};
    bx_worker *worker = bx_worker_of(L);
    bx_place place = bx_place_make(BX_EMODEL, "load_sbml");
    bx_sbml_source source = {NULL};
    bx_error err;
    bool share = false;
    source.text = luaL_checklstring(L, 2, &source.length);
    lua_settop(L, 3);
    source.warnings = bx_warnings_push(L);
    if (!lua_isnil(L, 3)) {
        bx_fields_expect(L, 3, LUA_TTABLE, &place, NULL);
        bx_fields_allow(L, 3, keys, false, &place);
        if (bx_fields_get(L, 3, "name") != LUA_TNIL)
            source.name = bx_fields_string(L, -1, &place, "name");
        share = bx_fields_get(L, 3, "share") != LUA_TNIL && lua_toboolean(L, -1);
        source.warnings->strict = bx_fields_get(L, 3, "strict") != LUA_TNIL && lua_toboolean(L, -1);
        source.stochastic = bx_fields_get(L, 3, "stochastic") != LUA_TNIL && lua_toboolean(L, -1);
        read_externals(L, 3, &source, &place);
    }
    bx_sbml_result *result = lua_newuserdatauv(L, sizeof *result, 0);
    *result = (bx_sbml_result){0};
    luaL_setmetatable(L, BOX_CLASS);
    if (bx_sbml_read(&source, result, &err) < 0)
        return bx_raise(L, &err);
    if (!share)
        refuse_conflict(L, worker->cell, result->process);
    const char *name = lua_pushstring(L, bx_process_name(result->process));
    bx_process *process = result->process;
    result->process = NULL;
    if (bx_cell_define(worker->cell, process, &err) < 0)
        return bx_raise(L, &err);
    bx_cell_restart(worker->cell, name);
    push_result(L, result, name);
    push_renamed(L, worker->cell, result);
    bx_lua_push_warnings(L, source.warnings);
    lua_setfield(L, -2, "warnings");
    return 1;
}

/* A userdata owns the text until Lua has it as a string. */
static int text_free(lua_State *L)
{
    bx_buffer_free(luaL_checkudata(L, 1, TEXT_CLASS));
    return 0;
}

bx_buffer *bx_sbml_push_text(lua_State *L)
{
    bx_buffer *text = lua_newuserdatauv(L, sizeof *text, 0);
    *text = (bx_buffer){.limit = bx_worker_of(L)->memory.limit};
    luaL_setmetatable(L, TEXT_CLASS);
    return text;
}

/* What is to be written; its variables and events are userdata that it pushes. */
static bx_sbml_present present_of(lua_State *L, bx_cell *cell)
{
    bx_sbml_present present = {.variable_count = bx_cell_variables(cell),
                               .time = bx_cell_time(cell),
                               .waits = bx_cell_waiting(cell) > 0};
    bx_sbml_variable *variables =
        lua_newuserdatauv(L, (present.variable_count + 1) * sizeof *variables, 0);
    for (size_t i = 0; i < present.variable_count; i++) {
        variables[i].name = bx_cell_variable(cell, i, &variables[i].kind);
        bx_cell_get(cell, variables[i].name, &variables[i].value);
    }
    present.variables = variables;
    bool *due = lua_newuserdatauv(L, bx_cell_events(cell) + 1, 0);
    bx_error err;
    if (bx_cell_due(cell, due, &err) < 0)
        bx_raise(L, &err);
    present.due = due;
    present.processes = bx_cell_processes(cell, &present.process_count);
    return present;
}

int bx_sbml_lua_write(lua_State *L)
{
    static const char *const keys[] = {"name", NULL};
    bx_worker *worker = bx_worker_of(L);
    bx_place place = bx_place_make(BX_EMODEL, "to_sbml");
    const char *id = NULL;
    bx_error err;
    lua_settop(L, 2);
    if (!lua_isnil(L, 2)) {
        bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
        bx_fields_allow(L, 2, keys, false, &place);
        if (bx_fields_get(L, 2, "name") != LUA_TNIL)
            id = bx_fields_string(L, -1, &place, "name");
    }
    bx_buffer *text = bx_sbml_push_text(L);
    bx_sbml_present present = present_of(L, worker->cell);
    present.id = id;
    present.other_id = worker->organism;
    if (bx_sbml_write(&present, text, &err) < 0)
        return bx_raise(L, &err);
    lua_pushlstring(L, (const char *)text->data, text->length);
    bx_buffer_free(text);
    return 1;
}

void bx_sbml_open(lua_State *L)
{
    luaL_newmetatable(L, BOX_CLASS);
    lua_pushcfunction(L, box_free);
    lua_setfield(L, -2, "__gc");
    luaL_newmetatable(L, TEXT_CLASS);
    lua_pushcfunction(L, text_free);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 2);
    bx_warnings_open(L);
}
