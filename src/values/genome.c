#include "values/genome.h"

#include "values/options.h"
#include "values/text.h"
#include "values/value.h"
#include "values/warnings.h"

#include <lauxlib.h>
#include <string.h>

#define CLASS "bioxen.Genome"

enum {
    SHOWN = 6,       /* ids in messages */
    GENE_BYTES = 512 /* of memory, about */
};

bx_genome **bx_lua_new_genome(lua_State *L)
{
    bx_genome **box = lua_newuserdatauv(L, sizeof(bx_genome *), 0);
    *box = NULL;
    luaL_setmetatable(L, CLASS);
    return box;
}

void bx_lua_weigh_genome(lua_State *L)
{
    const bx_genome *g = *(bx_genome **)lua_touserdata(L, -1);
    uint64_t bytes = bx_genome_features(g) * GENE_BYTES;
    for (size_t i = 0; i < bx_genome_sequences(g); i++)
        bytes += bx_genome_sequence(g, i)->bases ? bx_genome_sequence(g, i)->length : 0;
    if (bytes >= 1024)
        lua_gc(L, LUA_GCSTEP, (int)(bytes / 1024));
}

bx_genome *bx_lua_test_genome(lua_State *L, int index)
{
    bx_genome **box = luaL_testudata(L, index, CLASS);
    return box ? *box : NULL;
}

static const bx_genome *check_genome(lua_State *L)
{
    bx_genome **box = luaL_checkudata(L, 1, CLASS);
    if (!*box)
        luaL_error(L, "the genome is closed");
    return *box;
}

/* ---- arguments ---- */

static const bx_feature *check_gene(lua_State *L, const bx_genome *g)
{
    const char *id = luaL_checkstring(L, 2);
    const bx_feature *feature = bx_genome_find(g, id);
    if (feature)
        return feature;
    size_t count = bx_genome_features(g);
    luaL_Buffer text;
    luaL_buffinit(L, &text);
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        luaL_addstring(&text, i ? ", " : "");
        luaL_addstring(&text, bx_genome_feature(g, i)->id);
    }
    luaL_pushresult(&text);
    luaL_error(L, "no gene has the id \"%s\", or alone has that name; there are %d: %s%s", id,
               (int)count, lua_tostring(L, -1), count > SHOWN ? "..." : "");
    return NULL;
}

/* The sequence called `id`; NULL: the only one. */
static size_t choose_sequence(lua_State *L, const bx_genome *g, const char *id)
{
    size_t count = bx_genome_sequences(g);
    ptrdiff_t found = id ? bx_genome_find_sequence(g, id) : count == 1 ? 0 : -1;
    if (found >= 0)
        return (size_t)found;
    luaL_Buffer text;
    luaL_buffinit(L, &text);
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        luaL_addstring(&text, i ? ", " : "");
        luaL_addstring(&text, bx_genome_sequence(g, i)->id);
    }
    luaL_pushresult(&text);
    if (id)
        luaL_error(L, "no sequence \"%s\"; there are %d: %s%s", id, (int)count, lua_tostring(L, -1),
                   count > SHOWN ? "..." : "");
    return (size_t)luaL_error(L, "which sequence? There are %d: %s%s", (int)count,
                              lua_tostring(L, -1), count > SHOWN ? "..." : "");
}

/* The string `key` of the table at `index`, or NULL. It stays on the stack: a finaliser may change
 * the table. */
static const char *string_field(lua_State *L, int index, const char *key)
{
    int type = bx_lua_raw_field(L, index, key);
    if (type != LUA_TNIL && type != LUA_TSTRING)
        luaL_error(L, "%s: string expected, got %s", key, lua_typename(L, type));
    return lua_tostring(L, -1);
}

typedef struct region {
    size_t sequence;
    uint64_t start, end; /* start > end: across the origin */
    int strand;
} region;

