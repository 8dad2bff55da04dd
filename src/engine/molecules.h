/* What every stochastic method asks of a network and its state: whole numbers of molecules. */
#ifndef BX_ENGINE_MOLECULES_H
#define BX_ENGINE_MOLECULES_H

#include "model/network.h"

/* Make the counts of the species that `which` marks whole numbers where rounding alone keeps them
 * from it; fails where they are none. */
int bx_molecules_check_counts(const bx_network *network, const bool *which, double *frame,
                              bx_error *err);

/* Fails unless a reaction takes whole molecules, and changes those that `which` marks by whole
 * numbers. */
int bx_molecules_check_coefficients(const bx_network *network, size_t reaction, const bool *which,
                                    bx_error *err);

#endif
