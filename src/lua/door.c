#include "lua/door.h"

#include "lua/class.h"
#include "lua/host.h"
#include "lua/job.h"
#include "lua/loop.h"
#include "values/error.h"
#include "values/text.h"
#include "values/value.h"
#include "vm/door.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum { OUTPUT_PIECE = 64 << 10, ARGUMENTS = 32 };

/* User values of a door: the host; its clients by their bx_ready. */
enum { HOST = 1, CLIENTS };

static const bx_lua_class door_class, client_class;

static bx_door *check_door(lua_State *L)
{
    bx_door *door = bx_lua_check_class(L, 1, &door_class);
    luaL_argcheck(L, door->source.descriptor >= 0, 1, "a door that is closed");
    return door;
}

int bx_lua_open_door(lua_State *L)
{
    bool by_path = lua_type(L, 1) == LUA_TSTRING;
    const char *path = by_path ? bx_lua_check_path(L, 1) : NULL;
    int descriptor = by_path ? -1 : (int)luaL_checkinteger(L, 1);
    bx_error error;
    bx_door *door = lua_newuserdatauv(L, sizeof *door, 2);
    *door =
        (bx_door){.source.descriptor = -1, .told_to_end.descriptor = -1, .lock = -1, .spare = -1};
    bx_lua_set_class(L, &door_class);
    lua_newtable(L);
    lua_setiuservalue(L, -2, CLIENTS);
    bx_host *host = bx_lua_push_host(L);
    lua_setiuservalue(L, -2, HOST);
    if (bx_door_open(door, host, path, descriptor, &error) < 0)
        return bx_lua_fail(L, &error, NULL);
    host->yields = true;
    return 1;
}

/* Enter the client at the top, or nil to forget it, by its `ready`, for the door at 1. */
static void set_client(lua_State *L, const bx_ready *ready)
{
    lua_getiuservalue(L, 1, CLIENTS);
    lua_insert(L, -2);
    lua_rawsetp(L, -2, ready);
    lua_pop(L, 1);
}

/* door:next([timeout]): what is ready: "knock", "stop", a client, or what tells a job and whether
 * it is done; nil once so many seconds have passed. */
static int door_next(lua_State *L)
{
    bx_door *door = check_door(L);
    int64_t deadline = bx_lua_check_deadline(L, 2);
    bool again = true;
    bx_ready *ready = NULL;
    lua_settop(L, 1);
    for (; again && !ready; ready = bx_ready_take(&door->queue))
        again = bx_lua_turn(L, door->host, NULL, door->queue.first ? 0 : deadline);
    if (!ready)
        ready = bx_ready_take(&door->queue);
    if (!ready)
        return 0;
    if (ready == &door->knock || ready == &door->stop) {
        lua_pushstring(L, ready == &door->knock ? "knock" : "stop");
        return 1;
    }
    lua_getiuservalue(L, 1, CLIENTS);
    if (lua_rawgetp(L, -1, ready) != LUA_TNIL)
        return 1;
    bx_job *job = (bx_job *)((char *)ready - offsetof(bx_job, ready));
    lua_pushlightuserdata(L, job);
    lua_pushboolean(L, job->done);
    return 2;
}

/* door:watch(job): it is ready when it prints, tells its progress, or is done, until it is
 * forgotten; it is to be kept till then. What tells the job, of which there may be several boxes.
 */
static int door_watch(lua_State *L)
{
    bx_door *door = check_door(L);
    bx_job *job = bx_lua_check_job(L, 2);
    job->ready.queue = &door->queue;
    if (job->done)
        bx_ready_tell(&job->ready);
    lua_pushlightuserdata(L, job);
    return 1;
}

/* door:forget(job) */
static int door_forget(lua_State *L)
{
    bx_job *job = bx_lua_check_job(L, 2);
    bx_ready_leave(&job->ready);
    job->ready.queue = NULL;
    return 0;
}

/* door:admit(full): the client who knocks; nil: nobody does any more; or nil and why it was sent
 * away. */
static int door_admit(lua_State *L)
{
    bx_door *door = check_door(L);
    bool full = lua_toboolean(L, 2);
    bx_error error;
    lua_settop(L, 1);
    bx_client *client = lua_newuserdatauv(L, sizeof *client, 1);
    *client = (bx_client){.source.descriptor = -1};
    bx_lua_set_class(L, &client_class);
    lua_pushvalue(L, 1); /* which must not go first */
    lua_setiuservalue(L, -2, 1);
    lua_pushvalue(L, -1);
    set_client(L, &client->ready);
    int status = bx_door_admit(door, full, client, &error);
    if (status > 0)
        return 1;
    lua_pushnil(L);
    set_client(L, &client->ready);
    return status == 0 ? 0 : bx_lua_fail(L, &error, NULL);
}

