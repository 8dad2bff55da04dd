/* Genomes as text. What a format has no place for is left out: FASTA has no genes, the table has no
 * names, introns, attributes, phases and codes of single genes. */
#include "core/text.h"
#include "genome/genome.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 80 }; /* bases a line */

/* Short texts alone: numbers and the like. */
__attribute__((format(printf, 2, 3))) static void put_format(bx_buffer *to, const char *format, ...)
{
    char text[128];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    bx_text_append(to, text);
}

/* What cannot be part of a line becomes a space. */
static void put_plain(bx_buffer *to, const char *text)
{
    for (const char *at = text; *at;) {
        size_t plain = 0;
        while ((unsigned char)at[plain] >= 0x20 && at[plain] != 0x7f)
            plain++;
        bx_buffer_append(to, at, plain);
        at += plain;
        if (*at) {
            bx_text_append(to, " ");
            at++;
        }
    }
}

static int end(bx_buffer *to, size_t before, bx_error *err)
{
    return bx_buffer_finish(to, before) < 0 ? bx_fail_memory(err) : 0;
}

/* ---- FASTA ---- */

static void put_lines(bx_buffer *to, const char *letters, size_t count)
{
    for (size_t i = 0; i < count; i += LINE) {
        bx_buffer_append(to, letters + i, count - i < LINE ? count - i : LINE);
        bx_text_append(to, "\n");
    }
}

static void put_header(bx_buffer *to, const bx_sequence *sequence)
{
    bx_text_append(to, ">");
    bx_text_append(to, sequence->id);
    if (sequence->description) {
        bx_text_append(to, " ");
        put_plain(to, sequence->description);
    }
    if (sequence->circular)
        bx_text_append(to, " [topology=circular]"); /* as NCBI's submission tools have it */
    if (sequence->code)
        put_format(to, " [gcode=%d]", sequence->code);
    bx_text_append(to, "\n");
}

/* Where they are described elsewhere, their ids are enough. */
static int put_sequences(bx_buffer *to, const bx_genome *genome, bool described, bx_error *err)
{
    for (size_t i = 0; i < bx_genome_sequences(genome); i++) {
        const bx_sequence *sequence = bx_genome_sequence(genome, i);
        if (!sequence->bases)
            return bx_fail(err, BX_EGENOME, "the bases of \"%s\" are not known", sequence->id);
        if (described)
            put_header(to, sequence);
        else {
            bx_text_append(to, ">");
            bx_text_append(to, sequence->id);
            bx_text_append(to, "\n");
        }
        put_lines(to, sequence->bases, sequence->length);
    }
    return 0;
}

/* An id is one word there. */
static void put_gene_line(bx_buffer *to, const bx_feature *feature)
{
    bx_text_append(to, ">");
    for (const char *at = feature->id; *at; at++)
        bx_buffer_append(to, *at == ' ' ? "_" : at, 1);
    if (feature->name) {
        bx_text_append(to, " ");
        put_plain(to, feature->name);
    }
    if (feature->product) {
        bx_text_append(to, " ");
        put_plain(to, feature->product);
    }
    bx_text_append(to, "\n");
}

/* Where a stop codon lies within, all codons are there, stops as "*". */
static int get_letters(const bx_genome *genome, const bx_feature *feature, bool protein,
                       bx_buffer *letters, bx_error *err)
{
    bx_buffer_cut(letters, 0);
    if (!protein)
        return bx_genome_feature_bases(genome, feature, letters, err);
    if (bx_genome_protein(genome, feature, letters, err) == 0)
        return 0;
    bx_buffer dna = {0};
    int status = bx_genome_feature_bases(genome, feature, &dna, err);
    const bx_sequence *sequence = bx_genome_sequence(genome, feature->sequence);
    int code = feature->code ? feature->code : sequence->code;
    if (status == 0)
        status = bx_genome_translate((const char *)dna.data, dna.length, code, false, letters, err);
    bx_buffer_free(&dna);
    return status;
}

static int put_genes(bx_buffer *to, const bx_genome *genome, bool proteins, bx_error *err)
{
    bx_buffer letters = {0};
    int status = 0;
    for (size_t i = 0; status == 0 && i < bx_genome_features(genome); i++) {
        const bx_feature *feature = bx_genome_feature(genome, i);
        if (proteins && strcmp(feature->type, "CDS") != 0)
            continue;
        status = get_letters(genome, feature, proteins, &letters, err);
        if (status == 0) {
            put_gene_line(to, feature);
            put_lines(to, (const char *)letters.data, letters.length);
        }
    }
    bx_buffer_free(&letters);
    return status;
}

int bx_genome_write_fasta(const bx_genome *genome, bx_fasta_of what, bx_buffer *out, bx_error *err)
{
    size_t before = out->length;
    int status = what == BX_FASTA_SEQUENCES
                     ? put_sequences(out, genome, true, err)
                     : put_genes(out, genome, what == BX_FASTA_PROTEINS, err);
    if (status == 0)
        return end(out, before, err);
    bx_buffer_cut(out, before);
    return -1;
}

/* ---- GFF3 ---- */

