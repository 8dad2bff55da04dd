/* Flux-balance models as SBML, level 3 version 1 with fbc version 2 and groups: the form in which
 * programs of the field write them, and read them. */
#ifndef BX_SBML_FBC_WRITE_H
#define BX_SBML_FBC_WRITE_H

#include "core/buffer.h"
#include "core/warnings.h"
#include "flux/fba.h"

/* Append the model as it is computed: what is stopped has bounds of 0. Warns of what is left out:
 * constraints of one's own, notes that are no XML, a charge that is no integer, members of groups
 * that are not there any more. -1 with BX_EMODEL where two parts would have one id, or BX_EMEMORY.
 */
int bx_sbml_write_fbc(const bx_fba *fba, bx_warnings *warnings, bx_buffer *out, bx_error *err);

#endif
