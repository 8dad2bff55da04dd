/* The solver's course within its last step, a polynomial in time, of some places of its state. */
#ifndef BX_ENGINE_DETERMINISTIC_COURSE_H
#define BX_ENGINE_DETERMINISTIC_COURSE_H

#include "engine/watch.h"

#include <sundials/sundials_context.h>

typedef struct bx_polynomials bx_polynomials;

/* places[i] is where the i-th value stands in the state of a solver by CVODE. NULL without memory.
 */
bx_polynomials *bx_polynomials_new(SUNContext context, const uint32_t *places, size_t count);
void bx_polynomials_free(bx_polynomials *polynomials); /* NULL is fine */

/* The course of the last step, up to the next. At a time its values are those of CVodeGetDky. */
bx_course bx_polynomials_course(bx_polynomials *polynomials, void *cvode);

#endif
