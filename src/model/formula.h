/* The formula language, parsed into a flat tree.
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
 * divided by y, of x's sign. Every argument is evaluated, also
 * the branch that `if` does not choose; a result is IEEE double arithmetic, NaN and infinity
 * included. A variable may bear the name of a function: only name "(" is a call.
 *
 * Random numbers, only in what an event sets: normal(mean, sd), uniform(low, high), bernoulli(p),
 * binomial(n, p), cauchy(location, scale), chisquare(n), exponential(rate), gamma(shape, scale),
 * laplace(location, scale), lognormal(mean, sd), poisson(mean), rayleigh(scale). Each but uniform
 * and bernoulli takes two more arguments, the bounds between which it is drawn. */
#ifndef BX_MODEL_FORMULA_H
#define BX_MODEL_FORMULA_H

#include "core/error.h"

#include <stddef.h>
#include <stdint.h>

/* Bounds of a formula: its bytes, and how deep parentheses, calls, signs and powers nest. */
#define BX_FORMULA_LENGTH ((size_t)1 << 20)
#define BX_FORMULA_DEPTH 256

typedef enum bx_op {
    BX_OP_NUMBER, /* a leaf: `number` */
    BX_OP_NAME,   /* a leaf: `a` indexes the formula's names */
    BX_OP_TIME,   /* a leaf */
    BX_OP_MOVE,
    BX_OP_NEGATE,
    BX_OP_NOT,
    BX_OP_ABS,
    BX_OP_EXP,
    BX_OP_LOG,
    BX_OP_LOG10,
    BX_OP_SQRT,
    BX_OP_FLOOR,
    BX_OP_CEIL,
    BX_OP_SIN,
    BX_OP_COS,
    BX_OP_TAN,
    BX_OP_ASIN,
    BX_OP_ACOS,
    BX_OP_ATAN,
    BX_OP_SINH,
    BX_OP_COSH,
    BX_OP_TANH,
    BX_OP_ASINH,
    BX_OP_ACOSH,
    BX_OP_ATANH,
    BX_OP_FACTORIAL,
    BX_OP_TRUNCATE,
    BX_OP_SQUARE,
    BX_OP_CUBE,
    BX_OP_ADD,
    BX_OP_SUBTRACT,
    BX_OP_MULTIPLY,
    BX_OP_DIVIDE,
    BX_OP_POWER,
    BX_OP_REMAINDER,
    BX_OP_BOUNDS, /* of a random number: the last operand of what draws it */
    BX_OP_MIN,
    BX_OP_MAX,
    BX_OP_LESS,
    BX_OP_LESS_EQUAL,
    BX_OP_GREATER,
    BX_OP_GREATER_EQUAL,
    BX_OP_EQUAL,
    BX_OP_NOT_EQUAL,
    BX_OP_AND,
    BX_OP_OR,
    BX_OP_IF,
    BX_OP_HILL,
    BX_OP_NORMAL, /* this and what follows draws */
    BX_OP_UNIFORM,
    BX_OP_BERNOULLI,
    BX_OP_BINOMIAL,
    BX_OP_CAUCHY,
    BX_OP_CHI_SQUARE,
    BX_OP_EXPONENTIAL,
    BX_OP_GAMMA,
    BX_OP_LAPLACE,
    BX_OP_LOG_NORMAL,
    BX_OP_POISSON,
    BX_OP_RAYLEIGH,
    BX_OP_COUNT
} bx_op;

typedef struct bx_node {
    bx_op op;
    uint32_t a, b, c; /* operands: indexes of earlier nodes */
    double number;
} bx_node;

/* A name as the formula uses it first. */
typedef struct bx_formula_name {
    char *text;
    uint32_t line, column;
} bx_formula_name;

typedef struct bx_formula {
    bx_node *nodes; /* operands before their operator; the last node is the root */
    size_t count;
    bx_formula_name *names;
    size_t name_count;
} bx_formula;

/* NULL with BX_EMODEL, whose message gives line, column and what was expected, or BX_EMEMORY. */
bx_formula *bx_formula_parse(const char *text, bx_error *err);

/* The formula that is a finite number; NULL with BX_EMEMORY. */
bx_formula *bx_formula_number(double number, bx_error *err);
void bx_formula_free(bx_formula *formula); /* NULL is fine */

/* How many operands an operator takes: 0 for the leaves. */
unsigned bx_op_arity(bx_op op);

/* 1 for <, <=, >, >=, == and !=. */
int bx_op_compares(bx_op op);

/* 1 for the operators that give random numbers. */
int bx_op_draws(bx_op op);

/* Whether `name` is a word that the language keeps: pi, time, true, false, and, or, not, if. */
int bx_formula_reserved(const char *name);

/* Whether `text` is a name of at most BX_NAME_LENGTH bytes that the language does not keep. */
int bx_formula_is_name(const char *text);

#endif
