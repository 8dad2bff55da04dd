/* What the readers of the formats share: the lines they read, the genome they make, and the
 * features found so far, which become the genome's when all is read and its lengths are known. */
#ifndef BX_GENOME_READ_H
#define BX_GENOME_READ_H

#include "genome/genome.h"
#include "genome/lines.h"
#include "genome/model.h"

/* A feature as a file has it. Everything in it is its own. */
typedef struct bx_found {
    /* Its spans may still go across the origin, start > end or end > the sequence's length. The id
     * is a locus tag, or else what serves as one, or NULL. */
    bx_feature feature;
    char *other_id; /* for where another product of the gene has the id; or NULL */
    uint64_t line;
    bool tagged; /* the id is a locus tag: it means one gene */
    bool symbol; /* the name is said to be the gene's */
    bool pseudo;
    bool below, above;          /* its lowest or highest base is not its end */
    bool partial;               /* one of its ends is missing, or both: not known which */
    struct bx_found *elsewhere; /* what came last of those that have its id, at another place */
    char *variant_of;           /* the gene that another transcript stands for; or NULL */
    bool dropped;               /* the gene's products tell of it */
    bool has_gene;              /* "gene" is in it */
    bx_span reach;              /* of all that is in it */
    size_t room;                /* for attributes */
    size_t span_room;           /* for spans */
} bx_found;

typedef struct bx_draft {
    bx_lines *lines;
    bx_genome *genome;
    const bx_genome_options *options;
    bx_found **found;
    size_t count, capacity;
    void *by_id;
    bool one_line_each; /* an id that comes twice is a mistake */
    bx_error first;     /* of what is left out */
} bx_draft;

/* Of features (draft.c). */
bx_found *bx_found_new(uint64_t line, const char *type, size_t length, bx_error *err);
void bx_found_free(bx_found *found); /* NULL is fine */
int bx_found_add_span(bx_found *found, bx_span span, bx_error *err);
/* Another value of a key is appended after a comma. */
int bx_found_set(bx_found *found, const char *key, const char *value, bx_error *err);
/* Replace *text by a copy of `length` bytes. */
int bx_found_text(char **text, const char *from, size_t length, bx_error *err);
const char *bx_found_attribute(const bx_found *found, const char *key); /* NULL: none */
void bx_found_unset(bx_found *found, const char *key);
/* A gene or a product, which have the locus tag as their id. */
bool bx_found_is_of_gene(const bx_found *found);
/* "transl_table" and the like: the code, or a failure. */
int bx_found_code(bx_found *found, const char *text, bx_error *err);

/* Take a feature over, in any case: what is of one gene becomes one. Failures name the line. */
int bx_draft_add(bx_draft *draft, bx_found *found, bx_error *err);
/* Something is not as it should be, whose meaning is certain: BX_EGENOME where warnings are errors.
 * `element` may be NULL. */
int bx_draft_warn(bx_draft *draft, uint64_t line, const char *code, const char *element,
                  bx_error *err, const char *format, ...) __attribute__((format(printf, 6, 7)));
/* `err`, which a feature caused, becomes a warning, or stays what it is: -1. */
int bx_draft_leave_out(bx_draft *draft, const char *element, bx_error *err);
/* No more features will come: the ids of genes are not needed any more. */
void bx_draft_close(bx_draft *draft);
/* All is read: the features become the genome's, and that is finished. */
int bx_draft_finish(bx_draft *draft, bx_error *err);
void bx_draft_free(bx_draft *draft);

/* The formats. Each reads all lines. */
int bx_fasta_read(bx_draft *draft, bx_error *err);
int bx_genbank_read(bx_draft *draft, bx_error *err);
int bx_gff3_read(bx_draft *draft, bx_error *err);
int bx_gtf_read(bx_draft *draft, bx_error *err);
int bx_embl_read(bx_draft *draft, bx_error *err);
int bx_table_read(bx_draft *draft, bx_error *err);

/* Bases from the line at hand; white space among them is taken out. */
int bx_draft_bases(bx_draft *draft, size_t sequence, char *bases, size_t length, bx_error *err);
/* The bases in draft->options->fasta, if that is set; all sequences need them then. */
int bx_draft_fasta(bx_draft *draft, bx_error *err);

/* "complement(join(1..5,9..>20))" of GenBank, without white space, a 0 after it, to spans, strand,
 * below and above. */
int bx_location_read(bx_found *found, const char *text, size_t length, bx_error *err);

#endif
