/* A model that was read, written again: its own document with the present values in place of those
 * that it began with. */
#ifndef BX_SBML_LOADED_H
#define BX_SBML_LOADED_H

#include "sbml/read.h"
#include "sbml/write.h"

#include <sbml/SBMLTypes.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Append the document of the source. Without `as_loaded` variables have their present values, none
 * an initial assignment, and time goes on from the present. Names, units, annotations, notes and
 * terms stay, and the level and version. 1: not all of it can be said there. -1 with
 * BX_EMODEL, which names what SBML cannot say, or BX_EMEMORY. */
int bx_sbml_write_loaded(const bx_sbml_source *source, const bx_sbml_present *present,
                         bool as_loaded, bx_buffer *out, bx_error *err);

/* Append a document, checked. Before, its parts that are variables, reactions and events of the
 * sources get what those say of them: names, notes, annotations, terms where they are of one kind
 * still, and the units of amounts, parameters and sizes. -1 with BX_EMODEL or BX_EMEMORY. */
int bx_sbml_finish(SBMLDocument_t *document, const bx_sbml_source *sources, size_t count,
                   bx_buffer *out, bx_error *err);

#ifdef __cplusplus
}
#endif

#endif
