/* A flux-balance model: metabolites, and reactions with stoichiometry, bounds, an objective and
 * gene rules. At steady state the fluxes v obey S v = 0 and lower <= v <= upper, and are such that
 * the objective c v is best (Orth, Thiele & Palsson, Nat. Biotechnol. 28:245, 2010).
 * Fluxes are in mmol per gram of dry weight and hour by the field's convention, growth in 1/h; the
 * arithmetic does not depend on it. */
#ifndef BX_FLUX_FBA_H
#define BX_FLUX_FBA_H

#include "core/error.h"
#include "flux/about.h"
#include "flux/gene_rule.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct bx_fba bx_fba;

#define BX_FBA_NONE SIZE_MAX

typedef enum bx_fba_status {
    BX_FBA_OPTIMAL,
    BX_FBA_INFEASIBLE, /* no fluxes obey the balances and the bounds */
    BX_FBA_UNBOUNDED   /* the objective has no best value */
} bx_fba_status;

const char *bx_fba_status_name(bx_fba_status status);

typedef struct bx_fba_term {
    const char *metabolite;
    double coefficient; /* < 0: consumed */
} bx_fba_term;

typedef struct bx_fba_reaction {
    const char *id;
    const bx_fba_term *terms; /* those of one metabolite are added up */
    size_t term_count;
    double lower, upper; /* -INFINITY and INFINITY for none */
    double objective;    /* its coefficient */
    const char *rule;    /* of genes; NULL for none */
} bx_fba_reaction;

/* How a long computation is watched and bounded. A zeroed one does neither. */
typedef struct bx_fba_watch {
    const volatile sig_atomic_t *interrupt;        /* ends it with BX_ECANCELLED; or NULL */
    void (*progress)(void *data, double fraction); /* a few times a second; or NULL */
    void *progress_data;
    size_t maximum_bytes; /* for the linear program or a result; 0: 1 GiB */
} bx_fba_watch;

bx_fba *bx_fba_new(const bx_fba_watch *watch, bx_error *err);
void bx_fba_free(bx_fba *fba); /* NULL is fine */

/* Text is copied. BX_EMODEL names the item: ids are unique and at most 255 bytes, bounds are
 * ordered and at most 1e15 or infinite, coefficients are 0 or between 1e-12 and 1e9 in size. */
int bx_fba_add_metabolite(bx_fba *fba, const char *id, bool boundary, bx_error *err);
int bx_fba_add_reaction(bx_fba *fba, const bx_fba_reaction *reaction, bx_error *err);

/* The index of the gene of that name, which a rule can hold; a new one where there is none.
 * BX_FBA_NONE without memory. */
size_t bx_fba_add_gene(bx_fba *fba, const char *id, bx_error *err);

size_t bx_fba_metabolites(const bx_fba *fba);
size_t bx_fba_reactions(const bx_fba *fba);
size_t bx_fba_genes(const bx_fba *fba);
const char *bx_fba_metabolite_id(const bx_fba *fba, size_t metabolite);
const char *bx_fba_reaction_id(const bx_fba *fba, size_t reaction);
const char *bx_fba_reaction_rule(const bx_fba *fba, size_t reaction); /* "" for none */
const bx_rule *bx_fba_rule(const bx_fba *fba, size_t reaction);
bool bx_fba_rule_names(const bx_fba *fba, size_t reaction, size_t gene);
const char *bx_fba_gene_id(const bx_fba *fba, size_t gene);

/* The index of an id, or BX_FBA_NONE. */
size_t bx_fba_find_metabolite(const bx_fba *fba, const char *id);
size_t bx_fba_find_reaction(const bx_fba *fba, const char *id);
size_t bx_fba_find_gene(const bx_fba *fba, const char *id);

/* The terms of a reaction: their number; `metabolite` and `coefficient` are the n-th's. */
size_t bx_fba_terms(const bx_fba *fba, size_t reaction);
size_t bx_fba_term_of(const bx_fba *fba, size_t reaction, size_t n, double *coefficient);

