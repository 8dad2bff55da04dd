/* MathML, as libSBML holds it, to the formula language of the engine. */
#ifndef BX_SBML_MATH_H
#define BX_SBML_MATH_H

#include "sbml/model.h"

/* Append the formula of `node`. `reaction` is the one whose local parameters count, or NULL. A
 * construct without a counterpart is refused: BX_EMODEL names it. */
int bx_sbml_formula(bx_sbml *sbml, const ASTNode_t *node, const KineticLaw_t *law, bx_buffer *out,
                    bx_error *err);

/* The same where a truth value is wanted. */
int bx_sbml_condition(bx_sbml *sbml, const ASTNode_t *node, bx_buffer *out, bx_error *err);

#endif
