/* The walk through a Lua state, and what is written of it:
 *   count of new objects; u64 bytes of what makes them: u64 strings, their numbers and texts;
 *   then each in order: u8 kind, and by kind
 *     table: its length; function: source as a value, depth and places of its code; object: count,
 *     bytes as the wire has them; others: nothing;
 *   u64 bytes of what objects hold: number, and by kind
 *     table: number of its metatable or 0, count, pairs of values; function: count, numbers of its
 *     variables; variable: a value; flux model: a value, count, bytes;
 *   the number of a table; u64 last of the numbers that texts of objects show, count, and of each
 *     object that has one its number and u64 that. */
#include "inside/graph.h"

#include "core/array.h"
#include "flux/model.h"
#include "flux/model_wire.h"
#include "inside/cell.h"
#include "inside/flux.h"
#include "inside/module.h"
#include "inside/organism.h"
#include "inside/prototype.h"
#include "inside/raise.h"
#include "inside/sandbox.h"
#include "inside/worker.h"
#include "values/value.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLASS "bioxen.worker.graph"

enum { SHORT = 40 }; /* the longest string that Lua keeps once */

typedef struct key {
    int order;
    union {
        lua_Integer integer;
        lua_Number number;
        struct {
            const char *bytes;
            size_t length;
        };
    };
} key;

/* On the Lua stack, so that whatever raises, it is freed. */
typedef struct walk {
    int objects;    /* where the table of objects by number is on the stack */
    int mains;      /* and that of main functions by source */
    uint32_t known; /* how many have numbers from the beginning */
    bx_graph_map map;
    bx_graph_item *items; /* of the others */
    size_t count, capacity;
    bx_buffer texts, making, holding;
    uint64_t text_count;
    key *keys;
    size_t key_count, key_capacity;
} walk;

/* Those from the beginning. */
static struct {
    bx_graph_map map;
    bx_graph_item *items;
    uint64_t *held; /* hashes of what each holds */
    bool has_digest;
    uint8_t digest[BX_SHA256_SIZE];
    size_t count;
} begun;
static const char begun_key;

/* Made when it is asked for first, for it takes as long as the organism's texts are. */
const uint8_t *bx_graph_digest(void)
{
    bx_sha256 hash;
    if (begun.has_digest)
        return begun.digest;
    bx_sha256_begin(&hash);
    for (size_t i = 0; i < begun.count; i++) {
        bx_sha256_add(&hash, &begun.items[i].kind, 1);
        for (int shift = 0; shift < 64; shift += 8) {
            uint8_t byte = (uint8_t)(begun.held[i] >> shift);
            bx_sha256_add(&hash, &byte, 1);
        }
    }
    bx_module_digest(&hash);
    bx_sha256_end(&hash, begun.digest);
    begun.has_digest = true;
    return begun.digest;
}

uint32_t bx_graph_known(void)
{
    return (uint32_t)begun.count;
}

void bx_graph_push_known(lua_State *L, uint32_t number, bx_graph_item *item)
{
    *item = begun.items[number - 1];
    lua_rawgetp(L, LUA_REGISTRYINDEX, &begun_key);
    lua_rawgeti(L, -1, number);
    lua_remove(L, -2);
}

static int walk_free(lua_State *L)
{
    walk *w = luaL_checkudata(L, 1, CLASS);
    free(w->map.pointers);
    free(w->map.numbers);
    free(w->items);
    free(w->keys);
    bx_buffer_free(&w->texts);
    bx_buffer_free(&w->making);
    bx_buffer_free(&w->holding);
    *w = (walk){0};
    return 0;
}

_Noreturn static void fail_memory(lua_State *L)
{
    bx_raise_format(L, BX_EMEMORY, "not enough memory to save what the VM's code holds");
    abort(); /* it raised */
}

/* ---- numbers ---- */

static size_t slot_of(const bx_graph_map *map, const void *pointer)
{
    uint64_t hash = (uint64_t)(uintptr_t)pointer * UINT64_C(0x9E3779B97F4A7C15);
    size_t slot = (size_t)(hash >> 20) & (map->capacity - 1);
    while (map->pointers[slot] && map->pointers[slot] != pointer)
        slot = (slot + 1) & (map->capacity - 1);
    return slot;
}

