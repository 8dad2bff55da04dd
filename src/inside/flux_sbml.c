#include "inside/flux.h"
#include "inside/raise.h"
#include "inside/sbml.h"
#include "inside/warnings.h"
#include "sbml/fbc.h"
#include "sbml/fbc_write.h"
#include "values/warnings.h"

#include <lauxlib.h>

/* flux.load_sbml(text [, { objective = id, strict = true }]) -> model, id of its objective */
int bx_flux_load_sbml(lua_State *L)
{
    static const char *const keys[] = {"objective", "strict", NULL};
    bx_place place = bx_place_make(BX_EMODEL, "flux.load_sbml");
    bx_sbml_source source = {.name = NULL};
    const char *objective = NULL;
    char taken[256];
    bx_error err;
    lua_settop(L, 2);
    bx_fields_expect(L, 1, LUA_TSTRING, &place, NULL);
    source.text = lua_tolstring(L, 1, &source.length);
    source.warnings = bx_warnings_push(L);
    if (!lua_isnil(L, 2)) {
        bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
        bx_fields_allow(L, 2, keys, false, &place);
        if (bx_fields_get(L, 2, "objective") != LUA_TNIL)
            objective = bx_fields_string(L, -1, &place, "objective");
        source.warnings->strict = bx_flux_flag_option(L, 2, "strict", &place);
    }
    bx_fba *fba = bx_flux_push(L);
    if (bx_sbml_read_fbc(&source, objective, fba, taken, &err) < 0)
        return bx_raise(L, &err);
    bx_lua_push_warnings(L, source.warnings);
    lua_setiuservalue(L, -2, 1);
    if (!*taken)
        return 1;
    lua_pushstring(L, taken);
    return 2;
}

/* to_sbml() -> text, warnings */
int bx_flux_to_sbml(lua_State *L)
{
    const bx_fba *fba = bx_flux_check(L);
    bx_warnings *warnings = bx_warnings_push(L);
    bx_buffer *text = bx_sbml_push_text(L);
    bx_error err;
    if (bx_sbml_write_fbc(fba, warnings, text, &err) < 0)
        return bx_raise(L, &err);
    lua_pushlstring(L, (const char *)text->data, text->length);
    bx_buffer_free(text);
    bx_lua_push_warnings(L, warnings);
    return 2;
}
