/* The formula language.
 *
 *   formula    = or
 *   or         = and { ("or" | "||") and }
 *   and        = not { ("and" | "&&") not }
 *   not        = ("not" | "!") not | comparison
 *   comparison = sum [ ("<" | "<=" | ">" | ">=" | "==" | "!=" | "~=") sum ]
 *   sum        = product { ("+" | "-") product }
 *   product    = unary { ("*" | "/") unary }
 *   unary      = ("-" | "+") unary | power
 *   power      = primary [ "^" unary ]                  right associative; -x^2 is -(x^2)
 *   primary    = number | name | name "(" formula { "," formula } ")" | "(" formula ")"
 *   number     = decimal digits with an optional point and exponent, as 1, .5, 2.5e-3
 *   name       = letter or "_", then letters, digits and "_"; parts joined by "." as in S.amount
 *
 * A truth value is a number: comparisons, and, or, not give 1 or 0; whatever is not 0 is true.
 * Comparisons do not chain. Constants: pi, true, false. `time` is the cell's time in seconds.
 *
 * Functions: if(condition, a, b), abs, exp, log (natural), log10, sqrt, pow(x, y), min and max (of
 * two or more), floor, ceil, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, and
 * hill(x, k, n) = x^n / (k^n + x^n), which is 0 where x <= 0; asinh, acosh, atanh, factorial (of
 * any number above -1: the gamma function of x + 1), trunc (towards 0) and rem(x, y), what x leaves
 * divided by y, of x's sign. delay(x, s) is what x, a formula, was s seconds ago; see history.h.
 * Every argument is evaluated, also the branch that `if` does not choose; a result is IEEE double
 * arithmetic, NaN and infinity included. A variable may bear the name of a function: only name "("
 * is a call.
 *
 * Random numbers, only in what an event sets: normal(mean, sd), uniform(low, high), bernoulli(p),
 * binomial(n, p), cauchy(location, scale), chisquare(n), exponential(rate), gamma(shape, scale),
 * laplace(location, scale), lognormal(mean, sd), poisson(mean), rayleigh(scale). Each but uniform
 * and bernoulli takes two more arguments, the bounds between which it is drawn. */
#ifndef BX_MODEL_PARSER_H
#define BX_MODEL_PARSER_H

#include "core/error.h"
#include "model/formula.h"

/* Bounds of a formula: its bytes, and how deep parentheses, calls, signs and powers nest. */
#define BX_FORMULA_LENGTH ((size_t)1 << 20)
#define BX_FORMULA_DEPTH 256

/* NULL with BX_EMODEL, whose message gives line, column and what was expected, or BX_EMEMORY. */
bx_formula *bx_formula_parse(const char *text, bx_error *err);

/* Whether `name` is a word that the language keeps: pi, time, true, false, and, or, not, if. */
int bx_formula_reserved(const char *name);

/* Whether `text` is a name of at most BX_NAME_LENGTH bytes that the language does not keep. */
int bx_formula_is_name(const char *text);

#endif
