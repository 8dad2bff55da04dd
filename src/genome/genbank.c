/* GenBank's flat files: records of a header, a table of features and bases, each ended by "//". */
#include "genome/read.h"

#include "core/buffer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_COLUMN_AT_MOST = 8, QUALIFIER_LENGTH = BX_LINE_LENGTH };

typedef enum section { HEADER, DEFINITION, FEATURES, ELSEWHERE } section;

/* A record, as far as it was read. */
typedef struct record {
    bx_draft *draft;
    bx_lines *lines;
    section section;
    uint64_t line; /* of LOCUS */
    char *locus, *accession, *version;
    bx_buffer definition;
    uint64_t length;
    bool circular;
    bool added;      /* its sequence is in the genome */
    size_t sequence; /* there */
    bx_found *found; /* the feature at hand, or NULL; what is of no interest is NULL, too */
    bool in_feature, in_location, in_qualifier;
    bool quoted, open; /* the qualifier's value */
    uint64_t qualifier_line;
    bx_buffer location, key, value;
} record;

static int fail_here(const record *r, bx_error *err)
{
    return bx_lines_blame(r->lines, r->lines->number, err);
}

static int append(bx_buffer *buffer, const char *text, size_t length, const char *what,
                  bx_error *err)
{
    if (buffer->length + length > QUALIFIER_LENGTH)
        return bx_fail(err, BX_EGENOME, "the %s is longer than 1 MiB", what);
    return bx_buffer_append(buffer, text, length) < 0 ? bx_fail_memory(err) : 0;
}

static const char *text_of(bx_buffer *buffer)
{
    return bx_buffer_append(buffer, "", 1) < 0 ? NULL : (const char *)buffer->data;
}

/* ---- the header ---- */

static bool is_word(const char *word, size_t length, const char *wanted)
{
    return strlen(wanted) == length && memcmp(word, wanted, length) == 0;
}

/* "LOCUS name 1234 bp ds-DNA circular BCT 01-JAN-2000": the number before "bp" is found wherever
 * it stands, since programs differ in their columns and in how they write names. */
static int read_locus(record *r, bx_error *err)
{
    const char *at = r->lines->text + strlen("LOCUS"), *before = NULL;
    size_t before_length = 0;
    bool counted = false;
    for (size_t length; *(at += strspn(at, " \t")); at += length) {
        length = strcspn(at, " \t");
        if (is_word(at, length, "aa"))
            return bx_lines_fail(r->lines, r->line, err,
                                 "this record is a protein: bases were expected");
        if (!counted && before && is_word(at, length, "bp"))
            counted = bx_lines_number(before, before_length, &r->length);
        if (counted && is_word(at, length, "circular"))
            r->circular = true;
        if (!r->locus && bx_found_text(&r->locus, at, length, err) < 0)
            return -1;
        before = at;
        before_length = length;
    }
    if (!counted)
        return bx_lines_fail(r->lines, r->line, err,
                             "LOCUS: a name and a length in bp were expected");
    if (r->length == 0 || r->length > BX_GENOME_BASES)
        return bx_lines_fail(r->lines, r->line, err, "LOCUS: 1 to %" PRIu64 " bp were expected",
                             (uint64_t)BX_GENOME_BASES);
    return 0;
}

static int read_word(const record *r, char **word, bx_error *err)
{
    const char *at = r->lines->text + strcspn(r->lines->text, " ");
    at += strspn(at, " ");
    return *word ? 0 : bx_found_text(word, at, strcspn(at, " \t"), err);
}

static int read_definition(record *r, bx_error *err)
{
    const char *at = r->lines->text;
    if (*at != ' ')
        at += strlen("DEFINITION");
    at += strspn(at, " ");
    if ((r->definition.length > 0 && append(&r->definition, " ", 1, "DEFINITION", err) < 0) ||
        append(&r->definition, at, strlen(at), "DEFINITION", err) < 0)
        return fail_here(r, err);
    return 0;
}

/* Programs that have no accession write "unknown" or ".". */
static bool is_id(const char *word)
{
    return word && *word && strcmp(word, "unknown") != 0 && strcmp(word, ".") != 0;
}

static const char *id_of(const record *r)
{
    return is_id(r->version) ? r->version : is_id(r->accession) ? r->accession : r->locus;
}

