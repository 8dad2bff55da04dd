/* Genomes as GenBank's flat files. A gene that makes something is written twice, as NCBI does: as
 * the gene, and as what it makes. */
#include "genome/insdc.h"
#include "genome/write.h"

#include <inttypes.h>
#include <string.h>

enum { INDENT = 21, WIDTH = 79 };

static const char indent[INDENT + 1] = "                     ";

/* ---- texts ---- */

/* Where the line ends that begins here: at a space between words, which reading puts back. */
static size_t line_length(const char *text, size_t room, bool anywhere)
{
    size_t length = strlen(text), end = 0;
    if (length <= room)
        return length;
    if (anywhere)
        return room;
    for (size_t i = 1; i + 1 < length && (i <= room || end == 0); i++)
        if (text[i] == ' ' && text[i - 1] != ' ' && text[i + 1] != ' ')
            end = i;
    return end ? end : length;
}

/* "key=value", quoted, over as many lines as it takes. */
static void put_quoted(bx_buffer *to, const char *value, size_t used, bool anywhere)
{
    bx_text_append(to, "\"");
    for (size_t room = used < WIDTH - INDENT ? WIDTH - INDENT - used : 1; *value;
         room = WIDTH - INDENT) {
        size_t length = line_length(value, room, anywhere);
        for (size_t i = 0; i < length; i++) {
            unsigned char c = (unsigned char)value[i];
            if (c == '"')
                bx_text_append(to, "\"");
            bx_buffer_append(to, c < ' ' || c == 0x7f ? " " : value + i, 1);
        }
        value += length;
        if (!*value)
            break;
        value += !anywhere;
        bx_text_append(to, "\n");
        bx_text_append(to, indent);
    }
    bx_text_append(to, "\"\n");
}

static void put_bare(bx_buffer *to, const char *key)
{
    bx_text_append(to, indent);
    bx_text_append(to, "/");
    bx_text_append(to, key);
}

static void put_qualifier(bx_buffer *to, const char *key, const char *value)
{
    put_bare(to, key);
    bx_text_append(to, "=");
    put_quoted(to, value, strlen(key) + 3, strcmp(key, "translation") == 0);
}

/* ---- qualifiers ---- */

static bool is_among(const char *key, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(key, *list) == 0)
            return true;
    return false;
}

/* Several values of a key stand apart there: those of which none holds a comma. */
static void put_values(bx_buffer *to, const char *key, const char *values)
{
    char value[BX_GENOME_ID_LENGTH + 1];
    while (*values) {
        size_t length = strcspn(values, ",");
        if (length == 0 || length > BX_GENOME_ID_LENGTH) {
            put_qualifier(to, key, values);
            return;
        }
        memcpy(value, values, length);
        value[length] = '\0';
        put_qualifier(to, key, value);
        values += length + (values[length] == ',');
    }
}

static bool is_one_word(const char *value)
{
    for (; *value; value++)
        if ((unsigned char)*value <= ' ' || *value == 0x7f || *value == '"' || *value == '/')
            return false;
    return true;
}

static void put_attribute(bx_buffer *to, const bx_attribute *attribute)
{
    static const char *const flags[] = {"ribosomal_slippage", "trans_splicing",
                                        "environmental_sample", NULL};
    static const char *const told[] = {"pseudo", "partial", NULL};
    static const char *const unquoted[] = {"transl_except",    "anticodon", "number", "direction",
                                           "estimated_length", "mod_base",  NULL};
    static const char *const several[] = {"db_xref", "Dbxref", "EC_number", NULL};
    const char *key = strcmp(attribute->key, "Note") == 0     ? "note"
                      : strcmp(attribute->key, "Dbxref") == 0 ? "db_xref"
                                                              : attribute->key;
    const char *value = attribute->value;
    if (strcspn(key, " =\"/") != strlen(key) ||              /* no qualifier can be called so */
        (is_among(key, told) && strcmp(value, "true") == 0)) /* type and location tell */
        return;
    if (is_among(key, flags) && strcmp(value, "true") == 0) {
        put_bare(to, key);
        bx_text_append(to, "\n");
    } else if (is_among(key, several)) {
        put_values(to, key, value);
    } else if (is_among(key, unquoted) && is_one_word(value)) {
        put_bare(to, key);
        bx_text_append(to, "=");
        bx_text_append(to, value);
        bx_text_append(to, "\n");
    } else {
        put_qualifier(to, key, value);
    }
}

