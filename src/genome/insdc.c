#include "genome/insdc.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_COLUMN_AT_MOST = 8, TAB = 8, QUALIFIER_LENGTH = BX_LINE_LENGTH };

const bx_insdc_kind bx_insdc_kinds[] = {
    {"gene", "gene", NULL},
    {"CDS", "CDS", NULL},
    {"mRNA", "mRNA", NULL},
    {"tRNA", "tRNA", NULL},
    {"rRNA", "rRNA", NULL},
    {"tmRNA", "tmRNA", NULL},
    {"ncRNA", "ncRNA", NULL},
    {"scRNA", "scRNA", NULL},
    {"snRNA", "snRNA", NULL},
    {"snoRNA", "snoRNA", NULL},
    {"misc_RNA", "transcript", NULL},
    {"precursor_RNA", "transcript", NULL},
    {"rep_origin", "origin_of_replication", NULL},
    {"oriT", "oriT", NULL},
    {"protein_bind", "protein_binding_site", NULL},
    {"promoter", "promoter", "promoter"},
    {"terminator", "terminator", "terminator"},
    {"RBS", "ribosome_entry_site", "ribosome_binding_site"},
    {"-10_signal", "minus_10_signal", "minus_10_signal"},
    {"-35_signal", "minus_35_signal", "minus_35_signal"},
    {"TATA_signal", "TATA_box", "TATA_box"},
    {"CAAT_signal", "CAAT_signal", "CAAT_signal"},
    {"GC_signal", "GC_rich_promoter_region", "GC_signal"},
    {"polyA_signal", "polyA_signal_sequence", "polyA_signal_sequence"},
    {"enhancer", "enhancer", "enhancer"},
    {"attenuator", "attenuator", "attenuator"},
    {"misc_signal", "regulatory_region", "other"},
    {"regulatory", "regulatory_region", "other"},
    {"regulatory", "DNase_I_hypersensitive_site", "DNase_I_hypersensitive_site"},
    {"regulatory", "imprinting_control_region", "imprinting_control_region"},
    {"regulatory", "insulator", "insulator"},
    {"regulatory", "locus_control_region", "locus_control_region"},
    {"regulatory", "matrix_attachment_site", "matrix_attachment_region"},
    {"regulatory", "recoding_stimulatory_region", "recoding_stimulatory_region"},
    {"regulatory", "response_element", "response_element"},
    {"regulatory", "riboswitch", "riboswitch"},
    {"regulatory", "silencer", "silencer"},
    {"misc_feature", "misc_feature", NULL}, /* kept where /so_type says what it is */
    {NULL, NULL, NULL},
};

static int fail_here(const bx_insdc *r, bx_error *err)
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

void bx_insdc_free(bx_insdc *r)
{
    bx_found_free(r->found);
    free(r->locus);
    free(r->accession);
    free(r->version);
    bx_buffer_free(&r->definition);
    bx_buffer_free(&r->location);
    bx_buffer_free(&r->key);
    bx_buffer_free(&r->value);
}

/* ---- the sequence ---- */

int bx_insdc_describe(bx_insdc *r, const char *text, bx_error *err)
{
    if ((r->definition.length > 0 && append(&r->definition, " ", 1, "description", err) < 0) ||
        append(&r->definition, text, strlen(text), "description", err) < 0)
        return fail_here(r, err);
    return 0;
}

/* Programs that have no accession write "unknown", "." or "XXX". */
static bool is_id(const char *word)
{
    return word && *word && strcmp(word, "unknown") != 0 && strcmp(word, ".") != 0 &&
           strcmp(word, "XXX") != 0;
}

static const char *id_of(const bx_insdc *r)
{
    return is_id(r->version) ? r->version : is_id(r->accession) ? r->accession : r->locus;
}