/* 0: it has none. */
static uint32_t find(const bx_graph_map *map, const void *pointer)
{
    return map->capacity ? map->numbers[slot_of(map, pointer)] : 0;
}

static int enter(bx_graph_map *map, const void *pointer, uint32_t number)
{
    if (2 * map->count >= map->capacity) {
        bx_graph_map grown = {.capacity = map->capacity ? 2 * map->capacity : 256};
        grown.pointers = calloc(grown.capacity, sizeof *grown.pointers);
        grown.numbers = calloc(grown.capacity, sizeof *grown.numbers);
        if (!grown.pointers || !grown.numbers) {
            free(grown.pointers);
            free(grown.numbers);
            return -1;
        }
        for (size_t i = 0; i < map->capacity; i++)
            if (map->pointers[i])
                enter(&grown, map->pointers[i], map->numbers[i]);
        free(map->pointers);
        free(map->numbers);
        *map = grown;
    }
    size_t slot = slot_of(map, pointer);
    map->pointers[slot] = pointer;
    map->numbers[slot] = number;
    map->count++;
    return 0;
}

/* The new object at the top of the stack, which stays. */
static uint32_t add(lua_State *L, walk *w, bx_graph_item item)
{
    bx_graph_item *items = bx_array_grow(w->items, w->count, &w->capacity, sizeof *items);
    if (!items)
        fail_memory(L);
    w->items = items;
    uint32_t number = w->known + (uint32_t)w->count + 1;
    if (enter(&w->map, item.pointer, number) < 0)
        fail_memory(L);
    items[w->count++] = item;
    lua_pushvalue(L, -1);
    lua_rawseti(L, w->objects, (lua_Integer)w->count);
    return number;
}

static uint32_t number_of(const walk *w, const void *pointer)
{
    uint32_t number = w->known ? find(&begun.map, pointer) : 0;
    return number ? number : find(&w->map, pointer);
}

static bx_graph_kind kind_at(lua_State *L, int index)
{
    switch (lua_type(L, index)) {
    case LUA_TSTRING: return BX_GRAPH_STRING;
    case LUA_TTABLE: return BX_GRAPH_TABLE;
    case LUA_TFUNCTION: return lua_iscfunction(L, index) ? BX_GRAPH_NATIVE : BX_GRAPH_FUNCTION;
    case LUA_TUSERDATA:
        if (luaL_testudata(L, index, BX_CELL_CLASS))
            return BX_GRAPH_CELL;
        if (bx_flux_test(L, index))
            return BX_GRAPH_FLUX;
        return bx_lua_test_type(L, index) ? BX_GRAPH_OBJECT : BX_GRAPH_OTHER;
    default: return BX_GRAPH_OTHER;
    }
}

static bx_graph_item *item_of(const walk *w, uint32_t number)
{
    return number <= w->known ? &begun.items[number - 1] : &w->items[number - w->known - 1];
}

/* The number of the object at the top. */
static uint32_t number_at_top(lua_State *L, walk *w, uint32_t parent)
{
    const void *pointer = lua_topointer(L, -1);
    uint32_t number = number_of(w, pointer);
    bool hidden = parent && item_of(w, parent)->kind == BX_GRAPH_NATIVE;
    if (!number)
        return add(L, w, (bx_graph_item){pointer, parent, 0, (uint8_t)kind_at(L, -1), hidden});
    if (!hidden && number > w->known)
        item_of(w, number)->hidden = false;
    return number;
}

/* Push the object of that number; of a variable, the function that has it. */
static void push_object(lua_State *L, const walk *w, uint32_t number)
{
    bx_graph_item ignored;
    if (number <= w->known)
        bx_graph_push_known(L, number, &ignored);
    else
        lua_rawgeti(L, w->objects, number - w->known);
}

/* ---- what cannot be saved, by its path ---- */

enum { PATH = 400, STEPS = 100 };

