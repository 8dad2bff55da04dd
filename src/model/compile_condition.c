#include "core/array.h"
#include "core/interrupt.h"
#include "model/compilation.h"

#include <stdlib.h>

/* Bounds of one condition with the rules it follows. */
#define PARTS_MAXIMUM 65536
#define RULES_DEEP 64

static int64_t compile_formula(bx_compilation *c, const bx_formula *formula, const uint32_t *slots,
                               unsigned depth);

static bool joins(bx_op op)
{
    return op == BX_OP_AND || op == BX_OP_OR || op == BX_OP_NOT || op == BX_OP_IF;
}

static int64_t add_part(bx_compilation *c, bx_logic part)
{
    bx_network *network = c->network;
    bx_logic *logic = bx_array_grow(network->logic, network->logic_count, &network->logic_capacity,
                                    sizeof *logic);
    if (!logic)
        return bx_fail_memory(c->err);
    network->logic = logic;
    if (bx_csr_end_row(&network->logic_uses) < 0)
        return bx_fail_memory(c->err);
    logic[network->logic_count] = part;
    return (int64_t)network->logic_count++;
}

/* Note what the part of the formula under `root` depends on. */
static int note_uses(bx_network *network, const bx_formula *formula, size_t root,
                     const uint32_t *slots, bx_logic *part)
{
    for (size_t i = bx_formula_begin(formula, root); i <= root; i++) {
        const bx_node *node = &formula->nodes[i];
        if (node->op == BX_OP_TIME || node->op == BX_OP_DELAY)
            part->uses_time = true;
        if (node->op != BX_OP_NAME)
            continue;
        uint32_t slot = slots[node->a];
        part->uses_time = part->uses_time || bx_network_timely(network, slot);
        part->uses_species = part->uses_species || bx_network_varies(network, slot);
        if (bx_csr_push(&network->logic_uses, slot) < 0)
            return -1;
    }
    return 0;
}

static bx_op mirrored(bx_op op)
{
    switch (op) {
    case BX_OP_LESS: return BX_OP_GREATER;
    case BX_OP_LESS_EQUAL: return BX_OP_GREATER_EQUAL;
    case BX_OP_GREATER: return BX_OP_LESS;
    case BX_OP_GREATER_EQUAL: return BX_OP_LESS_EQUAL;
    default: return op;
    }
}

static int compile_comparison(bx_network *network, const bx_formula *formula, const uint32_t *slots,
                              bx_logic *part, uint32_t a, uint32_t b)
{
    bx_logic left = {0}, right = {0};
    if (formula->nodes[b].op == BX_OP_TIME) { /* so that the time stands on the left */
        uint32_t swapped = a;
        a = b;
        b = swapped;
        part->op = mirrored(part->op);
    }
    bx_program *program = &network->program;
    int64_t sa = bx_program_slot(program, 0), sb = bx_program_slot(program, 0);
    int64_t difference = bx_program_slot(program, 0);
    bx_range ra, rb;
    if (sa < 0 || sb < 0 || difference < 0 || note_uses(network, formula, a, slots, &left) < 0 ||
        note_uses(network, formula, b, slots, &right) < 0 ||
        bx_program_compile(program, formula, a, slots, (uint32_t)sa, &ra) < 0 ||
        bx_program_compile(program, formula, b, slots, (uint32_t)sb, &rb) < 0 ||
        bx_program_emit(program, (bx_instruction){.op = BX_OP_SUBTRACT,
                                                  .target = (uint32_t)difference,
                                                  .a = (uint32_t)sa,
                                                  .b = (uint32_t)sb}) < 0)
        return -1;
    part->code = (bx_range){ra.begin, (uint32_t)program->count};
    part->slot = (uint32_t)difference;
    part->uses_time = left.uses_time || right.uses_time;
    part->uses_species = left.uses_species || right.uses_species;
    if (formula->nodes[a].op == BX_OP_TIME && !right.uses_time && !right.uses_species)
        part->limit = (uint32_t)sb;
    return 0;
}