int bx_insdc_add_sequence(bx_insdc *r, bx_error *err)
{
    if (r->added)
        return 0;
    bx_buffer *text = &r->definition;
    while (text->length > 0 && text->data[text->length - 1] == ' ')
        text->length--;
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

int bx_insdc_check_end(const bx_insdc *r, bx_error *err)
{
    size_t known = r->added ? r->draft->genome->strips[r->sequence].known : 0;
    if (known > 0 && known == r->length)
        return bx_draft_warn(r->draft, r->lines->number, "end", r->locus, err,
                             "the file ends without \"//\", but with its last base");
    return bx_lines_fail(r->lines, r->lines->number, err,
                         "the file ends within the record of line %" PRIu64 ": \"//\" was expected",
                         r->line);
}

int bx_insdc_check_length(const bx_insdc *r, bx_error *err)
{
    size_t known = r->draft->genome->strips[r->sequence].known;
    if (known == 0 || r->length == 0 || known == r->length)
        return 0;
    return bx_lines_fail(r->lines, r->line, err,
                         "the record says %" PRIu64 " bp, but has %zu bases", r->length, known);
}

/* ---- qualifiers ---- */

/* Qualifiers that take no value. Biopython and others write these with an empty one. */
static bool is_flag(const char *key)
{
    static const char *const flags[] = {"pseudo", "partial", "ribosomal_slippage",
                                        "trans_splicing"};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (strcmp(key, flags[i]) == 0)
            return true;
    return false;
}

/* Empty texts say nothing: SnapGene writes them. A qualifier without "=" is true. */
static int take_qualifier(bx_insdc *r, const char *key, const char *value, bx_error *err)
{
    bx_found *found = r->found;
    bx_feature *feature = &found->feature;
    if (r->bare || (!*value && is_flag(key)))
        value = "true";
    if (!*value)
        return 0;
    if (strcmp(key, "locus_tag") == 0 && !found->tagged && bx_found_is_of_gene(found)) {
        found->tagged = true;
        return bx_found_text(&feature->id, value, strlen(value), err);
    }
    if (strcmp(key, "ID") == 0 && !bx_found_is_of_gene(found))
        return bx_found_text(&feature->id, value, strlen(value), err);
    if (strcmp(key, "so_type") == 0)
        return bx_found_text(&feature->type, value, strlen(value), err);
    if (strcmp(key, "gene") == 0 && !feature->name && bx_found_is_of_gene(found))
        return bx_found_text(&feature->name, value, strlen(value), err);
    if (strcmp(key, "Name") == 0) /* CLC's, which GFF3 has for its own */
        key = "label";
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
    if (strcmp(key, "partial") == 0 && strcmp(value, "true") == 0) {
        found->partial = true;
        return 0;
    }
    if (strcmp(key, "gene") == 0 && bx_found_is_of_gene(found)) /* as old records name it twice */
        key = "gene_synonym";
    bool pseudo = strcmp(key, "pseudo") == 0 && strcmp(value, "true") == 0;
    found->pseudo |= pseudo || strcmp(key, "pseudogene") == 0;
    return pseudo ? 0 : bx_found_set(found, key, value, err);
}

static int end_qualifier(bx_insdc *r, bx_error *err)
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

/* More of a value; in quotes a quote is two. */
static int add_value(bx_insdc *r, const char *text, bx_error *err)
{
    for (; *text; text++) {
        if (r->quoted && *text == '"') {
            if (text[1] != '"') {
                r->open = false;
                text++;
                break;
            }
            text++;
        }
        if (r->found && append(&r->value, text, 1, "qualifier", err) < 0)
            return fail_here(r, err);
    }
    if (text[strspn(text, " \t")])
        return bx_lines_fail(r->lines, r->lines->number, err,
                             "\"%.40s\" follows the quote that closes /%.*s", text,
                             (int)(r->key.length > 40 ? 40 : r->key.length), r->key.data);
    return 0;
}

/* Lines of a quoted text have a space between them, those of a protein and of anything else none.
 */
static int continue_value(bx_insdc *r, const char *text, bx_error *err)
{
    static const char protein[] = "translation";
    if (r->quoted && !r->open)
        return bx_lines_fail(r->lines, r->lines->number, err,
                             "\"%.40s\" is no qualifier: /key=value was expected", text);
    bool spaced =
        r->key.length != strlen(protein) || memcmp(r->key.data, protein, strlen(protein)) != 0;
    if (r->quoted && r->value.length > 0 && spaced && add_value(r, " ", err) < 0)
        return -1;
    return add_value(r, text, err);
}

/* ---- features ---- */

static int end_location(bx_insdc *r, bx_error *err)
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

static int begin_qualifier(bx_insdc *r, const char *text, bx_error *err)
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
    r->bare = *value != '=';
    value += !r->bare;
    value += strspn(value, " \t");
    r->quoted = r->open = !r->bare && *value == '"';
    return add_value(r, value + r->quoted, err);
}

static int add_location(bx_insdc *r, const char *text, bx_error *err)
{
    for (; *text; text++)
        if (*text != ' ' && *text != '\t' && append(&r->location, text, 1, "location", err) < 0)
            return fail_here(r, err);
    return 0;
}

