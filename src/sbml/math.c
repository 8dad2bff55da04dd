#include "sbml/math.h"

#include "model/formula.h"

#include <stdlib.h>
#include <string.h>

/* How deep formulas and function definitions may nest. */
#define DEPTH_MAXIMUM 200

/* Arguments of the function definition that is being written in place. */
typedef struct scope {
    const FunctionDefinition_t *function; /* or NULL */
    char **arguments;                     /* their formulas */
    const KineticLaw_t *law;              /* or NULL: whose local parameters count */
} scope;

typedef struct writer {
    bx_sbml *sbml;
    bx_buffer *out;
    bx_error *err;
} writer;

static int write_node(writer *w, const ASTNode_t *node, const scope *in, bool truth);

static int put(writer *w, const char *text)
{
    return bx_sbml_put(w->out, w->err, "%s", text);
}

static int write_child(writer *w, const ASTNode_t *node, unsigned i, const scope *in, bool truth)
{
    return write_node(w, ASTNode_getChild(node, i), in, truth);
}

/* ---- names ---- */

static int write_name(writer *w, const ASTNode_t *node, const scope *in)
{
    const char *id = ASTNode_getName(node);
    if (!id)
        return bx_fail(w->err, BX_EMODEL, "a name without text");
    unsigned arguments = in->function ? FunctionDefinition_getNumArguments(in->function) : 0;
    for (unsigned i = 0; i < arguments; i++) {
        const char *name = ASTNode_getName(FunctionDefinition_getArgument(in->function, i));
        if (name && strcmp(name, id) == 0)
            return put(w, in->arguments[i]);
    }
    if (!in->function && in->law && KineticLaw_getParameterById((KineticLaw_t *)in->law, id)) {
        const Reaction_t *reaction =
            (const Reaction_t *)SBase_getParentSBMLObject((SBase_t *)in->law);
        return bx_sbml_put(w->out, w->err, "%s.%s", Reaction_getId(reaction), id);
    }
    return put(w, bx_sbml_name_of(id, "").text);
}

static int grow_rates(bx_sbml *sbml)
{
    if (sbml->rate_count < sbml->rate_capacity)
        return 0;
    size_t capacity = sbml->rate_capacity ? sbml->rate_capacity * 2 : 8;
    char **ids = realloc(sbml->rate_ids, capacity * sizeof *ids);
    if (!ids)
        return -1;
    sbml->rate_ids = ids;
    sbml->rate_capacity = capacity;
    return 0;
}

/* rateOf: a rule of its own, which bx_sbml_rates declares. */
static int write_rate_of(writer *w, const ASTNode_t *node, const scope *in)
{
    bx_sbml *sbml = w->sbml;
    bx_buffer target = bx_sbml_buffer();
    writer inner = {sbml, &target, w->err};
    const ASTNode_t *child = ASTNode_getNumChildren(node) == 1 ? ASTNode_getChild(node, 0) : NULL;
    if (!child || !ASTNode_isName(child))
        return bx_fail(w->err, BX_EMODEL, "rateOf: the id of one variable expected");
    int result = write_name(&inner, child, in);
    const char *id = bx_sbml_text(&target);
    if (result == 0 && bx_names_find(&sbml->rates, id) == BX_NAME_NONE) {
        char *copy = grow_rates(sbml) < 0 ? NULL : strdup(id);
        if (copy)
            sbml->rate_ids[sbml->rate_count] = copy;
        if (!copy || bx_names_add(&sbml->rates, copy, sbml->rate_count++) < 0)
            result = bx_fail_memory(w->err);
    }
    if (result == 0)
        result = bx_sbml_put(w->out, w->err, "%s.rate", id);
    bx_buffer_free(&target);
    return result;
}

/* ---- operators ---- */

/* (a op b op c), or `none` without operands. */
static int write_joined(writer *w, const ASTNode_t *node, const scope *in, const char *op,
                        const char *none, bool truth)
{
    unsigned count = ASTNode_getNumChildren(node);
    if (count == 0)
        return put(w, none);
    for (unsigned i = 0; i < count; i++)
        if (put(w, i == 0 ? "(" : op) < 0 || write_child(w, node, i, in, truth) < 0)
            return -1;
    return put(w, ")");
}

static int write_minus(writer *w, const ASTNode_t *node, const scope *in)
{
    if (ASTNode_getNumChildren(node) != 1)
        return write_joined(w, node, in, " - ", "0", false);
    if (put(w, "(-") < 0 || write_child(w, node, 0, in, false) < 0)
        return -1;
    return put(w, ")");
}

