/* Gap filling: which reactions a model lacks (Satish Kumar, Dasika & Maranas, BMC Bioinformatics
 * 8:212, 2007; as cobrapy has it). */
#ifndef BX_FLUX_GAPFILL_H
#define BX_FLUX_GAPFILL_H

#include "flux/fba.h"

/* The most that a candidate may run where nothing bounds it. */
#define BX_FBA_FILLING_FLUX 1000.0

typedef struct bx_fba_filling {
    double demand;        /* the objective to reach, above 0; it is maximised */
    bool relaxed;         /* by the least sum of penalty times flux, not of penalties */
    size_t answers;       /* at most: 1 or more, and if relaxed 1 */
    bx_fba_status status; /* infeasible: not to be reached with all candidates */
    size_t found;         /* answers */
} bx_fba_filling;

typedef struct bx_fba_answer {
    bool *chosen;     /* by reaction; the caller's */
    double objective; /* with those chosen */
    double penalty;   /* of those chosen, together */
} bx_fba_answer;

/* Of the model with all candidates in it, those without which the demand is not reached: chosen[r],
 * of the least sum of penalties, each above 0, by branch and bound (CBC); or if relaxed those that
 * run where penalty times flux is least in all (a linear program, as in fastGapFill, Thiele,
 * Vlassis & Fleming, Bioinformatics 30:2529, 2014), which is quick and may be more than needed.
 * Either is verified by a program with these alone, and what that does not need is dropped, the
 * most expensive first: none of those left can be left out. Further answers, while there are any,
 * lack at least one reaction of each of those before (integer cuts), the cheapest first. */
int bx_fba_gapfill(bx_fba *fba, const bool *candidates, const double *penalties,
                   bx_fba_filling *filling, bx_fba_answer *answers, bx_error *err);

#endif
