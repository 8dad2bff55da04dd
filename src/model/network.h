/* All processes of a cell compiled into flat arrays.
 *
 * The frame is one array of doubles that holds the state and what is computed from it:
 *   [0, species)           the species, in order of declaration
 *   [.., parameters)       the parameters
 *   [.., rules)            the rules
 *   [time]                 the time in seconds
 *   [rate, rate+reactions) of each reaction its rate, or k if it is by mass action
 *   then temporaries, constants, and what events need.
 *
 * Mass action. For reactants with coefficients n_i and rate constant k, the ODE rate is
 * k * prod(S_i ^ n_i), and the propensity is k * prod(S_i (S_i - 1) .. (S_i - n_i + 1)): for 2 S
 * they are k S^2 and k S (S - 1), per second, and either way one firing changes the species by the
 * equation's coefficients. (StochKit2's c = 2 k, where its propensity is c S (S - 1) / 2.) */
#ifndef BX_MODEL_NETWORK_H
#define BX_MODEL_NETWORK_H

#include "core/error.h"
#include "core/names.h"
#include "model/csr.h"
#include "model/declaration.h"
#include "model/program.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BX_SLOT_NONE UINT32_MAX

typedef struct bx_reaction {
    const bx_process *process;
    uint32_t index; /* in its process */
    bool mass_action;
    bool constant;   /* its formula depends on no species that changes, and not on time */
    bool uses_time;  /* directly or through rules */
    bool continuous; /* not of whole molecules */
    bx_range code;   /* puts the formula's value into the reaction's slot */
} bx_reaction;

/* A part of a condition, computed from its operands, which are earlier parts. A leaf is a
 * comparison of two numbers, or a number alone, which is true unless 0. */
typedef struct bx_logic {
    bx_op op;         /* AND, OR, NOT, IF; else a leaf: a comparison, or MOVE for a number */
    uint32_t a, b, c; /* operands: absolute indexes into bx_network.logic */
    bx_range code;    /* of a leaf: puts the difference, or the number, into `slot` */
    uint32_t slot;
    bool uses_time, uses_species; /* depends on the time; on species that reactions change */
    uint32_t limit; /* where the time is compared with a constant: its slot, else BX_SLOT_NONE */
} bx_logic;

typedef struct bx_assignment {
    uint32_t target, value; /* slots */
    uint32_t size; /* where an amount is set by its concentration: the slot of the size by which the
                      value is multiplied, else BX_SLOT_NONE */
    bx_range draws; /* in bx_program.draws */
    bx_range code;  /* puts the formula's value into `value` */
} bx_assignment;

typedef struct bx_event {
    const bx_process *process;
    uint32_t index; /* in its process */
    bool timed;
    uint32_t at;          /* of a timed event: the slot of its time */
    bx_range code;        /* of a timed event: computes `at` */
    bx_range logic;       /* of a condition: its parts in bx_network.logic, the last is the whole */
    bx_range assignments; /* in bx_network.assignments */
    bool transient, initially_false, from_trigger;
    uint32_t delay, priority; /* slots, or BX_SLOT_NONE */
    bx_range delay_code, priority_code;
} bx_event;

/* What an exchange does: the code puts a new value into `value`, and then it is the target's. */
typedef struct bx_step {
    const bx_process *process;
    uint32_t index; /* in its process and phase */
    uint32_t target, value;
    bx_range draws; /* in bx_program.draws */
    bx_range code;
} bx_step;

/* Gives a slot its value at the beginning: that of a species or parameter, or of a rule. */
typedef struct bx_initial {
    bx_range code;
    uint32_t target;
} bx_initial;

typedef struct bx_rules bx_rules;

