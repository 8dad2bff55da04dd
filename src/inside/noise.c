#include "inside/noise.h"

#include "analysis/noise.h"
#include "inside/box.h"
#include "inside/raise.h"
#include "inside/steady.h"
#include "inside/worker.h"
#include "interrupt/hook.h"
#include "model/declaration.h"

#include <lauxlib.h>

#define BOX_CLASS "bioxen.worker.noise"

/* What a call holds that is not Lua's. */
typedef struct box {
    bx_matrix *covariances;
    bx_noise_course course;
} box;

static int box_free(lua_State *L)
{
    box *b = luaL_checkudata(L, 1, BOX_CLASS);
    bx_matrix_free(b->covariances);
    b->covariances = NULL;
    bx_noise_close(&b->course);
    return 0;
}

void bx_noise_open(lua_State *L)
{
    bx_box_class(L, BOX_CLASS, box_free);
}

/* options.times, as a block that lives on the stack; NULL without. */
static const double *times_option(lua_State *L, size_t *count, const bx_place *place)
{
    const double *times = bx_fields_number_list(L, 2, "times", count, place);
    for (size_t i = 0; times && i < *count; i++)
        if (times[i] < (i ? times[i - 1] : 0))
            bx_raise_format(L, place->code,
                            "%s.times: seconds from the present, ascending, expected", place->text);
    return times;
}

/* Push { species = { species = covariance } }. */
static void push_covariances(lua_State *L, const bx_steady *steady, const bx_matrix *c)
{
    const char **names = steady->network->names;
    lua_createtable(L, 0, (int)steady->size);
    for (size_t i = 0; i < steady->size; i++) {
        lua_createtable(L, 0, (int)steady->size);
        for (size_t j = 0; j < steady->size; j++) {
            lua_pushnumber(L, c->column[j][i]);
            lua_setfield(L, -2, names[steady->species[j]]);
        }
        lua_setfield(L, -2, names[steady->species[i]]);
    }
}

static int at_rest(lua_State *L, const bx_place *place)
{
    bx_steady_ask ask = {.starts = 1};
    bx_error err;
    bx_steady *steady = bx_steady_lua_search(L, &ask, place, &err);
    if (!steady)
        return bx_raise_or_give(L, &err);
    box *b = bx_box_push(L, BOX_CLASS, sizeof *b);
    b->covariances = bx_noise_at(steady, &steady->states[0], &err);
    if (!b->covariances)
        return bx_raise_or_give(L, &err);
    lua_createtable(L, 0, 3);
    push_covariances(L, steady, b->covariances);
    lua_setfield(L, -2, "covariance");
    bx_steady_lua_species(L, steady);
    lua_setfield(L, -2, "species");
    bx_steady_lua_push(L, steady, &steady->states[0], true);
    lua_setfield(L, -2, "steady_state");
    return 1;
}

/* Push a list of numbers that stand `stride` apart. */
static void push_row(lua_State *L, const double *first, size_t count, size_t stride)
{
    lua_createtable(L, (int)count, 0);
    for (size_t k = 0; k < count; k++) {
        lua_pushnumber(L, first[k * stride]);
        lua_rawseti(L, -2, (lua_Integer)k + 1);
    }
}

static void push_course(lua_State *L, const bx_network *network, const bx_noise_course *c,
                        const double *times)
{
    size_t n = c->size;
    lua_createtable(L, 0, 4);
    push_row(L, times, c->rows, 1);
    lua_setfield(L, -2, "times");
    lua_createtable(L, (int)n, 0);
    lua_createtable(L, 0, (int)n);
    lua_createtable(L, 0, (int)n);
    for (size_t i = 0; i < n; i++) {
        const char *name = network->names[c->species[i]];
        lua_pushstring(L, name);
        lua_rawseti(L, -4, (lua_Integer)i + 1);
        push_row(L, c->means + i, c->rows, n);
        lua_setfield(L, -3, name);
        lua_createtable(L, 0, (int)n);
        for (size_t j = 0; j < n; j++) {
            push_row(L, c->covariances + i * n + j, c->rows, n * n);
            lua_setfield(L, -2, network->names[c->species[j]]);
        }
        lua_setfield(L, -2, name);
    }
    lua_setfield(L, -4, "covariance");
    lua_setfield(L, -3, "mean");
    lua_setfield(L, -2, "species");
}

/* What was read for differential equations may be in moles, and a law the net of two reactions. */
static int refuse_amounts(const bx_cell *cell, bx_error *err)
{
    size_t count;
    bx_process *const *processes = bx_cell_processes(cell, &count);
    for (size_t i = 0; i < count; i++)
        if (processes[i]->origin.read && !processes[i]->origin.molecules)
            return bx_fail(err, BX_EMODEL,
                           "noise is of counts of molecules, and of reactions that go one way: the "
                           "model \"%.64s\" was loaded for differential equations; load it with { "
                           "stochastic = true }",
                           bx_process_name(processes[i]));
    return 0;
}

int bx_noise_lua_analyse(lua_State *L)
{
    static const char *const keys[] = {BX_STEADY_KEYS, "times", NULL};
    bx_place place = bx_place_make(BX_ESCRIPT, "noise");
    const bx_cell *cell = bx_worker_of(L)->cell;
    bx_error err;
    size_t count = 0;
    bx_steady_lua_options(L, keys, &place);
    const double *times = times_option(L, &count, &place);
    if (refuse_amounts(cell, &err) < 0)
        return bx_raise_or_give(L, &err);
    if (!times)
        return at_rest(L, &place);
    box *b = bx_box_push(L, BOX_CLASS, sizeof *b);
    if (bx_noise_follow(cell, times, count, &bx_interrupted, &b->course, &err) < 0)
        return bx_raise_or_give(L, &err);
    push_course(L, bx_cell_network(cell), &b->course, times);
    return 1;
}
