#include "lua/hdf5/hdf5.h"

#include "record/hdf5/file.h"
#include "values/error.h"
#include "values/text.h"
#include "values/trajectory.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CLASS "bioxen.Hdf5File"

enum { EXACT_BITS = 53 }; /* whole numbers up to 2^53 are doubles */

/* Its user value is the path. */
typedef struct hdf5_file {
    bx_hdf5 *content; /* NULL: closed */
} hdf5_file;

static hdf5_file *check_file(lua_State *L)
{
    hdf5_file *file = luaL_checkudata(L, 1, CLASS);
    if (!file->content)
        luaL_error(L, "the file is closed");
    return file;
}

/* true, or nil and an error that names the file. */
static int answer(lua_State *L, int result, const bx_error *error)
{
    bx_error whole;
    if (result == 0) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_getiuservalue(L, 1, 1);
    bx_error_set(&whole, error->code, "%s: %s", lua_tostring(L, -1), error->message);
    return bx_lua_fail(L, &whole, NULL);
}

/* ---- values ---- */

/* Which of both, or that it is neither, in the words of an error. */
static bx_hdf5_kind kind_of(lua_State *L, int list, size_t count, bool keep_integers, int argument)
{
    size_t texts = 0, integers = 0, numbers = 0;
    for (size_t i = 1; i <= count; i++) {
        int type = lua_rawgeti(L, list, (lua_Integer)i);
        texts += type == LUA_TSTRING;
        numbers += type == LUA_TNUMBER;
        integers += lua_isinteger(L, -1) != 0;
        lua_pop(L, 1);
    }
    if (count > 0 && texts == count)
        return BX_HDF5_TEXTS;
    luaL_argcheck(L, numbers == count, argument, "a list of numbers alone, or of texts, expected");
    return keep_integers && count > 0 && integers == count ? BX_HDF5_INTEGERS : BX_HDF5_NUMBERS;
}

static const char *text_at(lua_State *L, int index, int argument)
{
    size_t length;
    const char *text = lua_tolstring(L, index, &length);
    luaL_argcheck(L, strlen(text) == length, argument, "a text without zero bytes expected");
    return text;
}

/* A double that is the number; no other stands in for it. */
static double number_at(lua_State *L, int index, int argument)
{
    lua_Integer limit = (lua_Integer)1 << EXACT_BITS, whole = lua_tointeger(L, index);
    bool exact = !lua_isinteger(L, index) || (whole >= -limit && whole <= limit);
    luaL_argcheck(L, exact, argument, "whole numbers of at most 2^53 expected");
    return lua_tonumber(L, index);
}

/* Push an array of the list's values; the texts stay the list's. Room for one at least. */
static void push_values(lua_State *L, int list, size_t count, int argument, bx_hdf5_data *data)
{
    void *room = lua_newuserdatauv(L, (count + 1) * sizeof(double), 0);
    _Static_assert(sizeof(double) == sizeof(char *) && sizeof(double) == sizeof(int64_t), "size");
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, list, (lua_Integer)i + 1);
        if (data->kind == BX_HDF5_TEXTS)
            ((const char **)room)[i] = text_at(L, -1, argument);
        else if (data->kind == BX_HDF5_INTEGERS)
            ((int64_t *)room)[i] = lua_tointeger(L, -1);
        else
            ((double *)room)[i] = number_at(L, -1, argument);
        lua_pop(L, 1);
    }
    data->values = room;
}

/* Push the array of a trajectory: times, then columns. */
static void push_trajectory(lua_State *L, const bx_trajectory *t, bx_hdf5_data *data)
{
    size_t rows = bx_trajectory_rows(t), columns = bx_trajectory_columns(t);
    double *room = lua_newuserdatauv(L, ((columns + 1) * rows + 1) * sizeof *room, 0);
    if (rows > 0)
        memcpy(room, bx_trajectory_times(t), rows * sizeof *room);
    for (size_t i = 0; i < columns && rows > 0; i++)
        memcpy(room + (i + 1) * rows, bx_trajectory_column(t, i), rows * sizeof *room);
    *data = (bx_hdf5_data){BX_HDF5_NUMBERS, room, {columns + 1, rows}, 2};
}

