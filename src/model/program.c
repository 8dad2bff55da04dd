#include "model/program.h"

#include "core/array.h"
#include "model/distribution.h"
#include "model/solve.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(bx_past *) <= sizeof(double), "an address fits into a slot");

/* While compiling: a number not yet in the frame, or a slot. */
typedef struct operand {
    bool constant;
    double value;
    uint32_t slot;
} operand;

void bx_program_free(bx_program *program)
{
    free(program->code);
    free(program->frame);
    free(program->draws);
    for (size_t i = 0; i < program->delayed_count; i++) {
        free(program->delayed[i].code);
        free(program->delayed[i].name);
    }
    free(program->delayed);
    *program = (bx_program){0};
}

int64_t bx_program_slot(bx_program *program, double value)
{
    double *frame =
        bx_array_grow(program->frame, program->frame_size, &program->frame_capacity, sizeof *frame);
    if (!frame)
        return -1;
    program->frame = frame;
    frame[program->frame_size] = value;
    return (int64_t)program->frame_size++;
}

int bx_program_emit(bx_program *program, bx_instruction instruction)
{
    bx_instruction *code =
        bx_array_grow(program->code, program->count, &program->capacity, sizeof *code);
    if (!code)
        return -1;
    program->code = code;
    code[program->count++] = instruction;
    return 0;
}

/* x^n for the powers that need no pow(). */
static bx_op power_by_constant(double exponent)
{
    if (exponent == 1)
        return BX_OP_MOVE;
    if (exponent == 2)
        return BX_OP_SQUARE;
    if (exponent == 3)
        return BX_OP_CUBE;
    return exponent == 0.5 ? BX_OP_SQRT : BX_OP_POWER;
}

static int to_slot(bx_program *program, operand *o)
{
    if (!o->constant)
        return 0;
    int64_t slot = bx_program_slot(program, o->value);
    if (slot < 0)
        return -1;
    *o = (operand){.slot = (uint32_t)slot};
    return 0;
}

/* Apply `op` to operands[0..arity), all constants. */
static operand fold(bx_op op, const operand *operands, unsigned arity)
{
    double values[3] = {0};
    for (unsigned i = 0; i < arity; i++)
        values[i] = operands[i].value;
    return (operand){.constant = true,
                     .value = bx_program_apply(op, values[0], values[1], values[2])};
}

/* Three slots for a random number: what decides it, and its bounds. */
static int add_draw(bx_program *program, operand *operands)
{
    uint32_t *draws =
        bx_array_grow(program->draws, program->draw_count, &program->draw_capacity, sizeof *draws);
    if (!draws)
        return -1;
    program->draws = draws;
    if (to_slot(program, &operands[0]) < 0 || to_slot(program, &operands[1]) < 0)
        return -1;
    int64_t decides = bx_program_slot(program, 0);
    int64_t low = bx_program_slot(program, -INFINITY), high = bx_program_slot(program, INFINITY);
    if (decides < 0 || low < 0 || high < 0 ||
        bx_program_emit(program, (bx_instruction){.op = BX_OP_MOVE,
                                                  .target = (uint32_t)low,
                                                  .a = operands[0].slot}) < 0 ||
        bx_program_emit(program, (bx_instruction){.op = BX_OP_MOVE,
                                                  .target = (uint32_t)high,
                                                  .a = operands[1].slot}) < 0)
        return -1;
    operands[0] = (operand){.slot = (uint32_t)decides};
    program->draws[program->draw_count++] = (uint32_t)decides;
    return 0;
}

/* Replace operands[0..arity) by the result of `op`, computed into `temporary`. */
static int apply(bx_program *program, bx_op op, operand *operands, uint32_t temporary)
{
    unsigned arity = bx_op_arity(op);
    if (op == BX_OP_BOUNDS)
        return add_draw(program, operands);
    bool constant = true;
    for (unsigned i = 0; i < arity; i++)
        constant = constant && operands[i].constant;
    if (constant) {
        operands[0] = fold(op, operands, arity);
        return 0;
    }
    if (op == BX_OP_POWER && operands[1].constant) {
        op = power_by_constant(operands[1].value);
        arity = bx_op_arity(op);
        if (op == BX_OP_MOVE)
            return 0;
    }
    for (unsigned i = 0; i < arity; i++)
        if (to_slot(program, &operands[i]) < 0)
            return -1;
    bx_instruction instruction = {.op = op, .target = temporary, .a = operands[0].slot};
    if (arity > 1)
        instruction.b = operands[1].slot;
    if (arity > 2)
        instruction.c = operands[2].slot;
    operands[0] = (operand){.slot = temporary};
    return bx_program_emit(program, instruction);
}

/* By node of a formula with delays: of a delay its place among the delayed values; where what is
 * delayed begins, the node behind it. */
typedef struct delay_plan {
    uint32_t *delayed, *behind;
} delay_plan;

