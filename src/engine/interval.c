#include "engine/interval.h"

#include "model/program.h"

#include <math.h>

#define PI 3.14159265358979323846

/* By how much functions of the mathematical library may miss, relative to their values. */
#define LIBRARY_ERROR 1e-15

typedef bx_interval interval;

const interval bx_interval_unbounded = {-INFINITY, INFINITY};

static interval hull(const double *values, size_t count)
{
    interval r = {values[0], values[0]};
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i]))
            return bx_interval_unbounded;
        r.low = values[i] < r.low ? values[i] : r.low;
        r.high = values[i] > r.high ? values[i] : r.high;
    }
    return r;
}

static interval widened(interval r)
{
    double low = fabs(r.low), high = fabs(r.high),
           scale = (low > high ? low : high) * LIBRARY_ERROR;
    return isfinite(scale) ? (interval){r.low - scale, r.high + scale} : r;
}

static interval at_ends(bx_op op, interval a)
{
    double values[2] = {bx_program_apply(op, a.low, 0, 0), bx_program_apply(op, a.high, 0, 0)};
    return hull(values, 2);
}

static interval at_corners(bx_op op, interval a, interval b)
{
    double values[4] = {
        bx_program_apply(op, a.low, b.low, 0), bx_program_apply(op, a.high, b.high, 0),
        bx_program_apply(op, a.low, b.high, 0), bx_program_apply(op, a.high, b.low, 0)};
    return hull(values, 4);
}

/* Of sine, whose extremes are at PI / 2 + k PI, and cosine, where they are at k PI. */
static interval wave(bx_op op, interval a)
{
    double shift = op == BX_OP_SIN ? PI / 2 : 0;
    double first = ceil((a.low - shift) / PI - 1e-9), last = floor((a.high - shift) / PI + 1e-9);
    if (!(last - first < 1))
        return last == first ? bx_interval_unbounded : (interval){-1, 1};
    interval r = widened(at_ends(op, a));
    if (last < first)
        return r;
    return fmod(first, 2) == 0 ? (interval){r.low, 1} : (interval){-1, r.high};
}

static bool holds(interval a, double value)
{
    return a.low <= value && value <= a.high;
}

interval bx_interval_apply(bx_op op, interval a, interval b, interval c)
{
    double zero[3] = {0, 0, 0};
    interval r;
    switch (op) {
    case BX_OP_ADD:
    case BX_OP_SUBTRACT:
    case BX_OP_MIN:
    case BX_OP_MAX:
    case BX_OP_MULTIPLY: return at_corners(op, a, b);
    case BX_OP_DIVIDE: return holds(b, 0) ? bx_interval_unbounded : at_corners(op, a, b);
    case BX_OP_MOVE:
    case BX_OP_NEGATE:
    case BX_OP_CUBE:
    case BX_OP_FLOOR:
    case BX_OP_CEIL:
    case BX_OP_TRUNCATE:
    case BX_OP_SQRT: return at_ends(op, a);
    case BX_OP_ABS:
    case BX_OP_SQUARE:
    case BX_OP_COSH:
        r = widened(at_ends(op, a));
        zero[0] = op == BX_OP_COSH;
        return holds(a, 0) ? (interval){zero[0], r.high} : r;
    case BX_OP_SIN:
    case BX_OP_COS: return wave(op, a);
    case BX_OP_TAN:
        return floor(a.low / PI - 0.5) == floor(a.high / PI - 0.5) ? widened(at_ends(op, a))
                                                                   : bx_interval_unbounded;
    case BX_OP_POWER: return a.low >= 0 ? widened(at_corners(op, a, b)) : bx_interval_unbounded;
    case BX_OP_NOT: return holds(a, 0) ? (interval){0, 1} : (interval){0, 0};
    case BX_OP_LESS:
    case BX_OP_LESS_EQUAL:
    case BX_OP_GREATER:
    case BX_OP_GREATER_EQUAL:
    case BX_OP_EQUAL:
    case BX_OP_NOT_EQUAL:
    case BX_OP_AND:
    case BX_OP_OR: return (interval){0, 1};
    case BX_OP_IF:
        if (!holds(a, 0))
            return b;
        return a.low == a.high ? c : hull((double[]){b.low, b.high, c.low, c.high}, 4);
    case BX_OP_EXP:
    case BX_OP_LOG:
    case BX_OP_LOG10:
    case BX_OP_ASIN:
    case BX_OP_ACOS:
    case BX_OP_ATAN:
    case BX_OP_SINH:
    case BX_OP_TANH:
    case BX_OP_ASINH:
    case BX_OP_ACOSH:
    case BX_OP_ATANH: return widened(at_ends(op, a));
    default: return bx_interval_unbounded;
    }
}

bool bx_interval_settles(bx_op op, interval a, interval b, interval *r)
{
    *r = (interval){bx_program_apply(op, a.low, b.low, 0), bx_program_apply(op, a.high, b.high, 0)};
    switch (op) {
    case BX_OP_LESS:
    case BX_OP_GREATER_EQUAL: return a.high < b.low || a.low >= b.high;
    case BX_OP_GREATER:
    case BX_OP_LESS_EQUAL: return a.high <= b.low || a.low > b.high;
    case BX_OP_EQUAL:
    case BX_OP_NOT_EQUAL: return a.high < b.low || a.low > b.high;
    case BX_OP_ABS: *r = at_ends(op, a); return a.low >= 0 || a.high < 0;
    case BX_OP_MIN:
    case BX_OP_MAX: return a.high < b.low || a.low >= b.high;
    case BX_OP_REMAINDER:
        return b.low == b.high && a.high - a.low < fabs(b.low) && r->low <= r->high;
    default: return r->low == r->high;
    }
}
