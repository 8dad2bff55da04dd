/* Layout: one frame of zstd, which tells its size and has a checksum of its own, with "BXB2"; the
 * digest of what VMs of the organism begin with; count of packages' files, and of each its chunk's
 * name and text; count, the cell (cell/cell.h); four u64, what math.random goes on from; and what
 * the Lua state holds (graph.c). Texts are a count of bytes and the bytes. */
#include "inside/saved.h"

#include "inside/box.h"
#include "inside/graph.h"
#include "inside/module.h"
#include "inside/organism.h"
#include "inside/raise.h"
#include "inside/sandbox.h"
#include "inside/worker.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define CLASS "bioxen.worker.saved"

enum { LEVEL = 3 };

static const char magic[4] = {'B', 'X', 'B', '2'};

static int buffer_free(lua_State *L)
{
    bx_buffer_free(luaL_checkudata(L, 1, CLASS));
    return 0;
}

/* Freed whatever raises. */
static bx_buffer *push_buffer(lua_State *L)
{
    return bx_box_push(L, CLASS, sizeof(bx_buffer));
}

void bx_saved_open(lua_State *L)
{
    bx_box_class(L, CLASS, buffer_free);
    bx_graph_begin(L);
}

/* ---- writing ---- */

static void put_packages(bx_buffer *out)
{
    const char *chunk, *text;
    size_t length, count = 0;
    while (bx_module_added(count, &chunk, &text, &length))
        count++;
    bx_pack_count(out, count);
    for (size_t i = 0; bx_module_added(i, &chunk, &text, &length); i++) {
        bx_pack_bytes(out, chunk, strlen(chunk));
        bx_pack_bytes(out, text, length);
    }
}

static void put_cell(lua_State *L, bx_buffer *out)
{
    bx_buffer *cell = push_buffer(L);
    bx_error err;
    if (bx_cell_save(bx_worker_of(L)->cell, cell, &err) < 0)
        bx_raise(L, &err);
    bx_pack_bytes(out, cell->data, cell->length);
    bx_buffer_free(cell);
    lua_pop(L, 1);
}

static void put_all(lua_State *L, bx_buffer *out)
{
    bx_buffer_append(out, magic, sizeof magic);
    bx_buffer_append(out, bx_graph_digest(), BX_SHA256_SIZE);
    put_packages(out);
    put_cell(L, out);
    for (int i = 0; i < 4; i++)
        bx_pack_u64(out, bx_sandbox_random(L)[i]);
    bx_organism_push_kept(L);
    bx_graph_write(L, out);
}

_Noreturn static void fail_memory(lua_State *L)
{
    bx_raise_format(L, BX_EMEMORY, "not enough memory: the VM's limit is reached");
    abort(); /* it raised */
}

/* Push the bytes of a buffer in one frame. */
static void push_packed(lua_State *L, const bx_buffer *from)
{
    bx_buffer *to = push_buffer(L);
    size_t bound = ZSTD_compressBound(from->length), size = 0;
    uint8_t *room = bx_buffer_extend(to, bound);
    ZSTD_CCtx *context = room ? ZSTD_createCCtx() : NULL;
    if (context) {
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, LEVEL);
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
        size = ZSTD_compress2(context, room, bound, from->data, from->length);
        ZSTD_freeCCtx(context);
    }
    if (!context || ZSTD_isError(size))
        fail_memory(L);
    lua_pushlstring(L, (const char *)to->data, size);
    bx_buffer_free(to);
    lua_replace(L, -2);
}

static int save(lua_State *L)
{
    bx_buffer *all = push_buffer(L);
    put_all(L, all);
    push_packed(L, all);
    bx_buffer_free(all);
    return 1;
}

/* No finaliser of a script may run meanwhile. */
void bx_saved_push(lua_State *L)
{
    lua_pushcfunction(L, save);
    lua_gc(L, LUA_GCSTOP);
    int status = lua_pcall(L, 0, 1, 0);
    lua_gc(L, LUA_GCRESTART);
    if (status != LUA_OK)
        lua_error(L);
}

/* ---- reading ---- */

_Noreturn static void fail(lua_State *L, const char *what)
{
    bx_raise_format(L, BX_EPROTOCOL, "%s", what);
    abort();
}

/* Push a buffer with what the frame holds: no more than the VM's memory. */
static bx_buffer *push_unpacked(lua_State *L, const uint8_t *bytes, size_t length)
{
    bx_buffer *to = push_buffer(L);
    unsigned long long size = ZSTD_getFrameContentSize(bytes, length);
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size == 0 ||
        ZSTD_findFrameCompressedSize(bytes, length) != length)
        fail(L, "it is not compressed as it should be");
    if (size > bx_worker_of(L)->memory.limit)
        bx_raise_format(L, BX_EMEMORY, "it holds %llu bytes, more than the VM's memory", size);
    uint8_t *room = bx_buffer_extend(to, (size_t)size);
    if (!room)
        fail_memory(L);
    if (ZSTD_decompress(room, (size_t)size, bytes, length) != (size_t)size)
        fail(L, "it does not decompress");
    return to;
}

