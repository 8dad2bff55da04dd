#include "sbml/math.h"

#include "core/array.h"
#include "core/interrupt.h"
#include "model/distribution.h"
#include "sbml/operands.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of a walk's scopes, the one outside of all function definitions. */
#define OUTSIDE UINT32_MAX

/* A tree, and the scope in which its names mean something. */
typedef struct place {
    const ASTNode_t *node;
    uint32_t scope;
} place;

/* What an argument of a function is called, or NULL, and what it stands for in a call. */
typedef struct argument {
    const char *name;
    place given;
} argument;

/* A call of a function definition, whose body is walked in place of it. */
typedef struct scope {
    size_t arguments, end; /* in walk.arguments */
    uint32_t depth;        /* how many calls this one is in, with itself */
} scope;

/* What is still to be done, the next at the end. */
typedef enum step_kind {
    STEP_NODE,   /* add the value of `node` */
    STEP_XOR,    /* add the exclusive or of `count` children of `node` from `first` on */
    STEP_NUMBER, /* add `number` */
    STEP_APPLY,  /* apply `op` */
    STEP_LEAVE   /* the newest scope ends */
} step_kind;

typedef struct step {
    step_kind kind;
    bx_op op;
    const ASTNode_t *node;
    uint32_t scope;
    bool truth; /* a truth value is wanted: what is not 0 counts as 1 */
    unsigned first, count;
    double number;
} step;

/* Trees are walked with a stack of steps: a step adds to the formula at once, or puts the steps
 * that it consists of in its place. */
typedef struct walk {
    bx_sbml *sbml;
    bx_builder *builder;
    const KineticLaw_t *law;
    step *steps;
    size_t step_count, step_capacity;
    scope *scopes;
    size_t scope_count, scope_capacity;
    argument *arguments; /* of all scopes; none stands for another argument */
    size_t argument_count, argument_capacity;
    const ASTNode_t *opened; /* the node that was looked into last, or NULL; its operands: */
    const ASTNode_t **operands;
} walk;

/* ---- steps, noted in the order in which they are done ---- */

static void fail_memory(walk *w)
{
    bx_builder_fail(w->builder, BX_EMEMORY, "out of memory");
}

static void then(walk *w, step next)
{
    step *steps = bx_array_grow(w->steps, w->step_count, &w->step_capacity, sizeof *steps);
    if (!steps) {
        fail_memory(w);
        return;
    }
    w->steps = steps;
    steps[w->step_count++] = next;
}

static void then_number(walk *w, double number)
{
    then(w, (step){.kind = STEP_NUMBER, .number = number});
}

static void then_apply(walk *w, bx_op op)
{
    then(w, (step){.kind = STEP_APPLY, .op = op});
}

/* NULL where the node has fewer operands. */
static const ASTNode_t *operand_of(walk *w, const ASTNode_t *node, unsigned at)
{
    unsigned count = ASTNode_getNumChildren(node);
    if (at >= count)
        return NULL;
    if (w->opened != node) {
        const ASTNode_t **operands = realloc(w->operands, count * sizeof *operands);
        if (!operands) {
            fail_memory(w);
            return NULL;
        }
        bx_sbml_operands(node, operands);
        w->operands = operands;
        w->opened = node;
    }
    return w->operands[at];
}

/* A child of the node of `s`, in the same scope. */
static void then_child(walk *w, const step *s, unsigned child, bool truth)
{
    then(w, (step){.kind = STEP_NODE,
                   .node = operand_of(w, s->node, child),
                   .scope = s->scope,
                   .truth = truth});
}

static void fail(walk *w, const char *problem)
{
    bx_builder_fail(w->builder, BX_EMODEL, "%s", problem);
}

/* ---- names ---- */

/* Of a name of the model; NULL if the node is none, but a symbol such as time. */
static const char *id_of(const ASTNode_t *node)
{
    return node && ASTNode_getType(node) == AST_NAME ? ASTNode_getName(node) : NULL;
}

/* The argument that a name stands for in its scope, or else the name itself. */
static place resolve(const walk *w, place name)
{
    const char *id = id_of(name.node);
    if (!id || name.scope == OUTSIDE)
        return name;
    const scope *s = &w->scopes[name.scope];
    for (const argument *a = w->arguments + s->arguments; a < w->arguments + s->end; a++)
        if (a->name && strcmp(a->name, id) == 0)
            return a->given;
    return name;
}