int bx_fba_set_bounds(bx_fba *fba, size_t reaction, double lower, double upper, bx_error *err);
void bx_fba_bounds(const bx_fba *fba, size_t reaction, double *lower, double *upper);
int bx_fba_set_objective(bx_fba *fba, size_t reaction, double coefficient, bx_error *err);
double bx_fba_objective(const bx_fba *fba, size_t reaction);
void bx_fba_clear_objective(bx_fba *fba);
void bx_fba_set_sense(bx_fba *fba, bool maximise); /* default: maximise */
bool bx_fba_maximises(const bx_fba *fba);

/* What is said of the parts. The one to change lives until parts are added, changed or removed;
 * NULL without memory. Groups and the model itself have no index: of `item` is no account then. */
typedef enum bx_fba_kind {
    BX_FBA_METABOLITE,
    BX_FBA_REACTION,
    BX_FBA_GENE,
    BX_FBA_GROUP,
    BX_FBA_MODEL
} bx_fba_kind;
const bx_about *bx_fba_about(const bx_fba *fba, bx_fba_kind kind, size_t item);
size_t bx_fba_count(const bx_fba *fba, bx_fba_kind kind); /* metabolites, reactions or genes */
bx_about *bx_fba_change_about(bx_fba *fba, bx_fba_kind kind, size_t item, bx_error *err);

/* Groups of parts, as SBML's package has them; what is said of one names its members. */
size_t bx_fba_groups(const bx_fba *fba);
int bx_fba_add_group(bx_fba *fba, bx_error *err);

/* Whether ids are SBML's own, or others that would need to be written as such. */
bool bx_fba_has_sbml_ids(const bx_fba *fba);
void bx_fba_set_sbml_ids(bx_fba *fba);

/* ---- changing the parts; what was computed is made anew ---- */

bool bx_fba_is_boundary(const bx_fba *fba, size_t metabolite);
int bx_fba_set_boundary(bx_fba *fba, size_t metabolite, bool boundary, bx_error *err);

/* The reaction is from now on as `to`, whose id is its own; what is said of it is kept. */
int bx_fba_change_reaction(bx_fba *fba, size_t reaction, const bx_fba_reaction *to, bx_error *err);

/* Without what is marked. A metabolite leaves the reactions that it is in. A rule without a gene is
 * what it is when that one is missing: of a reaction that cannot run then and stays all the same,
 * there is none. */
int bx_fba_remove(bx_fba *fba, const bool *metabolites, const bool *reactions, const bool *genes,
                  bx_error *err);

/* Other ids for metabolites, reactions or genes: ids[i] is the i-th's, or NULL where it stays.
 * Rules and groups name genes and members by the new ones. */
int bx_fba_rename(bx_fba *fba, bx_fba_kind kind, const char *const *ids, bx_error *err);

/* Mark what no reaction has, or none but those marked. */
void bx_fba_mark_orphans(const bx_fba *fba, const bool *gone, bool *metabolites, bool *genes);

/* Variables of one's own: columns of the program beside the fluxes, in objectives and constraints.
 * At most 10,000; their ids are none of a reaction's. Where the model has some, only these take it:
 * bx_fba_optimise, bx_fba_optimise_without, bx_fba_knock_outs and bx_fba_knock_out_sets; and where
 * none of them has to be a whole number, bx_fba_variability, bx_fba_parsimonious, bx_fba_envelope
 * and bx_fba_lexicographic. */
typedef enum bx_fba_domain { BX_FBA_CONTINUOUS, BX_FBA_INTEGER, BX_FBA_BINARY } bx_fba_domain;

typedef struct bx_fba_variable {
    const char *id;
    bx_fba_domain domain;
    double lower, upper; /* -INFINITY and INFINITY for none; of a binary one within 0 and 1 */
    double objective;    /* its coefficient */
} bx_fba_variable;

