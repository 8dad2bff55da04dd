/* Projects: bytes that begin as a ZIP archive does as they are; others are packed into one, a file
 * behind each line "\1NAME". The interpreter of sedml_fuzz.lua runs them, in a worker. */
#include "../support/saved_worker.h"
#include "inside/raise.h"

#include <lauxlib.h>
#include <string.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* source(path) -> the text of a file of the project */
static int source(lua_State *L)
{
    char path[512];
    static char text[1 << 20];
    snprintf(path, sizeof path, "%s/%s", BIOXEN_SOURCE, luaL_checkstring(L, 1));
    FILE *file = fopen(path, "rb");
    if (!file)
        return luaL_error(L, "no file %s", path);
    lua_pushlstring(L, text, fread(text, 1, sizeof text, file));
    fclose(file);
    return 1;
}

/* crc32(bytes): as the host has it, whose packing of archives is used here. */
static int checksum(lua_State *L)
{
    size_t length;
    const char *bytes = luaL_checklstring(L, 1, &length);
    lua_pushinteger(L, (lua_Integer)crc32_z(0, (const Bytef *)bytes, length));
    return 1;
}

static void must(lua_State *L, int status)
{
    if (status == LUA_OK)
        return;
    const char *text = lua_isstring(L, -1) ? lua_tostring(L, -1) : "";
    if (bx_raise_test(L, -1) != BX_OK)
        text = lua_tostring(L, -1);
    fprintf(stderr, "%s\n", text);
    abort();
}

/* The function of the bytes stays at the top. */
static void open_interpreter(lua_State *L)
{
    lua_pushcfunction(L, source);
    lua_pushliteral(L, "spec/fuzz/sedml_fuzz.lua");
    must(L, lua_pcall(L, 1, 1, 0));
    must(L, luaL_loadbuffer(L, lua_tostring(L, -1), lua_rawlen(L, -1), "=sedml_fuzz.lua"));
    lua_pushcfunction(L, source);
    lua_pushcfunction(L, checksum);
    must(L, lua_pcall(L, 2, 1, 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (!worker.L) {
        if (!open_worker())
            abort();
        worker.memory.limit = worker.memory.used + (256 << 20);
        open_interpreter(worker.L);
    }
    lua_State *L = worker.L;
    lua_pushvalue(L, -1);
    lua_pushlstring(L, (const char *)bytes, length);
    must(L, lua_pcall(L, 1, 0, 0));
    return 0;
}
