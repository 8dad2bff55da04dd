#include "inside/control.h"

#include "analysis/control.h"
#include "analysis/system.h"
#include "inside/box.h"
#include "inside/raise.h"
#include "inside/steady.h"
#include "inside/worker.h"

#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>

#define BOX_CLASS "bioxen.worker.control"

/* Of a flux beside what its species would make of it. */
#define ROUNDING 1e-10

/* What a call holds that is not Lua's. */
typedef struct box {
    bx_control control;
    bx_system system;
    bx_conservation *laws;
    bx_matrix *link;
    double *moieties;
} box;

static int box_free(lua_State *L)
{
    box *b = luaL_checkudata(L, 1, BOX_CLASS);
    bx_control_close(&b->control);
    bx_system_close(&b->system);
    bx_conservation_free(b->laws);
    bx_matrix_free(b->link);
    free(b->moieties);
    b->moieties = NULL;
    b->laws = NULL;
    b->link = NULL;
    return 0;
}

void bx_control_open(lua_State *L)
{
    bx_box_class(L, BOX_CLASS, box_free);
}

/* ---- names ---- */

/* Push the labels of all reactions, as a list. */
static void push_reactions(lua_State *L, const bx_network *network)
{
    lua_createtable(L, (int)network->reactions, 0);
    int list = lua_gettop(L);
    lua_newtable(L); /* those that are there */
    for (size_t r = 0; r < network->reactions; r++) {
        bx_steady_lua_label(L, network, r, list + 1);
        lua_pushvalue(L, -1);
        lua_pushboolean(L, 1);
        lua_rawset(L, list + 1);
        lua_rawseti(L, list, (lua_Integer)r + 1);
    }
    lua_settop(L, list);
}

