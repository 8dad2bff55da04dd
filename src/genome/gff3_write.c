/* Genomes as GFF3, as https://github.com/The-Sequence-Ontology/Specifications/blob/master/gff3.md
 * has it: a line for each span of a gene. */
#include "genome/write.h"

#include <inttypes.h>
#include <string.h>

/* Escaped as column 9 asks for; the other columns may be too. Spaces around a text are not of it.
 */
static void put_escaped(bx_buffer *to, const char *text)
{
    const char *end = text + strlen(text), *at = text;
    while (at < end) {
        size_t plain = strcspn(at, "%;=&,\x7f");
        for (size_t i = 0; i < plain; i++)
            if ((unsigned char)at[i] < 0x20 ||
                (at[i] == ' ' && (at + i == text || at + i + 1 == end)))
                plain = i;
        bx_buffer_append(to, at, plain);
        at += plain;
        if (at < end)
            bx_put_format(to, "%%%02X", (unsigned char)*at++);
    }
}

/* Column 1 takes few characters as they are: a row must not begin as a comment does. */
static void put_sequence_id(bx_buffer *to, const char *id)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                ".:^*$@!+_?-|";
    while (*id) {
        size_t run = strspn(id, plain);
        bx_buffer_append(to, id, run);
        id += run;
        if (*id)
            bx_put_format(to, "%%%02X", (unsigned char)*id++);
    }
}

static void put_pair(bx_buffer *to, const char *key, const char *value)
{
    bx_text_append(to, ";");
    put_escaped(to, key);
    bx_text_append(to, "=");
    put_escaped(to, value);
}

static void put_region(bx_buffer *to, const bx_sequence *sequence)
{
    put_sequence_id(to, sequence->id);
    bx_put_format(to, "\tBioXen\tregion\t1\t%" PRIu64 "\t.\t+\t.\tID=", sequence->length);
    put_escaped(to, sequence->id);
    bx_put_format(to, ":1..%" PRIu64, sequence->length);
    if (sequence->circular)
        put_pair(to, "Is_circular", "true");
    if (sequence->code)
        bx_put_format(to, ";transl_table=%d", sequence->code);
    if (sequence->description)
        put_pair(to, "Note", sequence->description);
    bx_text_append(to, "\n");
}

/* Keys that are written otherwise. */
static bool is_told(const bx_feature *feature, const bx_attribute *attribute)
{
    const char *key = attribute->key;
    static const char *const told[] = {"ID",           "Name",        "product",   "Parent",
                                       "transl_table", "start_range", "end_range", "gene_id",
                                       "gbkey",        NULL};
    for (size_t i = 0; told[i]; i++)
        if (strcmp(key, told[i]) == 0)
            return true;
    if (strcmp(key, "partial") == 0 || strcmp(key, "pseudo") == 0)
        return strcmp(attribute->value, "true") == 0; /* which the ends and the type tell */
    return bx_feature_is_gene(feature) &&
           (strcmp(key, "locus_tag") == 0 || strcmp(key, "gene") == 0);
}

/* Keys with a capital first letter are the format's own, so that of others is escaped; the number
 * of an enzyme is written as NCBI does. */
static void put_key(bx_buffer *to, const char *key)
{
    static const char *const own[] = {"Alias", "Target", "Gap",           "Derives_from",
                                      "Note",  "Dbxref", "Ontology_term", "Is_circular"};
    bool escaped = *key >= 'A' && *key <= 'Z';
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        escaped &= strcmp(key, own[i]) != 0;
    bx_text_append(to, ";");
    if (strcmp(key, "EC_number") == 0) {
        bx_text_append(to, "ec_number");
    } else if (escaped) {
        bx_put_format(to, "%%%02X", (unsigned char)*key);
        put_escaped(to, key + 1);
    } else {
        put_escaped(to, key);
    }
}

