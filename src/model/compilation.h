/* What the parts of the compiler share: the network in the making. Each part, in this order, fills
 * its share of it; 0, or -1 with BX_EMODEL, whose message names the item, or BX_EMEMORY. */
#ifndef BX_MODEL_COMPILATION_H
#define BX_MODEL_COMPILATION_H

#include "model/network.h"

typedef struct bx_compilation {
    bx_network *network;
    bx_process *const *processes;
    size_t process_count;
    const bx_process **owners;      /* by slot: who declared it first */
    const bx_declared_rule **rules; /* by rule */
    uint32_t **rule_slots;          /* by rule: the slots of its formula's names */
    double *net;                    /* by species: scratch, zero in between */
    uint32_t *terms;                /* scratch: the species of an equation */
    bx_error *err;
} bx_compilation;

/* Species, parameters and rules get their slots, then the time, the rates and the temporaries. */
int bx_compile_variables(bx_compilation *c);

int bx_compile_equations(bx_compilation *c);

/* Rules in an order in which each finds what it needs. */
int bx_compile_rules(bx_compilation *c);

/* With rules that are to be solved: put rules that depend on each other side by side in the order,
 * those to be solved first, and have them use what they do together. */
int bx_compile_parts(bx_compilation *c);

/* Append the code of the block whose first rule has this place in the order. */
int bx_compile_block(bx_compilation *c, size_t place);

int bx_compile_rates(bx_compilation *c);
int bx_compile_events(bx_compilation *c);

/* What exchanges do, phase by phase, in order of the processes. */
int bx_compile_steps(bx_compilation *c);

/* Append the parts of a condition to the network's logic, with their uses. Rules whose value is a
 * truth value are followed, so that their comparisons are found too. */
int bx_compile_condition(bx_compilation *c, const bx_formula *formula, const uint32_t *slots,
                         bx_range *logic);

/* The values that formulas give species and parameters to begin with: each after what it needs,
 * through rules too. They count where the process that gives them declared the variable first. */
int bx_compile_initials(bx_compilation *c);

/* What delayed values need. */
int bx_compile_delays(bx_compilation *c);

/* ---- for each part ---- */

/* The slots of a formula's names, to be freed; NULL on failure, which an interruption is, too. */
uint32_t *bx_compilation_resolve(bx_compilation *c, const bx_formula *formula);

/* Append code that puts the formula's value into `target`. */
int bx_compilation_add(bx_compilation *c, const bx_formula *formula, const uint32_t *slots,
                       uint32_t target, bx_range *code);

/* Fail if random numbers are drawn beyond the first `draws`: they are for what events set. */
int bx_compilation_refuse_draws(bx_compilation *c, size_t draws);

/* Whether a formula depends on changing species, and on time, through rules too. */
void bx_compilation_dependence(const bx_network *network, const bx_formula *formula,
                               const uint32_t *slots, bool *varies, bool *timely);

/* The species or parameter that is set when the slot is, if to the same value: that behind a rule
 * without a size; else the slot itself. */
size_t bx_compilation_behind(const bx_compilation *c, size_t slot);

/* "species", "parameter" or "rule". */
const char *bx_compilation_kind(const bx_network *network, size_t slot);

/* Add the slots to the row of `uses` and end it. */
int bx_compilation_use(bx_compilation *c, bx_csr *uses, const uint32_t *slots, size_t count);

#endif
