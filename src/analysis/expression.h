/* A formula by itself: its value at values of its names, and how much each of them moves it. */
#ifndef BX_ANALYSIS_EXPRESSION_H
#define BX_ANALYSIS_EXPRESSION_H

#include "core/error.h"
#include "model/formula.h"

typedef struct bx_expression bx_expression;

/* Takes over the formula, also on failure. NULL with BX_EMODEL, for what draws random numbers or
 * asks for the past, or BX_EMEMORY. */
bx_expression *bx_expression_new(bx_formula *formula, bx_error *err);
void bx_expression_free(bx_expression *expression); /* NULL is fine */

/* Its names, which it keeps, and their values, which the caller sets before an evaluation. */
size_t bx_expression_names(const bx_expression *expression);
const char *bx_expression_name(const bx_expression *expression, size_t i);
void bx_expression_set(bx_expression *expression, size_t i, double value);

double bx_expression_value(bx_expression *expression, double time);

/* The derivatives by its names, by reverse accumulation (Griewank and Walther, "Evaluating
 * Derivatives", SIAM 2008, section 3.2), at what it was evaluated with last; they last until the
 * next call. At a kink one of the sides' is taken. */
const double *bx_expression_gradient(bx_expression *expression);

#endif