/* Whether an id that is no argument is a local parameter's. */
static bool is_local(const walk *w, uint32_t in, const char *id)
{
    return in == OUTSIDE && w->law && KineticLaw_getParameterById((KineticLaw_t *)w->law, id);
}

/* The engine's name for an id that is no argument. */
static bx_sbml_name name_of(const walk *w, uint32_t in, const char *id)
{
    if (!is_local(w, in, id))
        return bx_sbml_name_of(id, "");
    return bx_sbml_local_of((const Reaction_t *)SBase_getParentSBMLObject((SBase_t *)w->law), id);
}

static void expand_name(walk *w, const step *s)
{
    place meant = resolve(w, (place){s->node, s->scope});
    const char *id = id_of(s->node);
    if (meant.node != s->node)
        then(w, (step){.kind = STEP_NODE, .node = meant.node, .scope = meant.scope});
    else if (id)
        bx_builder_name(w->builder, name_of(w, s->scope, id).text, 0, 0);
    else
        fail(w, "a name without text");
}

/* Note that the rate of change of a variable is asked for, by its id. */
static int add_rate(bx_sbml *sbml, const char *id)
{
    if (bx_names_find(&sbml->rates, id) != BX_NAME_NONE)
        return 0;
    char **names =
        bx_array_grow(sbml->rate_names, sbml->rate_count, &sbml->rate_capacity, sizeof *names);
    if (!names)
        return -1;
    sbml->rate_names = names;
    if (!(names[sbml->rate_count] = strdup(id)))
        return -1;
    sbml->rate_count++;
    return bx_names_add(&sbml->rates, names[sbml->rate_count - 1], sbml->rate_count - 1);
}

/* rateOf: a rule of its own, which bx_sbml_rates declares. */
static void expand_rate_of(walk *w, const step *s)
{
    place of = resolve(w, (place){operand_of(w, s->node, 0), s->scope});
    const char *id = id_of(of.node);
    if (!id || ASTNode_getNumChildren(s->node) != 1) {
        fail(w, "rateOf: the id of one variable expected");
        return;
    }
    if (is_local(w, of.scope, id)) {
        bx_builder_number(w->builder, 0);
        return;
    }
    if (add_rate(w->sbml, id) < 0)
        fail_memory(w);
    bx_builder_name(w->builder, bx_sbml_name_of(id, ".rate").text, 0, 0);
}

/* ---- operators ---- */

/* a op b op c from the left, or `none` without operands. */
static void expand_joined(walk *w, const step *s, bx_op op, double none, bool truth)
{
    unsigned count = ASTNode_getNumChildren(s->node);
    if (count == 0)
        then_number(w, none);
    for (unsigned i = 0; i < count; i++) {
        then_child(w, s, i, truth);
        if (i > 0)
            then_apply(w, op);
    }
}

static void expand_minus(walk *w, const step *s)
{
    expand_joined(w, s, BX_OP_SUBTRACT, 0, false);
    if (ASTNode_getNumChildren(s->node) == 1)
        then_apply(w, BX_OP_NEGATE);
}

/* a < b < c is (a < b) and (b < c). */
static void expand_relation(walk *w, const step *s, bx_op op)
{
    unsigned count = ASTNode_getNumChildren(s->node);
    if (count < 2)
        then_number(w, 1);
    for (unsigned i = 0; i + 1 < count; i++) {
        then_child(w, s, i, false);
        then_child(w, s, i + 1, false);
        then_apply(w, op);
        if (i > 0)
            then_apply(w, BX_OP_AND);
    }
}

/* (a and not b) or (not a and b), where a and b are each the exclusive or of one half: of n
 * operands there come n^2. */
static void expand_xor(walk *w, const step *s)
{
    step a = *s, b = *s;
    if (s->count == 0)
        then_number(w, 0);
    if (s->count == 1)
        then_child(w, s, s->first, true);
    if (s->count < 2)
        return;
    b.count = s->count / 2;
    a.count = s->count - b.count;
    b.first = s->first + a.count;
    then(w, a);
    then(w, b);
    then_apply(w, BX_OP_NOT);
    then_apply(w, BX_OP_AND);
    then(w, a);
    then_apply(w, BX_OP_NOT);
    then(w, b);
    then_apply(w, BX_OP_AND);
    then_apply(w, BX_OP_OR);
}

static void expand_implies(walk *w, const step *s)
{
    then_child(w, s, 0, true);
    then_apply(w, BX_OP_NOT);
    then_child(w, s, 1, true);
    then_apply(w, BX_OP_OR);
}

