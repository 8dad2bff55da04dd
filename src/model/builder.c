#include "model/builder.h"

#include "core/array.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int bx_builder_fail(bx_builder *builder, bx_code code, const char *format, ...)
{
    bx_error *err = builder->err;
    if (!builder->failed && err) {
        va_list arguments;
        va_start(arguments, format);
        err->code = code;
        vsnprintf(err->message, sizeof err->message, format, arguments);
        va_end(arguments);
    }
    builder->failed = true;
    return -1;
}

static void fail_memory(bx_builder *builder)
{
    bx_builder_fail(builder, BX_EMEMORY, "out of memory");
}

/* The formula that is being made. */
static bx_formula *formula_of(bx_builder *builder)
{
    if (!builder->formula && !(builder->formula = calloc(1, sizeof *builder->formula)))
        fail_memory(builder);
    return builder->failed ? NULL : builder->formula;
}

/* Append a node whose operands were the last values: it takes their place. */
static void add_node(bx_builder *builder, bx_node node, unsigned operands)
{
    bx_formula *formula = formula_of(builder);
    if (!formula)
        return;
    if (formula->count == BX_FORMULA_NODES) {
        bx_builder_fail(builder, BX_EMODEL,
                        "expected a formula of at most %zu numbers, names and operators",
                        BX_FORMULA_NODES);
        return;
    }
    bx_node *nodes =
        bx_array_grow(formula->nodes, formula->count, &builder->node_capacity, sizeof *nodes);
    if (nodes)
        formula->nodes = nodes;
    uint32_t *values = bx_array_grow(builder->values, builder->value_count,
                                     &builder->value_capacity, sizeof *values);
    if (values)
        builder->values = values;
    if (!nodes || !values) {
        fail_memory(builder);
        return;
    }
    builder->value_count -= operands;
    values[builder->value_count++] = (uint32_t)formula->count;
    nodes[formula->count++] = node;
}

void bx_builder_number(bx_builder *builder, double number)
{
    add_node(builder, (bx_node){.op = BX_OP_NUMBER, .number = number}, 0);
}

/* The place of a new name; SIZE_MAX without memory. */
static size_t add_name(bx_builder *builder, const char *text, uint32_t line, uint32_t column)
{
    bx_formula *formula = builder->formula;
    bx_formula_name *names =
        bx_array_grow(formula->names, formula->name_count, &builder->name_capacity, sizeof *names);
    if (!names)
        return SIZE_MAX;
    formula->names = names;
    char *copy = strdup(text);
    if (!copy)
        return SIZE_MAX;
    names[formula->name_count] = (bx_formula_name){copy, line, column};
    size_t place = formula->name_count++;
    return bx_names_add(&builder->index, copy, place) < 0 ? SIZE_MAX : place;
}

void bx_builder_name(bx_builder *builder, const char *name, uint32_t line, uint32_t column)
{
    if (!formula_of(builder))
        return;
    size_t place = bx_names_find(&builder->index, name);
    if (place == BX_NAME_NONE)
        place = add_name(builder, name, line, column);
    if (place == SIZE_MAX)
        fail_memory(builder);
    else
        add_node(builder, (bx_node){.op = BX_OP_NAME, .a = (uint32_t)place}, 0);
}

void bx_builder_apply(bx_builder *builder, bx_op op)
{
    bx_node node = {.op = op};
    uint32_t *operands[] = {&node.a, &node.b, &node.c};
    unsigned arity = bx_op_arity(op);
    if (builder->failed)
        return;
    assert(builder->value_count >= arity);
    for (unsigned i = 0; i < arity && i < 3; i++)
        *operands[i] = builder->values[builder->value_count - arity + i];
    add_node(builder, node, arity);
}

void bx_builder_copy(bx_builder *builder, const bx_formula *formula)
{
    for (size_t i = 0; i < formula->count; i++) {
        const bx_node *node = &formula->nodes[i];
        const bx_formula_name *name = &formula->names[node->a];
        if (node->op == BX_OP_NUMBER)
            bx_builder_number(builder, node->number);
        else if (node->op == BX_OP_NAME)
            bx_builder_name(builder, name->text, name->line, name->column);
        else
            bx_builder_apply(builder, node->op);
    }
}

void bx_builder_drop(bx_builder *builder)
{
    bx_formula_free(builder->formula);
    bx_names_free(&builder->index);
    free(builder->values);
    *builder = (bx_builder){.err = builder->err};
}

bx_formula *bx_builder_end(bx_builder *builder)
{
    bx_formula *formula = NULL;
    if (!builder->failed) {
        assert(builder->formula && builder->value_count == 1);
        formula = builder->formula;
        builder->formula = NULL;
    }
    bx_builder_drop(builder);
    return formula;
}

bx_formula *bx_formula_number(double number, bx_error *err)
{
    bx_builder builder = {.err = err};
    bx_builder_number(&builder, number);
    return bx_builder_end(&builder);
}
