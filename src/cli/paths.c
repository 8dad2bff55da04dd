#include "cli/paths.h"

#include "cli/progress.h"
#include "cli/terminal.h"

#include <lauxlib.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The searcher of modules that stand beside a script, the last one. Where that is package.beside
 * says, in the form of package.path. */
static int search_beside(lua_State *L)
{
    lua_getfield(L, lua_upvalueindex(1), "searchpath");
    lua_pushvalue(L, 1);
    if (lua_getfield(L, lua_upvalueindex(1), "beside") != LUA_TSTRING)
        return 0;
    lua_call(L, 2, 2);
    if (lua_isnil(L, -2))
        return 1; /* where it looked */
    lua_pop(L, 1);
    if (luaL_loadfile(L, lua_tostring(L, -1)) != LUA_OK)
        return lua_error(L);
    lua_insert(L, -2);
    return 2;
}

/* The folder that is so many above this program. Its length; 0: nobody knows. */
static size_t folder_above(int up, char path[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX);
    for (; up > 0; up--)
        while (length > 0 && path[--length] != '/')
            ;
    return length > 0 ? (size_t)length : 0;
}

static const char *push_prefix(lua_State *L)
{
    char path[PATH_MAX];
    size_t length = folder_above(2, path);
    return length > 0 ? lua_pushlstring(L, path, length) : NULL;
}

bool paths_beside_program(const char *name, char path[PATH_MAX])
{
    size_t length = folder_above(1, path);
    int written = snprintf(path + length, PATH_MAX - length, "/%s", name);
    return length > 0 && written > 0 && (size_t)written < PATH_MAX - length;
}

/* Put `first` before package[field], and leave the working folder out, which Lua's default ends
 * with: nothing comes from there by itself, unless the user's variable names it. */
static void set_path(lua_State *L, int package, const char *field, const char *variable,
                     const char *first)
{
    char own_name[32], template[4096];
    luaL_Buffer kept;
    snprintf(own_name, sizeof own_name, "%s_5_4", variable);
    const char *own = getenv(own_name) ? getenv(own_name) : getenv(variable);
    lua_getfield(L, package, field);
    const char *path = luaL_checkstring(L, -1);
    luaL_buffinit(L, &kept);
    luaL_addstring(&kept, first);
    for (size_t length; *path; path += length + (path[length] == ';')) {
        length = strcspn(path, ";");
        snprintf(template, sizeof template, "%.*s", (int)length, path);
        if (length > 0 && (strncmp(template, "./?", 3) != 0 || (own && strstr(own, template)))) {
            luaL_addlstring(&kept, ";", luaL_bufflen(&kept) > 0);
            luaL_addlstring(&kept, path, length);
        }
    }
    luaL_pushresult(&kept);
    lua_setfield(L, package, field);
}

void paths_set(lua_State *L)
{
    lua_getglobal(L, "package");
    int package = lua_gettop(L);
    const char *prefix = push_prefix(L), *path = "", *cpath = "";
    if (prefix) {
        path = lua_pushfstring(L, "%s/share/lua/5.4/?.lua;%s/share/lua/5.4/?/init.lua", prefix,
                               prefix);
        cpath = lua_pushfstring(L, "%s/lib/lua/5.4/?.so", prefix);
    }
    set_path(L, package, "path", "LUA_PATH", path);
    set_path(L, package, "cpath", "LUA_CPATH", cpath);
    lua_getfield(L, package, "searchers");
    lua_pushvalue(L, package);
    lua_pushcclosure(L, search_beside, 1);
    lua_rawseti(L, -2, luaL_len(L, -2) + 1);
    lua_getfield(L, package, "preload");
    lua_pushcfunction(L, progress_open_core);
    lua_setfield(L, -2, "bioxen.core");
    lua_pushcfunction(L, luaopen_bioxen_terminal);
    lua_setfield(L, -2, "bioxen.terminal");
    lua_settop(L, package - 1);
}

void paths_set_beside(lua_State *L, const char *script)
{
    const char *slash = script ? strrchr(script, '/') : NULL;
    lua_getglobal(L, "package");
    const char *folder =
        slash ? lua_pushlstring(L, script, (size_t)(slash - script) + 1) : lua_pushliteral(L, "./");
    lua_pushfstring(L, "%s?.lua;%s?/init.lua", folder, folder);
    lua_setfield(L, -3, "beside");
    lua_pop(L, 2);
}
