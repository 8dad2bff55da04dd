#include "values/trajectory.h"

#include "values/columns.h"
#include "values/text.h"
#include "values/value.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <string.h>

#define CLASS "bioxen.Trajectory"

bx_trajectory **bx_lua_new_trajectory(lua_State *L)
{
    bx_trajectory **box = lua_newuserdatauv(L, sizeof(bx_trajectory *), 0);
    *box = NULL;
    luaL_setmetatable(L, CLASS);
    return box;
}

bx_trajectory *bx_lua_test_trajectory(lua_State *L, int index)
{
    bx_trajectory **box = luaL_testudata(L, index, CLASS);
    return box ? *box : NULL;
}

static const bx_trajectory *check_trajectory(lua_State *L)
{
    bx_trajectory **box = luaL_checkudata(L, 1, CLASS);
    if (!*box)
        luaL_error(L, "the trajectory is closed");
    return *box;
}

static size_t check_column(lua_State *L, const bx_trajectory *t)
{
    const char *name = luaL_checkstring(L, 2);
    ptrdiff_t column = bx_trajectory_find(t, name);
    if (column < 0)
        bx_lua_no_column(L, "the trajectory", bx_trajectory_names(t), bx_trajectory_columns(t));
    return (size_t)column;
}

/* The values of the column named by argument 2; "time" is the column of times. */
static const double *check_values(lua_State *L, const bx_trajectory *t)
{
    if (strcmp(luaL_checkstring(L, 2), "time") == 0)
        return bx_trajectory_times(t);
    return bx_trajectory_column(t, check_column(L, t));
}

static int push_row_value(lua_State *L, bool last)
{
    const bx_trajectory *t = check_trajectory(L);
    const double *values = check_values(L, t);
    size_t rows = bx_trajectory_rows(t);
    if (rows == 0)
        return luaL_error(L, "the trajectory has no rows");
    lua_pushnumber(L, values[last ? rows - 1 : 0]);
    return 1;
}

static int trajectory_first(lua_State *L)
{
    return push_row_value(L, false);
}

static int trajectory_last(lua_State *L)
{
    return push_row_value(L, true);
}

static int trajectory_mean(lua_State *L)
{
    const bx_trajectory *t = check_trajectory(L);
    lua_pushnumber(L, bx_trajectory_mean(t, check_column(L, t)));
    return 1;
}

static int trajectory_at(lua_State *L)
{
    const bx_trajectory *t = check_trajectory(L);
    size_t column = check_column(L, t);
    double value;
    bx_error err;
    if (bx_trajectory_at(t, column, luaL_checknumber(L, 3), &value, &err) < 0)
        return luaL_argerror(L, 3, err.message);
    lua_pushnumber(L, value);
    return 1;
}

static int trajectory_column(lua_State *L)
{
    const bx_trajectory *t = check_trajectory(L);
    return bx_lua_push_numbers(L, check_values(L, t), bx_trajectory_rows(t));
}

static int trajectory_times(lua_State *L)
{
    const bx_trajectory *t = check_trajectory(L);
    return bx_lua_push_numbers(L, bx_trajectory_times(t), bx_trajectory_rows(t));
}

static int trajectory_names(lua_State *L)
{
    const bx_trajectory *t = check_trajectory(L);
    return bx_lua_push_names(L, bx_trajectory_names(t), bx_trajectory_columns(t));
}

static int trajectory_length(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)bx_trajectory_rows(check_trajectory(L)));
    return 1;
}

static int next_row(lua_State *L)
{
    lua_settop(L, 0);
    lua_pushvalue(L, lua_upvalueindex(1));
    const bx_trajectory *t = check_trajectory(L);
    lua_Integer row = lua_tointeger(L, lua_upvalueindex(2));
    if ((size_t)row >= bx_trajectory_rows(t))
        return 0;
    lua_pushinteger(L, row + 1);
    lua_replace(L, lua_upvalueindex(2));
    size_t columns = bx_trajectory_columns(t);
    lua_pushnumber(L, bx_trajectory_times(t)[row]);
    lua_createtable(L, 0, (int)columns);
    for (size_t i = 0; i < columns; i++) {
        lua_pushstring(L, bx_trajectory_name(t, i));
        lua_pushnumber(L, bx_trajectory_column(t, i)[row]);
        lua_rawset(L, -3);
    }
    return 2;
}

