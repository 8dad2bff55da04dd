/* What it may cost to read one message, so that none fills the reader's memory or holds it up:
 * memory for the parts of objects (names, sequences, genes) in proportion to the message, and steps
 * in searching tables. Values need no budget: BX_VALUE_COUNT bounds them. */
#ifndef BX_WIRE_BUDGET_H
#define BX_WIRE_BUDGET_H

#include "core/error.h"

#include <stddef.h>
#include <stdint.h>

/* What a part of each kind takes in memory, roughly, in bytes; its time is taken to go with that.
 */
enum { BX_COST_NAME = 256, BX_COST_SEQUENCE = 512, BX_COST_GENE = 256, BX_COST_PART = 24 };

typedef struct bx_budget {
    uint64_t memory, steps;
} bx_budget;

/* Of a message of `length` bytes. */
bx_budget bx_budget_of(size_t length);

/* Before `count` parts of `cost` each are read. -1 with BX_EPROTOCOL: too much; `what` is what they
 * are of. */
int bx_budget_spend(bx_budget *budget, uint64_t count, unsigned cost, const char *what,
                    bx_error *err);

/* Before a search that takes so many steps. */
int bx_budget_search(bx_budget *budget, uint64_t steps, bx_error *err);

#endif
