/* What a genome is inside; for the files that build it. */
#ifndef BX_GENOME_MODEL_H
#define BX_GENOME_MODEL_H

#include "genome/genome.h"

/* A sequence, and how many of its bases are there so far. */
typedef struct bx_strip {
    bx_sequence sequence;
    size_t known, capacity;
    uint64_t reach; /* the last base of a feature, where there are no bases */
} bx_strip;

struct bx_genome {
    bx_strip *strips;
    size_t strip_count, strip_capacity;
    void *strips_by_id;    /* a tree of tsearch(3): whatever the ids, it stays fast */
    bx_feature **features; /* each one block of memory with all that it points to */
    size_t feature_count, feature_capacity;
    bx_feature **by_id;
    bx_feature **by_name; /* those that have a name */
    size_t name_count;
    uint64_t known; /* bases, all sequences */
    bx_warnings warnings;
    bool finished;
};

/* The feature as one block of memory, attributes in order. NULL without memory. */
bx_feature *bx_feature_copy(const bx_feature *feature);

/* The letter of a base in upper case, T for U; 0 for what is none. */
extern const char bx_base_letter[256];

#endif
