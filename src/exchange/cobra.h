/* Flux-balance models as cobrapy has them in JSON and YAML. */
#ifndef BX_EXCHANGE_COBRA_H
#define BX_EXCHANGE_COBRA_H

#include "core/buffer.h"
#include "core/error.h"
#include "core/warnings.h"
#include "flux/fba.h"

#include <stddef.h>

/* Longest text in bytes, unpacked, and deepest nesting. */
#define BX_COBRA_LENGTH ((size_t)64 << 20)
#define BX_COBRA_DEPTH 100

typedef enum bx_cobra_form { BX_COBRA_JSON, BX_COBRA_YAML } bx_cobra_form;

/* Put the model into `fba`, which is empty. The text is hostile, and may be compressed by gzip or
 * bzip2. The objective is maximised, as cobrapy does, unless objective_direction says "min". A
 * bound that is missing is 0 or 1000, cobrapy's default, with a warning; a gene rule that is none
 * is left out with one, and so is what is not known. In YAML aliases are refused. -1 with BX_EMODEL
 * or BX_EMEMORY. */
int bx_cobra_read(const char *text, size_t length, bx_cobra_form form, bx_fba *fba,
                  bx_warnings *warnings, bx_error *err);

/* Append the model as it is computed: what is stopped has bounds of 0. Ids are as cobrapy has them
 * once it has read SBML. Warns of what is left out: boundary metabolites, groups, constraints of
 * one's own, objectives but the one at work, and the sense "minimise", which cobrapy does not know
 * in JSON. -1 with BX_EMODEL where two parts would have one id, or BX_EMEMORY. */
int bx_cobra_write(const bx_fba *fba, bx_cobra_form form, bx_warnings *warnings, bx_buffer *out,
                   bx_error *err);

#endif
