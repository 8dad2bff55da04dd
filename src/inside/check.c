#include "inside/check.h"

#include "analysis/check.h"
#include "core/buffer.h"
#include "inside/box.h"
#include "inside/raise.h"
#include "inside/sbml.h"
#include "inside/steady.h"
#include "inside/worker.h"
#include "sbml/units.h"

#include <lauxlib.h>
#include <string.h>

#define BOX_CLASS "bioxen.worker.check"

static int box_free(lua_State *L)
{
    bx_check_close(luaL_checkudata(L, 1, BOX_CLASS));
    return 0;
}

void bx_check_open(lua_State *L)
{
    bx_box_class(L, BOX_CLASS, box_free);
}

/* Add the variables of a row to the list on top. A rule of the name `own` has those that it reads
 * in its place: a model in SBML has the rate of a reaction under its id. */
static void add_names(lua_State *L, const bx_network *network, const bx_csr *uses, size_t row,
                      const char *own)
{
    size_t first = network->species + network->parameters;
    for (uint32_t i = uses->start[row]; i < uses->start[row + 1]; i++) {
        uint32_t slot = uses->items[i];
        if (slot >= first + network->rules)
            continue;
        if (own && slot >= first && strcmp(network->names[slot], own) == 0) {
            add_names(L, network, &network->rule_uses, slot - first, NULL);
            continue;
        }
        lua_pushstring(L, network->names[slot]);
        lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    }
}

/* Push the variables that a rate reads. */
static void push_depends(lua_State *L, const bx_network *network, size_t r)
{
    const bx_reaction *reaction = &network->reaction[r];
    lua_newtable(L);
    add_names(L, network, &network->rate_uses, r,
              reaction->process->reactions[reaction->index].name);
    if (reaction->mass_action)
        add_names(L, network, &network->reactants, r, NULL);
}

static void push_changes(lua_State *L, const bx_network *network, size_t r)
{
    lua_newtable(L);
    for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++) {
        lua_pushstring(L, network->names[network->changes.items[i]]);
        lua_pushnumber(L, network->amounts[i]);
        lua_rawset(L, -3);
    }
}

/* Push { { name, depends, changes, rate, zero, never, because }, ... } */
static void push_reactions(lua_State *L, const bx_check *check)
{
    const bx_network *network = check->network;
    lua_newtable(L);
    int list = lua_gettop(L);
    lua_newtable(L); /* labels that are there */
    for (size_t r = 0; r < network->reactions; r++) {
        lua_createtable(L, 0, 7);
        bx_steady_lua_label(L, network, r, list + 1);
        lua_pushvalue(L, -1);
        lua_pushboolean(L, 1);
        lua_rawset(L, list + 1);
        lua_setfield(L, -2, "name");
        push_depends(L, network, r);
        lua_setfield(L, -2, "depends");
        push_changes(L, network, r);
        lua_setfield(L, -2, "changes");
        lua_pushboolean(L, check->never[r]);
        lua_setfield(L, -2, "never");
        if (check->evaluated) {
            lua_pushnumber(L, check->rates[r]);
            lua_setfield(L, -2, "rate");
            lua_pushboolean(L, check->zero[r]);
            lua_setfield(L, -2, "zero");
            if (check->zero[r] && check->zero_for[r] != BX_SLOT_NONE) {
                lua_pushstring(L, network->names[check->zero_for[r]]);
                lua_setfield(L, -2, "because");
            }
        }
        lua_rawseti(L, list, (lua_Integer)r + 1);
    }
    lua_settop(L, list);
}

/* Push { rule = { names that its formula reads } }. */
static void push_rules(lua_State *L, const bx_network *network)
{
    size_t first = network->species + network->parameters;
    lua_newtable(L);
    for (size_t i = 0; i < network->rules; i++) {
        lua_newtable(L);
        add_names(L, network, &network->rule_uses, i, NULL);
        lua_setfield(L, -2, network->names[first + i]);
    }
}

/* What bx_sbml_units tells: three texts, each with the zero that ends it. */
static void note_unit(void *data, const char *kind, const char *id, const char *words)
{
    bx_buffer *all = data;
    bx_buffer_append(all, kind, strlen(kind) + 1);
    bx_buffer_append(all, id, strlen(id) + 1);
    bx_buffer_append(all, words, strlen(words) + 1);
}

/* Push { { kind, id, words }, ... } of the model's text at 2. */
static void push_units(lua_State *L)
{
    bx_sbml_source source = {NULL};
    bx_error err;
    source.text = luaL_checklstring(L, 2, &source.length);
    bx_buffer *all = bx_sbml_push_text(L);
    if (bx_sbml_units(&source, note_unit, all, &err) < 0)
        bx_raise(L, &err);
    if (bx_buffer_finish(all, 0) < 0)
        bx_raise_format(L, BX_EMEMORY, "out of memory");
    static const char *const keys[] = {"kind", "id", "words"};
    const char *next = (const char *)all->data, *end = next + all->length;
    lua_newtable(L);
    for (lua_Integer count = 1; next < end; count++) {
        lua_createtable(L, 0, 3);
        for (int k = 0; k < 3; k++) {
            lua_pushstring(L, next);
            lua_setfield(L, -2, keys[k]);
            next += strlen(next) + 1;
        }
        lua_rawseti(L, -2, count);
    }
    bx_buffer_free(all);
}

int bx_check_lua_cell(lua_State *L)
{
    bx_error err;
    lua_settop(L, 2);
    bx_check *check = bx_box_push(L, BOX_CLASS, sizeof *check);
    if (bx_check_cell(bx_worker_of(L)->cell, check, &err) < 0)
        return bx_raise(L, &err);
    const bx_network *network = check->network;
    lua_createtable(L, 0, 8);
    push_reactions(L, check);
    lua_setfield(L, -2, "reactions");
    push_rules(L, network);
    lua_setfield(L, -2, "rules");
    lua_newtable(L);
    for (size_t s = 0, count = 0; s < network->species; s++)
        if (check->unreachable[s]) {
            lua_pushstring(L, network->names[s]);
            lua_rawseti(L, -2, (lua_Integer)++count);
        }
    lua_setfield(L, -2, "unreachable");
    lua_newtable(L);
    for (size_t p = 0, count = 0; p < network->parameters; p++)
        if (!check->read[network->species + p]) {
            lua_pushstring(L, network->names[network->species + p]);
            lua_rawseti(L, -2, (lua_Integer)++count);
        }
    lua_setfield(L, -2, "unused");
    if (check->evaluated) {
        lua_pushinteger(L, (lua_Integer)check->laws);
        lua_setfield(L, -2, "laws");
    }
    if (!lua_isnil(L, 2)) {
        int table = lua_gettop(L);
        push_units(L);
        lua_setfield(L, table, "units");
        lua_settop(L, table);
    }
    if (check->fastest > 0) {
        lua_pushnumber(L, check->fastest);
        lua_setfield(L, -2, "fastest");
        lua_pushnumber(L, check->slowest);
        lua_setfield(L, -2, "slowest");
    }
    return 1;
}
