#include "model/parser.h"

#include "core/names.h"
#include "model/builder.h"
#include "model/lexer.h"

#include <math.h>
#include <string.h>

typedef struct parser {
    bx_lexer lexer;
    bx_builder builder;
    unsigned depth;
    bx_error *err;
} parser;

typedef struct function {
    const char *name;
    bx_op op;
    unsigned arguments;
} function;

static const function functions[] = {
    {"if", BX_OP_IF, 3},
    {"abs", BX_OP_ABS, 1},
    {"exp", BX_OP_EXP, 1},
    {"log", BX_OP_LOG, 1},
    {"log10", BX_OP_LOG10, 1},
    {"sqrt", BX_OP_SQRT, 1},
    {"pow", BX_OP_POWER, 2},
    {"min", BX_OP_MIN, 2},
    {"max", BX_OP_MAX, 2},
    {"floor", BX_OP_FLOOR, 1},
    {"ceil", BX_OP_CEIL, 1},
    {"sin", BX_OP_SIN, 1},
    {"cos", BX_OP_COS, 1},
    {"tan", BX_OP_TAN, 1},
    {"asin", BX_OP_ASIN, 1},
    {"acos", BX_OP_ACOS, 1},
    {"atan", BX_OP_ATAN, 1},
    {"sinh", BX_OP_SINH, 1},
    {"cosh", BX_OP_COSH, 1},
    {"tanh", BX_OP_TANH, 1},
    {"hill", BX_OP_HILL, 3},
    {"delay", BX_OP_DELAY, 2},
    {"asinh", BX_OP_ASINH, 1},
    {"acosh", BX_OP_ACOSH, 1},
    {"atanh", BX_OP_ATANH, 1},
    {"trunc", BX_OP_TRUNCATE, 1},
    {"rem", BX_OP_REMAINDER, 2},
    {"factorial", BX_OP_FACTORIAL, 1},
    {"normal", BX_OP_NORMAL, 2},
    {"uniform", BX_OP_UNIFORM, 2},
    {"bernoulli", BX_OP_BERNOULLI, 1},
    {"binomial", BX_OP_BINOMIAL, 2},
    {"cauchy", BX_OP_CAUCHY, 2},
    {"chisquare", BX_OP_CHI_SQUARE, 1},
    {"exponential", BX_OP_EXPONENTIAL, 1},
    {"gamma", BX_OP_GAMMA, 2},
    {"laplace", BX_OP_LAPLACE, 2},
    {"lognormal", BX_OP_LOG_NORMAL, 2},
    {"poisson", BX_OP_POISSON, 1},
    {"rayleigh", BX_OP_RAYLEIGH, 1},
};

static const char *const reserved[] = {"pi", "time", "true", "false", "and", "or", "not", "if"};

/* Parsing functions build one value; -1 with the error. A failure of the builder is seen at the
 * end. */
static int parse_or(parser *p);
static int parse_unary(parser *p);

int bx_formula_reserved(const char *name)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(reserved[i], name) == 0)
            return 1;
    return 0;
}

int bx_formula_is_name(const char *text)
{
    bx_lexer lexer;
    bx_lexer_init(&lexer, text, "name");
    return lexer.lexeme == BX_LEXEME_NAME && lexer.start == text && text[lexer.length] == '\0' &&
           lexer.length <= BX_NAME_LENGTH && !bx_formula_reserved(text);
}

static int expected(parser *p, const char *what)
{
    return bx_lexer_expected(&p->lexer, what, p->err);
}

static void apply(parser *p, bx_op op)
{
    bx_builder_apply(&p->builder, op);
}

static int accept(parser *p, bx_lexeme lexeme)
{
    if (p->lexer.lexeme != lexeme)
        return 0;
    bx_lexer_advance(&p->lexer);
    return 1;
}

static int enter(parser *p)
{
    if (++p->depth <= BX_FORMULA_DEPTH)
        return 0;
    return bx_fail(p->err, BX_EMODEL, "line %u, column %u: expected at most %d levels of nesting",
                   p->lexer.lexeme_line, p->lexer.lexeme_column, BX_FORMULA_DEPTH);
}

/* A part that nests a level deeper. */
static int parse_deeper(parser *p, int (*parse)(parser *))
{
    if (enter(p) < 0 || parse(p) < 0)
        return -1;
    p->depth--;
    return 0;
}

