/* Random numbers of the distributions that formulas name. */
#ifndef BX_MODEL_DISTRIBUTION_H
#define BX_MODEL_DISTRIBUTION_H

#include "model/formula.h"

/* A number of the distribution `op` with parameters a and b. key[0] decides it: the same key gives
 * the same number; it lies between key[1] and key[2]. NaN if the parameters make no distribution,
 * or nearly nothing of it lies between the bounds. */
double bx_distribution_draw(bx_op op, double a, double b, const double *key);

#endif
