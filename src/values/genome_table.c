/* Genomes and options of reading that scripts give as tables. */
#include "values/genome.h"
#include "values/options.h"

#include <lauxlib.h>
#include <string.h>

void bx_lua_check_keys(lua_State *L, int index, const char *const *allowed, const char *what)
{
    if (bx_lua_push_unknown(L, index, allowed, false))
        luaL_error(L, "%s: unknown key %s; there are: %s", what,
                   lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "that is no name",
                   lua_tostring(L, -1));
}

/* ---- fields ---- */

/* A table that is read, and what it is in messages: "genes[3]". */
typedef struct place {
    lua_State *L;
    int table;
    const char *list;
    lua_Integer number;
} place;

static int fail_field(const place *p, const char *key, const char *expected)
{
    return luaL_error(p->L, "genome: %s[%I]%s%s: %s expected, got %s", p->list,
                      (LUAI_UACINT)p->number, key ? "." : "", key ? key : "", expected,
                      luaL_typename(p->L, -1));
}

static int fail_place(const place *p, const char *why)
{
    return luaL_error(p->L, "genome: %s[%I]: %s", p->list, (LUAI_UACINT)p->number, why);
}

/* The text stays on the stack: a finaliser may change the table. */
static char *get_text(const place *p, const char *key)
{
    int type = bx_lua_raw_field(p->L, p->table, key);
    if (type != LUA_TNIL && type != LUA_TSTRING)
        fail_field(p, key, "string");
    const char *text = lua_tostring(p->L, -1);
    if (text && strlen(text) != lua_rawlen(p->L, -1))
        fail_field(p, key, "text without zero bytes");
    return (char *)text;
}

/* 0 where it is absent; else 1 or more, or with `zero` 0. */
static uint64_t get_integer(const place *p, const char *key, uint64_t most)
{
    int is_integer = 1, type = bx_lua_raw_field(p->L, p->table, key);
    lua_Integer value = type == LUA_TNIL ? 0 : lua_tointegerx(p->L, -1, &is_integer);
    if (!is_integer || (type != LUA_TNIL && type != LUA_TNUMBER))
        fail_field(p, key, "integer");
    if (value < 0 || (uint64_t)value > most)
        luaL_error(p->L, "genome: %s[%I].%s: %I is out of range", p->list, (LUAI_UACINT)p->number,
                   key, (LUAI_UACINT)value);
    lua_pop(p->L, 1);
    return (uint64_t)value;
}

static bool get_boolean(const place *p, const char *key)
{
    int type = bx_lua_raw_field(p->L, p->table, key);
    if (type != LUA_TNIL && type != LUA_TBOOLEAN)
        fail_field(p, key, "boolean");
    bool value = lua_toboolean(p->L, -1);
    lua_pop(p->L, 1);
    return value;
}

/* ---- sequences ---- */

static void add_sequence(const place *p, bx_genome *genome)
{
    static const char *const keys[] = {"id",   "description", "length", "circular",
                                       "code", "bases",       "known",  NULL};
    lua_State *L = p->L;
    bx_error err;
    size_t index;
    if (!lua_istable(L, -1))
        fail_field(p, NULL, "table");
    bx_lua_check_keys(L, -1, keys, "genome: a sequence");
    bx_sequence sequence = {
        .id = get_text(p, "id"),
        .description = get_text(p, "description"),
        .length = get_integer(p, "length", BX_GENOME_BASES),
        .circular = get_boolean(p, "circular"),
        .code = (uint8_t)get_integer(p, "code", UINT8_MAX),
    };
    if (bx_genome_add_sequence(genome, &sequence, &index, &err) < 0)
        fail_place(p, err.message);
    int type = bx_lua_raw_field(L, p->table, "bases");
    if (type != LUA_TNIL && type != LUA_TSTRING)
        fail_field(p, "bases", "string");
    size_t count = 0;
    const char *bases = lua_tolstring(L, -1, &count);
    if (bx_genome_add_bases(genome, index, bases, count, &err) < 0)
        fail_place(p, err.message);
    lua_pop(L, 1);
}

/* ---- genes ---- */