typedef struct bx_network {
    size_t species, parameters, rules, reactions, events;
    const char **names; /* of species, parameters, rules, by slot; they belong to the processes */
    bx_names index;     /* their slots */
    bx_names reaction_index;
    bx_program program;
    uint32_t time, rate; /* slots */
    uint32_t one;        /* a slot that holds 1 */

    bx_range rule_code;                /* of all rules, each after those that it needs */
    bx_rules *all_rules;               /* to recompute them, with scratch of its own */
    bx_range *rule_codes;              /* of each rule, by its place in that order */
    uint32_t *rule_order;              /* the rule at each place */
    bx_csr rule_uses;                  /* rule -> slots its formula names */
    bool *rule_varies;                 /* the rule depends on a species that changes */
    bool *rule_uses_time;              /* directly or through rules */
    uint32_t *rule_amount, *rule_size; /* of one that can be set: slots; else BX_SLOT_NONE */
    uint32_t
        *rule_leader; /* of one that is solved with others: that whose code does it; else itself */
    bx_rule_kind *rule_kind;
    uint32_t *unknowns; /* the rules that are solved; rule_amount is where the search begins */
    size_t unknown_count;
    uint32_t *settled; /* rules: species that fast reactions change. rule_amount is what is left by
                          slow ones, from where the extents of fast ones count */
    size_t settled_count;
    bool *free;           /* species or parameter -> may have any value, NaN included */
    bool *rounded;        /* species -> stochastic methods take the nearest whole number */
    bx_initial *initials; /* each after those that it needs; none if all are plain numbers */
    size_t initial_count;
    bool *computed; /* species or parameter -> its initial value is a formula's */
    bool *feeds;    /* variable -> initial values are computed from it, through rules too */
    bool random;    /* events draw numbers, or have priorities: a run has a seed */

    /* of delayed values, by their place in program.delayed: what they need at another time */
    bx_csr delayed_needs;    /* -> species and parameters */
    bx_csr delayed_rules;    /* -> places in rule_order, ascending */
    bx_csr delayed_initials; /* -> in place of these, initials before the beginning; or none */
    bool *delayed_steady;    /* the delay depends on parameters alone */
    uint32_t delayed_depth;  /* how many delays are within each other at most, through rules too */
    uint32_t *kept;          /* species and parameters whose past is kept */
    size_t kept_count;

    bx_reaction *reaction;
    bx_range rate_code; /* of all reactions */
    bx_csr rate_uses;   /* reaction -> slots its formula names */
    bx_csr reactants;   /* reaction -> species on the left, with their coefficients beside: */
    double *orders;
    bx_csr changes; /* reaction -> species it changes, with by how much beside: */
    double *amounts;
    bool *changing; /* species -> some reaction changes it */

    bx_event *event;
    bx_logic *logic;
    size_t logic_count, logic_capacity;
    bx_csr
        logic_uses; /* part of a condition -> slots that it names, but not what those rules name */
    bx_assignment *assignments;
    size_t assignment_count;
    bx_step *steps;
    size_t step_count;
    bx_range exchange[BX_PHASES]; /* in steps */
} bx_network;

void bx_network_free(bx_network *network); /* NULL is fine */

/* How messages call them, as in declaration.h. */
bx_label bx_network_reaction_label(const bx_network *network, size_t reaction);
bx_label bx_network_event_label(const bx_network *network, size_t event);

/* What a message adds about a rate that is not a number: ": "k" has no value", the variable behind
 * it; "" where its own formula makes it so. */
bx_label bx_network_cause(const bx_network *network, size_t reaction, const double *frame);

/* Recompute every rule in `frame`: a function of the species, the parameters and the time. */
void bx_network_rules(const bx_network *network, double *frame);

/* Rules in `frame` are up to date: from here searches for what is solved begin at its present
 * value, so that it moves on without jumps to other solutions. Fails where there is none. */
int bx_network_keep(const bx_network *network, double *frame, bx_error *err);

/* Rules in `frame` are up to date: the extents of fast reactions count from here. */
void bx_network_rebase(const bx_network *network, double *frame);

/* Whether slow reactions have gone so far that rounding and tolerances want a new base. */
bool bx_network_strays(const bx_network *network, const double *frame);

/* Compute the initial values in `frame`, but of the species and parameters that are held; NULL: of
 * all. */
void bx_network_initials(const bx_network *network, const bool *held, double *frame);

/* Whether a slot is a parameter that feeds initial values and has no formula of its own. */
bool bx_network_is_source(const bx_network *network, size_t slot);

/* Recompute every rule and the formula of every reaction. */
void bx_network_rates(const bx_network *network, double *frame);

/* Whether a slot's value depends on species that reactions change, or on time. */
bool bx_network_varies(const bx_network *network, uint32_t slot);
bool bx_network_timely(const bx_network *network, uint32_t slot);

/* Whether a rule is a quotient whose size is another one in the frame than `before`, which has the
 * values of variables alone. */
bool bx_network_resized(const bx_network *network, size_t rule, const double *frame,
                        const double *before);

/* The rate of a mass-action reaction in an ODE: `k` times the reactants. */
double bx_mass_action_rate(const bx_network *network, size_t reaction, double k,
                           const double *species);

/* Its derivative by the reactant at a place of network->reactants. */
double bx_mass_action_slope(const bx_network *network, size_t reaction, uint32_t place, double k,
                            const double *species);

/* The propensity of a mass-action reaction. */
double bx_mass_action_propensity(const bx_network *network, size_t reaction, double k,
                                 const double *species);

#endif
