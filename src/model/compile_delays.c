#include "core/interrupt.h"
#include "model/compilation.h"

#include <stdlib.h>

/* What is found about one delayed value after another. */
typedef struct finder {
    bx_network *network;
    bool *marked;      /* by slot: the present one needs it */
    bool *timely;      /* by slot: its value before the beginning changes with time */
    uint32_t *initial; /* by slot: the initial that gives it, or BX_SLOT_NONE */
    uint32_t *place;   /* by rule: its place in rule_order */
    uint32_t *stack;   /* slots to look at */
    size_t stack_count;
    uint32_t *depth; /* by delayed value: how many delays are within it, with itself */
} finder;

/* The slots that an instruction reads. */
static unsigned read_slots(const bx_instruction *i, uint32_t *slots)
{
    slots[0] = i->a;
    slots[1] = i->b;
    slots[2] = i->c;
    return i->op == BX_OP_DELAY ? 1 : bx_op_arity((bx_op)i->op);
}

static size_t variables(const bx_network *network)
{
    return network->species + network->parameters + network->rules;
}

/* ---- what a delayed value needs ---- */

static void mark(finder *f, uint32_t slot)
{
    if (slot >= variables(f->network) || f->marked[slot])
        return;
    f->marked[slot] = true;
    f->stack[f->stack_count++] = slot;
}

static void mark_code(finder *f, const bx_instruction *begin, const bx_instruction *end)
{
    uint32_t slots[3];
    for (const bx_instruction *i = begin; i < end; i++)
        for (unsigned k = read_slots(i, slots); k-- > 0;)
            mark(f, slots[k]);
}

static void mark_range(finder *f, bx_range range)
{
    const bx_instruction *code = f->network->program.code;
    mark_code(f, code + range.begin, code + range.end);
}

/* Through rules, and through initial values that change with the time before the beginning. */
static void mark_needs(finder *f, const bx_delayed *delayed)
{
    const bx_network *network = f->network;
    size_t first = network->species + network->parameters;
    mark_code(f, delayed->code, delayed->code + delayed->count);
    while (f->stack_count > 0) {
        uint32_t slot = f->stack[--f->stack_count];
        if (slot >= first)
            mark_range(f, network->rule_codes[f->place[slot - first]]);
        else if (f->timely[slot])
            mark_range(f, network->initials[f->initial[slot]].code);
    }
}

/* One row of each list; the marks are cleared. */
static int list_needs(finder *f, bool *kept)
{
    bx_network *network = f->network;
    size_t first = network->species + network->parameters;
    bool timely = false;
    for (uint32_t i = 0; i < first; i++) {
        if (!f->marked[i])
            continue;
        kept[i] = true;
        timely = timely || f->timely[i];
        if (bx_csr_push(&network->delayed_needs, i) < 0)
            return -1;
    }
    for (uint32_t i = 0; i < network->rules; i++)
        if (f->marked[first + network->rule_order[i]] &&
            bx_csr_push(&network->delayed_rules, i) < 0)
            return -1;
    for (uint32_t i = 0; timely && i < network->initial_count; i++) {
        uint32_t target = network->initials[i].target;
        if (f->marked[target] && (target >= first || f->timely[target]) &&
            bx_csr_push(&network->delayed_initials, i) < 0)
            return -1;
    }
    for (size_t i = 0; i < variables(network); i++)
        f->marked[i] = false;
    return bx_csr_end_row(&network->delayed_needs) < 0 ||
                   bx_csr_end_row(&network->delayed_rules) < 0
               ? -1
               : bx_csr_end_row(&network->delayed_initials);
}

/* ---- what changes with what ---- */

/* Mark in `moving` the slots that code fills from what is marked, or from delayed values; and
 * steady[d] for delayed values whose delay is not marked. `steady` may be NULL. */
static void follow(const bx_network *network, const bx_instruction *begin,
                   const bx_instruction *end, bool *moving, bool *steady)
{
    uint32_t slots[3];
    for (const bx_instruction *i = begin; i < end; i++) {
        bool moved = i->op == BX_OP_DELAY;
        for (unsigned k = read_slots(i, slots); k-- > 0;)
            moved = moved || moving[slots[k]];
        if (steady && i->op == BX_OP_DELAY)
            steady[(size_t)network->program.frame[i->b]] = !moving[i->a];
        moving[i->target] = moved;
    }
}

