/* Arithmetic of intervals, with the operators of formulas (Moore, Interval Analysis, 1966). What is
 * monotone in exact arithmetic is so when rounded, so that these bounds hold for the numbers that
 * the program computes. */
#ifndef BX_ENGINE_INTERVAL_H
#define BX_ENGINE_INTERVAL_H

#include "model/formula.h"

#include <stdbool.h>

typedef struct bx_interval {
    double low, high;
} bx_interval;

extern const bx_interval bx_interval_unbounded;

/* Whether it has one value, which may be NaN. */
bool bx_interval_is_point(bx_interval a);

/* All values of an operator, of as many operands as it has. */
bx_interval bx_interval_apply(bx_op op, bx_interval a, bx_interval b, bx_interval c);

/* The values of an operator that changes or bends at once, if it does not do so: false if it may.
 */
bool bx_interval_settles(bx_op op, bx_interval a, bx_interval b, bx_interval *r);

#endif