/* The integer at `index`, a base of the sequence; `otherwise` for nil. */
static uint64_t check_base(lua_State *L, const bx_sequence *sequence, int index, uint64_t otherwise)
{
    if (lua_isnoneornil(L, index))
        return otherwise;
    int is_integer;
    lua_Integer base = lua_tointegerx(L, index, &is_integer);
    if (!is_integer)
        luaL_error(L, "a base of \"%s\" is an integer, not %s", sequence->id,
                   lua_isnumber(L, index) ? lua_tostring(L, index) : luaL_typename(L, index));
    if (base < 1 || (uint64_t)base > sequence->length)
        luaL_error(L, "base %I is outside \"%s\", which has bases 1 to %I", (LUAI_UACINT)base,
                   sequence->id, (LUAI_UACINT)sequence->length);
    return (uint64_t)base;
}

static region make_region(lua_State *L, const bx_genome *g, size_t index, int from, int to)
{
    const bx_sequence *sequence = bx_genome_sequence(g, index);
    region r = {index, check_base(L, sequence, from, 1),
                check_base(L, sequence, to, sequence->length), 1};
    if (r.start > r.end && !sequence->circular)
        luaL_error(L, "bases %I to %I: \"%s\" is not circular", (LUAI_UACINT)r.start,
                   (LUAI_UACINT)r.end, sequence->id);
    return r;
}

/* Arguments from, to and { sequence =, strand = } from 2 on. */
static region check_region(lua_State *L, const bx_genome *g, bool stranded)
{
    static const char *const keys[] = {"sequence", "strand", NULL};
    static const char *const unstranded[] = {"sequence", NULL};
    const char *sequence = NULL, *strand = NULL;
    lua_settop(L, 4);
    if (!lua_isnil(L, 4)) {
        luaL_checktype(L, 4, LUA_TTABLE);
        bx_lua_check_keys(L, 4, stranded ? keys : unstranded, "options");
        sequence = string_field(L, 4, "sequence");
        strand = string_field(L, 4, "strand");
    }
    if (strand && strcmp(strand, "+") != 0 && strcmp(strand, "-") != 0)
        luaL_error(L, "strand: \"+\" or \"-\" expected, got \"%s\"", strand);
    region r = make_region(L, g, choose_sequence(L, g, sequence), 2, 3);
    r.strand = strand && *strand == '-' ? -1 : 1;
    return r;
}

/* ---- sequences ---- */

static int genome_length(lua_State *L)
{
    const bx_genome *g = check_genome(L);
    uint64_t length = bx_genome_length(g);
    if (!lua_isnoneornil(L, 2))
        length = bx_genome_sequence(g, choose_sequence(L, g, luaL_checkstring(L, 2)))->length;
    lua_pushinteger(L, (lua_Integer)length);
    return 1;
}

static void set_text(lua_State *L, const char *key, const char *text)
{
    lua_pushstring(L, key);
    lua_pushstring(L, text); /* nil for NULL */
    lua_rawset(L, -3);
}

static void set_integer(lua_State *L, const char *key, uint64_t value)
{
    lua_pushstring(L, key);
    lua_pushinteger(L, (lua_Integer)value);
    lua_rawset(L, -3);
}

static void set_boolean(lua_State *L, const char *key, bool value)
{
    lua_pushstring(L, key);
    lua_pushboolean(L, value);
    lua_rawset(L, -3);
}

static int effective_code(int code)
{
    return code ? code : 11;
}

