#include "values/ensemble.h"

#include "values/columns.h"
#include "values/text.h"
#include "values/value.h"

#include <lauxlib.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#define CLASS "bioxen.Ensemble"

bx_ensemble **bx_lua_new_ensemble(lua_State *L)
{
    bx_ensemble **box = lua_newuserdatauv(L, sizeof(bx_ensemble *), 0);
    *box = NULL;
    luaL_setmetatable(L, CLASS);
    return box;
}

bx_ensemble *bx_lua_test_ensemble(lua_State *L, int index)
{
    bx_ensemble **box = luaL_testudata(L, index, CLASS);
    return box ? *box : NULL;
}

static const bx_ensemble *check_ensemble(lua_State *L, int index)
{
    bx_ensemble **box = luaL_checkudata(L, index, CLASS);
    if (!*box)
        luaL_error(L, "the ensemble is closed");
    return *box;
}

static size_t check_column(lua_State *L, const bx_ensemble *e)
{
    const char *name = luaL_checkstring(L, 2);
    ptrdiff_t column = bx_ensemble_find(e, name);
    if (column < 0) {
        const bx_ensemble_plan *plan = bx_ensemble_plan_of(e);
        bx_lua_no_column(L, "the ensemble", plan->names, plan->columns);
    }
    return (size_t)column;
}

/* The last row at or before the time at `index`. */
static size_t check_row(lua_State *L, const bx_ensemble *e, int index)
{
    const bx_ensemble_plan *plan = bx_ensemble_plan_of(e);
    double time = luaL_checknumber(L, index);
    size_t row = plan->rows;
    if (row == 0 || !(time >= plan->times[0] && time <= plan->times[row - 1])) {
        lua_pushfstring(L, "time %f is outside the recorded times %f to %f", time,
                        row ? plan->times[0] : 0, row ? plan->times[row - 1] : 0);
        luaL_argerror(L, index, lua_tostring(L, -1));
    }
    while (row > 0 && plan->times[row - 1] > time)
        row--;
    return row - 1;
}

/* What a method tells of one row. */
typedef double (*measure)(const bx_ensemble *e, size_t row, size_t column, double p);

