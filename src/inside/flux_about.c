/* What is said of a model and its parts, as Lua has it: title, formula, notes = { key = text },
 * annotation = { provider = identifiers }. */
#include "core/buffer.h"
#include "inside/flux.h"
#include "inside/raise.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fields that are one text each. */
static const struct {
    const char *name;
    bx_about_key key;
} fields[] = {{"title", BX_ABOUT_NAME},
              {"formula", BX_ABOUT_FORMULA},
              {"compartment", BX_ABOUT_COMPARTMENT},
              {"subsystem", BX_ABOUT_SUBSYSTEM}};
enum { FIELDS = sizeof fields / sizeof *fields };

/* ---- shown ---- */

static void push_unescaped(lua_State *L, const char *text, size_t length)
{
    static const struct {
        const char *name;
        char is;
    } entities[] = {
        {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}};
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        for (size_t k = 0; c == '&' && k < sizeof entities / sizeof *entities; k++) {
            size_t width = strlen(entities[k].name);
            if (length - i >= width && strncmp(text + i, entities[k].name, width) == 0) {
                c = entities[k].is;
                i += width - 1;
                break;
            }
        }
        luaL_addchar(&out, c);
    }
    luaL_pushresult(&out);
}

static void set_notes(lua_State *L, const bx_about *about)
{
    const char *at = bx_about_get(about, BX_ABOUT_NOTES);
    bx_note note;
    if (!at)
        return;
    lua_newtable(L);
    while (bx_notes_next(&at, &note)) {
        push_unescaped(L, note.key, note.key_length);
        push_unescaped(L, note.text, note.text_length);
        lua_rawset(L, -3);
    }
    lua_setfield(L, -2, "notes");
}

/* Append to the list of the provider, in the table at the top. */
static void add_identifier(lua_State *L, const bx_annotation *a)
{
    if (lua_getfield(L, -1, a->provider) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_setfield(L, -3, a->provider);
    }
    lua_pushstring(L, a->identifier);
    if (strcmp(a->qualifier, "is") != 0) {
        lua_createtable(L, 2, 0);
        lua_pushstring(L, a->qualifier);
        lua_rawseti(L, -2, 1);
        lua_insert(L, -2);
        lua_rawseti(L, -2, 2);
    }
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    lua_pop(L, 1);
}

static void set_annotation(lua_State *L, const bx_about *about)
{
    const char *sbo = bx_about_get(about, BX_ABOUT_SBO), *text = NULL;
    if (!sbo && !bx_about_get(about, BX_ABOUT_ANNOTATION))
        return;
    lua_newtable(L);
    if (sbo) {
        lua_pushstring(L, sbo);
        lua_setfield(L, -2, "sbo");
    }
    while ((text = bx_about_next(about, BX_ABOUT_ANNOTATION, text))) {
        bx_annotation a = bx_annotation_of(text);
        add_identifier(L, &a);
    }
    lua_setfield(L, -2, "annotation");
}

void bx_flux_set_about(lua_State *L, const bx_about *about)
{
    for (size_t i = 0; i < FIELDS; i++) {
        const char *text = bx_about_get(about, fields[i].key);
        if (!text)
            continue;
        lua_pushstring(L, text);
        lua_setfield(L, -2, fields[i].name);
    }
    const char *charge = bx_about_get(about, BX_ABOUT_CHARGE);
    if (charge) {
        lua_pushstring(L, charge);
        if (lua_stringtonumber(L, charge))
            lua_remove(L, -2);
        lua_setfield(L, -2, "charge");
    }
    set_notes(L, about);
    set_annotation(L, about);
}

/* ---- read: first all is checked, then taken ---- */

static void check_identifier(lua_State *L, int index, const bx_place *place, const char *key)
{
    const char *qualifier = "is", *identifier;
    if (lua_istable(L, index)) {
        lua_rawgeti(L, index, 1);
        qualifier = bx_fields_string(L, -1, place, key);
        lua_rawgeti(L, index, 2);
        identifier = bx_fields_string(L, -1, place, key);
    } else {
        lua_pushvalue(L, index);
        lua_pushvalue(L, index);
        identifier = bx_fields_string(L, -1, place, key);
    }
    if (!bx_annotation_fits(qualifier, key, identifier))
        bx_raise_format(L, place->code, "%s, annotation: one of the texts of \"%.64s\" is too long",
                        place->text, key);
    lua_pop(L, 2);
}