static void check_head(lua_State *L, bx_unpacker *in)
{
    size_t head = sizeof magic + BX_SHA256_SIZE;
    if (in->left < head || memcmp(in->next, magic, sizeof magic) != 0)
        fail(L, "it is of a form that is not known");
    if (memcmp(in->next + sizeof magic, bx_graph_digest(), BX_SHA256_SIZE) != 0)
        bx_raise_format(L, BX_EORGANISM,
                        "it is of an organism %s with other files, or of another version of "
                        "BioXen: a cell goes on only with those that it was saved with",
                        bx_worker_of(L)->organism);
    in->next += head;
    in->left -= head;
}

static const uint8_t *take_bytes(lua_State *L, bx_unpacker *in, uint32_t *length)
{
    bx_error err;
    const uint8_t *bytes;
    if (bx_unpack_bytes(in, &bytes, length, &err) < 0)
        bx_raise(L, &err);
    return bytes;
}

/* "@group/name.lua" */
static void take_package(lua_State *L, bx_unpacker *in)
{
    bx_error err;
    uint32_t length;
    const uint8_t *bytes = take_bytes(L, in, &length);
    const char *chunk = lua_pushlstring(L, (const char *)bytes, length);
    const char *slash = strchr(chunk, '/');
    if (*chunk != '@' || !slash)
        fail(L, "it has a package without a name");
    const char *group = lua_pushlstring(L, chunk + 1, (size_t)(slash - chunk) - 1);
    const uint8_t *text = take_bytes(L, in, &length);
    if (!bx_module_is_name(group, "") || bx_module_add(group, slash + 1, text, length, &err) < 0)
        fail(L, "it has a package that cannot be");
    lua_pop(L, 2);
}

static void take_cell(lua_State *L, bx_unpacker *in)
{
    bx_error err;
    uint32_t length;
    const uint8_t *cell = take_bytes(L, in, &length);
    if (bx_cell_restore(bx_worker_of(L)->cell, cell, length, &err) < 0)
        bx_raise(L, &err);
}

static void take_random(lua_State *L, bx_unpacker *in)
{
    bx_error err;
    uint64_t *words = bx_sandbox_random(L), read[4], all = 0;
    for (int i = 0; i < 4; i++) {
        if (bx_unpack_u64(in, &read[i], &err) < 0)
            bx_raise(L, &err);
        all |= read[i];
    }
    if (all == 0) /* from where it goes nowhere */
        fail(L, "it has random numbers that are none");
    memcpy(words, read, sizeof read);
}

/* Give the table of a package at the top the text of the module. */
static void push_file(lua_State *L, const char *chunk, const char *text, size_t length)
{
    lua_getfield(L, -1, "files");
    lua_pushstring(L, strchr(chunk, '/') + 1);
    lua_pushlstring(L, text, length);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

/* Modules of one package come one after the other. */
static void push_packages(lua_State *L)
{
    const char *chunk, *text;
    size_t length;
    lua_newtable(L);
    int list = lua_gettop(L);
    lua_pushnil(L); /* the present package */
    for (size_t i = 0; bx_module_added(i, &chunk, &text, &length); i++) {
        lua_pushlstring(L, chunk + 1, (size_t)(strchr(chunk, '/') - chunk) - 1);
        bool same = lua_istable(L, -2) && lua_getfield(L, -2, "group") == LUA_TSTRING &&
                    lua_rawequal(L, -1, -2);
        lua_settop(L, list + 2);
        if (!same) {
            lua_createtable(L, 0, 2);
            lua_insert(L, -2);
            lua_setfield(L, -2, "group");
            lua_newtable(L);
            lua_setfield(L, -2, "files");
            lua_pushvalue(L, -1);
            lua_rawseti(L, list, (lua_Integer)lua_rawlen(L, list) + 1);
            lua_replace(L, list + 1);
        }
        lua_settop(L, list + 1);
        push_file(L, chunk, text, length);
    }
    lua_settop(L, list);
}

void bx_saved_restore(lua_State *L, const uint8_t *bytes, size_t length)
{
    bx_buffer *all = push_unpacked(L, bytes, length);
    bx_unpacker in = {all->data, all->length, "saved cell"};
    bx_error err;
    uint32_t packages;
    check_head(L, &in);
    if (bx_unpack_count(&in, &packages, &err) < 0)
        bx_raise(L, &err);
    while (packages-- > 0)
        take_package(L, &in);
    take_cell(L, &in);
    take_random(L, &in);
    bx_graph_read(L, &in);
    if (in.left > 0)
        fail(L, "it holds more than it should");
    bx_buffer_free(all);
    bx_organism_take_kept(L);
    lua_createtable(L, 0, 2);
    if (bx_organism_push_options(L))
        lua_setfield(L, -2, "options");
    push_packages(L);
    lua_setfield(L, -2, "packages");
}
