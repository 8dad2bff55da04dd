/* Reaction equations: "2 A + B -> C", "-> mRNA", "protein ->".
 *
 *   equation = [ side ] "->" [ side ]
 *   side     = [ number ] species { "+" [ number ] species }
 *
 * A species may appear more than once: "A + A" is "2 A". */
#ifndef BX_MODEL_EQUATION_H
#define BX_MODEL_EQUATION_H

#include "core/error.h"
#include "core/names.h"

#include <stdbool.h>
#include <stddef.h>

#define BX_COEFFICIENT_MAXIMUM 1e300

typedef struct bx_term {
    char *species;
    double coefficient; /* above 0 */
} bx_term;

/* Terms of one species are added up on each side. */
typedef struct bx_equation {
    bx_term *terms; /* reactants, then products */
    size_t reactants, products;
} bx_equation;

/* An equation in the making. */
typedef struct bx_equation_builder {
    bx_equation equation;
    size_t capacity;
    bx_names side; /* the species of the present side by their term, if there are many */
} bx_equation_builder;

/* Add a term, all reactants before the first product. -1 without memory. */
int bx_equation_add(bx_equation_builder *builder, bool product, const char *species,
                    double coefficient);

/* The equation, the caller's; the builder is empty. */
bx_equation bx_equation_end(bx_equation_builder *builder);

/* -1 with BX_EMODEL or BX_EMEMORY; *equation is empty then. */
int bx_equation_parse(const char *text, bx_equation *equation, bx_error *err);
void bx_equation_free(bx_equation *equation);

#endif
