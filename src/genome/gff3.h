/* Inside the reader of GFF3: lines become nodes (gff3.c), and nodes genes (gff3_genes.c). */
#ifndef BX_GENOME_GFF3_H
#define BX_GENOME_GFF3_H

#include "genome/read.h"

/* A line's share of a feature. */
typedef struct bx_gff3_part {
    bx_span span;
    uint8_t phase;
} bx_gff3_part;

/* A feature: the lines of one ID. */
typedef struct bx_gff3_node {
    char *id, *parent; /* or NULL */
    bool child;        /* of whatever */
    bx_found *found;   /* without spans; NULL: of no interest */
    bx_gff3_part *parts;
    size_t part_count, room;
} bx_gff3_node;

/* A sequence, named by column 1. */
typedef struct bx_gff3_region {
    bx_sequence sequence;
    uint64_t line;
    size_t index;
} bx_gff3_region;

typedef struct bx_gff3 {
    bx_draft *draft;
    bx_gff3_node **nodes;
    size_t node_count, node_room;
    void *nodes_by_id;
    bx_gff3_region **regions;
    size_t region_count, region_room;
    void *regions_by_id;
} bx_gff3;

/* The node of this ID, or NULL. */
bx_gff3_node *bx_gff3_find(const bx_gff3 *gff3, const char *id);

/* A type's name among genes, transcripts and what they make; NULL: it is something else. */
const char *bx_gff3_type(const char *type, bool *pseudo);

/* Give all nodes to the draft, whose sequences are complete. */
int bx_gff3_genes(bx_gff3 *gff3, bx_error *err);

#endif