static int genome_sequences(lua_State *L)
{
    const bx_genome *g = check_genome(L);
    size_t count = bx_genome_sequences(g);
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        const bx_sequence *sequence = bx_genome_sequence(g, i);
        lua_createtable(L, 0, 6);
        set_text(L, "id", sequence->id);
        set_text(L, "description", sequence->description);
        set_integer(L, "length", sequence->length);
        set_boolean(L, "circular", sequence->circular);
        set_integer(L, "code", (uint64_t)effective_code(sequence->code));
        set_boolean(L, "known", sequence->bases != NULL);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int give_text(lua_State *L, bx_buffer *text, int status, const bx_error *err)
{
    if (status < 0)
        return luaL_error(L, "%s", err->message);
    return bx_lua_give_text(L, text, NULL);
}

static int genome_bases(lua_State *L)
{
    const bx_genome *g = check_genome(L);
    region r = check_region(L, g, true);
    bx_buffer *text = bx_lua_push_text(L);
    bx_error err;
    int status = bx_genome_region(g, r.sequence, r.start, r.end, r.strand, text, &err);
    return give_text(L, text, status, &err);
}

static int genome_gc(lua_State *L)
{
    const bx_genome *g = check_genome(L);
    bool all = lua_gettop(L) == 1;
    region r = {0, 0, 0, 1};
    if (!all)
        r = check_region(L, g, false);
    bx_buffer *text = bx_lua_push_text(L);
    bx_error err;
    int status = 0;
    for (size_t i = 0; all && status == 0 && i < bx_genome_sequences(g); i++)
        status = bx_genome_region(g, i, 1, bx_genome_sequence(g, i)->length, 1, text, &err);
    if (!all)
        status = bx_genome_region(g, r.sequence, r.start, r.end, 1, text, &err);
    if (status < 0)
        return luaL_error(L, "%s", err.message);
    lua_pushnumber(L, bx_genome_gc((const char *)text->data, text->length));
    bx_buffer_free(text);
    return 1;
}

/* ---- genes ---- */

static const char *strand_of(const bx_feature *feature)
{
    return feature->strand > 0 ? "+" : feature->strand < 0 ? "-" : ".";
}

/* What the gene has under a key, or NULL. */
static const char *text_of(const bx_genome *g, const bx_feature *feature, const char *key)
{
    if (strcmp(key, "type") == 0)
        return feature->type;
    if (strcmp(key, "id") == 0)
        return feature->id;
    if (strcmp(key, "name") == 0)
        return feature->name;
    if (strcmp(key, "product") == 0)
        return feature->product;
    if (strcmp(key, "strand") == 0)
        return strand_of(feature);
    if (strcmp(key, "sequence") == 0)
        return bx_genome_sequence(g, feature->sequence)->id;
    return bx_feature_attribute(feature, key);
}

/* Push what the filter at `index` wants, as strings by key; from and to are left out. */
static void push_wanted(lua_State *L, int index)
{
    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "genes: names as keys expected, got %s", luaL_typename(L, -2));
        const char *key = lua_tostring(L, -2);
        if (strcmp(key, "from") == 0 || strcmp(key, "to") == 0)
            continue;
        if (!lua_isstring(L, -1))
            luaL_error(L, "genes: %s: string expected, got %s", key, luaL_typename(L, -1));
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_tostring(L, -1);
        lua_rawset(L, -5);
    }
}

static bool is_wanted(lua_State *L, int wanted, const bx_genome *g, const bx_feature *feature)
{
    for (lua_pushnil(L); lua_next(L, wanted); lua_pop(L, 1)) {
        const char *text = text_of(g, feature, lua_tostring(L, -2));
        if (!text || strcmp(text, lua_tostring(L, -1)) != 0) {
            lua_pop(L, 2);
            return false;
        }
    }
    return true;
}

static bool overlaps(const bx_feature *feature, const region *r)
{
    if (feature->sequence != r->sequence)
        return false;
    for (size_t i = 0; i < feature->span_count; i++) {
        bx_span span = feature->spans[i];
        bool begins = span.start <= r->end, ends = span.end >= r->start;
        if (r->start <= r->end ? begins && ends : begins || ends)
            return true;
    }
    return false;
}

/* The region of the filter at 2; false: it has none. */
static bool filter_region(lua_State *L, const bx_genome *g, region *r)
{
    bool bounded = bx_lua_raw_field(L, 2, "from") != LUA_TNIL;
    bounded |= bx_lua_raw_field(L, 2, "to") != LUA_TNIL;
    const char *id = string_field(L, 2, "sequence");
    if (id || bounded) {
        size_t sequence = choose_sequence(L, g, id);
        if (bounded)
            *r = make_region(L, g, sequence, 3, 4);
    }
    lua_settop(L, 2);
    return bounded;
}

