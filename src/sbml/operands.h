/* The operands of a node, which ASTNode_getChild looks for from the first on each time. */
#ifndef BX_SBML_OPERANDS_H
#define BX_SBML_OPERANDS_H

#include <sbml/SBMLTypes.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Put them, as many as ASTNode_getNumChildren says, into `operands` in order. */
void bx_sbml_operands(const ASTNode_t *node, const ASTNode_t **operands);

#ifdef __cplusplus
}
#endif

#endif
