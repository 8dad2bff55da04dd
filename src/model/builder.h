/* A formula in the making, in the order of a stack machine: numbers and names are values that wait,
 * an operator takes those that came last and leaves one:
 *
 *   bx_builder b = {.err = err};
 *   bx_builder_name(&b, "k", 0, 0);
 *   bx_builder_number(&b, 2);
 *   bx_builder_apply(&b, BX_OP_MULTIPLY);
 *   formula = bx_builder_end(&b);                                                          k * 2
 *
 * The first failure is kept in `err`; all calls after it do nothing, and the end gives NULL. So
 * only the end needs to be looked at. */
#ifndef BX_MODEL_BUILDER_H
#define BX_MODEL_BUILDER_H

#include "core/error.h"
#include "core/names.h"
#include "model/formula.h"

#include <stdbool.h>

/* The most numbers, names and operators of a formula: no text has more. */
#define BX_FORMULA_NODES ((size_t)1 << 20)

/* Zeroed but for `err`, which may be NULL, it is ready. Nothing needs to be freed after the end. */
typedef struct bx_builder {
    bx_error *err;
    bool failed;
    bx_formula *formula;
    size_t node_capacity, name_capacity;
    bx_names index;   /* of the formula's names */
    uint32_t *values; /* that wait: their nodes */
    size_t value_count, value_capacity;
} bx_builder;

/* Any number, NaN and infinities too. */
void bx_builder_number(bx_builder *builder, double number);

/* The name is copied. Line 0: there is no text that has it. */
void bx_builder_name(bx_builder *builder, const char *name, uint32_t line, uint32_t column);

/* An operator, or BX_OP_TIME. As many values as it takes must wait. */
void bx_builder_apply(bx_builder *builder, bx_op op);

/* The value of another formula. */
void bx_builder_copy(bx_builder *builder, const bx_formula *formula);

/* Note a failure, unless there was one. Gives -1. */
int bx_builder_fail(bx_builder *builder, bx_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The formula of the one value that waits, or NULL; the builder is ready for the next. */
bx_formula *bx_builder_end(bx_builder *builder);

/* Give up what was made so far; the builder is ready for the next. */
void bx_builder_drop(bx_builder *builder);

/* A formula of a number alone. NULL with BX_EMEMORY. */
bx_formula *bx_formula_number(double number, bx_error *err);

#endif