/* a < b < c is (a < b) and (b < c). */
static int write_relation(writer *w, const ASTNode_t *node, const scope *in, const char *op)
{
    unsigned count = ASTNode_getNumChildren(node);
    if (count < 2)
        return put(w, "true");
    for (unsigned i = 0; i + 1 < count; i++)
        if (put(w, i == 0 ? "((" : " and (") < 0 || write_child(w, node, i, in, false) < 0 ||
            put(w, op) < 0 || write_child(w, node, i + 1, in, false) < 0 || put(w, ")") < 0)
            return -1;
    return put(w, ")");
}

/* Exclusive or of the children up to `last`: (a and not b) or (not a and b). */
static int write_xor(writer *w, const ASTNode_t *node, const scope *in, unsigned last)
{
    if (last == 0)
        return write_child(w, node, 0, in, true);
    if (put(w, "((") < 0 || write_xor(w, node, in, last - 1) < 0 || put(w, " and not ") < 0 ||
        write_child(w, node, last, in, true) < 0 || put(w, ") or (not ") < 0 ||
        write_xor(w, node, in, last - 1) < 0 || put(w, " and ") < 0 ||
        write_child(w, node, last, in, true) < 0)
        return -1;
    return put(w, "))");
}

static int write_implies(writer *w, const ASTNode_t *node, const scope *in)
{
    if (put(w, "(not ") < 0 || write_child(w, node, 0, in, true) < 0 || put(w, " or ") < 0 ||
        write_child(w, node, 1, in, true) < 0)
        return -1;
    return put(w, ")");
}

static int write_not(writer *w, const ASTNode_t *node, const scope *in)
{
    if (put(w, "(not ") < 0 || write_child(w, node, 0, in, true) < 0)
        return -1;
    return put(w, ")");
}

/* value, condition, value, condition, .., and perhaps a last value. */
static int write_piecewise(writer *w, const ASTNode_t *node, const scope *in, bool truth)
{
    unsigned count = ASTNode_getNumChildren(node), pieces = count / 2;
    for (unsigned i = 0; i < pieces; i++)
        if (put(w, "if(") < 0 || write_child(w, node, 2 * i + 1, in, true) < 0 ||
            put(w, ", ") < 0 || write_child(w, node, 2 * i, in, truth) < 0 || put(w, ", ") < 0)
            return -1;
    if ((count % 2 ? write_child(w, node, count - 1, in, truth)
                   : put(w, truth ? "false" : "(0/0)")) < 0)
        return -1;
    for (unsigned i = 0; i < pieces; i++)
        if (put(w, ")") < 0)
            return -1;
    return 0;
}

/* ---- functions ---- */

/* f(a, b, ..), between `before` and `after`. */
static int write_call(writer *w, const ASTNode_t *node, const scope *in, const char *before,
                      const char *after)
{
    unsigned count = ASTNode_getNumChildren(node);
    if (put(w, before) < 0)
        return -1;
    for (unsigned i = 0; i < count; i++)
        if ((i > 0 && put(w, ", ") < 0) || write_child(w, node, i, in, false) < 0)
            return -1;
    return put(w, after);
}

static bool is_number(const ASTNode_t *node, double number)
{
    return ASTNode_isNumber(node) && ASTNode_getValue(node) == number;
}

/* log and root: the base or the degree may come first. */
static int write_log(writer *w, const ASTNode_t *node, const scope *in)
{
    unsigned count = ASTNode_getNumChildren(node);
    if (count == 1 || is_number(ASTNode_getChild(node, 0), 10)) {
        if (put(w, "log10(") < 0 || write_child(w, node, count - 1, in, false) < 0)
            return -1;
        return put(w, ")");
    }
    if (put(w, "(log(") < 0 || write_child(w, node, 1, in, false) < 0 || put(w, ") / log(") < 0 ||
        write_child(w, node, 0, in, false) < 0)
        return -1;
    return put(w, "))");
}

static int write_root(writer *w, const ASTNode_t *node, const scope *in)
{
    unsigned count = ASTNode_getNumChildren(node);
    if (count == 1 || is_number(ASTNode_getChild(node, 0), 2)) {
        if (put(w, "sqrt(") < 0 || write_child(w, node, count - 1, in, false) < 0)
            return -1;
        return put(w, ")");
    }
    if (put(w, "(") < 0 || write_child(w, node, 1, in, false) < 0 || put(w, " ^ (1 / ") < 0 ||
        write_child(w, node, 0, in, false) < 0)
        return -1;
    return put(w, "))");
}

