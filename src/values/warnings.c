#include "values/warnings.h"

void bx_lua_push_warnings(lua_State *L, const bx_warnings *warnings)
{
    lua_createtable(L, (int)warnings->count, 0);
    for (size_t i = 0; i < warnings->count; i++) {
        lua_createtable(L, 0, 3);
        lua_pushstring(L, warnings->items[i].code);
        lua_setfield(L, -2, "code");
        lua_pushstring(L, warnings->items[i].message);
        lua_setfield(L, -2, "message");
        lua_pushstring(L, warnings->items[i].element); /* nil without one */
        lua_setfield(L, -2, "element");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}