static const char *const gene_keys[] = {"id",    "name",  "type",       "product",     "sequence",
                                        "start", "stop",  "strand",     "spans",       "length",
                                        "code",  "phase", "incomplete", "missing_end", NULL};

static size_t find_sequence(const place *p, const bx_genome *genome)
{
    const char *id = get_text(p, "sequence");
    if (!id && bx_genome_sequences(genome) > 1)
        fail_place(p, "which sequence? There are several");
    ptrdiff_t found = id ? bx_genome_find_sequence(genome, id) : 0;
    if (found < 0) {
        lua_pushfstring(p->L, "there is no sequence \"%s\"", id);
        fail_place(p, lua_tostring(p->L, -1));
    }
    return (size_t)found;
}

static int8_t get_strand(const place *p)
{
    const char *strand = get_text(p, "strand");
    if (!strand || strcmp(strand, "+") == 0)
        return 1;
    if (strcmp(strand, "-") == 0)
        return -1;
    if (strcmp(strand, ".") != 0)
        fail_place(p, "strand: \"+\", \"-\" or \".\" expected");
    return 0;
}

/* Both ends, unless it is told which. */
static uint8_t get_missing(const place *p)
{
    bool incomplete = get_boolean(p, "incomplete");
    const char *end = get_text(p, "missing_end");
    if (!end)
        return incomplete ? BX_MISSING_5 | BX_MISSING_3 : 0;
    if (strcmp(end, "5'") != 0 && strcmp(end, "3'") != 0)
        fail_place(p, "missing_end: \"5'\" or \"3'\" expected");
    return *end == '5' ? BX_MISSING_5 : BX_MISSING_3;
}

/* Whether the span at the top has the other strand than its gene. */
static bool is_turned(const place *p, int8_t strand)
{
    int type = bx_lua_raw_field(p->L, lua_gettop(p->L), "strand");
    const char *text = type == LUA_TSTRING ? lua_tostring(p->L, -1) : "";
    if (type != LUA_TNIL && strcmp(text, "+") != 0 && strcmp(text, "-") != 0)
        fail_place(p, "spans: strand: \"+\" or \"-\" expected");
    bool turned = type != LUA_TNIL && strand != (*text == '-' ? -1 : 1);
    lua_pop(p->L, 1);
    return turned;
}

/* From { { start, stop }... }, left on the stack as a userdata. */
static void read_spans(const place *p, bx_feature *feature)
{
    lua_State *L = p->L;
    size_t count = lua_istable(L, -1) ? (size_t)lua_rawlen(L, -1) : 0;
    if (count == 0 || count > BX_GENOME_SPANS)
        fail_field(p, "spans", "list of { start, stop }");
    int list = lua_gettop(L);
    feature->spans = lua_newuserdatauv(L, count * sizeof *feature->spans, 0);
    feature->span_count = count;
    for (size_t i = 0; i < count; i++) {
        int start_known = 0, end_known = 0;
        if (lua_rawgeti(L, list, (lua_Integer)i + 1) != LUA_TTABLE)
            fail_field(p, "spans", "list of { start, stop }");
        bool turned = is_turned(p, feature->strand);
        lua_rawgeti(L, -1, 1);
        lua_rawgeti(L, -2, 2);
        lua_Integer start = lua_tointegerx(L, -2, &start_known);
        lua_Integer stop = lua_tointegerx(L, -1, &end_known);
        if (!start_known || !end_known || start < 1 || stop < start)
            fail_place(p, "spans: { start, stop } expected, with start <= stop");
        feature->spans[i] = (bx_span){(uint64_t)start, (uint64_t)stop, turned};
        lua_pop(L, 3);
    }
}

