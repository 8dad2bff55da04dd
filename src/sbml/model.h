/* What the parts of the SBML reader share.
 *
 * A variable of the model bears its SBML id in the engine too, and means what the id means in SBML;
 * an id that the formula language keeps for itself, as time, gets ".value" behind it, and one that
 * is no SId "_" for each character that a name may not have. A species
 * whose id means a concentration has its amount, which is the state, in "id.amount"; one whose id
 * means an amount has its concentration in "id.concentration". A local parameter k of reaction R is
 * "R.k"; the rate of change of x, if the model asks for it by rateOf, is "x.rate". */
#ifndef BX_SBML_MODEL_H
#define BX_SBML_MODEL_H

#include "core/error.h"
#include "core/names.h"
#include "core/warnings.h"
#include "model/builder.h"
#include "model/declaration.h"

#include <sbml/SBMLTypes.h>
#include <stdbool.h>

/* A model being read. Functions that give an int give -1 with the error in `err`. */
typedef struct bx_sbml {
    Model_t *model;
    bx_process *process;
    bx_error *err;
    bx_warnings *warnings;                        /* or NULL */
    bx_builder builder;                           /* of one formula after another */
    bx_names species, functions, rules, initials; /* their places in the model, by id */
    bx_names targets;                             /* the ids of what events set */
    bx_names fast;                                /* the ids of species in fast reactions */
    bx_names rates;                               /* the ids that rateOf names, in order; */
    char **rate_names;                            /* they lie here */
    size_t rate_count, rate_capacity;
    double *molecules; /* for stochastic simulation, of species by their place: how many a unit of
                           the amount has, or 0 where no reaction changes it; else NULL */
    bool *rounded;     /* beside it: the state is the nearest whole number */
    bool distrib;      /* the package of that name is there */
    bool delays;       /* some formula asks for a delayed value */
} bx_sbml;

/* Longest text of a name: a reaction's local parameter. */
enum { BX_SBML_NAME = 2 * BX_NAME_LENGTH + 16 };

typedef struct bx_sbml_name {
    char text[BX_SBML_NAME];
} bx_sbml_name;

/* The engine's name for an id; with a suffix such as ".amount". */
bx_sbml_name bx_sbml_name_of(const char *id, const char *suffix);

/* The name of a reaction's local parameter. */
bx_sbml_name bx_sbml_local_of(const Reaction_t *reaction, const char *id);

/* Prefix the message with the element that it is about; -1. */
int bx_sbml_fail_in(bx_error *err, const char *what, const char *id);

/* Add a name to the formula being made. */
void bx_sbml_put_name(bx_sbml *sbml, const char *name);

/* End the formula being made, and give it to the process as what `take` takes. */
int bx_sbml_take(bx_sbml *sbml, int (*take)(bx_process *, const char *, bx_formula *, bx_error *),
                 const char *name);

/* Fill the maps of the model's elements. */
int bx_sbml_index(bx_sbml *sbml);

/* Find which variable each algebraic rule determines, and add it to the map of rules. */
int bx_sbml_match(bx_sbml *sbml);

/* All that it holds but the process. */
void bx_sbml_free(bx_sbml *sbml);

/* NULL if there is none. */
const Species_t *bx_sbml_species_of(const bx_sbml *sbml, const char *id);
const FunctionDefinition_t *bx_sbml_function_of(const bx_sbml *sbml, const char *id);

/* What moves the variable of an id. */
typedef enum bx_sbml_rule {
    BX_SBML_NO_RULE,
    BX_SBML_ASSIGNMENT,
    BX_SBML_ALGEBRAIC, /* its formula is 0 */
    BX_SBML_RATE
} bx_sbml_rule;

bx_sbml_rule bx_sbml_rule_of(const bx_sbml *sbml, const char *id, const ASTNode_t **math);

/* The initial assignment's formula, or NULL. */
const ASTNode_t *bx_sbml_initial_of(const bx_sbml *sbml, const char *id);

/* Whether the id of a species means its amount. */
bool bx_sbml_is_amount(const bx_sbml *sbml, const Species_t *species);

/* The name of the state of a species that reactions change: an amount, or a number of molecules. */
bx_sbml_name bx_sbml_state_of(const bx_sbml *sbml, const Species_t *species);

/* Declare compartments, parameters, species and species references. */
int bx_sbml_variables(bx_sbml *sbml);

int bx_sbml_reactions(bx_sbml *sbml);

/* Mark the species, by their place, that reactions change. */
void bx_sbml_mark_changed(const bx_sbml *sbml, bool *changed);

/* Add the rate of change of a species' amount by reactions to the formula being made. */
void bx_sbml_put_changes(bx_sbml *sbml, const Species_t *species);

int bx_sbml_events(bx_sbml *sbml);

/* The rules "x.rate" that formulas have asked for so far, and those that these ask for. */
int bx_sbml_rates(bx_sbml *sbml);

#endif