/* Escaped as column 9 asks for; the other columns may be too. */
static void put_escaped(bx_buffer *to, const char *text)
{
    for (const char *at = text; *at;) {
        size_t plain = strcspn(at, "%;=&,\x7f");
        for (size_t i = 0; i < plain; i++)
            if ((unsigned char)at[i] < 0x20)
                plain = i;
        bx_buffer_append(to, at, plain);
        at += plain;
        if (*at)
            put_format(to, "%%%02X", (unsigned char)*at++);
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
            put_format(to, "%%%02X", (unsigned char)*id++);
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
    put_format(to, "\tBioXen\tregion\t1\t%" PRIu64 "\t.\t+\t.\tID=", sequence->length);
    put_escaped(to, sequence->id);
    put_format(to, ":1..%" PRIu64, sequence->length);
    if (sequence->circular)
        put_pair(to, "Is_circular", "true");
    if (sequence->code)
        put_format(to, ";transl_table=%d", sequence->code);
    if (sequence->description)
        put_pair(to, "Note", sequence->description);
    bx_text_append(to, "\n");
}

/* Keys that mean something else to readers of the format than an attribute of this name. */
static bool is_told(const char *key)
{
    static const char *const told[] = {"ID",           "locus_tag", "Name",   "product",
                                       "transl_table", "partial",   "Parent", "gene",
                                       "gene_id",      "pseudo",    "gbkey",  NULL};
    for (size_t i = 0; told[i]; i++)
        if (strcmp(key, told[i]) == 0)
            return true;
    return false;
}

static void put_attributes(bx_buffer *to, const bx_sequence *sequence, const bx_feature *feature)
{
    int code = feature->code ? feature->code : sequence->code;
    bx_text_append(to, "ID=");
    put_escaped(to, feature->id);
    put_pair(to, "locus_tag", feature->id);
    if (feature->name)
        put_pair(to, "Name", feature->name);
    if (feature->product)
        put_pair(to, "product", feature->product);
    if (code && (feature->code || strcmp(feature->type, "CDS") == 0))
        put_format(to, ";transl_table=%d", code);
    if (feature->incomplete)
        put_pair(to, "partial", "true");
    for (size_t i = 0; i < feature->attribute_count; i++)
        if (!is_told(feature->attributes[i].key))
            put_pair(to, feature->attributes[i].key, feature->attributes[i].value);
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
        bx_span low = feature->strand < 0 ? next : span, high = feature->strand < 0 ? span : next;
        if (sequence->circular && low.end == sequence->length && high.start == 1 && low.start > 1) {
            span = (bx_span){low.start, low.end + high.end};
            length = span.end - span.start + 1;
            i++;
        }
        put_sequence_id(to, sequence->id);
        bx_text_append(to, "\tBioXen\t");
        put_escaped(to, feature->type);
        put_format(to, "\t%" PRIu64 "\t%" PRIu64 "\t.\t%c\t", span.start, span.end,
                   "-.+"[feature->strand + 1]);
        if (strcmp(feature->type, "CDS") == 0 || feature->phase > 0)
            put_format(to, "%d\t", (int)((feature->phase + 3 - done % 3) % 3));
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
        put_format(out, " 1 %" PRIu64 "\n", sequence->length);
    }
    for (size_t i = 0; i < bx_genome_sequences(genome); i++)
        put_region(out, bx_genome_sequence(genome, i));
    for (size_t i = 0; i < bx_genome_features(genome); i++) {
        const bx_feature *feature = bx_genome_feature(genome, i);
        put_feature(out, bx_genome_sequence(genome, feature->sequence), feature);
    }
    if (all_known(genome)) {
        bx_text_append(out, "##FASTA\n");
        put_sequences(out, genome, false, NULL);
    }
    return end(out, before, err);
}

/* ---- the table ---- */

/* Rows of a sequence follow a comment that describes it. `start` and `end` are where a gene begins
 * and ends along the sequence, introns included, and `length` the bases between: of a gene across
 * the origin of a circular sequence, end < start. */
static void put_row(bx_buffer *to, const bx_sequence *sequence, const bx_feature *feature)
{
    uint64_t start = feature->start, stop = feature->end;
    uint64_t length = stop >= start ? stop - start + 1 : sequence->length - start + 1 + stop;
    put_format(to, "%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%c\t", start, length, stop,
               "-.+"[feature->strand + 1]);
    put_plain(to, feature->type);
    bx_text_append(to, "\t");
    put_plain(to, feature->id);
    bx_text_append(to, "\t");
    if (feature->product)
        put_plain(to, feature->product);
    bx_text_append(to, "\n");
}

int bx_genome_write_table(const bx_genome *genome, bx_buffer *out, bx_error *err)
{
    size_t before = out->length, next = 0;
    bx_text_append(out, "# start\tlength\tend\tstrand\ttype\tid\tdescription\n");
    for (size_t i = 0; i < bx_genome_sequences(genome); i++) {
        const bx_sequence *sequence = bx_genome_sequence(genome, i);
        bx_text_append(out, "# sequence: ");
        bx_text_append(out, sequence->id);
        put_format(out, " length: %" PRIu64 " topology: %s", sequence->length,
                   sequence->circular ? "circular" : "linear");
        if (sequence->code)
            put_format(out, " code: %d", sequence->code);
        bx_text_append(out, "\n");
        for (; next < bx_genome_features(genome); next++) {
            const bx_feature *feature = bx_genome_feature(genome, next);
            if (feature->sequence != i)
                break;
            put_row(out, sequence, feature);
        }
    }
    return end(out, before, err);
}
