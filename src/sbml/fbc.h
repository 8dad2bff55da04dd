/* Flux-balance models in SBML: the package fbc, versions 1 and 2, and the older way of bounds in
 * kinetic laws and gene rules in notes. */
#ifndef BX_SBML_FBC_H
#define BX_SBML_FBC_H

#ifdef __cplusplus
extern "C" {
#endif

#include "flux/fba.h"
#include "sbml/read.h"

/* Put the metabolites and reactions of the model into `fba`, which is empty. `objective` is the id
 * of the one to take, NULL for the active one, whose id is written to `taken` ("" when the model
 * has none). Ids are SBML's; a gene is called by its label where that can stand in a rule.
 * Values that formulas give are those at the beginning. A gene rule that is none is left out, with
 * a warning of the source, and so are coefficients that are errors of rounding. A bound that is
 * missing is infinite, or 0 for the lower one of an irreversible reaction; a model that calls
 * itself strict must have all. -1 with BX_EMODEL or BX_EMEMORY. */
int bx_sbml_read_fbc(const bx_sbml_source *source, const char *objective, bx_fba *fba,
                     char taken[256], bx_error *err);

#ifdef __cplusplus
}
#endif

#endif
