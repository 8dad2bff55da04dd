#include "cli/progress.h"

#include "lua/core.h"

#include <lauxlib.h>
#include <unistd.h>

/* line(jobs, columns), by the module. */
static int line(lua_State *L)
{
    lua_settop(L, 2);
    lua_getglobal(L, "require");
    lua_pushliteral(L, "bioxen.cli.progress");
    lua_call(L, 1, 1);
    lua_getfield(L, -1, "line");
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    lua_call(L, 2, 1);
    return 1;
}

int progress_open_core(lua_State *L)
{
    luaopen_bioxen_core(L);
    if (isatty(STDERR_FILENO)) {
        lua_getfield(L, -1, "watch");
        lua_pushcfunction(L, line);
        lua_call(L, 1, 0);
    }
    return 1;
}