static int add_sequence(record *r, bx_error *err)
{
    if (r->added)
        return 0;
    bx_buffer *text = &r->definition;
    if (text->length > 0 && text->data[text->length - 1] == '.')
        text->length--;
    bx_sequence sequence = {.id = (char *)id_of(r),
                            .description = (char *)text_of(text),
                            .length = r->length,
                            .circular = r->circular};
    if (!sequence.description)
        return bx_fail_memory(err);
    if (bx_genome_add_sequence(r->draft->genome, &sequence, &r->sequence, err) < 0)
        return bx_lines_blame(r->lines, r->line, err);
    r->added = true;
    return 0;
}

/* ---- features ---- */

/* What is a gene, or of one, by its name in the sequence ontology. */
static const struct {
    const char *key, *type;
} types[] = {
    {"gene", "gene"},
    {"CDS", "CDS"},
    {"mRNA", "mRNA"},
    {"tRNA", "tRNA"},
    {"rRNA", "rRNA"},
    {"tmRNA", "tmRNA"},
    {"ncRNA", "ncRNA"},
    {"scRNA", "scRNA"},
    {"snRNA", "snRNA"},
    {"snoRNA", "snoRNA"},
    {"misc_RNA", "transcript"},
    {"precursor_RNA", "transcript"},
    {"rep_origin", "origin_of_replication"},
};

static int take_qualifier(record *r, const char *key, const char *value, bx_error *err)
{
    bx_found *found = r->found;
    bx_feature *feature = &found->feature;
    if (strcmp(key, "translation") == 0)
        return 0;
    if (strcmp(key, "locus_tag") == 0 && !found->tagged) {
        found->tagged = true;
        return bx_found_text(&feature->id, value, strlen(value), err);
    }
    if (strcmp(key, "gene") == 0 && !feature->name)
        return bx_found_text(&feature->name, value, strlen(value), err);
    if (strcmp(key, "product") == 0 && !feature->product)
        return bx_found_text(&feature->product, value, strlen(value), err);
    if (strcmp(key, "transl_table") == 0)
        return bx_found_code(found, value, err);
    if (strcmp(key, "codon_start") == 0) {
        if (strlen(value) != 1 || *value < '1' || *value > '3')
            return bx_fail(err, BX_EGENOME, "/codon_start is \"%.20s\", not 1, 2 or 3", value);
        feature->phase = (uint8_t)(*value - '1');
        return 0;
    }
    if (strcmp(key, "pseudo") == 0 || strcmp(key, "pseudogene") == 0)
        found->pseudo = true;
    return strcmp(key, "pseudo") == 0 ? 0 : bx_found_set(found, key, value, err);
}

static int end_qualifier(record *r, bx_error *err)
{
    if (!r->in_qualifier)
        return 0;
    r->in_qualifier = false;
    const char *key = text_of(&r->key), *value = text_of(&r->value);
    if (!key || !value)
        return bx_fail_memory(err);
    if (r->open)
        return bx_lines_fail(r->lines, r->qualifier_line, err,
                             "/%.40s: the quote that opens here is not closed", key);
    if (r->found && take_qualifier(r, key, value, err) < 0)
        return bx_lines_blame(r->lines, r->qualifier_line, err);
    return 0;
}

static int end_location(record *r, bx_error *err)
{
    if (!r->in_location)
        return 0;
    r->in_location = false;
    size_t length = r->location.length;
    const char *text = text_of(&r->location);
    if (!text)
        return bx_fail_memory(err);
    if (r->found && bx_location_read(r->found, text, length, err) < 0)
        return bx_lines_blame(r->lines, r->found->line, err);
    return 0;
}

static int end_feature(record *r, bx_error *err)
{
    if (end_location(r, err) < 0 || end_qualifier(r, err) < 0)
        return -1;
    bx_found *found = r->found;
    r->in_feature = false;
    r->found = NULL;
    if (!found)
        return 0;
    bx_feature *feature = &found->feature;
    if (!feature->id && feature->name &&
        bx_found_text(&feature->id, feature->name, strlen(feature->name), err) < 0) {
        bx_found_free(found);
        return -1;
    }
    return bx_draft_add(r->draft, found, err);
}

static int add_location(record *r, const char *text, bx_error *err)
{
    for (; *text; text++)
        if (*text != ' ' && *text != '\t' && append(&r->location, text, 1, "location", err) < 0)
            return fail_here(r, err);
    return 0;
}

