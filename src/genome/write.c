/* Genomes as FASTA and as tables, and what all writers need. What a format has no place for is left
 * out: FASTA has no genes, the table has no names, introns, attributes, phases and codes of single
 * genes. */
#include "genome/write.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 80 }; /* bases a line */

void bx_put_format(bx_buffer *to, const char *format, ...)
{
    char text[128];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    bx_text_append(to, text);
}

void bx_put_plain(bx_buffer *to, const char *text)
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

int bx_put_end(bx_buffer *to, size_t before, bx_error *err)
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
        bx_put_plain(to, sequence->description);
    }
    if (sequence->circular)
        bx_text_append(to, " [topology=circular]"); /* as NCBI's submission tools have it */
    if (sequence->code)
        bx_put_format(to, " [gcode=%d]", sequence->code);
    bx_text_append(to, "\n");
}

int bx_put_sequences(bx_buffer *to, const bx_genome *genome, bool described, bx_error *err)
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
        bx_put_plain(to, feature->name);
    }
    if (feature->product) {
        bx_text_append(to, " ");
        bx_put_plain(to, feature->product);
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
        status = bx_genome_translate((const char *)dna.data, dna.length, code, letters, err);
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
                     ? bx_put_sequences(out, genome, true, err)
                     : put_genes(out, genome, what == BX_FASTA_PROTEINS, err);
    if (status == 0)
        return bx_put_end(out, before, err);
    bx_buffer_cut(out, before);
    return -1;
}

/* ---- the table ---- */

/* Rows of a sequence follow a comment that describes it. `start` and `end` are where a gene begins
 * and ends along the sequence, introns included, and `length` the bases between: of a gene across
 * the origin of a circular sequence, end < start. */
static void put_row(bx_buffer *to, const bx_sequence *sequence, const bx_feature *feature)
{
    uint64_t start = feature->start, stop = feature->end;
    uint64_t length = stop >= start ? stop - start + 1 : sequence->length - start + 1 + stop;
    bx_put_format(to, "%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%c\t", start, length, stop,
                  "-.+"[feature->strand + 1]);
    bx_put_plain(to, feature->type);
    bx_text_append(to, "\t");
    bx_put_plain(to, feature->id);
    bx_text_append(to, "\t");
    if (feature->product)
        bx_put_plain(to, feature->product);
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
        bx_put_format(out, " length: %" PRIu64 " topology: %s", sequence->length,
                      sequence->circular ? "circular" : "linear");
        if (sequence->code)
            bx_put_format(out, " code: %d", sequence->code);
        bx_text_append(out, "\n");
        for (; next < bx_genome_features(genome); next++) {
            const bx_feature *feature = bx_genome_feature(genome, next);
            if (feature->sequence != i)
                break;
            put_row(out, sequence, feature);
        }
    }
    return bx_put_end(out, before, err);
}