/* From start to stop: across the origin where start > stop. */
static void make_spans(const place *p, const bx_sequence *sequence, bx_feature *feature)
{
    uint64_t start = get_integer(p, "start", BX_GENOME_BASES),
             stop = get_integer(p, "stop", BX_GENOME_BASES), length = sequence->length;
    if (start < 1 || stop < 1)
        fail_place(p, "start and stop, or spans, expected");
    feature->spans = lua_newuserdatauv(p->L, 2 * sizeof *feature->spans, 0);
    feature->spans[0] = (bx_span){.start = start, .end = stop};
    feature->span_count = 1;
    if (start <= stop)
        return;
    if (!sequence->circular)
        fail_place(p, "start > stop, but the sequence is not circular");
    if (length == 0 && sequence->bases)
        length = strlen(sequence->bases);
    feature->spans[feature->strand < 0] = (bx_span){.start = start, .end = length};
    feature->spans[feature->strand >= 0] = (bx_span){.start = 1, .end = stop};
    feature->span_count = 2;
}

/* Make the value at the top text; its key is below it. */
static void check_attribute(const place *p)
{
    lua_State *L = p->L;
    if (lua_type(L, -1) == LUA_TBOOLEAN) {
        lua_pushstring(L, lua_toboolean(L, -1) ? "true" : "false");
        lua_replace(L, -2);
    }
    if (!lua_isstring(L, -1))
        fail_field(p, lua_tostring(L, -2), "string");
    if (strlen(lua_tostring(L, -1)) != lua_rawlen(L, -1) ||
        strlen(lua_tostring(L, -2)) != lua_rawlen(L, -2))
        fail_place(p, "a zero byte in an attribute");
}

/* Push a list of all other keys, each followed by its value as text; returns how many it has. */
static lua_Integer push_attributes(const place *p)
{
    lua_State *L = p->L;
    lua_Integer count = 0;
    lua_newtable(L);
    int texts = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, p->table); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            fail_place(p, "names as keys expected");
        if (bx_lua_is_listed(lua_tostring(L, -2), gene_keys))
            continue;
        check_attribute(p);
        lua_pushvalue(L, -2);
        lua_rawseti(L, texts, ++count);
        lua_pushvalue(L, -1);
        lua_rawseti(L, texts, ++count);
    }
    return count;
}

static char *text_at(lua_State *L, int list, lua_Integer index)
{
    lua_rawgeti(L, list, index);
    char *text = (char *)lua_tostring(L, -1); /* the list keeps it */
    lua_pop(L, 1);
    return text;
}

static void read_attributes(const place *p, bx_feature *feature)
{
    lua_State *L = p->L;
    lua_Integer count = push_attributes(p);
    int texts = lua_gettop(L);
    feature->attribute_count = (size_t)count / 2;
    feature->attributes =
        lua_newuserdatauv(L, (feature->attribute_count + 1) * sizeof *feature->attributes, 0);
    for (lua_Integer i = 0; i < count; i += 2)
        feature->attributes[i / 2] =
            (bx_attribute){text_at(L, texts, i + 1), text_at(L, texts, i + 2)};
}

static void add_gene(const place *p, bx_genome *genome)
{
    lua_State *L = p->L;
    bx_error err;
    if (!lua_istable(L, -1))
        fail_field(p, NULL, "table");
    bx_feature feature = {
        .id = get_text(p, "id"),
        .name = get_text(p, "name"),
        .type = get_text(p, "type"),
        .product = get_text(p, "product"),
        .sequence = find_sequence(p, genome),
        .strand = get_strand(p),
        .code = (uint8_t)get_integer(p, "code", UINT8_MAX),
        .phase = (uint8_t)get_integer(p, "phase", 2),
        .missing = get_missing(p),
    };
    const bx_sequence *sequence = bx_genome_sequence(genome, feature.sequence);
    if (!feature.type)
        feature.type = "gene";
    if (feature.code == sequence->code)
        feature.code = 0;
    if (bx_lua_raw_field(L, p->table, "spans") == LUA_TNIL)
        make_spans(p, sequence, &feature);
    else
        read_spans(p, &feature);
    read_attributes(p, &feature);
    uint64_t length = get_integer(p, "length", BX_GENOME_BASES);
    if (length != 0 && length != bx_feature_length(&feature))
        fail_place(p, "the length is not that of the bases");
    if (bx_genome_add_feature(genome, &feature, &err) < 0)
        fail_place(p, err.message);
    lua_settop(L, p->table);
}

/* ---- the genome ---- */

typedef void add_function(const place *p, bx_genome *genome);

