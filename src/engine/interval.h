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
static inline bool bx_interval_is_point(bx_interval a)
{
    return a.low == a.high || (a.low != a.low && a.high != a.high);
}

/* Which operators round, and so change at once; change at once; have a kink. */
static inline bool bx_interval_rounds(bx_op op)
{
    return op == BX_OP_FLOOR || op == BX_OP_CEIL || op == BX_OP_TRUNCATE || op == BX_OP_REMAINDER;
}

static inline bool bx_interval_breaks(bx_op op)
{
    return bx_op_compares(op) || bx_interval_rounds(op);
}

static inline bool bx_interval_bends(bx_op op)
{
    return op == BX_OP_ABS || op == BX_OP_MIN || op == BX_OP_MAX;
}

/* All values of an operator, of as many operands as it has. */
bx_interval bx_interval_apply(bx_op op, bx_interval a, bx_interval b, bx_interval c);

/* The same for the four operators of plain sums, where it takes few words: false if not. */
static inline bool bx_interval_quick(bx_op op, bx_interval a, bx_interval b, bx_interval *r)
{
    double p, q, s, t;
    switch (op) {
    case BX_OP_ADD: *r = (bx_interval){a.low + b.low, a.high + b.high}; break;
    case BX_OP_SUBTRACT: *r = (bx_interval){a.low - b.high, a.high - b.low}; break;
    case BX_OP_MULTIPLY:
    case BX_OP_DIVIDE:
        if (op == BX_OP_DIVIDE && !(b.low > 0 || b.high < 0))
            return false;
        p = op == BX_OP_DIVIDE ? a.low / b.low : a.low * b.low;
        q = op == BX_OP_DIVIDE ? a.low / b.high : a.low * b.high;
        s = op == BX_OP_DIVIDE ? a.high / b.low : a.high * b.low;
        t = op == BX_OP_DIVIDE ? a.high / b.high : a.high * b.high;
        if ((p - p) + (q - q) + (s - s) + (t - t) != 0)
            return false;
        r->low = (p < q ? p : q) < (s < t ? s : t) ? (p < q ? p : q) : (s < t ? s : t);
        r->high = (p > q ? p : q) > (s > t ? s : t) ? (p > q ? p : q) : (s > t ? s : t);
        return true;
    default: return false;
    }
    return (r->low - r->low) + (r->high - r->high) == 0;
}

/* The values of an operator that changes or bends at once, if it does not do so: false if it may.
 */
bool bx_interval_settles(bx_op op, bx_interval a, bx_interval b, bx_interval *r);

#endif
