#include "inside/cell.h"

#include "analysis/sensitivity.h"
#include "cell/cell.h"
#include "cell/engines.h"
#include "inside/check.h"
#include "inside/continuation.h"
#include "inside/control.h"
#include "inside/fields.h"
#include "inside/noise.h"
#include "inside/objective.h"
#include "inside/organism.h"
#include "inside/output.h"
#include "inside/raise.h"
#include "inside/sbml.h"
#include "inside/steady.h"
#include "inside/worker.h"
#include "interrupt/hook.h"
#include "values/ensemble.h"
#include "values/trajectory.h"

#include <lauxlib.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLASS BX_CELL_CLASS

static bx_cell *check_cell(lua_State *L)
{
    luaL_checkudata(L, 1, CLASS);
    return bx_worker_of(L)->cell;
}

/* Of a run, and of many: how much of what is done, as who shows it understands. */
typedef struct reported {
    const bx_run *run;
    double begun; /* the cell's time then */
} reported;

static void report_run(void *data, double fraction)
{
    const reported *r = data;
    char text[64];
    double lived = fraction * r->run->duration;
    int length = snprintf(text, sizeof text, "%.6g of %.6g s", lived, r->run->duration);
    bx_output_progress(fraction, r->begun + lived, text, (size_t)length);
}

static void report_runs(void *data, double fraction)
{
    const bx_ensemble_run *many = data;
    char text[64];
    double done = floor(fraction * (double)many->runs);
    int length = snprintf(text, sizeof text, "%.0f of %.0f runs", done, (double)many->runs);
    bx_output_progress(fraction, NAN, text, (size_t)length);
}

static double number_option(lua_State *L, int options, const char *key, const bx_place *place)
{
    double value = 0;
    if (bx_fields_get(L, options, key) != LUA_TNIL) {
        value = bx_fields_number(L, -1, place, key);
        if (value < 0)
            bx_raise_format(L, place->code, "%s.%s: not negative expected, got %g", place->text,
                            key, value);
    }
    lua_pop(L, 1);
    return value;
}

/* Push "ode", "ssa" or another, for messages. */
static const char *push_methods(lua_State *L)
{
    luaL_Buffer text;
    luaL_buffinit(L, &text);
    for (int i = 0; i < BX_METHOD_COUNT; i++) {
        const char *before = i == 0 ? "" : i == BX_METHOD_COUNT - 1 ? " or " : ", ";
        lua_pushfstring(L, "%s\"%s\"", before, bx_engines[i]->name);
        luaL_addvalue(&text);
    }
    luaL_pushresult(&text);
    return lua_tostring(L, -1);
}

static bx_method method_option(lua_State *L, int options, bx_method usual, const bx_place *place)
{
    bx_method method = usual;
    if (bx_fields_get(L, options, "method") != LUA_TNIL) {
        const char *name = bx_fields_string(L, -1, place, "method");
        method = bx_method_named(name);
        if (method == BX_METHOD_COUNT)
            bx_raise_format(L, place->code, "%s.method: %s expected, got \"%.40s\"", place->text,
                            push_methods(L), name);
    }
    lua_pop(L, 1);
    return method;
}

/* tolerance.absolute as a table: name = number. The list stays on the stack. */
static void absolute_options(lua_State *L, int table, bx_run *run, const bx_place *place)
{
    if (lua_rawlen(L, table) > 0)
        bx_raise_format(L, place->code, "%s: name = number expected, got a list", place->text);
    const char **names = bx_fields_names(L, table, &run->absolute_count, place);
    bx_named_tolerance *list = lua_newuserdatauv(L, (run->absolute_count + 1) * sizeof *list, 0);
    for (size_t i = 0; i < run->absolute_count; i++) {
        list[i] = (bx_named_tolerance){names[i], number_option(L, table, names[i], place)};
        if (list[i].value == 0)
            bx_raise_format(L, place->code, "%s.%s: a number above 0 expected", place->text,
                            names[i]);
    }
    run->absolute_tolerances = list;
}

