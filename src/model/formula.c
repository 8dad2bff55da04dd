#include "model/formula.h"

#include <stdlib.h>

unsigned bx_op_arity(bx_op op)
{
    if (op <= BX_OP_TIME)
        return 0;
    if (op < BX_OP_ADD)
        return 1;
    return op < BX_OP_IF ? 2 : 3;
}

int bx_op_compares(bx_op op)
{
    return op >= BX_OP_LESS && op <= BX_OP_NOT_EQUAL;
}

int bx_op_draws(bx_op op)
{
    return op >= BX_OP_NORMAL && op < BX_OP_COUNT;
}

void bx_formula_free(bx_formula *formula)
{
    if (!formula)
        return;
    for (size_t i = 0; i < formula->name_count; i++)
        free(formula->names[i].text);
    free(formula->names);
    free(formula->nodes);
    free(formula);
}

size_t bx_formula_depth(const bx_formula *formula, size_t root)
{
    size_t depth = 0, deepest = 0;
    for (size_t i = bx_formula_begin(formula, root); i <= root; i++) {
        depth = depth + 1 - bx_op_arity(formula->nodes[i].op);
        if (depth > deepest)
            deepest = depth;
    }
    return deepest;
}

size_t bx_formula_begin(const bx_formula *formula, size_t root)
{
    size_t wanted = 1, i = root + 1;
    while (wanted > 0) {
        i--;
        wanted = wanted - 1 + bx_op_arity(formula->nodes[i].op);
    }
    return i;
}
