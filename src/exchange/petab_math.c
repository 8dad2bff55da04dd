#include "exchange/petab_math.h"

#include "core/names.h"
#include "model/builder.h"
#include "model/lexer.h"
#include "model/parser.h"

#include <math.h>
#include <string.h>

typedef struct parser {
    bx_lexer lexer;
    bx_builder *builder; /* of the part that is being read */
    unsigned depth;
    bx_error *err;
} parser;

/* A function of one value: an operator, of the value or of 1 over it; or 1 over the operator's. */
typedef struct function {
    const char *name;
    bx_op op;
    enum { PLAIN, OF_INVERSE, INVERSE } kind;
} function;

static const function functions[] = {
    {"exp", BX_OP_EXP},
    {"sqrt", BX_OP_SQRT},
    {"ln", BX_OP_LOG},
    {"log10", BX_OP_LOG10},
    {"abs", BX_OP_ABS},
    {"floor", BX_OP_FLOOR},
    {"ceil", BX_OP_CEIL},
    {"ceiling", BX_OP_CEIL},
    {"sin", BX_OP_SIN},
    {"cos", BX_OP_COS},
    {"tan", BX_OP_TAN},
    {"cot", BX_OP_TAN, INVERSE},
    {"sec", BX_OP_COS, INVERSE},
    {"csc", BX_OP_SIN, INVERSE},
    {"sinh", BX_OP_SINH},
    {"cosh", BX_OP_COSH},
    {"tanh", BX_OP_TANH},
    {"coth", BX_OP_TANH, INVERSE},
    {"sech", BX_OP_COSH, INVERSE},
    {"csch", BX_OP_SINH, INVERSE},
    {"arcsin", BX_OP_ASIN},
    {"arccos", BX_OP_ACOS},
    {"arctan", BX_OP_ATAN},
    {"arccot", BX_OP_ATAN, OF_INVERSE},
    {"arcsec", BX_OP_ACOS, OF_INVERSE},
    {"arccsc", BX_OP_ASIN, OF_INVERSE},
    {"arcsinh", BX_OP_ASINH},
    {"arccosh", BX_OP_ACOSH},
    {"arctanh", BX_OP_ATANH},
    {"arccoth", BX_OP_ATANH, OF_INVERSE},
    {"arcsech", BX_OP_ACOSH, OF_INVERSE},
    {"arccsch", BX_OP_ASINH, OF_INVERSE},
    {"asin", BX_OP_ASIN},
    {"acos", BX_OP_ACOS},
    {"atan", BX_OP_ATAN},
    {"asinh", BX_OP_ASINH},
    {"acosh", BX_OP_ACOSH},
    {"atanh", BX_OP_ATANH},
};

static int parse_logic(parser *p);
static int parse_unary(parser *p);

static int expected(parser *p, const char *what)
{
    return bx_lexer_expected(&p->lexer, what, p->err);
}

static void apply(parser *p, bx_op op)
{
    bx_builder_apply(p->builder, op);
}

static void invert(parser *p)
{
    bx_builder_number(p->builder, -1);
    apply(p, BX_OP_POWER);
}

static int accept(parser *p, bx_lexeme lexeme)
{
    if (p->lexer.lexeme != lexeme)
        return 0;
    bx_lexer_advance(&p->lexer);
    return 1;
}

static int want(parser *p, bx_lexeme lexeme, const char *what)
{
    return accept(p, lexeme) ? 0 : expected(p, what);
}

/* A part that nests a level deeper. */
static int parse_deeper(parser *p, int (*parse)(parser *))
{
    if (++p->depth > BX_FORMULA_DEPTH)
        return bx_fail(p->err, BX_EMODEL, "line %u, column %u: expected at most %d levels",
                       p->lexer.lexeme_line, p->lexer.lexeme_column, BX_FORMULA_DEPTH);
    if (parse(p) < 0)
        return -1;
    p->depth--;
    return 0;
}

/* A part as a formula of its own: it is wanted twice, or behind what follows it. */
static bx_formula *parse_apart(parser *p)
{
    bx_builder apart = {.err = p->err}, *before = p->builder;
    p->builder = &apart;
    int result = parse_logic(p);
    p->builder = before;
    if (result == 0)
        return bx_builder_end(&apart);
    bx_builder_drop(&apart);
    return NULL;
}

