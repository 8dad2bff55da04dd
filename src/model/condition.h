/* Compiling the condition of an event into comparisons and what joins them. */
#ifndef BX_MODEL_CONDITION_H
#define BX_MODEL_CONDITION_H

#include "model/network.h"

/* Resolves a formula's names to slots; rules whose value is a truth value are followed, so that
 * their comparisons are found too. formulas[r] and slots[r] are those of rule r. */
typedef struct bx_condition_context {
    bx_network *network;
    const bx_formula *const *rule_formulas;
    const uint32_t *const *rule_slots;
    bx_error *err;
} bx_condition_context;

/* Append the parts of `formula` to the network's logic and their uses to logic_uses. */
int bx_condition_compile(const bx_condition_context *context, const bx_formula *formula,
                         const uint32_t *slots, bx_range *logic);

#endif