/* Push the names of slots, as a list. */
static void push_slots(lua_State *L, const bx_network *network, const uint32_t *slots, size_t count)
{
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        lua_pushstring(L, network->names[slots[i]]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

/* The slots of options.parameters, or all parameters; they live on the stack. */
static const uint32_t *parameters_option(lua_State *L, const bx_network *network, size_t *count,
                                         const bx_place *place)
{
    bx_place inner = bx_place_make(place->code, "%s.parameters", place->text);
    const char *const *names = bx_fields_name_list(L, 2, "parameters", count, place);
    if (!names)
        *count = network->parameters;
    uint32_t *slots = lua_newuserdatauv(L, (*count + 1) * sizeof *slots, 0);
    for (size_t i = 0; i < *count; i++)
        slots[i] = names ? bx_steady_lua_slot(L, network, names[i], &inner)
                         : (uint32_t)(network->species + i);
    return slots;
}

/* ---- tables ---- */

/* What a matrix is shown by: the lists of names of its rows and columns on the stack, and by which
 * values entries are scaled, column over row; or NULL. */
typedef struct shown {
    const bx_matrix *matrix;
    int rows, columns;
    const double *by_row, *by_column;
} shown;

/* Push { row = { column = entry } }, without entries that are not finite. */
static void push_shown(lua_State *L, const shown *s)
{
    lua_createtable(L, 0, (int)s->matrix->rows);
    for (size_t i = 0; i < s->matrix->rows; i++) {
        lua_rawgeti(L, s->rows, (lua_Integer)i + 1);
        lua_createtable(L, 0, (int)s->matrix->columns);
        for (size_t j = 0; j < s->matrix->columns; j++) {
            double entry = s->matrix->column[j][i];
            if (s->by_row)
                entry *= s->by_column[j] / s->by_row[i];
            if (!isfinite(entry))
                continue;
            lua_rawgeti(L, s->columns, (lua_Integer)j + 1);
            lua_pushnumber(L, entry);
            lua_rawset(L, -3);
        }
        lua_rawset(L, -3);
    }
}

/* The lists of names, and the values beside them. */
typedef struct named {
    int reactions, species, parameters;
    const double *rates, *amounts, *values;
} named;

/* All matrices into the table on top. */
static void set_matrices(lua_State *L, const bx_control *c, const named *n, bool scaled)
{
    const double *rates = scaled ? n->rates : NULL, *amounts = scaled ? n->amounts : NULL;
    const double *values = scaled ? n->values : NULL;
    const struct {
        const char *name;
        shown shown;
    } all[] = {
        {"elasticities", {c->elasticities, n->reactions, n->species, rates, amounts}},
        {"flux_control", {c->fluxes, n->reactions, n->reactions, rates, rates}},
        {"concentration_control", {c->concentrations, n->species, n->reactions, amounts, rates}},
        {"parameter_elasticities", {c->slopes, n->reactions, n->parameters, rates, values}},
        {"flux_response", {c->flux_response, n->reactions, n->parameters, rates, values}},
        {"concentration_response", {c->state_response, n->species, n->parameters, amounts, values}},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        push_shown(L, &all[i].shown);
        lua_setfield(L, -2, all[i].name);
    }
}

/* Values of slots of a frame, as a block that lives on the stack. */
static double *push_values(lua_State *L, const double *frame, const uint32_t *slots, size_t count)
{
    double *values = lua_newuserdatauv(L, (count + 1) * sizeof *values, 0);
    for (size_t i = 0; i < count; i++)
        values[i] = frame[slots[i]];
    return values;
}

/* Fluxes, for what is scaled by them; not a number where one is 0 within the rounding of its rate,
 * as at an equilibrium. */
static double *push_scales(lua_State *L, const bx_control *c, const double *rates,
                           const double *amounts)
{
    size_t count = c->elasticities->rows;
    double *scales = lua_newuserdatauv(L, (count + 1) * sizeof *scales, 0);
    for (size_t r = 0; r < count; r++) {
        double most = 0;
        for (size_t j = 0; j < c->elasticities->columns; j++)
            most = fmax(most, fabs(c->elasticities->column[j][r] * amounts[j]));
        scales[r] = fabs(rates[r]) > ROUNDING * most ? rates[r] : NAN;
    }
    return scales;
}

int bx_control_lua_analyse(lua_State *L)
{
    static const char *const keys[] = {BX_STEADY_KEYS, "parameters", NULL};
    bx_place place = bx_place_make(BX_ESCRIPT, "control");
    bx_steady_ask ask = {.starts = 1};
    bx_error err;
    size_t count;
    bx_steady_lua_options(L, keys, &place);
    const bx_network *network = bx_cell_network(bx_worker_of(L)->cell);
    const uint32_t *slots = parameters_option(L, network, &count, &place);
    bx_steady *steady = bx_steady_lua_search(L, &ask, &place, &err);
    if (!steady)
        return bx_raise_or_give(L, &err);
    const bx_steady_state *state = &steady->states[0];
    box *b = bx_box_push(L, BOX_CLASS, sizeof *b);
    if (bx_control_analyse(steady, state, slots, count, &b->control, &err) < 0)
        return bx_raise_or_give(L, &err);
    named n = {.amounts = push_values(L, state->frame, steady->species, steady->size),
               .values = push_values(L, state->frame, slots, count)};
    n.rates = push_scales(L, &b->control, state->rates, n.amounts);
    push_reactions(L, network);
    n.reactions = lua_gettop(L);
    bx_steady_lua_species(L, steady);
    n.species = lua_gettop(L);
    push_slots(L, network, slots, count);
    n.parameters = lua_gettop(L);
    lua_createtable(L, 0, 11);
    set_matrices(L, &b->control, &n, true);
    lua_createtable(L, 0, 6);
    set_matrices(L, &b->control, &n, false);
    lua_setfield(L, -2, "unscaled");
    bx_steady_lua_push(L, steady, state, true);
    lua_setfield(L, -2, "steady_state");
    lua_pushvalue(L, n.reactions);
    lua_setfield(L, -2, "reactions");
    lua_pushvalue(L, n.species);
    lua_setfield(L, -2, "species");
    lua_pushvalue(L, n.parameters);
    lua_setfield(L, -2, "parameters");
    return 1;
}

/* ---- conservation ---- */

/* Push the laws: { species = { name = coefficient }, total }. */
static void push_laws(lua_State *L, const box *b, const double *state)
{
    const char **names = b->system.network->names;
    size_t size = b->system.size;
    lua_createtable(L, (int)b->laws->count, 0);
    for (size_t k = 0; k < b->laws->count; k++) {
        double total = 0;
        lua_createtable(L, 0, 2);
        lua_newtable(L);
        for (size_t i = 0; i < size; i++) {
            double coefficient = b->moieties[k * size + i];
            if (coefficient == 0)
                continue;
            total += coefficient * state[i];
            lua_pushstring(L, names[b->system.species[i]]);
            lua_pushnumber(L, coefficient);
            lua_rawset(L, -3);
        }
        lua_setfield(L, -2, "species");
        lua_pushnumber(L, total);
        lua_setfield(L, -2, "total");
        lua_rawseti(L, -2, (lua_Integer)k + 1);
    }
}

/* Push the names of independent species, or of dependent ones, as a list. */
static void push_part(lua_State *L, const box *b, bool dependent)
{
    lua_newtable(L);
    lua_Integer count = 0;
    for (size_t i = 0; i < b->system.size; i++)
        if (b->laws->is_dependent[i] == dependent) {
            lua_pushstring(L, b->system.network->names[b->system.species[i]]);
            lua_rawseti(L, -2, ++count);
        }
}

/* Push { species = { reaction = coefficient } } without zeros, of all or of independent species;
 * the list of reactions is at `reactions`. */
static void push_stoichiometry(lua_State *L, const box *b, int reactions, bool reduced)
{
    const bx_network *network = b->system.network;
    lua_newtable(L);
    int table = lua_gettop(L);
    for (size_t i = 0; i < b->system.size; i++)
        if (!reduced || !b->laws->is_dependent[i]) {
            lua_newtable(L);
            lua_setfield(L, table, network->names[b->system.species[i]]);
        }
    for (size_t r = 0; r < network->reactions; r++)
        for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++) {
            lua_pushstring(L, network->names[network->changes.items[i]]);
            if (lua_rawget(L, table) == LUA_TTABLE) {
                lua_rawgeti(L, reactions, (lua_Integer)r + 1);
                lua_pushnumber(L, network->amounts[i]);
                lua_rawset(L, -3);
            }
            lua_pop(L, 1);
        }
}

/* Push { species = { independent = coefficient } } without zeros. */
static void push_link(lua_State *L, const box *b, int independent)
{
    lua_newtable(L);
    for (size_t i = 0; i < b->link->rows; i++) {
        lua_newtable(L);
        for (size_t j = 0; j < b->link->columns; j++)
            if (b->link->column[j][i] != 0) {
                lua_rawgeti(L, independent, (lua_Integer)j + 1);
                lua_pushnumber(L, b->link->column[j][i]);
                lua_rawset(L, -3);
            }
        lua_setfield(L, -2, b->system.network->names[b->system.species[i]]);
    }
}

int bx_control_lua_conservation(lua_State *L)
{
    const bx_cell *cell = bx_worker_of(L)->cell;
    const bx_network *network = bx_cell_network(cell);
    bx_error err;
    lua_settop(L, 1);
    box *b = bx_box_push(L, BOX_CLASS, sizeof *b);
    if (bx_system_open(&b->system, network, &err) < 0)
        return bx_raise_or_give(L, &err);
    b->laws = bx_conservation_new(network, b->system.position, b->system.size, NULL, &err);
    if (!b->laws)
        return bx_raise(L, &err);
    b->link = bx_conservation_link(b->laws);
    b->moieties = bx_conservation_moieties(b->laws);
    if (!b->link || !b->moieties)
        return bx_raise_format(L, BX_EMEMORY, "out of memory");
    double *state = push_values(L, bx_cell_state(cell)->frame, b->system.species, b->system.size);
    push_reactions(L, network);
    int reactions = lua_gettop(L);
    lua_createtable(L, 0, 8);
    push_laws(L, b, state);
    lua_setfield(L, -2, "laws");
    push_part(L, b, true);
    lua_setfield(L, -2, "dependent");
    push_stoichiometry(L, b, reactions, false);
    lua_setfield(L, -2, "stoichiometry");
    push_stoichiometry(L, b, reactions, true);
    lua_setfield(L, -2, "reduced");
    push_part(L, b, false);
    int independent = lua_gettop(L);
    push_link(L, b, independent);
    lua_setfield(L, -3, "link");
    lua_setfield(L, -2, "independent");
    lua_pushvalue(L, reactions);
    lua_setfield(L, -2, "reactions");
    lua_pushboolean(L, b->laws->exact);
    lua_setfield(L, -2, "exact");
    return 1;
}
