/* What stochastic simulation makes of amounts: numbers of molecules.
 *
 * A species whose amount is in moles, or in parts of them, and which reactions change has its state
 * in "S.molecules"; "S" and "S.amount" are what they are for other methods. "U.in_molecules" is how
 * many molecules a unit U has, and "C.U.in_molecules" how many a unit of concentration has in
 * compartment C. */
#ifndef BX_SBML_MOLECULES_H
#define BX_SBML_MOLECULES_H

#include "sbml/model.h"

/* Find how many molecules a unit of each species has that reactions change. `amounts`: what they
 * begin with, by their place in the model. Warns of what is assumed, done and rounded; fails where
 * a unit counts nothing. */
int bx_sbml_count_molecules(bx_sbml *sbml, const double *amounts);

/* Declare the state of a species that begins with `value`. */
int bx_sbml_add_state(bx_sbml *sbml, const Species_t *species, const char *name, double value);

/* How many molecules a unit of the amount of a species has: 1 where amounts stay as they are. */
double bx_sbml_molecules_of(const bx_sbml *sbml, const Species_t *species);

/* Declare, if need be, and give the name of what the state of a species is divided by for its
 * amount, or for its concentration. Only where the state is not the amount. */
int bx_sbml_add_divisor(bx_sbml *sbml, const Species_t *species, bool concentration,
                        bx_sbml_name *name);

#endif
