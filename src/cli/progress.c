#include "cli/progress.h"

#include "lua/core.h"

#include <lauxlib.h>
#include <unistd.h>

/* line(jobs, columns), by the module, which is loaded when it is first wanted. A script may have
 * changed the globals by then: upvalue 1 is `require`, and what does not load shows nothing. */
static int line(lua_State *L)
{
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushliteral(L, "bioxen.cli.progress");
    if (lua_pcall(L, 1, 1, 0) != LUA_OK)
        return 0;
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
        lua_getglobal(L, "require");
        lua_pushcclosure(L, line, 1);
        lua_call(L, 1, 0);
    }
    return 1;
}