static void append(char *path, const char *text)
{
    strncat(path, text, PATH - 1 - strlen(path));
}

static bool is_name(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    return *text && length == strlen(text) && !(*text >= '0' && *text <= '9');
}

/* Append how Lua names the field of the key at `index`. */
static void append_key(lua_State *L, int index, char *path)
{
    char text[80];
    if (lua_type(L, index) == LUA_TSTRING && is_name(lua_tostring(L, index)))
        snprintf(text, sizeof text, ".%.64s", lua_tostring(L, index));
    else if (lua_type(L, index) == LUA_TSTRING)
        snprintf(text, sizeof text, "[\"%.64s\"]", lua_tostring(L, index));
    else if (lua_isinteger(L, index))
        snprintf(text, sizeof text, "[%lld]", (long long)lua_tointeger(L, index));
    else if (lua_isnumber(L, index))
        snprintf(text, sizeof text, "[%.14g]", lua_tonumber(L, index));
    else
        snprintf(text, sizeof text, "[%s]", luaL_typename(L, index));
    append(path, text);
}

/* Append where in the table at the top something is. */
static void append_field(lua_State *L, const void *inner, char *path)
{
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        bool is_key = lua_topointer(L, -2) == inner;
        if (!is_key && lua_topointer(L, -1) != inner)
            continue;
        if (is_key)
            append(path, ", a key");
        else
            append_key(L, lua_gettop(L) - 1, path);
        lua_pop(L, 2);
        return;
    }
    append(path, ", its metatable");
}

static void append_step(lua_State *L, const walk *w, uint32_t outer, uint32_t inner, char *path)
{
    const bx_graph_item *in = item_of(w, inner);
    push_object(L, w, outer);
    if (item_of(w, outer)->kind == BX_GRAPH_TABLE) {
        append_field(L, in->pointer, path);
    } else if (in->kind == BX_GRAPH_VARIABLE) {
        append(path, ", its variable ");
        const char *name = lua_getupvalue(L, -1, (int)in->place);
        append(path, name ? name : "");
        lua_pop(L, name ? 1 : 0);
    }
    lua_pop(L, 1);
}

_Noreturn static void refuse(lua_State *L, const walk *w, uint32_t number, const char *why)
{
    uint32_t steps[STEPS] = {number}, at;
    char path[PATH] = "";
    int count = 1;
    luaL_checkstack(L, 8, NULL);
    while (count < STEPS && (at = item_of(w, steps[count - 1])->parent) != 0)
        steps[count++] = at;
    uint32_t first = steps[count - 1];
    append(path, first == 1 ? "_G" : item_of(w, first)->parent ? "..." : "a part of the organism");
    while (--count > 0)
        append_step(L, w, steps[count], steps[count - 1], path);
    bx_raise_format(L, BX_ERESULT, "%s: %s cannot be saved", path, why);
    abort();
}

/* ---- values ---- */

static void put_byte(bx_buffer *out, unsigned byte)
{
    uint8_t one = (uint8_t)byte;
    bx_buffer_append(out, &one, 1);
}

/* Write the value at the top, and pop it. */
static void put_value(lua_State *L, walk *w, bx_buffer *out, uint32_t parent)
{
    size_t length;
    switch (lua_type(L, -1)) {
    case LUA_TNIL: put_byte(out, BX_GRAPH_NIL); break;
    case LUA_TBOOLEAN: put_byte(out, lua_toboolean(L, -1) ? BX_GRAPH_TRUE : BX_GRAPH_FALSE); break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, -1)) {
            put_byte(out, BX_GRAPH_INTEGER);
            bx_pack_u64(out, (uint64_t)lua_tointeger(L, -1));
        } else {
            double number = lua_tonumber(L, -1);
            put_byte(out, BX_GRAPH_FLOAT);
            bx_pack_doubles(out, &number, 1);
        }
        break;
    case LUA_TSTRING:
        if (lua_rawlen(L, -1) <= SHORT) {
            const char *text = lua_tolstring(L, -1, &length);
            put_byte(out, BX_GRAPH_TEXT);
            bx_pack_bytes(out, text, length);
            break;
        }
        __attribute__((fallthrough));
    default: put_byte(out, BX_GRAPH_REFERENCE); bx_pack_count(out, number_at_top(L, w, parent));
    }
    lua_pop(L, 1);
}

