#include "values/value.h"

#include <lauxlib.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a metatable keeps its type, and the registry the list of types by extension. */
static const char type_key = 't';

void bx_lua_register_type(lua_State *L, const bx_lua_type *type)
{
    lua_pushlightuserdata(L, (void *)type);
    lua_rawsetp(L, -2, &type_key);
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &type_key) == LUA_TNIL) {
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &type_key);
        lua_remove(L, -2);
    }
    lua_pushlightuserdata(L, (void *)type);
    lua_rawseti(L, -2, type->extension);
    lua_pop(L, 1);
}

/* The type of the userdata at `index`, or NULL. */
static const bx_lua_type *type_of(lua_State *L, int index)
{
    if (!lua_getmetatable(L, index))
        return NULL;
    lua_rawgetp(L, -1, &type_key);
    const bx_lua_type *type = lua_touserdata(L, -1);
    lua_pop(L, 2);
    return type;
}

bool bx_lua_test_type(lua_State *L, int index)
{
    return lua_isuserdata(L, index) && type_of(L, index);
}

static const bx_lua_type *find_type(lua_State *L, int8_t extension)
{
    const bx_lua_type *type = NULL;
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &type_key) == LUA_TTABLE) {
        lua_rawgeti(L, -1, extension);
        type = lua_touserdata(L, -1);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return type;
}

/* ---- keys that collide ---- */

/* Lua finds a string by a hash that is seeded, but a number by its remainder: whoever chooses the
 * keys can put all into one chain, and each is then looked for along all others. How long the
 * chains of a table that is being filled are, as Lua 5.4.3 and later hash. In a table of FEW it
 * does not matter. */
enum { FEW = 256 };

typedef struct chains {
    uint32_t *lengths; /* NULL: not counted */
    size_t slots;
} chains;

/* Whether a table of so many pairs needs them; sets the number of slots that it has. */
static bool has_chains(chains *c, size_t pairs)
{
    for (c->slots = 1; c->slots < pairs;)
        c->slots *= 2;
    return pairs > FEW;
}

static uint64_t hash_number(lua_State *L, int index)
{
    int exact, exponent;
    lua_Integer integer = lua_tointegerx(L, index, &exact);
    if (exact)
        return (uint64_t)integer;
    double mantissa = frexp(lua_tonumber(L, index), &exponent) * 0x1p31;
    if (!(fabs(mantissa) < 9223372036854775808.0)) /* 2^63 */
        return 0;
    unsigned hash = (unsigned)exponent + (unsigned)(int64_t)mantissa;
    return hash <= INT_MAX ? hash : ~hash;
}

/* The steps to the key at the top, which is put into its chain. */
static uint32_t follow_chain(lua_State *L, chains *c)
{
    if (!c->lengths || lua_type(L, -1) != LUA_TNUMBER)
        return 0;
    return ++c->lengths[hash_number(L, -1) % ((c->slots - 1) | 1)];
}

/* ---- writing ---- */

typedef struct writer {
    lua_State *L;
    bx_buffer *out;
    bx_error *err;
    size_t count;
    bx_budget budget; /* of the reader, for searches */
    uint64_t cost;    /* of what it reads in memory */
    int depth;
    const void *open[BX_VALUE_DEPTH]; /* the tables around the present value */
    char path[256];
    size_t path_length;
} writer;

static int write_any(writer *w, int index);

static int refuse(writer *w, const char *why)
{
    return bx_fail(w->err, BX_ERESULT, "%s: %s", w->path, why);
}

static int full(writer *w)
{
    return refuse(w, "too large to travel, or out of memory");
}

/* Lengthen the path by the key at the top of the stack but one; returns the length before. */
static size_t path_enter(writer *w, int key)
{
    size_t before = w->path_length;
    char *at = w->path + before;
    size_t room = sizeof w->path - before;
    int written = 0;
    if (lua_type(w->L, key) == LUA_TSTRING) {
        size_t length;
        const char *text = lua_tolstring(w->L, key, &length);
        written = snprintf(at, room, ".%.32s", text);
    } else if (lua_isinteger(w->L, key)) {
        written = snprintf(at, room, "[%lld]", (long long)lua_tointeger(w->L, key));
    } else {
        written = snprintf(at, room, "[%s]", lua_typename(w->L, lua_type(w->L, key)));
    }
    w->path_length = (size_t)written < room ? before + (size_t)written : sizeof w->path - 1;
    return before;
}

static void path_leave(writer *w, size_t before)
{
    w->path_length = before;
    w->path[before] = '\0';
}

/* The number of pairs; *sequence tells whether the keys are 1..n. */
static size_t count_pairs(lua_State *L, int index, bool *sequence)
{
    size_t pairs = 0;
    lua_Unsigned length = lua_rawlen(L, index);
    bool integers = true;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        pairs++;
        lua_Integer key = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
        if (key < 1 || (lua_Unsigned)key > length)
            integers = false;
    }
    *sequence = integers && pairs == length;
    return pairs;
}

