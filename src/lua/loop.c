#include "lua/loop.h"

#include "lua/changes.h"
#include "lua/host.h"
#include "lua/timer.h"
#include "values/error.h"

#include <lauxlib.h>

static void check_owner(lua_State *L, const bx_host *host)
{
    if (bx_host_is_owner(host))
        return;
    luaL_error(L, host->owner ? "this process was forked from the one that loaded bioxen, which "
                                "alone waits for jobs"
                              : "the job's host has been closed");
}

/* As bx_reactor_turn, without sleep at first. */
static int turn_awake(bx_host *host, int64_t deadline)
{
    int64_t until = bx_patience_begin(&host->patience);
    int turned = 0;
    while (turned == 0 && until && bx_patience_lasts(until))
        turned = bx_reactor_turn(&host->reactor, 0);
    if (until)
        bx_patience_end(&host->patience, turned > 0);
    return turned ? turned : bx_reactor_turn(&host->reactor, deadline);
}

int bx_lua_turn(lua_State *L, bx_host *host, bx_watch *watch, int64_t deadline)
{
    check_owner(L, host);
    int64_t wake = watch && watch->due < deadline ? watch->due : deadline;
    int turned = deadline ? turn_awake(host, wake) : bx_reactor_turn(&host->reactor, 0);
    if (turned == BX_REACTOR_BROKEN) {
        bx_error error;
        bx_reactor_fail(&error);
        return luaL_error(L, "%s", error.message);
    }
    if (turned < 0) {
        bx_watch_hide(watch); /* before a hook ends the wait */
        bx_lua_run_hooks(L);
    }
    host->handled = host->handled || turned;
    bx_lua_tell_changes(L, host);
    bx_lua_run_timers(L);
    return turned || bx_clock_now() < deadline;
}

int64_t bx_lua_check_deadline(lua_State *L, int argument)
{
    if (lua_isnoneornil(L, argument))
        return BX_NEVER;
    double timeout = luaL_checknumber(L, argument);
    luaL_argcheck(L, timeout >= 0, argument, "a timeout in seconds, 0 or more, expected");
    return bx_clock_after(timeout);
}

/* What a look at one job handles may concern another that was looked at before: who looks at all of
 * them and then steps must not sleep. */
int bx_lua_step(lua_State *L)
{
    int64_t deadline = lua_isnoneornil(L, 1) ? 0 : bx_lua_check_deadline(L, 1);
    bx_host *host = bx_lua_push_host(L);
    bool handled = host->handled;
    int turned = bx_lua_turn(L, host, NULL, handled ? 0 : deadline);
    host->handled = false;
    lua_pushboolean(L, turned || handled);
    return 1;
}

int bx_lua_fd(lua_State *L)
{
    bx_host *host = bx_lua_push_host(L);
    bx_error error;
    check_owner(L, host);
    int descriptor = bx_reactor_descriptor(&host->reactor, &error);
    if (descriptor < 0)
        return bx_lua_fail(L, &error, NULL);
    lua_pushinteger(L, descriptor);
    return 1;
}