/* piecewise: behind its "(". What is left of it is the branch where no condition held so far. */
static int parse_pieces(parser *p)
{
    bx_formula *value = parse_apart(p);
    int result = value ? 0 : -1;
    if (result == 0 && accept(p, BX_LEXEME_CLOSE)) {
        bx_builder_copy(p->builder, value);
    } else if (result == 0) {
        result = want(p, BX_LEXEME_COMMA, "\",\" and a condition, or \")\"");
        if (result == 0)
            result = parse_logic(p);
        if (result == 0)
            bx_builder_copy(p->builder, value);
        if (result == 0)
            result = want(p, BX_LEXEME_COMMA, "\",\" and what holds otherwise");
        if (result == 0)
            result = parse_deeper(p, parse_pieces);
        if (result == 0)
            apply(p, BX_OP_IF);
    }
    bx_formula_free(value);
    return result;
}

/* sign(x) is (x > 0) - (x < 0). */
static int parse_sign(parser *p)
{
    bx_formula *value = parse_apart(p);
    if (!value)
        return -1;
    for (int i = 0; i < 2; i++) {
        bx_builder_copy(p->builder, value);
        bx_builder_number(p->builder, 0);
        apply(p, i == 0 ? BX_OP_GREATER : BX_OP_LESS);
    }
    apply(p, BX_OP_SUBTRACT);
    bx_formula_free(value);
    return want(p, BX_LEXEME_CLOSE, "\")\"");
}

/* log(x), log(x, base), log2(x) */
static int parse_log(parser *p, bool binary)
{
    if (parse_logic(p) < 0)
        return -1;
    apply(p, BX_OP_LOG);
    if (binary || accept(p, BX_LEXEME_COMMA)) {
        if (binary)
            bx_builder_number(p->builder, 2);
        else if (parse_logic(p) < 0)
            return -1;
        apply(p, BX_OP_LOG);
        apply(p, BX_OP_DIVIDE);
    }
    return want(p, BX_LEXEME_CLOSE, "\")\"");
}

static int parse_two(parser *p, bx_op op)
{
    if (parse_logic(p) < 0 || want(p, BX_LEXEME_COMMA, "\",\" and another argument") < 0 ||
        parse_logic(p) < 0)
        return -1;
    apply(p, op);
    return want(p, BX_LEXEME_CLOSE, "\")\"");
}

static int parse_one(parser *p, const function *f)
{
    if (parse_logic(p) < 0)
        return -1;
    if (f->kind == OF_INVERSE)
        invert(p);
    apply(p, f->op);
    if (f->kind == INVERSE)
        invert(p);
    return want(p, BX_LEXEME_CLOSE, "\")\"");
}

/* Behind the name of a function and "(". */
static int parse_call(parser *p, const char *name, const bx_lexer *place)
{
    if (strcmp(name, "piecewise") == 0)
        return parse_pieces(p);
    if (strcmp(name, "sign") == 0)
        return parse_sign(p);
    if (strcmp(name, "log") == 0 || strcmp(name, "log2") == 0)
        return parse_log(p, name[3] == '2');
    if (strcmp(name, "pow") == 0)
        return parse_two(p, BX_OP_POWER);
    if (strcmp(name, "min") == 0 || strcmp(name, "max") == 0)
        return parse_two(p, name[1] == 'i' ? BX_OP_MIN : BX_OP_MAX);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, name) == 0)
            return parse_one(p, &functions[i]);
    return bx_lexer_expected(place, "the name of a function", p->err);
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
    if (accept(p, BX_LEXEME_OPEN)) {
        if (++p->depth > BX_FORMULA_DEPTH)
            return bx_lexer_expected(&place, "fewer levels of functions", p->err);
        int result = parse_call(p, name, &place);
        p->depth--;
        return result;
    }
    if (strcmp(name, "time") == 0)
        apply(p, BX_OP_TIME);
    else if (strcmp(name, "inf") == 0)
        bx_builder_number(p->builder, INFINITY);
    else if (strcmp(name, "true") == 0 || strcmp(name, "false") == 0)
        bx_builder_number(p->builder, name[0] == 't');
    else
        bx_builder_name(p->builder, name, place.lexeme_line, place.lexeme_column);
    return 0;
}

static int parse_primary(parser *p)
{
    if (p->lexer.lexeme == BX_LEXEME_NUMBER) {
        bx_builder_number(p->builder, p->lexer.number);
        bx_lexer_advance(&p->lexer);
        return 0;
    }
    if (p->lexer.lexeme == BX_LEXEME_NAME)
        return parse_name(p);
    if (!accept(p, BX_LEXEME_OPEN))
        return expected(p, "a number, a name or \"(\"");
    if (parse_deeper(p, parse_logic) < 0)
        return -1;
    return want(p, BX_LEXEME_CLOSE, "an operator or \")\"");
}