static void put_attributes(bx_buffer *to, const bx_feature *feature)
{
    static const char *const told[] = {"locus_tag",        "product", "transl_table",
                                       "codon_start",      "ID",      "Parent",
                                       "regulatory_class", "so_type", NULL};
    const char *own = !feature->name ? "" : bx_feature_is_gene(feature) ? "gene" : "label";
    for (size_t i = 0; i < feature->attribute_count; i++) {
        const bx_attribute *attribute = &feature->attributes[i];
        if (!is_among(attribute->key, told) && strcmp(attribute->key, own) != 0)
            put_attribute(to, attribute);
    }
}

/* ---- features ---- */

static void put_span(bx_buffer *to, const bx_span *span, bool below, bool above)
{
    bx_put_format(to, "%s%" PRIu64, below ? "<" : "", span->start);
    if (span->end > span->start || above)
        bx_put_format(to, "..%s%" PRIu64, above ? ">" : "", span->end);
}

static void put_comma(bx_buffer *to, size_t before)
{
    bx_text_append(to, before == 0 ? "" : before % 3 == 0 ? ",\n                     " : ",");
}

/* Parts on both strands, in the direction of transcription. */
static void put_mixed(bx_buffer *to, const bx_feature *feature)
{
    bx_text_append(to, "join(");
    for (size_t i = 0; i < feature->span_count; i++) {
        bool minus = bx_feature_strand(feature, i) < 0;
        bool begins = i == 0 && feature->missing & BX_MISSING_5,
             ends = i + 1 == feature->span_count && feature->missing & BX_MISSING_3;
        put_comma(to, i);
        bx_text_append(to, minus ? "complement(" : "");
        put_span(to, &feature->spans[i], minus ? ends : begins, minus ? begins : ends);
        bx_text_append(to, minus ? ")" : "");
    }
    bx_text_append(to, ")\n");
}

/* From the lowest strand of bases to the highest, within complement() where that is meant. */
static void put_location(bx_buffer *to, const bx_feature *feature)
{
    if (bx_feature_is_mixed(feature)) {
        put_mixed(to, feature);
        return;
    }
    size_t count = feature->span_count;
    bool minus = feature->strand < 0;
    bool below = feature->missing & (minus ? BX_MISSING_3 : BX_MISSING_5);
    bool above = feature->missing & (minus ? BX_MISSING_5 : BX_MISSING_3);
    bx_text_append(to, minus ? "complement(" : "");
    bx_text_append(to, count > 1 ? "join(" : "");
    for (size_t i = 0; i < count; i++) {
        put_comma(to, i);
        put_span(to, &feature->spans[minus ? count - 1 - i : i], below && i == 0,
                 above && i == count - 1);
    }
    bx_text_append(to, count > 1 ? ")" : "");
    bx_text_append(to, minus ? ")\n" : "\n");
}

static void put_key(bx_buffer *to, const char *key, const bx_feature *feature)
{
    bx_put_format(to, "     %-15s ", key);
    put_location(to, feature);
}

/* The key of its type; what has none there is of a key whose /so_type tells. */
static const bx_insdc_kind *kind_of(const bx_feature *feature)
{
    static const bx_insdc_kind rna = {"ncRNA", "ncRNA", NULL}, gene = {"gene", "gene", NULL},
                               other = {"misc_feature", "misc_feature", NULL};
    static const bx_insdc_kind pseudogene = {"gene", "pseudogene", NULL};
    size_t length = strlen(feature->type);
    if (strcmp(feature->type, "pseudogene") == 0)
        return &pseudogene;
    for (const bx_insdc_kind *kind = bx_insdc_kinds; kind->key; kind++)
        if (strcmp(kind->type, feature->type) == 0)
            return kind;
    if (!bx_feature_is_gene(feature))
        return &other;
    return length > 3 && strcmp(feature->type + length - 3, "RNA") == 0 ? &rna : &gene;
}

/* What the gene and its product both say. */
static void put_names(bx_buffer *to, const bx_feature *feature)
{
    const char *tag = bx_feature_attribute(feature, "locus_tag");
    bool gene = bx_feature_is_gene(feature);
    if (gene || tag)
        put_qualifier(to, "locus_tag", gene ? feature->id : tag);
    if (!gene)
        put_qualifier(to, "ID", feature->id);
    if (feature->name)
        put_qualifier(to, gene ? "gene" : "label", feature->name);
}

