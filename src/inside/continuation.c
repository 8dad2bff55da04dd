#include "inside/continuation.h"

#include "analysis/continuation.h"
#include "inside/box.h"
#include "inside/output.h"
#include "inside/raise.h"
#include "inside/steady.h"
#include "inside/worker.h"

#include <lauxlib.h>
#include <math.h>

#define BOX_CLASS "bioxen.worker.continuation"

static int box_free(lua_State *L)
{
    bx_continuation_close(luaL_checkudata(L, 1, BOX_CLASS));
    return 0;
}

void bx_continuation_open(lua_State *L)
{
    bx_box_class(L, BOX_CLASS, box_free);
}

/* ---- options ---- */

static double required_number(lua_State *L, const char *key, const bx_place *place)
{
    bx_fields_get(L, 2, key);
    double value = bx_fields_number(L, -1, place, key);
    lua_pop(L, 1);
    return value;
}

static uint32_t parameter_option(lua_State *L, const bx_network *network, const bx_place *place)
{
    bx_place inner = bx_place_make(place->code, "%s.parameter", place->text);
    bx_fields_get(L, 2, "parameter");
    const char *name = bx_fields_string(L, -1, place, "parameter");
    uint32_t slot = bx_steady_lua_slot(L, network, name, &inner);
    lua_pop(L, 1);
    return slot;
}

static void read_ask(lua_State *L, const bx_network *network, bx_continuation_ask *ask,
                     const bx_place *place)
{
    ask->slot = parameter_option(L, network, place);
    ask->from = required_number(L, "from", place);
    ask->to = required_number(L, "to", place);
    if (!(ask->from < ask->to))
        bx_raise_format(L, place->code, "%s.to: above from expected, %g, got %g", place->text,
                        ask->from, ask->to);
    ask->step = bx_steady_lua_number(L, "step", 0, 0, place);
    if (ask->step > 1)
        bx_raise_format(L, place->code, "%s.step: at most 1, the whole range, expected, got %g",
                        place->text, ask->step);
    ask->maximum_points = bx_steady_lua_whole(L, "max_points", 0, 0, place);
    ask->steady.starts = bx_steady_lua_whole(L, "starts", 1, 1, place);
    bx_steady_lua_ask(L, &ask->steady, place);
}

/* ---- results ---- */

static void push_point(lua_State *L, const bx_network *network, const bx_branch_point *p)
{
    static const char *const kinds[] = {"ordinary", "fold", "hopf", "branch"};
    lua_createtable(L, 0, 5);
    lua_pushstring(L, kinds[p->kind]);
    lua_setfield(L, -2, "kind");
    lua_pushnumber(L, p->parameter);
    lua_setfield(L, -2, "parameter");
    bx_steady_lua_values(L, network, p->frame);
    lua_setfield(L, -2, "state");
    if (p->kind == BX_POINT_HOPF) {
        lua_pushnumber(L, 2 * M_PI / p->frequency);
        lua_setfield(L, -2, "period");
    }
}

/* Push { name = { value, ... } } of species and rules along a branch. */
static void push_columns(lua_State *L, const bx_network *network, const bx_branch *b)
{
    size_t parameters = network->species + network->parameters;
    lua_newtable(L);
    for (size_t i = 0; i < parameters + network->rules; i++) {
        if (i >= network->species && i < parameters)
            continue;
        lua_createtable(L, (int)b->count, 0);
        for (size_t k = 0; k < b->count; k++) {
            lua_pushnumber(L, b->points[k].frame[i]);
            lua_rawseti(L, -2, (lua_Integer)k + 1);
        }
        lua_setfield(L, -2, network->names[i]);
    }
}

static void push_branch(lua_State *L, const bx_network *network, const bx_branch *b)
{
    lua_createtable(L, 0, 6);
    push_columns(L, network, b);
    lua_setfield(L, -2, "state");
    lua_createtable(L, (int)b->count, 0);
    lua_createtable(L, (int)b->count, 0);
    lua_createtable(L, (int)b->count, 0);
    for (size_t k = 0; k < b->count; k++) {
        lua_Integer at = (lua_Integer)k + 1;
        lua_pushnumber(L, b->points[k].parameter);
        lua_rawseti(L, -4, at);
        lua_pushboolean(L, b->points[k].unstable == 0);
        lua_rawseti(L, -3, at);
        lua_pushinteger(L, (lua_Integer)b->points[k].unstable);
        lua_rawseti(L, -2, at);
    }
    lua_setfield(L, -4, "unstable");
    lua_setfield(L, -3, "stable");
    lua_setfield(L, -2, "parameter");
    lua_newtable(L);
    for (size_t k = 0, at = 0; k < b->count; k++)
        if (b->points[k].kind != BX_POINT_ORDINARY) {
            push_point(L, network, &b->points[k]);
            lua_pushinteger(L, (lua_Integer)k + 1);
            lua_setfield(L, -2, "index");
            lua_rawseti(L, -2, (lua_Integer)++at);
        }
    lua_setfield(L, -2, "points");
    lua_createtable(L, 2, 0);
    for (int end = 0; end < 2; end++) {
        lua_pushstring(L, b->ends[end] ? b->ends[end] : "");
        lua_rawseti(L, -2, end + 1);
    }
    lua_setfield(L, -2, "ends");
}

int bx_continuation_lua_follow(lua_State *L)
{
    static const char *const keys[] = {BX_STEADY_KEYS, "starts", "parameter",  "from",
                                       "to",           "step",   "max_points", NULL};
    bx_place place = bx_place_make(BX_ESCRIPT, "continuation");
    bx_cell *cell = bx_worker_of(L)->cell;
    const bx_network *network = bx_cell_network(cell);
    bx_continuation_ask ask = {.step = 0};
    bx_error err;
    bx_steady_lua_options(L, keys, &place);
    read_ask(L, network, &ask, &place);
    bx_continuation *found = bx_box_push(L, BOX_CLASS, sizeof *found);
    bx_output_flush();
    if (bx_continuation_follow(cell, &ask, found, &err) < 0)
        return bx_raise_or_give(L, &err);
    lua_createtable(L, 0, 2);
    lua_pushstring(L, network->names[ask.slot]);
    lua_setfield(L, -2, "parameter");
    lua_createtable(L, (int)found->count, 0);
    for (size_t b = 0; b < found->count; b++) {
        push_branch(L, network, &found->branches[b]);
        lua_rawseti(L, -2, (lua_Integer)b + 1);
    }
    lua_setfield(L, -2, "branches");
    return 1;
}