/* "^", or "**" as version 1 has it too. */
static int accept_power(parser *p)
{
    if (accept(p, BX_LEXEME_POWER))
        return 1;
    if (p->lexer.lexeme != BX_LEXEME_TIMES || *p->lexer.next != '*')
        return 0;
    bx_lexer_advance(&p->lexer);
    return accept(p, BX_LEXEME_TIMES);
}

static int parse_power(parser *p)
{
    if (parse_primary(p) < 0)
        return -1;
    if (!accept_power(p))
        return 0;
    if (parse_deeper(p, parse_unary) < 0)
        return -1;
    apply(p, BX_OP_POWER);
    return 0;
}

static int parse_unary(parser *p)
{
    bx_lexeme sign = p->lexer.lexeme;
    if (sign != BX_LEXEME_MINUS && sign != BX_LEXEME_PLUS && sign != BX_LEXEME_NOT)
        return parse_power(p);
    bx_lexer_advance(&p->lexer);
    if (parse_deeper(p, parse_unary) < 0)
        return -1;
    if (sign != BX_LEXEME_PLUS)
        apply(p, sign == BX_LEXEME_MINUS ? BX_OP_NEGATE : BX_OP_NOT);
    return 0;
}

typedef struct rank {
    bx_lexeme lexeme;
    bx_op op;
} rank;

/* Operands that `parse` parses, joined from the left by the operators of a rank; the list ends with
 * BX_LEXEME_END. */
static int parse_joined(parser *p, int (*parse)(parser *), const rank *ranks)
{
    if (parse(p) < 0)
        return -1;
    for (;;) {
        const rank *r = ranks;
        while (r->lexeme != BX_LEXEME_END && !accept(p, r->lexeme))
            r++;
        if (r->lexeme == BX_LEXEME_END)
            return 0;
        if (parse(p) < 0)
            return -1;
        apply(p, r->op);
    }
}

static int parse_product(parser *p)
{
    static const rank ranks[] = {
        {BX_LEXEME_TIMES, BX_OP_MULTIPLY}, {BX_LEXEME_DIVIDE, BX_OP_DIVIDE}, {BX_LEXEME_END}};
    return parse_joined(p, parse_unary, ranks);
}

static int parse_sum(parser *p)
{
    static const rank ranks[] = {
        {BX_LEXEME_PLUS, BX_OP_ADD}, {BX_LEXEME_MINUS, BX_OP_SUBTRACT}, {BX_LEXEME_END}};
    return parse_joined(p, parse_product, ranks);
}

static int parse_comparison(parser *p)
{
    static const rank ranks[] = {{BX_LEXEME_LESS, BX_OP_LESS},
                                 {BX_LEXEME_LESS_EQUAL, BX_OP_LESS_EQUAL},
                                 {BX_LEXEME_GREATER, BX_OP_GREATER},
                                 {BX_LEXEME_GREATER_EQUAL, BX_OP_GREATER_EQUAL},
                                 {BX_LEXEME_EQUAL, BX_OP_EQUAL},
                                 {BX_LEXEME_NOT_EQUAL, BX_OP_NOT_EQUAL},
                                 {BX_LEXEME_END}};
    return parse_joined(p, parse_sum, ranks);
}

static int parse_logic(parser *p)
{
    static const rank ranks[] = {
        {BX_LEXEME_AND, BX_OP_AND}, {BX_LEXEME_OR, BX_OP_OR}, {BX_LEXEME_END}};
    return parse_joined(p, parse_comparison, ranks);
}

bx_formula *bx_petab_math(const char *text, bx_error *err)
{
    if (strnlen(text, BX_FORMULA_LENGTH + 1) > BX_FORMULA_LENGTH) {
        bx_fail(err, BX_EMODEL, "expected a formula of at most %zu bytes", BX_FORMULA_LENGTH);
        return NULL;
    }
    bx_builder builder = {.err = err};
    parser p = {.builder = &builder, .err = err};
    bx_lexer_init(&p.lexer, text, "formula");
    int result = parse_logic(&p);
    if (result == 0 && p.lexer.lexeme != BX_LEXEME_END)
        result = expected(&p, "an operator or the end");
    if (result == 0)
        return bx_builder_end(&builder);
    bx_builder_drop(&builder);
    return NULL;
}