/* What is read stays on the stack. */
static void tolerance_option(lua_State *L, int options, bx_run *run, const bx_place *place)
{
    static const char *const keys[] = {"relative", "absolute", NULL};
    if (bx_fields_get(L, options, "tolerance") == LUA_TNIL)
        return;
    bx_place inner = bx_place_make(place->code, "%s.tolerance", place->text);
    int table = lua_gettop(L);
    bx_fields_expect(L, table, LUA_TTABLE, &inner, NULL);
    bx_fields_allow(L, table, keys, false, &inner);
    run->relative_tolerance = number_option(L, table, "relative", &inner);
    if (bx_fields_get(L, table, "absolute") == LUA_TTABLE) {
        bx_place each = bx_place_make(place->code, "%s.absolute", inner.text);
        absolute_options(L, lua_gettop(L), run, &each);
    } else {
        run->absolute_tolerance = number_option(L, table, "absolute", &inner);
    }
}

static void solver_option(lua_State *L, int options, bx_run *run, const bx_place *place)
{
    if (bx_fields_get(L, options, "solver") != LUA_TNIL) {
        const char *name = bx_fields_string(L, -1, place, "solver");
        run->adams = strcmp(name, "adams") == 0;
        if (!run->adams && strcmp(name, "bdf") != 0)
            bx_raise_format(L, place->code,
                            "%s.solver: \"bdf\" or \"adams\" expected, got \"%.40s\"", place->text,
                            name);
    }
    lua_pop(L, 1);
}

static void seed_option(lua_State *L, int options, bx_run *run, const bx_place *place)
{
    bx_cell *cell = bx_worker_of(L)->cell;
    int isinteger = 1;
    if (bx_fields_get(L, options, "seed") != LUA_TNIL) {
        bx_fields_number(L, -1, place, "seed");
        run->seed = (uint64_t)lua_tointegerx(L, -1, &isinteger);
        if (!isinteger)
            bx_raise_format(L, place->code, "%s.seed: an integer expected, got %g", place->text,
                            lua_tonumber(L, -1));
    } else if (bx_engines[run->method]->seeded || bx_cell_is_random(cell)) {
        run->seed = bx_cell_draw_seed(cell);
    }
    lua_pop(L, 1);
}

/* A number of seconds, or "step". */
static void every_option(lua_State *L, int options, bx_run *run, const bx_place *place)
{
    if (bx_fields_get(L, options, "every") == LUA_TSTRING) {
        run->every_step = strcmp(lua_tostring(L, -1), "step") == 0;
        if (!run->every_step)
            bx_raise_format(L, place->code, "%s.every: seconds or \"step\" expected, got \"%.40s\"",
                            place->text, lua_tostring(L, -1));
    } else {
        run->every = number_option(L, options, "every", place);
    }
    lua_pop(L, 1);
}

/* How long, or else until the last of the times. */
static void duration_option(lua_State *L, bx_run *run, const bx_place *place)
{
    run->duration = number_option(L, 2, "duration", place);
    if (run->duration == 0 && run->time_count > 0)
        run->duration = run->times[run->time_count - 1] - bx_cell_time(bx_worker_of(L)->cell);
    if (run->duration <= 0)
        bx_raise_format(L, place->code, "%s.%s: seconds of simulated time expected, more than %s",
                        place->text, run->times ? "times" : "duration",
                        run->times ? "the present" : "0");
}

