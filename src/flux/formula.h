/* Chemical formulas: "C6H12O6", "C2.5H4", "Fe2(SO4)3", "C10H15N5O10P2R". */
#ifndef BX_FLUX_FORMULA_H
#define BX_FLUX_FORMULA_H

#include <stdbool.h>
#include <stddef.h>

#define BX_FORMULA_SYMBOLS 32
#define BX_FORMULA_DEPTH 8

typedef struct bx_symbol {
    char name[3];
    double count;
} bx_symbol;

/* Each symbol once. */
typedef struct bx_composition {
    bx_symbol symbols[BX_FORMULA_SYMBOLS];
    size_t count;
} bx_composition;

/* Symbols are a capital with or without a small letter; each, and what is in parentheses, may have
 * a number behind it. False for anything else, as charges, "*" or "(CH2)n": nothing is guessed. */
bool bx_formula_read(const char *formula, bx_composition *composition);

/* Whether a symbol is that of an element, and not of a rest such as R or X. */
bool bx_is_element(const char *symbol);

#endif
