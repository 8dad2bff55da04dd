#include "model/initial.h"

#include <stdio.h>
#include <stdlib.h>

#define ITEM_NONE UINT32_MAX

/* An item gives a slot its value: a rule, or the initial value of a species or parameter. */
typedef struct item {
    bx_range code;
    uint32_t target;
} item;

typedef struct builder {
    const bx_initial_context *context;
    item *items;
    size_t count, capacity;
    bx_csr uses;      /* item -> slots its formula names */
    uint32_t *giver;  /* slot -> item that gives its value, or none */
    uint32_t *wanted; /* item -> how many items it waits for */
    uint32_t *queue;
} builder;

static int fail_in(const bx_initial_context *c, const bx_process *process, const char *target)
{
    if (c->err && c->err->code == BX_EMODEL) {
        bx_error inner = *c->err;
        bx_fail(c->err, BX_EMODEL, "process \"%.48s\", initial \"%.64s\": %.700s", process->name,
                target, inner.message);
    }
    return -1;
}

static int resolve(const bx_initial_context *c, const bx_formula *formula, uint32_t *slots)
{
    for (size_t i = 0; i < formula->name_count; i++) {
        const bx_formula_name *name = &formula->names[i];
        size_t slot = bx_names_find(&c->network->index, name->text);
        if (slot == BX_NAME_NONE)
            return bx_fail(c->err, BX_EMODEL,
                           "line %u, column %u: expected a species, a parameter or a rule, found "
                           "\"%s\"",
                           name->line, name->column, name->text);
        slots[i] = (uint32_t)slot;
    }
    return 0;
}

static int compile_initial(builder *b, const bx_declared_assignment *initial, item *into)
{
    const bx_initial_context *c = b->context;
    bx_program *program = &c->network->program;
    const bx_formula *formula = initial->formula;
    uint32_t *slots = malloc((formula->name_count + 1) * sizeof *slots);
    if (!slots)
        return bx_fail_memory(c->err);
    size_t draws = program->draw_count;
    int result = resolve(c, formula, slots);
    if (result == 0 && bx_program_compile(program, formula, formula->count - 1, slots, into->target,
                                          &into->code) < 0)
        result = bx_fail_memory(c->err);
    if (result == 0 && program->draw_count > draws)
        result =
            bx_fail(c->err, BX_EMODEL, "a random number can only be drawn in what an event sets");
    for (size_t i = 0; result == 0 && i < formula->name_count; i++)
        if (bx_csr_push(&b->uses, slots[i]) < 0)
            result = bx_fail_memory(c->err);
    free(slots);
    return result;
}

static int add_initial(builder *b, const bx_process *process, const bx_declared_assignment *initial)
{
    const bx_initial_context *c = b->context;
    const bx_network *network = c->network;
    size_t slot = bx_names_find(&network->index, initial->target);
    if (slot == BX_NAME_NONE || slot >= network->species + network->parameters) {
        bx_fail(c->err, BX_EMODEL, "expected the name of a species or a parameter");
        return fail_in(c, process, initial->target);
    }
    if (c->owners[slot] != process)
        return 0;
    item *into = &b->items[b->count];
    into->target = (uint32_t)slot;
    if (b->giver[slot] != ITEM_NONE) {
        bx_fail(c->err, BX_EMODEL, "it is given twice");
        return fail_in(c, process, initial->target);
    }
    if (compile_initial(b, initial, into) < 0)
        return fail_in(c, process, initial->target);
    b->giver[slot] = (uint32_t)b->count++;
    return bx_csr_end_row(&b->uses) < 0 ? bx_fail_memory(c->err) : 0;
}

static int add_rules(builder *b)
{
    const bx_network *network = b->context->network;
    uint32_t first = (uint32_t)(network->species + network->parameters);
    for (size_t place = 0; place < network->rules; place++) {
        uint32_t rule = network->rule_order[place];
        b->items[b->count] = (item){network->rule_codes[place], first + rule};
        b->giver[first + rule] = (uint32_t)b->count++;
        for (uint32_t i = 0; i < bx_csr_count(&network->rule_uses, rule); i++)
            if (bx_csr_push(&b->uses, bx_csr_row(&network->rule_uses, rule)[i]) < 0)
                return bx_fail_memory(b->context->err);
        if (bx_csr_end_row(&b->uses) < 0)
            return bx_fail_memory(b->context->err);
    }
    return 0;
}

static int add_items(builder *b)
{
    const bx_initial_context *c = b->context;
    if (add_rules(b) < 0)
        return -1;
    for (size_t i = 0; i < c->process_count; i++)
        for (size_t j = 0; j < c->processes[i]->initial_count; j++)
            if (add_initial(b, c->processes[i], &c->processes[i]->initials[j]) < 0)
                return -1;
    return 0;
}

/* Run the items, each after those it needs. */
static int run(builder *b, const bx_csr *users)
{
    bx_network *network = b->context->network;
    size_t head = 0, tail = 0;
    for (size_t i = 0; i < b->count; i++) {
        const uint32_t *used = bx_csr_row(&b->uses, i);
        for (uint32_t j = 0; j < bx_csr_count(&b->uses, i); j++)
            b->wanted[i] += b->giver[used[j]] != ITEM_NONE;
        if (b->wanted[i] == 0)
            b->queue[tail++] = (uint32_t)i;
    }
    while (head < tail) {
        const item *next = &b->items[b->queue[head++]];
        bx_program_run_range(&network->program, next->code, network->program.frame);
        const uint32_t *user = bx_csr_row(users, next->target);
        for (uint32_t j = 0; j < bx_csr_count(users, next->target); j++)
            if (--b->wanted[user[j]] == 0)
                b->queue[tail++] = user[j];
    }
    for (size_t i = 0; i < b->count; i++)
        if (b->wanted[i] > 0)
            return bx_fail(b->context->err, BX_EMODEL,
                           "initial values and rules can't depend on themselves: \"%.64s\" does",
                           network->names[b->items[i].target]);
    return 0;
}

static int fill(builder *b, size_t initials)
{
    const bx_initial_context *c = b->context;
    const bx_network *network = c->network;
    size_t slots = network->species + network->parameters + network->rules;
    size_t capacity = network->rules + initials + 1;
    b->items = calloc(capacity, sizeof *b->items);
    b->wanted = calloc(capacity, sizeof *b->wanted);
    b->queue = calloc(capacity, sizeof *b->queue);
    b->giver = malloc((slots + 1) * sizeof *b->giver);
    if (!b->items || !b->wanted || !b->queue || !b->giver || bx_csr_init(&b->uses, capacity) < 0)
        return bx_fail_memory(c->err);
    for (size_t i = 0; i <= slots; i++)
        b->giver[i] = ITEM_NONE;
    bx_csr users = {0};
    int result = add_items(b);
    if (result == 0 && bx_csr_transpose(&b->uses, slots, &users) < 0)
        result = bx_fail_memory(c->err);
    if (result == 0)
        result = run(b, &users);
    bx_csr_free(&users);
    return result;
}

int bx_initial_run(const bx_initial_context *context)
{
    builder b = {.context = context};
    size_t initials = 0;
    for (size_t i = 0; i < context->process_count; i++)
        initials += context->processes[i]->initial_count;
    if (initials == 0)
        return 0;
    int result = fill(&b, initials);
    bx_csr_free(&b.uses);
    free(b.items);
    free(b.wanted);
    free(b.queue);
    free(b.giver);
    return result;
}
