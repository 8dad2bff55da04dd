#include "lua/watch.h"

#include "core/clock.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Nanoseconds. A wait that is shorter than the first shows nothing, so that output around many
 * short ones stays what it is. */
static const int64_t patience = 100000000, interval = 200000000;

static const char watch_key = 'w';

static int width_of(int descriptor)
{
    struct winsize size;
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* The one of this state, made when it is first wanted: a wait that is under way may hold it. */
static bx_watch *push_watch(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &watch_key) == LUA_TUSERDATA)
        return lua_touserdata(L, -1);
    lua_pop(L, 1);
    bx_watch *watch = lua_newuserdatauv(L, sizeof *watch, 1);
    *watch = (bx_watch){0};
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &watch_key);
    return watch;
}

/* Whether lines can be drawn over there. */
static bool is_terminal(int descriptor)
{
    const char *kind = getenv("TERM");
    return isatty(descriptor) && kind && *kind && strcmp(kind, "dumb") != 0;
}

int bx_lua_watch(lua_State *L)
{
    int descriptor = (int)luaL_optinteger(L, 2, STDERR_FILENO);
    bool on = !lua_isnoneornil(L, 1);
    if (on)
        luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    bx_watch *watch = push_watch(L);
    bx_watch_hide(watch);
    *watch = (bx_watch){
        .on = on, .descriptor = descriptor, .terminal = is_terminal(descriptor), .due = BX_NEVER};
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    return 0;
}

bx_watch *bx_watch_begin(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &watch_key);
    bx_watch *watch = lua_touserdata(L, -1);
    lua_pop(L, 1);
    if (!watch || !watch->on)
        return NULL;
    bx_watch_hide(watch); /* what an error may have left */
    watch->due = bx_clock_now() + patience;
    return watch;
}

bool bx_watch_is_due(const bx_watch *watch)
{
    return watch && bx_clock_now() >= watch->due;
}

/* What cannot be written is not shown. */
static void put(const bx_watch *watch, const char *text, size_t length)
{
    ssize_t ignored = write(watch->descriptor, text, length);
    (void)ignored;
}

void bx_watch_hide(bx_watch *watch)
{
    static const char clear[] = "\r\033[K";
    if (watch && watch->shown)
        put(watch, clear, sizeof clear - 1);
    if (watch)
        watch->shown = false;
}

/* The text at the top, in one write. */
static void show(lua_State *L, bx_watch *watch)
{
    const char *line = watch->terminal ? lua_pushfstring(L, "\r%s\033[K", lua_tostring(L, -1))
                                       : lua_pushfstring(L, "%s\n", lua_tostring(L, -1));
    put(watch, line, strlen(line));
    watch->shown = watch->terminal;
}

/* The list of jobs is at the top, and popped. */
void bx_watch_tell(lua_State *L, bx_watch *watch)
{
    int base = lua_gettop(L) - 1;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &watch_key);
    lua_getiuservalue(L, -1, 1);
    lua_pushvalue(L, base + 1);
    if (watch->terminal)
        lua_pushinteger(L, width_of(watch->descriptor));
    else
        lua_pushnil(L);
    if (lua_pcall(L, 2, 1, 0) != LUA_OK) {
        bx_watch_hide(watch);
        lua_error(L);
    }
    if (lua_type(L, -1) == LUA_TSTRING)
        show(L, watch);
    else
        bx_watch_hide(watch);
    lua_settop(L, base);
    watch->due = watch->on ? bx_clock_now() + interval : BX_NEVER;
}