static int write_sequence(writer *w, int index, size_t length)
{
    bx_write_array(w->out, (uint32_t)length);
    for (size_t i = 1; i <= length; i++) {
        lua_rawgeti(w->L, index, (lua_Integer)i);
        lua_pushinteger(w->L, (lua_Integer)i);
        size_t before = path_enter(w, -1);
        lua_pop(w->L, 1);
        int status = write_any(w, lua_gettop(w->L));
        lua_pop(w->L, 1);
        if (status < 0)
            return -1;
        path_leave(w, before);
    }
    return 0;
}

static int write_pairs(writer *w, int index, chains *c)
{
    lua_State *L = w->L;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        int type = lua_type(L, -2);
        size_t before = path_enter(w, -2);
        if (type != LUA_TSTRING && type != LUA_TNUMBER && type != LUA_TBOOLEAN) {
            char why[80];
            snprintf(why, sizeof why, "a key of type %s cannot travel", lua_typename(L, type));
            lua_pop(L, 2);
            return refuse(w, why);
        }
        lua_pushvalue(L, -2);
        uint32_t steps = follow_chain(L, c);
        lua_pop(L, 1);
        if (bx_budget_search(&w->budget, steps, NULL) < 0) {
            lua_pop(L, 2);
            path_leave(w, before);
            return refuse(w, "a table whose keys, numbers, collide cannot travel");
        }
        if (write_any(w, lua_gettop(L) - 1) < 0 || write_any(w, lua_gettop(L)) < 0) {
            lua_pop(L, 2);
            return -1;
        }
        path_leave(w, before);
    }
    return 0;
}

static int write_map(writer *w, int index, size_t pairs)
{
    chains c = {0};
    bx_write_map(w->out, (uint32_t)pairs);
    if (has_chains(&c, pairs) && !(c.lengths = calloc(c.slots, sizeof *c.lengths)))
        return full(w);
    int status = write_pairs(w, index, &c);
    free(c.lengths);
    return status;
}

static int write_table(writer *w, int index)
{
    const void *table = lua_topointer(w->L, index);
    for (int i = 0; i < w->depth; i++)
        if (w->open[i] == table)
            return refuse(w, "the table contains itself");
    if (w->depth == BX_VALUE_DEPTH)
        return bx_fail(w->err, BX_ERESULT, "%.80s...: deeper than %d tables", w->path,
                       BX_VALUE_DEPTH);
    if (!lua_checkstack(w->L, 7))
        return full(w);
    bool sequence;
    size_t pairs = count_pairs(w->L, index, &sequence);
    if (pairs > BX_VALUE_COUNT)
        return full(w);
    w->open[w->depth++] = table;
    int status = sequence ? write_sequence(w, index, pairs) : write_map(w, index, pairs);
    w->depth--;
    return status;
}

/* 1: of no type that travels. */
static int write_object(writer *w, int index)
{
    const bx_lua_type *type = type_of(w->L, index);
    if (!type)
        return 1;
    bx_buffer bytes = {.limit = w->out->limit};
    bx_error why;
    int status = type->write(w->L, index, &bytes, &w->cost, &why);
    if (status < 0)
        bx_fail(w->err, why.code, "%s: %.900s", w->path, why.message);
    else
        bx_write_ext(w->out, type->extension, bytes.data, bytes.length);
    bx_buffer_free(&bytes);
    return status;
}

static void write_string(writer *w, int index)
{
    size_t length;
    const char *bytes = lua_tolstring(w->L, index, &length);
    bx_write_string(w->out, bytes, length);
}

static void write_number(writer *w, int index)
{
    if (lua_isinteger(w->L, index))
        bx_write_integer(w->out, lua_tointeger(w->L, index));
    else
        bx_write_float(w->out, lua_tonumber(w->L, index));
}

/* 0, 1 for a value that cannot travel, or -1. */
static int write_by_type(writer *w, int index)
{
    switch (lua_type(w->L, index)) {
    case LUA_TNIL: bx_write_nil(w->out); return 0;
    case LUA_TBOOLEAN: bx_write_boolean(w->out, lua_toboolean(w->L, index)); return 0;
    case LUA_TNUMBER: write_number(w, index); return 0;
    case LUA_TSTRING: write_string(w, index); return 0;
    case LUA_TTABLE: return write_table(w, index);
    case LUA_TUSERDATA: return write_object(w, index);
    default: return 1;
    }
}

