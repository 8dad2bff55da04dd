#include "core/interrupt.h"
#include "model/compilation.h"
#include "model/solve.h"

#include <stdlib.h>

/* The strongly connected parts of the graph of rules, each after those that it needs (Tarjan, SIAM
 * J. Comput. 1, 146, 1972). One with a rule that is to be solved is a block. */
typedef struct parts {
    bx_compilation *c;
    uint32_t *number, *low, *stack, *path, *next; /* by rule, or by depth */
    uint32_t *place;                              /* rule -> its place in rule_order so far */
    bool *waits;                                  /* rule -> it is on the stack */
    uint32_t numbers;
    size_t stacked, ordered;
} parts;

static bool is_unknown(const bx_compilation *c, uint32_t rule)
{
    return c->rules[rule]->kind != BX_RULE_EQUALS;
}

/* A species that fast reactions change. */
static bool is_amount(const bx_compilation *c, uint32_t rule)
{
    return c->rules[rule]->amount && !c->rules[rule]->size && !is_unknown(c, rule);
}

static size_t first_rule(const bx_network *network)
{
    return network->species + network->parameters;
}

static const char *name_of(const bx_compilation *c, uint32_t rule)
{
    return c->network->names[first_rule(c->network) + rule];
}

/* Whether rule a stands before rule b in a part: what is to be solved first. */
static bool comes_before(const parts *p, uint32_t a, uint32_t b)
{
    bool first = is_unknown(p->c, a), second = is_unknown(p->c, b);
    return first != second ? first : first ? a < b : p->place[a] < p->place[b];
}

static void sort_part(const parts *p, uint32_t *rules, size_t count)
{
    for (size_t i = 1; i < count && !bx_interrupted; i++)
        for (size_t j = i; j > 0 && comes_before(p, rules[j], rules[j - 1]); j--) {
            uint32_t rule = rules[j];
            rules[j] = rules[j - 1];
            rules[j - 1] = rule;
        }
}

/* Take the part from the stack down to `root` into the order. */
static int take_part(parts *p, uint32_t root)
{
    bx_network *network = p->c->network;
    uint32_t *part = network->rule_order + p->ordered, rule;
    size_t count = 0;
    do {
        rule = p->stack[--p->stacked];
        p->waits[rule] = false;
        part[count++] = rule;
    } while (rule != root);
    sort_part(p, part, count);
    for (size_t i = 0; i < count; i++)
        network->rule_leader[part[i]] = part[0];
    p->ordered += count;
    if (count > 1 || !is_unknown(p->c, root))
        return 0;
    const uint32_t *used = bx_csr_row(&network->rule_uses, root);
    for (uint32_t i = 0; i < bx_csr_count(&network->rule_uses, root); i++)
        if (used[i] == first_rule(network) + root)
            return 0;
    if (p->c->rules[root]->kind == BX_RULE_SETTLES)
        return bx_fail(
            p->c->err, BX_EMODEL,
            "\"%.64s\" has no end: the rate of the fast reaction does not depend on what "
            "it changes",
            name_of(p->c, root));
    return bx_fail(p->c->err, BX_EMODEL,
                   "constraint on \"%.64s\": its formula does not depend on it",
                   name_of(p->c, root));
}

static void meet(parts *p, uint32_t rule, size_t *depth)
{
    p->number[rule] = p->low[rule] = ++p->numbers;
    p->stack[p->stacked++] = rule;
    p->waits[rule] = true;
    p->path[*depth] = rule;
    p->next[(*depth)++] = 0;
}