/* ---- what objects hold ---- */

static int compare_keys(const void *left, const void *right)
{
    const key *a = left, *b = right;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    if (a->order == 2)
        return a->integer < b->integer ? -1 : a->integer > b->integer;
    if (a->order == 3)
        return a->number < b->number ? -1 : a->number > b->number;
    if (a->order < 2)
        return 0;
    size_t least = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->bytes, b->bytes, least);
    return order ? order : a->length < b->length ? -1 : a->length > b->length;
}

/* The key at `index` for sorting; false for an object. */
static bool read_key(lua_State *L, int index, key *k)
{
    switch (lua_type(L, index)) {
    case LUA_TBOOLEAN: k->order = lua_toboolean(L, index); return true;
    case LUA_TNUMBER:
        k->order = lua_isinteger(L, index) ? 2 : 3;
        if (k->order == 2)
            k->integer = lua_tointeger(L, index);
        else
            k->number = lua_tonumber(L, index);
        return true;
    case LUA_TSTRING:
        k->order = 4;
        k->bytes = lua_tolstring(L, index, &k->length);
        return true;
    default: return false;
    }
}

static void push_key(lua_State *L, const key *k)
{
    switch (k->order) {
    case 0:
    case 1: lua_pushboolean(L, k->order); break;
    case 2: lua_pushinteger(L, k->integer); break;
    case 3: lua_pushnumber(L, k->number); break;
    default: lua_pushlstring(L, k->bytes, k->length);
    }
}

/* The pairs of the table at the top; first those whose keys have an order, if `sorted`. */
static uint32_t collect_keys(lua_State *L, walk *w, bool sorted)
{
    uint32_t pairs = 0;
    w->key_count = 0;
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        key k;
        pairs++;
        if (!sorted || !read_key(L, -2, &k))
            continue;
        key *keys = bx_array_grow(w->keys, w->key_count, &w->key_capacity, sizeof *keys);
        if (!keys)
            fail_memory(L);
        w->keys = keys;
        keys[w->key_count++] = k;
    }
    qsort(w->keys, w->key_count, sizeof *w->keys, compare_keys);
    return pairs;
}

static void hold_table(lua_State *L, walk *w, uint32_t number, bool sorted)
{
    uint32_t metatable = 0;
    if (lua_getmetatable(L, -1)) {
        metatable = number_at_top(L, w, number);
        lua_pop(L, 1);
    }
    bx_pack_count(&w->holding, metatable);
    bx_pack_count(&w->holding, collect_keys(L, w, sorted));
    for (size_t i = 0; i < w->key_count; i++) {
        push_key(L, &w->keys[i]);
        lua_pushvalue(L, -1);
        lua_rawget(L, -3);
        lua_insert(L, -2);
        put_value(L, w, &w->holding, number);
        put_value(L, w, &w->holding, number);
    }
    for (lua_pushnil(L); lua_next(L, -2);) {
        key ignored;
        if (sorted && read_key(L, -2, &ignored)) {
            lua_pop(L, 1);
            continue;
        }
        lua_pushvalue(L, -2);
        put_value(L, w, &w->holding, number);
        put_value(L, w, &w->holding, number);
    }
}

static int upvalues_of(lua_State *L)
{
    lua_Debug info;
    lua_pushvalue(L, -1);
    lua_getinfo(L, ">u", &info);
    return info.nups;
}

static void hold_function(lua_State *L, walk *w, uint32_t number)
{
    int count = upvalues_of(L);
    bx_pack_count(&w->holding, (uint64_t)count);
    for (int i = 1; i <= count; i++) {
        const void *id = lua_upvalueid(L, -1, i);
        uint32_t variable = number_of(w, id);
        if (!variable)
            variable =
                add(L, w, (bx_graph_item){id, number, (uint32_t)i, BX_GRAPH_VARIABLE, false});
        bx_pack_count(&w->holding, variable);
    }
}

