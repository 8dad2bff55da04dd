#include "lua/class.h"

#include "values/options.h"

#include <string.h>

/* Where a metatable keeps the class it belongs to. */
static const char class_key = 'c';

void bx_lua_open_class(lua_State *L, const bx_lua_class *class_)
{
    luaL_newmetatable(L, class_->name);
    lua_pushlightuserdata(L, (void *)class_);
    lua_rawsetp(L, -2, &class_key);
    if (class_->metamethods)
        luaL_setfuncs(L, class_->metamethods, 0);
    lua_newtable(L);
    luaL_setfuncs(L, class_->methods, 0);
    if (class_->parent) {
        lua_createtable(L, 0, 1);
        luaL_getmetatable(L, class_->parent->name);
        lua_getfield(L, -1, "__index");
        lua_setfield(L, -3, "__index");
        lua_pop(L, 1);
        lua_setmetatable(L, -2);
    }
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__index");
    lua_remove(L, -2);
}

void bx_lua_set_class(lua_State *L, const bx_lua_class *class_)
{
    luaL_setmetatable(L, class_->name);
}

const bx_lua_class *bx_lua_class_of(lua_State *L, int index)
{
    if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index))
        return NULL;
    lua_rawgetp(L, -1, &class_key);
    const bx_lua_class *class_ = lua_touserdata(L, -1);
    lua_pop(L, 2);
    return class_;
}

bool bx_lua_is_a(const bx_lua_class *class_, const char *name)
{
    while (class_ && strcmp(class_->name, name) != 0)
        class_ = class_->parent;
    return class_ != NULL;
}

void *bx_lua_test_class(lua_State *L, int argument, const bx_lua_class *class_)
{
    for (const bx_lua_class *c = bx_lua_class_of(L, argument); c; c = c->parent)
        if (c == class_)
            return lua_touserdata(L, argument);
    return NULL;
}

void *bx_lua_check_class(lua_State *L, int argument, const bx_lua_class *class_)
{
    void *box = bx_lua_test_class(L, argument, class_);
    if (!box)
        luaL_typeerror(L, argument, class_->name);
    return box;
}

void bx_lua_check_options(lua_State *L, int argument, const char *const allowed[])
{
    if (lua_isnoneornil(L, argument))
        return;
    luaL_checktype(L, argument, LUA_TTABLE);
    if (!bx_lua_push_unknown(L, argument, allowed, false))
        return;
    bool named = lua_type(L, -2) == LUA_TSTRING;
    lua_pushfstring(L, "unknown option '%s'; it takes %s",
                    named ? lua_tostring(L, -2) : luaL_typename(L, -2), lua_tostring(L, -1));
    luaL_argerror(L, argument, lua_tostring(L, -1));
}

double bx_lua_positive_option(lua_State *L, int argument, const char *key, double otherwise)
{
    if (lua_isnoneornil(L, argument))
        return otherwise;
    int type = bx_lua_raw_field(L, argument, key);
    double value = otherwise;
    if (type != LUA_TNIL) {
        value = type == LUA_TNUMBER ? lua_tonumber(L, -1) : -1;
        if (!(value > 0)) {
            const char *got = luaL_tolstring(L, -1, NULL);
            luaL_argerror(
                L, argument,
                lua_pushfstring(L, "'%s' must be a number greater than 0, got %s", key, got));
        }
    }
    lua_pop(L, 1);
    return value;
}

int bx_lua_boolean_option(lua_State *L, int argument, const char *key, int otherwise)
{
    if (lua_isnoneornil(L, argument))
        return otherwise;
    int type = bx_lua_raw_field(L, argument, key);
    if (type != LUA_TNIL && type != LUA_TBOOLEAN)
        luaL_argerror(
            L, argument,
            lua_pushfstring(L, "'%s' must be true or false, got %s", key, lua_typename(L, type)));
    int value = type == LUA_TNIL ? otherwise : lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}
