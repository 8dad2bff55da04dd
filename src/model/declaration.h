/* What a process holds: for who compiles it, writes it down, or has its parts without any text. */
#ifndef BX_MODEL_DECLARATION_H
#define BX_MODEL_DECLARATION_H

#include "core/names.h"
#include "model/equation.h"
#include "model/formula.h"
#include "model/process.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct bx_declared_value {
    char *name;
    double value;
    bool rounded; /* of a species: stochastic methods take the nearest whole number */
} bx_declared_value;

/* How a rule gives its variable a value. */
typedef enum bx_rule_kind {
    BX_RULE_EQUALS, /* that of the formula */
    BX_RULE_SOLVES, /* such that the formula is 0 */
    BX_RULE_SETTLES /* where it comes to rest if the formula is its rate of change */
} bx_rule_kind;

typedef struct bx_declared_rule {
    char *name;
    bx_formula *formula;
    char *amount, *size; /* who sets the rule sets `amount`, to the value times `size`; or NULL: it
                            can't be set, or its size is 1 */
    bx_rule_kind kind;   /* of one that is solved, `amount` is where the search for it begins */
} bx_declared_rule;

typedef struct bx_declared_reaction {
    char *name; /* or NULL: then there is a text */
    char *text; /* the equation as written, or NULL: then there is a name */
    bx_equation equation;
    bx_rate_kind kind;
    bx_formula *rate;
    bool continuous; /* no whole molecules: a rate of change, or a changing stoichiometry */
} bx_declared_reaction;

typedef struct bx_declared_assignment {
    char *target;
    bx_formula *formula;
} bx_declared_assignment;

typedef struct bx_declared_event {
    char *name;                   /* or NULL */
    bx_formula *when;             /* either this */
    bx_formula *at;               /* or this */
    bx_formula *delay, *priority; /* or NULL */
    bool transient, initially_false, from_trigger;
    bx_declared_assignment *assignments;
    size_t assignment_count;
} bx_declared_event;

/* A reaction that comes to rest at once: what it changes, and by how much. */
typedef struct bx_declared_fast {
    char *name;
    bx_formula *rate;
    bx_declared_assignment *terms; /* species and coefficients, below 0 for what is taken */
    size_t count;
} bx_declared_fast;

/* What exchanges do in one of their phases, in this order. */
typedef struct bx_declared_steps {
    bx_declared_assignment *steps;
    size_t count, capacity;
} bx_declared_steps;

/* What a process was read from, if it is another program's model. */
typedef struct bx_declared_origin {
    bool read;      /* it was; */
    bool molecules; /* so that the species that reactions change are counts of molecules */
    uint8_t *bytes; /* the file, to be read again; or NULL: it is not kept */
    size_t length;
} bx_declared_origin;

struct bx_process {
    char *name;
    bx_declared_origin origin;
    bx_names variables, reaction_names, event_names;
    bx_declared_value *species, *parameters;
    bx_declared_rule *rules;
    bx_declared_reaction *reactions;
    bx_declared_event *events;
    bx_declared_assignment *initials;
    bx_declared_fast *fast;
    size_t fast_count, fast_capacity;
    bx_declared_steps exchange[BX_PHASES];
    bool free_values; /* values may be negative, infinite and NaN */
    size_t initial_count, initial_capacity;
    size_t species_count, parameter_count, rule_count, reaction_count, event_count;
    size_t species_capacity, parameter_capacity, rule_capacity, reaction_capacity, event_capacity;
};

/* As bx_process_add_*, from formulas and equations that are made already. The process owns what
 * they are and hold from then on; on failure it is freed. */
int bx_process_take_initial(bx_process *process, const char *target, bx_formula *formula,
                            bx_error *err);
int bx_process_take_rule(bx_process *process, const char *name, bx_formula *formula, bx_error *err);
int bx_process_take_constraint(bx_process *process, const char *name, bx_formula *formula,
                               double start, bx_error *err);
int bx_process_take_rate(bx_process *process, const char *species, bx_formula *formula,
                         bx_error *err);
int bx_process_take_reaction(bx_process *process, const char *name, bx_equation equation,
                             bx_rate_kind kind, bx_formula *rate, bx_error *err);
int bx_process_take_declared_reaction(bx_process *process, bx_declared_reaction *reaction,
                                      bx_error *err);
int bx_process_take_event(bx_process *process, bx_declared_event *event, bx_error *err);

/* The fast reaction is the process's, also on failure. */
int bx_process_take_fast(bx_process *process, bx_declared_fast *fast, bx_error *err);
void bx_declared_fast_free(bx_declared_fast *fast);

/* Of a reaction or an event that no process has taken: what it holds. */
void bx_declared_reaction_free(bx_declared_reaction *reaction);
void bx_declared_event_free(bx_declared_event *event);

/* How messages call a reaction or an event: its name, else its equation or its position. */
typedef struct bx_label {
    char text[160];
} bx_label;

bx_label bx_reaction_label(const bx_process *process, size_t reaction);
bx_label bx_event_label(const bx_process *process, size_t event);
bx_label bx_step_label(const bx_process *process, bx_phase phase, size_t step);

/* Prefix the message of a BX_EMODEL with the item that it is about; -1. */
int bx_fail_in(bx_error *err, const char *label);

#endif
