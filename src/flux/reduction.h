/* A linear program without what its own constraints settle: columns that can have one value alone,
 * rows that hold whatever the rest is, and columns that are always the same multiple of each other
 * (presolving, Andersen & Andersen, Math. Program. 71:221, 1995; coupled reactions, Burgard et al.,
 * Genome Res. 14:301, 2004). Whatever the cost, both programs have the same solutions, also where
 * columns are bounded further; a genome-scale model's is some five times smaller. */
#ifndef BX_FLUX_REDUCTION_H
#define BX_FLUX_REDUCTION_H

#include "flux/lp.h"

#include <stdbool.h>
#include <stdint.h>

#define BX_REDUCTION_FIXED UINT32_MAX

typedef struct bx_reducing bx_reducing;

typedef struct bx_reduction {
    bx_lp_problem problem; /* what is left */
    double settled;        /* the cost of what is not */
    size_t whole;          /* columns of the whole program */
    uint32_t *column;      /* of each the one that stands for it, or BX_REDUCTION_FIXED */
    double *factor;        /* of each: it is so many times that one; or it has this value */
    uint32_t *row;         /* of each row of the whole what is left of it */
    bx_reducing *history;  /* how it came about */
} bx_reduction;

/* What is left of `whole`. If `plain`, nothing is taken away. NULL without memory, or with
 * BX_ESIMULATION where it has no solution. */
bx_reduction *bx_reduction_new(const bx_lp_problem *whole, bool plain, bx_error *err);
void bx_reduction_free(bx_reduction *reduction); /* NULL is fine */

/* Have what is left follow the whole to other costs, and to bounds that are as those it was made of
 * or tighter: its costs and bounds are then in `problem`. False where what is settled cannot keep
 * its value: the whole has no solution, or rounding says so. */
bool bx_reduction_follow(bx_reduction *reduction, const bx_lp_problem *whole);

/* The values of all columns of the whole, from those of what is left. */
void bx_reduction_expand(const bx_reduction *reduction, const double *x, double *whole);

/* A basis of the whole that is as good as the optimal one that `left`, the program of what is left,
 * has come to, and the prices of all rows at it. -1 without memory. */
int bx_reduction_restore(const bx_reduction *reduction, const bx_lp *left, unsigned char *whole,
                         double *prices);

#endif
