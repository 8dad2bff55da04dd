/* A flux-balance model as bytes. */
#ifndef BX_FLUX_MODEL_WIRE_H
#define BX_FLUX_MODEL_WIRE_H

#include "core/buffer.h"
#include "flux/fba.h"

#include <stdint.h>

/* Append the model: all that is computed of it follows from them, but for the basis that the next
 * optimum is looked for from. The same bytes on every machine. */
int bx_fba_encode(const bx_fba *fba, bx_buffer *out, bx_error *err);

/* Add to a new model, without metabolites and reactions, what hostile bytes tell. BX_EPROTOCOL, or
 * BX_EMODEL; it is to be freed then. */
int bx_fba_decode(bx_fba *fba, const uint8_t *bytes, size_t length, bx_error *err);

#endif
