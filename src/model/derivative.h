/* The derivatives of the operators of formulas. At a kink one of the sides' is taken. */
#ifndef BX_MODEL_DERIVATIVE_H
#define BX_MODEL_DERIVATIVE_H

#include "model/formula.h"

/* The operands and the result of an operator. */
typedef struct bx_operation {
    double a, b, c, result;
} bx_operation;

/* By the first, second and third operand; 0 for those that `op` does not take, for steps, and for
 * the factorial. */
void bx_op_derivatives(bx_op op, const bx_operation *o, double d[3]);

#endif