size_t bx_fba_variables(const bx_fba *fba);
bx_fba_variable bx_fba_variable_of(const bx_fba *fba, size_t variable);
size_t bx_fba_find_variable(const bx_fba *fba, const char *id);
bool bx_fba_has_whole(const bx_fba *fba); /* whether one has to be a whole number */
int bx_fba_add_variable(bx_fba *fba, const bx_fba_variable *variable, bx_error *err);
int bx_fba_remove_variable(bx_fba *fba, size_t variable, bx_error *err);
int bx_fba_set_variable(bx_fba *fba, size_t variable, double lower, double upper, double objective,
                        bx_error *err);

/* Sums of fluxes and variables. A constraint bounds one, in all that is computed; objectives are
 * those that the model has beside the one at work. Ids are unique in their list, of at most 10,000.
 */
typedef struct bx_fba_part {
    size_t reaction; /* or variable */
    double coefficient;
    bool variable;
} bx_fba_part;

typedef struct bx_fba_sum_view {
    const char *id;
    const bx_fba_part *parts; /* each reaction or variable at most once, none with 0 */
    size_t part_count;
    double lower, upper; /* of a constraint; -INFINITY and INFINITY for none */
    bool maximise;       /* an objective */
} bx_fba_sum_view;

typedef enum bx_fba_list { BX_FBA_CONSTRAINTS, BX_FBA_OBJECTIVES } bx_fba_list;
size_t bx_fba_sums_of(const bx_fba *fba, bx_fba_list list);
bx_fba_sum_view bx_fba_sum_of(const bx_fba *fba, bx_fba_list list, size_t i);
size_t bx_fba_find_sum(const bx_fba *fba, bx_fba_list list, const char *id);
int bx_fba_add_sum(bx_fba *fba, bx_fba_list list, const bx_fba_sum_view *sum, bx_error *err);
int bx_fba_remove_sum(bx_fba *fba, bx_fba_list list, size_t i, bx_error *err);
int bx_fba_add_part(bx_fba *fba, bx_fba_list list, size_t i, bx_fba_part part, bx_error *err);

/* What holds of a solution that is optimal; the arrays belong to the model and live until the next
 * call that takes it without const. The reduced cost of a reaction is the objective's change per
 * unit of its flux forced; the shadow price of a metabolite, per unit of its net production
 * forced; a boundary metabolite's is 0. */
typedef struct bx_fba_solution {
    bx_fba_status status;
    double objective;
    const double *fluxes, *reduced_costs, *shadow_prices;
    const double *variables; /* with whole numbers there are no costs and prices: NULL */
} bx_fba_solution;

/* The best fluxes, from the basis of the last solution: quick when little has changed. */
int bx_fba_optimise(bx_fba *fba, bx_fba_solution *solution, bx_error *err);

/* The same without the reactions r with stopped[r]: their flux is 0. The model is unchanged. */
int bx_fba_optimise_without(bx_fba *fba, const bool *stopped, bx_fba_solution *solution,
                            bx_error *err);

/* Why there is no optimum. Arrays of the caller's, one a metabolite, a reaction or a constraint. */
typedef struct bx_fba_diagnosis {
    bx_fba_status status;
    /* Infeasible: constraints that cannot all hold, and all could without any one of them: balances
     * of metabolites, lower and upper bounds, and constraints. */
    bool *balance, *lower, *upper, *constraint;
    double *ray; /* unbounded: fluxes that may be added any number of times; each gains 1 */
} bx_fba_diagnosis;

/* BX_ESIMULATION where that cannot be told from rounding. */
int bx_fba_diagnose(bx_fba *fba, bx_fba_diagnosis *diagnosis, bx_error *err);

/* Mark the reactions whose rule fails when the genes with missing[gene] are gone; marks those that
 * are disabled as missing too. */
void bx_fba_stop_reactions(const bx_fba *fba, bool *missing, bool *stopped);