/* Those of runs and of ensembles. The method is known. */
static void read_options(lua_State *L, bx_run *run, const bx_place *place)
{
    run->times = bx_fields_number_list(L, 2, "times", &run->time_count, place);
    duration_option(L, run, place);
    every_option(L, 2, run, place);
    run->start = number_option(L, 2, "start", place);
    double steps = number_option(L, 2, "max_steps", place);
    run->maximum_steps = steps < 1e18 ? (size_t)steps : 0;
    run->epsilon = number_option(L, 2, "epsilon", place);
    tolerance_option(L, 2, run, place);
    seed_option(L, 2, run, place);
    solver_option(L, 2, run, place);
    run->threshold = number_option(L, 2, "threshold", place);
    run->exchange = number_option(L, 2, "exchange", place);
    run->record = bx_fields_name_list(L, 2, "record", &run->record_count, place);
    run->stochastic = bx_fields_name_list(L, 2, "stochastic", &run->stochastic_count, place);
}

/* A whole number of `least` or more; `least` without one. */
static uint64_t whole_option(lua_State *L, const char *key, double least, const bx_place *place)
{
    double value = least;
    if (bx_fields_get(L, 2, key) != LUA_TNIL)
        value = bx_fields_number(L, -1, place, key);
    if (value < least || value != floor(value) || value > 0x1p53)
        bx_raise_format(L, place->code, "%s.%s: a whole number of %g or more expected, got %g",
                        place->text, key, least, value);
    lua_pop(L, 1);
    return (uint64_t)value;
}

/* ---- code that takes rows, and is told of events ---- */

typedef struct taker {
    lua_State *L;
    int function, listener; /* where they are on the stack */
    bx_cell *cell;
    const bx_run *run;
    double time;
    const double *values;
    const char *event;
    lua_Integer rows;
    bool failed; /* its error is on top of the stack */
} taker;

static void push_value(lua_State *L, const char *name, double value)
{
    lua_pushstring(L, name);
    lua_pushnumber(L, value);
    lua_rawset(L, -3);
}

/* function(time, { name = value, ... }) */
static int give_row(lua_State *L)
{
    const taker *t = lua_touserdata(L, 1);
    size_t column = 0;
    lua_pushnumber(L, t->time);
    lua_newtable(L);
    for (size_t i = 0; t->run->record && i < t->run->record_count; i++)
        push_value(L, t->run->record[i], t->values[column++]);
    for (size_t i = 0; !t->run->record && i < bx_cell_variables(t->cell); i++) {
        bx_variable_kind kind;
        const char *name = bx_cell_variable(t->cell, i, &kind);
        if (kind != BX_VARIABLE_PARAMETER)
            push_value(L, name, t->values[column++]);
    }
    lua_call(L, 2, 0);
    return 0;
}

/* A bx_run's row: the engine's frames are below, so nothing may be raised through it. */
static int take_row(void *data, double time, const double *values, size_t count)
{
    taker *t = data;
    lua_State *L = t->L;
    (void)count;
    t->time = time;
    t->values = values;
    t->rows++;
    lua_pushcfunction(L, give_row);
    lua_pushlightuserdata(L, t);
    lua_pushvalue(L, t->function);
    t->failed = lua_pcall(L, 2, 0, 0) != LUA_OK;
    return t->failed;
}

/* function(time, name) */
static int tell_event(lua_State *L)
{
    const taker *t = lua_touserdata(L, 1);
    lua_pushnumber(L, t->time);
    lua_pushstring(L, t->event);
    lua_call(L, 2, 0);
    return 0;
}

/* A bx_run's fired: as take_row. */
static int take_event(void *data, double time, const char *event)
{
    taker *t = data;
    lua_State *L = t->L;
    t->time = time;
    t->event = event;
    lua_pushcfunction(L, tell_event);
    lua_pushlightuserdata(L, t);
    lua_pushvalue(L, t->listener);
    t->failed = lua_pcall(L, 2, 0, 0) != LUA_OK;
    return t->failed;
}

/* Where a function is on the stack, on which it stays; 0 without one. */
static int function_option(lua_State *L, const char *key, const bx_place *place)
{
    luaL_checkstack(L, LUA_MINSTACK, "too many names");
    if (bx_fields_get(L, 2, key) == LUA_TNIL)
        return 0;
    bx_fields_expect(L, -1, LUA_TFUNCTION, place, key);
    return lua_gettop(L);
}

