/* What every stochastic method asks of a network and its state: whole numbers of molecules. */
#ifndef BX_ENGINE_MOLECULES_H
#define BX_ENGINE_MOLECULES_H

#include "model/network.h"

/* Fails unless the counts of the species that `which` marks are whole numbers. */
int bx_molecules_check_counts(const bx_network *network, const bool *which, const double *frame,
                              bx_error *err);

/* Fails unless a reaction takes whole molecules, and changes those that `which` marks by whole
 * numbers. */
int bx_molecules_check_coefficients(const bx_network *network, size_t reaction, const bool *which,
                                    bx_error *err);

#endif
