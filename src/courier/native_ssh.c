/* native.ssh{…}: SSH to one guest, and the workers in it. */
#include "courier/native.h"
#include "courier/relay.h"
#include "courier/ssh.h"
#include "values/text.h"
#include "wire/value.h"

#include <fcntl.h>
#include <lauxlib.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SSH "bioxen.native.Ssh"
#define RELAY "bioxen.native.Relay"

enum { OUTPUT_LIMIT = 4096 };

/* ---- a connection ---- */

static bx_ssh *check_ssh(lua_State *L)
{
    bx_ssh **box = luaL_checkudata(L, 1, SSH);
    luaL_argcheck(L, *box, 1, "closed");
    return *box;
}

/* ssh{ address, port, user, known_hosts, host_name, fingerprint, key_path, passphrase, agent } */
static int native_ssh(lua_State *L)
{
    bx_error error;
    luaL_checktype(L, 1, LUA_TTABLE);
    bx_ssh_options options = {.address = bx_native_text(L, 1, "address"),
                              .port = (int)bx_native_number(L, 1, "port", 22),
                              .user = bx_native_text(L, 1, "user"),
                              .known_hosts = bx_native_text(L, 1, "known_hosts"),
                              .host_name = bx_native_text(L, 1, "host_name"),
                              .fingerprint = bx_native_text(L, 1, "fingerprint"),
                              .key_path = bx_native_text(L, 1, "key_path"),
                              .passphrase = bx_native_text(L, 1, "passphrase"),
                              .agent = bx_native_flag(L, 1, "agent")};
    bx_ssh **box = lua_newuserdatauv(L, sizeof *box, 0);
    *box = NULL;
    luaL_setmetatable(L, SSH);
    *box = bx_ssh_open(&bx_native_of(L)->loop, &options, &error);
    return *box ? 1 : bx_native_fail(L, &error);
}

/* public_key(path[, passphrase]): the public half of a private key, as authorized_keys has it; nil
 * and an error. */
static int native_public_key(lua_State *L)
{
    bx_error error;
    char text[BX_SSH_PUBLIC_KEY];
    if (bx_ssh_public_key(luaL_checkstring(L, 1), luaL_optstring(L, 2, NULL), text, &error) < 0)
        return bx_native_fail(L, &error);
    lua_pushstring(L, text);
    return 1;
}

static int ssh_close(lua_State *L)
{
    bx_ssh **box = luaL_checkudata(L, 1, SSH);
    bx_ssh_close(*box);
    *box = NULL;
    return 0;
}

static int ssh_connected(lua_State *L)
{
    bx_ssh **box = luaL_checkudata(L, 1, SSH);
    lua_pushboolean(L, *box && bx_ssh_connected(*box));
    return 1;
}

static int push_run(lua_State *L, int status, const bx_buffer *out, const bx_buffer *errors)
{
    lua_createtable(L, 0, 3);
    lua_pushinteger(L, status);
    lua_setfield(L, -2, "status");
    lua_pushlstring(L, (const char *)out->data, out->length);
    lua_setfield(L, -2, "stdout");
    lua_pushlstring(L, (const char *)errors->data, errors->length);
    lua_setfield(L, -2, "stderr");
    return 1;
}

/* ssh:run(command[, input file]): { status, stdout, stderr }; or nil and an error. */
static int ssh_run(lua_State *L)
{
    bx_ssh *ssh = check_ssh(L);
    uint8_t room[2][OUTPUT_LIMIT];
    int status;
    bx_error error;
    const char *command = luaL_checkstring(L, 2);
    bx_buffer out = {.limit = OUTPUT_LIMIT}, errors = {.limit = OUTPUT_LIMIT};
    int failed =
        bx_ssh_run(ssh, command, luaL_optstring(L, 3, NULL), &status, &out, &errors, &error);
    /* To the stack, so that no Lua error leaks them. */
    memcpy(room[0], out.data ? out.data : room[0], out.length);
    memcpy(room[1], errors.data ? errors.data : room[1], errors.length);
    bx_buffer kept[2] = {{.data = room[0], .length = out.length},
                         {.data = room[1], .length = errors.length}};
    bx_buffer_free(&out);
    bx_buffer_free(&errors);
    return failed ? bx_native_fail(L, &error) : push_run(L, status, &kept[0], &kept[1]);
}