static int parse_number(parser *p)
{
    if (!isfinite(p->lexer.number))
        return expected(p, "a number below 1.8e308");
    bx_builder_number(&p->builder, p->lexer.number);
    bx_lexer_advance(&p->lexer);
    return 0;
}

static const function *find_function(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    return NULL;
}

/* The bounds of a random number, behind its parameters. */
static int parse_bounds(parser *p, bx_op op)
{
    if (op != BX_OP_UNIFORM && op != BX_OP_BERNOULLI && accept(p, BX_LEXEME_COMMA)) {
        if (parse_or(p) < 0)
            return -1;
        if (!accept(p, BX_LEXEME_COMMA))
            return expected(p, "\",\" and the upper bound");
        if (parse_or(p) < 0)
            return -1;
    } else {
        bx_builder_number(&p->builder, -INFINITY);
        bx_builder_number(&p->builder, INFINITY);
    }
    apply(p, BX_OP_BOUNDS);
    return 0;
}

/* min and max of more than two: folded from the left. What draws a random number has three
 * operands: two parameters, and the bounds. */
static int parse_arguments(parser *p, const function *f)
{
    for (unsigned i = 0; i < f->arguments; i++) {
        if (i > 0 && !accept(p, BX_LEXEME_COMMA))
            return expected(p, "\",\" and another argument");
        if (parse_or(p) < 0)
            return -1;
    }
    if (bx_op_draws(f->op)) {
        if (f->arguments == 1)
            bx_builder_number(&p->builder, 0);
        if (parse_bounds(p, f->op) < 0)
            return -1;
    }
    apply(p, f->op);
    while ((f->op == BX_OP_MIN || f->op == BX_OP_MAX) && accept(p, BX_LEXEME_COMMA)) {
        if (parse_or(p) < 0)
            return -1;
        apply(p, f->op);
    }
    return accept(p, BX_LEXEME_CLOSE) ? 0 : expected(p, "\")\"");
}

static int parse_call(parser *p, const char *name, const bx_lexer *place)
{
    const function *f = find_function(name);
    if (!f)
        return bx_lexer_expected(place, "the name of a function", p->err);
    if (enter(p) < 0 || parse_arguments(p, f) < 0)
        return -1;
    p->depth--;
    return 0;
}

static int parse_name(parser *p)
{
    bx_lexer place = p->lexer;
    char name[BX_NAME_LENGTH + 1];
    if (place.length > BX_NAME_LENGTH)
        return expected(p, "a name of at most 255 letters");
    memcpy(name, place.start, place.length);
    name[place.length] = '\0';
    bx_lexer_advance(&p->lexer);
    if (accept(p, BX_LEXEME_OPEN))
        return parse_call(p, name, &place);
    if (strcmp(name, "if") == 0)
        return expected(p, "\"(\" after if");
    if (strcmp(name, "time") == 0)
        apply(p, BX_OP_TIME);
    else if (strcmp(name, "pi") == 0)
        bx_builder_number(&p->builder, 3.14159265358979323846);
    else if (strcmp(name, "true") == 0 || strcmp(name, "false") == 0)
        bx_builder_number(&p->builder, name[0] == 't');
    else
        bx_builder_name(&p->builder, name, place.lexeme_line, place.lexeme_column);
    return 0;
}

static int parse_primary(parser *p)
{
    if (p->lexer.lexeme == BX_LEXEME_NUMBER)
        return parse_number(p);
    if (p->lexer.lexeme == BX_LEXEME_NAME)
        return parse_name(p);
    if (!accept(p, BX_LEXEME_OPEN))
        return expected(p, "a number, a name or \"(\"");
    if (parse_deeper(p, parse_or) < 0)
        return -1;
    return accept(p, BX_LEXEME_CLOSE) ? 0 : expected(p, "an operator or \")\"");
}

static int parse_power(parser *p)
{
    if (parse_primary(p) < 0)
        return -1;
    if (!accept(p, BX_LEXEME_POWER))
        return 0;
    if (parse_deeper(p, parse_unary) < 0)
        return -1;
    apply(p, BX_OP_POWER);
    return 0;
}