static void functions_options(lua_State *L, bx_run *run, taker *t, const bx_place *place)
{
    *t = (taker){.L = L, .cell = bx_worker_of(L)->cell, .run = run};
    t->function = function_option(L, "stream", place);
    t->listener = function_option(L, "events", place);
    if (t->function)
        run->row = take_row;
    if (t->listener)
        run->fired = take_event;
    run->row_data = run->fired_data = t;
}

/* Raise if called by code that takes rows. */
static void check_idle(lua_State *L)
{
    if (bx_worker_of(L)->running)
        bx_raise_format(L, BX_ESCRIPT,
                        "the cell is running: code that takes its rows can read it, not change it");
}

/* The collector does not see a trajectory's columns: collect when much may be garbage. */
static void make_room(lua_State *L, bx_worker *worker)
{
    size_t much = worker->memory.limit / 16;
    if (worker->recorded > much) {
        worker->recorded = 0;
        lua_gc(L, LUA_GCCOLLECT);
    }
}

static size_t size_of(const bx_trajectory *trajectory)
{
    size_t columns = bx_trajectory_columns(trajectory) + 1;
    return bx_trajectory_rows(trajectory) * columns * sizeof(double);
}

static int fail_run(lua_State *L, const bx_error *err)
{
    if (err->code == BX_EMEMORY)
        bx_worker_of(L)->recorded = SIZE_MAX / 2; /* the next run collects first */
    return bx_raise(L, err);
}

static int cell_run(lua_State *L)
{
    static const char *const keys[] = {"events",    "times",    "start",  "duration", "every",
                                       "method",    "seed",     "run",    "record",   "tolerance",
                                       "max_steps", "epsilon",  "stream", "solver",   "stochastic",
                                       "threshold", "exchange", NULL};
    bx_cell *cell = check_cell(L);
    bx_worker *worker = bx_worker_of(L);
    bx_place place = bx_place_make(BX_ESCRIPT, "run");
    bx_error err;
    taker rows;
    bx_run run = {.maximum_bytes = worker->memory.limit,
                  .interrupt = &bx_interrupted,
                  .progress = report_run};
    reported at = {&run, bx_cell_time(cell)};
    run.progress_data = &at;
    lua_settop(L, 2);
    check_idle(L);
    bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, 2, keys, false, &place);
    run.method = method_option(L, 2, BX_METHOD_ODE, &place);
    read_options(L, &run, &place);
    run.stream = whole_option(L, "run", 0, &place);
    functions_options(L, &run, &rows, &place);
    bx_trajectory **box = bx_lua_new_trajectory(L);
    bx_output_flush();
    make_room(L, worker);
    worker->running = true;
    int result = bx_cell_run(cell, &run, box, &err);
    worker->running = false;
    if (rows.failed)
        return lua_error(L);
    if (result < 0 && *box)
        bx_finished_keep(L);
    if (result < 0)
        return fail_run(L, &err);
    if (*box)
        worker->recorded += size_of(*box);
    else
        lua_pushinteger(L, rows.rows);
    return 1;
}

/* Push { name = trajectory, ... }, empty, and a block of where they are. */
static bx_trajectory ***push_boxes(lua_State *L, const bx_run *run)
{
    lua_createtable(L, 0, (int)run->by_count);
    bx_trajectory ***boxes = lua_newuserdatauv(L, (run->by_count + 1) * sizeof *boxes, 0);
    for (size_t i = 0; i < run->by_count; i++) {
        lua_pushstring(L, run->by[i]);
        boxes[i] = bx_lua_new_trajectory(L);
        lua_rawset(L, -4);
    }
    return boxes;
}

