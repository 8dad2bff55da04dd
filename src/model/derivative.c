#include "model/derivative.h"

#include "model/program.h"

#include <math.h>

/* Of an operator of one operand. */
static double derivative(bx_op op, const bx_operation *o)
{
    switch (op) {
    case BX_OP_MOVE: return 1;
    case BX_OP_NEGATE: return -1;
    case BX_OP_ABS: return o->a < 0 ? -1 : 1;
    case BX_OP_EXP: return o->result;
    case BX_OP_LOG: return 1 / o->a;
    case BX_OP_LOG10: return 0.43429448190325182765 / o->a;
    case BX_OP_SQRT: return 0.5 / o->result;
    case BX_OP_SIN: return cos(o->a);
    case BX_OP_COS: return -sin(o->a);
    case BX_OP_TAN: return 1 + o->result * o->result;
    case BX_OP_ASIN: return 1 / sqrt(1 - o->a * o->a);
    case BX_OP_ACOS: return -1 / sqrt(1 - o->a * o->a);
    case BX_OP_ATAN: return 1 / (1 + o->a * o->a);
    case BX_OP_SINH: return cosh(o->a);
    case BX_OP_COSH: return sinh(o->a);
    case BX_OP_TANH: return 1 - o->result * o->result;
    case BX_OP_ASINH: return 1 / sqrt(1 + o->a * o->a);
    case BX_OP_ACOSH: return 1 / sqrt(o->a * o->a - 1);
    case BX_OP_ATANH: return 1 / (1 - o->a * o->a);
    case BX_OP_SQUARE: return 2 * o->a;
    case BX_OP_CUBE: return 3 * o->a * o->a;
    default: return 0; /* steps: not, floor, ceil */
    }
}

void bx_op_derivatives(bx_op op, const bx_operation *o, double d[3])
{
    double slope;
    d[0] = d[1] = d[2] = 0;
    if (bx_op_arity(op) == 1) {
        d[0] = derivative(op, o);
        return;
    }
    switch (op) {
    case BX_OP_ADD: d[0] = d[1] = 1; break;
    case BX_OP_SUBTRACT: d[0] = 1, d[1] = -1; break;
    case BX_OP_MULTIPLY: d[0] = o->b, d[1] = o->a; break;
    case BX_OP_DIVIDE: d[0] = 1 / o->b, d[1] = -o->result / o->b; break;
    case BX_OP_POWER:
        d[0] = o->b * bx_power(o->a, o->b - 1);
        d[1] = o->a > 0 ? o->result * log(o->a) : 0;
        break;
    case BX_OP_REMAINDER: d[0] = 1, d[1] = -trunc(o->a / o->b); break;
    case BX_OP_MIN: d[o->a < o->b ? 0 : 1] = 1; break;
    case BX_OP_MAX: d[o->a > o->b ? 0 : 1] = 1; break;
    case BX_OP_IF: d[o->a != 0 ? 1 : 2] = 1; break;
    case BX_OP_HILL:
        slope = o->result * (1 - o->result);
        d[0] = o->a > 0 ? o->c * slope / o->a : 0;
        d[1] = o->a > 0 ? -o->c * slope / o->b : 0;
        d[2] = o->a > 0 ? -slope * log(o->b / o->a) : 0;
        break;
    default: break; /* comparisons, and, or */
    }
}
