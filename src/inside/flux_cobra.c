/* Models in cobrapy's JSON and YAML. */
#include "exchange/cobra.h"
#include "inside/flux.h"
#include "inside/raise.h"
#include "inside/sbml.h"
#include "inside/warnings.h"
#include "values/warnings.h"

#include <lauxlib.h>

static int load(lua_State *L, bx_cobra_form form, const char *function)
{
    static const char *const keys[] = {"strict", NULL};
    bx_place place = bx_place_make(BX_EMODEL, "%s", function);
    bx_error err;
    size_t length;
    lua_settop(L, 2);
    bx_fields_expect(L, 1, LUA_TSTRING, &place, NULL);
    const char *text = lua_tolstring(L, 1, &length);
    bx_warnings *warnings = bx_warnings_push(L);
    if (!lua_isnil(L, 2)) {
        bx_fields_expect(L, 2, LUA_TTABLE, &place, NULL);
        bx_fields_allow(L, 2, keys, false, &place);
        warnings->strict = bx_flux_flag_option(L, 2, "strict", &place);
    }
    bx_fba *fba = bx_flux_push(L);
    if (bx_cobra_read(text, length, form, fba, warnings, &err) < 0)
        return bx_raise(L, &err);
    bx_lua_push_warnings(L, warnings);
    lua_setiuservalue(L, -2, 1);
    return 1;
}

/* flux.load_json(text [, { strict = true }]) -> model */
int bx_flux_load_json(lua_State *L)
{
    return load(L, BX_COBRA_JSON, "flux.load_json");
}

int bx_flux_load_yaml(lua_State *L)
{
    return load(L, BX_COBRA_YAML, "flux.load_yaml");
}

static int to_text(lua_State *L, bx_cobra_form form)
{
    const bx_fba *fba = bx_flux_check(L);
    bx_warnings *warnings = bx_warnings_push(L);
    bx_buffer *text = bx_sbml_push_text(L);
    bx_error err;
    if (bx_cobra_write(fba, form, warnings, text, &err) < 0)
        return bx_raise(L, &err);
    lua_pushlstring(L, (const char *)text->data, text->length);
    bx_buffer_free(text);
    bx_lua_push_warnings(L, warnings);
    return 2;
}

/* to_json() -> text, warnings */
int bx_flux_to_json(lua_State *L)
{
    return to_text(L, BX_COBRA_JSON);
}

int bx_flux_to_yaml(lua_State *L)
{
    return to_text(L, BX_COBRA_YAML);
}
