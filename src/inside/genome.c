#include "inside/genome.h"

#include "inside/raise.h"
#include "values/genome.h"

#include <lauxlib.h>

static int genome_new(lua_State *L)
{
    return bx_lua_genome_from_table(L, 1);
}

static int genome_parse(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    bx_genome_options options;
    bx_error err;
    bx_lua_genome_options(L, 2, false, &options);
    bx_genome **box = bx_lua_new_genome(L);
    *box = bx_genome_read_text(text, length, "genome", &options, &err);
    if (!*box)
        return bx_raise(L, &err);
    bx_lua_weigh_genome(L);
    return 1;
}

static const luaL_Reg functions[] = {
    {"new", genome_new},
    {"parse", genome_parse},
    {"translate", bx_lua_genome_translate},
    {NULL, NULL},
};

void bx_genome_open_global(lua_State *L)
{
    luaL_newlib(L, functions);
    lua_setglobal(L, "genome");
}
