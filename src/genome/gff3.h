/* Inside the reader of GFF3: lines become nodes (gff3.c), and nodes genes (gff3_genes.c). */
#ifndef BX_GENOME_GFF3_H
#define BX_GENOME_GFF3_H

#include "genome/read.h"

/* A line's share of a feature. */
typedef struct bx_gff3_part {
    bx_span span;
    uint8_t phase;
    bool stop; /* of GTF: the codon that ends a coding sequence, which may be in it or follow it */
} bx_gff3_part;

/* An exon, which is of the transcript of this ID; start 0: its line had a mistake. Or a codon that
 * is read as selenocysteine, of this coding sequence. */
typedef struct bx_gff3_exon {
    char *parent;
    bx_span span;
    int8_t strand;
    bool selenocysteine;
} bx_gff3_exon;

/* A feature: the lines of one ID. */
typedef struct bx_gff3_node {
    char *id, *parent;          /* or NULL */
    char *gene_id, *transcript; /* of GTF, or NULL */
    char *attributes;           /* column 9 of a gene, to tell its parts from another's */
    bool joined;                /* its line is another's */
    bool implied;               /* of GTF: its exons alone are there so far */
    bool bad;                   /* a line of it had a mistake: it is left out */
    bx_found *found;            /* without spans; NULL: of no interest */
    bx_gff3_part *parts;
    size_t part_count, room;
    bx_gff3_part *exons; /* of a transcript: what its line, from end to end, does not tell */
    size_t exon_count, exon_room;
} bx_gff3_node;

/* A sequence, named by column 1. */
typedef struct bx_gff3_region {
    bx_sequence sequence;
    uint64_t start, end; /* of "##sequence-region", if the sequence may be longer */
    uint64_t line;
    size_t index;
} bx_gff3_region;

typedef struct bx_gff3 {
    bx_draft *draft;
    bool gtf;       /* it is GTF, whose column 9 is another */
    bool versioned; /* "##gff-version" came, or was missed */
    bx_gff3_node **nodes;
    size_t node_count, node_room;
    void *nodes_by_id;
    bx_gff3_region **regions;
    size_t region_count, region_room;
    void *regions_by_id;
    bx_gff3_exon *exons;
    size_t exon_count, exon_room;
} bx_gff3;

/* A line, cut into its columns. */
typedef struct bx_gff3_row {
    char *seqid, *type, *attributes;
    bx_span span;
    int8_t strand;
    uint8_t phase;
    bool phased, stop;
    bool bad; /* it was left out, and what it is of must be */
    bool selenocysteine;
} bx_gff3_row;

/* The next key and value of column 9; NULL for a key without one. false: there is none. */
bool bx_gff3_attribute(const bx_gff3 *gff3, char **at, char **key, char **value);

/* The same of GTF (gtf.c); and take what an attribute says there. 1: taken; 0: it says what it does
 * in GFF3. */
bool bx_gtf_attribute(char **at, char **key, char **value);
int bx_gtf_take(bx_gff3_node *node, const char *key, const char *value, bx_error *err);
/* Give a row of GTF the type that it has in GFF3. false: it is of no interest. */
bool bx_gtf_row(bx_gff3_row *row);
/* Parent and ID out of gene_id and transcript_id. */
int bx_gtf_tie(bx_gff3_node *node, bx_error *err);

/* A row becomes a feature, or a part of one. */
int bx_gff3_add_row(bx_gff3 *gff3, bx_gff3_row *row, size_t sequence, bx_error *err);
void bx_gff3_free_node(bx_gff3_node *node); /* NULL is fine */

/* The node of this ID, or NULL. */
bx_gff3_node *bx_gff3_find(const bx_gff3 *gff3, const char *id);

/* A type's name among genes, transcripts and what they make; NULL: it is something else. */
const char *bx_gff3_type(const char *type, bool *pseudo);

/* Give all nodes to the draft, whose sequences are complete. */
int bx_gff3_genes(bx_gff3 *gff3, bx_error *err);

#endif
