#include "inside/steady.h"

#include "analysis/steady.h"
#include "inside/box.h"
#include "inside/fields.h"
#include "inside/output.h"
#include "inside/raise.h"
#include "inside/worker.h"
#include "interrupt/hook.h"

#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define BOX_CLASS "bioxen.worker.steady"

static int box_free(lua_State *L)
{
    bx_steady_close(luaL_checkudata(L, 1, BOX_CLASS));
    return 0;
}

void bx_steady_open(lua_State *L)
{
    bx_box_class(L, BOX_CLASS, box_free);
}

/* ---- options ---- */

double bx_steady_lua_number(lua_State *L, const char *key, double least, double usual,
                            const bx_place *place)
{
    double value = usual;
    if (bx_fields_get(L, 2, key) != LUA_TNIL) {
        value = bx_fields_number(L, -1, place, key);
        if (value < least)
            bx_raise_format(L, place->code, "%s.%s: %g or more expected, got %g", place->text, key,
                            least, value);
    }
    lua_pop(L, 1);
    return value;
}

size_t bx_steady_lua_whole(lua_State *L, const char *key, double least, double usual,
                           const bx_place *place)
{
    double value = bx_steady_lua_number(L, key, least, usual, place);
    if (value != floor(value) || value > 0x1p53)
        bx_raise_format(L, place->code, "%s.%s: a whole number expected, got %g", place->text, key,
                        value);
    return (size_t)value;
}

uint32_t bx_steady_lua_slot(lua_State *L, const bx_network *network, const char *name,
                            const bx_place *place)
{
    size_t slot = bx_names_find(&network->index, name);
    if (slot == BX_NAME_NONE || slot >= network->species + network->parameters ||
        (slot < network->species && network->changing[slot]))
        bx_raise_format(L, BX_EMODEL,
                        "%s: a parameter, or a species that no reaction changes, expected, got "
                        "\"%.64s\"",
                        place->text, name);
    return (uint32_t)slot;
}

static bool flag_option(lua_State *L, const char *key, bool usual, const bx_place *place)
{
    bool value = usual;
    if (bx_fields_get(L, 2, key) != LUA_TNIL) {
        bx_fields_expect(L, -1, LUA_TBOOLEAN, place, key);
        value = lua_toboolean(L, -1);
    }
    lua_pop(L, 1);
    return value;
}

static bx_steady_way way_option(lua_State *L, const bx_place *place)
{
    bx_steady_way way = BX_STEADY_USUAL;
    if (bx_fields_get(L, 2, "method") != LUA_TNIL) {
        const char *name = bx_fields_string(L, -1, place, "method");
        if (strcmp(name, "newton") == 0)
            way = BX_STEADY_NEWTON;
        else if (strcmp(name, "integration") == 0)
            way = BX_STEADY_INTEGRATION;
        else
            bx_raise_format(L, place->code,
                            "%s.method: \"newton\" or \"integration\" expected, got \"%.40s\"",
                            place->text, name);
    }
    lua_pop(L, 1);
    return way;
}

void bx_steady_lua_ask(lua_State *L, bx_steady_ask *ask, const bx_place *place)
{
    ask->way = way_option(L, place);
    ask->tolerance = bx_steady_lua_number(L, "tolerance", 0, 0, place);
    ask->horizon = bx_steady_lua_number(L, "horizon", 0, 0, place);
    ask->maximum_steps = bx_steady_lua_whole(L, "max_steps", 0, 0, place);
    ask->seed = bx_steady_lua_whole(L, "seed", 0, 0, place);
    ask->interrupt = &bx_interrupted;
}

/* ---- results ---- */

void bx_steady_lua_values(lua_State *L, const bx_network *network, const double *frame)
{
    size_t parameters = network->species + network->parameters;
    size_t all = parameters + network->rules;
    lua_createtable(L, 0, (int)(network->species + network->rules));
    for (size_t i = 0; i < all; i++) {
        if (i >= network->species && i < parameters)
            continue;
        lua_pushstring(L, network->names[i]);
        lua_pushnumber(L, frame[i]);
        lua_rawset(L, -3);
    }
}

void bx_steady_lua_label(lua_State *L, const bx_network *network, size_t reaction, int index)
{
    const bx_reaction *r = &network->reaction[reaction];
    const bx_declared_reaction *declared = &r->process->reactions[r->index];
    const char *label = declared->name ? declared->name : declared->text;
    lua_pushstring(L, label);
    for (int n = 2;; n++) {
        lua_pushvalue(L, -1);
        if (lua_rawget(L, index) == LUA_TNIL)
            break;
        lua_pop(L, 2);
        lua_pushfstring(L, "%s (%d)", label, n);
    }
    lua_pop(L, 1);
}

static void push_fluxes(lua_State *L, const bx_network *network, const double *rates)
{
    lua_createtable(L, 0, (int)network->reactions);
    int table = lua_gettop(L);
    for (size_t r = 0; r < network->reactions; r++) {
        bx_steady_lua_label(L, network, r, table);
        lua_pushnumber(L, rates[r]);
        lua_rawset(L, table);
    }
}

