/* Genomes: sequences of bases and the genes on them. Knows no Lua and no process.
 * Coordinates are 1-based and inclusive, as GenBank's and GFF3's are. */
#ifndef BX_GENOME_GENOME_H
#define BX_GENOME_GENOME_H

#include "core/buffer.h"
#include "core/error.h"
#include "core/warnings.h"
#include "wire/budget.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BX_GENOME_ID_LENGTH = 255,        /* bytes of ids, names, types and attribute keys */
    BX_GENOME_TEXT_LENGTH = 64 << 10, /* of descriptions, products and attribute values */
    BX_GENOME_SEQUENCES = 1 << 20,    /* in one genome */
    BX_GENOME_FEATURES = 1 << 22,
    BX_GENOME_SPANS = 1 << 12, /* of one feature */
    BX_GENOME_ATTRIBUTES = 1 << 12
};
#define BX_GENOME_BASES (UINT64_C(1) << 30) /* of one genome */

typedef struct bx_genome bx_genome;

typedef struct bx_sequence {
    char *id;
    char *description; /* or NULL */
    uint64_t length;   /* in bases; 0 until finish: as far as bases or else features reach */
    bool circular;
    uint8_t code; /* genetic code: 4, 11... of NCBI's tables; 0: not stated, translated by 11 */
    char *bases;  /* upper case, IUPAC letters, T for U; NULL: not known */
} bx_sequence;

/* A run of bases, start <= end. What crosses the origin of a circular sequence is two. */
typedef struct bx_span {
    uint64_t start, end;
    bool turned; /* read along the other strand than the feature's, as parts of trans-spliced genes
                  */
} bx_span;

/* By the direction of transcription. */
enum { BX_MISSING_5 = 1, BX_MISSING_3 = 2 };

typedef struct bx_attribute {
    char *key, *value; /* "essentiality", "operon"... */
} bx_attribute;

typedef struct bx_feature {
    char *id;      /* locus tag; distinct in a genome */
    char *name;    /* gene symbol, or NULL */
    char *type;    /* "CDS", "tRNA", "rRNA", "pseudogene"... as in the sequence ontology */
    char *product; /* or NULL */
    size_t sequence;
    int8_t strand;   /* 1, -1; 0: none. That of the first span, which is not turned */
    uint8_t code;    /* 0: the sequence's */
    uint8_t phase;   /* bases before the first whole codon: 0 to 2 */
    uint8_t missing; /* of BX_MISSING_…: ends that are outside the sequence, or not known */
    bx_span *spans;  /* in the direction of transcription */
    size_t span_count;
    bx_attribute *attributes; /* by key in order */
    size_t attribute_count;
    uint64_t start, end; /* outermost bases, set by finish: start > end across the origin */
} bx_feature;

bx_genome *bx_genome_new(bx_error *err);
void bx_genome_free(bx_genome *genome); /* NULL is fine */

/* Building. All that is given is copied; failures are BX_EGENOME or BX_EMEMORY. A sequence is added
 * without bases; those follow piece by piece, in either case of letters, white space refused. */
int bx_genome_add_sequence(bx_genome *genome, const bx_sequence *sequence, size_t *index,
                           bx_error *err);
int bx_genome_add_bases(bx_genome *genome, size_t sequence, const char *bases, size_t count,
                        bx_error *err);
int bx_genome_add_feature(bx_genome *genome, const bx_feature *feature, bx_error *err);

/* The last step: lengths agree with the bases, spans lie within, ids are distinct; a "gene" and
 * what it codes for (the same id) become one feature. Sorted by sequence and first base afterwards.
 */
int bx_genome_finish(bx_genome *genome, bx_error *err);

size_t bx_genome_sequences(const bx_genome *genome);
const bx_sequence *bx_genome_sequence(const bx_genome *genome, size_t index);
size_t bx_genome_features(const bx_genome *genome);
const bx_feature *bx_genome_feature(const bx_genome *genome, size_t index);
/* Whether it is a gene, or what is made of one, by its type: promoters, repeats... are not. */
bool bx_feature_is_gene(const bx_feature *feature);
size_t bx_genome_genes(const bx_genome *genome); /* how many of them are */
/* What the reader of its file found wrong and went on from. They don't travel. */
const bx_warnings *bx_genome_warnings(const bx_genome *genome);
const char *bx_feature_attribute(const bx_feature *feature, const char *key); /* NULL: none */
/* That of a span of it: 1, -1 or 0. */
int8_t bx_feature_strand(const bx_feature *feature, size_t span);
bool bx_feature_is_mixed(const bx_feature *feature); /* it has spans on both strands */

/* The feature of this id; else of this name the only gene, or, if no gene has it, the only other
 * one. NULL: none, or several. */