static int door_close(lua_State *L)
{
    bx_door *door = lua_touserdata(L, 1);
    if (door->host)
        door->host->yields = false;
    bx_door_close(door);
    return 0;
}

static const luaL_Reg door_methods[] = {{"next", door_next},     {"watch", door_watch},
                                        {"forget", door_forget}, {"admit", door_admit},
                                        {"close", door_close},   {NULL, NULL}};
static const luaL_Reg door_metamethods[] = {
    {"__gc", door_close}, {"__close", door_close}, {NULL, NULL}};
static const bx_lua_class door_class = {"bioxen.Door", NULL, door_methods, door_metamethods};

/* ---- clients ---- */

static bx_client *check_client(lua_State *L)
{
    return bx_lua_check_class(L, 1, &client_class);
}

/* The arguments of a call, pushed: how many; -1: BX_EPROTOCOL. */
static int push_arguments(lua_State *L, bx_reader *values, bx_error *err)
{
    bx_token array;
    if (bx_value_check(values->at, (size_t)(values->end - values->at), 1, err) < 0 ||
        bx_read_as(values, BX_TOKEN_ARRAY, &array, err) < 0)
        return -1;
    if (array.count > ARGUMENTS)
        return bx_fail(err, BX_EPROTOCOL, "%u arguments, at most %d are allowed", array.count,
                       ARGUMENTS);
    luaL_checkstack(L, ARGUMENTS + 8, NULL);
    for (uint32_t i = 0; i < array.count; i++)
        if (bx_lua_push_value(L, values, err) < 0)
            return -1;
    return (int)array.count;
}

static int fail_client(lua_State *L, bx_client *client, const bx_error *error)
{
    bx_client_close(client);
    lua_pushboolean(L, 0);
    bx_lua_push_error(L, error, NULL);
    return 2;
}

/* client:take(): a call's id, operation and arguments; an id alone, of the call that is to end;
 * nil: nothing is there to be taken; false and an error: the client is gone. */
static int client_take(lua_State *L)
{
    bx_client *client = check_client(L);
    bx_client_frame frame;
    bx_error error;
    lua_settop(L, 1);
    int status = bx_client_take(client, &frame, &error);
    if (status == 0)
        return 0;
    if (status < 0)
        return fail_client(L, client, &error);
    lua_pushinteger(L, (lua_Integer)frame.call.id);
    if (frame.interrupt)
        return 1;
    lua_pushlstring(L, (const char *)frame.call.operation.bytes, frame.call.operation.length);
    int count = push_arguments(L, &frame.call.values, &error);
    return count < 0 ? fail_client(L, client, &error) : count + 2;
}

static uint64_t check_call(lua_State *L)
{
    return (uint64_t)luaL_checkinteger(L, 2);
}

/* What cannot be said is said so. */
static int send_failure(bx_client *client, uint64_t call, const bx_failure *failure)
{
    bx_error error;
    if (!client->door)
        return 0;
    if (bx_answer_error(&client->out, call, NAN, failure, &error) < 0)
        bx_client_close(client);
    else
        bx_client_send(client);
    return 0;
}

/* client:answer(call, value) */
static int client_answer(lua_State *L)
{
    bx_client *client = check_client(L);
    uint64_t call = check_call(L);
    bx_error error;
    lua_settop(L, 3);
    if (!client->door)
        return 0;
    size_t start = bx_answer_begin_reply(&client->out, call, NAN);
    if (bx_lua_write_value(L, 3, "result", &client->out, &error) == 0 &&
        bx_frame_end(&client->out, start, &error) == 0) {
        bx_client_send(client);
        return 0;
    }
    bx_buffer_cut(&client->out, start);
    bx_failure failure = {.code = bx_code_describe(error.code)->name, .message = error.message};
    return send_failure(client, call, &failure);
}

/* client:fail(call, code, message, details) */
static int client_fail(lua_State *L)
{
    bx_client *client = check_client(L);
    bx_failure failure = {.code = luaL_checkstring(L, 3), .message = luaL_checkstring(L, 4)};
    bx_error ignored;
    lua_settop(L, 5);
    bx_buffer *details = bx_lua_push_text(L);
    details->limit = BX_FRAME_LIMIT / 2;
    if (lua_istable(L, 5) && bx_lua_write_value(L, 5, "details", details, &ignored) == 0)
        failure.details = details;
    send_failure(client, check_call(L), &failure);
    bx_buffer_free(details);
    return 0;
}