/* NCBI's words for ends that are not there: which, and by what base they lie beyond. */
static void put_ends(bx_buffer *to, const bx_feature *feature)
{
    bool below = feature->missing & (feature->strand < 0 ? BX_MISSING_3 : BX_MISSING_5);
    bool above = feature->missing & (feature->strand < 0 ? BX_MISSING_5 : BX_MISSING_3);
    const char *partial = bx_feature_attribute(feature, "partial");
    if (feature->missing && (!partial || strcmp(partial, "true") == 0))
        put_pair(to, "partial", "true");
    if (below)
        bx_put_format(to, ";start_range=.,%" PRIu64, feature->start);
    if (above)
        bx_put_format(to, ";end_range=%" PRIu64 ",.", feature->end);
}

static void put_attributes(bx_buffer *to, const bx_sequence *sequence, const bx_feature *feature)
{
    int code = feature->code ? feature->code : sequence->code;
    bx_text_append(to, "ID=");
    put_escaped(to, feature->id);
    if (bx_feature_is_gene(feature))
        put_pair(to, "locus_tag", feature->id);
    if (feature->name)
        put_pair(to, "Name", feature->name);
    if (feature->product)
        put_pair(to, "product", feature->product);
    if (code && (feature->code || strcmp(feature->type, "CDS") == 0))
        bx_put_format(to, ";transl_table=%d", code);
    put_ends(to, feature);
    for (size_t i = 0; i < feature->attribute_count; i++) {
        const bx_attribute *attribute = &feature->attributes[i];
        if (is_told(feature, attribute))
            continue;
        put_key(to, attribute->key);
        bx_text_append(to, "=");
        put_escaped(to, attribute->value);
    }
    bx_text_append(to, "\n");
}

/* A line for each span, in the direction of transcription. One that goes across the origin ends
 * beyond the sequence, as the format asks for. */
static void put_feature(bx_buffer *to, const bx_sequence *sequence, const bx_feature *feature)
{
    uint64_t done = 0;
    for (size_t i = 0; i < feature->span_count; i++) {
        bx_span span = feature->spans[i], next = span;
        uint64_t length = span.end - span.start + 1;
        if (i + 1 < feature->span_count)
            next = feature->spans[i + 1];
        int8_t strand = bx_feature_strand(feature, i);
        bx_span low = strand < 0 ? next : span, high = strand < 0 ? span : next;
        if (sequence->circular && low.turned == high.turned && low.end == sequence->length &&
            high.start == 1 && low.start > 1) {
            span = (bx_span){low.start, low.end + high.end, low.turned};
            length = span.end - span.start + 1;
            i++;
        }
        put_sequence_id(to, sequence->id);
        bx_text_append(to, "\tBioXen\t");
        put_escaped(to, feature->type);
        bx_put_format(to, "\t%" PRIu64 "\t%" PRIu64 "\t.\t%c\t", span.start, span.end,
                      "-.+"[strand + 1]);
        if (strcmp(feature->type, "CDS") == 0 || feature->phase > 0)
            bx_put_format(to, "%d\t", (int)((feature->phase + 3 - done % 3) % 3));
        else
            bx_text_append(to, ".\t");
        put_attributes(to, sequence, feature);
        done += length;
    }
}

static bool all_known(const bx_genome *genome)
{
    for (size_t i = 0; i < bx_genome_sequences(genome); i++)
        if (!bx_genome_sequence(genome, i)->bases)
            return false;
    return true;
}

int bx_genome_write_gff3(const bx_genome *genome, bx_buffer *out, bx_error *err)
{
    size_t before = out->length;
    bx_text_append(out, "##gff-version 3\n");
    for (size_t i = 0; i < bx_genome_sequences(genome); i++) {
        const bx_sequence *sequence = bx_genome_sequence(genome, i);
        bx_text_append(out, "##sequence-region ");
        put_sequence_id(out, sequence->id);
        bx_put_format(out, " 1 %" PRIu64 "\n", sequence->length);
    }
    for (size_t i = 0; i < bx_genome_sequences(genome); i++)
        put_region(out, bx_genome_sequence(genome, i));
    for (size_t i = 0; i < bx_genome_features(genome); i++) {
        const bx_feature *feature = bx_genome_feature(genome, i);
        put_feature(out, bx_genome_sequence(genome, feature->sequence), feature);
    }
    if (all_known(genome)) {
        bx_text_append(out, "##FASTA\n");
        bx_put_sequences(out, genome, false, NULL);
    }
    return bx_put_end(out, before, err);
}
