/* The fluxes whose objective is the best, or a part of it, as a linear program of their own,
 * reduced.
 *
 * At the best itself a reaction with a reduced cost is held at the bound where it stands, which is
 * the same as to demand the objective and exact (complementary slackness); below it the objective
 * is held by a bound or a row. */
#ifndef BX_FLUX_FACE_H
#define BX_FLUX_FACE_H

#include "flux/model.h"
#include "flux/reduction.h"

typedef struct bx_face {
    bx_fba *fba;
    bx_reduction *reduction;
    double limit; /* of the cost that fba->lp minimises, */
    double slack; /* which may be missed by this */
    double *flux; /* of each reaction, of the last point that was checked */
} bx_face;

/* After an optimum of the model; `plain`: not reduced. Fills *face, to be closed whatever comes. */
int bx_face_open(bx_face *face, bx_fba *fba, double fraction, bool plain, bx_error *err);
void bx_face_close(bx_face *face);

/* Fill face->flux from a point of what is left. BX_ESIMULATION unless it obeys the whole model, and
 * its objective is what was demanded, to a millionth of the best. */
int bx_face_check(bx_face *face, const double *x, bx_error *err);

/* A copy, if `row` with one more whose sum is the cost, at most `limit`. It is to be freed, also
 * where there is no memory. */
int bx_face_copy(bx_lp_problem *to, const bx_lp_problem *from, bool row, double limit,
                 bx_error *err);

/* What is done with it. Where rounding stands in the way of the reduced program, the whole one is
 * asked. */
typedef int bx_face_use(bx_face *face, void *data, bx_error *err);
int bx_face_run(bx_fba *fba, double fraction, bx_face_use *use, void *data, bx_error *err);

#endif