/* Output of the job from `sent` on, as far as the client keeps up. */
static size_t relay_output(bx_client *client, uint64_t call, const bx_job *job, size_t sent)
{
    while (client->door && sent < job->output.length && !bx_client_is_slow(client)) {
        size_t piece = job->output.length - sent;
        piece = piece < OUTPUT_PIECE ? piece : OUTPUT_PIECE;
        if (bx_answer_output(&client->out, call, job->output.data + sent, piece, NULL) < 0)
            break;
        sent += piece;
        bx_client_send(client);
    }
    return sent;
}

static int relay_result(bx_client *client, uint64_t call, const bx_job *job, bx_error *err)
{
    size_t start = bx_answer_begin_reply(&client->out, call, job->sim_time);
    if (job->value.length)
        bx_buffer_append(&client->out, job->value.data, job->value.length);
    else
        bx_write_boolean(&client->out, true);
    return bx_frame_end(&client->out, start, err);
}

/* client:relay(call, job, sent): pass on what is new of the job, and its result once it is done.
 * How much output has been sent by now, and true once nothing is left; false where it has failed,
 * which is still to be told. Or nil and true: more is to be sent once the client has read. */
static int client_relay(lua_State *L)
{
    bx_client *client = check_client(L);
    uint64_t call = check_call(L);
    const bx_job *job = bx_lua_check_job(L, 3);
    size_t sent = (size_t)luaL_checkinteger(L, 4);
    bx_error error;
    sent = relay_output(client, call, job, sent);
    lua_pushinteger(L, (lua_Integer)sent);
    if (!client->door || sent < job->output.length) {
        lua_pushnil(L);
        lua_pushboolean(L, 1);
        return 3;
    }
    if (!job->done) {
        if (!isnan(job->fraction) && !bx_client_is_slow(client) &&
            bx_answer_progress(&client->out, call, job->fraction, NAN, job->progress,
                               strlen(job->progress), NULL) == 0)
            bx_client_send(client);
        return 1;
    }
    lua_pushboolean(L, job->succeeded);
    if (job->succeeded && relay_result(client, call, job, &error) == 0) {
        bx_client_send(client);
    } else if (job->succeeded) {
        bx_failure failure = {.code = bx_code_describe(error.code)->name, .message = error.message};
        send_failure(client, call, &failure);
    }
    return 2;
}

/* client:begun(call): the call has begun. */
static int client_begun(lua_State *L)
{
    bx_client *client = check_client(L);
    if (client->door &&
        bx_answer_progress(&client->out, check_call(L), NAN, NAN, NULL, 0, NULL) == 0)
        bx_client_send(client);
    return 0;
}

/* client:state(): { pid, uid, unread, stalled } */
static int client_state(lua_State *L)
{
    const bx_client *client = check_client(L);
    lua_createtable(L, 0, 4);
    lua_pushinteger(L, client->peer.pid);
    lua_setfield(L, -2, "pid");
    lua_pushinteger(L, client->peer.uid);
    lua_setfield(L, -2, "uid");
    lua_pushinteger(L, (lua_Integer)client->out.length);
    lua_setfield(L, -2, "unread");
    lua_pushnumber(L, bx_client_stalled(client));
    lua_setfield(L, -2, "stalled");
    return 1;
}

/* client:close(): its door forgets it. */
static int client_close(lua_State *L)
{
    bx_client *client = check_client(L);
    bx_client_close(client);
    lua_getiuservalue(L, 1, 1);
    lua_replace(L, 1);
    lua_settop(L, 1);
    lua_pushnil(L);
    set_client(L, &client->ready);
    return 0;
}

static int client_gc(lua_State *L)
{
    bx_client_close(lua_touserdata(L, 1));
    return 0;
}

static const luaL_Reg client_methods[] = {{"take", client_take},     {"begun", client_begun},
                                          {"answer", client_answer}, {"fail", client_fail},
                                          {"relay", client_relay},   {"state", client_state},
                                          {"close", client_close},   {NULL, NULL}};
static const luaL_Reg client_metamethods[] = {{"__gc", client_gc}, {NULL, NULL}};
static const bx_lua_class client_class = {"bioxen.Client", NULL, client_methods,
                                          client_metamethods};

void bx_lua_open_door_class(lua_State *L)
{
    bx_lua_open_class(L, &door_class);
    bx_lua_open_class(L, &client_class);
    lua_pop(L, 2);
}
