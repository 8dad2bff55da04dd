/* Reaction equations: "2 A + B -> C", "-> mRNA", "protein ->".
 *
 *   equation = [ side ] "->" [ side ]
 *   side     = [ number ] species { "+" [ number ] species }
 *
 * A species may appear more than once: "A + A" is "2 A". */
#ifndef BX_MODEL_EQUATION_H
#define BX_MODEL_EQUATION_H

#include "core/error.h"

#include <stddef.h>

typedef struct bx_term {
    char *species;
    double coefficient; /* > 0 and finite */
} bx_term;

/* Terms of one species are added up on each side. */
typedef struct bx_equation {
    bx_term *terms; /* reactants, then products */
    size_t reactants, products;
} bx_equation;

/* -1 with BX_EMODEL or BX_EMEMORY; *equation is empty then. */
int bx_equation_parse(const char *text, bx_equation *equation, bx_error *err);
void bx_equation_free(bx_equation *equation);

#endif