static int compile_delay(bx_program *program, uint32_t delayed, operand *operands,
                         uint32_t temporary)
{
    if (to_slot(program, &operands[1]) < 0)
        return -1;
    bx_instruction instruction = {.op = BX_OP_DELAY,
                                  .target = temporary,
                                  .a = operands[1].slot,
                                  .b = program->delayed[delayed].place,
                                  .c = program->past};
    operands[0] = (operand){.slot = temporary};
    return bx_program_emit(program, instruction);
}

static int compile_nodes(bx_program *program, const bx_formula *formula, size_t root,
                         const uint32_t *slots, operand *stack, const delay_plan *plan)
{
    size_t depth = 0;
    for (size_t i = bx_formula_begin(formula, root); i <= root; i++) {
        while (plan->behind && plan->behind[i] > 0) {
            stack[depth++] = (operand){.constant = true}; /* stands for what is delayed */
            i = plan->behind[i];
        }
        const bx_node *node = &formula->nodes[i];
        if (node->op == BX_OP_NUMBER) {
            stack[depth++] = (operand){.constant = true, .value = node->number};
        } else if (node->op == BX_OP_NAME) {
            stack[depth++] = (operand){.slot = slots[node->a]};
        } else if (node->op == BX_OP_TIME) {
            stack[depth++] = (operand){.slot = program->time};
        } else {
            depth -= bx_op_arity(node->op);
            uint32_t temporary = program->temporaries + (uint32_t)depth;
            if ((node->op == BX_OP_DELAY && plan->delayed
                     ? compile_delay(program, plan->delayed[i], stack + depth, temporary)
                     : apply(program, node->op, stack + depth, temporary)) < 0)
                return -1;
            depth++;
        }
    }
    return 0;
}

/* The value of the part under `root` into `target`. */
static int compile_part(bx_program *program, const bx_formula *formula, size_t root,
                        const uint32_t *slots, uint32_t target, operand *stack,
                        const delay_plan *plan)
{
    size_t begin = program->count;
    if (compile_nodes(program, formula, root, slots, stack, plan) < 0)
        return -1;
    if (program->count > begin && !stack[0].constant &&
        program->code[program->count - 1].target == stack[0].slot) {
        program->code[program->count - 1].target = target;
        return 0;
    }
    if (to_slot(program, &stack[0]) < 0)
        return -1;
    return bx_program_emit(
        program, (bx_instruction){.op = BX_OP_MOVE, .target = target, .a = stack[0].slot});
}

static char *name_of(const bx_formula *formula, size_t begin, size_t root)
{
    for (size_t i = begin; i <= root; i++)
        if (formula->nodes[i].op == BX_OP_NAME)
            return strdup(formula->names[formula->nodes[i].a].text);
    return strdup("time");
}

/* What is delayed gets code of its own, to run at other times. */
static int add_delayed(bx_program *program, const bx_formula *formula, size_t node,
                       const uint32_t *slots, operand *stack, delay_plan *plan)
{
    bx_delayed *all = bx_array_grow(program->delayed, program->delayed_count,
                                    &program->delayed_capacity, sizeof *all);
    if (!all)
        return -1;
    program->delayed = all;
    int64_t past = program->delayed_count > 0 ? program->past : bx_program_slot(program, 0);
    int64_t value = bx_program_slot(program, 0);
    int64_t place = bx_program_slot(program, (double)program->delayed_count);
    size_t root = formula->nodes[node].a, begin = bx_formula_begin(formula, root);
    if (past < 0 || value < 0 || place < 0)
        return -1;
    program->past = (uint32_t)past;
    plan->delayed[node] = (uint32_t)program->delayed_count;
    bx_delayed *delayed = &all[program->delayed_count++];
    *delayed = (bx_delayed){
        .value = (uint32_t)value, .place = (uint32_t)place, .name = name_of(formula, begin, root)};
    bx_program whole = *program;
    program->code = NULL;
    program->count = program->capacity = 0;
    int result = compile_part(program, formula, root, slots, delayed->value, stack, plan);
    delayed->code = program->code;
    delayed->count = program->count;
    program->code = whole.code;
    program->count = whole.count;
    program->capacity = whole.capacity;
    plan->behind[begin] = (uint32_t)root + 1;
    return delayed->name ? result : -1;
}

/* In the order of the nodes, so that inner delays come before outer ones. */
static int add_all_delayed(bx_program *program, const bx_formula *formula, size_t root,
                           const uint32_t *slots, operand *stack, delay_plan *plan)
{
    for (size_t i = bx_formula_begin(formula, root); i <= root; i++) {
        if (formula->nodes[i].op != BX_OP_DELAY)
            continue;
        if (!plan->delayed) {
            plan->delayed = calloc(formula->count, sizeof *plan->delayed);
            plan->behind = calloc(formula->count, sizeof *plan->behind);
        }
        if (!plan->delayed || !plan->behind ||
            add_delayed(program, formula, i, slots, stack, plan) < 0)
            return -1;
    }
    return 0;
}