static int run_sensitivities(lua_State *L, const bx_run *run, bool scaled)
{
    bx_worker *worker = bx_worker_of(L);
    bx_error err;
    bx_trajectory **each = lua_newuserdatauv(L, (run->by_count + 1) * sizeof *each, 0);
    bx_trajectory ***boxes = push_boxes(L, run), **box = bx_lua_new_trajectory(L);
    bx_output_flush();
    make_room(L, worker);
    worker->running = true;
    int result = bx_sensitivity_run(worker->cell, run, scaled, box, each, &err);
    worker->running = false;
    if (result < 0)
        return fail_run(L, &err);
    for (size_t i = 0; i < run->by_count; i++)
        *boxes[i] = each[i];
    worker->recorded += size_of(*box) * (run->by_count + 1);
    lua_createtable(L, 0, 3);
    lua_insert(L, -4);
    lua_setfield(L, -4, "trajectory");
    lua_pop(L, 1);
    lua_setfield(L, -2, "by");
    lua_pushboolean(L, scaled);
    lua_setfield(L, -2, "scaled");
    return 1;
}

static int cell_sensitivities(lua_State *L)
{
    static const char *const keys[] = {"parameters", "scaled", "times",     "start",
                                       "duration",   "every",  "record",    "tolerance",
                                       "solver",     "seed",   "max_steps", NULL};
    bx_cell *cell = check_cell(L);
    bx_place place = bx_place_make(BX_ESCRIPT, "sensitivities");
    bx_run run = {.maximum_bytes = bx_worker_of(L)->memory.limit,
                  .interrupt = &bx_interrupted,
                  .progress = report_run};
    reported at = {&run, bx_cell_time(cell)};
    run.progress_data = &at;
    lua_settop(L, 2);
    check_idle(L);
    bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, 2, keys, false, &place);
    run.method = BX_METHOD_ODE;
    read_options(L, &run, &place);
    run.by = bx_fields_name_list(L, 2, "parameters", &run.by_count, &place);
    luaL_checkstack(L, LUA_MINSTACK, "too many names");
    if (bx_fields_get(L, 2, "scaled") != LUA_TNIL)
        bx_fields_expect(L, -1, LUA_TBOOLEAN, &place, "scaled");
    return run_sensitivities(L, &run, lua_toboolean(L, -1));
}

static void quantiles_option(lua_State *L, bx_ensemble_run *many, const bx_place *place)
{
    many->quantiles = bx_fields_number_list(L, 2, "quantiles", &many->quantile_count, place);
    if (many->quantiles)
        many->bins = BX_ENSEMBLE_BINS;
}

/* true, or { bins = 256 }. */
static void histogram_option(lua_State *L, bx_ensemble_run *many, const bx_place *place)
{
    static const char *const keys[] = {"bins", NULL};
    int type = bx_fields_get(L, 2, "histogram");
    if (type == LUA_TTABLE) {
        bx_place inner = bx_place_make(place->code, "%s.histogram", place->text);
        int table = lua_gettop(L);
        bx_fields_allow(L, table, keys, false, &inner);
        double bins = number_option(L, table, "bins", &inner);
        if (bins < 2 || bins > BX_ENSEMBLE_BINS_MAXIMUM || bins != floor(bins))
            bx_raise_format(L, inner.code, "%s.bins: a whole number from 2 to %d expected, got %g",
                            inner.text, BX_ENSEMBLE_BINS_MAXIMUM, bins);
        many->bins = (uint32_t)bins;
    } else if (type == LUA_TBOOLEAN && lua_toboolean(L, -1)) {
        many->bins = BX_ENSEMBLE_BINS;
    } else if (type != LUA_TNIL && type != LUA_TBOOLEAN) {
        bx_fields_expect(L, -1, LUA_TTABLE, place, "histogram");
    }
    lua_pop(L, 1);
}

