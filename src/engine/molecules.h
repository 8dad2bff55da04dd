/* What every stochastic method asks of a network and its state: whole numbers of molecules. */
#ifndef BX_ENGINE_MOLECULES_H
#define BX_ENGINE_MOLECULES_H

#include "model/network.h"

/* Doubles hold every whole number up to here. */
#define BX_MOLECULES_MAXIMUM 9007199254740992.0

/* By what part of it a formula such as 0.29 * 100 may miss a whole number. A part, because an
 * amount near 0, as in moles, is no rounding error. */
#define BX_MOLECULES_ROUNDING 1e-12

/* Make the counts of the species that `which` marks whole numbers, where only an error of rounding
 * keeps them from that, or where they are declared to be rounded. Fails for other numbers, and for
 * counts above `maximum`: BX_MOLECULES_MAXIMUM, or infinity where the loss of one molecule of so
 * many does not matter, as in hybrid runs. */
int bx_molecules_check_counts(const bx_network *network, const bool *which, double maximum,
                              double *frame, bx_error *err);

/* Fails unless a reaction takes whole molecules, and changes those that `which` marks by whole
 * numbers. */
int bx_molecules_check_coefficients(const bx_network *network, size_t reaction, const bool *which,
                                    bx_error *err);

#endif
