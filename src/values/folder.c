#include "values/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <unistd.h>

#define CLASS "bioxen.Folder"

static int folder_close(lua_State *L)
{
    DIR **box = luaL_checkudata(L, 1, CLASS);
    if (*box)
        closedir(*box);
    *box = NULL;
    return 0;
}

/* A box that closes its folder even when a name cannot be pushed. */
static DIR **push_box(lua_State *L)
{
    DIR **box = lua_newuserdatauv(L, sizeof *box, 0);
    *box = NULL;
    if (luaL_newmetatable(L, CLASS)) {
        lua_pushcfunction(L, folder_close);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return box;
}

int bx_lua_push_folder(lua_State *L, const char *path, bool unlinked)
{
    DIR **box = push_box(L);
    lua_Integer count = 0;
    int folder =
        open(path, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC | (unlinked ? O_NOFOLLOW : 0));
    if (folder < 0 || !(*box = fdopendir(folder))) {
        if (folder >= 0)
            close(folder);
        lua_pop(L, 1);
        return -1;
    }
    lua_newtable(L);
    for (struct dirent *entry; (entry = readdir(*box));) {
        if (entry->d_name[0] == '.')
            continue;
        lua_pushstring(L, entry->d_name);
        lua_rawseti(L, -2, ++count);
    }
    closedir(*box);
    *box = NULL;
    lua_remove(L, -2);
    return 0;
}
