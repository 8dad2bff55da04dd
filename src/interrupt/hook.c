#include "interrupt/hook.h"

#include <stddef.h>

static volatile sig_atomic_t attention;
static lua_State *volatile running; /* NULL outside calls */
static const char *volatile reason;
static bool raise_once;
static void (*attend_to)(void);

static void hook(lua_State *L, lua_Debug *at);

/* lua_sethook is what Lua offers to signal handlers. Calls are hooked too, for loops of C that call
 * C, and for waits of C that end by EINTR. */
static void arm(lua_State *L)
{
    lua_sethook(L, hook, LUA_MASKCOUNT | LUA_MASKCALL | LUA_MASKRET, 1);
}

static void disarm(lua_State *L)
{
    if (lua_gethook(L) == hook) /* not one of the debug library */
        lua_sethook(L, NULL, 0, 0);
}

static void hook(lua_State *L, lua_Debug *at)
{
    (void)at;
    if (attention) {
        attention = 0;
        attend_to();
    }
    if (bx_interrupted) {
        if (raise_once) {
            bx_interrupted = 0;
            disarm(L);
        }
        bx_hook_raise(L); /* where the hook stays, what catches this meets it again */
    }
    disarm(L);
    if (bx_interrupted || attention) /* the signal came just before */
        arm(L);
}

void bx_hook_open(bool once, void (*attend)(void))
{
    raise_once = once;
    attend_to = attend;
}

static void run(lua_State *thread)
{
    running = thread;
    if (thread && (bx_interrupted || attention))
        arm(thread);
}

lua_State *bx_hook_begin(lua_State *L)
{
    lua_State *before = running;
    run(L);
    return before;
}

void bx_hook_end(lua_State *L, lua_State *before)
{
    running = NULL;
    disarm(L);
    run(before);
}

void bx_hook_switch(lua_State *thread)
{
    if (running)
        run(thread);
}

int bx_hook_raise(lua_State *L)
{
    lua_pushstring(L, reason);
    return lua_error(L);
}

bool bx_hook_in_call(void)
{
    return running != NULL;
}

void bx_hook_interrupt(const char *why)
{
    reason = why;
    bx_interrupted = 1;
    if (running)
        arm(running);
}

void bx_hook_attend_soon(void)
{
    attention = 1;
    if (running)
        arm(running);
}
