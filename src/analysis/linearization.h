/* A network at a steady state, for what is linear there: control, noise. */
#ifndef BX_ANALYSIS_LINEARIZATION_H
#define BX_ANALYSIS_LINEARIZATION_H

#include "analysis/newton.h"
#include "analysis/steady.h"

typedef struct bx_linearization {
    bx_system system;
    bx_newton newton;
    double *state;      /* by place */
    bx_matrix *link;    /* changes of all species from those of independent ones */
    bx_matrix *reduced; /* the Jacobian of independent species */
} bx_linearization;

/* Close it also where this fails; it must not move. */
int bx_linearization_open(bx_linearization *l, const bx_steady *steady,
                          const bx_steady_state *state, bx_error *err);
void bx_linearization_close(bx_linearization *l);

#endif