static int write_any(writer *w, int index)
{
    char why[80];
    bool object = lua_type(w->L, index) == LUA_TUSERDATA;
    w->count += object ? BX_VALUE_OBJECT : 1;
    if (w->count > BX_VALUE_COUNT) {
        snprintf(why, sizeof why, "more than %d %s cannot travel",
                 BX_VALUE_COUNT / (object ? BX_VALUE_OBJECT : 1), object ? "objects" : "values");
        return refuse(w, why);
    }
    int status = write_by_type(w, index);
    if (status <= 0)
        return status == 0 && w->out->failed ? full(w) : status;
    snprintf(why, sizeof why, "a value of type %s cannot travel",
             lua_typename(w->L, lua_type(w->L, index)));
    return refuse(w, why);
}

int bx_lua_write_value(lua_State *L, int index, const char *what, bx_buffer *out, bx_error *err)
{
    writer w = {.L = L, .out = out, .err = err, .budget = bx_budget_of(0)};
    strncat(w.path, what, sizeof w.path - 1); /* printf is a dozen page faults in a new worker */
    w.path_length = strlen(w.path);
    if (!lua_checkstack(L, 6))
        return full(&w);
    size_t start = out->length;
    int status = write_any(&w, lua_absindex(L, index));
    if (status == 0 && w.cost > bx_budget_of(out->length - start).memory)
        status = refuse(&w, "too many names, sequences or genes to travel at once");
    if (status < 0)
        bx_buffer_cut(out, start);
    return status;
}

/* ---- reading ---- */

static int push_extension(lua_State *L, const bx_token *token, bx_budget *budget, bx_error *err)
{
    int top = lua_gettop(L);
    const bx_lua_type *type = find_type(L, token->extension);
    if (!type)
        return bx_fail(err, BX_EPROTOCOL, "unknown extension type %d", token->extension);
    int status = type->read(L, token->bytes, token->length, budget, err);
    if (status < 0)
        lua_settop(L, top);
    return status;
}

/* A table is made at the size its items have at least shown: no header is trusted with memory. */
static int table_room(const bx_reader *reader, uint32_t count)
{
    size_t bytes = (size_t)(reader->end - reader->at);
    size_t room = count < bytes ? count : bytes;
    return room > BX_VALUE_COUNT ? BX_VALUE_COUNT : (int)room;
}

static int push_any(lua_State *L, bx_reader *reader, bx_budget *budget, bx_error *err);

static int push_array(lua_State *L, bx_reader *reader, uint32_t count, bx_budget *budget,
                      bx_error *err)
{
    lua_createtable(L, table_room(reader, count), 0);
    for (uint32_t i = 1; i <= count; i++) {
        if (push_any(L, reader, budget, err) < 0) {
            lua_pop(L, 1);
            return -1;
        }
        lua_rawseti(L, -2, i);
    }
    return 0;
}

/* A pair for the table at `table`. */
static int push_pair(lua_State *L, bx_reader *reader, int table, chains *c, bx_budget *budget,
                     bx_error *err)
{
    if (push_any(L, reader, budget, err) < 0 ||
        bx_budget_search(budget, follow_chain(L, c), err) < 0 ||
        push_any(L, reader, budget, err) < 0)
        return -1;
    lua_rawset(L, table);
    return 0;
}

static int push_map(lua_State *L, bx_reader *reader, uint32_t count, bx_budget *budget,
                    bx_error *err)
{
    chains c = {0};
    int top = lua_gettop(L), room = table_room(reader, count), status = 0;
    lua_createtable(L, 0, room);
    if (has_chains(&c, (size_t)room))
        c.lengths = memset(lua_newuserdatauv(L, c.slots * sizeof *c.lengths, 0), 0,
                           c.slots * sizeof *c.lengths);
    for (uint32_t i = 0; i < count && status == 0; i++)
        status = push_pair(L, reader, top + 1, &c, budget, err);
    lua_settop(L, status < 0 ? top : top + 1);
    return status;
}

static int push_any(lua_State *L, bx_reader *reader, bx_budget *budget, bx_error *err)
{
    bx_token token;
    luaL_checkstack(L, 6, "a nested value");
    if (bx_read(reader, &token, err) < 0)
        return -1;
    switch (token.type) {
    case BX_TOKEN_NIL: lua_pushnil(L); return 0;
    case BX_TOKEN_BOOLEAN: lua_pushboolean(L, token.boolean); return 0;
    case BX_TOKEN_INTEGER: lua_pushinteger(L, token.integer); return 0;
    case BX_TOKEN_FLOAT: lua_pushnumber(L, token.number); return 0;
    case BX_TOKEN_STRING: lua_pushlstring(L, (const char *)token.bytes, token.length); return 0;
    case BX_TOKEN_ARRAY: return push_array(L, reader, token.count, budget, err);
    case BX_TOKEN_MAP: return push_map(L, reader, token.count, budget, err);
    default: return push_extension(L, &token, budget, err);
    }
}

int bx_lua_push_value(lua_State *L, bx_reader *reader, bx_error *err)
{
    bx_budget budget = bx_budget_of((size_t)(reader->end - reader->at));
    return push_any(L, reader, &budget, err);
}
