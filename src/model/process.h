/* A biological process as its author declares it: species, parameters, reactions, assignment
 * rules and events, as text and numbers (declaration.h is for who has no text). A cell compiles the
 * processes it holds into a network. Formulas are parsed here, so that a mistake is reported where
 * it was made; names are resolved when the cell takes the process, since a process may use what
 * another one declares. */
#ifndef BX_MODEL_PROCESS_H
#define BX_MODEL_PROCESS_H

#include "core/error.h"

#include <stdbool.h>

typedef struct bx_process bx_process;

typedef enum bx_variable_kind {
    BX_VARIABLE_SPECIES,
    BX_VARIABLE_PARAMETER,
    BX_VARIABLE_RULE
} bx_variable_kind;

typedef enum bx_rate_kind {
    BX_RATE_MASS_ACTION, /* the rate text is k; the engine multiplies by the reactants */
    BX_RATE_FORMULA      /* the rate text is the whole rate, in firings (or molecules) per second */
} bx_rate_kind;

/* When a step of an exchange is done: of a hybrid run with an interval, see hybrid/hybrid.h. */
typedef enum bx_phase {
    BX_PHASE_BEFORE, /* after the interval's stochastic part, before the solver's */
    BX_PHASE_AFTER,  /* after the solver's */
    BX_PHASES
} bx_phase;

/* What an event does to one variable: `target` = the value of `formula` when the event fires.
 * All formulas of one event are evaluated before any target changes. */
typedef struct bx_event_assignment {
    const char *target;
    const char *formula;
} bx_event_assignment;

/* Either `when`, a condition: the event fires when it turns from false to true; or `at`, a formula
 * of parameters: the cell's time in seconds. The other is NULL. */
typedef struct bx_event_declaration {
    const char *name; /* NULL: named by its position */
    const char *when, *at;
    const bx_event_assignment *assignments;
    size_t assignment_count;
    const char *delay;    /* a formula: seconds from the firing to the assignments; NULL: none */
    const char *priority; /* a formula: of those due together the highest comes first; NULL: none */
    bool transient; /* a firing is dropped if the condition turns false before the delay ends */
    bool initially_false; /* fires at the beginning, too, if the condition is true then */
    bool from_trigger; /* values are computed when the condition turns, not when the delay ends */
} bx_event_declaration;

/* All text is copied. The int functions return 0, or -1 with BX_EMODEL or BX_EMEMORY; the message
 * names the process and the item, and for a formula the line, the column and what was expected. */
bx_process *bx_process_new(const char *name, bx_error *err);
void bx_process_free(bx_process *process); /* NULL is fine */
const char *bx_process_name(const bx_process *process);

int bx_process_add_species(bx_process *process, const char *name, double initial, bx_error *err);
/* Of the species added last: stochastic methods take the nearest whole number, whatever it begins
 * with or is set to, as of a count that is computed from moles. */
void bx_process_round_species(bx_process *process);

int bx_process_add_parameter(bx_process *process, const char *name, double value, bx_error *err);

/* Species and parameters of this process may have any value: negative, infinite, NaN. */
void bx_process_free_values(bx_process *process);

/* The value that a species or parameter begins with, computed from what others begin with. */
int bx_process_add_initial(bx_process *process, const char *target, const char *formula,
                           bx_error *err);

/* The rate of change of a species, per second, beside what reactions do: for ODEs alone. */
int bx_process_add_rate(bx_process *process, const char *species, const char *formula,
                        bx_error *err);

/* `name` always equals amount / size, as a concentration does; who sets it sets `amount`, a species
 * or a parameter. Both are names. */
int bx_process_add_quotient(bx_process *process, const char *name, const char *amount,
                            const char *size, bx_error *err);

/* `name` always equals `formula`. */
int bx_process_add_rule(bx_process *process, const char *name, const char *formula, bx_error *err);

/* `name` is such that `formula` is 0; the search for it begins at the value of `name`.start, a
 * parameter that is `start` to begin with and follows. Who sets `name` sets that. */
int bx_process_add_constraint(bx_process *process, const char *name, const char *formula,
                              double start, bx_error *err);

/* `equation` is like "2 A + B -> C", "-> mRNA" or "protein ->"; `name` may be NULL. */
int bx_process_add_reaction(bx_process *process, const char *name, const char *equation,
                            bx_rate_kind kind, const char *rate, bx_error *err);

/* The same with a number for a formula. */
int bx_process_add_constant_reaction(bx_process *process, const char *name, const char *equation,
                                     bx_rate_kind kind, double rate, bx_error *err);

/* A reaction so fast that it is at rest whenever anything else happens. */
int bx_process_add_fast_reaction(bx_process *process, const char *name, const char *equation,
                                 bx_rate_kind kind, const char *rate, bx_error *err);

/* When all is declared: have the species of fast reactions follow them. A becomes a rule, "A.slow"
 * a species, and "R.extent" the extent of a reaction R, named for its first species where R is no
 * name. Fails if such a species is not one of this process. */
int bx_process_settle(bx_process *process, bx_error *err);

/* At each exchange `target`, a species or a parameter, becomes the value of `formula`. Steps are
 * done in the order in which they are added, and each sees what those before it set; so their
 * formulas name species and parameters alone. */
int bx_process_add_step(bx_process *process, bx_phase phase, const char *target,
                        const char *formula, bx_error *err);

int bx_process_add_event(bx_process *process, const bx_event_declaration *event, bx_error *err);

#endif