/* Rows of numbers. */
static void push_matrix(lua_State *L, const bx_matrix *matrix)
{
    lua_createtable(L, (int)matrix->rows, 0);
    for (size_t i = 0; i < matrix->rows; i++) {
        lua_createtable(L, (int)matrix->columns, 0);
        for (size_t j = 0; j < matrix->columns; j++) {
            lua_pushnumber(L, matrix->column[j][i]);
            lua_rawseti(L, -2, (lua_Integer)j + 1);
        }
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

static void push_eigenvalues(lua_State *L, const bx_steady_state *state)
{
    lua_createtable(L, (int)state->eigenvalue_count, 0);
    for (size_t i = 0; i < state->eigenvalue_count; i++) {
        lua_createtable(L, 0, 2);
        lua_pushnumber(L, state->eigenvalues[i].real);
        lua_setfield(L, -2, "real");
        lua_pushnumber(L, state->eigenvalues[i].imaginary);
        lua_setfield(L, -2, "imaginary");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

void bx_steady_lua_species(lua_State *L, const bx_steady *steady)
{
    lua_createtable(L, (int)steady->size, 0);
    for (size_t i = 0; i < steady->size; i++) {
        lua_pushstring(L, steady->network->names[steady->species[i]]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

void bx_steady_lua_push(lua_State *L, const bx_steady *steady, const bx_steady_state *state,
                        bool with_jacobian)
{
    static const char *const stabilities[] = {"unknown", "stable", "unstable", "neutral"};
    lua_createtable(L, 0, 12);
    bx_steady_lua_values(L, steady->network, state->frame);
    lua_setfield(L, -2, "state");
    push_fluxes(L, steady->network, state->rates);
    lua_setfield(L, -2, "fluxes");
    push_eigenvalues(L, state);
    lua_setfield(L, -2, "eigenvalues");
    if (with_jacobian) {
        bx_steady_lua_species(L, steady);
        lua_setfield(L, -2, "species");
        push_matrix(L, state->jacobian);
        lua_setfield(L, -2, "jacobian");
    }
    lua_pushstring(L, stabilities[state->stability]);
    lua_setfield(L, -2, "stability");
    lua_pushboolean(L, state->stability == BX_STABLE);
    lua_setfield(L, -2, "stable");
    lua_pushnumber(L, state->residual);
    lua_setfield(L, -2, "residual");
    lua_pushstring(L, !state->by_course  ? "newton"
                      : state->by_newton ? "integration and newton"
                                         : "integration");
    lua_setfield(L, -2, "method");
    lua_pushboolean(L, state->reached);
    lua_setfield(L, -2, "reached");
    if (state->by_course) {
        lua_pushnumber(L, state->time);
        lua_setfield(L, -2, "time");
    }
    if (state->note[0]) {
        lua_pushstring(L, state->note);
        lua_setfield(L, -2, "note");
    }
}

bx_steady *bx_steady_lua_search(lua_State *L, bx_steady_ask *ask, const bx_place *place,
                                bx_error *err)
{
    bx_steady_lua_ask(L, ask, place);
    bx_steady *steady = bx_box_push(L, BOX_CLASS, sizeof *steady);
    bx_output_flush();
    return bx_steady_find(bx_worker_of(L)->cell, ask, steady, err) < 0 ? NULL : steady;
}

void bx_steady_lua_options(lua_State *L, const char *const *keys, const bx_place *place)
{
    lua_settop(L, 2);
    if (lua_isnil(L, 2)) {
        lua_newtable(L);
        lua_replace(L, 2);
    }
    bx_fields_expect(L, 2, LUA_TTABLE, place, NULL);
    bx_fields_allow(L, 2, keys, false, place);
}

int bx_steady_lua_find(lua_State *L)
{
    static const char *const keys[] = {BX_STEADY_KEYS, "starts", "set", "jacobian", NULL};
    bx_place place = bx_place_make(BX_ESCRIPT, "steady_state");
    bx_steady_ask ask = {.tolerance = 0};
    bx_error err;
    bx_steady_lua_options(L, keys, &place);
    ask.starts = bx_steady_lua_whole(L, "starts", 1, 1, &place);
    bool enter = flag_option(L, "set", false, &place);
    bool with_jacobian = flag_option(L, "jacobian", true, &place);
    bx_steady *steady = bx_steady_lua_search(L, &ask, &place, &err);
    if (!steady)
        return bx_raise_or_give(L, &err);
    if (enter && bx_steady_enter(bx_worker_of(L)->cell, &steady->states[0], &err) < 0)
        return bx_raise(L, &err);
    bx_steady_lua_push(L, steady, &steady->states[0], with_jacobian);
    lua_createtable(L, (int)steady->count, 0);
    for (size_t i = 1; i < steady->count; i++) {
        bx_steady_lua_push(L, steady, &steady->states[i], with_jacobian);
        lua_rawseti(L, -2, (lua_Integer)i);
    }
    lua_setfield(L, -2, "others");
    return 1;
}