/* Of C: its own values lead to others, and do not change. */
static void hold_native(lua_State *L, walk *w, uint32_t number)
{
    for (int i = 1; lua_getupvalue(L, -1, i); i++)
        put_value(L, w, &w->holding, number);
}

/* What it was solved from is not written. Nor is it kept: the saved VM and the restored one look
 * for their next optimum from the same beginning, to the same digits. */
static void hold_flux(lua_State *L, walk *w, uint32_t number)
{
    bx_buffer model = {0};
    bx_error err;
    bx_fba *fba = *bx_flux_test(L, -1);
    lua_getiuservalue(L, -1, 1);
    put_value(L, w, &w->holding, number);
    int status = bx_fba_encode(fba, &model, &err);
    bx_pack_bytes(&w->holding, model.data, model.length);
    bx_buffer_free(&model);
    if (status < 0)
        bx_raise(L, &err);
    bx_fba_forget_program(fba);
}

/* Write what an object holds. */
static void hold(lua_State *L, walk *w, uint32_t number, bool sorted)
{
    const bx_graph_item item = *item_of(w, number);
    push_object(L, w, number);
    switch (item.kind) {
    case BX_GRAPH_TABLE: hold_table(L, w, number, sorted); break;
    case BX_GRAPH_FUNCTION: hold_function(L, w, number); break;
    case BX_GRAPH_VARIABLE:
        lua_getupvalue(L, -1, (int)item.place);
        put_value(L, w, &w->holding, number);
        break;
    case BX_GRAPH_NATIVE: hold_native(L, w, number); break;
    case BX_GRAPH_FLUX: hold_flux(L, w, number); break;
    default: break;
    }
    lua_pop(L, 1);
    if (w->holding.failed)
        fail_memory(L);
}

/* ---- the beginning ---- */

static walk *push_walk(lua_State *L, uint32_t known)
{
    luaL_checkstack(L, LUA_MINSTACK, NULL);
    lua_newtable(L);
    lua_newtable(L);
    walk *w = lua_newuserdatauv(L, sizeof *w, 0);
    *w = (walk){.objects = lua_gettop(L) - 2, .mains = lua_gettop(L) - 1, .known = known};
    luaL_setmetatable(L, CLASS);
    return w;
}

static void add_root(lua_State *L, walk *w)
{
    if (lua_topointer(L, -1))
        number_at_top(L, w, 0);
    lua_pop(L, 1);
}

/* From where all is reached that VM code can reach. */
static void add_roots(lua_State *L, walk *w)
{
    lua_pushglobaltable(L);
    add_root(L, w);
    bx_module_push_loaded(L);
    add_root(L, w);
    lua_pushliteral(L, "");
    if (lua_getmetatable(L, -1))
        add_root(L, w);
    lua_pop(L, 1);
    bx_organism_push_kept(L);
    for (lua_pushnil(L); lua_next(L, -2);)
        add_root(L, w);
    lua_pop(L, 1);
}

/* Quick, and the same on every machine: it only tells whether something has changed. */
static uint64_t hash_of(const uint8_t *bytes, size_t length)
{
    uint64_t hash = length, word;
    for (; length > 0; bytes += 8, length -= 8) {
        if (length >= 8) {
            word = bx_unpack_fixed_u64(bytes);
        } else {
            for (word = 0; length > 0; length--)
                word = word << 8 | bytes[length - 1];
            length = 8;
        }
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    return hash;
}

/* Of an earlier state. */
static void free_begun(void)
{
    free(begun.map.pointers);
    free(begun.map.numbers);
    free(begun.items);
    free(begun.held);
    memset(&begun, 0, sizeof begun);
}

void bx_graph_begin(lua_State *L)
{
    int top = lua_gettop(L);
    size_t capacity = 0;
    bx_module_begin();
    free_begun();
    luaL_newmetatable(L, CLASS);
    lua_pushcfunction(L, walk_free);
    lua_setfield(L, -2, "__gc");
    walk *w = push_walk(L, 0);
    add_roots(L, w);
    for (size_t i = 0; i < w->count; i++) {
        uint64_t *held = bx_array_grow(begun.held, i, &capacity, sizeof *held);
        if (!held)
            fail_memory(L);
        begun.held = held;
        hold(L, w, (uint32_t)i + 1, true);
        begun.held[i] = hash_of(w->holding.data, w->holding.length);
        bx_buffer_cut(&w->holding, 0);
    }
    begun.items = w->items;
    begun.count = w->count;
    begun.map = w->map;
    w->items = NULL;
    w->map = (bx_graph_map){0};
    lua_pushvalue(L, w->objects);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &begun_key);
    lua_settop(L, top);
}

