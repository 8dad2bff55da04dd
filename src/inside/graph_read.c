/* From what graph.c writes: objects first, then what they hold, then metatables, which look at what
 * is in them. */
#include "inside/graph.h"

#include "flux/model_wire.h"
#include "inside/cell.h"
#include "inside/flux.h"
#include "inside/prototype.h"
#include "inside/raise.h"
#include "inside/sandbox.h"
#include "values/value.h"

#include <lauxlib.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Which function has a variable: its number, and the place there. */
typedef struct owner {
    uint32_t function, place;
} owner;

typedef struct reading {
    lua_State *L;
    bx_unpacker in;
    int objects, mains, metatables; /* tables on the stack; the last: number to number */
    uint32_t known, count;
    uint8_t *kinds; /* of the new ones; userdata on the stack */
    owner *owners;  /* of them that are variables; the same */
} reading;

_Noreturn static void fail(reading *r, const char *what)
{
    bx_raise_format(r->L, BX_EPROTOCOL, "it has %s in a wrong form", what);
    abort(); /* it raised */
}

static uint32_t count_of(reading *r)
{
    bx_error err;
    uint32_t count = 0;
    if (bx_unpack_count(&r->in, &count, &err) < 0)
        bx_raise(r->L, &err);
    return count;
}

/* Items of a byte or more each. */
static uint32_t list_of(reading *r)
{
    uint32_t count = count_of(r);
    if (count > r->in.left)
        fail(r, "a list");
    return count;
}

static uint64_t whole_of(reading *r)
{
    bx_error err;
    uint64_t whole = 0;
    if (bx_unpack_u64(&r->in, &whole, &err) < 0)
        bx_raise(r->L, &err);
    return whole;
}

static const uint8_t *bytes_of(reading *r, uint32_t *length)
{
    bx_error err;
    const uint8_t *bytes;
    if (bx_unpack_bytes(&r->in, &bytes, length, &err) < 0)
        bx_raise(r->L, &err);
    return bytes;
}

/* A number of an object. */
static uint32_t number_of(reading *r)
{
    uint32_t number = count_of(r);
    if (number == 0 || number > r->known + r->count)
        fail(r, "an object's number");
    return number;
}

static bx_graph_kind kind_of(reading *r, uint32_t number)
{
    if (number > r->known)
        return (bx_graph_kind)r->kinds[number - r->known - 1];
    bx_graph_item item;
    bx_graph_push_known(r->L, number, &item);
    lua_pop(r->L, 1);
    return (bx_graph_kind)item.kind;
}

/* Push it; a variable is no value, and what the sandbox keeps from scripts, such as the `load` that
 * takes binary chunks, no file gives them. */
static void push_object(reading *r, uint32_t number)
{
    if (kind_of(r, number) == BX_GRAPH_VARIABLE)
        fail(r, "an object");
    if (number > r->known) {
        if (lua_rawgeti(r->L, r->objects, number - r->known) == LUA_TNIL)
            fail(r, "an object");
        return;
    }
    bx_graph_item item;
    bx_graph_push_known(r->L, number, &item);
    if (item.hidden && item.kind == BX_GRAPH_NATIVE)
        fail(r, "a function of C");
}

static void push_value(reading *r)
{
    lua_State *L = r->L;
    double number;
    uint32_t length;
    bx_error err;
    if (r->in.left == 0)
        fail(r, "a value");
    uint8_t tag = *r->in.next++;
    r->in.left--;
    switch (tag) {
    case BX_GRAPH_NIL: lua_pushnil(L); break;
    case BX_GRAPH_FALSE: lua_pushboolean(L, 0); break;
    case BX_GRAPH_TRUE: lua_pushboolean(L, 1); break;
    case BX_GRAPH_INTEGER: lua_pushinteger(L, (lua_Integer)whole_of(r)); break;
    case BX_GRAPH_FLOAT:
        if (bx_unpack_doubles(&r->in, &number, 1, &err) < 0)
            bx_raise(L, &err);
        lua_pushnumber(L, number);
        break;
    case BX_GRAPH_TEXT: {
        const uint8_t *text = bytes_of(r, &length);
        lua_pushlstring(L, (const char *)text, length);
        break;
    }
    case BX_GRAPH_REFERENCE: push_object(r, number_of(r)); break;
    default: fail(r, "a value");
    }
}

/* ---- making objects ---- */

/* Push the main function of the chunk whose source is at the top, which is popped. */
static void push_main(reading *r)
{
    lua_State *L = r->L;
    if (lua_type(L, -1) != LUA_TSTRING)
        fail(r, "a function");
    lua_pushvalue(L, -1);
    if (lua_rawget(L, r->mains) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        bx_graph_compile(L);
        if (lua_isnil(L, -1))
            fail(r, "the text of a function");
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_rawset(L, r->mains);
    }
    lua_replace(L, -2);
}

