#include "sbml/tree.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* libSBML walks trees by recursion. */
#define DEPTH_MAXIMUM 1000
#define SIZE_MAXIMUM 100000 /* nodes; no more are read, either */

typedef struct tree {
    ASTNode_t *node;
    bool truth;
    unsigned depth;
    size_t size; /* about so many nodes */
} tree;

bx_sbml_name bx_sbml_id_of(const char *name)
{
    bx_sbml_name id;
    size_t length = 0;
    for (; *name && length < sizeof id.text - 3; name++) {
        if (*name == '.')
            id.text[length++] = '_';
        id.text[length++] = *name == '.' ? '_' : *name;
    }
    id.text[length] = '\0';
    return id;
}

static ASTNode_t *with_children(ASTNodeType_t type, ASTNode_t *a, ASTNode_t *b, ASTNode_t *c)
{
    ASTNode_t *node = ASTNode_createWithType(type);
    if (a)
        ASTNode_addChild(node, a);
    if (b)
        ASTNode_addChild(node, b);
    if (c)
        ASTNode_addChild(node, c);
    return node;
}

double bx_sbml_readable(double value)
{
    return fabs(value) < DBL_MIN ? 0 : value;
}

ASTNode_t *bx_sbml_number_tree(double number)
{
    ASTNode_t *node = ASTNode_create();
    ASTNode_setReal(node, bx_sbml_readable(number));
    return node;
}

ASTNode_t *bx_sbml_name_tree(const char *name)
{
    ASTNode_t *node = ASTNode_createWithType(AST_NAME);
    ASTNode_setName(node, bx_sbml_id_of(name).text);
    return node;
}

ASTNode_t *bx_sbml_product(ASTNode_t *a, ASTNode_t *b)
{
    if (!a || !b)
        return a ? a : b;
    return with_children(AST_TIMES, a, b, NULL);
}

static ASTNode_t *as_number(tree t)
{
    if (!t.truth)
        return t.node;
    return with_children(AST_FUNCTION_PIECEWISE, bx_sbml_number_tree(1), t.node,
                         bx_sbml_number_tree(0));
}

static ASTNode_t *as_truth(tree t)
{
    if (t.truth)
        return t.node;
    return with_children(AST_RELATIONAL_NEQ, t.node, bx_sbml_number_tree(0), NULL);
}

/* The operators that MathML has too. */
static const struct {
    bx_op op;
    ASTNodeType_t type;
} same[] = {
    {BX_OP_NEGATE, AST_MINUS},
    {BX_OP_ABS, AST_FUNCTION_ABS},
    {BX_OP_EXP, AST_FUNCTION_EXP},
    {BX_OP_LOG, AST_FUNCTION_LN},
    {BX_OP_FLOOR, AST_FUNCTION_FLOOR},
    {BX_OP_CEIL, AST_FUNCTION_CEILING},
    {BX_OP_SIN, AST_FUNCTION_SIN},
    {BX_OP_COS, AST_FUNCTION_COS},
    {BX_OP_TAN, AST_FUNCTION_TAN},
    {BX_OP_ASIN, AST_FUNCTION_ARCSIN},
    {BX_OP_ACOS, AST_FUNCTION_ARCCOS},
    {BX_OP_ATAN, AST_FUNCTION_ARCTAN},
    {BX_OP_SINH, AST_FUNCTION_SINH},
    {BX_OP_COSH, AST_FUNCTION_COSH},
    {BX_OP_TANH, AST_FUNCTION_TANH},
    {BX_OP_ASINH, AST_FUNCTION_ARCSINH},
    {BX_OP_ACOSH, AST_FUNCTION_ARCCOSH},
    {BX_OP_ATANH, AST_FUNCTION_ARCTANH},
    {BX_OP_FACTORIAL, AST_FUNCTION_FACTORIAL},
    {BX_OP_ADD, AST_PLUS},
    {BX_OP_SUBTRACT, AST_MINUS},
    {BX_OP_MULTIPLY, AST_TIMES},
    {BX_OP_DIVIDE, AST_DIVIDE},
    {BX_OP_POWER, AST_FUNCTION_POWER},
    {BX_OP_REMAINDER, AST_FUNCTION_REM},
    {BX_OP_MIN, AST_FUNCTION_MIN},
    {BX_OP_MAX, AST_FUNCTION_MAX},
    {BX_OP_LESS, AST_RELATIONAL_LT},
    {BX_OP_LESS_EQUAL, AST_RELATIONAL_LEQ},
    {BX_OP_GREATER, AST_RELATIONAL_GT},
    {BX_OP_GREATER_EQUAL, AST_RELATIONAL_GEQ},
    {BX_OP_EQUAL, AST_RELATIONAL_EQ},
    {BX_OP_NOT_EQUAL, AST_RELATIONAL_NEQ},
};

/* x^n / (k^n + x^n) where x > 0, else 0. */
static ASTNode_t *hill(tree x, tree k, tree n)
{
    ASTNode_t *a = as_number(x), *b = as_number(k), *c = as_number(n);
    ASTNode_t *power = with_children(AST_FUNCTION_POWER, a, c, NULL);
    ASTNode_t *sum =
        with_children(AST_PLUS, with_children(AST_FUNCTION_POWER, b, ASTNode_deepCopy(c), NULL),
                      ASTNode_deepCopy(power), NULL);
    ASTNode_t *positive =
        with_children(AST_RELATIONAL_GT, ASTNode_deepCopy(a), bx_sbml_number_tree(0), NULL);
    return with_children(AST_FUNCTION_PIECEWISE, with_children(AST_DIVIDE, power, sum, NULL),
                         positive, bx_sbml_number_tree(0));
}