static int parse_unary(parser *p)
{
    int negative = p->lexer.lexeme == BX_LEXEME_MINUS;
    if (!negative && p->lexer.lexeme != BX_LEXEME_PLUS)
        return parse_power(p);
    bx_lexer_advance(&p->lexer);
    if (parse_deeper(p, parse_unary) < 0)
        return -1;
    if (negative)
        apply(p, BX_OP_NEGATE);
    return 0;
}

/* Operands that `parse` parses, joined from the left by the `count` operators of a rank. */
static int parse_joined(parser *p, int (*parse)(parser *), const bx_lexeme *lexemes,
                        const bx_op *ops, unsigned count)
{
    if (parse(p) < 0)
        return -1;
    for (;;) {
        unsigned i = 0;
        while (i < count && !accept(p, lexemes[i]))
            i++;
        if (i == count)
            return 0;
        if (parse(p) < 0)
            return -1;
        apply(p, ops[i]);
    }
}

static int parse_product(parser *p)
{
    static const bx_lexeme lexemes[] = {BX_LEXEME_TIMES, BX_LEXEME_DIVIDE};
    static const bx_op ops[] = {BX_OP_MULTIPLY, BX_OP_DIVIDE};
    return parse_joined(p, parse_unary, lexemes, ops, 2);
}

static int parse_sum(parser *p)
{
    static const bx_lexeme lexemes[] = {BX_LEXEME_PLUS, BX_LEXEME_MINUS};
    static const bx_op ops[] = {BX_OP_ADD, BX_OP_SUBTRACT};
    return parse_joined(p, parse_product, lexemes, ops, 2);
}

/* The operator that a lexeme compares by; BX_OP_COUNT: none. */
static bx_op comparison(bx_lexeme lexeme)
{
    switch (lexeme) {
    case BX_LEXEME_LESS: return BX_OP_LESS;
    case BX_LEXEME_LESS_EQUAL: return BX_OP_LESS_EQUAL;
    case BX_LEXEME_GREATER: return BX_OP_GREATER;
    case BX_LEXEME_GREATER_EQUAL: return BX_OP_GREATER_EQUAL;
    case BX_LEXEME_EQUAL: return BX_OP_EQUAL;
    case BX_LEXEME_NOT_EQUAL: return BX_OP_NOT_EQUAL;
    default: return BX_OP_COUNT;
    }
}

static int parse_comparison(parser *p)
{
    if (parse_sum(p) < 0)
        return -1;
    bx_op op = comparison(p->lexer.lexeme);
    if (op == BX_OP_COUNT)
        return 0;
    bx_lexer_advance(&p->lexer);
    if (parse_sum(p) < 0)
        return -1;
    if (comparison(p->lexer.lexeme) != BX_OP_COUNT)
        return expected(p, "\"and\" between two comparisons");
    apply(p, op);
    return 0;
}

static int parse_not(parser *p)
{
    if (!accept(p, BX_LEXEME_NOT))
        return parse_comparison(p);
    if (parse_deeper(p, parse_not) < 0)
        return -1;
    apply(p, BX_OP_NOT);
    return 0;
}

static int parse_and(parser *p)
{
    static const bx_lexeme lexeme = BX_LEXEME_AND;
    static const bx_op op = BX_OP_AND;
    return parse_joined(p, parse_not, &lexeme, &op, 1);
}

static int parse_or(parser *p)
{
    static const bx_lexeme lexeme = BX_LEXEME_OR;
    static const bx_op op = BX_OP_OR;
    return parse_joined(p, parse_and, &lexeme, &op, 1);
}

bx_formula *bx_formula_parse(const char *text, bx_error *err)
{
    if (strnlen(text, BX_FORMULA_LENGTH + 1) > BX_FORMULA_LENGTH) {
        bx_fail(err, BX_EMODEL, "expected a formula of at most %zu bytes", BX_FORMULA_LENGTH);
        return NULL;
    }
    parser p = {.builder = {.err = err}, .err = err};
    bx_lexer_init(&p.lexer, text, "formula");
    int result = parse_or(&p);
    if (result == 0 && p.lexer.lexeme != BX_LEXEME_END)
        result = expected(&p, "an operator or the end");
    if (result == 0)
        return bx_builder_end(&p.builder);
    bx_builder_drop(&p.builder);
    return NULL;
}
