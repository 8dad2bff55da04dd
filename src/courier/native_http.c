/* native.http{…}: HTTPS to one server. */
#include "courier/http.h"
#include "courier/native.h"

#include <lauxlib.h>
#include <math.h>

#define CLASS "bioxen.native.Http"

static bx_http *check_http(lua_State *L)
{
    bx_http **box = luaL_checkudata(L, 1, CLASS);
    luaL_argcheck(L, *box, 1, "closed");
    return *box;
}

/* http{ url, ca_file, fingerprint, insecure, allow_http, proxy, response_limit, connect_timeout }
 */
static int native_http(lua_State *L)
{
    bx_error error;
    luaL_checktype(L, 1, LUA_TTABLE);
    bx_http_options options = {.url = bx_native_text(L, 1, "url"),
                               .ca_file = bx_native_text(L, 1, "ca_file"),
                               .fingerprint = bx_native_text(L, 1, "fingerprint"),
                               .insecure = bx_native_flag(L, 1, "insecure"),
                               .allow_http = bx_native_flag(L, 1, "allow_http"),
                               .proxy = bx_native_text(L, 1, "proxy"),
                               .response_limit =
                                   (size_t)bx_native_number(L, 1, "response_limit", 8 << 20),
                               .connect_timeout = bx_native_number(L, 1, "connect_timeout", 10)};
    luaL_argcheck(L, options.url, 1, "'url' is missing");
    bx_http **box = lua_newuserdatauv(L, sizeof *box, 0);
    *box = NULL;
    luaL_setmetatable(L, CLASS);
    *box = bx_http_open(&bx_native_of(L)->loop, &options, &error);
    return *box ? 1 : bx_native_fail(L, &error);
}

static int http_close(lua_State *L)
{
    bx_http **box = luaL_checkudata(L, 1, CLASS);
    bx_http_close(*box);
    *box = NULL;
    return 0;
}

typedef struct response_box {
    bx_http_response response;
} response_box;

static int free_response(lua_State *L)
{
    bx_buffer_free(&((response_box *)lua_touserdata(L, 1))->response.body);
    return 0;
}

static bx_http_response *push_response(lua_State *L)
{
    response_box *box = lua_newuserdatauv(L, sizeof *box, 0);
    *box = (response_box){0};
    if (luaL_newmetatable(L, CLASS ".Response")) {
        lua_pushcfunction(L, free_response);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return &box->response;
}

typedef int send_request(bx_http *http, const char *path, const char *type, const bx_buffer *body,
                         int64_t until, bx_http_response *response, bx_http_reach *reach,
                         bx_error *err);

static int request(lua_State *L, send_request *send)
{
    bx_http *http = check_http(L);
    size_t length;
    const char *path = luaL_checkstring(L, 2);
    const char *type = luaL_checkstring(L, 3);
    const char *text = luaL_checklstring(L, 4, &length);
    int64_t until = bx_clock_after(luaL_optnumber(L, 5, HUGE_VAL));
    bx_http_linger(http, luaL_optnumber(L, 6, 0));
    const bx_buffer body = {.data = (uint8_t *)text, .length = length};
    bx_http_response *response = push_response(L);
    bx_http_reach reach = BX_HTTP_NOT_SENT;
    bx_error error;
    if (send(http, path, type, &body, until, response, &reach, &error) < 0) {
        bx_native_fail(L, &error);
        lua_pushboolean(L, reach == BX_HTTP_MAY_BE_DONE);
        lua_setfield(L, -2, "sent");
        return 2;
    }
    lua_createtable(L, 0, 3);
    lua_pushinteger(L, response->status);
    lua_setfield(L, -2, "status");
    lua_pushlstring(L, (const char *)response->body.data, response->body.length);
    lua_setfield(L, -2, "body");
    lua_pushstring(L, response->thumbprint);
    lua_setfield(L, -2, "thumbprint");
    bx_buffer_free(&response->body);
    return 1;
}

/* http:post(path, type, body[, seconds[, linger]]): { status, body, thumbprint }; or nil and an
 * error, in which `sent` tells that the request may have been acted upon. Its answer is waited for
 * `linger` seconds though the request that it belongs to is over. */
static int http_post(lua_State *L)
{
    return request(L, bx_http_post);
}

/* http:put(path, type, body[, seconds]): the same. */
static int http_put(lua_State *L)
{
    return request(L, bx_http_put);
}

static const luaL_Reg methods[] = {
    {"post", http_post}, {"put", http_put}, {"close", http_close}, {NULL, NULL}};

void bx_native_open_http(lua_State *L)
{
    luaL_newmetatable(L, CLASS);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, http_close);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    lua_pushcfunction(L, native_http);
    lua_setfield(L, -2, "http");
}
