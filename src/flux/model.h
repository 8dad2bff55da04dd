/* What a bx_fba holds: model.c fills it, the other files of src/flux solve it. */
#ifndef BX_FLUX_MODEL_H
#define BX_FLUX_MODEL_H

#include "core/names.h"
#include "flux/about.h"
#include "flux/fba.h"
#include "flux/gene_rule.h"
#include "flux/lp.h"

#include <stdint.h>

typedef struct bx_fba_metabolite {
    char *id;
    bool boundary; /* not balanced, no row */
    int row;
    bx_about about;
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
    bx_about about;
} bx_fba_column;

/* A sum of fluxes: a constraint, or an objective that is not the one at work. */
typedef struct bx_fba_sum {
    char *id;
    bx_fba_part *parts;
    size_t part_count;
    double lower, upper; /* of a constraint */
    bool maximise;       /* an objective */
} bx_fba_sum;

typedef struct bx_fba_own_variable {
    char *id;
    bx_fba_domain domain;
    double lower, upper, objective;
} bx_fba_own_variable;

typedef struct bx_fba_sums {
    bx_fba_sum *items;
    size_t count, capacity;
} bx_fba_sums;

struct bx_fba {
    bx_fba_watch watch;
    int64_t progress_due; /* clock */
    bx_names metabolite_index, reaction_index, gene_index;
    bx_fba_metabolite *metabolites;
    bx_fba_column *reactions;
    char **genes;
    bx_about *gene_abouts;
    bool *missing; /* by gene: disabled */
    size_t metabolite_count, reaction_count, gene_count;
    size_t metabolite_capacity, reaction_capacity, gene_capacity;
    size_t rows, elements; /* of the linear program */
    bool minimise;
    bx_about about;
    bx_about *groups;
    size_t group_count, group_capacity;
    bx_fba_sums constraints, objectives;
    bx_fba_own_variable *variables; /* columns of the program behind the reactions */
    size_t variable_count, variable_capacity;
    bool has_sbml_ids;
    size_t *holders; /* of all of the above but watch, progress_due and minimise: see state.c */

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

void bx_fba_forget_program(bx_fba *fba);

/* The column of a part in the program. */
size_t bx_fba_column_of(const bx_fba *fba, bx_fba_part part);

/* All but the program and `holders`, of which nothing else holds these parts. */
void bx_fba_free_parts(bx_fba *fba);

/* Before parts are changed: no state to come back to holds them any more. */
int bx_fba_own(bx_fba *fba, bx_error *err);

/* A column made of `from`, with its genes in the model; on failure it is to be freed as well. */
int bx_fba_make_column(bx_fba *fba, bx_fba_column *column, const bx_fba_reaction *from,
                       bx_error *err);
int bx_fba_check_bounds(const char *what, const char *id, double lower, double upper,
                        bx_error *err);
int bx_fba_check_coefficient(double value, const char *what, const char *id, bx_error *err);
void bx_fba_free_column(bx_fba_column *column);
size_t bx_fba_count_elements(const bx_fba *fba, const bx_fba_column *column);
void bx_fba_settle(bx_fba *fba); /* what is stopped, by what is disabled */

/* Fails once interrupted; reports progress when that is due. */
int bx_fba_poll(bx_fba *fba, double fraction, bx_error *err);
void bx_fba_begin(bx_fba *fba); /* before a series of polls */

/* To an error that says that numbers differ too much in size: which ones. Returns -1. */
int bx_fba_name_extremes(const bx_fba *fba, bx_error *err);

size_t bx_fba_byte_limit(const bx_fba *fba);

bx_fba_status bx_fba_status_of(bx_lp_status status);

#endif
