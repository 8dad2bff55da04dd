#include "lua/input.h"

#include "lua/class.h"
#include "lua/host.h"
#include "lua/loop.h"
#include "values/error.h"

#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { PIECE = 64 << 10 };

typedef struct input_box {
    bx_source source; /* watched while somebody waits */
    int descriptor;
    bool ready;
    bx_host *host;
} input_box;

static const bx_lua_class input_class;

static void input_ready(bx_source *source, uint32_t events)
{
    (void)events;
    ((input_box *)source)->ready = true;
}

int bx_lua_open_input(lua_State *L)
{
    int descriptor = (int)luaL_checkinteger(L, 1);
    input_box *box = lua_newuserdatauv(L, sizeof *box, 1);
    *box = (input_box){.source = {input_ready, -1}, .descriptor = descriptor};
    bx_lua_set_class(L, &input_class);
    box->host = bx_lua_push_host(L);
    lua_setiuservalue(L, -2, 1); /* which must not go first */
    return 1;
}

/* input:wait(): turn the loop once. Whether there is input. A file, which cannot be waited for, has
 * some at once. */
static int input_wait(lua_State *L)
{
    input_box *box = bx_lua_check_class(L, 1, &input_class);
    bx_error error;
    box->ready = false;
    bx_reactor_forget(&box->host->reactor, &box->source); /* where the last wait was broken off */
    if (bx_reactor_watch(&box->host->reactor, &box->source, box->descriptor, EPOLLIN, &error) < 0) {
        lua_pushboolean(L, 1);
        return 1;
    }
    bx_lua_turn(L, box->host, NULL, BX_NEVER);
    bx_reactor_forget(&box->host->reactor, &box->source);
    lua_pushboolean(L, box->ready);
    return 1;
}

/* input:read(): bytes that are there; nil at the end. */
static int input_read(lua_State *L)
{
    const input_box *box = bx_lua_check_class(L, 1, &input_class);
    luaL_Buffer buffer;
    char *bytes = luaL_buffinitsize(L, &buffer, PIECE);
    ssize_t got = read(box->descriptor, bytes, PIECE);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        got = 0;
    else if (got <= 0)
        return 0;
    luaL_pushresultsize(&buffer, (size_t)got);
    return 1;
}

static int input_gc(lua_State *L)
{
    input_box *box = lua_touserdata(L, 1);
    bx_reactor_forget(&box->host->reactor, &box->source);
    return 0;
}

static const luaL_Reg methods[] = {{"wait", input_wait}, {"read", input_read}, {NULL, NULL}};
static const luaL_Reg metamethods[] = {{"__gc", input_gc}, {NULL, NULL}};
static const bx_lua_class input_class = {"bioxen.Input", NULL, methods, metamethods};

void bx_lua_open_input_class(lua_State *L)
{
    bx_lua_open_class(L, &input_class);
    lua_pop(L, 1);
}
