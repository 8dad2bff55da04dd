#include "model/formula.h"

#include "core/names.h"
#include "model/lexer.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct parser {
    bx_lexer lexer;
    bx_formula *formula;
    size_t capacity, name_capacity;
    bx_names names;
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

/* Parsing functions return the index of the node they made, or -1. */
static int64_t parse_or(parser *p);
static int64_t parse_unary(parser *p);

unsigned bx_op_arity(bx_op op)
{
    if (op <= BX_OP_TIME)
        return 0;
    if (op < BX_OP_ADD)
        return 1;
    return op < BX_OP_IF ? 2 : 3;
}

int bx_op_compares(bx_op op)
{
    return op >= BX_OP_LESS && op <= BX_OP_NOT_EQUAL;
}

int bx_op_draws(bx_op op)
{
    return op >= BX_OP_NORMAL && op < BX_OP_COUNT;
}

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
    return lexer.token == BX_TOKEN_NAME && lexer.start == text && text[lexer.length] == '\0' &&
           lexer.length <= BX_NAME_LENGTH && !bx_formula_reserved(text);
}

void bx_formula_free(bx_formula *formula)
{
    if (!formula)
        return;
    for (size_t i = 0; i < formula->name_count; i++)
        free(formula->names[i].text);
    free(formula->names);
    free(formula->nodes);
    free(formula);
}

static int64_t fail_memory(parser *p)
{
    return bx_fail_memory(p->err);
}

static int64_t expected(parser *p, const char *what)
{
    return bx_lexer_expected(&p->lexer, what, p->err);
}

static int64_t add_node(parser *p, bx_node node)
{
    bx_formula *formula = p->formula;
    if (formula->count == p->capacity) {
        size_t capacity = p->capacity ? p->capacity * 2 : 4;
        bx_node *nodes = realloc(formula->nodes, capacity * sizeof *nodes);
        if (!nodes)
            return fail_memory(p);
        formula->nodes = nodes;
        p->capacity = capacity;
    }
    formula->nodes[formula->count] = node;
    return (int64_t)formula->count++;
}

static int64_t add_binary(parser *p, bx_op op, int64_t a, int64_t b)
{
    return add_node(p, (bx_node){.op = op, .a = (uint32_t)a, .b = (uint32_t)b});
}

static int64_t add_number(parser *p, double number)
{
    return add_node(p, (bx_node){.op = BX_OP_NUMBER, .number = number});
}

static int accept(parser *p, bx_token token)
{
    if (p->lexer.token != token)
        return 0;
    bx_lexer_advance(&p->lexer);
    return 1;
}

static int enter(parser *p)
{
    if (++p->depth <= BX_FORMULA_DEPTH)
        return 0;
    return bx_fail(p->err, BX_EMODEL, "line %u, column %u: expected at most %d levels of nesting",
                   p->lexer.token_line, p->lexer.token_column, BX_FORMULA_DEPTH);
}

static int64_t parse_number(parser *p)
{
    double number = p->lexer.number;
    if (!isfinite(number))
        return expected(p, "a number below 1.8e308");
    bx_lexer_advance(&p->lexer);
    return add_number(p, number);
}

/* Make room for one more name. */
static int reserve_name(parser *p)
{
    if (p->formula->name_count < p->name_capacity)
        return 0;
    size_t capacity = p->name_capacity ? p->name_capacity * 2 : 4;
    bx_formula_name *names = realloc(p->formula->names, capacity * sizeof *names);
    if (!names)
        return -1;
    p->formula->names = names;
    p->name_capacity = capacity;
    return 0;
}

static int64_t add_name(parser *p, const char *text, uint32_t line, uint32_t column)
{
    bx_formula *formula = p->formula;
    size_t index = bx_names_find(&p->names, text);
    if (index == BX_NAME_NONE) {
        char *copy = reserve_name(p) < 0 ? NULL : strdup(text);
        if (!copy)
            return fail_memory(p);
        index = formula->name_count++;
        formula->names[index] = (bx_formula_name){copy, line, column};
        if (bx_names_add(&p->names, copy, index) < 0)
            return fail_memory(p);
    }
    return add_node(p, (bx_node){.op = BX_OP_NAME, .a = (uint32_t)index});
}

static const function *find_function(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    return NULL;
}

