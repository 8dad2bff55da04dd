#include "analysis/expression.h"

#include "model/derivative.h"
#include "model/program.h"

#include <stdlib.h>

/* The names have the first slots. */
struct bx_expression {
    bx_formula *formula;
    bx_program program;
    bx_range code;
    uint32_t target;
    bx_operation *tape; /* what each operator had */
    double *adjoints;   /* by slot */
};

static int check(const bx_formula *formula, bx_error *err)
{
    for (size_t i = 0; i < formula->count; i++)
        if (bx_op_draws(formula->nodes[i].op) || formula->nodes[i].op == BX_OP_DELAY)
            return bx_fail(err, BX_EMODEL, "random numbers and the past are for models alone");
    return 0;
}

static int compile(bx_expression *e, bx_error *err)
{
    bx_program *program = &e->program;
    size_t names = e->formula->name_count;
    uint32_t *slots = calloc(names + 1, sizeof *slots);
    int64_t slot = slots ? 0 : -1;
    for (size_t i = 0; i < names && slot >= 0; i++)
        slots[i] = (uint32_t)(slot = bx_program_slot(program, 0));
    if (slot >= 0)
        program->time = (uint32_t)(slot = bx_program_slot(program, 0));
    if (slot >= 0)
        e->target = (uint32_t)(slot = bx_program_slot(program, 0));
    size_t temporaries = bx_formula_depth(e->formula, e->formula->count - 1);
    program->temporaries = e->target + 1;
    for (size_t i = 0; i < temporaries && slot >= 0; i++, program->temporary_count++)
        slot = bx_program_slot(program, 0);
    int result = slot < 0 ? -1
                          : bx_program_compile(program, e->formula, e->formula->count - 1, slots,
                                               e->target, &e->code);
    free(slots);
    return result < 0 ? bx_fail_memory(err) : 0;
}

bx_expression *bx_expression_new(bx_formula *formula, bx_error *err)
{
    bx_expression *e = calloc(1, sizeof *e);
    if (!e) {
        bx_formula_free(formula);
        bx_fail_memory(err);
        return NULL;
    }
    e->formula = formula;
    if (check(formula, err) == 0 && compile(e, err) == 0) {
        e->tape = calloc(e->program.count + 1, sizeof *e->tape);
        e->adjoints = calloc(e->program.frame_size + 1, sizeof *e->adjoints);
        if (e->tape && e->adjoints)
            return e;
        bx_fail_memory(err);
    }
    bx_expression_free(e);
    return NULL;
}

void bx_expression_free(bx_expression *e)
{
    if (!e)
        return;
    bx_formula_free(e->formula);
    bx_program_free(&e->program);
    free(e->tape);
    free(e->adjoints);
    free(e);
}

size_t bx_expression_names(const bx_expression *e)
{
    return e->formula->name_count;
}

const char *bx_expression_name(const bx_expression *e, size_t i)
{
    return e->formula->names[i].text;
}

void bx_expression_set(bx_expression *e, size_t i, double value)
{
    e->program.frame[i] = value;
}

double bx_expression_value(bx_expression *e, double time)
{
    double *frame = e->program.frame;
    frame[e->program.time] = time;
    bx_operation *o = e->tape;
    for (uint32_t k = e->code.begin; k < e->code.end; k++, o++) {
        const bx_instruction *i = &e->program.code[k];
        o->a = frame[i->a];
        o->b = frame[i->b];
        o->c = frame[i->c];
        bx_program_run(i, i + 1, frame);
        o->result = frame[i->target];
    }
    return frame[e->target];
}

const double *bx_expression_gradient(bx_expression *e)
{
    double *adjoints = e->adjoints;
    for (size_t i = 0; i < e->program.frame_size; i++)
        adjoints[i] = 0;
    adjoints[e->target] = 1;
    for (uint32_t k = e->code.end; k-- > e->code.begin;) {
        const bx_instruction *i = &e->program.code[k];
        double weight = adjoints[i->target], d[3];
        adjoints[i->target] = 0;
        if (weight == 0)
            continue;
        bx_op_derivatives((bx_op)i->op, &e->tape[k - e->code.begin], d);
        uint32_t operands[] = {i->a, i->b, i->c};
        for (int j = 0; j < 3; j++)
            if (d[j] != 0) /* of a constant it may not be finite */
                adjoints[operands[j]] += weight * d[j];
    }
    return adjoints;
}
