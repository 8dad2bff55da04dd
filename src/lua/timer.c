#include "lua/timer.h"

#include "lua/host.h"
#include "values/options.h"

#include <lauxlib.h>
#include <stdbool.h>

#define CLASS "bioxen.Timer"

typedef struct timers timers;

typedef struct timer_box {
    bx_timer timer; /* first: the reactor gives it back */
    bx_host *host;
    timers *all;
    double interval; /* seconds */
    bool due;
    struct timer_box *next; /* that is due */
} timer_box;

/* One for each Lua state. Its user value finds a timer's userdata by its address, weakly. */
struct timers {
    timer_box *due;
    bool running;
};

static const char timers_key = 't';

static void fired(bx_timer *timer)
{
    timer_box *box = (timer_box *)timer;
    bx_reactor_set_timer(&box->host->reactor, timer, bx_clock_after(box->interval));
    if (box->due)
        return;
    box->due = true;
    box->next = box->all->due;
    box->all->due = box;
}

static int timer_stop(lua_State *L)
{
    timer_box *box = luaL_checkudata(L, 1, CLASS);
    bx_reactor_clear_timer(&box->host->reactor, &box->timer);
    for (timer_box **at = &box->all->due; box->due && *at; at = &(*at)->next)
        if (*at == box) {
            *at = box->next;
            box->due = false;
            break;
        }
    return 0;
}

int bx_lua_every(lua_State *L)
{
    double interval = luaL_checknumber(L, 1);
    luaL_argcheck(L, interval > 0, 1, "seconds above 0 expected");
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &timers_key);
    timer_box *box = lua_newuserdatauv(L, sizeof *box, 1);
    *box = (timer_box){.timer.fired = fired,
                       .host = bx_lua_push_host(L),
                       .all = lua_touserdata(L, 3),
                       .interval = interval};
    lua_pop(L, 1);
    lua_pushvalue(L, 2);
    lua_setiuservalue(L, 4, 1);
    lua_getiuservalue(L, 3, 1);
    lua_pushvalue(L, 4);
    lua_rawsetp(L, -2, box);
    lua_pop(L, 1);
    luaL_setmetatable(L, CLASS);
    if (bx_reactor_set_timer(&box->host->reactor, &box->timer, bx_clock_after(interval)) < 0)
        return luaL_error(L, "not enough memory");
    return 1;
}

/* Call the function of the timer; one that is being collected has none. 0, or the error pushed. */
static int call(lua_State *L, const timer_box *box)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &timers_key);
    lua_getiuservalue(L, -1, 1);
    if (lua_rawgetp(L, -1, box) == LUA_TNIL) {
        lua_pop(L, 3);
        return 0;
    }
    lua_getiuservalue(L, -1, 1);
    int failed = lua_pcall(L, 0, 0, 0);
    if (!failed)
        lua_pop(L, 3);
    return failed;
}

void bx_lua_run_timers(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &timers_key);
    timers *all = lua_touserdata(L, -1);
    lua_pop(L, 1);
    if (all->running || !all->due)
        return;
    luaL_checkstack(L, 10, NULL);
    while (all->due) {
        timer_box *box = all->due;
        all->due = box->next;
        box->due = false;
        all->running = true;
        int failed = call(L, box);
        all->running = false;
        if (failed)
            lua_error(L);
    }
}

static const luaL_Reg methods[] = {{"stop", timer_stop}, {NULL, NULL}};

void bx_lua_open_timer(lua_State *L)
{
    timers *all = lua_newuserdatauv(L, sizeof *all, 1);
    *all = (timers){0};
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_setiuservalue(L, -2, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &timers_key);
    luaL_newmetatable(L, CLASS);
    lua_pushcfunction(L, timer_stop);
    lua_setfield(L, -2, "__gc");
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}
