/* A part's id in SBML, and as cobrapy has it once it has read that: without "M_", "R_" or "G_", and
 * with any characters, which SBML's ids have as "__46__". Ids of a model that came from SBML are
 * SBML's; those of others are as cobrapy's. */
#ifndef BX_FLUX_IDENTIFIERS_H
#define BX_FLUX_IDENTIFIERS_H

#include "flux/fba.h"

/* To be freed; NULL without memory. */
char *bx_fba_sbml_id(const bx_fba *fba, bx_fba_kind kind, size_t item);
char *bx_fba_cobra_id(const bx_fba *fba, bx_fba_kind kind, size_t item);

/* SId of SBML: letters, digits and underscores, no digit first. */
bool bx_is_sbml_id(const char *id);

/* `prefix`, then `id` with its other characters as "__46__". */
char *bx_encode_sbml_id(const char *prefix, const char *id);

#endif