static int trajectory_rows(lua_State *L)
{
    check_trajectory(L);
    lua_settop(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_row, 2);
    return 1;
}

static int trajectory_to_csv(lua_State *L)
{
    const bx_trajectory *t = check_trajectory(L);
    const char *path = bx_lua_opt_path(L, 2);
    bx_buffer *text = bx_lua_push_text(L);
    bx_error err;
    if (bx_trajectory_csv(t, text, &err) < 0)
        return luaL_error(L, "%s", err.message);
    return bx_lua_give_text(L, text, path);
}

static int trajectory_to_json(lua_State *L)
{
    const bx_trajectory *t = check_trajectory(L);
    const char *path = bx_lua_opt_path(L, 2);
    bx_buffer *text = bx_lua_push_text(L);
    bx_error err;
    if (bx_trajectory_json(t, text, &err) < 0)
        return luaL_error(L, "%s", err.message);
    return bx_lua_give_text(L, text, path);
}

static int trajectory_index(lua_State *L)
{
    const bx_trajectory *t = check_trajectory(L);
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL || lua_type(L, 2) != LUA_TSTRING)
        return 1;
    const char *key = lua_tostring(L, 2);
    if (strcmp(key, "seed") == 0)
        lua_pushinteger(L, (lua_Integer)bx_trajectory_seed(t));
    else if (strcmp(key, "method") == 0)
        lua_pushstring(L, bx_trajectory_method(t));
    return 1;
}

static int trajectory_tostring(lua_State *L)
{
    bx_trajectory **box = luaL_checkudata(L, 1, CLASS);
    if (!*box) {
        lua_pushliteral(L, "Trajectory(closed)");
        return 1;
    }
    bx_lua_push_name_text(L, bx_trajectory_names(*box), bx_trajectory_columns(*box));
    lua_pushfstring(L, "Trajectory(%I rows: time%s%s)", (LUAI_UACINT)bx_trajectory_rows(*box),
                    bx_trajectory_columns(*box) ? ", " : "", lua_tostring(L, -1));
    return 1;
}

static int trajectory_close(lua_State *L)
{
    bx_trajectory **box = luaL_checkudata(L, 1, CLASS);
    bx_trajectory_free(*box);
    *box = NULL;
    return 0;
}

static int write_trajectory(lua_State *L, int index, bx_buffer *out, uint64_t *cost, bx_error *err)
{
    const bx_trajectory *trajectory = bx_lua_test_trajectory(L, index);
    if (!trajectory)
        return bx_fail(err, BX_ERESULT, "a trajectory that is closed cannot travel");
    *cost += bx_trajectory_columns(trajectory) * (uint64_t)BX_COST_NAME;
    return bx_trajectory_encode(trajectory, out, err);
}

static int read_trajectory(lua_State *L, const uint8_t *bytes, size_t length, bx_budget *budget,
                           bx_error *err)
{
    bx_trajectory **box = bx_lua_new_trajectory(L);
    *box = bx_trajectory_decode(bytes, length, budget, err);
    if (!*box)
        return -1;
    return 0;
}

static const bx_lua_type travels = {BX_VALUE_EXT_TRAJECTORY, write_trajectory, read_trajectory};

static const luaL_Reg methods[] = {
    {"at", trajectory_at},
    {"column", trajectory_column},
    {"first", trajectory_first},
    {"last", trajectory_last},
    {"mean", trajectory_mean},
    {"names", trajectory_names},
    {"rows", trajectory_rows},
    {"times", trajectory_times},
    {"to_csv", trajectory_to_csv},
    {"to_json", trajectory_to_json},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__close", trajectory_close},
    {"__gc", trajectory_close},
    {"__len", trajectory_length},
    {"__tostring", trajectory_tostring},
    {NULL, NULL},
};

void bx_lua_open_trajectory(lua_State *L)
{
    luaL_newmetatable(L, CLASS);
    bx_lua_register_type(L, &travels);
    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);
    lua_pushliteral(L, "trajectory");
    lua_pushcclosure(L, bx_lua_plot_on_host, 1);
    lua_setfield(L, -2, "plot");
    lua_pushvalue(L, -1);
    lua_pushcclosure(L, trajectory_index, 1);
    lua_setfield(L, -3, "__index");
    lua_remove(L, -2);
}