/* value, condition, value, condition, .., and perhaps a last value. */
static void expand_piecewise(walk *w, const step *s)
{
    unsigned count = ASTNode_getNumChildren(s->node), pieces = count / 2;
    for (unsigned i = 0; i < pieces; i++) {
        then_child(w, s, 2 * i + 1, true);
        then_child(w, s, 2 * i, s->truth);
    }
    if (count % 2)
        then_child(w, s, count - 1, s->truth);
    else
        then_number(w, s->truth ? 0 : NAN);
    for (unsigned i = 0; i < pieces; i++)
        then_apply(w, BX_OP_IF);
}

/* ---- functions ---- */

static bool is_number(const ASTNode_t *node, double number)
{
    return ASTNode_isNumber(node) && ASTNode_getValue(node) == number;
}

/* log and root: the base or the degree may come first. */
static void expand_log(walk *w, const step *s)
{
    unsigned count = ASTNode_getNumChildren(s->node);
    if (count == 1 || is_number(operand_of(w, s->node, 0), 10)) {
        then_child(w, s, count - 1, false);
        then_apply(w, BX_OP_LOG10);
        return;
    }
    then_child(w, s, 1, false);
    then_apply(w, BX_OP_LOG);
    then_child(w, s, 0, false);
    then_apply(w, BX_OP_LOG);
    then_apply(w, BX_OP_DIVIDE);
}

static void expand_root(walk *w, const step *s)
{
    unsigned count = ASTNode_getNumChildren(s->node);
    if (count == 1 || is_number(operand_of(w, s->node, 0), 2)) {
        then_child(w, s, count - 1, false);
        then_apply(w, BX_OP_SQRT);
        return;
    }
    then_child(w, s, 1, false);
    then_number(w, 1);
    then_child(w, s, 0, false);
    then_apply(w, BX_OP_DIVIDE);
    then_apply(w, BX_OP_POWER);
}

/* A distribution of the package distrib, which libSBML reads as a function of an unknown name. Its
 * parameters, then its bounds. */
static void expand_distribution(walk *w, const step *s, const char *name)
{
    unsigned count = ASTNode_getNumChildren(s->node);
    const bx_distribution *distribution = w->sbml->distrib ? bx_distribution_find(name) : NULL;
    unsigned parameters = distribution ? bx_distribution_parameters(distribution, count) : 0;
    if (!distribution) {
        bx_builder_fail(w->builder, BX_EMODEL, "there is no function \"%.64s\"", name);
        return;
    }
    if (parameters == 0) {
        bx_builder_fail(w->builder, BX_EMODEL, "%s has %u operands", name, count);
        return;
    }
    if (parameters < distribution->parameters)
        then_number(w, 0);
    for (unsigned j = 0; j < parameters; j++)
        then_child(w, s, j, false);
    if (distribution->parameters == 1)
        then_number(w, 0);
    for (unsigned j = parameters; j < count; j++)
        then_child(w, s, j, false);
    if (count == parameters) {
        then_number(w, -INFINITY);
        then_number(w, INFINITY);
    }
    then_apply(w, BX_OP_BOUNDS);
    then_apply(w, distribution->op);
}

/* An argument of the scope being opened; those are NULL for which there is no memory. */
static void add_argument(walk *w, const ASTNode_t *name, place given)
{
    argument *arguments =
        bx_array_grow(w->arguments, w->argument_count, &w->argument_capacity, sizeof *arguments);
    if (!arguments) {
        fail_memory(w);
        return;
    }
    w->arguments = arguments;
    arguments[w->argument_count++] = (argument){ASTNode_getName(name), given};
}

/* Open a scope for the call of `s`, which has as many arguments as the function, and note them. */
static uint32_t enter(walk *w, const step *s, const FunctionDefinition_t *function, uint32_t depth)
{
    unsigned count = ASTNode_getNumChildren(s->node);
    const ASTNode_t *lambda = FunctionDefinition_getMath(function);
    scope *scopes = bx_array_grow(w->scopes, w->scope_count, &w->scope_capacity, sizeof *scopes);
    const ASTNode_t **names =
        scopes ? calloc(ASTNode_getNumChildren(lambda) + 1, sizeof *names) : NULL;
    if (scopes)
        w->scopes = scopes;
    if (!names) {
        fail_memory(w);
        return OUTSIDE;
    }
    size_t first = w->argument_count;
    bx_sbml_operands(lambda, names);
    for (unsigned i = 0; i < count && !w->builder->failed; i++)
        add_argument(w, names[i], resolve(w, (place){operand_of(w, s->node, i), s->scope}));
    free(names);
    scopes[w->scope_count] = (scope){first, w->argument_count, depth};
    return (uint32_t)w->scope_count++;
}

