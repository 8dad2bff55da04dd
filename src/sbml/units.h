/* Units of a model in SBML: in words, and whether formulas agree with them. */
#ifndef BX_SBML_UNITS_H
#define BX_SBML_UNITS_H

#ifdef __cplusplus
extern "C" {
#endif

#include "sbml/read.h"

/* What is found is told: of "model", "compartment", "species", "parameter" and "reaction" the unit
 * of an id in words, as in "millimole per litre", "" where it has none; of "fault" what libSBML's
 * check of units says, its line as the id; and of "undeclared" where it can't check, for numbers or
 * names have no unit. -1 with BX_EMODEL or BX_EMEMORY. */
int bx_sbml_units(const bx_sbml_source *source,
                  void (*tell)(void *data, const char *kind, const char *id, const char *words),
                  void *data, bx_error *err);

#ifdef __cplusplus
}
#endif

#endif