/* e:method(name[, time]), or with p e:method(name, p[, time]): a number, or a list by row. */
static int push_measure(lua_State *L, const bx_ensemble *e, measure of, double p, int time_index)
{
    size_t column = check_column(L, e), rows = bx_ensemble_plan_of(e)->rows;
    if (!lua_isnoneornil(L, time_index)) {
        lua_pushnumber(L, of(e, check_row(L, e, time_index), column, p));
        return 1;
    }
    lua_createtable(L, rows < INT_MAX ? (int)rows : 0, 0);
    for (size_t i = 0; i < rows; i++) {
        lua_pushnumber(L, of(e, i, column, p));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static double mean(const bx_ensemble *e, size_t row, size_t column, double p)
{
    (void)p;
    return bx_ensemble_mean(e, row, column);
}

static double sd(const bx_ensemble *e, size_t row, size_t column, double p)
{
    (void)p;
    return bx_ensemble_sd(e, row, column);
}

static double minimum(const bx_ensemble *e, size_t row, size_t column, double p)
{
    (void)p;
    return bx_ensemble_minimum(e, row, column);
}

static double maximum(const bx_ensemble *e, size_t row, size_t column, double p)
{
    (void)p;
    return bx_ensemble_maximum(e, row, column);
}

static int ensemble_mean(lua_State *L)
{
    return push_measure(L, check_ensemble(L, 1), mean, 0, 3);
}

static int ensemble_sd(lua_State *L)
{
    return push_measure(L, check_ensemble(L, 1), sd, 0, 3);
}

static int ensemble_min(lua_State *L)
{
    return push_measure(L, check_ensemble(L, 1), minimum, 0, 3);
}

static int ensemble_max(lua_State *L)
{
    return push_measure(L, check_ensemble(L, 1), maximum, 0, 3);
}

static void check_distributions(lua_State *L, const bx_ensemble *e)
{
    if (!bx_ensemble_plan_of(e)->bins)
        luaL_error(L, "the ensemble kept no distributions: run it with quantiles = { 0.05, 0.5, "
                      "0.95 } or histogram = true");
}

static int ensemble_quantile(lua_State *L)
{
    const bx_ensemble *e = check_ensemble(L, 1);
    check_column(L, e);
    double p = luaL_checknumber(L, 3);
    luaL_argcheck(L, p >= 0 && p <= 1, 3, "0 to 1 expected");
    check_distributions(L, e);
    return push_measure(L, e, bx_ensemble_quantile, p, 4);
}

static void push_bin(lua_State *L, double low, double high, uint32_t count)
{
    lua_createtable(L, 0, 3);
    lua_pushnumber(L, low);
    lua_setfield(L, -2, "low");
    lua_pushnumber(L, high);
    lua_setfield(L, -2, "high");
    lua_pushinteger(L, count);
    lua_setfield(L, -2, "count");
}

/* e:histogram(name[, time]): the bins that are not empty; at the last row without a time. */
static int ensemble_histogram(lua_State *L)
{
    const bx_ensemble *e = check_ensemble(L, 1);
    size_t column = check_column(L, e), rows = bx_ensemble_plan_of(e)->rows;
    check_distributions(L, e);
    if (rows == 0)
        return luaL_error(L, "the ensemble has no rows");
    size_t row = lua_isnoneornil(L, 3) ? rows - 1 : check_row(L, e, 3);
    const bx_bins *bins = bx_ensemble_bins(e, row, column);
    lua_Integer count = 0;
    lua_newtable(L);
    for (size_t i = 0; i < bins->length; i++) {
        if (bins->counts[i] == 0)
            continue;
        push_bin(L, bx_bins_edge(bins, i), bx_bins_edge(bins, bins->exact ? i : i + 1),
                 bins->counts[i]);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

static int ensemble_names(lua_State *L)
{
    const bx_ensemble_plan *plan = bx_ensemble_plan_of(check_ensemble(L, 1));
    return bx_lua_push_names(L, plan->names, plan->columns);
}

static int ensemble_times(lua_State *L)
{
    const bx_ensemble_plan *plan = bx_ensemble_plan_of(check_ensemble(L, 1));
    return bx_lua_push_numbers(L, plan->times, plan->rows);
}

static int ensemble_quantiles(lua_State *L)
{
    const bx_ensemble_plan *plan = bx_ensemble_plan_of(check_ensemble(L, 1));
    return bx_lua_push_numbers(L, plan->quantiles, plan->quantile_count);
}

static int ensemble_merge(lua_State *L)
{
    const bx_ensemble *a = check_ensemble(L, 1), *b = check_ensemble(L, 2);
    bx_error err;
    bx_ensemble **box = bx_lua_new_ensemble(L);
    *box = bx_ensemble_merge(a, b, &err);
    return *box ? 1 : luaL_error(L, "%s", err.message);
}

static int ensemble_to_csv(lua_State *L)
{
    const bx_ensemble *e = check_ensemble(L, 1);
    const char *path = bx_lua_opt_path(L, 2);
    bx_buffer *text = bx_lua_push_text(L);
    bx_error err;
    if (bx_ensemble_csv(e, text, &err) < 0)
        return luaL_error(L, "%s", err.message);
    return bx_lua_give_text(L, text, path);
}

static int ensemble_to_json(lua_State *L)
{
    const bx_ensemble *e = check_ensemble(L, 1);
    const char *path = bx_lua_opt_path(L, 2);
    bx_buffer *text = bx_lua_push_text(L);
    bx_error err;
    if (bx_ensemble_json(e, text, &err) < 0)
        return luaL_error(L, "%s", err.message);
    return bx_lua_give_text(L, text, path);
}

static int ensemble_length(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)bx_ensemble_plan_of(check_ensemble(L, 1))->rows);
    return 1;
}

static int ensemble_index(lua_State *L)
{
    const bx_ensemble *e = check_ensemble(L, 1);
    const bx_ensemble_plan *plan = bx_ensemble_plan_of(e);
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL || lua_type(L, 2) != LUA_TSTRING)
        return 1;
    const char *key = lua_tostring(L, 2);
    if (strcmp(key, "seed") == 0)
        lua_pushinteger(L, (lua_Integer)plan->seed);
    else if (strcmp(key, "method") == 0)
        lua_pushstring(L, plan->method);
    else if (strcmp(key, "runs") == 0)
        lua_pushinteger(L, (lua_Integer)bx_ensemble_runs(e));
    else if (strcmp(key, "first_run") == 0)
        lua_pushinteger(L, (lua_Integer)plan->first);
    else if (strcmp(key, "steps") == 0)
        lua_pushinteger(L, (lua_Integer)bx_ensemble_steps(e));
    return 1;
}

static int ensemble_tostring(lua_State *L)
{
    bx_ensemble **box = luaL_checkudata(L, 1, CLASS);
    if (!*box) {
        lua_pushliteral(L, "Ensemble(closed)");
        return 1;
    }
    const bx_ensemble_plan *plan = bx_ensemble_plan_of(*box);
    bx_lua_push_name_text(L, plan->names, plan->columns);
    lua_pushfstring(L, "Ensemble(%I runs, %I rows: time%s%s)", (LUAI_UACINT)bx_ensemble_runs(*box),
                    (LUAI_UACINT)plan->rows, plan->columns ? ", " : "", lua_tostring(L, -1));
    return 1;
}

static int ensemble_close(lua_State *L)
{
    bx_ensemble **box = luaL_checkudata(L, 1, CLASS);
    bx_ensemble_free(*box);
    *box = NULL;
    return 0;
}

static int write_ensemble(lua_State *L, int index, bx_buffer *out, uint64_t *cost, bx_error *err)
{
    const bx_ensemble *ensemble = bx_lua_test_ensemble(L, index);
    if (!ensemble)
        return bx_fail(err, BX_ERESULT, "an ensemble that is closed cannot travel");
    *cost += bx_ensemble_plan_of(ensemble)->columns * (uint64_t)BX_COST_NAME;
    return bx_ensemble_encode(ensemble, out, err);
}

static int read_ensemble(lua_State *L, const uint8_t *bytes, size_t length, bx_budget *budget,
                         bx_error *err)
{
    bx_ensemble **box = bx_lua_new_ensemble(L);
    *box = bx_ensemble_decode(bytes, length, budget, err);
    if (!*box)
        return -1;
    return 0;
}

static const bx_lua_type travels = {BX_VALUE_EXT_ENSEMBLE, write_ensemble, read_ensemble};

static const luaL_Reg methods[] = {
    {"histogram", ensemble_histogram},
    {"max", ensemble_max},
    {"mean", ensemble_mean},
    {"merge", ensemble_merge},
    {"min", ensemble_min},
    {"names", ensemble_names},
    {"quantile", ensemble_quantile},
    {"quantiles", ensemble_quantiles},
    {"sd", ensemble_sd},
    {"times", ensemble_times},
    {"to_csv", ensemble_to_csv},
    {"to_json", ensemble_to_json},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__close", ensemble_close},
    {"__gc", ensemble_close},
    {"__len", ensemble_length},
    {"__tostring", ensemble_tostring},
    {NULL, NULL},
};

void bx_lua_open_ensemble(lua_State *L)
{
    luaL_newmetatable(L, CLASS);
    bx_lua_register_type(L, &travels);
    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);
    lua_pushliteral(L, "ensemble");
    lua_pushcclosure(L, bx_lua_plot_on_host, 1);
    lua_setfield(L, -2, "plot");
    lua_pushvalue(L, -1);
    lua_pushcclosure(L, ensemble_index, 1);
    lua_setfield(L, -3, "__index");
    lua_remove(L, -2);
}
