#include "courier/native.h"

#include "courier/json.h"
#include "values/text.h"

#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <sys/random.h>

static const char native_key;

bx_native *bx_native_of(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &native_key);
    bx_native *native = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return native;
}

int bx_native_fail(lua_State *L, const bx_error *error)
{
    lua_pushnil(L);
    lua_createtable(L, 0, 2);
    lua_pushstring(L, bx_code_describe(error->code)->name);
    lua_setfield(L, -2, "code");
    lua_pushstring(L, error->message);
    lua_setfield(L, -2, "message");
    return 2;
}

const char *bx_native_text(lua_State *L, int index, const char *key)
{
    const char *text = NULL;
    if (lua_getfield(L, index, key) != LUA_TNIL) {
        luaL_checktype(L, -1, LUA_TSTRING); /* the table keeps it */
        text = lua_tostring(L, -1);
    }
    lua_pop(L, 1);
    return text;
}

double bx_native_number(lua_State *L, int index, const char *key, double otherwise)
{
    lua_getfield(L, index, key);
    double value = luaL_optnumber(L, -1, otherwise);
    lua_pop(L, 1);
    return value;
}

bool bx_native_flag(lua_State *L, int index, const char *key)
{
    lua_getfield(L, index, key);
    bool value = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

/* ---- time ---- */

static int native_clock(lua_State *L)
{
    lua_pushnumber(L, (double)bx_clock_now() * 1e-9);
    return 1;
}

/* time_left(): seconds of the request; infinity without a deadline. */
static int native_time_left(lua_State *L)
{
    int64_t deadline = bx_native_of(L)->loop.deadline;
    double left = deadline == BX_NEVER ? HUGE_VAL : (double)(deadline - bx_clock_now()) * 1e-9;
    lua_pushnumber(L, left);
    return 1;
}

/* set_time_left(seconds) */
static int native_set_time_left(lua_State *L)
{
    bx_native_of(L)->loop.deadline = bx_clock_after(luaL_checknumber(L, 1));
    return 0;
}

/* undo(seconds): from here on only this much time ends the request. */
static int native_undo(lua_State *L)
{
    bx_control_undo(&bx_native_of(L)->control, luaL_checknumber(L, 1));
    return 0;
}

/* sleep(seconds): true, or nil and an error. */
static int native_sleep(lua_State *L)
{
    bx_error error;
    if (bx_loop_wait(&bx_native_of(L)->loop, NULL, 0, bx_clock_after(luaL_checknumber(L, 1)),
                     &error) < 0)
        return bx_native_fail(L, &error);
    lua_pushboolean(L, 1);
    return 1;
}

/* ---- the host ---- */

/* progress(fraction, text) */
static int native_progress(lua_State *L)
{
    bx_control_progress(&bx_native_of(L)->control, luaL_checknumber(L, 1),
                        luaL_optstring(L, 2, NULL));
    return 0;
}

/* note(name, text or nil) */
static int native_note(lua_State *L)
{
    bx_error error;
    if (bx_control_note(&bx_native_of(L)->control, luaL_checkstring(L, 1),
                        luaL_optstring(L, 2, NULL), &error) < 0)
        return luaL_error(L, "%s", error.message);
    return 0;
}

/* take_descriptor(): what came with the request, or nil. */
static int native_take_descriptor(lua_State *L)
{
    int descriptor = bx_control_take_descriptor(&bx_native_of(L)->control);
    if (descriptor < 0)
        lua_pushnil(L);
    else
        lua_pushinteger(L, descriptor);
    return 1;
}

/* ---- values ---- */

/* decode(text): the JSON document's value, null being `null`; or nil and an error. */
static int native_decode(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    bx_error error;
    return bx_json_push(L, text, length, &error) < 0 ? bx_native_fail(L, &error) : 1;
}

/* encode(value): JSON text; or nil and an error. */
static int native_encode(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    bx_buffer *out = bx_lua_push_text(L);
    bx_error error;
    if (bx_json_write(L, 1, out, &error) < 0)
        return bx_native_fail(L, &error);
    return bx_lua_give_text(L, out, NULL);
}

/* array(table): the same table, an array in JSON even when it is empty. */
static int native_array(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    bx_json_push_array(L);
    lua_setmetatable(L, 1);
    return 1;
}

/* random_hex(bytes): up to 32 of the kernel's, as hexadecimal digits. */
static int native_random_hex(lua_State *L)
{
    unsigned char bytes[32];
    char text[2 * sizeof bytes + 1];
    size_t count = (size_t)luaL_checkinteger(L, 1);
    luaL_argcheck(L, count > 0 && count <= sizeof bytes, 1, "1 to 32 expected");
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        return luaL_error(L, "the kernel gives no random numbers");
    for (size_t i = 0; i < count; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    lua_pushstring(L, text);
    return 1;
}

static const luaL_Reg functions[] = {{"clock", native_clock},
                                     {"time_left", native_time_left},
                                     {"set_time_left", native_set_time_left},
                                     {"undo", native_undo},
                                     {"sleep", native_sleep},
                                     {"progress", native_progress},
                                     {"note", native_note},
                                     {"take_descriptor", native_take_descriptor},
                                     {"decode", native_decode},
                                     {"encode", native_encode},
                                     {"array", native_array},
                                     {"random_hex", native_random_hex},
                                     {NULL, NULL}};

void bx_native_open(lua_State *L, bx_native *native)
{
    lua_pushlightuserdata(L, native);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &native_key);
    luaL_newlib(L, functions);
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    lua_pushliteral(L, BIOXEN_VERSION);
    lua_setfield(L, -2, "version");
    bx_native_open_http(L);
    bx_native_open_ssh(L);
    bx_native_open_files(L);
}
