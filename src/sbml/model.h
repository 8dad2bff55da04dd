/* What the parts of the SBML reader share.
 *
 * A variable of the model bears its SBML id in the engine too, and means what the id means in SBML;
 * an id that the formula language keeps for itself, as time, gets ".value" behind it. A species
 * whose id means a concentration has its amount, which is the state, in "id.amount"; one whose id
 * means an amount has its concentration in "id.concentration". A local parameter k of reaction R is
 * "R.k"; the rate of change of x, if the model asks for it by rateOf, is "x.rate". */
#ifndef BX_SBML_MODEL_H
#define BX_SBML_MODEL_H

#include "core/buffer.h"
#include "core/error.h"
#include "core/names.h"
#include "model/process.h"

#include <sbml/SBMLTypes.h>
#include <stdbool.h>

typedef struct bx_sbml {
    Model_t *model;
    bx_process *process;
    bx_names species, rules, initials,
        targets;     /* places by id, of event assignments' variables too */
    bx_names rates;  /* ids that rateOf names, in order, */
    char **rate_ids; /* which lie here */
    size_t rate_count, rate_capacity;
    bool distrib;   /* the package of that name is there */
    unsigned depth; /* of formulas being written */
} bx_sbml;

/* Longest text of a name: a reaction's local parameter. */
enum { BX_SBML_NAME = 2 * BX_NAME_LENGTH + 16 };

typedef struct bx_sbml_name {
    char text[BX_SBML_NAME];
} bx_sbml_name;

/* The engine's name for an id; with a suffix such as ".amount". */
bx_sbml_name bx_sbml_name_of(const char *id, const char *suffix);

/* Append text. -1 with BX_EMODEL or BX_EMEMORY. */
int bx_sbml_put(bx_buffer *out, bx_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A number that reads back to the same double; also infinities and NaN. */
int bx_sbml_put_number(bx_buffer *out, double number, bx_error *err);

/* Prefix the message with the element that it is about; -1. */
int bx_sbml_fail_in(bx_error *err, const char *what, const char *id);

/* A buffer for a formula; as text. */
bx_buffer bx_sbml_buffer(void);
const char *bx_sbml_text(const bx_buffer *buffer);

/* The maps by id of the model's elements. */
int bx_sbml_index(bx_sbml *sbml, bx_error *err);
void bx_sbml_index_free(bx_sbml *sbml);

/* NULL: there is none. */
const Species_t *bx_sbml_species_of(const bx_sbml *sbml, const char *id);

/* What an id means. */
typedef enum bx_sbml_rule { BX_SBML_NO_RULE, BX_SBML_ASSIGNMENT, BX_SBML_RATE } bx_sbml_rule;

bx_sbml_rule bx_sbml_rule_of(const bx_sbml *sbml, const char *id, const ASTNode_t **math);

/* The initial assignment's formula, or NULL. */
const ASTNode_t *bx_sbml_initial_of(const bx_sbml *sbml, const char *id);

/* Whether the id of a species means its amount. */
bool bx_sbml_is_amount(const bx_sbml *sbml, const Species_t *species);

/* The name of the state of a species that reactions change: an amount. */
bx_sbml_name bx_sbml_state_of(const bx_sbml *sbml, const Species_t *species);

/* Declare compartments, parameters, species and species references. */
int bx_sbml_variables(bx_sbml *sbml, bx_error *err);

int bx_sbml_reactions(bx_sbml *sbml, bx_error *err);

/* Append the rate of change of a species' amount by reactions, as a formula. */
int bx_sbml_put_changes(bx_sbml *sbml, const Species_t *species, bx_buffer *out, bx_error *err);

int bx_sbml_events(bx_sbml *sbml, bx_error *err);

/* The rules "x.rate" that formulas have asked for so far, and those that these ask for. */
int bx_sbml_rates(bx_sbml *sbml, bx_error *err);

#endif
