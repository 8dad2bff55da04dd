/* Blocks of equations in a program: unknowns u such that the residuals g(u) are 0, or the place
 * where du/dt = g(u) comes to rest. A block is one instruction, BX_OP_SOLVE or BX_OP_SETTLE, and
 * behind it its body, which the instruction runs as often as it needs:
 *
 *   target   the block's slots: n unknowns, and one for each instruction of the body: n values to
 *            start from, what is in between, m amounts, n residuals; then room for the solver
 *   a, b, c  n, how many instructions the body has, and m
 *
 * The body assigns each slot once. It begins with the moves of the values to start from; what is
 * behind them computes amounts, which the flow does not make negative, and residuals. */
#ifndef BX_MODEL_SOLVE_H
#define BX_MODEL_SOLVE_H

#include "model/program.h"

#include <stdbool.h>

/* The most unknowns of a block. */
#define BX_SOLVE_MAXIMUM 1000

/* How many slots a block of n unknowns with a body of so many instructions has in all. */
static inline size_t bx_solve_room(size_t n, size_t body)
{
    return 2 * (n + body) + 2 * n * n + 4 * n;
}

/* Whether an instruction is a block's. */
static inline bool bx_solve_is(const bx_instruction *instruction)
{
    return instruction->op == BX_OP_SOLVE || instruction->op == BX_OP_SETTLE;
}

/* Find the unknowns, by Newton's method with halved steps, or by following the flow in implicit
 * steps that grow (Kelley and Keyes, SIAM J. Numer. Anal. 35, 508, 1998), until the residuals are
 * 0 within the rounding of their own terms. NaN where that fails. A value to start from that is
 * NaN counts as 1. Returns the last instruction of the block. */
const bx_instruction *bx_solve(const bx_instruction *head, double *frame);

/* Carry adjoints back through a block that was solved in `frame`: from those of the unknowns,
 * which become 0, to those of the slots from outside that its body reads. Between calls the
 * adjoints of the block's own slots are 0. False, and none are carried, where the equations do not
 * tell how the unknowns move. */
bool bx_solve_differentiate(const bx_instruction *head, double *frame, double *adjoints);

#endif
