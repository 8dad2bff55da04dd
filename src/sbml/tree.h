/* Formulas of the engine as MathML, as libSBML holds it. */
#ifndef BX_SBML_TREE_H
#define BX_SBML_TREE_H

#include "model/formula.h"
#include "sbml/model.h"

/* The id that a name of the engine gets in SBML: "." becomes "__". */
bx_sbml_name bx_sbml_id_of(const char *name);

/* A tree that the caller frees; `time` is added to the symbol time. A truth value where `truth` is
 * set, else a number. NULL on failure: what SBML cannot say is BX_EMODEL. */
ASTNode_t *bx_sbml_tree(const bx_formula *formula, double time, bool truth, bx_error *err);

/* Fails: a delayed value can't be written once time has passed. */
int bx_sbml_refuse_delay(bx_error *err);

/* Fails: delays reach to values of a name before time 0 that its initial formula gives. */
int bx_sbml_refuse_past(const char *name, bx_error *err);

/* A value that libSBML reads back once it is written: what is below the least normal number is 0.
 */
double bx_sbml_readable(double value);

/* The product of two trees, which it takes; NULL stands for 1. */
ASTNode_t *bx_sbml_product(ASTNode_t *a, ASTNode_t *b);
ASTNode_t *bx_sbml_number_tree(double number);
ASTNode_t *bx_sbml_name_tree(const char *name);

#endif