static void put_feature(bx_buffer *to, const bx_sequence *sequence, const bx_feature *feature)
{
    const bx_insdc_kind *kind = kind_of(feature);
    int code = feature->code ? feature->code : sequence->code;
    bool coding = strcmp(feature->type, "CDS") == 0;
    if (bx_feature_is_gene(feature) && strcmp(kind->key, "gene") != 0) {
        put_key(to, "gene", feature);
        put_names(to, feature);
    }
    put_key(to, kind->regulatory_class ? "regulatory" : kind->key, feature);
    if (kind->regulatory_class)
        put_qualifier(to, "regulatory_class", kind->regulatory_class);
    put_names(to, feature);
    if (strcmp(kind->type, feature->type) != 0)
        put_qualifier(to, "so_type", feature->type);
    if (strcmp(feature->type, "pseudogene") == 0 && !bx_feature_attribute(feature, "pseudogene")) {
        put_bare(to, "pseudo");
        bx_text_append(to, "\n");
    }
    if (coding || feature->phase > 0)
        bx_put_format(to, "%s/codon_start=%d\n", indent, feature->phase + 1);
    if (code && (coding || feature->code))
        bx_put_format(to, "%s/transl_table=%d\n", indent, code);
    if (feature->product)
        put_qualifier(to, "product", feature->product);
    put_attributes(to, feature);
}

/* ---- records ---- */

static void put_bases(bx_buffer *to, const bx_sequence *sequence)
{
    enum { GROUP = 10, LINE = 60 };
    bx_text_append(to, "ORIGIN\n"); /* without a base, too: programs look for it behind features */
    for (uint64_t i = 0; i < sequence->length && sequence->bases; i += LINE) {
        bx_put_format(to, "%9" PRIu64, i + 1);
        for (uint64_t j = i; j < sequence->length && j < i + LINE; j++) {
            char base = (char)(sequence->bases[j] - 'A' + 'a');
            if ((j - i) % GROUP == 0)
                bx_text_append(to, " ");
            bx_buffer_append(to, &base, 1);
        }
        bx_text_append(to, "\n");
    }
}

static void put_head(bx_buffer *to, const bx_sequence *sequence)
{
    int accession = (int)strcspn(sequence->id, ".");
    if (strlen(sequence->id) > 100)
        accession = (int)strlen(sequence->id);
    bx_text_append(to, "LOCUS       ");
    for (int i = 0; i < 16; i++)
        bx_buffer_append(to, i < accession ? sequence->id + i : " ", 1);
    if (accession > 16)
        bx_buffer_append(to, sequence->id + 16, (size_t)(accession - 16));
    bx_put_format(to, " %11" PRIu64 " bp    DNA     %-8s UNK 01-JAN-1980\n", sequence->length,
                  sequence->circular ? "circular" : "linear");
    bx_text_append(to, "DEFINITION  ");
    bx_put_plain(to, sequence->description ? sequence->description : "");
    bx_text_append(to, ".\nACCESSION   ");
    bx_buffer_append(to, sequence->id, (size_t)accession);
    bx_text_append(to, "\nVERSION     ");
    bx_text_append(to, sequence->id);
    bx_text_append(to, "\nFEATURES             Location/Qualifiers\n");
    bx_put_format(to, "     source          1..%" PRIu64 "\n", sequence->length);
    bx_text_append(to, indent);
    bx_text_append(to, "/mol_type=\"genomic DNA\"\n");
}

int bx_genome_write_genbank(const bx_genome *genome, bx_buffer *out, bx_error *err)
{
    size_t before = out->length, next = 0;
    for (size_t i = 0; i < bx_genome_sequences(genome); i++) {
        const bx_sequence *sequence = bx_genome_sequence(genome, i);
        put_head(out, sequence);
        for (; next < bx_genome_features(genome); next++) {
            const bx_feature *feature = bx_genome_feature(genome, next);
            if (feature->sequence != i)
                break;
            put_feature(out, sequence, feature);
        }
        put_bases(out, sequence);
        bx_text_append(out, "//\n");
    }
    return bx_put_end(out, before, err);
}
