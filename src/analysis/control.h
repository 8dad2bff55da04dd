/* Metabolic control analysis at a steady state (Reder, J. Theor. Biol. 135, 175, 1988; Heinrich and
 * Schuster, "The Regulation of Cellular Systems", Chapman & Hall 1996, chapter 5): how rates answer
 * to species, and how the steady state and its fluxes answer to rates and parameters, at constant
 * conserved totals. All unscaled. */
#ifndef BX_ANALYSIS_CONTROL_H
#define BX_ANALYSIS_CONTROL_H

#include "analysis/steady.h"

typedef struct bx_control {
    bx_matrix *elasticities;   /* reactions x species: d(rate)/d(species) */
    bx_matrix *concentrations; /* species x reactions: d(species)/d(rate) */
    bx_matrix *fluxes;         /* reactions x reactions: d(flux)/d(rate) */
    bx_matrix *slopes; /* reactions x parameters: d(rate)/d(parameter), the state constant */
    bx_matrix *state_response; /* species x parameters: d(species)/d(parameter) */
    bx_matrix *flux_response;  /* reactions x parameters: d(flux)/d(parameter) */
} bx_control;

/* Species are those of `steady`, by place; slots, of parameters or of species that no reaction
 * changes. BX_ESIMULATION where the state is not isolated, so that it has no such answers. A zeroed
 * bx_control is empty; the caller closes it, also on failure. */
int bx_control_analyse(const bx_steady *steady, const bx_steady_state *state, const uint32_t *slots,
                       size_t count, bx_control *control, bx_error *err);
void bx_control_close(bx_control *control);

#endif
