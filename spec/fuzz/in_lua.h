/* Fuzz targets in Lua: the file beside the target returns a function of the bytes, which raises
 * what must not be. BIOXEN_SOURCE is the project's folder. */
#ifndef BX_FUZZ_IN_LUA_H
#define BX_FUZZ_IN_LUA_H

#include "lua/core.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static lua_State *open_target(const char *name)
{
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    luaL_requiref(L, "bioxen.core", luaopen_bioxen_core, 0);
    lua_getglobal(L, "package");
    lua_pushliteral(L, BIOXEN_SOURCE "/lua/?.lua;" BIOXEN_SOURCE "/lua/?/init.lua");
    lua_setfield(L, -2, "path");
    lua_pushfstring(L, "%s/spec/fuzz/%s.lua", BIOXEN_SOURCE, name);
    if (luaL_dofile(L, lua_tostring(L, -1))) {
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
        abort();
    }
    return L;
}

/* The function stays at the top. */
static void run_target(lua_State *L, const uint8_t *bytes, size_t length)
{
    int function = lua_gettop(L);
    lua_pushvalue(L, function);
    lua_pushlstring(L, (const char *)bytes, length);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        fprintf(stderr, "%s\n", luaL_tolstring(L, -1, NULL));
        abort();
    }
}

#define FUZZ_IN_LUA(name)                                                                          \
    int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);                               \
    int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)                                \
    {                                                                                              \
        static lua_State *L;                                                                       \
        if (!L)                                                                                    \
            L = open_target(name);                                                                 \
        run_target(L, bytes, length);                                                              \
        return 0;                                                                                  \
    }

#endif
