/* What the readers of reactions share. */
#ifndef BX_SBML_REACTION_H
#define BX_SBML_REACTION_H

#include "sbml/model.h"

/* Reactants, then products. NULL after the last. */
SpeciesReference_t *bx_sbml_reference_at(Reaction_t *reaction, unsigned i, bool *product);

/* The species of a reference if reactions change it, else NULL. */
const Species_t *bx_sbml_changed_species(const bx_sbml *sbml, const SpeciesReference_t *reference);

/* Whether an id stands for a number that the document gives and nothing changes. */
bool bx_sbml_is_fixed(const bx_sbml *sbml, const char *id);

/* The id of a species' conversion factor; NULL without one. */
const char *bx_sbml_conversion_of(const bx_sbml *sbml, const Species_t *species);

/* The number of a species reference with its conversion factor; NaN if it is a formula. */
double bx_sbml_fixed_stoichiometry(const bx_sbml *sbml, const SpeciesReference_t *reference,
                                   const Species_t *species);

/* By how much a firing changes a species; NaN as above. */
double bx_sbml_coefficient(const bx_sbml *sbml, const SpeciesReference_t *reference,
                           const Species_t *species);

/* For stochastic simulation: how many molecules an extent of 1 is, of a species whose stoichiometry
 * is 1. A conversion factor that is a small whole number is none of units, and stays in the
 * coefficient. */
double bx_sbml_molecules_of_extent(const bx_sbml *sbml, const Species_t *species);

/* What fires with `rate`, which it takes and which may be NULL after a failure, and changes species
 * by numbers; nothing where there are none. With `reversed` the sides are exchanged. */
int bx_sbml_add_equation(bx_sbml *sbml, Reaction_t *reaction, const char *name, bool reversed,
                         bx_rate_kind kind, bx_formula *rate);

/* For stochastic simulation: the reaction in one direction, or both, by mass action where its law
 * is that. */
int bx_sbml_add_firings(bx_sbml *sbml, Reaction_t *reaction);

#endif
