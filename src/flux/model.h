/* What a bx_fba holds: model.c fills it, the other files of src/flux solve it. */
#ifndef BX_FLUX_MODEL_H
#define BX_FLUX_MODEL_H

#include "core/names.h"
#include "flux/fba.h"
#include "flux/gene_rule.h"
#include "flux/lp.h"

#include <stdint.h>

typedef struct bx_fba_metabolite {
    char *id, *compartment; /* this may be NULL */
    bool boundary;          /* not balanced, no row */
    int row;
} bx_fba_metabolite;

typedef struct bx_fba_entry {
    uint32_t metabolite;
    double coefficient;
} bx_fba_entry;

typedef struct bx_fba_column {
    char *id, *rule_text;
    bx_fba_entry *entries;
    size_t entry_count;
    double lower, upper, objective;
    bx_rule rule;
    bool disabled; /* by itself */
    bool stopped;  /* by that, or for lack of genes */
} bx_fba_column;

struct bx_fba {
    bx_fba_watch watch;
    int64_t progress_due; /* clock */
    bx_names metabolite_index, reaction_index, gene_index;
    bx_fba_metabolite *metabolites;
    bx_fba_column *reactions;
    char **genes;
    bool *missing; /* by gene: disabled */
    size_t metabolite_count, reaction_count, gene_count;
    size_t metabolite_capacity, reaction_capacity, gene_capacity;
    size_t rows, elements; /* of the linear program */
    bool minimise;

    bx_lp *lp; /* NULL until needed and after additions */
    /* What is left of it, with bounds as they were or wider: solved in its stead. Or NULL. */
    struct bx_reduction *reduction;
    bx_lp *left;
    double *widest_lower, *widest_upper; /* of each reaction, that it is made of */
    double *fluxes, *row_prices;         /* of its last optimum */
    double *prices;                      /* a metabolite each */
    double *reduced;                     /* a reaction each */
    uint32_t *entry_at; /* while a reaction is added: metabolite -> its entry + 1 */
};

/* Fails once interrupted; reports progress when that is due. */
int bx_fba_poll(bx_fba *fba, double fraction, bx_error *err);
void bx_fba_begin(bx_fba *fba); /* before a series of polls */

size_t bx_fba_byte_limit(const bx_fba *fba);

bx_fba_status bx_fba_status_of(bx_lp_status status);

#endif
