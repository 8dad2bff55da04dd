#include "cli/interrupt.h"

#include <errno.h>
#include <lauxlib.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATIENCE = 2, INSTRUCTIONS = 10000 };

static lua_State *volatile running; /* the thread that ^C stops, or NULL */
static volatile sig_atomic_t interrupted;
static volatile sig_atomic_t stuck; /* what runs did not heed the last ^C */
static volatile sig_atomic_t output_gone;
static bool interactive;

static void hook(lua_State *L, lua_Debug *where);

/* lua_sethook is what Lua offers to signal handlers. A blocking wait of the core ends by EINTR, and
 * then calls a function, for the hook. */
static void arm(lua_State *L)
{
    lua_sethook(L, hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

/* Coroutines inherit it: a loop in one that we did not see begin finds the flag, too. */
static void watch(lua_State *L)
{
    lua_sethook(L, hook, LUA_MASKCOUNT, INSTRUCTIONS);
}

/* The hook stays armed until the call has ended: what catches the error meets it again. */
static void hook(lua_State *L, lua_Debug *where)
{
    (void)where;
    if (!interrupted) {
        watch(L);
        if (!interrupted)
            return;
    }
    arm(L);
    lua_pushliteral(L, "interrupted");
    lua_error(L);
}

static void say(const char *text, size_t length)
{
    if (write(STDERR_FILENO, text, length) < 0)
        _exit(EXIT_FAILURE);
}

static void on_interrupt(int number)
{
    static const char end[] = "\nbioxen: ended\n";
    int error = errno;
    if (number == SIGPIPE)
        output_gone = 1;
    if (stuck) {
        say(end, sizeof end - 1);
        _exit(EXIT_FAILURE);
    }
    interrupted = 1;
    if (running) {
        arm(running);
        alarm(PATIENCE);
    }
    errno = error;
}

/* The hook did not come to run, as in a function of C or a __gc. The VMs end with us. */
static void on_alarm(int number)
{
    static const char note[] =
        "\nbioxen: this is inside a function that does not stop for ^C; wait for it, "
        "or end bioxen by another ^C\n";
    static const char end[] = "bioxen: interrupted\n";
    int error = errno;
    (void)number;
    if (!interactive) {
        if (!output_gone)
            say(end, sizeof end - 1);
        _exit(EXIT_FAILURE);
    }
    stuck = 1;
    say(note, sizeof note - 1);
    errno = error;
}

void interrupt_begin(lua_State *L, bool on_terminal)
{
    struct sigaction action = {.sa_handler = on_interrupt}; /* no SA_RESTART: waits end */
    interactive = on_terminal;
    sigaction(SIGINT, &action, NULL);
    if (!interactive)
        sigaction(SIGPIPE, &action, NULL);
    action.sa_handler = on_alarm;
    sigaction(SIGALRM, &action, NULL);
    watch(L);
}

bool interrupt_take(void)
{
    bool was = interrupted;
    interrupted = 0;
    return was;
}

void interrupt_again(void)
{
    interrupted = 1;
}

bool interrupt_pending(void)
{
    return interrupted;
}

bool interrupt_output_gone(void)
{
    return output_gone;
}

/* The message handler: the error, with the traceback kept in upvalue 1, a table. */
static int keep_traceback(lua_State *L)
{
    if (interrupted)
        return 1;
    luaL_traceback(L, L, NULL, 1);
    lua_rawseti(L, lua_upvalueindex(1), 1);
    return 1;
}

int interrupt_call(lua_State *L, int arguments)
{
    lua_State *before = running;
    int function = lua_gettop(L) - arguments;
    lua_createtable(L, 1, 0);
    lua_insert(L, function);
    lua_pushvalue(L, function);
    lua_pushcclosure(L, keep_traceback, 1);
    lua_insert(L, function + 1);
    running = L;
    int status = lua_pcall(L, arguments, LUA_MULTRET, function + 1);
    running = before;
    alarm(0);
    stuck = 0;
    bool ended = status != LUA_OK && interrupt_take(); /* else it is for what comes next */
    watch(L);
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

int interrupt_lua_interrupted(lua_State *L)
{
    lua_pushboolean(L, interrupted);
    return 1;
}

static void enter(lua_State *thread)
{
    if (!running)
        return;
    running = thread;
    if (interrupted)
        arm(thread);
}

int interrupt_lua_enter(lua_State *L)
{
    lua_State *thread = lua_tothread(L, 1);
    luaL_argexpected(L, thread, 1, "coroutine");
    lua_pushlightuserdata(L, L);
    enter(thread);
    return 1;
}

int interrupt_lua_leave(lua_State *L)
{
    enter(lua_touserdata(L, 1));
    return lua_gettop(L) - 1;
}
