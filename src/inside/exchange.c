#include "inside/exchange.h"

#include "exchange/xml.h"
#include "inside/module.h"
#include "inside/raise.h"
#include "inside/sbml.h"
#include "inside/worker.h"
#include "model/distribution.h"
#include "sbml/compression.h"

#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DOCUMENT "bioxen.worker.xml"
#define NODE "bioxen.worker.xml_node"
#define CELL "bioxen.worker.other_cell"
#define FOUND "bioxen.worker.xml_found"

enum { CELLS = 64 };

/* ---- archives ---- */

static int list_file(void *data, const bx_zip_file *file, bx_error *err)
{
    lua_State *L = data;
    (void)err;
    lua_createtable(L, 0, 7);
    lua_pushstring(L, file->name);
    lua_setfield(L, -2, "name");
    lua_pushinteger(L, (lua_Integer)file->offset);
    lua_setfield(L, -2, "offset");
    lua_pushinteger(L, (lua_Integer)file->compressed);
    lua_setfield(L, -2, "compressed");
    lua_pushinteger(L, (lua_Integer)file->size);
    lua_setfield(L, -2, "size");
    lua_pushinteger(L, file->check);
    lua_setfield(L, -2, "check");
    lua_pushinteger(L, file->method);
    lua_setfield(L, -2, "method");
    lua_pushboolean(L, file->link);
    lua_setfield(L, -2, "link");
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    return 0;
}

/* files(bytes) -> list of { name, offset, compressed, size, check, method, link } of a ZIP archive.
 * What is visited may raise: nothing below holds memory then. */
static int archive_files(lua_State *L)
{
    size_t length;
    const uint8_t *bytes = (const uint8_t *)luaL_checklstring(L, 1, &length);
    bx_error err;
    if (!bx_zip_is(bytes, length))
        return bx_raise_format(L, BX_EMODEL, "no ZIP archive");
    lua_newtable(L);
    if (bx_zip_each(bytes, length, list_file, L, &err) < 0)
        return bx_raise(L, &err);
    return 1;
}

static size_t field(lua_State *L, int table, const char *key)
{
    lua_getfield(L, table, key);
    lua_Integer value = luaL_checkinteger(L, -1);
    lua_pop(L, 1);
    return (size_t)value;
}

/* unpack(bytes, file, limit) -> what is in it */
static int archive_unpack(lua_State *L)
{
    size_t length;
    const uint8_t *bytes = (const uint8_t *)luaL_checklstring(L, 1, &length);
    luaL_checktype(L, 2, LUA_TTABLE);
    bx_zip_file file = {.offset = field(L, 2, "offset"),
                        .compressed = field(L, 2, "compressed"),
                        .check = (uint32_t)field(L, 2, "check"),
                        .method = (uint32_t)field(L, 2, "method")};
    lua_getfield(L, 2, "name");
    strncpy(file.name, luaL_checkstring(L, -1), sizeof file.name - 1);
    bx_buffer *out = bx_sbml_push_text(L);
    bx_error err;
    out->limit = (size_t)luaL_checkinteger(L, 3);
    if (bx_zip_read(bytes, length, &file, out, &err) < 0)
        return bx_raise(L, &err);
    lua_pushlstring(L, (const char *)out->data, out->length);
    bx_buffer_free(out);
    return 1;
}

/* ---- documents ---- */

static bx_xml *check_document(lua_State *L, int index)
{
    bx_xml **box = luaL_checkudata(L, index, DOCUMENT);
    luaL_argcheck(L, *box, index, "a document expected");
    return *box;
}

static xmlNode *check_node(lua_State *L, int index)
{
    return *(xmlNode **)luaL_checkudata(L, index, NODE);
}

/* Push a node of the document at `document`, which it keeps. */
static void push_node(lua_State *L, int document, xmlNode *node)
{
    document = lua_absindex(L, document);
    *(xmlNode **)lua_newuserdatauv(L, sizeof node, 1) = node;
    luaL_setmetatable(L, NODE);
    lua_pushvalue(L, document);
    lua_setiuservalue(L, -2, 1);
}

/* parse(text) -> document */
static int document_parse(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    bx_error err;
    bx_xml **box = lua_newuserdatauv(L, sizeof *box, 0);
    *box = NULL;
    luaL_setmetatable(L, DOCUMENT);
    *box = bx_xml_read(text, length, &err);
    return *box ? 1 : bx_raise(L, &err);
}