/* ---- a worker ---- */

typedef struct bx_native_relay {
    bx_relay *relay;    /* NULL: closed */
    lua_Integer number; /* the VM's, to the host */
    bool told;          /* the host knows that it has ended */
    struct bx_native_relay *next;
} bx_native_relay;

static bx_relay *check_relay(lua_State *L)
{
    bx_native_relay *box = luaL_checkudata(L, 1, RELAY);
    luaL_argcheck(L, box->relay, 1, "closed");
    return box->relay;
}

/* A pump that moves nothing: relays end by themselves, and the host wants to know why. */
static void tell_losses(bx_pump *pump)
{
    bx_native *native = (bx_native *)((char *)pump - offsetof(bx_native, relay_watch));
    for (bx_native_relay *box = native->relays; box; box = box->next) {
        bx_error why;
        char name[32];
        if (box->told || bx_relay_alive(box->relay, &why))
            continue;
        box->told = true;
        snprintf(name, sizeof name, ".lost-%lld", (long long)box->number);
        why.message[200] = '\0'; /* a note is short */
        bx_control_note(&native->control, name, why.message, NULL);
    }
}

/* One may have ended behind us, in the same turn. */
static int64_t losses_due(const bx_pump *pump)
{
    const bx_native *native =
        (const bx_native *)((const char *)pump - offsetof(bx_native, relay_watch));
    for (const bx_native_relay *box = native->relays; box; box = box->next)
        if (!box->told && !bx_relay_alive(box->relay, NULL))
            return 0;
    return BX_NEVER;
}

static int watch_nothing(bx_pump *pump, struct pollfd *watched)
{
    (void)pump;
    (void)watched;
    return 0;
}

static void remember(bx_native *native, bx_native_relay *box)
{
    box->next = native->relays;
    native->relays = box;
    if (!native->relay_watch.move) {
        native->relay_watch =
            (bx_pump){.watch = watch_nothing, .move = tell_losses, .due = losses_due};
        bx_loop_add(&native->loop, &native->relay_watch);
    }
}

static void forget(bx_native *native, const bx_native_relay *box)
{
    bx_native_relay **at = &native->relays;
    while (*at && *at != box)
        at = &(*at)->next;
    if (*at)
        *at = box->next;
}

/* ssh:worker(command, descriptor, spawn frame, ping interval, number): a relay, which takes the
 * descriptor; or nil and an error, in which `absent` tells that the guest has no such program. */
static int ssh_worker(lua_State *L)
{
    bx_ssh *ssh = check_ssh(L);
    size_t length;
    bool absent = false;
    bx_error error;
    int descriptor = (int)luaL_checkinteger(L, 3);
    const char *frame = luaL_checklstring(L, 4, &length);
    const bx_buffer spawn = {.data = (uint8_t *)frame, .length = length};
    bx_relay_options options = {.command = luaL_checkstring(L, 2),
                                .spawn = &spawn,
                                .ping_interval = luaL_checknumber(L, 5)};
    bx_native_relay *box = lua_newuserdatauv(L, sizeof *box, 1);
    *box = (bx_native_relay){.number = luaL_checkinteger(L, 6)};
    luaL_setmetatable(L, RELAY);
    lua_pushvalue(L, 1); /* the connection stays while the relay does */
    lua_setiuservalue(L, -2, 1);
    box->relay = bx_relay_open(ssh, descriptor, &options, &absent, &error);
    if (box->relay) {
        remember(bx_native_of(L), box);
        return 1;
    }
    bx_native_fail(L, &error);
    lua_pushboolean(L, absent);
    lua_setfield(L, -2, "absent");
    return 2;
}