static uint32_t lesser(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static int find_parts_from(parts *p, uint32_t root)
{
    const bx_network *network = p->c->network;
    size_t depth = 0, first = first_rule(network);
    meet(p, root, &depth);
    while (depth > 0) {
        uint32_t rule = p->path[depth - 1];
        if (p->next[depth - 1] < bx_csr_count(&network->rule_uses, rule)) {
            uint32_t used = bx_csr_row(&network->rule_uses, rule)[p->next[depth - 1]++];
            if (used < first || used >= first + network->rules)
                continue;
            used -= (uint32_t)first;
            if (p->number[used] == 0)
                meet(p, used, &depth);
            else if (p->waits[used])
                p->low[rule] = lesser(p->low[rule], p->number[used]);
            continue;
        }
        if (p->low[rule] == p->number[rule] && take_part(p, rule) < 0)
            return -1;
        if (--depth > 0)
            p->low[p->path[depth - 1]] = lesser(p->low[p->path[depth - 1]], p->low[rule]);
    }
    return 0;
}

static int find_parts(bx_compilation *c)
{
    size_t rules = c->network->rules;
    uint32_t *room = calloc(6 * (rules + 1), sizeof *room);
    bool *waits = calloc(rules + 1, sizeof *waits);
    int result = room && waits ? 0 : bx_fail_memory(c->err);
    parts p = {.c = c, .waits = waits};
    uint32_t **lists[] = {&p.number, &p.low, &p.stack, &p.path, &p.next, &p.place};
    for (size_t i = 0; result == 0 && i < 6; i++)
        *lists[i] = room + i * (rules + 1);
    for (uint32_t i = 0; result == 0 && i < rules; i++)
        p.place[c->network->rule_order[i]] = i;
    for (uint32_t i = 0; result == 0 && i < rules; i++)
        if (p.number[i] == 0)
            result = find_parts_from(&p, i);
    free(room);
    free(waits);
    return result;
}

/* ---- what depends on what ---- */

/* All rules of a block but the first follow it; the first uses what any of them does from outside,
 * and the values to start from. */
static int push_uses(bx_compilation *c, const bx_csr *before, uint32_t rule, bx_csr *uses,
                     uint32_t *stamps)
{
    bx_network *network = c->network;
    size_t first = first_rule(network);
    uint32_t leader = network->rule_leader[rule];
    if (!is_unknown(c, rule))
        return bx_compilation_use(c, uses, bx_csr_row(before, rule), bx_csr_count(before, rule));
    if (leader != rule) {
        uint32_t slot = (uint32_t)first + leader;
        return bx_compilation_use(c, uses, &slot, 1);
    }
    for (uint32_t member = 0; member < network->rules; member++) {
        if (network->rule_leader[member] != leader)
            continue;
        for (uint32_t i = before->start[member]; i < before->start[member + 1]; i++) {
            uint32_t slot = before->items[i];
            bool inside = slot >= first && slot < first + network->rules &&
                          network->rule_leader[slot - first] == leader;
            if (inside || stamps[slot] == rule + 1)
                continue;
            stamps[slot] = rule + 1;
            if (bx_csr_push(uses, slot) < 0)
                return bx_fail_memory(c->err);
        }
    }
    for (size_t i = 0; i < network->unknown_count; i++)
        if (network->rule_leader[network->unknowns[i]] == leader &&
            bx_csr_push(uses, network->rule_amount[network->unknowns[i]]) < 0)
            return bx_fail_memory(c->err);
    return bx_csr_end_row(uses) < 0 ? bx_fail_memory(c->err) : 0;
}

static int list_uses(bx_compilation *c)
{
    bx_network *network = c->network;
    bx_csr before = network->rule_uses;
    uint32_t *stamps = calloc(network->program.frame_size + 1, sizeof *stamps);
    int result = stamps && bx_csr_init(&network->rule_uses, network->rules) == 0
                     ? 0
                     : bx_fail_memory(c->err);
    for (uint32_t rule = 0; result == 0 && rule < network->rules; rule++)
        result = bx_check_interrupted(c->err) < 0
                     ? -1
                     : push_uses(c, &before, rule, &network->rule_uses, stamps);
    bx_csr_free(&before);
    free(stamps);
    return result;
}

int bx_compile_parts(bx_compilation *c)
{
    bx_network *network = c->network;
    for (uint32_t i = 0; i < network->rules; i++) {
        network->rule_leader[i] = i;
        network->rule_kind[i] = c->rules[i]->kind;
        if (is_unknown(c, i))
            network->unknowns[network->unknown_count++] = i;
        else if (is_amount(c, i))
            network->settled[network->settled_count++] = i;
    }
    if (network->unknown_count == 0)
        return 0;
    return find_parts(c) < 0 ? -1 : list_uses(c);
}

/* ---- code ---- */

typedef struct block {
    bx_compilation *c;
    const uint32_t *rules; /* those to be solved, then those they need */
    size_t unknowns, count;
    size_t head;    /* the block's instruction */
    size_t *placed; /* instructions that move amounts into place, then residuals */
    size_t amounts;
} block;

/* Append the code of the body as formulas have it: one uses the slots of another. */
static int add_body(block *b)
{
    bx_compilation *c = b->c;
    bx_network *network = c->network;
    bx_program *program = &network->program;
    bx_range unused;
    for (size_t k = 0; k < b->unknowns; k++)
        if (bx_program_emit(program, (bx_instruction){.op = BX_OP_MOVE,
                                                      .a = network->rule_amount[b->rules[k]]}) < 0)
            return bx_fail_memory(c->err);
    for (size_t i = 0; i < b->count; i++) {
        size_t place = (b->unknowns + i) % b->count; /* residuals come last */
        uint32_t rule = b->rules[place];
        bool unknown = place < b->unknowns;
        uint32_t target = unknown ? network->one : (uint32_t)first_rule(network) + rule;
        if (bx_compilation_add(c, c->rules[rule]->formula, c->rule_slots[rule], target, &unused) <
            0)
            return -1;
        if (!unknown && !is_amount(c, rule))
            continue;
        b->placed[b->amounts + (unknown ? place : 0)] = program->count;
        b->amounts += !unknown;
        if (bx_program_emit(program, (bx_instruction){.op = BX_OP_MOVE, .a = target}) < 0)
            return bx_fail_memory(c->err);
    }
    return 0;
}

/* Give each value of the body a slot of its own in the block's. */
static void rename_slots(block *b, uint32_t base, uint32_t *names)
{
    bx_network *network = b->c->network;
    bx_instruction *code = network->program.code;
    size_t n = b->unknowns, body = b->head + 1 + n, placed = 0;
    uint32_t next = base + 2 * (uint32_t)n;
    uint32_t place = base + (uint32_t)(network->program.count - b->head - 1 - b->amounts);
    for (size_t k = 0; k < n; k++) {
        code[b->head + 1 + k].target = base + (uint32_t)(n + k);
        names[first_rule(network) + b->rules[k]] = base + (uint32_t)k;
    }
    for (size_t i = body; i < network->program.count; i++) {
        uint32_t *operands[] = {&code[i].a, &code[i].b, &code[i].c};
        for (unsigned j = 0; j < bx_op_arity((bx_op)code[i].op) && j < 3; j++)
            if (names[*operands[j]] != 0)
                *operands[j] = names[*operands[j]];
        if (placed < b->amounts + n && b->placed[placed] == i) {
            code[i].target = place + (uint32_t)placed++;
            continue;
        }
        names[code[i].target] = next;
        code[i].target = next++;
    }
}

/* The block's slots, and its instruction. */
static int finish_block(block *b)
{
    bx_program *program = &b->c->network->program;
    size_t n = b->unknowns, body = program->count - b->head - 1;
    uint32_t *names = calloc(program->frame_size, sizeof *names);
    int64_t base = names ? bx_program_slot(program, 0) : -1, slot = base;
    for (size_t i = 1; slot >= 0 && i < bx_solve_room(n, body); i++)
        slot = bx_program_slot(program, 0);
    if (slot < 0) {
        free(names);
        return bx_fail_memory(b->c->err);
    }
    rename_slots(b, (uint32_t)base, names);
    free(names);
    bx_instruction *head = &program->code[b->head];
    head->target = (uint32_t)base;
    head->a = (uint32_t)n;
    head->b = (uint32_t)body;
    head->c = (uint32_t)b->amounts;
    for (size_t k = 0; k < n; k++) {
        bx_instruction move = {.op = BX_OP_MOVE,
                               .target = (uint32_t)first_rule(b->c->network) + b->rules[k],
                               .a = (uint32_t)(base + (int64_t)k)};
        if (bx_program_emit(program, move) < 0)
            return bx_fail_memory(b->c->err);
    }
    return 0;
}

/* All of one kind? Too many? */
static int check_block(const block *b)
{
    const bx_compilation *c = b->c;
    if (b->unknowns > BX_SOLVE_MAXIMUM)
        return bx_fail(c->err, BX_EMODEL,
                       "constraint on \"%.64s\": more than %d depend on each other",
                       name_of(c, b->rules[0]), BX_SOLVE_MAXIMUM);
    for (size_t k = 1; k < b->unknowns; k++)
        if (c->rules[b->rules[k]]->kind != c->rules[b->rules[0]]->kind)
            return bx_fail(c->err, BX_EMODEL,
                           "\"%.64s\" and \"%.64s\" depend on each other: a constraint can't "
                           "depend on fast reactions that depend on it",
                           name_of(c, b->rules[0]), name_of(c, b->rules[k]));
    return 0;
}

int bx_compile_block(bx_compilation *c, size_t place)
{
    bx_network *network = c->network;
    block b = {.c = c, .rules = network->rule_order + place, .head = network->program.count};
    uint32_t leader = b.rules[0];
    do
        b.unknowns += is_unknown(c, b.rules[b.count++]);
    while (place + b.count < network->rules && network->rule_leader[b.rules[b.count]] == leader);
    b.placed = calloc(b.count, sizeof *b.placed);
    bx_op op = c->rules[leader]->kind == BX_RULE_SETTLES ? BX_OP_SETTLE : BX_OP_SOLVE;
    int result = b.placed ? check_block(&b) : bx_fail_memory(c->err);
    if (result == 0 && bx_program_emit(&network->program, (bx_instruction){.op = op}) < 0)
        result = bx_fail_memory(c->err);
    if (result == 0 && (result = add_body(&b)) == 0)
        result = finish_block(&b);
    free(b.placed);
    uint32_t end = (uint32_t)network->program.count;
    for (size_t k = 0; k < b.unknowns; k++)
        network->rule_codes[place + k] = (bx_range){k == 0 ? (uint32_t)b.head : end, end};
    return result;
}