static int begin_feature(record *r, const char *key, bx_error *err)
{
    if (end_feature(r, err) < 0)
        return -1;
    size_t length = strcspn(key, " \t");
    const char *type = NULL;
    for (size_t i = 0; i < sizeof types / sizeof *types && !type; i++)
        if (is_word(key, length, types[i].key))
            type = types[i].type;
    r->in_feature = r->in_location = true;
    bx_buffer_cut(&r->location, 0);
    if (type && !(r->found = bx_found_new(r->lines->number, type, strlen(type), err)))
        return -1;
    if (type)
        r->found->feature.sequence = r->sequence;
    return add_location(r, key + length, err);
}

/* More of a value; in quotes a quote is two. */
static int add_value(record *r, const char *text, bx_error *err)
{
    bool kept = r->found && !is_word((char *)r->key.data, r->key.length, "translation");
    for (; *text; text++) {
        if (r->quoted && *text == '"') {
            if (text[1] != '"') {
                r->open = false;
                text++;
                break;
            }
            text++;
        }
        if (kept && append(&r->value, text, 1, "qualifier", err) < 0)
            return fail_here(r, err);
    }
    if (text[strspn(text, " \t")])
        return bx_lines_fail(r->lines, r->lines->number, err,
                             "\"%.40s\" follows the quote that closes /%.*s", text,
                             (int)(r->key.length > 40 ? 40 : r->key.length), r->key.data);
    return 0;
}

static int begin_qualifier(record *r, const char *text, bx_error *err)
{
    if (end_location(r, err) < 0 || end_qualifier(r, err) < 0)
        return -1;
    size_t length = strcspn(text + 1, "= \t");
    const char *value = text + 1 + length;
    value += strspn(value, " \t");
    bx_buffer_cut(&r->key, 0);
    bx_buffer_cut(&r->value, 0);
    if (length == 0 || length > BX_GENOME_ID_LENGTH)
        return bx_lines_fail(r->lines, r->lines->number, err, "/qualifier=value was expected");
    if (append(&r->key, text + 1, length, "qualifier", err) < 0)
        return fail_here(r, err);
    r->in_qualifier = true;
    r->qualifier_line = r->lines->number;
    r->quoted = r->open = *value == '=' && value[1] == '"';
    if (*value != '=') /* a flag */
        return add_value(r, "true", err);
    return add_value(r, value + (r->quoted ? 2 : 1), err);
}

static int read_feature_line(record *r, bx_error *err)
{
    const char *text = r->lines->text;
    size_t indent = strspn(text, " \t");
    text += indent;
    if (!*text)
        return 0;
    if (indent <= KEY_COLUMN_AT_MOST)
        return begin_feature(r, text, err);
    if (!r->in_feature)
        return bx_lines_fail(r->lines, r->lines->number, err, "a feature was expected in column 6");
    if (*text == '/' && !(r->in_qualifier && r->open))
        return begin_qualifier(r, text, err);
    if (r->in_location)
        return add_location(r, text, err);
    if (r->quoted && !r->open)
        return bx_lines_fail(r->lines, r->lines->number, err,
                             "\"%.40s\" is no qualifier: /key=value was expected", text);
    if (r->quoted && r->value.length > 0 && add_value(r, " ", err) < 0)
        return -1;
    return add_value(r, text, err);
}

/* ---- bases ---- */

/* "        1 acgtacgtac acgtacgtac": past the number, which must follow what is there so far. */
static int skip_number(record *r, char **bases, size_t *length, bx_error *err)
{
    const bx_lines *lines = r->lines;
    size_t at = 0, digits = 0;
    uint64_t number, next = r->draft->genome->strips[r->sequence].known + 1;
    while (at < lines->length && (lines->text[at] == ' ' || lines->text[at] == '\t'))
        at++;
    while (at + digits < lines->length && lines->text[at + digits] >= '0' &&
           lines->text[at + digits] <= '9')
        digits++;
    *bases = lines->text + at + digits;
    *length = lines->length - at - digits;
    if (*length == 0 && digits == 0)
        return 0;
    if (!bx_lines_number(lines->text + at, digits, &number))
        return bx_lines_fail(lines, lines->number, err,
                             "a number and bases, or \"//\", were expected");
    if (number != next)
        return bx_lines_fail(lines, lines->number, err,
                             "the line says that it starts with base %" PRIu64 ", but base %" PRIu64
                             " is next",
                             number, next);
    return 0;
}