static void check_annotation(lua_State *L, int table, const bx_place *place)
{
    size_t count;
    bx_fields_expect(L, table, LUA_TTABLE, place, "annotation");
    const char **names = bx_fields_names(L, table, &count, place);
    for (size_t i = 0; i < count; i++) {
        if (bx_fields_get(L, table, names[i]) != LUA_TTABLE) {
            check_identifier(L, lua_gettop(L), place, names[i]);
        } else {
            for (size_t k = 1; k <= lua_rawlen(L, -1); k++) {
                lua_rawgeti(L, -1, (lua_Integer)k);
                check_identifier(L, lua_gettop(L), place, names[i]);
                lua_pop(L, 1);
            }
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void check_notes(lua_State *L, int table, const bx_place *place)
{
    size_t count;
    bx_fields_expect(L, table, LUA_TTABLE, place, "notes");
    const char **names = bx_fields_names(L, table, &count, place);
    for (size_t i = 0; i < count; i++) {
        bx_fields_get(L, table, names[i]);
        bx_fields_string(L, -1, place, names[i]);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

void bx_flux_check_about(lua_State *L, int table, const bx_place *place)
{
    for (size_t i = 0; i < FIELDS; i++) {
        if (bx_fields_get(L, table, fields[i].name) != LUA_TNIL)
            bx_fields_string(L, -1, place, fields[i].name);
        lua_pop(L, 1);
    }
    if (bx_fields_get(L, table, "charge") != LUA_TNIL)
        bx_fields_number(L, -1, place, "charge");
    if (bx_fields_get(L, table, "notes") != LUA_TNIL)
        check_notes(L, lua_gettop(L), place);
    if (bx_fields_get(L, table, "annotation") != LUA_TNIL)
        check_annotation(L, lua_gettop(L), place);
    lua_pop(L, 3);
}

static void check(lua_State *L, int status, const bx_error *err)
{
    if (status < 0)
        bx_raise(L, err);
}

static void take_identifier(lua_State *L, bx_about *about, const char *provider)
{
    bx_annotation a = {.qualifier = "is"};
    bx_error err;
    snprintf(a.provider, sizeof a.provider, "%s", provider);
    if (lua_istable(L, -1)) {
        lua_rawgeti(L, -1, 1);
        snprintf(a.qualifier, sizeof a.qualifier, "%s", lua_tostring(L, -1));
        lua_rawgeti(L, -2, 2);
        snprintf(a.identifier, sizeof a.identifier, "%s", lua_tostring(L, -1));
        lua_pop(L, 2);
    } else {
        snprintf(a.identifier, sizeof a.identifier, "%s", lua_tostring(L, -1));
    }
    check(L, bx_about_annotate(about, &a, &err), &err);
}

static void take_annotation(lua_State *L, int table, bx_about *about, const bx_place *place)
{
    size_t count;
    const char **names = bx_fields_names(L, table, &count, place);
    bx_about_drop(about, BX_ABOUT_ANNOTATION);
    bx_about_drop(about, BX_ABOUT_SBO);
    for (size_t i = 0; i < count; i++) {
        if (bx_fields_get(L, table, names[i]) != LUA_TTABLE)
            take_identifier(L, about, names[i]);
        for (size_t k = 1; lua_istable(L, -1) && k <= lua_rawlen(L, -1); k++) {
            lua_rawgeti(L, -1, (lua_Integer)k);
            take_identifier(L, about, names[i]);
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void add_escaped(luaL_Buffer *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '<': luaL_addstring(out, "&lt;"); break;
        case '>': luaL_addstring(out, "&gt;"); break;
        case '&': luaL_addstring(out, "&amp;"); break;
        default: luaL_addchar(out, *text);
        }
}

static void take_notes(lua_State *L, int table, bx_about *about, const bx_place *place)
{
    size_t count;
    bx_error err;
    luaL_Buffer out;
    const char **names = bx_fields_names(L, table, &count, place);
    int top = lua_gettop(L);
    luaL_checkstack(L, (int)count + 20, NULL);
    for (size_t i = 0; i < count; i++)
        bx_fields_get(L, table, names[i]);
    luaL_buffinit(L, &out);
    luaL_addstring(&out, "<html xmlns=\"http://www.w3.org/1999/xhtml\">");
    for (size_t i = 0; i < count; i++) {
        luaL_addstring(&out, "<p>");
        add_escaped(&out, names[i]);
        luaL_addstring(&out, ": ");
        add_escaped(&out,
                    lua_isstring(L, top + 1 + (int)i) ? lua_tostring(L, top + 1 + (int)i) : "");
        luaL_addstring(&out, "</p>");
    }
    luaL_addstring(&out, "</html>");
    luaL_pushresult(&out);
    const char *text = count > 0 ? lua_tostring(L, -1) : NULL;
    check(L, bx_about_set(about, BX_ABOUT_NOTES, text, &err), &err);
    lua_settop(L, top - 1);
}

void bx_flux_take_about(lua_State *L, int table, bx_about *about, const bx_place *place)
{
    bx_error err;
    for (size_t i = 0; i < FIELDS; i++) {
        if (bx_fields_get(L, table, fields[i].name) != LUA_TNIL)
            check(L, bx_about_set(about, fields[i].key, lua_tostring(L, -1), &err), &err);
        lua_pop(L, 1);
    }
    if (bx_fields_get(L, table, "charge") != LUA_TNIL) {
        char text[40];
        snprintf(text, sizeof text, "%.17g", lua_tonumber(L, -1));
        check(L, bx_about_set(about, BX_ABOUT_CHARGE, text, &err), &err);
    }
    if (bx_fields_get(L, table, "notes") != LUA_TNIL)
        take_notes(L, lua_gettop(L), about, place);
    if (bx_fields_get(L, table, "annotation") != LUA_TNIL)
        take_annotation(L, lua_gettop(L), about, place);
    lua_pop(L, 3);
}
