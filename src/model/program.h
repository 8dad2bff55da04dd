/* Formulas compiled to three-address code over one flat array of doubles, the frame: the values of
 * variables, of constants, and temporaries. */
#ifndef BX_MODEL_PROGRAM_H
#define BX_MODEL_PROGRAM_H

#include "model/formula.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct bx_instruction {
    uint32_t op; /* a bx_op that is not a leaf */
    uint32_t target, a, b, c;
} bx_instruction;

/* Instructions [begin, end). */
typedef struct bx_range {
    uint32_t begin, end;
} bx_range;

/* A delayed value: what the code puts into `value` in a frame of an earlier time. */
typedef struct bx_delayed {
    bx_instruction *code;
    size_t count;
    uint32_t value, place; /* slots; the second holds its place among all */
    char *name;            /* for messages: that it names first */
} bx_delayed;

/* Where delayed values come from. Who runs code with BX_OP_DELAY has the address of one in the
 * frame's slot bx_program.past. */
typedef struct bx_past {
    double (*value)(struct bx_past *past, size_t delayed, double seconds_ago, double *frame);
} bx_past;

/* A zeroed bx_program is empty. `frame` is what a fresh frame holds. */
typedef struct bx_program {
    bx_instruction *code;
    size_t count, capacity;
    double *frame;
    size_t frame_size, frame_capacity;
    uint32_t temporaries, temporary_count; /* slots for intermediate values: the first */
    uint32_t time;        /* the slot of the time */
    /* For each random number the first of three slots. Who runs the code puts a uniform number in
     * [0, 1) there before, which decides the random number; the code puts its bounds into the
     * other two. */
    uint32_t *draws;
    size_t draw_count, draw_capacity;
    bx_delayed *delayed; /* what is in it comes before it */
    size_t delayed_count, delayed_capacity;
    uint32_t past; /* a slot, if there are any */
} bx_program;

void bx_program_free(bx_program *program);

/* A new slot of the frame that begins as `value`. -1 without memory. */
int64_t bx_program_slot(bx_program *program, double value);

/* Append code that puts the value of the part under `root` into `target`; slots[i] is where the
 * formula's name i lives. -1 without memory. */
int bx_program_compile(bx_program *program, const bx_formula *formula, size_t root,
                       const uint32_t *slots, uint32_t target, bx_range *range);

/* Append one instruction by hand. */
int bx_program_emit(bx_program *program, bx_instruction instruction);

/* a^b. Exponents are often parameters that are small whole numbers, and a product is some ten times
 * as fast as pow(). */
static inline double bx_power(double a, double b)
{
    if (b == 2)
        return a * a;
    if (b == 3)
        return a * a * a;
    if (b == 4)
        return (a * a) * (a * a);
    if (b == -1)
        return 1 / a;
    return b == 1 ? a : pow(a, b);
}

/* Whether an operator's value follows from its operands alone; then what it is, of as many of these
 * as it has. */
bool bx_program_applies(bx_op op);
double bx_program_apply(bx_op op, double a, double b, double c);

/* Run [begin, end) on a frame. */
void bx_program_run(const bx_instruction *begin, const bx_instruction *end, double *frame);

static inline void bx_program_run_range(const bx_program *program, bx_range range, double *frame)
{
    if (range.begin < range.end) /* an empty program has no code to point into */
        bx_program_run(program->code + range.begin, program->code + range.end, frame);
}

#endif