static int relay_close(lua_State *L)
{
    bx_native_relay *box = luaL_checkudata(L, 1, RELAY);
    forget(bx_native_of(L), box);
    bx_relay_close(box->relay);
    box->relay = NULL;
    return 0;
}

/* relay:alive(): true; or nil and what ended it. */
static int relay_alive(lua_State *L)
{
    bx_error why;
    if (!bx_relay_alive(check_relay(L), &why))
        return bx_native_fail(L, &why);
    lua_pushboolean(L, 1);
    return 1;
}

static int relay_sync(lua_State *L)
{
    bx_error error;
    if (bx_relay_sync(check_relay(L), &error) < 0)
        return bx_native_fail(L, &error);
    lua_pushboolean(L, 1);
    return 1;
}

static int relay_hold(lua_State *L)
{
    bx_relay_hold(check_relay(L), lua_toboolean(L, 2));
    return 0;
}

/* ---- */

/* The table at `index`: { name = text }. */
static void write_files(lua_State *L, int index, bx_buffer *out)
{
    size_t length;
    uint32_t files = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        files++;
    bx_write_map(out, files);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        const char *text = luaL_checklstring(L, -1, &length);
        bx_write_text(out, lua_tostring(L, -2));
        bx_write_string(out, text, length);
    }
}

/* spawn_frame(memory, output, unconfined, organism, { name = text }, library's { name = text }) */
static int native_spawn_frame(lua_State *L)
{
    bx_buffer *out = bx_lua_push_text(L);
    size_t start = bx_frame_begin(out, BX_FRAME_SPAWN, 0);
    bx_write_integer(out, luaL_checkinteger(L, 1));
    bx_write_integer(out, luaL_checkinteger(L, 2));
    bx_write_boolean(out, lua_toboolean(L, 3));
    bx_write_text(out, luaL_checkstring(L, 4));
    write_files(L, 5, out);
    write_files(L, 6, out);
    if (bx_frame_end(out, start, NULL) < 0)
        return luaL_error(L, "the organism is too large to travel");
    lua_pushlstring(L, (const char *)out->data, out->length);
    return 1;
}

/* close_descriptor(number) */
static int native_close_descriptor(lua_State *L)
{
    close((int)luaL_checkinteger(L, 1));
    return 0;
}

/* copy_descriptor(number) */
static int native_copy_descriptor(lua_State *L)
{
    int copy = fcntl((int)luaL_checkinteger(L, 1), F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        return luaL_error(L, "no descriptor is left");
    lua_pushinteger(L, copy);
    return 1;
}

static const luaL_Reg ssh_methods[] = {{"run", ssh_run},
                                       {"worker", ssh_worker},
                                       {"connected", ssh_connected},
                                       {"close", ssh_close},
                                       {NULL, NULL}};
static const luaL_Reg relay_methods[] = {{"alive", relay_alive},
                                         {"sync", relay_sync},
                                         {"hold", relay_hold},
                                         {"close", relay_close},
                                         {NULL, NULL}};
static const luaL_Reg functions[] = {{"ssh", native_ssh},
                                     {"public_key", native_public_key},
                                     {"spawn_frame", native_spawn_frame},
                                     {"close_descriptor", native_close_descriptor},
                                     {"copy_descriptor", native_copy_descriptor},
                                     {NULL, NULL}};

static void open_class(lua_State *L, const char *name, const luaL_Reg *methods, lua_CFunction close)
{
    luaL_newmetatable(L, name);
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, close);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
}

void bx_native_open_ssh(lua_State *L)
{
    open_class(L, SSH, ssh_methods, ssh_close);
    open_class(L, RELAY, relay_methods, relay_close);
    luaL_setfuncs(L, functions, 0);
}