/* Ids of what the filter wants; of genes alone, unless it names a type. */
static int list_features(lua_State *L, bool genes)
{
    const bx_genome *g = check_genome(L);
    region r;
    bool bounded = false;
    lua_settop(L, 2);
    if (lua_isnil(L, 2)) {
        lua_newtable(L);
    } else {
        luaL_checktype(L, 2, LUA_TTABLE);
        bounded = filter_region(L, g, &r);
        genes &= bx_lua_raw_field(L, 2, "type") == LUA_TNIL;
        lua_pop(L, 1);
        push_wanted(L, 2);
    }
    lua_newtable(L);
    lua_Integer found = 0;
    for (size_t i = 0; i < bx_genome_features(g); i++) {
        const bx_feature *feature = bx_genome_feature(g, i);
        if ((genes && !bx_feature_is_gene(feature)) || (bounded && !overlaps(feature, &r)) ||
            !is_wanted(L, 3, g, feature))
            continue;
        lua_pushstring(L, feature->id);
        lua_rawseti(L, 4, ++found);
    }
    return 1;
}

static int genome_genes(lua_State *L)
{
    return list_features(L, true);
}

static int genome_features(lua_State *L)
{
    return list_features(L, false);
}

static void set_spans(lua_State *L, const bx_feature *feature)
{
    lua_pushliteral(L, "spans");
    lua_createtable(L, (int)feature->span_count, 0);
    for (size_t i = 0; i < feature->span_count; i++) {
        lua_createtable(L, 2, 0);
        lua_pushinteger(L, (lua_Integer)feature->spans[i].start);
        lua_rawseti(L, -2, 1);
        lua_pushinteger(L, (lua_Integer)feature->spans[i].end);
        lua_rawseti(L, -2, 2);
        if (feature->spans[i].turned)
            set_text(L, "strand", bx_feature_strand(feature, i) < 0 ? "-" : "+");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_rawset(L, -3);
}

/* Attributes first: none takes the place of what every gene has. */
static int genome_gene(lua_State *L)
{
    const bx_genome *g = check_genome(L);
    const bx_feature *feature = bx_genome_find(g, luaL_checkstring(L, 2));
    if (!feature)
        return 0;
    const bx_sequence *sequence = bx_genome_sequence(g, feature->sequence);
    lua_createtable(L, 0, (int)feature->attribute_count + 11);
    for (size_t i = 0; i < feature->attribute_count; i++)
        set_text(L, feature->attributes[i].key, feature->attributes[i].value);
    set_text(L, "id", feature->id);
    set_text(L, "name", feature->name);
    set_text(L, "type", feature->type);
    set_text(L, "product", feature->product);
    set_text(L, "sequence", sequence->id);
    set_integer(L, "start", feature->start);
    set_integer(L, "stop", feature->end);
    set_text(L, "strand", strand_of(feature));
    set_integer(L, "length", bx_feature_length(feature));
    set_integer(L, "code",
                (uint64_t)effective_code(feature->code ? feature->code : sequence->code));
    set_spans(L, feature);
    if (feature->phase > 0)
        set_integer(L, "phase", feature->phase);
    if (feature->missing)
        set_boolean(L, "incomplete", true);
    if (feature->missing == BX_MISSING_5 || feature->missing == BX_MISSING_3)
        set_text(L, "missing_end", feature->missing == BX_MISSING_5 ? "5'" : "3'");
    return 1;
}

static int genome_dna(lua_State *L)
{
    const bx_genome *g = check_genome(L);
    const bx_feature *feature = check_gene(L, g);
    bx_buffer *text = bx_lua_push_text(L);
    bx_error err;
    int status = bx_genome_feature_bases(g, feature, text, &err);
    return give_text(L, text, status, &err);
}

static int genome_protein(lua_State *L)
{
    const bx_genome *g = check_genome(L);
    const bx_feature *feature = check_gene(L, g);
    bx_buffer *text = bx_lua_push_text(L);
    bx_error err;
    int status = bx_genome_protein(g, feature, text, &err);
    return give_text(L, text, status, &err);
}

/* ---- what can be told of them ---- */

static void set_protein(lua_State *L, const char *key, const bx_buffer *protein)
{
    lua_pushlstring(L, (const char *)protein->data, protein->length);
    lua_setfield(L, -2, key);
}

/* A list of the coding sequences whose protein is not the one that the file states, and how many
 * have one stated. */
static int genome_check(lua_State *L)
{
    const bx_genome *g = check_genome(L);
    lua_Integer compared = 0, differ = 0;
    lua_settop(L, 1);
    lua_newtable(L);
    bx_buffer *protein = bx_lua_push_text(L);
    for (size_t i = 0; i < bx_genome_features(g); i++) {
        const bx_feature *feature = bx_genome_feature(g, i);
        bx_error err;
        size_t position;
        int differs = bx_genome_check(g, feature, protein, &position, &err);
        compared += differs >= 0;
        if (differs <= 0)
            continue;
        lua_createtable(L, 0, 4);
        set_text(L, "id", feature->id);
        set_text(L, "stated", bx_feature_attribute(feature, "translation"));
        if (position > 0) {
            set_integer(L, "position", position);
            set_protein(L, "protein", protein);
        } else {
            set_text(L, "message", err.message);
        }
        lua_rawseti(L, 2, ++differ);
    }
    bx_buffer_free(protein);
    lua_settop(L, 2);
    lua_pushinteger(L, compared);
    return 2;
}

/* Of one coding sequence, or of all together: how often each codon is in them. */
static int genome_codon_usage(lua_State *L)
{
    static const char letters[] = "TCAG";
    const bx_genome *g = check_genome(L);
    uint64_t counts[64] = {0};
    bx_error err;
    const bx_feature *one = lua_isnoneornil(L, 2) ? NULL : check_gene(L, g);
    for (size_t i = 0; i < bx_genome_features(g); i++) {
        const bx_feature *feature = bx_genome_feature(g, i);
        if (one ? feature != one : strcmp(feature->type, "CDS") != 0)
            continue;
        if (bx_genome_count_codons(g, feature, counts, &err) < 0)
            return luaL_error(L, "%s", err.message);
    }
    lua_createtable(L, 0, 64);
    for (unsigned i = 0; i < 64; i++) {
        const char codon[] = {letters[i >> 4], letters[i >> 2 & 3], letters[i & 3], '\0'};
        set_integer(L, codon, counts[i]);
    }
    return 1;
}

static int genome_warnings(lua_State *L)
{
    bx_lua_push_warnings(L, bx_genome_warnings(check_genome(L)));
    return 1;
}

/* How many features have each value of a key. */
static int genome_categories(lua_State *L)
{
    const bx_genome *g = check_genome(L);
    const char *key = luaL_optstring(L, 2, "type");
    lua_newtable(L);
    for (size_t i = 0; i < bx_genome_features(g); i++) {
        const char *text = text_of(g, bx_genome_feature(g, i), key);
        if (!text)
            continue;
        lua_pushstring(L, text);
        lua_pushvalue(L, -1);
        lua_rawget(L, -3);
        lua_Integer count = lua_tointeger(L, -1);
        lua_pop(L, 1);
        lua_pushinteger(L, count + 1);
        lua_rawset(L, -3);
    }
    return 1;
}

/* ---- files ---- */

static int genome_to_fasta(lua_State *L)
{
    static const char *const kinds[] = {"sequences", "genes", "proteins", NULL};
    const bx_genome *g = check_genome(L);
    const char *path = bx_lua_opt_path(L, 2);
    int of = luaL_checkoption(L, 3, "sequences", kinds);
    bx_buffer *text = bx_lua_push_text(L);
    bx_error err;
    if (bx_genome_write_fasta(g, (bx_fasta_of)of, text, &err) < 0)
        return luaL_error(L, "%s", err.message);
    return bx_lua_give_text(L, text, path);
}

static int give_written(lua_State *L, int (*write)(const bx_genome *, bx_buffer *, bx_error *))
{
    const bx_genome *g = check_genome(L);
    const char *path = bx_lua_opt_path(L, 2);
    bx_buffer *text = bx_lua_push_text(L);
    bx_error err;
    if (write(g, text, &err) < 0)
        return luaL_error(L, "%s", err.message);
    return bx_lua_give_text(L, text, path);
}

static int genome_to_gff3(lua_State *L)
{
    return give_written(L, bx_genome_write_gff3);
}

static int genome_to_genbank(lua_State *L)
{
    return give_written(L, bx_genome_write_genbank);
}

static int genome_to_genome(lua_State *L)
{
    return give_written(L, bx_genome_write_table);
}

/* ---- travelling ---- */

static int write_genome(lua_State *L, int index, bx_buffer *out, uint64_t *cost, bx_error *err)
{
    const bx_genome *genome = bx_lua_test_genome(L, index);
    if (!genome)
        return bx_fail(err, BX_ERESULT, "a genome that is closed cannot travel");
    *cost += bx_genome_cost(genome);
    return bx_genome_encode(genome, out, err);
}

static int read_genome(lua_State *L, const uint8_t *bytes, size_t length, bx_budget *budget,
                       bx_error *err)
{
    bx_genome **box = bx_lua_new_genome(L);
    *box = bx_genome_decode(bytes, length, budget, err);
    if (!*box)
        return -1;
    bx_lua_weigh_genome(L);
    return 0;
}

static const bx_lua_type travels = {BX_VALUE_EXT_GENOME, write_genome, read_genome};

/* ---- the class ---- */

int bx_lua_genome_translate(lua_State *L)
{
    size_t length;
    const char *dna = luaL_checklstring(L, 1, &length);
    lua_Integer code = luaL_optinteger(L, 2, 11);
    luaL_argcheck(L, code > 0 && code < 256 && bx_genome_has_code((int)code), 2,
                  "no genetic code of NCBI's list");
    bx_buffer *text = bx_lua_push_text(L);
    bx_error err;
    int status = bx_genome_translate(dna, length, (int)code, text, &err);
    return give_text(L, text, status, &err);
}

static int genome_index(lua_State *L)
{
    check_genome(L);
    lua_settop(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    return 1;
}

static int genome_tostring(lua_State *L)
{
    bx_genome **box = luaL_checkudata(L, 1, CLASS);
    if (*box)
        lua_pushfstring(L, "Genome(%I bp, %I genes)", (LUAI_UACINT)bx_genome_length(*box),
                        (LUAI_UACINT)bx_genome_genes(*box));
    else
        lua_pushliteral(L, "Genome(closed)");
    return 1;
}

static int genome_close(lua_State *L)
{
    bx_genome **box = luaL_checkudata(L, 1, CLASS);
    bx_genome_free(*box);
    *box = NULL;
    return 0;
}

static const luaL_Reg methods[] = {
    {"bases", genome_bases},
    {"categories", genome_categories},
    {"check", genome_check},
    {"codon_usage", genome_codon_usage},
    {"dna", genome_dna},
    {"features", genome_features},
    {"gc", genome_gc},
    {"gene", genome_gene},
    {"genes", genome_genes},
    {"length", genome_length},
    {"protein", genome_protein},
    {"sequences", genome_sequences},
    {"to_fasta", genome_to_fasta},
    {"to_genbank", genome_to_genbank},
    {"to_genome", genome_to_genome},
    {"to_gff3", genome_to_gff3},
    {"warnings", genome_warnings},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__close", genome_close},
    {"__gc", genome_close},
    {"__tostring", genome_tostring},
    {NULL, NULL},
};

void bx_lua_open_genome(lua_State *L)
{
    luaL_newmetatable(L, CLASS);
    bx_lua_register_type(L, &travels);
    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);
    lua_pushcclosure(L, genome_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}
