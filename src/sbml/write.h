/* A cell as SBML, level 3 version 2. */
#ifndef BX_SBML_WRITE_H
#define BX_SBML_WRITE_H

#include "cell/cell.h"
#include "core/buffer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Append the cell as a model called `id`, from its present values on, as its ODEs have it: mass
 * action becomes k times the reactants. Species are amounts in one compartment of size 1; names
 * with a "." get "__" in its place. The text has passed libSBML's consistency check. -1 with
 * BX_EMODEL, which names what SBML cannot say, or BX_EMEMORY. */
int bx_sbml_write(bx_cell *cell, const char *id, bx_buffer *out, bx_error *err);

#ifdef __cplusplus
}
#endif

#endif
