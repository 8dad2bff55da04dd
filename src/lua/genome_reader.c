#include "lua/genome_reader.h"

#include "values/error.h"
#include "values/genome.h"
#include "values/text.h"

#include <lauxlib.h>

static int give(lua_State *L, const bx_genome *genome, const bx_error *err)
{
    if (!genome)
        return bx_lua_fail(L, err, NULL);
    bx_lua_weigh_genome(L);
    return 1;
}

int bx_lua_genome_load(lua_State *L)
{
    const char *path = bx_lua_check_path(L, 1);
    bx_genome_options options;
    bx_error err;
    bx_lua_genome_options(L, 2, true, &options);
    bx_genome **box = bx_lua_new_genome(L);
    *box = bx_genome_read_file(path, &options, &err);
    return give(L, *box, &err);
}

int bx_lua_genome_parse(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    bx_genome_options options;
    bx_error err;
    bx_lua_genome_options(L, 2, true, &options);
    bx_genome **box = bx_lua_new_genome(L);
    *box = bx_genome_read_text(text, length, "genome", &options, &err);
    return give(L, *box, &err);
}

int bx_lua_genome_new(lua_State *L)
{
    return bx_lua_genome_from_table(L, 1);
}
