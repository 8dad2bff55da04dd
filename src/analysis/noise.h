/* The linear noise approximation (van Kampen, "Stochastic Processes in Physics and Chemistry",
 * North Holland 1992, chapter X): how molecules, whose reactions happen by chance, spread around
 * what the differential equations give. Species are counts of molecules, rates are firings per
 * second; rates of change that are no reactions bring no noise. */
#ifndef BX_ANALYSIS_NOISE_H
#define BX_ANALYSIS_NOISE_H

#include "analysis/steady.h"

/* The covariances of the species, by place, around a stable steady state, within its conservation
 * laws: A C + C A' + D = 0 is solved by the matrix sign function (Roberts, Int. J. Control 32, 677,
 * 1980). The caller's. NULL with BX_ESIMULATION where the state is not stable, or a rate is below
 * 0.
 */
bx_matrix *bx_noise_at(const bx_steady *steady, const bx_steady_state *state, bx_error *err);

/* In time, from the cell's state on, of which everything is known. */
typedef struct bx_noise_course {
    size_t size;       /* species that change */
    uint32_t *species; /* by place */
    size_t rows;
    double *means;       /* row after row, by place */
    double *covariances; /* row after row, size x size */
} bx_noise_course;

/* The most species that change for which it is offered. */
#define BX_NOISE_MAXIMUM 40

/* `times`, ascending, are seconds from the present; the cell stays as it is. A zeroed course is
 * empty; the caller closes it, also on failure. BX_EMODEL: events, or too many species. */
int bx_noise_follow(const bx_cell *cell, const double *times, size_t count,
                    const volatile sig_atomic_t *interrupt, bx_noise_course *course, bx_error *err);
void bx_noise_close(bx_noise_course *course);

#endif