/* Whether the reaction's rule holds when those genes alone are gone. */
bool bx_fba_rule_holds(const bx_fba *fba, size_t reaction, const bool *missing);

/* Disable the genes and reactions that are marked, or enable them again. A reaction is stopped,
 * which is a flux of 0 whatever its bounds are, while it is disabled or its rule fails for the
 * genes that are: in all that is computed of the model. */
void bx_fba_disable(bx_fba *fba, const bool *genes, const bool *reactions, bool disabled);
bool bx_fba_gene_disabled(const bx_fba *fba, size_t gene);
bool bx_fba_stopped(const bx_fba *fba, size_t reaction);

/* All of a model, to come back to. It costs little until parts are added, changed or removed: then
 * a copy of all. NULL without memory. */
typedef struct bx_fba_state bx_fba_state;
bx_fba_state *bx_fba_save(const bx_fba *fba, bx_error *err);
void bx_fba_restore(bx_fba *fba, const bx_fba_state *state);
void bx_fba_state_free(bx_fba_state *state); /* NULL is fine */

/* Of all fluxes with an objective of at least `fraction` (0 to 1) of the best, those whose absolute
 * values have the least sum, *total (Lewis et al., Mol. Syst. Biol. 6:390, 2010). Writes a flux
 * for each reaction, and behind these the value of each variable. *solution tells of the
 * optimisation that came first; `fluxes` is filled only if that is optimal. */
int bx_fba_parsimonious(bx_fba *fba, double fraction, bx_fba_solution *solution, double *fluxes,
                        double *total, bx_error *err);

/* For each of `count` reactions the least and the greatest flux among all with an objective of at
 * least `fraction` of the best (Mahadevan & Schilling, Metab. Eng. 5:264, 2003); infinite where
 * there is no bound. *status tells of the optimisation that came first. */
int bx_fba_variability(bx_fba *fba, const size_t *reactions, size_t count, double fraction,
                       bx_fba_status *status, double *least, double *greatest, bx_error *err);

/* The same among those whose absolute fluxes add up to at most `factor` (1 or more) times the least
 * sum that such an objective allows; at 1 exactly the parsimonious ones. */
int bx_fba_variability_within(bx_fba *fba, const size_t *reactions, size_t count, double fraction,
                              double factor, bx_fba_status *status, double *least, double *greatest,
                              bx_error *err);

/* Mark the reactions that can carry no flux of more than `tolerance` within all bounds, whatever
 * the objective: exact, by programs of many of them at once where these will do (FASTCC, Vlassis,
 * Pacheco & Sauter, PLoS Comput. Biol. 10:e1003424, 2014). Unless *status is optimal nothing is
 * feasible, and nothing marked. */
int bx_fba_blocked(bx_fba *fba, double tolerance, bx_fba_status *status, bool *blocked,
                   bx_error *err);

/* Mark the metabolites that no reaction can make and another one use, by their bounds; a boundary
 * metabolite is none of them. */
int bx_fba_dead_ends(const bx_fba *fba, bool *dead, bx_error *err);

/* What is left without one gene or reaction, or two. */
typedef struct bx_fba_mutant {
    bx_fba_status status;
    double objective; /* 0 unless optimal */
} bx_fba_mutant;

/* Every one of `items` (genes, or reactions if not `genes`) alone: mutants[i]. With `pairs` every
 * pair i < j as well, behind them in order (0,1) (0,2) .. (1,2) ..: count + count (count - 1) / 2
 * mutants. What changes no reaction that carries flux is not solved again. */
int bx_fba_knock_outs(bx_fba *fba, bool genes, const size_t *items, size_t count, bool pairs,
                      bx_fba_mutant *mutants, bx_error *err);

/* The same of sets of any size: set i is items[ends[i - 1]] to items[ends[i] - 1]. */
int bx_fba_knock_out_sets(bx_fba *fba, bool genes, const size_t *items, const size_t *ends,
                          size_t sets, bx_fba_mutant *mutants, bx_error *err);

#endif