/* What draws a random number has three operands: two parameters, and the bounds. */
static int64_t parse_draw(parser *p, const function *f, int64_t a, int64_t b)
{
    int64_t low, high;
    if (f->arguments == 1)
        b = add_number(p, 0);
    if (f->op != BX_OP_UNIFORM && f->op != BX_OP_BERNOULLI && accept(p, BX_TOKEN_COMMA)) {
        low = parse_or(p);
        if (low >= 0 && !accept(p, BX_TOKEN_COMMA))
            return expected(p, "\",\" and the upper bound");
        high = low < 0 ? -1 : parse_or(p);
    } else {
        low = b < 0 ? -1 : add_number(p, -INFINITY);
        high = low < 0 ? -1 : add_number(p, INFINITY);
    }
    int64_t bounds = high < 0 ? -1 : add_binary(p, BX_OP_BOUNDS, low, high);
    if (bounds < 0)
        return -1;
    return add_node(
        p, (bx_node){.op = f->op, .a = (uint32_t)a, .b = (uint32_t)b, .c = (uint32_t)bounds});
}

/* min and max of more than two: folded from the left. */
static int64_t parse_arguments(parser *p, const function *f)
{
    int folds = f->op == BX_OP_MIN || f->op == BX_OP_MAX;
    int64_t argument[3] = {0};
    for (unsigned i = 0; i < f->arguments; i++) {
        if (i > 0 && !accept(p, BX_TOKEN_COMMA))
            return expected(p, "\",\" and another argument");
        if ((argument[i] = parse_or(p)) < 0)
            return -1;
    }
    int64_t node = bx_op_draws(f->op) ? parse_draw(p, f, argument[0], argument[1])
                                      : add_node(p, (bx_node){.op = f->op,
                                                              .a = (uint32_t)argument[0],
                                                              .b = (uint32_t)argument[1],
                                                              .c = (uint32_t)argument[2]});
    while (folds && node >= 0 && accept(p, BX_TOKEN_COMMA)) {
        int64_t more = parse_or(p);
        if (more < 0)
            return -1;
        node = add_binary(p, f->op, node, more);
    }
    if (node >= 0 && !accept(p, BX_TOKEN_CLOSE))
        return expected(p, "\")\"");
    return node;
}

static int64_t parse_call(parser *p, const char *name, const bx_lexer *place)
{
    const function *f = find_function(name);
    if (!f)
        return bx_lexer_expected(place, "the name of a function", p->err);
    if (enter(p) < 0)
        return -1;
    int64_t node = parse_arguments(p, f);
    p->depth--;
    return node;
}

static int64_t parse_name(parser *p)
{
    bx_lexer place = p->lexer;
    char name[BX_NAME_LENGTH + 1];
    if (place.length > BX_NAME_LENGTH)
        return expected(p, "a name of at most 255 letters");
    memcpy(name, place.start, place.length);
    name[place.length] = '\0';
    bx_lexer_advance(&p->lexer);
    if (accept(p, BX_TOKEN_OPEN))
        return parse_call(p, name, &place);
    if (strcmp(name, "time") == 0)
        return add_node(p, (bx_node){.op = BX_OP_TIME});
    if (strcmp(name, "pi") == 0)
        return add_node(p, (bx_node){.op = BX_OP_NUMBER, .number = 3.14159265358979323846});
    if (strcmp(name, "true") == 0 || strcmp(name, "false") == 0)
        return add_node(p, (bx_node){.op = BX_OP_NUMBER, .number = name[0] == 't'});
    if (strcmp(name, "if") == 0)
        return expected(p, "\"(\" after if");
    return add_name(p, name, place.token_line, place.token_column);
}

static int64_t parse_primary(parser *p)
{
    if (p->lexer.token == BX_TOKEN_NUMBER)
        return parse_number(p);
    if (p->lexer.token == BX_TOKEN_NAME)
        return parse_name(p);
    if (!accept(p, BX_TOKEN_OPEN))
        return expected(p, "a number, a name or \"(\"");
    if (enter(p) < 0)
        return -1;
    int64_t node = parse_or(p);
    p->depth--;
    if (node >= 0 && !accept(p, BX_TOKEN_CLOSE))
        return expected(p, "an operator or \")\"");
    return node;
}

static int64_t parse_power(parser *p)
{
    int64_t base = parse_primary(p);
    if (base < 0 || !accept(p, BX_TOKEN_POWER))
        return base;
    if (enter(p) < 0)
        return -1;
    int64_t exponent = parse_unary(p);
    p->depth--;
    return exponent < 0 ? -1 : add_binary(p, BX_OP_POWER, base, exponent);
}

