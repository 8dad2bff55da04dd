/* Forward sensitivities: how what a run records changes with parameters and initial values. */
#ifndef BX_ANALYSIS_SENSITIVITY_H
#define BX_ANALYSIS_SENSITIVITY_H

#include "cell/cell.h"

/* Run as bx_cell_run does, by "ode", and give for each of run->by a trajectory with the same rows
 * and columns, of the derivatives of these: d column / d run->by[i], in the unit of the one over
 * that of the other; scaled, d log(column) / d log(run->by[i]), which is NaN where the column is 0.
 *
 * The derivatives are those of a run before which run->by[i] was set to another value
 * (bx_cell_set): at time 0 initial values follow parameters, of species they are by the initial
 * value, of concentrations by that; where the time is not 0 yet, the state is taken as given. Rules
 * and events are followed: rows at the time of an event are of just after it, at a fixed time.
 *
 * run->row, run->derivatives and run->every_step are not for it. On success *trajectory and
 * run->by_count derivatives are the caller's; on failure they are NULL, and the cell stands as
 * after a failure of bx_cell_run. What has no derivatives is refused: BX_ESIMULATION, BX_EMODEL. */
int bx_sensitivity_run(bx_cell *cell, const bx_run *run, bool scaled, bx_trajectory **trajectory,
                       bx_trajectory **derivatives, bx_error *err);

#endif