static void make_function(reading *r)
{
    uint32_t path[BX_PROTOTYPE_DEPTH] = {0};
    push_value(r);
    push_main(r);
    uint32_t depth = count_of(r);
    if (depth > BX_PROTOTYPE_DEPTH)
        fail(r, "a function");
    for (uint32_t i = 0; i < depth; i++)
        path[i] = count_of(r);
    if (!bx_prototype_make(r->L, lua_gettop(r->L), path, (int)depth))
        fail(r, "a function");
    lua_replace(r->L, -2);
}

static void make_object(reading *r)
{
    uint32_t length;
    bx_error err;
    const uint8_t *bytes = bytes_of(r, &length);
    bx_reader reader = {bytes, bytes + length};
    if (bx_value_check(bytes, length, 1, &err) < 0 || bx_lua_push_value(r->L, &reader, &err) < 0)
        bx_raise(r->L, &err);
    if (!bx_lua_test_type(r->L, -1))
        fail(r, "an object");
}

static void make_table(reading *r)
{
    uint32_t length = count_of(r);
    lua_createtable(r->L, length < r->in.left ? (int)length : 0, 0);
}

/* Strings come first: sources of functions are among them. */
static void make_strings(reading *r)
{
    uint32_t length;
    for (uint64_t left = whole_of(r); left > 0; left--) {
        uint32_t number = number_of(r);
        const uint8_t *text = bytes_of(r, &length);
        if (number <= r->known)
            fail(r, "a string");
        lua_pushlstring(r->L, (const char *)text, length);
        lua_rawseti(r->L, r->objects, number - r->known);
    }
}

/* Push a new object of that kind. */
static void make(reading *r, uint8_t kind)
{
    switch (kind) {
    case BX_GRAPH_TABLE: make_table(r); break;
    case BX_GRAPH_FUNCTION: make_function(r); break;
    case BX_GRAPH_VARIABLE: lua_pushboolean(r->L, 1); break; /* in its stead */
    case BX_GRAPH_CELL: bx_cell_push(r->L); break;
    case BX_GRAPH_FLUX: bx_flux_push(r->L); break;
    case BX_GRAPH_OBJECT: make_object(r); break;
    default: fail(r, "an object's kind");
    }
}

static void make_all(reading *r)
{
    make_strings(r);
    for (uint32_t i = 0; i < r->count; i++) {
        if (r->in.left == 0)
            fail(r, "an object");
        uint8_t kind = *r->in.next++;
        r->in.left--;
        bool there = lua_rawgeti(r->L, r->objects, (lua_Integer)i + 1) != LUA_TNIL;
        lua_pop(r->L, 1);
        if (there != (kind == BX_GRAPH_STRING))
            fail(r, "an object");
        r->kinds[i] = kind;
        if (there)
            continue;
        make(r, kind);
        lua_rawseti(r->L, r->objects, (lua_Integer)i + 1);
    }
}

/* ---- what they hold ---- */

/* The table at the top holds nothing then. */
static void empty(lua_State *L)
{
    for (lua_pushnil(L); lua_next(L, -2);) {
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_pushnil(L);
        lua_rawset(L, -4);
    }
}

static void fill_table(reading *r, uint32_t number)
{
    lua_State *L = r->L;
    uint32_t metatable = count_of(r);
    if (metatable > r->known + r->count)
        fail(r, "a metatable");
    lua_pushinteger(L, metatable);
    lua_rawseti(L, r->metatables, number);
    if (number <= r->known)
        empty(L);
    for (uint32_t pairs = list_of(r); pairs > 0; pairs--) {
        push_value(r);
        if (lua_isnil(L, -1) || (lua_isnumber(L, -1) && lua_tonumber(L, -1) != lua_tonumber(L, -1)))
            fail(r, "a key");
        push_value(r);
        lua_rawset(L, -3);
    }
}

/* Give the function at the top its variables: the first that has one makes it. */
static void fill_function(reading *r, uint32_t number)
{
    uint32_t count = list_of(r);
    for (uint32_t i = 1; i <= count; i++) {
        bx_graph_item item;
        uint32_t variable = number_of(r);
        if (kind_of(r, variable) != BX_GRAPH_VARIABLE || !lua_upvalueid(r->L, -1, (int)i))
            fail(r, "a variable");
        if (variable <= r->known) {
            bx_graph_push_known(r->L, variable, &item);
            lua_upvaluejoin(r->L, -2, (int)i, -1, (int)item.place);
            lua_pop(r->L, 1);
            continue;
        }
        owner *of = &r->owners[variable - r->known - 1];
        if (of->function == 0) {
            *of = (owner){number, i};
            continue;
        }
        push_object(r, of->function);
        lua_upvaluejoin(r->L, -2, (int)i, -1, (int)of->place);
        lua_pop(r->L, 1);
    }
    if (lua_upvalueid(r->L, -1, (int)count + 1))
        fail(r, "a function");
}

