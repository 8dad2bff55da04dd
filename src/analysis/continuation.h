/* Branches of steady states along a parameter, by pseudo-arclength (Keller, in "Applications of
 * Bifurcation Theory", Academic Press 1977), with folds, Hopf points and branch points on them.
 * Conserved totals are those of the state that a branch begins with. */
#ifndef BX_ANALYSIS_CONTINUATION_H
#define BX_ANALYSIS_CONTINUATION_H

#include "analysis/steady.h"

typedef struct bx_continuation_ask {
    bx_steady_ask steady;  /* how the first states are found, at the parameter's present value if
                              that is between the ends, else at `from` */
    uint32_t slot;         /* of the parameter, or of a species that no reaction changes */
    double from, to;       /* from < to */
    double step;           /* the largest, beside the whole range; 0: 0.02 */
    size_t maximum_points; /* of each branch; 0: 2,000 */
} bx_continuation_ask;

typedef enum bx_point_kind {
    BX_POINT_ORDINARY,
    BX_POINT_FOLD,  /* the branch turns */
    BX_POINT_HOPF,  /* a pair of complex eigenvalues crosses the imaginary axis */
    BX_POINT_BRANCH /* another branch crosses */
} bx_point_kind;

typedef struct bx_branch_point {
    bx_point_kind kind;
    double parameter;
    double *frame;    /* of the network: variables are up to date */
    size_t unstable;  /* eigenvalues with a real part above 0 */
    double frequency; /* of a Hopf point: the imaginary part, radians per second */
} bx_branch_point;

typedef struct bx_branch {
    bx_branch_point *points; /* along it; those that are not ordinary stand between others */
    size_t count, capacity;
    const char *ends[2]; /* why it ends at its first and last point */
} bx_branch;

typedef struct bx_continuation {
    const bx_network *network;
    size_t size;
    uint32_t *species; /* that change, by place */
    bx_branch *branches;
    size_t count;
} bx_continuation;

/* Follow a branch from each steady state that is found; the cell stays as it is. A zeroed
 * bx_continuation is empty; the caller closes it, also on failure. */
int bx_continuation_follow(bx_cell *cell, const bx_continuation_ask *ask, bx_continuation *found,
                           bx_error *err);
void bx_continuation_close(bx_continuation *found);

#endif
