/* The client's side of a kernel's sockets, for specs. */
#include <lauxlib.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

static const char socket_class[] = "zmq_client.socket";

__attribute__((visibility("default"))) int luaopen_zmq_client(lua_State *L);

static void *context;

static void **check(lua_State *L)
{
    void **box = luaL_checkudata(L, 1, socket_class);
    luaL_argcheck(L, *box, 1, "a socket that is closed");
    return box;
}

/* connect(kind, endpoint[, identity]): "dealer", "subscriber" or "requester". */
static int client_connect(lua_State *L)
{
    static const char *const names[] = {"dealer", "subscriber", "requester", NULL};
    static const int types[] = {ZMQ_DEALER, ZMQ_SUB, ZMQ_REQ};
    int kind = luaL_checkoption(L, 1, NULL, names), linger = 0, limit = 100000;
    size_t length;
    const char *identity = luaL_optlstring(L, 3, "", &length);
    if (!context)
        context = zmq_ctx_new();
    void **box = lua_newuserdatauv(L, sizeof *box, 0);
    *box = zmq_socket(context, types[kind]);
    luaL_setmetatable(L, socket_class);
    zmq_setsockopt(*box, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(*box, ZMQ_RCVHWM, &limit, sizeof limit);
    if (length)
        zmq_setsockopt(*box, ZMQ_ROUTING_ID, identity, length);
    if (types[kind] == ZMQ_SUB)
        zmq_setsockopt(*box, ZMQ_SUBSCRIBE, "", 0);
    if (zmq_connect(*box, luaL_checkstring(L, 2)) < 0)
        return luaL_error(L, "connect: %s", zmq_strerror(zmq_errno()));
    return 1;
}

/* socket:send(frames) */
static int client_send(lua_State *L)
{
    void *socket = *check(L);
    lua_Integer count = luaL_len(L, 2);
    for (lua_Integer i = 1; i <= count; i++) {
        size_t length;
        lua_geti(L, 2, i);
        const char *bytes = luaL_checklstring(L, -1, &length);
        if (zmq_send(socket, bytes, length, i < count ? ZMQ_SNDMORE : 0) < 0)
            return luaL_error(L, "send: %s", zmq_strerror(zmq_errno()));
        lua_pop(L, 1);
    }
    return 0;
}

/* socket:receive(seconds): a list of frames, or nil. */
static int client_receive(lua_State *L)
{
    void *socket = *check(L);
    zmq_pollitem_t item = {socket, 0, ZMQ_POLLIN, 0};
    if (zmq_poll(&item, 1, (long)(1000 * luaL_checknumber(L, 2))) <= 0)
        return 0;
    lua_newtable(L);
    zmq_msg_t frame;
    lua_Integer count = 0;
    do {
        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, socket, 0) < 0)
            return luaL_error(L, "receive: %s", zmq_strerror(zmq_errno()));
        lua_pushlstring(L, zmq_msg_data(&frame), zmq_msg_size(&frame));
        lua_rawseti(L, -2, ++count);
        int more = zmq_msg_more(&frame);
        zmq_msg_close(&frame);
        if (!more)
            return 1;
    } while (1);
}

static int client_close(lua_State *L)
{
    void **box = luaL_checkudata(L, 1, socket_class);
    if (*box)
        zmq_close(*box);
    *box = NULL;
    return 0;
}

/* sign(key, text): HMAC-SHA256 in hexadecimal. */
static int client_sign(lua_State *L)
{
    size_t key_length, length;
    const char *key = luaL_checklstring(L, 1, &key_length),
               *text = luaL_checklstring(L, 2, &length);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size;
    char hex[2 * EVP_MAX_MD_SIZE + 1];
    HMAC(EVP_sha256(), key, (int)key_length, (const unsigned char *)text, length, digest, &size);
    for (unsigned int i = 0; i < size; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    lua_pushlstring(L, hex, 2 * size);
    return 1;
}

/* free_ports(count): so many ports of TCP that nobody listens at now. */
static int client_free_ports(lua_State *L)
{
    void *sockets[16];
    int count = (int)luaL_checkinteger(L, 1);
    luaL_argcheck(L, count > 0 && count <= 16, 1, "1 to 16 expected");
    if (!context)
        context = zmq_ctx_new();
    lua_createtable(L, count, 0);
    for (int i = 0; i < count; i++) {
        char endpoint[64];
        size_t size = sizeof endpoint;
        sockets[i] = zmq_socket(context, ZMQ_ROUTER);
        zmq_bind(sockets[i], "tcp://127.0.0.1:*");
        zmq_getsockopt(sockets[i], ZMQ_LAST_ENDPOINT, endpoint, &size);
        lua_pushinteger(L, strtol(strrchr(endpoint, ':') + 1, NULL, 10));
        lua_rawseti(L, -2, i + 1);
    }
    for (int i = 0; i < count; i++) {
        int linger = 0;
        zmq_setsockopt(sockets[i], ZMQ_LINGER, &linger, sizeof linger);
        zmq_close(sockets[i]);
    }
    return 1;
}

int luaopen_zmq_client(lua_State *L)
{
    static const luaL_Reg methods[] = {{"send", client_send},
                                       {"receive", client_receive},
                                       {"close", client_close},
                                       {"__gc", client_close},
                                       {NULL, NULL}};
    static const luaL_Reg functions[] = {{"connect", client_connect},
                                         {"sign", client_sign},
                                         {"free_ports", client_free_ports},
                                         {NULL, NULL}};
    luaL_newmetatable(L, socket_class);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    luaL_newlib(L, functions);
    return 1;
}
