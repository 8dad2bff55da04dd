/* Random numbers of the distributions that formulas name. */
#ifndef BX_MODEL_DISTRIBUTION_H
#define BX_MODEL_DISTRIBUTION_H

#include "model/formula.h"

#include <stdbool.h>

/* A distribution as SBML's package distrib has it. */
typedef struct bx_distribution {
    const char *name;
    bx_op op;
    unsigned parameters;  /* 1 or 2; behind them, where it may be cut off, its bounds */
    bool bounds, centred; /* without its first parameter it lies around 0 */
} bx_distribution;

/* NULL: there is none of that name. */
const bx_distribution *bx_distribution_find(const char *name);

/* How many of so many operands are parameters; 0: that is no number of operands that it has. */
unsigned bx_distribution_parameters(const bx_distribution *distribution, unsigned operands);

/* A number of the distribution `op` with parameters a and b. key[0] decides it: the same key gives
 * the same number; it lies between key[1] and key[2]. NaN if the parameters make no distribution,
 * or nearly nothing of it lies between the bounds. */
double bx_distribution_draw(bx_op op, double a, double b, const double *key);

#endif