/* Which delays are the same as long as parameters are. */
static int find_steady(finder *f)
{
    bx_network *network = f->network;
    const bx_program *program = &network->program;
    bool *moving = calloc(program->frame_size, sizeof *moving);
    if (!moving)
        return -1;
    for (size_t i = 0; i < network->species; i++)
        moving[i] = network->changing[i];
    moving[network->time] = true;
    follow(network, program->code, program->code + program->count, moving, network->delayed_steady);
    for (size_t i = 0; i < program->delayed_count; i++)
        follow(network, program->delayed[i].code,
               program->delayed[i].code + program->delayed[i].count, moving,
               network->delayed_steady);
    free(moving);
    return 0;
}

/* Which values before the beginning change with time; it fills f->initial, too. */
static void find_timely(finder *f)
{
    const bx_network *network = f->network;
    const bx_instruction *code = network->program.code;
    for (size_t i = 0; i < network->program.frame_size; i++)
        f->initial[i] = BX_SLOT_NONE;
    f->timely[network->time] = true;
    for (size_t i = 0; i < network->initial_count; i++) {
        const bx_initial *initial = &network->initials[i];
        f->initial[initial->target] = (uint32_t)i;
        follow(network, code + initial->code.begin, code + initial->code.end, f->timely, NULL);
    }
}

static uint32_t deepest(const finder *f, const bx_instruction *begin, const bx_instruction *end,
                        uint32_t deep)
{
    for (const bx_instruction *i = begin; i < end; i++) {
        if (i->op != BX_OP_DELAY)
            continue;
        uint32_t inner = f->depth[(size_t)f->network->program.frame[i->b]] + 1;
        deep = inner > deep ? inner : deep;
    }
    return deep;
}

/* What is within a delay comes before it. */
static void find_depth(finder *f, size_t which)
{
    bx_network *network = f->network;
    const bx_instruction *code = network->program.code;
    const bx_delayed *delayed = &network->program.delayed[which];
    const bx_csr *rules = &network->delayed_rules;
    uint32_t deep = deepest(f, delayed->code, delayed->code + delayed->count, 1);
    for (uint32_t i = rules->start[which]; i < rules->start[which + 1]; i++) {
        bx_range range = network->rule_codes[rules->items[i]];
        deep = deepest(f, code + range.begin, code + range.end, deep);
    }
    f->depth[which] = deep;
    if (deep > network->delayed_depth)
        network->delayed_depth = deep;
}

static int find_needs(finder *f, bool *kept)
{
    bx_network *network = f->network;
    const bx_program *program = &network->program;
    for (uint32_t i = 0; i < network->rules; i++)
        f->place[network->rule_order[i]] = i;
    for (size_t i = 0; i < program->delayed_count; i++) {
        mark_needs(f, &program->delayed[i]);
        if (bx_interrupted || list_needs(f, kept) < 0)
            return -1;
        find_depth(f, i);
    }
    for (uint32_t i = 0; i < network->species + network->parameters; i++)
        if (kept[i])
            network->kept[network->kept_count++] = i;
    return 0;
}

static int find_all(finder *f)
{
    bx_network *network = f->network;
    const bx_program *program = &network->program;
    size_t count = program->delayed_count, slots = program->frame_size;
    bool *kept = calloc(slots, sizeof *kept);
    f->marked = calloc(slots, sizeof *f->marked);
    f->timely = calloc(slots, sizeof *f->timely);
    f->initial = calloc(slots, sizeof *f->initial);
    f->place = calloc(network->rules + 1, sizeof *f->place);
    f->stack = calloc(slots, sizeof *f->stack);
    f->depth = calloc(count, sizeof *f->depth);
    network->kept = calloc(slots, sizeof *network->kept);
    network->delayed_steady = calloc(count, sizeof *network->delayed_steady);
    int result = -1;
    if (kept && f->marked && f->timely && f->initial && f->place && f->stack && f->depth &&
        network->kept && network->delayed_steady &&
        bx_csr_init(&network->delayed_needs, count) == 0 &&
        bx_csr_init(&network->delayed_rules, count) == 0 &&
        bx_csr_init(&network->delayed_initials, count) == 0) {
        find_timely(f);
        result = find_needs(f, kept) < 0 ? -1 : find_steady(f);
    }
    free(kept);
    return result;
}

int bx_compile_delays(bx_compilation *c)
{
    finder f = {.network = c->network};
    if (c->network->program.delayed_count == 0)
        return 0;
    int result = find_all(&f);
    free(f.marked);
    free(f.timely);
    free(f.initial);
    free(f.place);
    free(f.stack);
    free(f.depth);
    if (result < 0 && bx_check_interrupted(c->err) == 0)
        bx_fail_memory(c->err);
    return result;
}
