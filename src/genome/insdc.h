/* What the flat files of GenBank and EMBL share: records, and their table of features
 * (https://www.insdc.org/submitting-standards/feature-table/). */
#ifndef BX_GENOME_INSDC_H
#define BX_GENOME_INSDC_H

#include "core/buffer.h"
#include "genome/read.h"

/* A kind of feature that is read, by its key there and its name in the sequence ontology. What is
 * regulatory has a class instead of a key of its own today, and keys of before 2014. */
typedef struct bx_insdc_kind {
    const char *key, *type;
    const char *regulatory_class; /* to write it by; or NULL */
} bx_insdc_kind;

extern const bx_insdc_kind bx_insdc_kinds[]; /* ended by a NULL key */

/* What is regulatory is of the type that its class says; a class that its type says goes. */
int bx_insdc_settle_type(bx_found *found, bx_error *err);

/* A record, as far as it was read. */
typedef struct bx_insdc {
    bx_draft *draft;
    bx_lines *lines;
    uint64_t line; /* of its first */
    char *locus, *accession, *version;
    bx_buffer definition;
    uint64_t length; /* 0: the bases will tell */
    bool circular;
    bool added;      /* its sequence is in the genome */
    size_t sequence; /* there */
    bx_found *found; /* the feature at hand, or NULL; what is of no interest is NULL, too */
    bool in_feature, in_location, in_qualifier;
    bool skipping;           /* the rest of a feature that is left out */
    bool quoted, open, bare; /* the qualifier's value; bare: it has none */
    uint64_t qualifier_line;
    bx_buffer location, key, value;
} bx_insdc;

void bx_insdc_free(bx_insdc *record);

/* More of a text, after a space. */
int bx_insdc_describe(bx_insdc *record, const char *text, bx_error *err);
/* The record's sequence becomes the genome's, unless it is already. */
int bx_insdc_add_sequence(bx_insdc *record, bx_error *err);
/* A line of the table of features: white space, and what follows it, of which the end is cut. A
 * feature with a mistake is left out. */
int bx_insdc_feature_line(bx_insdc *record, char *text, bx_error *err);
int bx_insdc_end_feature(bx_insdc *record, bx_error *err);
/* The file has ended before "//": a warning, if all bases are there. */
int bx_insdc_check_end(const bx_insdc *record, bx_error *err);
/* At its end: the bases, if there are any, are as many as stated. */
int bx_insdc_check_length(const bx_insdc *record, bx_error *err);

#endif