/* max and min of one. */
static int write_extreme(writer *w, const ASTNode_t *node, const scope *in, const char *name)
{
    if (ASTNode_getNumChildren(node) == 1)
        return write_child(w, node, 0, in, false);
    return write_call(w, node, in, name, ")");
}

static int write_quotient(writer *w, const ASTNode_t *node, const scope *in)
{
    if (put(w, "trunc(") < 0 || write_joined(w, node, in, " / ", "(0/0)", false) < 0)
        return -1;
    return put(w, ")");
}

/* A distribution of the package distrib, which libSBML reads as a function of an unknown name. */
static int write_distribution(writer *w, const ASTNode_t *node, const scope *in, const char *name)
{
    static const struct {
        const char *name;
        unsigned parameters;
        bool bounds;
    } all[] = {
        {"normal", 2, true},      {"uniform", 2, false}, {"bernoulli", 1, false},
        {"binomial", 2, true},    {"cauchy", 2, true},   {"chisquare", 1, true},
        {"exponential", 1, true}, {"gamma", 2, true},    {"laplace", 2, true},
        {"lognormal", 2, true},   {"poisson", 1, true},  {"rayleigh", 1, true},
    };
    unsigned count = ASTNode_getNumChildren(node);
    for (size_t i = 0; w->sbml->distrib && i < sizeof all / sizeof *all; i++) {
        if (strcmp(all[i].name, name) != 0)
            continue;
        /* cauchy and laplace of a scale alone lie around 0 */
        bool centred = count == 1 && (strcmp(name, "cauchy") == 0 || strcmp(name, "laplace") == 0);
        if (!centred && count != all[i].parameters &&
            !(all[i].bounds && count == all[i].parameters + 2))
            return bx_fail(w->err, BX_EMODEL, "%s has %u operands", name, count);
        return put(w, name) < 0 ? -1 : write_call(w, node, in, centred ? "(0, " : "(", ")");
    }
    return bx_fail(w->err, BX_EMODEL, "there is no function \"%.64s\"", name);
}

/* A function definition is written out in place. */
static int write_body(writer *w, const FunctionDefinition_t *function, const ASTNode_t *node,
                      const scope *in, char **arguments, bool truth)
{
    unsigned count = FunctionDefinition_getNumArguments(function);
    for (unsigned i = 0; i < count; i++) {
        bx_buffer text = bx_sbml_buffer();
        writer inner = {w->sbml, &text, w->err};
        int result = write_child(&inner, node, i, in, false);
        arguments[i] = result == 0 ? strdup(bx_sbml_text(&text)) : NULL;
        bx_buffer_free(&text);
        if (!arguments[i])
            return result < 0 ? -1 : bx_fail_memory(w->err);
    }
    const ASTNode_t *body = FunctionDefinition_getBody(function);
    scope inside = {function, arguments, NULL};
    return body ? write_node(w, body, &inside, truth) : put(w, "(0/0)");
}

static int write_function(writer *w, const ASTNode_t *node, const scope *in, bool truth)
{
    const char *name = ASTNode_getName(node);
    const FunctionDefinition_t *function =
        name ? Model_getFunctionDefinitionById(w->sbml->model, name) : NULL;
    if (!function)
        return write_distribution(w, node, in, name ? name : "");
    unsigned count = FunctionDefinition_getNumArguments(function);
    if (count != ASTNode_getNumChildren(node))
        return bx_fail(w->err, BX_EMODEL, "function \"%.64s\": %u arguments expected, got %u", name,
                       count, ASTNode_getNumChildren(node));
    char **arguments = calloc(count + 1, sizeof *arguments);
    if (!arguments)
        return bx_fail_memory(w->err);
    int result = put(w, "(");
    if (result == 0)
        result = write_body(w, function, node, in, arguments, truth);
    for (unsigned i = 0; i < count; i++)
        free(arguments[i]);
    free(arguments);
    return result < 0 ? -1 : put(w, ")");
}

/* ---- by type ---- */