static void leave(walk *w)
{
    w->argument_count = w->scopes[--w->scope_count].arguments;
}

/* The body of a function definition stands in place of a call; where it names an argument, that is
 * walked in the scope of the call. */
static void expand_call(walk *w, const step *s)
{
    const char *name = ASTNode_getName(s->node);
    const FunctionDefinition_t *function = name ? bx_sbml_function_of(w->sbml, name) : NULL;
    if (!function) {
        expand_distribution(w, s, name ? name : "");
        return;
    }
    unsigned count = FunctionDefinition_getNumArguments(function);
    unsigned given = ASTNode_getNumChildren(s->node);
    uint32_t depth = s->scope == OUTSIDE ? 1 : w->scopes[s->scope].depth + 1;
    const ASTNode_t *body = FunctionDefinition_getBody(function);
    if (count != given)
        bx_builder_fail(w->builder, BX_EMODEL, "function \"%.64s\": %u arguments expected, got %u",
                        name, count, given);
    else if (depth > Model_getNumFunctionDefinitions(w->sbml->model))
        bx_builder_fail(w->builder, BX_EMODEL, "function \"%.64s\" calls itself", name);
    else if (!body)
        then_number(w, NAN);
    else {
        uint32_t inner = enter(w, s, function, depth);
        then(w, (step){.kind = STEP_NODE, .node = body, .scope = inner, .truth = s->truth});
        then(w, (step){.kind = STEP_LEAVE});
    }
}

/* ---- by type ---- */

static const struct {
    const char *name;
    ASTNodeType_t type;
    unsigned operands;
    bx_op op;
    bool of_inverse, inverse; /* of 1 / x; 1 / of x */
} listed[] = {
    {"abs", AST_FUNCTION_ABS, 1, BX_OP_ABS},
    {"arccos", AST_FUNCTION_ARCCOS, 1, BX_OP_ACOS},
    {"arccosh", AST_FUNCTION_ARCCOSH, 1, BX_OP_ACOSH},
    {"arccot", AST_FUNCTION_ARCCOT, 1, BX_OP_ATAN, .of_inverse = true},
    {"arccoth", AST_FUNCTION_ARCCOTH, 1, BX_OP_ATANH, .of_inverse = true},
    {"arccsc", AST_FUNCTION_ARCCSC, 1, BX_OP_ASIN, .of_inverse = true},
    {"arccsch", AST_FUNCTION_ARCCSCH, 1, BX_OP_ASINH, .of_inverse = true},
    {"arcsec", AST_FUNCTION_ARCSEC, 1, BX_OP_ACOS, .of_inverse = true},
    {"arcsech", AST_FUNCTION_ARCSECH, 1, BX_OP_ACOSH, .of_inverse = true},
    {"arcsin", AST_FUNCTION_ARCSIN, 1, BX_OP_ASIN},
    {"arcsinh", AST_FUNCTION_ARCSINH, 1, BX_OP_ASINH},
    {"arctan", AST_FUNCTION_ARCTAN, 1, BX_OP_ATAN},
    {"arctanh", AST_FUNCTION_ARCTANH, 1, BX_OP_ATANH},
    {"ceiling", AST_FUNCTION_CEILING, 1, BX_OP_CEIL},
    {"cos", AST_FUNCTION_COS, 1, BX_OP_COS},
    {"cosh", AST_FUNCTION_COSH, 1, BX_OP_COSH},
    {"cot", AST_FUNCTION_COT, 1, BX_OP_TAN, .inverse = true},
    {"coth", AST_FUNCTION_COTH, 1, BX_OP_TANH, .inverse = true},
    {"csc", AST_FUNCTION_CSC, 1, BX_OP_SIN, .inverse = true},
    {"csch", AST_FUNCTION_CSCH, 1, BX_OP_SINH, .inverse = true},
    {"exp", AST_FUNCTION_EXP, 1, BX_OP_EXP},
    {"factorial", AST_FUNCTION_FACTORIAL, 1, BX_OP_FACTORIAL},
    {"floor", AST_FUNCTION_FLOOR, 1, BX_OP_FLOOR},
    {"ln", AST_FUNCTION_LN, 1, BX_OP_LOG},
    {"sec", AST_FUNCTION_SEC, 1, BX_OP_COS, .inverse = true},
    {"sech", AST_FUNCTION_SECH, 1, BX_OP_COSH, .inverse = true},
    {"sin", AST_FUNCTION_SIN, 1, BX_OP_SIN},
    {"sinh", AST_FUNCTION_SINH, 1, BX_OP_SINH},
    {"tan", AST_FUNCTION_TAN, 1, BX_OP_TAN},
    {"tanh", AST_FUNCTION_TANH, 1, BX_OP_TANH},
    {"power", AST_FUNCTION_POWER, 2, BX_OP_POWER},
    {"power", AST_POWER, 2, BX_OP_POWER},
    {"rem", AST_FUNCTION_REM, 2, BX_OP_REMAINDER},
};

