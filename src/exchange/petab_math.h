/* Mathematics as PEtab's tables have it, which has a grammar of its own (PEtab 2.0.0, "Math
 * expressions syntax"): && and || are of one rank, comparisons of one rank and joined from the
 * left,
 * "!" binds as tightly as a sign, `log` is the natural logarithm and takes a base,
 * piecewise(value, condition, ..., otherwise), arcsin, arccot and the like, sign, log2, inf.
 * Version 1 has no grammar; what its problems write is read as the same, and "**" as a power. Names
 * are as the model and the tables have them; `time` is the time. */
#ifndef BX_EXCHANGE_PETAB_MATH_H
#define BX_EXCHANGE_PETAB_MATH_H

#include "core/error.h"
#include "model/formula.h"

/* NULL with BX_EMODEL, whose message gives line, column and what was expected, or BX_EMEMORY. */
bx_formula *bx_petab_math(const char *text, bx_error *err);

#endif