static int cell_ensemble(lua_State *L)
{
    static const char *const keys[] = {
        "times",  "start",      "runs",      "first",     "duration",  "every",   "method",
        "seed",   "record",     "quantiles", "histogram", "max_steps", "epsilon", "tolerance",
        "solver", "stochastic", "threshold", "exchange",  NULL};
    bx_cell *cell = check_cell(L);
    bx_worker *worker = bx_worker_of(L);
    bx_place place = bx_place_make(BX_ESCRIPT, "ensemble");
    bx_error err;
    bx_run run = {.maximum_bytes = worker->memory.limit,
                  .interrupt = &bx_interrupted,
                  .progress = report_runs};
    bx_ensemble_run many = {.run = &run};
    run.progress_data = &many;
    lua_settop(L, 2);
    check_idle(L);
    bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
    bx_fields_allow(L, 2, keys, false, &place);
    run.method = method_option(L, 2, BX_METHOD_SSA, &place);
    read_options(L, &run, &place);
    if (bx_fields_get(L, 2, "runs") == LUA_TNIL)
        bx_raise_format(L, place.code, "ensemble.runs: how many runs expected, got nothing");
    many.runs = whole_option(L, "runs", 1, &place);
    many.first = whole_option(L, "first", 1, &place);
    quantiles_option(L, &many, &place);
    histogram_option(L, &many, &place);
    bx_ensemble **box = bx_lua_new_ensemble(L);
    bx_output_flush();
    make_room(L, worker);
    int result = bx_cell_run_ensemble(cell, &many, box, &err);
    if (result < 0 && *box)
        bx_finished_keep(L);
    if (result < 0)
        return fail_run(L, &err);
    const bx_ensemble_plan *plan = bx_ensemble_plan_of(*box);
    worker->recorded += (size_t)bx_ensemble_size(plan->rows, plan->columns, plan->bins);
    return 1;
}

/* Push "A, B, ...": what the cell has, for messages. */
static const char *push_available(lua_State *L, const bx_cell *cell)
{
    luaL_Buffer text;
    size_t count = bx_cell_variables(cell);
    luaL_buffinit(L, &text);
    for (size_t i = 0; i < count && i < 12; i++) {
        bx_variable_kind kind;
        if (i)
            luaL_addstring(&text, ", ");
        luaL_addstring(&text, bx_cell_variable(cell, i, &kind));
    }
    luaL_addstring(&text, count == 0 ? "nothing" : count > 12 ? ", ..." : "");
    luaL_pushresult(&text);
    return lua_tostring(L, -1);
}

static int cell_get(lua_State *L)
{
    bx_cell *cell = check_cell(L);
    const char *name = luaL_checkstring(L, 2);
    double value;
    if (bx_cell_get(cell, name, &value) < 0)
        return bx_raise_format(
            L, BX_EMODEL, "no species, parameter or rule \"%.64s\" in the cell, it has: %.400s",
            name, push_available(L, cell));
    lua_pushnumber(L, value);
    return 1;
}

static void set_many(lua_State *L, bx_cell *cell)
{
    bx_place place = bx_place_make(BX_EMODEL, "set");
    bx_error err;
    size_t count;
    const char **names = bx_fields_names(L, 2, &count, &place);
    for (size_t i = 0; i < count; i++) {
        bx_fields_get(L, 2, names[i]);
        bx_fields_number(L, -1, &place, names[i]);
        lua_pop(L, 1);
    }
    for (size_t i = 0; i < count; i++) {
        bx_fields_get(L, 2, names[i]);
        if (bx_cell_set(cell, names[i], lua_tonumber(L, -1), &err) < 0)
            bx_raise(L, &err);
        lua_pop(L, 1);
    }
}

