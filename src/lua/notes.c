#include "lua/notes.h"

void bx_lua_set_notes(lua_State *L, const bx_courier *courier)
{
    size_t count = 0;
    const bx_note *notes = courier ? bx_courier_notes(courier, &count) : NULL;
    for (size_t i = 0; i < count; i++)
        if (notes[i].name[0] != '.') {
            lua_pushstring(L, notes[i].text);
            lua_setfield(L, -2, notes[i].name);
        }
}