/* ---- writing ---- */

static bool has_own_text(const char *source)
{
    return strchr(source, *LUA_TEXTMARK) || (*source != '=' && *source != '@');
}

void bx_graph_compile(lua_State *L)
{
    size_t length;
    const char *source = lua_tolstring(L, -1, &length);
    const char *mark = memchr(source, *LUA_TEXTMARK, length);
    const char *text = mark ? mark + 1 : source;
    length -= (size_t)(text - source);
    if (!has_own_text(source))
        text = bx_module_text(source, &length);
    if (!text || luaL_loadbufferx(L, text, length, source, "t") != LUA_OK) {
        if (text)
            lua_pop(L, 1);
        lua_pushnil(L);
    }
    lua_replace(L, -2);
}

/* Push the main function of the chunk whose source is at the top, once compiled. */
static void push_main(lua_State *L, const walk *w)
{
    lua_pushvalue(L, -1);
    if (lua_rawget(L, w->mains) != LUA_TNIL)
        return;
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    bx_graph_compile(L);
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -2);
    lua_rawset(L, w->mains);
}

/* What a call's code defines has no variables outside it but _ENV. */
static void check_variables(lua_State *L, const walk *w, uint32_t number)
{
    const char *name;
    for (int i = 1; (name = lua_getupvalue(L, -1, i)); i++) {
        char why[160];
        lua_pop(L, 1);
        if (strcmp(name, "_ENV") == 0)
            continue;
        snprintf(why, sizeof why, "a function that uses the local variable \"%.64s\" outside it",
                 name);
        refuse(L, w, number, why);
    }
}

static void make_function(lua_State *L, walk *w, uint32_t number)
{
    uint32_t path[BX_PROTOTYPE_DEPTH];
    int function = lua_gettop(L);
    bx_prototype_push_source(L, function);
    if (lua_isnil(L, -1))
        refuse(L, w, number, "a function without its text");
    bool own = has_own_text(lua_tostring(L, -1));
    push_main(L, w);
    if (lua_isnil(L, -1))
        refuse(L, w, number, "a function whose text is not known");
    int depth = bx_prototype_find(L, -1, function, path);
    if (depth < 0)
        refuse(L, w, number, "a function that is not found in its text");
    lua_pop(L, 1);
    put_value(L, w, &w->making, number);
    if (own)
        check_variables(L, w, number);
    bx_pack_count(&w->making, (uint64_t)depth);
    for (int i = 0; i < depth; i++)
        bx_pack_count(&w->making, path[i]);
}

static void make_object(lua_State *L, walk *w)
{
    bx_buffer bytes = {0};
    bx_error err;
    int status = bx_lua_write_value(L, -1, "an object", &bytes, &err);
    bx_pack_bytes(&w->making, bytes.data, bytes.length);
    bx_buffer_free(&bytes);
    if (status < 0)
        bx_raise(L, &err);
}

/* What the value at the top is; its class stays on the stack. */
static const char *describe(lua_State *L)
{
    switch (lua_type(L, -1)) {
    case LUA_TTHREAD: return "a coroutine";
    case LUA_TFUNCTION: return "a function of C";
    default:
        if (luaL_getmetafield(L, -1, "__name") != LUA_TSTRING)
            return "an object of its kind";
        return lua_pushfstring(L, "an object of class %s", lua_tostring(L, -1));
    }
}