static int64_t parse_unary(parser *p)
{
    int negative = p->lexer.token == BX_TOKEN_MINUS;
    if (!negative && p->lexer.token != BX_TOKEN_PLUS)
        return parse_power(p);
    bx_lexer_advance(&p->lexer);
    if (enter(p) < 0)
        return -1;
    int64_t node = parse_unary(p);
    p->depth--;
    if (node < 0 || !negative)
        return node;
    return add_node(p, (bx_node){.op = BX_OP_NEGATE, .a = (uint32_t)node});
}

static int64_t parse_product(parser *p)
{
    int64_t node = parse_unary(p);
    while (node >= 0) {
        bx_op op = p->lexer.token == BX_TOKEN_TIMES ? BX_OP_MULTIPLY : BX_OP_DIVIDE;
        if (!accept(p, BX_TOKEN_TIMES) && !accept(p, BX_TOKEN_DIVIDE))
            return node;
        int64_t right = parse_unary(p);
        node = right < 0 ? -1 : add_binary(p, op, node, right);
    }
    return node;
}

static int64_t parse_sum(parser *p)
{
    int64_t node = parse_product(p);
    while (node >= 0) {
        bx_op op = p->lexer.token == BX_TOKEN_PLUS ? BX_OP_ADD : BX_OP_SUBTRACT;
        if (!accept(p, BX_TOKEN_PLUS) && !accept(p, BX_TOKEN_MINUS))
            return node;
        int64_t right = parse_product(p);
        node = right < 0 ? -1 : add_binary(p, op, node, right);
    }
    return node;
}

static int is_comparison(bx_token token)
{
    return token >= BX_TOKEN_LESS && token <= BX_TOKEN_NOT_EQUAL;
}

static int64_t parse_comparison(parser *p)
{
    int64_t left = parse_sum(p);
    if (left < 0 || !is_comparison(p->lexer.token))
        return left;
    bx_op op = (bx_op)(BX_OP_LESS + (p->lexer.token - BX_TOKEN_LESS));
    bx_lexer_advance(&p->lexer);
    int64_t right = parse_sum(p);
    if (right < 0)
        return -1;
    if (is_comparison(p->lexer.token))
        return expected(p, "\"and\" between two comparisons");
    return add_binary(p, op, left, right);
}

static int64_t parse_not(parser *p)
{
    if (!accept(p, BX_TOKEN_NOT))
        return parse_comparison(p);
    if (enter(p) < 0)
        return -1;
    int64_t node = parse_not(p);
    p->depth--;
    return node < 0 ? -1 : add_node(p, (bx_node){.op = BX_OP_NOT, .a = (uint32_t)node});
}

static int64_t parse_and(parser *p)
{
    int64_t node = parse_not(p);
    while (node >= 0 && accept(p, BX_TOKEN_AND)) {
        int64_t right = parse_not(p);
        node = right < 0 ? -1 : add_binary(p, BX_OP_AND, node, right);
    }
    return node;
}

static int64_t parse_or(parser *p)
{
    int64_t node = parse_and(p);
    while (node >= 0 && accept(p, BX_TOKEN_OR)) {
        int64_t right = parse_and(p);
        node = right < 0 ? -1 : add_binary(p, BX_OP_OR, node, right);
    }
    return node;
}

bx_formula *bx_formula_parse(const char *text, bx_error *err)
{
    if (strnlen(text, BX_FORMULA_LENGTH + 1) > BX_FORMULA_LENGTH) {
        bx_fail(err, BX_EMODEL, "expected a formula of at most %zu bytes", BX_FORMULA_LENGTH);
        return NULL;
    }
    parser p = {.formula = calloc(1, sizeof(bx_formula)), .err = err};
    if (!p.formula) {
        bx_fail_memory(err);
        return NULL;
    }
    bx_lexer_init(&p.lexer, text, "formula");
    int64_t root = parse_or(&p);
    if (root >= 0 && p.lexer.token != BX_TOKEN_END)
        root = expected(&p, "an operator or the end");
    bx_names_free(&p.names);
    if (root < 0) {
        bx_formula_free(p.formula);
        return NULL;
    }
    return p.formula;
}

bx_formula *bx_formula_number(double number, bx_error *err)
{
    parser p = {.formula = calloc(1, sizeof(bx_formula)), .err = err};
    if (p.formula && add_number(&p, number) >= 0)
        return p.formula;
    bx_formula_free(p.formula);
    bx_fail_memory(err);
    return NULL;
}