static int read_origin(record *r, bx_error *err)
{
    bool begins = true;
    for (;;) {
        int more = begins ? bx_lines_start_with(r->lines, "//", err) : 0;
        if (more != 0)
            return more < 0 ? -1 : 0;
        more = bx_lines_piece(r->lines, err);
        if (more <= 0)
            return more;
        char *bases = r->lines->text;
        size_t length = r->lines->length;
        if ((begins && skip_number(r, &bases, &length, err) < 0) ||
            bx_draft_bases(r->draft, r->sequence, bases, length, err) < 0)
            return -1;
        begins = r->lines->whole;
    }
}

static int check_length(const record *r, bx_error *err)
{
    size_t known = r->draft->genome->strips[r->sequence].known;
    if (known != r->length)
        return bx_lines_fail(r->lines, r->line, err,
                             "LOCUS says %" PRIu64 " bp, but ORIGIN has %zu bases", r->length,
                             known);
    return 0;
}

/* ---- records ---- */

static int begin_section(record *r, bx_error *err)
{
    const char *text = r->lines->text;
    size_t length = strcspn(text, " \t");
    r->section = ELSEWHERE;
    if (end_feature(r, err) < 0)
        return -1;
    if (is_word(text, length, "DEFINITION")) {
        r->section = DEFINITION;
        return r->definition.length == 0 ? read_definition(r, err) : 0;
    }
    if (is_word(text, length, "ACCESSION"))
        return read_word(r, &r->accession, err);
    if (is_word(text, length, "VERSION"))
        return read_word(r, &r->version, err);
    if (is_word(text, length, "LOCUS"))
        return bx_lines_fail(r->lines, r->lines->number, err,
                             "\"//\" was expected before the next LOCUS");
    if (is_word(text, length, "FEATURES")) {
        r->section = FEATURES;
        return add_sequence(r, err);
    }
    if (!is_word(text, length, "ORIGIN"))
        return 0;
    return add_sequence(r, err) < 0 || read_origin(r, err) < 0 ? -1 : 1;
}

/* From the line after LOCUS to "//". */
static int read_lines(record *r, bx_error *err)
{
    bool origin = false;
    int more, result = 0;
    while ((more = bx_lines_next(r->lines, err)) > 0) {
        const char *text = r->lines->text;
        if (strncmp(text, "//", 2) == 0)
            break;
        if (*text && *text != ' ' && *text != '\t')
            result = begin_section(r, err);
        else if (r->section == FEATURES)
            result = read_feature_line(r, err);
        else if (r->section == DEFINITION)
            result = read_definition(r, err);
        if (result < 0)
            return -1;
        origin |= result > 0;
        result = 0;
    }
    if (more < 0 || end_feature(r, err) < 0)
        return -1;
    if (more == 0)
        return bx_lines_fail(
            r->lines, r->lines->number, err,
            "the file ends within the record of line %" PRIu64 ": \"//\" was expected", r->line);
    if (add_sequence(r, err) < 0)
        return -1;
    return origin ? check_length(r, err) : 0;
}

static int read_record(bx_draft *draft, bx_error *err)
{
    record r = {.draft = draft, .lines = draft->lines, .line = draft->lines->number};
    int result = read_locus(&r, err) < 0 || read_lines(&r, err) < 0 ? -1 : 0;
    bx_found_free(r.found);
    free(r.locus);
    free(r.accession);
    free(r.version);
    bx_buffer_free(&r.definition);
    bx_buffer_free(&r.location);
    bx_buffer_free(&r.key);
    bx_buffer_free(&r.value);
    return result;
}

int bx_genbank_read(bx_draft *draft, bx_error *err)
{
    int more;
    while ((more = bx_lines_next(draft->lines, err)) > 0) {
        if (draft->lines->text[strspn(draft->lines->text, " \t")] == '\0')
            continue;
        if (strncmp(draft->lines->text, "LOCUS ", 6) != 0)
            return bx_lines_fail(draft->lines, draft->lines->number, err, "LOCUS was expected");
        if (read_record(draft, err) < 0)
            return -1;
    }
    return more < 0 ? -1 : bx_draft_fasta(draft, err);
}
