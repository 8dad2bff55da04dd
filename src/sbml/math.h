/* MathML, as libSBML holds it, as formulas of the engine. */
#ifndef BX_SBML_MATH_H
#define BX_SBML_MATH_H

#include "sbml/model.h"

/* Add the value of `node` to the formula that sbml->builder makes. `law` is the one whose local
 * parameters count, or NULL. A construct without a counterpart is refused: BX_EMODEL names it.
 * Nothing here recurses: a formula may be as deep as libSBML reads it. */
void bx_sbml_math(bx_sbml *sbml, const ASTNode_t *node, const KineticLaw_t *law);

/* The same where a truth value is wanted. */
void bx_sbml_truth(bx_sbml *sbml, const ASTNode_t *node);

#endif
