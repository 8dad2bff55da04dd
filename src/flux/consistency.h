/* Checks of what a model says, beside what it computes. */
#ifndef BX_FLUX_CONSISTENCY_H
#define BX_FLUX_CONSISTENCY_H

#include "flux/fba.h"
#include "flux/formula.h"

/* Symbols that are off in one reaction: more are not told. */
#define BX_FBA_OFF 32

/* What products have more than reactants. */
typedef struct bx_fba_balance {
    bool exempt; /* one-sided, or by its SBO term none of matter: nothing is checked */
    bx_symbol off[BX_FBA_OFF];
    size_t count;
    double charge;
    size_t no_formula, no_charge; /* a metabolite for which that cannot be told; or BX_FBA_NONE */
} bx_fba_balance;

/* Rests such as R and X are counted like elements: they are to be the same ones on both sides. */
int bx_fba_check_balance(const bx_fba *fba, size_t reaction, bx_fba_balance *balance,
                         bx_error *err);

/* The range of each flux while nothing is taken up or given off and nothing has to run: what is not
 * 0 runs in loops. */
int bx_fba_loops(bx_fba *fba, bx_fba_status *status, double *least, double *greatest,
                 bx_error *err);

#endif