static void read_list(lua_State *L, int table, const char *key, add_function *add,
                      bx_genome *genome)
{
    int type = bx_lua_raw_field(L, table, key);
    if (type != LUA_TNIL && type != LUA_TTABLE)
        luaL_error(L, "genome: %s: table expected, got %s", key, lua_typename(L, type));
    int list = lua_gettop(L);
    lua_Integer count = type == LUA_TTABLE ? (lua_Integer)lua_rawlen(L, list) : 0;
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, list, i);
        place p = {L, lua_gettop(L), key, i};
        add(&p, genome);
        lua_settop(L, list);
    }
    lua_pop(L, 1);
}

int bx_lua_genome_from_table(lua_State *L, int index)
{
    static const char *const keys[] = {"sequences", "genes", NULL};
    bx_error err;
    index = lua_absindex(L, index);
    luaL_checktype(L, index, LUA_TTABLE);
    luaL_checkstack(L, 2 * LUA_MINSTACK, NULL);
    bx_lua_check_keys(L, index, keys, "genome");
    bx_genome **box = bx_lua_new_genome(L);
    *box = bx_genome_new(&err);
    if (!*box)
        return luaL_error(L, "%s", err.message);
    read_list(L, index, "sequences", add_sequence, *box);
    if (bx_genome_sequences(*box) == 0)
        return luaL_error(L, "genome: sequences: at least one expected");
    read_list(L, index, "genes", add_gene, *box);
    if (bx_genome_finish(*box, &err) < 0)
        return luaL_error(L, "genome: %s", err.message);
    bx_lua_weigh_genome(L);
    return 1;
}

/* ---- options of reading ---- */

static bx_genome_format check_format(lua_State *L, const char *name)
{
    static const char *const names[] = {"fasta", "genbank", "gff3", "embl", "gtf", "genome"};
    static const bx_genome_format formats[] = {BX_GENOME_FASTA, BX_GENOME_GENBANK, BX_GENOME_GFF3,
                                               BX_GENOME_EMBL,  BX_GENOME_GTF,     BX_GENOME_TABLE};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return formats[i];
    luaL_error(L, "format: fasta, genbank, embl, gff3, gtf or genome expected, got \"%s\"", name);
    return BX_GENOME_ANY;
}

/* Push the option, of one type or nil. */
static bool get_option(lua_State *L, int index, const char *key, int type)
{
    int found = bx_lua_raw_field(L, index, key);
    if (found != LUA_TNIL && found != type)
        luaL_error(L, "%s: %s expected, got %s", key, lua_typename(L, type),
                   lua_typename(L, found));
    return found != LUA_TNIL;
}

void bx_lua_genome_options(lua_State *L, int index, bool files, bx_genome_options *options)
{
    static const char *const keys[] = {"format", "code", "circular", "fasta", "strict", NULL};
    *options = (bx_genome_options){.circular = -1};
    if (lua_isnoneornil(L, index))
        return;
    index = lua_absindex(L, index);
    luaL_checktype(L, index, LUA_TTABLE);
    bx_lua_check_keys(L, index, keys, "options");
    if (get_option(L, index, "format", LUA_TSTRING))
        options->format = check_format(L, lua_tostring(L, -1));
    if (get_option(L, index, "code", LUA_TNUMBER)) {
        lua_Integer code = lua_tointeger(L, -1); /* 0 for what is no integer */
        if (code < 1 || code > UINT8_MAX || !bx_genome_has_code((int)code))
            luaL_error(L, "code: %s is no genetic code of NCBI's list",
                       luaL_tolstring(L, -1, NULL));
        options->code = (int)code;
    }
    if (get_option(L, index, "circular", LUA_TBOOLEAN))
        options->circular = lua_toboolean(L, -1);
    if (get_option(L, index, "strict", LUA_TBOOLEAN))
        options->strict = lua_toboolean(L, -1);
    if (get_option(L, index, "fasta", LUA_TSTRING)) {
        if (!files)
            luaL_error(L, "fasta: a VM has no files");
        options->fasta = lua_tostring(L, -1);
        if (strlen(options->fasta) != lua_rawlen(L, -1))
            luaL_error(L, "fasta: a path has no zero byte");
    }
}
