#include "lua/session.h"

#include "lua/class.h"
#include "lua/host.h"
#include "lua/job.h"
#include "lua/notes.h"
#include "values/error.h"
#include "values/value.h"

#include <math.h>

typedef struct session_box {
    bx_courier *courier; /* NULL: closed */
} session_box;

static const bx_lua_class session_class;

static bx_courier *check_session(lua_State *L)
{
    const session_box *box = bx_lua_check_class(L, 1, &session_class);
    luaL_argcheck(L, box->courier, 1, "a session that is closed");
    return box->courier;
}

int bx_lua_new_session(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    session_box *box = lua_newuserdatauv(L, sizeof *box, 1);
    box->courier = NULL;
    bx_lua_set_class(L, &session_class);
    bx_host *host = bx_lua_push_host(L);
    lua_setiuservalue(L, -2, 1); /* which must not go first */
    bx_buffer config = {.limit = BX_FRAME_LIMIT};
    bx_error error;
    if (bx_lua_write_value(L, 1, "config", &config, &error) == 0)
        box->courier = bx_courier_new(host, &config, &error);
    bx_buffer_free(&config);
    return box->courier ? 1 : bx_lua_fail(L, &error, NULL);
}

/* session:send(operation, value[, timeout]): a job whose result is the answer. */
static int session_send(lua_State *L)
{
    bx_courier *courier = check_session(L);
    static const char *const operations[] = {"connect", "call",    "async", "events", "list",
                                             "collect", "examine", "close", NULL};
    const char *operation = operations[luaL_checkoption(L, 2, NULL, operations)];
    double timeout = luaL_optnumber(L, 4, INFINITY);
    luaL_argcheck(L, timeout > 0, 4, "a timeout in seconds, greater than 0, expected");
    bx_job **box = bx_lua_new_job(L, 1);
    bx_buffer values = {.limit = BX_FRAME_LIMIT};
    bx_error error;
    if (bx_lua_write_value(L, 3, operation, &values, &error) == 0)
        *box = bx_courier_job(courier, operation, &values, timeout, &error);
    bx_buffer_free(&values);
    return *box ? 1 : bx_lua_fail(L, &error, NULL);
}

/* session:notes() */
static int session_notes(lua_State *L)
{
    const bx_courier *courier = check_session(L);
    lua_newtable(L);
    bx_lua_set_notes(L, courier);
    return 1;
}

static int session_is_open(lua_State *L)
{
    const session_box *box = bx_lua_check_class(L, 1, &session_class);
    lua_pushboolean(L, box->courier != NULL);
    return 1;
}

/* session:release(): end the courier, which logs out if it has not. */
static int session_release(lua_State *L)
{
    session_box *box = bx_lua_check_class(L, 1, &session_class);
    bx_courier *courier = box->courier;
    box->courier = NULL;
    if (courier)
        bx_courier_retire(courier);
    return 0;
}

static int session_gc(lua_State *L)
{
    session_box *box = bx_lua_check_class(L, 1, &session_class);
    bx_courier_release(box->courier);
    box->courier = NULL;
    return 0;
}

/* Logged out when this returns. */
static int session_close(lua_State *L)
{
    lua_settop(L, 1);
    lua_getfield(L, 1, "close");
    lua_pushvalue(L, 1);
    lua_call(L, 1, 0);
    return 0;
}

static int session_tostring(lua_State *L)
{
    const session_box *box = bx_lua_check_class(L, 1, &session_class);
    const char *url = box->courier ? bx_courier_note(box->courier, "pool") : NULL;
    lua_pushfstring(L, "XapiSession(%s)", !box->courier ? "closed" : url ? url : "not connected");
    return 1;
}

static const luaL_Reg methods[] = {{"send", session_send},
                                   {"notes", session_notes},
                                   {"is_open", session_is_open},
                                   {"release", session_release},
                                   {NULL, NULL}};
static const luaL_Reg metamethods[] = {{"__gc", session_gc},
                                       {"__close", session_close},
                                       {"__tostring", session_tostring},
                                       {NULL, NULL}};
static const bx_lua_class session_class = {"bioxen.XapiSession", NULL, methods, metamethods};

void bx_lua_open_session(lua_State *L)
{
    bx_lua_open_class(L, &session_class);
}