int bx_program_compile(bx_program *program, const bx_formula *formula, size_t root,
                       const uint32_t *slots, uint32_t target, bx_range *range)
{
    delay_plan plan = {NULL, NULL};
    operand *stack = calloc(bx_formula_depth(formula, root) + 1, sizeof *stack);
    int result = stack ? add_all_delayed(program, formula, root, slots, stack, &plan) : -1;
    size_t begin = program->count;
    if (result == 0)
        result = compile_part(program, formula, root, slots, target, stack, &plan);
    *range = (bx_range){(uint32_t)begin, (uint32_t)program->count};
    free(plan.delayed);
    free(plan.behind);
    free(stack);
    return result;
}

static double hill(double x, double k, double n)
{
    return x > 0 ? 1 / (1 + bx_power(k / x, n)) : x <= 0 ? 0 : x;
}

bool bx_program_applies(bx_op op)
{
    return op >= BX_OP_MOVE && op <= BX_OP_HILL && op != BX_OP_BOUNDS && op != BX_OP_DELAY;
}

double bx_program_apply(bx_op op, double a, double b, double c)
{
    switch (op) {
    case BX_OP_ADD: return a + b;
    case BX_OP_SUBTRACT: return a - b;
    case BX_OP_MULTIPLY: return a * b;
    case BX_OP_DIVIDE: return a / b;
    case BX_OP_NEGATE: return -a;
    case BX_OP_SQUARE: return a * a;
    case BX_OP_CUBE: return a * a * a;
    case BX_OP_POWER: return bx_power(a, b);
    /* NaN in, NaN out */
    case BX_OP_MIN: return a < b || isnan(a) ? a : b;
    case BX_OP_MAX: return a > b || isnan(a) ? a : b;
    case BX_OP_LESS: return a < b;
    case BX_OP_LESS_EQUAL: return a <= b;
    case BX_OP_GREATER: return a > b;
    case BX_OP_GREATER_EQUAL: return a >= b;
    case BX_OP_EQUAL: return a == b;
    case BX_OP_NOT_EQUAL: return a != b;
    case BX_OP_AND: return a != 0 && b != 0;
    case BX_OP_OR: return a != 0 || b != 0;
    case BX_OP_IF: return a != 0 ? b : c;
    case BX_OP_HILL: return hill(a, b, c);
    case BX_OP_NOT: return a == 0;
    case BX_OP_ABS: return fabs(a);
    case BX_OP_EXP: return exp(a);
    case BX_OP_LOG: return log(a);
    case BX_OP_LOG10: return log10(a);
    case BX_OP_SQRT: return sqrt(a);
    case BX_OP_FLOOR: return floor(a);
    case BX_OP_CEIL: return ceil(a);
    case BX_OP_SIN: return sin(a);
    case BX_OP_COS: return cos(a);
    case BX_OP_TAN: return tan(a);
    case BX_OP_ASIN: return asin(a);
    case BX_OP_ACOS: return acos(a);
    case BX_OP_ATAN: return atan(a);
    case BX_OP_SINH: return sinh(a);
    case BX_OP_COSH: return cosh(a);
    case BX_OP_TANH: return tanh(a);
    case BX_OP_ASINH: return asinh(a);
    case BX_OP_ACOSH: return acosh(a);
    case BX_OP_ATANH: return atanh(a);
    case BX_OP_FACTORIAL: return tgamma(a + 1);
    case BX_OP_TRUNCATE: return trunc(a);
    case BX_OP_REMAINDER: return fmod(a, b);
    case BX_OP_MOVE: return a;
    default: return NAN;
    }
}

static double delayed(const bx_instruction *i, double ago, double place, double *frame)
{
    bx_past *past;
    memcpy(&past, &frame[i->c], sizeof past);
    return past->value(past, (size_t)place, ago, frame);
}

void bx_program_run(const bx_instruction *begin, const bx_instruction *end, double *frame)
{
    for (const bx_instruction *i = begin; i != end; i++) {
        double a = frame[i->a], b = frame[i->b], r;
        switch ((bx_op)i->op) { /* what costs less than a call has its place here */
        case BX_OP_ADD: r = a + b; break;
        case BX_OP_SUBTRACT: r = a - b; break;
        case BX_OP_MULTIPLY: r = a * b; break;
        case BX_OP_DIVIDE: r = a / b; break;
        case BX_OP_NEGATE: r = -a; break;
        case BX_OP_SQUARE: r = a * a; break;
        case BX_OP_MOVE: r = a; break;
        case BX_OP_SOLVE:
        case BX_OP_SETTLE: i = bx_solve(i, frame); continue;
        case BX_OP_DELAY: r = delayed(i, a, b, frame); break;
        default:
            r = bx_program_applies((bx_op)i->op)
                    ? bx_program_apply((bx_op)i->op, a, b, frame[i->c])
                    : bx_distribution_draw((bx_op)i->op, a, b, frame + i->c);
        }
        frame[i->target] = r;
    }
}
