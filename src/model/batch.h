/* Formulas that are evaluated together, again and again. Their three-address code becomes a graph
 * in which what is the same is there once and what nobody asks for is not; what depends on nothing
 * that varies is computed apart. Instructions of one kind that do not wait for each other run as
 * one loop, so that the choice of the operator is paid once for all of them. Each value is that of
 * bx_program_run to the last bit. */
#ifndef BX_MODEL_BATCH_H
#define BX_MODEL_BATCH_H

#include "model/program.h"

#include <stdbool.h>

typedef struct bx_batch bx_batch;

/* For frames of `size` slots, of which varies[slot] change from one evaluation to the next; it is
 * read until bx_batch_finish. NULL without memory. */
bx_batch *bx_batch_new(size_t size, const bool *varies);
void bx_batch_free(bx_batch *batch); /* NULL is fine */

/* Whether all instructions are such that it can take them: their values follow from their operands
 * alone. */
bool bx_batch_takes(const bx_program *program, bx_range range);

/* What follows builds it; -1 without memory. Append code, after which slots have new values. */
int bx_batch_append(bx_batch *batch, const bx_program *program, bx_range range);

/* A value: what a slot holds by now; a number; an operator applied to one or two values. */
int64_t bx_batch_slot(bx_batch *batch, uint32_t slot);
int64_t bx_batch_number(bx_batch *batch, double number);
int64_t bx_batch_apply(bx_batch *batch, bx_op op, uint32_t a, uint32_t b);

/* The batch is to give these values: each entry of `wanted` is a value, and becomes its place in
 * what bx_batch_run returns. */
int bx_batch_finish(bx_batch *batch, uint32_t *wanted, size_t count);

/* Take what does not vary from the frame: before the first run, and when it has changed. */
void bx_batch_prepare(bx_batch *batch, const double *frame);

/* Evaluate at a frame. What is returned lasts to the next run. */
const double *bx_batch_run(bx_batch *batch, const double *frame);

#endif
