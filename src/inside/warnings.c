#include "inside/warnings.h"

#include "inside/box.h"

#include <lauxlib.h>

#define BOX_CLASS "bioxen.worker.warnings"

static int box_free(lua_State *L)
{
    bx_warnings_free(luaL_checkudata(L, 1, BOX_CLASS));
    return 0;
}

bx_warnings *bx_warnings_push(lua_State *L)
{
    return bx_box_push(L, BOX_CLASS, sizeof(bx_warnings));
}

void bx_warnings_open(lua_State *L)
{
    bx_box_class(L, BOX_CLASS, box_free);
}
