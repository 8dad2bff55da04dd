/* Steady states of a cell: where all species that change come to rest, and what holds there. */
#ifndef BX_ANALYSIS_STEADY_H
#define BX_ANALYSIS_STEADY_H

#include "analysis/matrix.h"
#include "cell/cell.h"

#include <signal.h>

typedef enum bx_steady_way {
    BX_STEADY_USUAL,  /* along the course from the present state until Newton's method takes over;
                         where the course does not come to rest, Newton's method alone */
    BX_STEADY_NEWTON, /* Newton's method from the present state: any root, stable or not */
    BX_STEADY_INTEGRATION /* along the course alone */
} bx_steady_way;

typedef struct bx_steady_ask {
    bx_steady_way way;
    double tolerance;     /* the largest net change of a species beside its turnover; 0: 1e-9 */
    double horizon;       /* seconds that a course may take; 0: as long as it has steps */
    size_t maximum_steps; /* of the solver, in five rows of a course; 0: 90,000 */
    size_t starts;        /* the present state, and others with the same totals; 0 is 1 */
    uint64_t seed;        /* of these */
    const volatile sig_atomic_t *interrupt; /* or NULL */
} bx_steady_ask;

typedef enum bx_stability {
    BX_STABILITY_UNKNOWN, /* eigenvalues were not found */
    BX_STABLE,            /* all real parts are below 0 */
    BX_UNSTABLE,          /* one is above 0 */
    BX_NEUTRAL            /* the largest is 0 within rounding */
} bx_stability;

typedef struct bx_steady_state {
    double *frame;           /* of the network: species, parameters, rules are up to date */
    double *rates;           /* by reaction, per second */
    bx_matrix *jacobian;     /* by place: of the derivatives of species that change */
    bx_complex *eigenvalues; /* of what conservation laws leave free, by falling real part */
    size_t eigenvalue_count; /* 0: none, or they were not found */
    bx_stability stability;
    double residual;           /* as in bx_steady_ask.tolerance */
    bool by_course, by_newton; /* what led there */
    bool reached;              /* the course from the present state leads there, or is there */
    double time;               /* of a course: seconds from the present to where it was left */
    char note[512];            /* what is to be known beside; or "" */
} bx_steady_state;

typedef struct bx_steady {
    const bx_network *network;
    size_t size;             /* species that change */
    uint32_t *species;       /* place -> species */
    bx_steady_state *states; /* the first is that of the present state */
    size_t count;
} bx_steady;

/* Find steady states; the cell stays as it is. 0: there is at least one. BX_ESIMULATION says that
 * none was found, and why so far as that can be seen: growth, a cycle, rates that follow the time.
 * BX_EMODEL: delays, fast reactions, chance. A zeroed bx_steady is empty; it is the caller's to
 * close, also on failure. */
int bx_steady_find(bx_cell *cell, const bx_steady_ask *ask, bx_steady *steady, bx_error *err);
void bx_steady_close(bx_steady *steady);

/* The cell's species, and what events set on the way, take the values of a state that was found;
 * its time stays. At time 0 they are held as if they had been set. */
int bx_steady_enter(bx_cell *cell, const bx_steady_state *state, bx_error *err);

#endif
