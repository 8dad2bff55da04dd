/* How exactly the solver is to know each variable: its error may be a `relative` part of its value
 * and an absolute part, the user's or one that follows the variable's own scale. That is the
 * largest value it has had in the run; of what is still close to 0, that of the species that
 * reactions turn it into; and of what nothing is known about yet, what its rate says. So amounts of
 * 1e-20 and of 1e20 are known alike, and so is what falls far below its beginning and grows again.
 */
#ifndef BX_ENGINE_DETERMINISTIC_TOLERANCE_H
#define BX_ENGINE_DETERMINISTIC_TOLERANCE_H

#include "engine/run.h"
#include "model/network.h"

/* The relative part where a run gives none. */
#define BX_TOLERANCE_RELATIVE 3e-10

typedef struct bx_tolerance bx_tolerance;

/* Of a state of `size` places: species[i] is at place i, or BX_SLOT_NONE, and position[species] is
 * its place. They are kept, and so is `network`. */
bx_tolerance *bx_tolerance_new(const bx_network *network, const uint32_t *species,
                               const uint32_t *position, size_t size, bx_error *err);
void bx_tolerance_free(bx_tolerance *tolerance); /* NULL is fine */

/* Before a run; `frame` has its rules computed. Fails where the run names what has no tolerance. */
int bx_tolerance_begin(bx_tolerance *tolerance, const bx_run *run, const double *frame,
                       bx_error *err);

/* The relative part, of that run. */
double bx_tolerance_relative(const bx_tolerance *tolerance);

/* By place, the time in which it forgets, when last looked at. */
const double *bx_tolerance_memory(const bx_tolerance *tolerance);

/* Note derivatives, which are finite. */
void bx_tolerance_note(bx_tolerance *tolerance, const double *derivatives);

/* Note the derivatives of rates at `y`: they say how far rounding moves a rate. */
void bx_tolerance_note_jacobian(bx_tolerance *tolerance, const bx_csr *pattern,
                                const double *entries, const double *y);

/* The weight of each variable's error in a step, 1 over what it may be, at the state `y`, which is
 * noted. */
void bx_tolerance_weigh(bx_tolerance *tolerance, const double *y, double step, double *weights);

/* Put 0 in place of what is below it by no more than its tolerance. */
void bx_tolerance_clip(const bx_tolerance *tolerance, double *y);

/* Which variables may be below 0: those that are so in `y`, or this one. */
void bx_tolerance_free_signs(bx_tolerance *tolerance, const double *y);
void bx_tolerance_free_sign(bx_tolerance *tolerance, size_t place);

/* The first place that is below 0 by more than its tolerance and may not be, or the size. */
size_t bx_tolerance_negative(const bx_tolerance *tolerance, const double *y);

/* Whether such changes are small beside the largest of the state. */
bool bx_tolerance_small(const bx_tolerance *tolerance, const double *changes);

#endif
