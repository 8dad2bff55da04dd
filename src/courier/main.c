/* bioxen-courier: logs in to a pool, makes guests, relays frames to the workers in them, and undoes
 * what it made. Started by a host, which sends it requests; their steps are in Lua. */
#include "courier/confine.h"
#include "courier/native.h"
#include "values/value.h"
#include "wire/zygote.h"

#include <lauxlib.h>
#include <lualib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static bx_native native;

/* ---- requests ---- */

static void answer_error(lua_State *L, int index)
{
    bx_buffer details = {0};
    bx_error ignored;
    const char *code = bx_native_text(L, index, "code");
    const char *message = bx_native_text(L, index, "message");
    if (lua_getfield(L, index, "details") == LUA_TTABLE)
        bx_lua_write_value(L, -1, "details", &details, &ignored);
    bx_control_error(&native.control, code ? code : "ESYSTEM",
                     message ? message : "no reason given", &details);
    bx_buffer_free(&details);
    lua_pop(L, 1);
}

/* What the operation returned: a value; or nil and an error. */
static void answer(lua_State *L, int index)
{
    bx_buffer value = {.limit = BX_FRAME_LIMIT};
    bx_error error;
    if (lua_isnil(L, index) && lua_istable(L, index + 1)) {
        answer_error(L, index + 1);
        return;
    }
    if (bx_lua_write_value(L, index, "answer", &value, &error) < 0)
        bx_control_error(&native.control, bx_code_describe(error.code)->name, error.message, NULL);
    else
        bx_control_reply(&native.control, &value);
    bx_buffer_free(&value);
}

static int add_traceback(lua_State *L)
{
    luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
    return 1;
}

/* A mistake in the steps, or no memory. */
static void answer_mistake(lua_State *L)
{
    char message[900];
    snprintf(message, sizeof message, "the courier has a mistake: %s", lua_tostring(L, -1));
    bx_control_error(&native.control, "ESYSTEM", message, NULL);
}

/* Carry out `call`; the table of operations is at 1. */
static void run(lua_State *L, bx_call *call)
{
    bx_error error;
    lua_settop(L, 1);
    lua_pushcfunction(L, add_traceback);
    lua_pushlstring(L, (const char *)call->operation.bytes, call->operation.length);
    int type = lua_rawget(L, 1);
    int values = 0;
    while (type == LUA_TFUNCTION && call->values.at < call->values.end &&
           bx_lua_push_value(L, &call->values, &error) == 0)
        values++;
    bx_control_drop(&native.control);
    if (type != LUA_TFUNCTION) {
        bx_control_error(&native.control, "EPROTOCOL", "an unknown request", NULL);
    } else if (lua_pcall(L, values, 2, 2) != LUA_OK) {
        answer_mistake(L);
    } else {
        answer(L, 3);
    }
    lua_settop(L, 1);
    lua_gc(L, LUA_GCCOLLECT);
}

/* ---- start and end ---- */

static int open_steps(lua_State *L)
{
    const char *folder = lua_touserdata(L, 1);
    luaL_openlibs(L);
    lua_getglobal(L, "package");
    lua_pushfstring(L, "%s/?.lua", folder);
    lua_setfield(L, -2, "path");
    lua_pushliteral(L, "");
    lua_setfield(L, -2, "cpath");
    lua_getfield(L, -1, "loaded");
    bx_native_open(L, &native);
    lua_setfield(L, -2, "native");
    lua_getglobal(L, "require");
    lua_pushliteral(L, "courier");
    lua_call(L, 1, 1);
    luaL_checktype(L, -1, LUA_TTABLE);
    return 1;
}

/* The host is gone: what was made is undone. */
static void leave(lua_State *L)
{
    lua_settop(L, 1);
    lua_getfield(L, 1, "leave");
    lua_pcall(L, 0, 0, 0);
}

static bool is_started_by_a_host(void)
{
    int type;
    socklen_t size = sizeof type;
    return getsockopt(BX_WORKER_DESCRIPTOR, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
           type == SOCK_STREAM;
}

int main(int argc, char **argv)
{
    bx_error error;
    bx_call call;
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("bioxen-courier " BIOXEN_VERSION);
        return EXIT_SUCCESS;
    }
    if (argc != 2 || argv[1][0] == '-' || !is_started_by_a_host()) {
        fputs("usage: bioxen-courier STEPS_FOLDER\nThis program is started by bioxen.\n", stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    native.loop.deadline = BX_NEVER;
    lua_State *L = luaL_newstate();
    if (!L)
        return EXIT_FAILURE;
    lua_pushcfunction(L, open_steps);
    lua_pushlightuserdata(L, argv[1]);
    if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
        bx_control_error(&native.control, "ESTART", lua_tostring(L, -1), NULL);
        return EXIT_FAILURE;
    }
    bx_courier_confine();
    if (bx_control_open(&native.control, &native.loop, &error) < 0)
        return EXIT_FAILURE;
    while (bx_control_next(&native.control, &call))
        run(L, &call);
    leave(L);
    lua_close(L);
    bx_control_close(&native.control);
    return EXIT_SUCCESS;
}
