#include "kernel/notebook.h"

#include "cli/report.h"
#include "kernel/server.h"
#include "lua/host.h"
#include "vm/job.h"

#include <lauxlib.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char request_class[] = "bioxen.KernelRequest";

static bx_kernel_request *check_request(lua_State *L, int argument)
{
    return *(bx_kernel_request **)luaL_checkudata(L, argument, request_class);
}

static int request_gc(lua_State *L)
{
    bx_kernel_request **box = luaL_checkudata(L, 1, request_class);
    bx_kernel_request_release(*box);
    *box = NULL;
    return 0;
}

static void push_buffer(lua_State *L, const bx_buffer *buffer)
{
    lua_pushlstring(L, (const char *)buffer->data, buffer->length);
}

/* ---- what comes ---- */

/* Wait till there may be something to take. True: the host's loop, whose descriptor stands at 1,
 * has something to handle before that. */
static bool await(lua_State *L)
{
    struct pollfd polls[] = {{bx_kernel_descriptor(), POLLIN, 0},
                             {(int)luaL_checkinteger(L, 1), POLLIN, 0}};
    if (poll(polls, 2, -1) < 0)
        bx_lua_run_hooks(L); /* an interrupt may end the wait */
    return polls[1].revents != 0;
}

/* take([fd]): the next request, its type and its content; false: the host's loop, of that
 * descriptor, wants a turn, or without one there is none now; nil: the kernel is to end. */
static int take(lua_State *L)
{
    bool waits = !lua_isnoneornil(L, 1);
    bx_kernel_request **box = lua_newuserdatauv(L, sizeof *box, 0);
    *box = NULL;
    luaL_setmetatable(L, request_class);
    for (;;) {
        if (bx_kernel_is_ending()) {
            bx_kernel_accept_end();
            lua_pushnil(L);
            return 1;
        }
        *box = bx_kernel_take(false);
        if (*box) {
            lua_pushstring(L, (*box)->type);
            push_buffer(L, &(*box)->content);
            return 3;
        }
        if (!waits || await(L)) {
            lua_pushboolean(L, 0);
            return 1;
        }
    }
}

/* take_input(fd): the content of the next answer to input_request; false and nil as above. */
static int take_input(lua_State *L)
{
    for (;;) {
        bx_kernel_request *reply = bx_kernel_take(true);
        if (reply) {
            bool answers = strcmp(reply->type, "input_reply") == 0;
            if (answers)
                push_buffer(L, &reply->content);
            bx_kernel_request_release(reply);
            if (answers)
                return 1;
        } else if (bx_kernel_is_ending()) {
            lua_pushnil(L);
            return 1;
        } else if (await(L)) {
            lua_pushboolean(L, 0);
            return 1;
        }
    }
}

/* forget_input(): answers that came too late. */
static int forget_input(lua_State *L)
{
    (void)L;
    for (bx_kernel_request *reply; (reply = bx_kernel_take(true));)
        bx_kernel_request_release(reply);
    return 0;
}

/* ---- what goes ---- */

static bx_kernel_frame check_frame(lua_State *L, int argument, const char *otherwise)
{
    bx_kernel_frame frame;
    frame.bytes = luaL_optlstring(L, argument, otherwise, &frame.length);
    return frame;
}

/* send(channel, request or nil, type, content[, metadata]): the last two in JSON. The channel
 * "reply" is the request's own. */
static int send(lua_State *L)
{
    static const char *const names[] = {"reply", "stdin", "iopub", NULL};
    int channel = luaL_checkoption(L, 1, NULL, names);
    bx_kernel_request *request = lua_isnil(L, 2) ? NULL : check_request(L, 2);
    luaL_argcheck(L, request || channel == 2, 2, "a request expected");
    const bx_kernel_channel channels[] = {request ? request->channel : BX_KERNEL_IOPUB,
                                          BX_KERNEL_STDIN, BX_KERNEL_IOPUB};
    bx_kernel_send(channels[channel], request, luaL_checkstring(L, 3), check_frame(L, 4, NULL),
                   check_frame(L, 5, "{}"));
    return 0;
}

/* set_cell(request): what is printed from now on is its. */
static int set_cell(lua_State *L)
{
    bx_kernel_set_cell(check_request(L, 1));
    return 0;
}

/* set_information(content): what kernel_info_request is answered while a cell runs. */
static int set_information(lua_State *L)
{
    bx_kernel_set_information(check_frame(L, 1, NULL));
    return 0;
}

/* ---- what VMs print ---- */

typedef struct vm_listener {
    bx_listener listener;
    bx_kernel_request *cell; /* that began the call */
    uint8_t held[4];         /* of a character that is not whole */
    size_t held_length;
} vm_listener;

/* As the session shows it: what is not printable as \xNN. */
static void clean(const uint8_t *bytes, size_t length, bx_buffer *out)
{
    for (size_t i = 0; i < length;) {
        size_t size = report_printable(bytes + i, length - i);
        if (size) {
            bx_buffer_append(out, bytes + i, size);
        } else {
            char escape[8];
            snprintf(escape, sizeof escape, "\\x%02x", bytes[i]);
            bx_buffer_append(out, escape, strlen(escape));
        }
        i += size ? size : 1;
    }
}

static void printed(bx_listener *base, const uint8_t *bytes, size_t length)
{
    vm_listener *listener = (vm_listener *)base;
    bx_buffer whole = {0}, text = {0};
    bx_buffer_append(&whole, listener->held, listener->held_length);
    bx_buffer_append(&whole, bytes, length);
    listener->held_length = bx_kernel_unfinished(whole.data, whole.length);
    size_t end = whole.length - listener->held_length;
    memcpy(listener->held, whole.data + end, listener->held_length);
    clean(whole.data, end, &text);
    if (text.length && !text.failed)
        bx_kernel_print(listener->cell, text.data, text.length);
    bx_buffer_free(&whole);
    bx_buffer_free(&text);
}

static void release(bx_listener *base)
{
    vm_listener *listener = (vm_listener *)base;
    bx_buffer text = {0};
    clean(listener->held, listener->held_length, &text);
    if (text.length && !text.failed)
        bx_kernel_print(listener->cell, text.data, text.length);
    bx_buffer_free(&text);
    bx_kernel_request_release(listener->cell);
    free(listener);
}

static bx_listener *listen(void)
{
    vm_listener *listener = bx_kernel_cell() ? calloc(1, sizeof *listener) : NULL;
    if (!listener)
        return NULL;
    listener->listener = (bx_listener){printed, release};
    listener->cell = bx_kernel_request_hold(bx_kernel_cell());
    return &listener->listener;
}

/* stream_calls(): what calls of VMs print from now on goes to the cells that begin them. */
static int stream_calls(lua_State *L)
{
    bx_lua_push_host(L)->listen = listen;
    return 0;
}

static const luaL_Reg functions[] = {{"take", take},
                                     {"take_input", take_input},
                                     {"forget_input", forget_input},
                                     {"send", send},
                                     {"set_cell", set_cell},
                                     {"set_information", set_information},
                                     {"stream_calls", stream_calls},
                                     {NULL, NULL}};

int luaopen_bioxen_notebook(lua_State *L)
{
    luaL_newmetatable(L, request_class);
    lua_pushcfunction(L, request_gc);
    lua_setfield(L, -2, "__gc");
    luaL_newlib(L, functions);
    return 1;
}
