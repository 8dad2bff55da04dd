#include "cli/interrupt.h"

#include "interrupt/hook.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE = 2 };

static volatile sig_atomic_t stuck; /* what runs did not heed the last ^C */
static volatile sig_atomic_t output_gone;
static volatile sig_atomic_t came; /* ^C, and not the end of a pipe */
static interrupt_mode mode;

static void say(const char *text, size_t length)
{
    if (write(STDERR_FILENO, text, length) < 0)
        _exit(EXIT_FAILURE);
}

static void on_interrupt(int number)
{
    static const char end[] = "\nbioxen: ended\n";
    if (number == SIGPIPE)
        output_gone = 1;
    if (stuck) {
        say(end, sizeof end - 1);
        _exit(INTERRUPTED_STATUS);
    }
    came = number == SIGINT;
    bx_hook_interrupt(output_gone ? "nobody reads the output" : "interrupted");
    if (bx_hook_in_call())
        alarm(PATIENCE);
}

/* The hook did not come to run, as in a function of C or a __gc. The VMs end with us. */
static void on_alarm(int number)
{
    static const char note[] =
        "\nbioxen: this is inside a function that does not stop for ^C; wait for it, "
        "or end bioxen by another ^C\n";
    static const char notebook[] = "bioxen: this is inside a function that does not stop; wait for "
                                   "it, or restart the kernel\n";
    static const char end[] = "bioxen: interrupted, in a function that does not stop for it\n";
    int error = errno;
    (void)number;
    if (!bx_interrupted) /* it did */
        return;
    if (mode == INTERRUPT_NOTEBOOK) {
        say(notebook, sizeof notebook - 1);
        errno = error;
        return;
    }
    if (mode != INTERRUPT_TERMINAL) {
        if (!output_gone)
            say(end, sizeof end - 1);
        _exit(output_gone ? EXIT_FAILURE : INTERRUPTED_STATUS);
    }
    stuck = 1;
    say(note, sizeof note - 1);
    errno = error;
}

void interrupt_begin(interrupt_mode wanted)
{
    /* No SA_RESTART: waits end. */
    struct sigaction action = {.sa_handler = on_interrupt};
    mode = wanted;
    if (mode == INTERRUPT_SCRIPT)
        action.sa_flags = (int)SA_RESETHAND;
    sigaction(SIGINT, &action, NULL);
    if (mode == INTERRUPT_TERMINAL || mode == INTERRUPT_NOTEBOOK)
        signal(SIGPIPE, SIG_IGN);
    else
        sigaction(SIGPIPE, &action, NULL);
    action = (struct sigaction){.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    bx_hook_open(mode == INTERRUPT_SCRIPT, NULL);
}

void interrupt_end(void)
{
    alarm(0);
    signal(SIGINT, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
}

bool interrupt_take(void)
{
    bool was = bx_interrupted;
    bx_interrupted = 0;
    return was;
}

bool interrupt_output_gone(void)
{
    return output_gone;
}

bool interrupt_is(const char *error)
{
    static const char end[] = "interrupted";
    size_t length = strlen(error);
    return came && length >= sizeof end - 1 && strcmp(error + length - (sizeof end - 1), end) == 0;
}

/* The message handler: the error, with the traceback kept in upvalue 1, a table. */
static int keep_traceback(lua_State *L)
{
    if (bx_interrupted)
        return 1;
    luaL_traceback(L, L, NULL, 1);
    lua_rawseti(L, lua_upvalueindex(1), 1);
    return 1;
}

int interrupt_call(lua_State *L, int arguments)
{
    int function = lua_gettop(L) - arguments;
    lua_createtable(L, 1, 0);
    lua_insert(L, function);
    lua_pushvalue(L, function);
    lua_pushcclosure(L, keep_traceback, 1);
    lua_insert(L, function + 1);
    lua_State *before = bx_hook_begin(L);
    int status = lua_pcall(L, arguments, LUA_MULTRET, function + 1);
    bx_hook_end(L, before);
    alarm(0);
    stuck = 0;
    bool ended = status != LUA_OK && interrupt_take(); /* else it is for what comes next */
    lua_remove(L, function + 1);
    if (ended || status == LUA_OK) {
        lua_remove(L, function);
    } else {
        lua_rawgeti(L, function, 1);
        lua_replace(L, function);
    }
    if (ended)
        lua_pop(L, 1);
    return ended ? LUA_YIELD : status;
}

int interrupt_lua_call(lua_State *L)
{
    luaL_checkany(L, 1);
    int status = interrupt_call(L, lua_gettop(L) - 1);
    if (status == LUA_YIELD) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushboolean(L, status == LUA_OK);
    lua_insert(L, 1);
    if (status != LUA_OK)
        lua_insert(L, 2); /* the error before the traceback */
    return lua_gettop(L);
}