/* The type that a class stands for: the class itself, where there is none. */
static const char *type_of_class(const char *class)
{
    for (const bx_insdc_kind *kind = bx_insdc_kinds; kind->key; kind++)
        if (kind->regulatory_class && strcmp(kind->regulatory_class, class) == 0)
            return kind->type;
    return class;
}

int bx_insdc_settle_type(bx_found *found, bx_error *err)
{
    const char *class = bx_found_attribute(found, "regulatory_class");
    const char *type = class ? type_of_class(class) : NULL;
    bool told = type && strcmp(found->feature.type, type) == 0;
    if (!type || (!told && strcmp(found->feature.type, "regulatory_region") != 0))
        return 0;
    if (!told && bx_found_text(&found->feature.type, type, strlen(type), err) < 0)
        return -1;
    bx_found_unset(found, "regulatory_class");
    return 0;
}

/* Plasmid editors name by /label alone. A gene's name serves as its id. */
static int settle_names(bx_found *found, bx_error *err)
{
    bx_feature *feature = &found->feature;
    const char *label = bx_found_attribute(found, "label");
    if (!feature->name && label && strlen(label) <= BX_GENOME_ID_LENGTH) {
        if (bx_found_text(&feature->name, label, strlen(label), err) < 0)
            return -1;
        bx_found_unset(found, "label");
    }
    if (!feature->id && feature->name && bx_found_is_of_gene(found))
        return bx_found_text(&feature->id, feature->name, strlen(feature->name), err);
    return 0;
}

static int finish_feature(bx_insdc *r, bx_error *err)
{
    if (end_location(r, err) < 0 || end_qualifier(r, err) < 0)
        return -1;
    bx_found *found = r->found;
    r->in_feature = false;
    r->found = NULL;
    if (!found || strcmp(found->feature.type, "misc_feature") == 0) {
        bx_found_free(found);
        return 0;
    }
    if (bx_insdc_settle_type(found, err) < 0 || settle_names(found, err) < 0) {
        bx_found_free(found);
        return -1;
    }
    return bx_draft_add(r->draft, found, err);
}

/* A mistake in the feature at hand costs that alone. */
static int leave_out(bx_insdc *r, bx_error *err)
{
    const char *id = r->found ? r->found->feature.id : NULL;
    int result = bx_draft_leave_out(r->draft, id, err);
    bx_found_free(r->found);
    r->found = NULL;
    r->in_feature = r->in_location = r->in_qualifier = r->open = false;
    r->skipping = true;
    return result;
}

int bx_insdc_end_feature(bx_insdc *r, bx_error *err)
{
    int result = finish_feature(r, err) < 0 ? leave_out(r, err) : 0;
    r->skipping = false;
    return result;
}

static int begin_feature(bx_insdc *r, const char *key, bx_error *err)
{
    if (bx_insdc_end_feature(r, err) < 0)
        return -1;
    size_t length = strcspn(key, " \t");
    const char *type = NULL;
    for (const bx_insdc_kind *kind = bx_insdc_kinds; kind->key && !type; kind++)
        if (strlen(kind->key) == length && memcmp(kind->key, key, length) == 0)
            type = kind->type;
    r->in_feature = r->in_location = true;
    bx_buffer_cut(&r->location, 0);
    if (type && !(r->found = bx_found_new(r->lines->number, type, strlen(type), err)))
        return -1;
    if (type)
        r->found->feature.sequence = r->sequence;
    return add_location(r, key + length, err);
}

static int read_line(bx_insdc *r, const char *text, bx_error *err)
{
    if (!r->in_feature)
        return bx_lines_fail(r->lines, r->lines->number, err, "a feature was expected in column 6");
    if (*text == '/' && !(r->in_qualifier && r->open))
        return begin_qualifier(r, text, err);
    return r->in_location ? add_location(r, text, err) : continue_value(r, text, err);
}

int bx_insdc_feature_line(bx_insdc *r, char *text, bx_error *err)
{
    for (size_t end = strlen(text); end > 0 && strchr(" \t", text[end - 1]); end--)
        text[end - 1] = '\0';
    size_t indent = 0;
    for (; *text == ' ' || *text == '\t'; text++)
        indent += *text == '\t' ? TAB - indent % TAB : 1;
    if (!*text)
        return 0;
    if (indent <= KEY_COLUMN_AT_MOST)
        return begin_feature(r, text, err);
    if (r->skipping || read_line(r, text, err) == 0)
        return 0;
    return leave_out(r, err);
}
