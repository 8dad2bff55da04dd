/* A formula as a flat tree: what the parser and the SBML reader build, and the compiler reads. */
#ifndef BX_MODEL_FORMULA_H
#define BX_MODEL_FORMULA_H

#include <stddef.h>
#include <stdint.h>

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
    BX_OP_DELAY, /* what a was b seconds ago */
    BX_OP_IF,
    BX_OP_HILL,
    BX_OP_SOLVE, /* no operators of formulas: see solve.h */
    BX_OP_SETTLE,
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

/* A name, and where the text has it first; line 0: the formula comes from no text. */
typedef struct bx_formula_name {
    char *text;
    uint32_t line, column;
} bx_formula_name;

/* Nodes stand as a stack machine wants them: all of an operator's operands, then the operator. So
 * the part under a node ends with the node, and the last node is the root. */
typedef struct bx_formula {
    bx_node *nodes;
    size_t count;
    bx_formula_name *names;
    size_t name_count;
} bx_formula;

void bx_formula_free(bx_formula *formula); /* NULL is fine */

/* Where the part of a formula under `root` begins: it is the nodes [begin, root]. */
size_t bx_formula_begin(const bx_formula *formula, size_t root);

/* How many values the evaluation of that part holds at a time, at most. */
size_t bx_formula_depth(const bx_formula *formula, size_t root);

/* How many operands an operator takes: 0 for the leaves. */
unsigned bx_op_arity(bx_op op);

/* 1 for <, <=, >, >=, == and !=. */
int bx_op_compares(bx_op op);

/* 1 for the operators that give random numbers. */
int bx_op_draws(bx_op op);

#endif
