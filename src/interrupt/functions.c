#include "interrupt/functions.h"

#include "interrupt/hook.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdbool.h>
#include <stdint.h>

/* ---- coroutines ---- */

/* lua_resetthread forgets how deep the C stack is, and coroutines that close each other overflow
 * it: bound it by its true size. The jail and most systems give 8 MiB. */
enum { STACK_LIMIT = 3 << 20 };

static uintptr_t stack_base;

static uintptr_t stack_position(void)
{
    return (uintptr_t)__builtin_frame_address(0);
}

static void check_stack(lua_State *L)
{
    uintptr_t here = stack_position();
    if (here < stack_base && stack_base - here > STACK_LIMIT)
        luaL_error(L, "C stack overflow");
}

static lua_State *check_coroutine(lua_State *L)
{
    lua_State *coroutine = lua_tothread(L, 1);
    luaL_argexpected(L, coroutine, 1, "coroutine");
    return coroutine;
}

/* Coroutines that an interruption has ended, in a weak table. Lua runs no hook in one any more, so what
 * closing it would run could not be interrupted: it stays open, and is collected in time. */
static const char ended_key = 'e';

static void remember_ended(lua_State *L, lua_State *coroutine)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &ended_key);
    lua_pushthread(coroutine);
    lua_xmove(coroutine, L, 1);
    lua_pushboolean(L, 1);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

static bool has_been_ended(lua_State *L, lua_State *coroutine)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &ended_key);
    lua_pushthread(coroutine);
    lua_xmove(coroutine, L, 1);
    bool ended = lua_rawget(L, -2) != LUA_TNIL;
    lua_pop(L, 2);
    return ended;
}

/* Run `coroutine` with the top `arguments` of L. Its results, or one error message, end on top of
 * L. Returns the number of results, or -1. */
static int resume(lua_State *L, lua_State *coroutine, int arguments)
{
    int results = 0;
    if (!lua_checkstack(coroutine, arguments)) {
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    lua_xmove(L, coroutine, arguments);
    bx_hook_switch(coroutine);
    int status = lua_resume(coroutine, L, arguments, &results);
    bx_hook_switch(L);
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_xmove(coroutine, L, 1);
        if (bx_interrupted)
            remember_ended(L, coroutine);
        return -1;
    }
    if (!lua_checkstack(L, results + 1)) {
        lua_pop(coroutine, results);
        lua_pushliteral(L, "too many results to resume");
        return -1;
    }
    lua_xmove(coroutine, L, results);
    return results;
}

static int close_coroutine(lua_State *L, lua_State *coroutine)
{
    check_stack(L);
    bx_hook_switch(coroutine);
    int status = lua_resetthread(coroutine);
    bx_hook_switch(L);
    return status;
}

static int coroutine_resume(lua_State *L)
{
    lua_State *coroutine = check_coroutine(L);
    int results = resume(L, coroutine, lua_gettop(L) - 1);
    lua_pushboolean(L, results >= 0);
    lua_insert(L, results >= 0 ? -(results + 1) : -2);
    return results >= 0 ? results + 1 : 2;
}

static int call_wrapped(lua_State *L)
{
    lua_State *coroutine = lua_tothread(L, lua_upvalueindex(1));
    int results = resume(L, coroutine, lua_gettop(L));
    if (results >= 0)
        return results;
    int status = lua_status(coroutine);
    bool failed = status != LUA_OK && status != LUA_YIELD;
    if (failed && !has_been_ended(L, coroutine)) { /* close what it left open */
        status = close_coroutine(L, coroutine);
        lua_xmove(coroutine, L, 1);
    }
    if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int coroutine_wrap(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *coroutine = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, coroutine, 1);
    lua_pushcclosure(L, call_wrapped, 1);
    return 1;
}

/* The name of a state that coroutine.close refuses, or NULL. */
static const char *refused_state(lua_State *L, lua_State *coroutine)
{
    lua_Debug frame;
    if (L == coroutine)
        return "running";
    if (lua_status(coroutine) == LUA_OK && lua_getstack(coroutine, 0, &frame))
        return "normal";
    return NULL;
}

static int coroutine_close(lua_State *L)
{
    lua_State *coroutine = check_coroutine(L);
    const char *state = refused_state(L, coroutine);
    if (state)
        return luaL_error(L, "cannot close a %s coroutine", state);
    if (has_been_ended(L, coroutine))
        return luaL_error(L, "cannot close a coroutine that has been interrupted");
    if (close_coroutine(L, coroutine) == LUA_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushboolean(L, 0);
    lua_xmove(coroutine, L, 1);
    return 2;
}

void bx_interrupt_open_coroutines(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"resume", coroutine_resume},
        {"wrap", coroutine_wrap},
        {"close", coroutine_close},
        {NULL, NULL},
    };
    stack_base = stack_position();
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &ended_key);
    lua_getglobal(L, LUA_COLIBNAME);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}

/* ---- xpcall ---- */

/* The handler of an xpcall (upvalue 1), unless the call is to end. */
static int handle_message(lua_State *L)
{
    if (bx_interrupted)
        return 1;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static int finish_xpcall(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return lua_gettop(L);
}

/* xpcall(f, handler, ...). Upvalue 1 is the stock function. */
static int guarded_xpcall(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, handle_message, 1);
    lua_replace(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, finish_xpcall);
    return lua_gettop(L);
}

void bx_interrupt_open_xpcall(lua_State *L)
{
    lua_getglobal(L, "xpcall");
    lua_pushcclosure(L, guarded_xpcall, 1);
    lua_setglobal(L, "xpcall");
}