static void expand_listed(walk *w, const step *s)
{
    ASTNodeType_t type = ASTNode_getType(s->node);
    unsigned count = ASTNode_getNumChildren(s->node);
    size_t i = 0;
    while (i < sizeof listed / sizeof *listed && listed[i].type != type)
        i++;
    if (i == sizeof listed / sizeof *listed) {
        const char *name = ASTNode_getName(s->node);
        bx_builder_fail(w->builder, BX_EMODEL, "the function \"%.64s\" (type %d) is not supported",
                        name ? name : "without a name", (int)type);
        return;
    }
    if (count != listed[i].operands) {
        bx_builder_fail(w->builder, BX_EMODEL, "%s has %u operands", listed[i].name, count);
        return;
    }
    if (listed[i].inverse || listed[i].of_inverse)
        then_number(w, 1);
    for (unsigned j = 0; j < count; j++)
        then_child(w, s, j, false);
    if (listed[i].of_inverse)
        then_apply(w, BX_OP_DIVIDE);
    then_apply(w, listed[i].op);
    if (listed[i].inverse)
        then_apply(w, BX_OP_DIVIDE);
}

/* Operators that give a truth value, whose operands are such. */
static void expand_logical(walk *w, const step *s)
{
    unsigned count = ASTNode_getNumChildren(s->node);
    switch (ASTNode_getType(s->node)) {
    case AST_LOGICAL_AND: expand_joined(w, s, BX_OP_AND, 1, true); break;
    case AST_LOGICAL_OR: expand_joined(w, s, BX_OP_OR, 0, true); break;
    case AST_LOGICAL_XOR:
        then(w, (step){.kind = STEP_XOR, .node = s->node, .scope = s->scope, .count = count});
        break;
    case AST_LOGICAL_IMPLIES:
        if (count == 2)
            expand_implies(w, s);
        else
            fail(w, "implies: two operands expected");
        break;
    case AST_LOGICAL_NOT:
        then_child(w, s, 0, true);
        then_apply(w, BX_OP_NOT);
        if (count != 1)
            fail(w, "not: one operand expected");
        break;
    case AST_RELATIONAL_EQ: expand_relation(w, s, BX_OP_EQUAL); break;
    case AST_RELATIONAL_NEQ: expand_relation(w, s, BX_OP_NOT_EQUAL); break;
    case AST_RELATIONAL_LT: expand_relation(w, s, BX_OP_LESS); break;
    case AST_RELATIONAL_LEQ: expand_relation(w, s, BX_OP_LESS_EQUAL); break;
    case AST_RELATIONAL_GT: expand_relation(w, s, BX_OP_GREATER); break;
    case AST_RELATIONAL_GEQ: expand_relation(w, s, BX_OP_GREATER_EQUAL); break;
    default: then_number(w, ASTNode_getType(s->node) == AST_CONSTANT_TRUE); break;
    }
}

static bool is_logical(const ASTNode_t *node)
{
    return ASTNode_isLogical(node) || ASTNode_isRelational(node) ||
           ASTNode_getType(node) == AST_LOGICAL_IMPLIES ||
           ASTNode_getType(node) == AST_CONSTANT_TRUE ||
           ASTNode_getType(node) == AST_CONSTANT_FALSE;
}

static void expand_delay(walk *w, const step *s)
{
    if (ASTNode_getNumChildren(s->node) != 2) {
        fail(w, "delay: two operands expected");
        return;
    }
    w->sbml->delays = true;
    then_child(w, s, 0, false);
    then_child(w, s, 1, false);
    then_apply(w, BX_OP_DELAY);
}