static ASTNode_t *delay(tree value, tree ago)
{
    ASTNode_t *node = with_children(AST_FUNCTION_DELAY, as_number(value), as_number(ago), NULL);
    ASTNode_setName(node, "delay");
    return node;
}

static ASTNode_t *listed(bx_op op, const tree *a, const tree *b)
{
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (same[i].op == op)
            return with_children(same[i].type, as_number(*a),
                                 bx_op_arity(op) > 1 ? as_number(*b) : NULL, NULL);
    return NULL;
}

static ASTNode_t *operate(bx_op op, const tree *a, const tree *b, const tree *c)
{
    switch (op) {
    case BX_OP_LOG10:
        return with_children(AST_FUNCTION_LOG, bx_sbml_number_tree(10), as_number(*a), NULL);
    case BX_OP_SQRT:
        return with_children(AST_FUNCTION_ROOT, bx_sbml_number_tree(2), as_number(*a), NULL);
    case BX_OP_TRUNCATE:
        return with_children(AST_FUNCTION_QUOTIENT, as_number(*a), bx_sbml_number_tree(1), NULL);
    case BX_OP_NOT: return with_children(AST_LOGICAL_NOT, as_truth(*a), NULL, NULL);
    case BX_OP_AND: return with_children(AST_LOGICAL_AND, as_truth(*a), as_truth(*b), NULL);
    case BX_OP_OR: return with_children(AST_LOGICAL_OR, as_truth(*a), as_truth(*b), NULL);
    case BX_OP_IF:
        return with_children(AST_FUNCTION_PIECEWISE, as_number(*b), as_truth(*a), as_number(*c));
    case BX_OP_HILL: return hill(*a, *b, *c);
    case BX_OP_DELAY: return delay(*a, *b);
    default: return listed(op, a, b);
    }
}

static ASTNode_t *leaf(const bx_formula *formula, const bx_node *node, double time)
{
    if (node->op == BX_OP_NUMBER)
        return bx_sbml_number_tree(node->number);
    if (node->op == BX_OP_NAME)
        return bx_sbml_name_tree(formula->names[node->a].text);
    ASTNode_t *symbol = ASTNode_createWithType(AST_NAME_TIME);
    ASTNode_setName(symbol, "time");
    return time == 0 ? symbol : with_children(AST_PLUS, symbol, bx_sbml_number_tree(time), NULL);
}

/* A hill has its first and its last operand three times. */
static size_t size_of(const bx_node *node, tree *const *operands, unsigned arity)
{
    size_t size = 1;
    for (unsigned j = 0; j < arity && j < 3; j++)
        size += (node->op == BX_OP_HILL && j != 1 ? 3 : 1) * operands[j]->size;
    return size;
}

int bx_sbml_refuse_delay(bx_error *err)
{
    return bx_fail(err, BX_EMODEL,
                   "a delayed value needs the past, which SBML does not hold: write the model at "
                   "time 0");
}

int bx_sbml_refuse_past(const char *name, bx_error *err)
{
    return bx_fail(err, BX_EMODEL,
                   "the initial value of \"%.64s\" changes with the time before 0, to which "
                   "delays reach",
                   name);
}

/* Each node from those before it, which it takes. */
static int build(const bx_formula *formula, double time, tree *trees, bx_error *err)
{
    for (size_t i = 0; i < formula->count; i++) {
        const bx_node *node = &formula->nodes[i];
        tree *operands[] = {&trees[node->a], &trees[node->b], &trees[node->c]};
        unsigned arity = bx_op_arity(node->op);
        if (bx_op_draws(node->op) || node->op == BX_OP_BOUNDS)
            return bx_fail(err, BX_EMODEL, "SBML's core has no random numbers");
        if (node->op == BX_OP_DELAY && time != 0)
            return bx_sbml_refuse_delay(err);
        trees[i].truth = bx_op_compares(node->op) || node->op == BX_OP_AND ||
                         node->op == BX_OP_OR || node->op == BX_OP_NOT;
        for (unsigned j = 0; j < arity && j < 3; j++)
            if (operands[j]->depth >= trees[i].depth)
                trees[i].depth = operands[j]->depth + 1;
        if (trees[i].depth > DEPTH_MAXIMUM)
            return bx_fail(err, BX_EMODEL, "a formula of at most %d levels expected",
                           DEPTH_MAXIMUM);
        trees[i].size = size_of(node, operands, arity);
        if (trees[i].size > SIZE_MAXIMUM)
            return bx_fail(err, BX_EMODEL,
                           "a formula of at most %d nodes expected; each hill repeats its operands",
                           SIZE_MAXIMUM);
        trees[i].node = arity == 0 ? leaf(formula, node, time)
                                   : operate(node->op, operands[0], operands[1], operands[2]);
        for (unsigned j = 0; j < arity && j < 3; j++)
            operands[j]->node = NULL;
        if (!trees[i].node)
            return bx_fail(err, BX_EMODEL, "SBML has no operator of number %d", (int)node->op);
    }
    return 0;
}

ASTNode_t *bx_sbml_tree(const bx_formula *formula, double time, bool truth, bx_error *err)
{
    tree *trees = calloc(formula->count + 1, sizeof *trees);
    ASTNode_t *root = NULL;
    if (!trees) {
        bx_fail_memory(err);
        return NULL;
    }
    if (build(formula, time, trees, err) == 0) {
        tree *last = &trees[formula->count - 1];
        root = truth ? as_truth(*last) : as_number(*last);
        last->node = NULL;
    }
    for (size_t i = 0; i < formula->count; i++)
        if (trees[i].node)
            ASTNode_free(trees[i].node);
    free(trees);
    return root;
}
