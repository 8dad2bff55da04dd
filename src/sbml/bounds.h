/* What XML may be before libSBML reads it, which takes some kinds of it with time that grows as the
 * square of their number, or with more stack than there is. */
#ifndef BX_SBML_BOUNDS_H
#define BX_SBML_BOUNDS_H

extern "C" {
#include "core/error.h"
}

#include "sbml/annotation.h"
#include "sbml/kept.h"

#include <string>

/* Check how deep elements nest, how many attributes and parts each has, and how many elements a
 * formula has; and put blanks in the place of annotations, so that nothing else reads them: lines
 * and columns stay. What they say is added to `annotations`, if that is not NULL. With `kept` they
 * stay, and what they hold goes there. -1 with BX_EMODEL, which names the element and its line. */
int bx_sbml_bound(std::string &text, Annotations *annotations, Kept *kept, bx_error *err);

#endif