static int cell_set(lua_State *L)
{
    bx_cell *cell = check_cell(L);
    bx_error err;
    check_idle(L);
    if (lua_istable(L, 2)) {
        set_many(L, cell);
        return 0;
    }
    const char *name = luaL_checkstring(L, 2);
    bx_place place = bx_place_make(BX_EMODEL, "set");
    if (bx_cell_set(cell, name, bx_fields_number(L, 3, &place, name), &err) < 0)
        return bx_raise(L, &err);
    return 0;
}

static int cell_whole_molecules(lua_State *L)
{
    bx_cell *cell = check_cell(L);
    bx_error err;
    check_idle(L);
    for (size_t i = 0; i < bx_cell_variables(cell); i++) {
        bx_variable_kind kind;
        double count;
        const char *name = bx_cell_variable(cell, i, &kind);
        if (kind == BX_VARIABLE_SPECIES && bx_cell_get(cell, name, &count) == 0 &&
            bx_cell_set(cell, name, floor(count + 0.5), &err) < 0)
            return bx_raise(L, &err);
    }
    return 0;
}

static int cell_rate(lua_State *L)
{
    bx_cell *cell = check_cell(L);
    const char *name = luaL_checkstring(L, 2);
    double rate;
    if (bx_cell_rate(cell, name, &rate) < 0)
        return bx_raise_format(L, BX_EMODEL, "no reaction \"%.64s\" in the cell", name);
    lua_pushnumber(L, rate);
    return 1;
}

static int cell_shortage(lua_State *L)
{
    bx_cell *cell = check_cell(L);
    const char *name = luaL_checkstring(L, 2);
    double amount;
    if (bx_cell_owed(cell, name, &amount) < 0)
        return bx_raise_format(L, BX_EMODEL, "no species \"%.64s\" in the cell", name);
    lua_pushnumber(L, amount);
    return 1;
}

static int cell_time(lua_State *L)
{
    lua_pushnumber(L, bx_cell_time(check_cell(L)));
    return 1;
}

static int cell_reset(lua_State *L)
{
    bx_cell *cell = check_cell(L);
    check_idle(L);
    bx_cell_reset(cell);
    bx_organism_allocate_again(L);
    return 0;
}

static int cell_clear(lua_State *L)
{
    bx_cell *cell = check_cell(L);
    bx_error err;
    check_idle(L);
    if (bx_cell_clear(cell, &err) < 0)
        return bx_raise(L, &err);
    bx_organism_forget_shares(L);
    return 0;
}

/* What others' files do with the cell; some not while it runs, as from the `events` of a run. */
typedef struct analysis {
    const char *name;
    lua_CFunction run;
    bool idle;
} analysis;

static const analysis analyses[] = {
    {"check", bx_check_lua_cell, false},
    {"conservation", bx_control_lua_conservation, false},
    {"continuation", bx_continuation_lua_follow, true},
    {"control", bx_control_lua_analyse, true},
    {"load_sbml", bx_sbml_lua_load, true},
    {"noise", bx_noise_lua_analyse, true},
    {"objective", bx_objective_lua_new, true},
    {"steady_state", bx_steady_lua_find, true},
    {"to_sbml", bx_sbml_lua_write, false},
};

