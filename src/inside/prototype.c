#include "inside/prototype.h"

#include <lauxlib.h>
#include <string.h>

/* Lua's own. */
#include <lapi.h>
#include <lfunc.h>
#include <lobject.h>
#include <lstate.h>
#include <lstring.h>

static const Proto *prototype_of(lua_State *L, int index)
{
    return ((const LClosure *)lua_topointer(L, index))->p;
}

void bx_prototype_push_source(lua_State *L, int index)
{
    TString *source = prototype_of(L, index)->source;
    luaL_checkstack(L, 1, NULL);
    if (!source) {
        lua_pushnil(L);
        return;
    }
    setsvalue2s(L, L->top.p, source);
    api_incr_top(L);
}

/* ---- equality ---- */

static bool same_string(TString *a, TString *b)
{
    if (a == b)
        return true;
    return a && b && a->tt == LUA_VLNGSTR && b->tt == LUA_VLNGSTR && luaS_eqlngstr(a, b);
}

static uint64_t bits_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static bool same_constant(const TValue *a, const TValue *b)
{
    if (rawtt(a) != rawtt(b))
        return false;
    if (ttisstring(a))
        return same_string(tsvalue(a), tsvalue(b));
    if (ttisinteger(a))
        return ivalue(a) == ivalue(b);
    if (ttisfloat(a))
        return bits_of(fltvalue(a)) == bits_of(fltvalue(b));
    return true; /* nil, false and true */
}

static bool same_upvalue(const Upvaldesc *a, const Upvaldesc *b)
{
    return a->instack == b->instack && a->idx == b->idx && a->kind == b->kind &&
           same_string(a->name, b->name);
}

static bool same_bytes(const void *a, const void *b, size_t length)
{
    return length == 0 || memcmp(a, b, length) == 0;
}

static bool same_shape(const Proto *a, const Proto *b)
{
    return a->linedefined == b->linedefined && a->lastlinedefined == b->lastlinedefined &&
           a->numparams == b->numparams && a->is_vararg == b->is_vararg &&
           a->maxstacksize == b->maxstacksize && a->sizecode == b->sizecode &&
           a->sizek == b->sizek && a->sizep == b->sizep && a->sizeupvalues == b->sizeupvalues &&
           a->sizelineinfo == b->sizelineinfo;
}

static bool same_code(const Proto *a, const Proto *b)
{
    if (!same_shape(a, b) || !same_bytes(a->code, b->code, (size_t)a->sizecode * sizeof *a->code) ||
        !same_bytes(a->lineinfo, b->lineinfo, (size_t)a->sizelineinfo * sizeof *a->lineinfo))
        return false;
    for (int i = 0; i < a->sizek; i++)
        if (!same_constant(&a->k[i], &b->k[i]))
            return false;
    for (int i = 0; i < a->sizeupvalues; i++)
        if (!same_upvalue(&a->upvalues[i], &b->upvalues[i]))
            return false;
    for (int i = 0; i < a->sizep; i++)
        if (!same_code(a->p[i], b->p[i]))
            return false;
    return true;
}

/* ---- places ---- */

static int find(const Proto *in, const Proto *wanted, uint32_t *path, int depth)
{
    if (same_code(in, wanted))
        return depth;
    for (int i = 0; i < in->sizep && depth < BX_PROTOTYPE_DEPTH; i++) {
        const Proto *inner = in->p[i];
        if (inner->linedefined > wanted->linedefined ||
            inner->lastlinedefined < wanted->lastlinedefined)
            continue;
        path[depth] = (uint32_t)i;
        int found = find(inner, wanted, path, depth + 1);
        if (found >= 0)
            return found;
    }
    return -1;
}

int bx_prototype_find(lua_State *L, int main, int index, uint32_t path[BX_PROTOTYPE_DEPTH])
{
    return find(prototype_of(L, main), prototype_of(L, index), path, 0);
}

bool bx_prototype_make(lua_State *L, int main, const uint32_t *path, int depth)
{
    Proto *p = ((const LClosure *)lua_topointer(L, main))->p;
    for (int i = 0; i < depth; i++) {
        if (path[i] >= (uint32_t)p->sizep)
            return false;
        p = p->p[path[i]];
    }
    luaL_checkstack(L, 1, NULL);
    LClosure *made = luaF_newLclosure(L, p->sizeupvalues);
    made->p = p;
    setclLvalue2s(L, L->top.p, made);
    api_incr_top(L);
    luaF_initupvals(L, made);
    return true;
}
