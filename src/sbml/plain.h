/* Flux-balance models in the form that programs of the field write: level 3 version 1 with fbc 2
 * (or 3, where its objectives are linear) and groups, and no formula, read in a stream. A genome's
 * model takes a tenth of the time that it takes as a document, and little memory. */
#ifndef BX_SBML_PLAIN_H
#define BX_SBML_PLAIN_H

extern "C" {
#include "core/warnings.h"
#include "flux/fba.h"
}

#include <string>

/* Read the text into `fba`, which is empty, as bx_sbml_read_fbc does. What breaks the form, where
 * that has no part in fluxes or its meaning is certain all the same, is a warning, one a kind. 1:
 * done; 0: the text has anything else beyond that form, right or wrong, and all is as it was:
 * bx_sbml_with_document knows what to say. -1 with err. Does not throw. */
int bx_sbml_read_plain(const std::string &text, const char *objective, bx_warnings *warnings,
                       bx_fba *fba, char taken[256], bx_error *err);

#endif
