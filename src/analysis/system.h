/* The differential equations of a network as a function of the species that change: rates,
 * their derivatives, and what holds whatever happens. */
#ifndef BX_ANALYSIS_SYSTEM_H
#define BX_ANALYSIS_SYSTEM_H

#include "analysis/conservation.h"
#include "analysis/matrix.h"
#include "engine/jacobian.h"

typedef struct bx_system {
    const bx_network *network;
    size_t size;        /* species that reactions change */
    uint32_t *species;  /* place -> species */
    uint32_t *position; /* species -> place */
    double *frame;      /* one of its own: what is evaluated last */
    double *rates;      /* by reaction, per second */
    bx_jacobian *jacobian;
    double *entries; /* by the Jacobian's pattern */
    bool timely;     /* rates depend on the time */
} bx_system;

/* Refused, with BX_EMODEL: delays, fast reactions, more species than a dense matrix holds. */
int bx_system_open(bx_system *system, const bx_network *network, bx_error *err);
void bx_system_close(bx_system *system);

/* Take species, parameters and time from a frame of the network. */
void bx_system_load(bx_system *system, const double *frame);

/* The state by place; and put one into the system's frame. */
void bx_system_state(const bx_system *system, double *state);
void bx_system_place(bx_system *system, const double *state);

/* The derivatives by place, at the frame's values; beside these, unless NULL, what comes and goes
 * altogether. -1 if something is not finite. */
int bx_system_derivatives(bx_system *system, double *derivatives, double *turnover);

/* The Jacobian at the frame's values, by place. */
void bx_system_jacobian(bx_system *system, bx_matrix *jacobian);

/* The derivatives of all rates by the species that change, at the frame's values: reactions x size.
 */
void bx_system_elasticities(bx_system *system, bx_matrix *elasticities);

/* The derivatives of all rates, by reaction, by a parameter or a species that no reaction changes,
 * at the frame's values; the state stays. Not finite where there is none. -1 without memory. */
int bx_system_slopes(bx_system *system, uint32_t slot, double *slopes);

#endif