static int64_t compile_leaf(bx_compilation *c, const bx_formula *formula, size_t root,
                            const uint32_t *slots)
{
    bx_network *network = c->network;
    const bx_node *node = &formula->nodes[root];
    bx_logic part = {.op = BX_OP_MOVE, .limit = BX_SLOT_NONE};
    int result;
    if (bx_op_compares(node->op)) {
        part.op = node->op;
        result = compile_comparison(network, formula, slots, &part, node->a, node->b);
    } else {
        int64_t slot = bx_program_slot(&network->program, 0);
        part.slot = (uint32_t)slot;
        result = slot < 0 || note_uses(network, formula, root, slots, &part) < 0
                     ? -1
                     : bx_program_compile(&network->program, formula, root, slots, part.slot,
                                          &part.code);
    }
    return result < 0 ? bx_fail_memory(c->err) : add_part(c, part);
}

/* A rule that is a comparison, or joins some, is followed. */
static int64_t compile_name(bx_compilation *c, const bx_formula *formula, size_t root,
                            const uint32_t *slots, unsigned depth)
{
    const bx_network *network = c->network;
    uint32_t slot = slots[formula->nodes[root].a];
    size_t first = network->species + network->parameters;
    if (slot >= first && slot < first + network->rules) {
        const bx_formula *rule = c->rules[slot - first]->formula;
        bx_op op = rule->nodes[rule->count - 1].op;
        if (c->rules[slot - first]->kind == BX_RULE_EQUALS && (joins(op) || bx_op_compares(op)))
            return compile_formula(c, rule, c->rule_slots[slot - first], depth + 1);
    }
    return compile_leaf(c, formula, root, slots);
}

/* Which nodes stand where a truth value is wanted. */
static void mark_truths(const bx_formula *formula, unsigned char *truth)
{
    truth[formula->count - 1] = 1;
    for (size_t i = formula->count; i-- > 0;) {
        const bx_node *node = &formula->nodes[i];
        if (!truth[i] || !joins(node->op))
            continue;
        truth[node->a] = 1;
        if (node->op != BX_OP_NOT)
            truth[node->b] = 1;
        if (node->op == BX_OP_IF)
            truth[node->c] = 1;
    }
}

static int64_t compile_node(bx_compilation *c, const bx_formula *formula, size_t i,
                            const uint32_t *slots, unsigned depth, const uint32_t *part)
{
    const bx_node *node = &formula->nodes[i];
    if (node->op == BX_OP_NAME)
        return compile_name(c, formula, i, slots, depth);
    if (!joins(node->op))
        return compile_leaf(c, formula, i, slots);
    return add_part(c, (bx_logic){.op = node->op,
                                  .a = part[node->a],
                                  .b = node->op == BX_OP_NOT ? 0 : part[node->b],
                                  .c = node->op == BX_OP_IF ? part[node->c] : 0,
                                  .limit = BX_SLOT_NONE});
}

static int64_t compile_formula(bx_compilation *c, const bx_formula *formula, const uint32_t *slots,
                               unsigned depth)
{
    if (depth > RULES_DEEP || c->network->logic_count > UINT32_MAX / 2)
        return bx_fail(c->err, BX_EMODEL, "the condition follows more than %d rules in a row",
                       RULES_DEEP);
    unsigned char *truth = calloc(formula->count, 1);
    uint32_t *part = calloc(formula->count, sizeof *part);
    int64_t result = truth && part ? 0 : bx_fail_memory(c->err);
    if (result == 0)
        mark_truths(formula, truth);
    for (size_t i = 0; result >= 0 && i < formula->count; i++) {
        if (!truth[i])
            continue;
        result =
            bx_check_interrupted(c->err) < 0 ? -1 : compile_node(c, formula, i, slots, depth, part);
        part[i] = (uint32_t)result;
    }
    free(truth);
    free(part);
    return result;
}

int bx_compile_condition(bx_compilation *c, const bx_formula *formula, const uint32_t *slots,
                         bx_range *logic)
{
    size_t begin = c->network->logic_count;
    if (compile_formula(c, formula, slots, 0) < 0)
        return -1;
    size_t end = c->network->logic_count;
    if (end - begin > PARTS_MAXIMUM)
        return bx_fail(c->err, BX_EMODEL, "a condition can't have more than %d parts",
                       PARTS_MAXIMUM);
    *logic = (bx_range){(uint32_t)begin, (uint32_t)end};
    return 0;
}