static void expand_number(walk *w, const step *s)
{
    unsigned count = ASTNode_getNumChildren(s->node);
    ASTNodeType_t type = ASTNode_getType(s->node);
    switch (type) {
    case AST_INTEGER:
    case AST_REAL:
    case AST_REAL_E:
    case AST_RATIONAL: bx_builder_number(w->builder, ASTNode_getValue(s->node)); break;
    case AST_NAME_AVOGADRO: bx_builder_number(w->builder, 6.02214179e23); break;
    case AST_CONSTANT_E: bx_builder_number(w->builder, 2.7182818284590452354); break;
    case AST_CONSTANT_PI: bx_builder_number(w->builder, 3.14159265358979323846); break;
    case AST_NAME_TIME: bx_builder_apply(w->builder, BX_OP_TIME); break;
    case AST_NAME: expand_name(w, s); break;
    case AST_PLUS: expand_joined(w, s, BX_OP_ADD, 0, false); break;
    case AST_TIMES: expand_joined(w, s, BX_OP_MULTIPLY, 1, false); break;
    case AST_DIVIDE: expand_joined(w, s, BX_OP_DIVIDE, 1, false); break;
    case AST_MINUS: expand_minus(w, s); break;
    case AST_FUNCTION_MAX: expand_joined(w, s, BX_OP_MAX, NAN, false); break;
    case AST_FUNCTION_MIN: expand_joined(w, s, BX_OP_MIN, NAN, false); break;
    case AST_FUNCTION_QUOTIENT:
        expand_joined(w, s, BX_OP_DIVIDE, NAN, false);
        then_apply(w, BX_OP_TRUNCATE);
        break;
    case AST_FUNCTION_RATE_OF: expand_rate_of(w, s); break;
    case AST_FUNCTION_DELAY: expand_delay(w, s); break;
    default:
        if (type == AST_FUNCTION_LOG && (count == 1 || count == 2))
            expand_log(w, s);
        else if (type == AST_FUNCTION_ROOT && (count == 1 || count == 2))
            expand_root(w, s);
        else
            expand_listed(w, s);
    }
}

/* Names and numbers are added at once, all else by further steps. */
static void expand_value(walk *w, const step *s)
{
    if (!s->node)
        fail(w, "an operator lacks an operand");
    else if (is_logical(s->node))
        expand_logical(w, s);
    else if (ASTNode_getType(s->node) == AST_FUNCTION_PIECEWISE)
        expand_piecewise(w, s);
    else if (ASTNode_getType(s->node) == AST_FUNCTION)
        expand_call(w, s);
    else {
        expand_number(w, s);
        if (s->truth) {
            then_number(w, 0);
            then_apply(w, BX_OP_NOT_EQUAL);
        }
    }
}

static void take_step(walk *w)
{
    step s = w->steps[--w->step_count];
    switch (s.kind) {
    case STEP_NODE: expand_value(w, &s); break;
    case STEP_XOR: expand_xor(w, &s); break;
    case STEP_NUMBER: bx_builder_number(w->builder, s.number); break;
    case STEP_APPLY: bx_builder_apply(w->builder, s.op); break;
    case STEP_LEAVE: leave(w); break;
    }
}

/* The steps from `begin` on were noted in order; the next stands at the end. */
static void reverse(walk *w, size_t begin)
{
    for (size_t end = w->step_count; begin + 1 < end; begin++) {
        step swapped = w->steps[--end];
        w->steps[end] = w->steps[begin];
        w->steps[begin] = swapped;
    }
}

static void walk_tree(bx_sbml *sbml, const ASTNode_t *node, const KineticLaw_t *law, bool truth)
{
    walk w = {.sbml = sbml, .builder = &sbml->builder, .law = law};
    then(&w, (step){.kind = STEP_NODE, .node = node, .scope = OUTSIDE, .truth = truth});
    while (w.step_count > 0 && !w.builder->failed) {
        size_t begin = w.step_count - 1;
        if (bx_interrupted)
            bx_builder_fail(w.builder, BX_ECANCELLED, "the call was interrupted");
        take_step(&w);
        reverse(&w, begin);
    }
    free(w.steps);
    free(w.scopes);
    free(w.arguments);
    free(w.operands);
}

void bx_sbml_math(bx_sbml *sbml, const ASTNode_t *node, const KineticLaw_t *law)
{
    walk_tree(sbml, node, law, false);
}

void bx_sbml_truth(bx_sbml *sbml, const ASTNode_t *node)
{
    walk_tree(sbml, node, NULL, true);
}
