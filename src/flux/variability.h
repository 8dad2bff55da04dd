/* What is asked of the fluxes of a part of the optimum. */
#ifndef BX_FLUX_VARIABILITY_H
#define BX_FLUX_VARIABILITY_H

#include "flux/face.h"

/* The fluxes of each reaction with the least sum of absolute differences from what they are where
 * each column that is left has the value centre[j]. From then on the face is of those fluxes alone
 * for which that sum is least. */
int bx_face_nearest(bx_face *face, const double *centre, double *fluxes, bx_error *err);

/* The least and the greatest flux of each of `count` reactions. */
int bx_face_survey(bx_face *face, const size_t *reactions, size_t count, double *least,
                   double *greatest, bx_error *err);

#endif