/* Write what makes a new object. */
static void make(lua_State *L, walk *w, uint32_t number)
{
    const bx_graph_item item = *item_of(w, number);
    size_t length;
    push_object(L, w, number);
    put_byte(&w->making, item.kind);
    switch (item.kind) {
    case BX_GRAPH_STRING: {
        const char *text = lua_tolstring(L, -1, &length);
        w->text_count++;
        bx_pack_count(&w->texts, number);
        bx_pack_bytes(&w->texts, text, length);
        break;
    }
    case BX_GRAPH_TABLE: bx_pack_count(&w->making, lua_rawlen(L, -1)); break;
    case BX_GRAPH_FUNCTION: make_function(L, w, number); break;
    case BX_GRAPH_OBJECT: make_object(L, w); break;
    case BX_GRAPH_NATIVE:
    case BX_GRAPH_OTHER: refuse(L, w, number, describe(L)); break;
    default: break;
    }
    lua_pop(L, 1);
    if (w->making.failed || w->texts.failed)
        fail_memory(L);
}

static bool changes(uint8_t kind)
{
    return kind == BX_GRAPH_TABLE || kind == BX_GRAPH_VARIABLE || kind == BX_GRAPH_FLUX;
}

/* What one from the beginning holds, if that is not what it held. */
static void hold_if_changed(lua_State *L, walk *w, uint32_t number)
{
    size_t start = w->holding.length;
    bx_pack_count(&w->holding, number);
    size_t from = w->holding.length;
    hold(L, w, number, true);
    if (hash_of(w->holding.data + from, w->holding.length - from) == begun.held[number - 1])
        bx_buffer_cut(&w->holding, start);
}

/* The numbers that texts of objects show, of those that have one here. */
static void put_ids(lua_State *L, const walk *w, bx_buffer *out)
{
    bx_buffer pairs = {0};
    uint64_t count = 0;
    bx_sandbox_push_ids(L);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        const void *pointer = lua_topointer(L, -2);
        uint32_t number = pointer ? number_of(w, pointer) : 0;
        if (!number)
            continue;
        count++;
        bx_pack_count(&pairs, number);
        bx_pack_u64(&pairs, (uint64_t)lua_tointeger(L, -1));
    }
    lua_rawgeti(L, -1, 0);
    bx_pack_u64(out, (uint64_t)lua_tointeger(L, -1));
    lua_pop(L, 2);
    bx_pack_count(out, count);
    bx_buffer_append(out, pairs.data, pairs.length);
    bx_buffer_free(&pairs);
}

/* Write a new object and what it holds, of which some have nothing. */
static void put_new(lua_State *L, walk *w, uint32_t number)
{
    make(L, w, number);
    size_t start = w->holding.length;
    bx_pack_count(&w->holding, number);
    size_t from = w->holding.length;
    hold(L, w, number, false);
    if (w->holding.length == from)
        bx_buffer_cut(&w->holding, start);
}

void bx_graph_write(lua_State *L, bx_buffer *out)
{
    int value = lua_gettop(L);
    size_t start = out->length;
    walk *w = push_walk(L, (uint32_t)begun.count);
    for (uint32_t number = 1; number <= begun.count; number++)
        if (changes(begun.items[number - 1].kind))
            hold_if_changed(L, w, number);
    lua_pushvalue(L, value);
    uint32_t last = number_at_top(L, w, 0);
    for (size_t i = 0; i < w->count; i++)
        put_new(L, w, w->known + (uint32_t)i + 1);
    bx_pack_count(out, w->count);
    bx_pack_u64(out, 8 + w->texts.length + w->making.length);
    bx_pack_u64(out, w->text_count);
    bx_buffer_append(out, w->texts.data, w->texts.length);
    bx_buffer_append(out, w->making.data, w->making.length);
    bx_pack_u64(out, w->holding.length);
    bx_buffer_append(out, w->holding.data, w->holding.length);
    bx_pack_count(out, last);
    put_ids(L, w, out);
    if (bx_buffer_finish(out, start) < 0)
        fail_memory(L);
    lua_settop(L, value - 1);
}