static int document_free(lua_State *L)
{
    bx_xml **box = luaL_checkudata(L, 1, DOCUMENT);
    bx_xml_free(*box);
    *box = NULL;
    return 0;
}

static int document_root(lua_State *L)
{
    push_node(L, 1, bx_xml_root(check_document(L, 1)));
    return 1;
}

static int document_text(lua_State *L)
{
    bx_xml *xml = check_document(L, 1);
    bx_buffer *text = bx_sbml_push_text(L);
    bx_error err;
    if (bx_xml_write(xml, text, &err) < 0)
        return bx_raise(L, &err);
    lua_pushlstring(L, (const char *)text->data, text->length);
    bx_buffer_free(text);
    return 1;
}

/* What a select found, freed with its userdata. */
static int found_free(lua_State *L)
{
    xmlNode ***found = luaL_checkudata(L, 1, FOUND);
    free((void *)*found);
    *found = NULL;
    return 0;
}

/* document:select(path, { prefix = uri }) -> list of nodes */
static int document_select(lua_State *L)
{
    bx_xml *xml = check_document(L, 1);
    const char *path = luaL_checkstring(L, 2);
    luaL_checktype(L, 3, LUA_TTABLE);
    lua_settop(L, 3);
    size_t count = 0, number;
    for (lua_pushnil(L); lua_next(L, 3); lua_pop(L, 1))
        count++;
    bx_xml_prefix *prefixes = lua_newuserdatauv(L, (count + 1) * sizeof *prefixes, 0);
    count = 0;
    for (lua_pushnil(L); lua_next(L, 3); lua_pop(L, 1)) {
        luaL_argcheck(L, lua_type(L, -2) == LUA_TSTRING && lua_type(L, -1) == LUA_TSTRING, 3,
                      "prefix = uri expected");
        prefixes[count++] = (bx_xml_prefix){lua_tostring(L, -2), lua_tostring(L, -1)};
    }
    xmlNode ***found = lua_newuserdatauv(L, sizeof *found, 0);
    *found = NULL;
    luaL_setmetatable(L, FOUND);
    bx_error err;
    if (bx_xml_select(xml, path, prefixes, count, found, &number, &err) < 0)
        return bx_raise(L, &err);
    lua_createtable(L, (int)number, 0);
    for (size_t i = 0; i < number; i++) {
        push_node(L, 1, (*found)[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* ---- nodes ---- */

static int node_name(lua_State *L)
{
    lua_pushstring(L, (const char *)check_node(L, 1)->name);
    return 1;
}

/* The URI of its namespace; nil where it has none. */
static int node_uri(lua_State *L)
{
    const xmlNode *node = check_node(L, 1);
    lua_pushstring(L, node->ns ? (const char *)node->ns->href : NULL);
    return 1;
}

static int node_line(lua_State *L)
{
    lua_pushinteger(L, xmlGetLineNo(check_node(L, 1)));
    return 1;
}

/* Push a text of libxml2's, or nil, and free it. */
static int push_text(lua_State *L, xmlChar *text)
{
    lua_pushstring(L,
                   (const char *)text); /* without memory it is left behind: the VM is at its end */
    xmlFree(text);
    return 1;
}

/* The texts before, between and behind the elements in it. */
static int node_pieces(lua_State *L)
{
    const xmlNode *node = check_node(L, 1);
    luaL_Buffer piece;
    lua_Integer count = 0;
    lua_settop(L, 1);
    lua_newtable(L);
    luaL_buffinit(L, &piece);
    for (const xmlNode *child = node->children; child; child = child->next)
        if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) {
            luaL_addstring(&piece, child->content ? (const char *)child->content : "");
        } else if (child->type == XML_ELEMENT_NODE) {
            luaL_pushresult(&piece);
            lua_rawseti(L, 2, ++count);
            luaL_buffinit(L, &piece);
        }
    luaL_pushresult(&piece);
    lua_rawseti(L, 2, ++count);
    return 1;
}

/* node:attribute(name) -> its value, whatever its namespace, or nil */
static int node_attribute(lua_State *L)
{
    const xmlNode *node = check_node(L, 1);
    return push_text(L, xmlGetProp(node, (const xmlChar *)luaL_checkstring(L, 2)));
}

/* node:set(name, value): a new attribute is in no namespace */
static int node_set(lua_State *L)
{
    xmlNode *node = check_node(L, 1);
    const xmlChar *name = (const xmlChar *)luaL_checkstring(L, 2);
    const xmlChar *value = (const xmlChar *)luaL_checkstring(L, 3);
    const xmlAttr *there = xmlHasProp(node, name);
    bool set = there && there->type == XML_ATTRIBUTE_NODE && there->ns
                   ? xmlSetNsProp(node, there->ns, name, value) != NULL
                   : xmlSetProp(node, name, value) != NULL;
    bx_error err;
    if (set)
        return 0;
    bx_fail_memory(&err);
    return bx_raise(L, &err);
}

/* The elements in it. */
static int node_children(lua_State *L)
{
    const xmlNode *node = check_node(L, 1);
    lua_Integer count = 0;
    lua_getiuservalue(L, 1, 1);
    lua_newtable(L);
    for (xmlNode *child = node->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE)
            continue;
        push_node(L, -2, child);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

/* The element that it is in; nil for the root. */
static int node_parent(lua_State *L)
{
    const xmlNode *node = check_node(L, 1);
    if (!node->parent || node->parent->type != XML_ELEMENT_NODE)
        return 0;
    lua_getiuservalue(L, 1, 1);
    push_node(L, -1, node->parent);
    return 1;
}

/* The prefixes in scope: { prefix = uri }, "" for the default. */
static int node_prefixes(lua_State *L)
{
    const xmlNode *node = check_node(L, 1);
    lua_newtable(L);
    for (; node && node->type == XML_ELEMENT_NODE; node = node->parent)
        for (const xmlNs *space = node->nsDef; space; space = space->next) {
            const char *prefix = space->prefix ? (const char *)space->prefix : "";
            if (lua_getfield(L, -1, prefix) == LUA_TNIL && space->href) {
                lua_pushstring(L, (const char *)space->href);
                lua_setfield(L, -3, prefix);
            }
            lua_pop(L, 1);
        }
    return 1;
}

static bx_xml *document_of(lua_State *L, int node)
{
    lua_getiuservalue(L, node, 1);
    return check_document(L, -1);
}

static int node_remove(lua_State *L)
{
    xmlNode *node = check_node(L, 1);
    bx_error err;
    if (bx_xml_remove(document_of(L, 1), node, &err) < 0)
        return bx_raise(L, &err);
    return 0;
}

/* node:graft(other [, foreign]): copy the other to the end of this one */
static int node_graft(lua_State *L)
{
    bx_error err;
    if (bx_xml_graft(check_node(L, 1), NULL, check_node(L, 2), luaL_optstring(L, 3, NULL), &err) <
        0)
        return bx_raise(L, &err);
    return 0;
}

/* node:graft_before(other [, foreign]): copy the other to where this one is */
static int node_graft_before(lua_State *L)
{
    xmlNode *node = check_node(L, 1);
    bx_error err;
    if (!node->parent || node->parent->type != XML_ELEMENT_NODE)
        return bx_raise_format(L, BX_EMODEL, "the whole document can't be replaced");
    if (bx_xml_graft(node->parent, node, check_node(L, 2), luaL_optstring(L, 3, NULL), &err) < 0)
        return bx_raise(L, &err);
    return 0;
}

/* ---- cells ---- */

static int cell_free(lua_State *L)
{
    bx_cell **box = luaL_checkudata(L, 1, CELL);
    bx_cell_free(*box);
    *box = NULL;
    return 0;
}

/* cell() -> another cell, with nothing in it. It lives as long as the VM: what holds a cell while a
 * finaliser runs finds it there afterwards. */
static int cell_new(lua_State *L)
{
    bx_error err;
    luaL_getsubtable(L, LUA_REGISTRYINDEX, CELL "s");
    if (lua_rawlen(L, -1) >= CELLS)
        return bx_raise_format(L, BX_EMODEL, "at most %d models in one task expected", CELLS);
    bx_cell **box = lua_newuserdatauv(L, sizeof *box, 0);
    *box = NULL;
    luaL_setmetatable(L, CELL);
    *box = bx_cell_new(&err);
    if (!*box)
        return bx_raise(L, &err);
    lua_pushvalue(L, -1);
    lua_rawseti(L, -3, (lua_Integer)lua_rawlen(L, -3) + 1);
    return 1;
}

/* other:swap(): the VM's cell and this one change places */
static int cell_swap(lua_State *L)
{
    bx_cell **box = luaL_checkudata(L, 1, CELL);
    bx_worker *worker = bx_worker_of(L);
    luaL_argcheck(L, *box && !worker->running, 1, "a cell that does not run expected");
    bx_cell *now = worker->cell;
    worker->cell = *box;
    *box = now;
    return 0;
}

/* state() -> the state of the VM's cell as bytes; set_state(bytes) */
static int cell_state(lua_State *L)
{
    bx_buffer *bytes = bx_sbml_push_text(L);
    bx_error err;
    if (bx_cell_encode(bx_worker_of(L)->cell, bytes, &err) < 0)
        return bx_raise(L, &err);
    lua_pushlstring(L, (const char *)bytes->data, bytes->length);
    bx_buffer_free(bytes);
    return 1;
}

static int cell_set_state(lua_State *L)
{
    size_t length;
    const char *bytes = luaL_checklstring(L, 1, &length);
    bx_worker *worker = bx_worker_of(L);
    bx_error err;
    luaL_argcheck(L, !worker->running, 1, "a cell that does not run expected");
    if (bx_cell_decode(worker->cell, (const uint8_t *)bytes, length, &err) < 0)
        return bx_raise(L, &err);
    return 0;
}

static int cell_set_time(lua_State *L)
{
    double time = luaL_checknumber(L, 1);
    bx_worker *worker = bx_worker_of(L);
    bx_error err;
    luaL_argcheck(L, !worker->running, 1, "a cell that does not run expected");
    if (bx_cell_set_time(worker->cell, time, &err) < 0)
        return bx_raise(L, &err);
    return 0;
}

/* ---- */

/* draw(name, key, …) -> a number of that distribution with these operands, which the key decides;
 * or nil and what is wrong with the name or the number of operands. */
static int draw(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    const bx_distribution *distribution = bx_distribution_find(name);
    unsigned count = (unsigned)lua_gettop(L) - 2, parameters = 0;
    double at[2] = {0}, key[3] = {luaL_checknumber(L, 2), -INFINITY, INFINITY};
    if (distribution)
        parameters = bx_distribution_parameters(distribution, count);
    if (parameters == 0) {
        lua_pushnil(L);
        if (distribution)
            lua_pushfstring(L, "%s has %d operands", name, (int)count);
        else
            lua_pushfstring(L, "there is no distribution \"%s\"", name);
        return 2;
    }
    for (unsigned i = 0; i < parameters; i++)
        at[distribution->parameters - parameters + i] = luaL_checknumber(L, 3 + (int)i);
    for (unsigned i = parameters; i < count; i++)
        key[1 + i - parameters] = luaL_checknumber(L, 3 + (int)i);
    lua_pushnumber(L, bx_distribution_draw(distribution->op, at[0], at[1], key));
    return 1;
}

static void open_class(lua_State *L, const char *class, const luaL_Reg *methods, lua_CFunction free)
{
    luaL_newmetatable(L, class);
    if (free) {
        lua_pushcfunction(L, free);
        lua_setfield(L, -2, "__gc");
    }
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

void bx_exchange_open(lua_State *L)
{
    static const luaL_Reg of_documents[] = {{"root", document_root},
                                            {"select", document_select},
                                            {"text", document_text},
                                            {NULL, NULL}};
    static const luaL_Reg of_nodes[] = {{"attribute", node_attribute},
                                        {"children", node_children},
                                        {"graft", node_graft},
                                        {"graft_before", node_graft_before},
                                        {"line", node_line},
                                        {"name", node_name},
                                        {"parent", node_parent},
                                        {"pieces", node_pieces},
                                        {"prefixes", node_prefixes},
                                        {"remove", node_remove},
                                        {"set", node_set},
                                        {"uri", node_uri},
                                        {NULL, NULL}};
    static const luaL_Reg of_cells[] = {{"swap", cell_swap}, {NULL, NULL}};
    static const luaL_Reg nothing[] = {{NULL, NULL}};
    static const luaL_Reg functions[] = {{"draw", draw},
                                         {"cell", cell_new},
                                         {"files", archive_files},
                                         {"parse", document_parse},
                                         {"set_state", cell_set_state},
                                         {"set_time", cell_set_time},
                                         {"state", cell_state},
                                         {"unpack", archive_unpack},
                                         {NULL, NULL}};
    open_class(L, DOCUMENT, of_documents, document_free);
    open_class(L, NODE, of_nodes, NULL);
    open_class(L, FOUND, nothing, found_free);
    open_class(L, CELL, of_cells, cell_free);
    bx_module_push_loaded(L);
    luaL_newlib(L, functions);
    lua_setfield(L, -2, "exchange");
    lua_pop(L, 1);
}
