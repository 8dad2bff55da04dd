/* The content of a saved cell, behind its magic and digest: what is taken can be saved again. Each
 * in a new Lua state. */
#include "../support/saved_worker.h"
#include "core/sha256.h"
#include "inside/graph.h"

#include <lauxlib.h>
#include <string.h>
#include <zstd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static int save(lua_State *L)
{
    bx_saved_push(L);
    return 0;
}

static frame pack(const uint8_t *bytes, size_t length)
{
    size_t head = 4 + BX_SHA256_SIZE, bound = ZSTD_compressBound(head + length);
    uint8_t *whole = malloc(head + length);
    frame made = {malloc(bound), 0};
    if (!whole || !made.bytes)
        abort();
    memcpy(whole, "BXB2", 4);
    memcpy(whole + 4, bx_graph_digest(), BX_SHA256_SIZE);
    memcpy(whole + head, bytes, length);
    made.length = ZSTD_compress(made.bytes, bound, whole, head + length, 1);
    free(whole);
    return made;
}

static void drop_packages(lua_State *L)
{
    const char *chunk, *text;
    size_t length;
    while (bx_module_added(0, &chunk, &text, &length)) {
        char group[128];
        snprintf(group, sizeof group, "%.*s", (int)strcspn(chunk + 1, "/"), chunk + 1);
        bx_module_drop_group(L, group);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static bool open;
    if (!open && !open_worker())
        abort();
    if (open && bx_spawn_open_lua(&worker, NULL) < 0)
        abort();
    open = true;
    worker.memory.limit = worker.memory.used + (64 << 20);
    lua_State *L = worker.L;
    frame given = pack(bytes, length);
    lua_pushcfunction(L, restore);
    lua_pushlightuserdata(L, &given);
    bool taken = lua_pcall(L, 1, 0, 0) == LUA_OK;
    lua_settop(L, 0);
    lua_pushcfunction(L, save);
    if (taken)
        lua_pcall(L, 0, 0, 0);
    lua_settop(L, 0);
    drop_packages(L);
    lua_close(L);
    bx_cell_free(worker.cell);
    worker.cell = NULL;
    worker.memory.used = 0;
    free(given.bytes);
    return 0;
}