static int cell_analyse(lua_State *L)
{
    const analysis *a = lua_touserdata(L, lua_upvalueindex(1));
    check_cell(L);
    if (a->idle)
        check_idle(L);
    return a->run(L);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int push_names(lua_State *L, bx_variable_kind wanted)
{
    const bx_cell *cell = check_cell(L);
    size_t all = bx_cell_variables(cell);
    size_t count = 0;
    const char **names = lua_newuserdatauv(L, (all + 1) * sizeof *names, 0);
    for (size_t i = 0; i < all; i++) {
        bx_variable_kind kind;
        const char *name = bx_cell_variable(cell, i, &kind);
        if (kind == wanted)
            names[count++] = name;
    }
    qsort(names, count, sizeof *names, compare_names);
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        lua_pushstring(L, names[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int cell_species(lua_State *L)
{
    return push_names(L, BX_VARIABLE_SPECIES);
}

static int cell_parameters(lua_State *L)
{
    return push_names(L, BX_VARIABLE_PARAMETER);
}

static int cell_rules(lua_State *L)
{
    return push_names(L, BX_VARIABLE_RULE);
}

static int cell_tostring(lua_State *L)
{
    const bx_cell *cell = check_cell(L);
    size_t species = 0;
    for (size_t i = 0; i < bx_cell_variables(cell); i++) {
        bx_variable_kind kind;
        bx_cell_variable(cell, i, &kind);
        species += kind == BX_VARIABLE_SPECIES;
    }
    lua_pushfstring(L, "Cell(%s, t = %f s, %d species)", bx_worker_of(L)->organism,
                    bx_cell_time(cell), (int)species);
    return 1;
}

/* The Genome that the cell holds: the loaded one, or else the organism's own. */
static int cell_genome(lua_State *L)
{
    check_cell(L);
    bx_organism_push_genome(L);
    return 1;
}

/* What a cell has of the world that it lives in is library.world's; upvalue 1 is the name. */
static int cell_world(lua_State *L)
{
    check_cell(L);
    int count = lua_gettop(L);
    luaL_checkstack(L, count + LUA_MINSTACK, "too many arguments");
    bx_organism_push_world(L, lua_tostring(L, lua_upvalueindex(1)));
    for (int i = 2; i <= count; i++)
        lua_pushvalue(L, i);
    lua_call(L, count + 1, 1);
    return 1;
}

static const char *const world_methods[] = {"cells",    "die",  "divide", "medium",
                                            "messages", "post", "send",   NULL};

static const luaL_Reg methods[] = {
    {"genome", cell_genome},
    {"clear", cell_clear},
    {"ensemble", cell_ensemble},
    {"get", cell_get},
    {"parameters", cell_parameters},
    {"rate", cell_rate},
    {"reset", cell_reset},
    {"rules", cell_rules},
    {"run", cell_run},
    {"sensitivities", cell_sensitivities},
    {"set", cell_set},
    {"shortage", cell_shortage},
    {"species", cell_species},
    {"time", cell_time},
    {"whole_molecules", cell_whole_molecules},
    {NULL, NULL},
};

/* cell.name: a function of the organism, which knows better what its cells are, or else a method of
 * any cell (upvalues 2 and 1). */
static int cell_index(lua_State *L)
{
    luaL_checkudata(L, 1, CLASS);
    lua_settop(L, 2);
    for (int table = 2; table >= 1; table--) {
        lua_pushvalue(L, 2);
        if (lua_rawget(L, lua_upvalueindex(table)) != LUA_TNIL)
            return 1;
        lua_pop(L, 1);
    }
    return 0;
}

void bx_cell_open(lua_State *L)
{
    bx_sbml_open(L);
    bx_steady_open(L);
    bx_control_open(L);
    bx_check_open(L);
    bx_noise_open(L);
    bx_continuation_open(L);
    luaL_newmetatable(L, CLASS);
    lua_pushcfunction(L, cell_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    luaL_newlib(L, methods);
    for (size_t i = 0; i < sizeof analyses / sizeof *analyses; i++) {
        lua_pushlightuserdata(L, (void *)&analyses[i]);
        lua_pushcclosure(L, cell_analyse, 1);
        lua_setfield(L, -2, analyses[i].name);
    }
    for (size_t i = 0; world_methods[i]; i++) {
        lua_pushstring(L, world_methods[i]);
        lua_pushcclosure(L, cell_world, 1);
        lua_setfield(L, -2, world_methods[i]);
    }
    if (bx_fields_get(L, lua_absindex(L, -3), "functions") != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
    }
    lua_pushcclosure(L, cell_index, 2);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

void bx_cell_push(lua_State *L)
{
    lua_newuserdatauv(L, 0, 0);
    luaL_setmetatable(L, CLASS);
}