const bx_feature *bx_genome_find(const bx_genome *genome, const char *id);
/* -1: none. */
ptrdiff_t bx_genome_find_sequence(const bx_genome *genome, const char *id);

uint64_t bx_genome_length(const bx_genome *genome);    /* bases, all sequences */
uint64_t bx_feature_length(const bx_feature *feature); /* bases, spans together */

/* start..end of a sequence in the direction of `strand` (-1: reversed and complemented), appended;
 * across the origin where start > end and it is circular. BX_EGENOME: outside, or bases unknown. */
int bx_genome_region(const bx_genome *genome, size_t sequence, uint64_t start, uint64_t end,
                     int strand, bx_buffer *out, bx_error *err);
/* The same for a feature's spans, spliced. */
int bx_genome_feature_bases(const bx_genome *genome, const bx_feature *feature, bx_buffer *out,
                            bx_error *err);

/* All whole codons to amino acids (code.c), stops to '*'. Ambiguous codons are 'X' unless all that
 * they stand for agree. */
int bx_genome_translate(const char *bases, size_t count, int code, bx_buffer *out, bx_error *err);
bool bx_genome_has_code(int code);
/* What starts translation in this code, and what ends it. */
bool bx_genome_starts(int code, const char *codon);
bool bx_genome_stops(int code, const char *codon);

/* A gene's protein, as a cell makes it (protein.c): the first codon, if it starts translation and
 * the 5' end is there, is M; the stop codon at the end is left out, and one within is BX_EGENOME,
 * unless /transl_except says what it is read as. */
int bx_genome_protein(const bx_genome *genome, const bx_feature *feature, bx_buffer *out,
                      bx_error *err);

/* The protein, against the file's /translation. 1: it differs, from residue *position on (from 1),
 * or cannot be made: err says why. 0: it is the same; -1: there is nothing to compare. */
int bx_genome_check(const bx_genome *genome, const bx_feature *feature, bx_buffer *protein,
                    size_t *position, bx_error *err);

/* Of a coding sequence: how often each codon is in it, stops included; T, C, A, G, the first base
 * counting the most. Codons with other letters are left out. */
int bx_genome_count_codons(const bx_genome *genome, const bx_feature *feature, uint64_t counts[64],
                           bx_error *err);

/* Fraction of G and C among A, C, G and T; NaN where there are none. */
double bx_genome_gc(const char *bases, size_t count);

/* Reading (read.c, and a file for each format). Text may be compressed with gzip. The formats are
 * told apart by what they begin with, unless one is named. Messages name file and line. */
typedef enum bx_genome_format {
    BX_GENOME_ANY,
    BX_GENOME_FASTA,
    BX_GENOME_GENBANK,
    BX_GENOME_GFF3,
    BX_GENOME_TABLE, /* ".genome": start length end strand type id description */
    BX_GENOME_EMBL,
    BX_GENOME_GTF
} bx_genome_format;

typedef struct bx_genome_options {
    bx_genome_format format;
    const char
        *fasta;   /* of GFF3 and .genome, which may have no bases of their own: a file; or NULL */
    int code;     /* 0: as the file says, else 11 */
    int circular; /* -1: as the file says */
    bool strict;  /* what would be a warning is an error */
} bx_genome_options;

/* A feature with a mistake is left out, with a warning. NULL where anything else has one, or where
 * neither features nor bases are left: BX_EFILE, BX_EGENOME ("file:line: what"), BX_EMEMORY. */
bx_genome *bx_genome_read_file(const char *path, const bx_genome_options *options, bx_error *err);
bx_genome *bx_genome_read_text(const void *text, size_t length, const char *name,
                               const bx_genome_options *options, bx_error *err);

/* Writing (write.c, and a file for GFF3 and GenBank); what is written reads back as the same. Bases
 * must be known for FASTA. */
typedef enum bx_fasta_of { BX_FASTA_SEQUENCES, BX_FASTA_GENES, BX_FASTA_PROTEINS } bx_fasta_of;
int bx_genome_write_fasta(const bx_genome *genome, bx_fasta_of what, bx_buffer *out, bx_error *err);
int bx_genome_write_gff3(const bx_genome *genome, bx_buffer *out, bx_error *err);
int bx_genome_write_genbank(const bx_genome *genome, bx_buffer *out, bx_error *err);
int bx_genome_write_table(const bx_genome *genome, bx_buffer *out, bx_error *err);

/* A flat form for the wire (wire.c); decoding takes its bytes for hostile: BX_EPROTOCOL. */
int bx_genome_encode(const bx_genome *genome, bx_buffer *out, bx_error *err);

/* What its parts cost who decodes it (wire/budget.h): bytes. */
uint64_t bx_genome_cost(const bx_genome *genome);
bx_genome *bx_genome_decode(const uint8_t *bytes, size_t length, bx_budget *budget, bx_error *err);

#endif
