/* Equations of reactions as the field writes them: "a + 2 b --> c", "atp_c <=> adp_c + (0.5)
 * 2pg_c".
 *
 *   equation = [ side ] arrow [ side ]
 *   arrow    = "->" | "-->" | "=>" | "==>" | "<->" | "<=>" | "<-->" | "<==>" | "<-" | "<--" ...
 *   side     = term { "+" term }
 *   term     = [ number | "(" number ")" ] metabolite
 *
 * A metabolite is any run of characters without a space. With the arrow "->" an equation in the
 * form of model/equation.h is what that says: no spaces are needed around "+", and "2pg" is "2 pg",
 * unless `is_known` knows a metabolite "2pg". */
#ifndef BX_FLUX_EQUATION_H
#define BX_FLUX_EQUATION_H

#include "model/equation.h"

typedef enum bx_arrow {
    BX_ARROW_PLAIN, /* "->" says nothing of the bounds */
    BX_ARROW_FORWARD,
    BX_ARROW_BOTH,
    BX_ARROW_BACKWARD
} bx_arrow;

/* -1 with BX_EMODEL or BX_EMEMORY; *equation is empty then. */
int bx_fba_equation_parse(const char *text, bool (*is_known)(const void *data, const char *id),
                          const void *data, bx_equation *equation, bx_arrow *arrow, bx_error *err);

#endif