static const struct {
    ASTNodeType_t type;
    unsigned least, most; /* operands */
    const char *before, *after;
} calls[] = {
    {AST_FUNCTION_ABS, 1, 1, "abs(", ")"},
    {AST_FUNCTION_ARCCOS, 1, 1, "acos(", ")"},
    {AST_FUNCTION_ARCCOSH, 1, 1, "acosh(", ")"},
    {AST_FUNCTION_ARCCOT, 1, 1, "atan(1 / ", ")"},
    {AST_FUNCTION_ARCCOTH, 1, 1, "atanh(1 / ", ")"},
    {AST_FUNCTION_ARCCSC, 1, 1, "asin(1 / ", ")"},
    {AST_FUNCTION_ARCCSCH, 1, 1, "asinh(1 / ", ")"},
    {AST_FUNCTION_ARCSEC, 1, 1, "acos(1 / ", ")"},
    {AST_FUNCTION_ARCSECH, 1, 1, "acosh(1 / ", ")"},
    {AST_FUNCTION_ARCSIN, 1, 1, "asin(", ")"},
    {AST_FUNCTION_ARCSINH, 1, 1, "asinh(", ")"},
    {AST_FUNCTION_ARCTAN, 1, 1, "atan(", ")"},
    {AST_FUNCTION_ARCTANH, 1, 1, "atanh(", ")"},
    {AST_FUNCTION_CEILING, 1, 1, "ceil(", ")"},
    {AST_FUNCTION_COS, 1, 1, "cos(", ")"},
    {AST_FUNCTION_COSH, 1, 1, "cosh(", ")"},
    {AST_FUNCTION_COT, 1, 1, "(1 / tan(", "))"},
    {AST_FUNCTION_COTH, 1, 1, "(1 / tanh(", "))"},
    {AST_FUNCTION_CSC, 1, 1, "(1 / sin(", "))"},
    {AST_FUNCTION_CSCH, 1, 1, "(1 / sinh(", "))"},
    {AST_FUNCTION_EXP, 1, 1, "exp(", ")"},
    {AST_FUNCTION_FACTORIAL, 1, 1, "factorial(", ")"},
    {AST_FUNCTION_FLOOR, 1, 1, "floor(", ")"},
    {AST_FUNCTION_LN, 1, 1, "log(", ")"},
    {AST_FUNCTION_SEC, 1, 1, "(1 / cos(", "))"},
    {AST_FUNCTION_SECH, 1, 1, "(1 / cosh(", "))"},
    {AST_FUNCTION_SIN, 1, 1, "sin(", ")"},
    {AST_FUNCTION_SINH, 1, 1, "sinh(", ")"},
    {AST_FUNCTION_TAN, 1, 1, "tan(", ")"},
    {AST_FUNCTION_TANH, 1, 1, "tanh(", ")"},
    {AST_FUNCTION_POWER, 2, 2, "pow(", ")"},
    {AST_POWER, 2, 2, "pow(", ")"},
    {AST_FUNCTION_REM, 2, 2, "rem(", ")"},
};

static int write_listed(writer *w, const ASTNode_t *node, const scope *in)
{
    ASTNodeType_t type = ASTNode_getType(node);
    unsigned count = ASTNode_getNumChildren(node);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (calls[i].type != type)
            continue;
        if (count < calls[i].least || count > calls[i].most)
            return bx_fail(w->err, BX_EMODEL, "%s) has %u operands", calls[i].before, count);
        return write_call(w, node, in, calls[i].before, calls[i].after);
    }
    const char *name = ASTNode_getName(node);
    return bx_fail(w->err, BX_EMODEL, "the function \"%.64s\" (type %d) is not supported",
                   name ? name : "without a name", (int)type);
}

/* Operators that give a truth value, whose operands are such. */
static int write_logical(writer *w, const ASTNode_t *node, const scope *in)
{
    unsigned count = ASTNode_getNumChildren(node);
    switch (ASTNode_getType(node)) {
    case AST_LOGICAL_AND: return write_joined(w, node, in, " and ", "true", true);
    case AST_LOGICAL_OR: return write_joined(w, node, in, " or ", "false", true);
    case AST_LOGICAL_XOR: return count == 0 ? put(w, "false") : write_xor(w, node, in, count - 1);
    case AST_LOGICAL_IMPLIES:
        return count == 2 ? write_implies(w, node, in)
                          : bx_fail(w->err, BX_EMODEL, "implies: two operands expected");
    case AST_LOGICAL_NOT:
        return count == 1 ? write_not(w, node, in)
                          : bx_fail(w->err, BX_EMODEL, "not: one operand expected");
    case AST_RELATIONAL_EQ: return write_relation(w, node, in, " == ");
    case AST_RELATIONAL_NEQ: return write_relation(w, node, in, " != ");
    case AST_RELATIONAL_LT: return write_relation(w, node, in, " < ");
    case AST_RELATIONAL_LEQ: return write_relation(w, node, in, " <= ");
    case AST_RELATIONAL_GT: return write_relation(w, node, in, " > ");
    case AST_RELATIONAL_GEQ: return write_relation(w, node, in, " >= ");
    case AST_CONSTANT_TRUE: return put(w, "true");
    default: return put(w, "false");
    }
}