static void fill_variable(reading *r, uint32_t number)
{
    bx_graph_item item = {.place = 0};
    if (number <= r->known) {
        bx_graph_push_known(r->L, number, &item);
    } else {
        const owner *of = &r->owners[number - r->known - 1];
        if (of->function == 0)
            fail(r, "a variable");
        push_object(r, of->function);
        item.place = of->place;
    }
    push_value(r);
    lua_setupvalue(r->L, -2, (int)item.place);
}

/* The model at the top becomes another, with its reader's warnings. */
static void fill_flux(reading *r)
{
    lua_State *L = r->L;
    uint32_t length;
    bx_error err;
    push_value(r);
    if (!lua_istable(L, -1))
        fail(r, "a flux model");
    bx_fba *made = bx_flux_push(L);
    const uint8_t *bytes = bytes_of(r, &length);
    if (bx_fba_decode(made, bytes, length, &err) < 0)
        bx_raise(L, &err);
    bx_fba **box = bx_flux_test(L, -3), **other = bx_flux_test(L, -1);
    *other = *box; /* freed with that */
    *box = made;
    lua_pushvalue(L, -2);
    lua_setiuservalue(L, -4, 1);
}

static void fill_all(reading *r)
{
    lua_State *L = r->L;
    int top = lua_gettop(L);
    while (r->in.left > 0) {
        uint32_t number = number_of(r);
        bx_graph_kind kind = kind_of(r, number);
        if (kind != BX_GRAPH_VARIABLE)
            push_object(r, number);
        if (kind == BX_GRAPH_TABLE)
            fill_table(r, number);
        else if (kind == BX_GRAPH_FUNCTION && number > r->known)
            fill_function(r, number);
        else if (kind == BX_GRAPH_VARIABLE)
            fill_variable(r, number);
        else if (kind == BX_GRAPH_FLUX)
            fill_flux(r);
        else
            fail(r, "what an object holds");
        lua_settop(L, top);
    }
}

static void set_metatables(reading *r)
{
    lua_State *L = r->L;
    int top = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, r->metatables); lua_settop(L, top + 1)) {
        uint32_t metatable = (uint32_t)lua_tointeger(L, -1);
        push_object(r, (uint32_t)lua_tointeger(L, -2));
        lua_pushnil(L);
        if (metatable) {
            if (kind_of(r, metatable) != BX_GRAPH_TABLE)
                fail(r, "a metatable");
            push_object(r, metatable);
            lua_replace(L, -2);
        }
        lua_setmetatable(L, -2);
    }
}

/* The numbers that texts of objects show. */
static void read_ids(reading *r)
{
    lua_State *L = r->L;
    bx_sandbox_push_ids(L);
    empty(L);
    lua_pushinteger(L, (lua_Integer)whole_of(r));
    lua_rawseti(L, -2, 0);
    for (uint32_t count = list_of(r); count > 0; count--) {
        push_object(r, number_of(r));
        lua_pushinteger(L, (lua_Integer)whole_of(r));
        lua_rawset(L, -3);
    }
    lua_pop(L, 1);
}

/* Read by `part` the bytes whose number is next. */
static void within(reading *r, void (*part)(reading *r))
{
    uint64_t length = whole_of(r);
    if (length > r->in.left)
        fail(r, "a part");
    bx_unpacker rest = {r->in.next + length, r->in.left - (size_t)length, r->in.what};
    r->in.left = (size_t)length;
    part(r);
    if (r->in.left > 0)
        fail(r, "a part");
    r->in = rest;
}

void bx_graph_read(lua_State *L, bx_unpacker *in)
{
    int top = lua_gettop(L);
    reading r = {.L = L, .in = *in, .known = bx_graph_known()};
    luaL_checkstack(L, 2 * LUA_MINSTACK, NULL);
    r.count = list_of(&r);
    if (r.count > INT_MAX - r.known)
        fail(&r, "a count");
    for (int i = 0; i < 3; i++)
        lua_newtable(L);
    r.objects = top + 1;
    r.mains = top + 2;
    r.metatables = top + 3;
    r.kinds = memset(lua_newuserdatauv(L, r.count + 1, 0), 0, r.count + 1);
    size_t size = (r.count + 1) * sizeof *r.owners;
    r.owners = memset(lua_newuserdatauv(L, size, 0), 0, size);
    within(&r, make_all);
    within(&r, fill_all);
    set_metatables(&r);
    push_object(&r, number_of(&r));
    if (!lua_istable(L, -1))
        fail(&r, "its last table");
    read_ids(&r);
    lua_replace(L, top + 1);
    *in = r.in;
    lua_settop(L, top + 1);
}