/* Push the array of a text of packed doubles, as string.pack makes them. */
static size_t push_packed(lua_State *L, bx_hdf5_data *data)
{
    size_t length;
    const char *packed = lua_tolstring(L, 3, &length);
    luaL_argcheck(L, length % sizeof(double) == 0, 3, "packed doubles expected");
    data->values = memcpy(lua_newuserdatauv(L, length + 1, 0), packed, length);
    return length / sizeof(double);
}

/* ---- attributes ---- */

/* Push the array of the value at the top, and tell what it is. */
static void push_attribute(lua_State *L, int argument, bx_hdf5_data *data)
{
    int value = lua_gettop(L), type = lua_type(L, value);
    *data = (bx_hdf5_data){BX_HDF5_TEXTS, NULL, {0}, 0};
    if (type == LUA_TTABLE) {
        size_t count = lua_rawlen(L, value);
        data->rank = 1;
        data->shape[0] = count;
        if (count > 0)
            data->kind = kind_of(L, value, count, true, argument);
        push_values(L, value, count, argument, data);
        return;
    }
    luaL_argcheck(L, type == LUA_TSTRING || type == LUA_TNUMBER, argument,
                  "texts, numbers and lists of them expected as attributes");
    lua_createtable(L, 1, 0);
    lua_pushvalue(L, value);
    lua_rawseti(L, -2, 1);
    data->kind = kind_of(L, value + 1, 1, true, argument);
    push_values(L, value + 1, 1, argument, data);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Push an array of the table's keys, in order: that of Lua is another each time. */
static const char **push_keys(lua_State *L, int argument, size_t *count)
{
    *count = 0;
    for (lua_pushnil(L); lua_next(L, argument); lua_pop(L, 1)) {
        luaL_argcheck(L, lua_type(L, -2) == LUA_TSTRING && *text_at(L, -2, argument), argument,
                      "names of attributes expected as keys");
        ++*count;
    }
    const char **keys = lua_newuserdatauv(L, (*count + 1) * sizeof *keys, 0);
    size_t at = 0;
    for (lua_pushnil(L); lua_next(L, argument); lua_pop(L, 1))
        keys[at++] = lua_tostring(L, -2);
    qsort(keys, at, sizeof *keys, by_text);
    return keys;
}

/* Give `name` the attributes at `argument`, which may be nil. */
static int set_attributes(lua_State *L, const hdf5_file *file, const char *name, int argument,
                          bx_error *error)
{
    size_t count;
    if (lua_isnoneornil(L, argument))
        return 0;
    luaL_checktype(L, argument, LUA_TTABLE);
    const char **keys = push_keys(L, argument, &count);
    int top = lua_gettop(L);
    for (size_t i = 0; i < count; i++) {
        bx_hdf5_data data;
        lua_pushstring(L, keys[i]);
        lua_rawget(L, argument);
        push_attribute(L, argument, &data);
        if (bx_hdf5_set(file->content, name, keys[i], &data, error) < 0)
            return -1;
        lua_settop(L, top);
    }
    return 0;
}

/* ---- methods ---- */

/* The shape at `argument` of `count` values. */
static void read_shape(lua_State *L, int argument, size_t count, bx_hdf5_data *data)
{
    size_t product = 1;
    data->rank = 1;
    data->shape[0] = count;
    if (lua_isnoneornil(L, argument))
        return;
    luaL_checktype(L, argument, LUA_TTABLE);
    data->rank = lua_rawlen(L, argument);
    luaL_argcheck(L, data->rank <= BX_HDF5_RANK, argument, "at most 32 axes expected");
    for (size_t i = 0; i < data->rank; i++) {
        int whole;
        lua_rawgeti(L, argument, (lua_Integer)i + 1);
        lua_Integer length = lua_tointegerx(L, -1, &whole);
        luaL_argcheck(L, whole && length >= 0, argument, "whole numbers from 0 expected");
        luaL_argcheck(L, length == 0 || product <= SIZE_MAX / 8 / (size_t)length, argument,
                      "too large");
        data->shape[i] = (size_t)length;
        product *= (size_t)length;
        lua_pop(L, 1);
    }
    luaL_argcheck(L, product == count, argument, "a shape of as many values expected");
}

static int file_write(lua_State *L)
{
    hdf5_file *file = check_file(L);
    const char *name = bx_lua_check_path(L, 2);
    const bx_trajectory *trajectory = bx_lua_test_trajectory(L, 3);
    bx_hdf5_data data = {.kind = BX_HDF5_NUMBERS};
    bx_error error;
    lua_settop(L, 5);
    luaL_argcheck(L, *name && name[strlen(name) - 1] != '/', 2, "the name of a dataset expected");
    if (trajectory) {
        luaL_argcheck(L, lua_isnil(L, 4), 4, "a trajectory has its own shape");
        push_trajectory(L, trajectory, &data);
    } else if (lua_type(L, 3) == LUA_TSTRING) {
        read_shape(L, 4, push_packed(L, &data), &data);
    } else {
        luaL_checktype(L, 3, LUA_TTABLE);
        size_t count = lua_rawlen(L, 3);
        read_shape(L, 4, count, &data);
        data.kind = kind_of(L, 3, count, false, 3);
        push_values(L, 3, count, 3, &data);
    }
    int result = bx_hdf5_write(file->content, name, &data, &error);
    if (result == 0)
        result = set_attributes(L, file, name, 5, &error);
    return answer(L, result, &error);
}

static int file_attributes(lua_State *L)
{
    hdf5_file *file = check_file(L);
    const char *name = bx_lua_check_path(L, 2);
    bx_error error;
    luaL_checktype(L, 3, LUA_TTABLE);
    lua_settop(L, 3);
    return answer(L, set_attributes(L, file, name, 3, &error), &error);
}

static int file_discard(lua_State *L)
{
    hdf5_file *file = luaL_checkudata(L, 1, CLASS);
    bx_hdf5_free(file->content);
    file->content = NULL;
    return 0;
}

static int file_close(lua_State *L)
{
    hdf5_file *file = check_file(L);
    bx_error error;
    lua_getiuservalue(L, 1, 1);
    bx_buffer *bytes = bx_lua_push_text(L);
    int result = bx_hdf5_finish(file->content, bytes, &error);
    file_discard(L);
    if (result < 0)
        return answer(L, result, &error);
    return bx_lua_give_text(L, bytes, lua_tostring(L, -2));
}

static int file_tostring(lua_State *L)
{
    const hdf5_file *file = luaL_checkudata(L, 1, CLASS);
    lua_getiuservalue(L, 1, 1);
    lua_pushfstring(L, "Hdf5File(%s%s)", lua_tostring(L, -1), file->content ? "" : ", closed");
    return 1;
}

/* Whether a file can be made there, as far as that is seen before it is written: what is there
 * already may be replaced, or written to. */
static int check_place(const char *path, bx_error *error)
{
    struct stat there;
    const char *slash = strrchr(path, '/');
    if (lstat(path, &there) == 0)
        return S_ISDIR(there.st_mode)
                   ? bx_fail_errno(error, BX_EFILE, EISDIR, "cannot write %s", path)
                   : 0;
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    if (!folder)
        return bx_fail_memory(error);
    int failed = access(folder, W_OK | X_OK) < 0 ? errno : 0;
    free(folder);
    return failed ? bx_fail_errno(error, BX_EFILE, failed, "cannot write %s", path) : 0;
}

static int create(lua_State *L)
{
    const char *path = bx_lua_check_path(L, 1);
    bx_error error;
    if (check_place(path, &error) < 0)
        return bx_lua_fail(L, &error, NULL);
    hdf5_file *file = lua_newuserdatauv(L, sizeof *file, 1);
    file->content = NULL;
    luaL_setmetatable(L, CLASS);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    file->content = bx_hdf5_new(&error);
    return file->content ? 1 : bx_lua_fail(L, &error, NULL);
}

static const luaL_Reg methods[] = {
    {"attributes", file_attributes},
    {"close", file_close},
    {"write", file_write},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__close", file_discard},
    {"__gc", file_discard},
    {"__tostring", file_tostring},
    {NULL, NULL},
};

static const luaL_Reg functions[] = {{"create", create}, {NULL, NULL}};

int luaopen_bioxen_hdf5(lua_State *L)
{
    bx_lua_open_error(L);
    luaL_newmetatable(L, CLASS);
    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    luaL_newlib(L, functions);
    lua_pushstring(L, bx_hdf5_version());
    lua_setfield(L, -2, "version");
    return 1;
}