static bool is_logical(const ASTNode_t *node)
{
    return ASTNode_isLogical(node) || ASTNode_isRelational(node) ||
           ASTNode_getType(node) == AST_LOGICAL_IMPLIES ||
           ASTNode_getType(node) == AST_CONSTANT_TRUE ||
           ASTNode_getType(node) == AST_CONSTANT_FALSE;
}

static int write_number(writer *w, const ASTNode_t *node, const scope *in)
{
    unsigned count = ASTNode_getNumChildren(node);
    switch (ASTNode_getType(node)) {
    case AST_INTEGER:
    case AST_REAL:
    case AST_REAL_E:
    case AST_RATIONAL: return bx_sbml_put_number(w->out, ASTNode_getValue(node), w->err);
    case AST_NAME_AVOGADRO: return put(w, "6.02214179e23");
    case AST_CONSTANT_E: return put(w, "2.7182818284590452354");
    case AST_CONSTANT_PI: return put(w, "pi");
    case AST_NAME_TIME: return put(w, "time");
    case AST_NAME: return write_name(w, node, in);
    case AST_PLUS: return write_joined(w, node, in, " + ", "0", false);
    case AST_TIMES: return write_joined(w, node, in, " * ", "1", false);
    case AST_DIVIDE: return write_joined(w, node, in, " / ", "1", false);
    case AST_MINUS: return write_minus(w, node, in);
    case AST_FUNCTION_LOG:
        return count == 1 || count == 2 ? write_log(w, node, in) : write_listed(w, node, in);
    case AST_FUNCTION_ROOT:
        return count == 1 || count == 2 ? write_root(w, node, in) : write_listed(w, node, in);
    case AST_FUNCTION_MAX:
    case AST_FUNCTION_MIN:
        if (count == 0)
            return put(w, "(0/0)");
        return write_extreme(w, node, in,
                             ASTNode_getType(node) == AST_FUNCTION_MAX ? "max(" : "min(");
    case AST_FUNCTION_QUOTIENT: return write_quotient(w, node, in);
    case AST_FUNCTION_RATE_OF: return write_rate_of(w, node, in);
    case AST_FUNCTION_DELAY:
        return bx_fail(w->err, BX_EMODEL,
                       "the csymbol delay (a delay differential equation) is "
                       "not supported");
    default: return write_listed(w, node, in);
    }
}

static int write_value(writer *w, const ASTNode_t *node, const scope *in, bool truth)
{
    if (is_logical(node))
        return write_logical(w, node, in);
    if (ASTNode_getType(node) == AST_FUNCTION_PIECEWISE)
        return write_piecewise(w, node, in, truth);
    if (ASTNode_getType(node) == AST_FUNCTION)
        return write_function(w, node, in, truth);
    if (!truth)
        return write_number(w, node, in);
    if (put(w, "(") < 0 || write_number(w, node, in) < 0)
        return -1;
    return put(w, " != 0)");
}

static int write_node(writer *w, const ASTNode_t *node, const scope *in, bool truth)
{
    if (!node)
        return bx_fail(w->err, BX_EMODEL, "an operator lacks an operand");
    if (w->sbml->depth >= DEPTH_MAXIMUM)
        return bx_fail(w->err, BX_EMODEL, "a formula of at most %d levels expected", DEPTH_MAXIMUM);
    w->sbml->depth++;
    int result = write_value(w, node, in, truth);
    w->sbml->depth--;
    return result;
}

int bx_sbml_formula(bx_sbml *sbml, const ASTNode_t *node, const KineticLaw_t *law, bx_buffer *out,
                    bx_error *err)
{
    writer w = {sbml, out, err};
    scope outside = {NULL, NULL, law};
    return write_node(&w, node, &outside, false);
}

int bx_sbml_condition(bx_sbml *sbml, const ASTNode_t *node, bx_buffer *out, bx_error *err)
{
    writer w = {sbml, out, err};
    scope outside = {NULL, NULL, NULL};
    return write_node(&w, node, &outside, true);
}
