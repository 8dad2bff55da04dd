#include "model/compilation.h"

#include <stdio.h>
#include <stdlib.h>

#define ITEM_NONE UINT32_MAX

typedef struct initials {
    bx_compilation *c;
    bx_initial *items;
    size_t count, capacity;
    bx_csr uses;      /* item -> slots its formula names */
    uint32_t *giver;  /* slot -> item that gives its value, or none */
    uint32_t *wanted; /* item -> how many items it waits for */
    uint32_t *queue;
} initials;

static int fail_in(bx_compilation *c, const bx_process *process, const char *target)
{
    char label[160];
    snprintf(label, sizeof label, "process \"%.48s\", initial \"%.64s\"", process->name, target);
    return bx_fail_in(c->err, label);
}

static int compile_initial(initials *b, const bx_formula *formula, bx_initial *into)
{
    bx_compilation *c = b->c;
    size_t draws = c->network->program.draw_count;
    uint32_t *slots = bx_compilation_resolve(c, formula);
    if (!slots)
        return -1;
    int result = bx_compilation_add(c, formula, slots, into->target, &into->code);
    if (result == 0)
        result = bx_compilation_refuse_draws(c, draws);
    if (result == 0)
        result = bx_compilation_use(c, &b->uses, slots, formula->name_count);
    free(slots);
    return result;
}

static int add_initial(initials *b, const bx_process *process,
                       const bx_declared_assignment *initial)
{
    bx_compilation *c = b->c;
    const bx_network *network = c->network;
    size_t slot = bx_compilation_behind(c, bx_names_find(&network->index, initial->target));
    if (slot == BX_NAME_NONE || slot >= network->species + network->parameters) {
        bx_fail(c->err, BX_EMODEL, "expected the name of a species or a parameter");
        return fail_in(c, process, initial->target);
    }
    if (c->owners[slot] != process)
        return 0;
    bx_initial *into = &b->items[b->count];
    into->target = (uint32_t)slot;
    if (b->giver[slot] != ITEM_NONE) {
        bx_fail(c->err, BX_EMODEL, "it is given twice");
        return fail_in(c, process, initial->target);
    }
    if (compile_initial(b, initial->formula, into) < 0)
        return fail_in(c, process, initial->target);
    b->giver[slot] = (uint32_t)b->count++;
    network->computed[slot] = true;
    return 0;
}

static int add_rules(initials *b)
{
    const bx_network *network = b->c->network;
    uint32_t first = (uint32_t)(network->species + network->parameters);
    for (size_t place = 0; place < network->rules; place++) {
        uint32_t rule = network->rule_order[place];
        b->items[b->count] = (bx_initial){network->rule_codes[place], first + rule};
        b->giver[first + rule] = (uint32_t)b->count++;
        if (bx_compilation_use(b->c, &b->uses, bx_csr_row(&network->rule_uses, rule),
                               bx_csr_count(&network->rule_uses, rule)) < 0)
            return -1;
    }
    return 0;
}

static int add_items(initials *b)
{
    bx_compilation *c = b->c;
    if (add_rules(b) < 0)
        return -1;
    for (size_t i = 0; i < c->process_count; i++)
        for (size_t j = 0; j < c->processes[i]->initial_count; j++)
            if (add_initial(b, c->processes[i], &c->processes[i]->initials[j]) < 0)
                return -1;
    return 0;
}

/* Put the items into the network, each after those it needs. */
static int sort(initials *b, const bx_csr *users)
{
    bx_network *network = b->c->network;
    size_t head = 0, tail = 0;
    for (size_t i = 0; i < b->count; i++) {
        const uint32_t *used = bx_csr_row(&b->uses, i);
        for (uint32_t j = 0; j < bx_csr_count(&b->uses, i); j++)
            b->wanted[i] += b->giver[used[j]] != ITEM_NONE;
        if (b->wanted[i] == 0)
            b->queue[tail++] = (uint32_t)i;
    }
    while (head < tail) {
        const bx_initial *next = &b->items[b->queue[head++]];
        network->initials[network->initial_count++] = *next;
        const uint32_t *user = bx_csr_row(users, next->target);
        for (uint32_t j = 0; j < bx_csr_count(users, next->target); j++)
            if (--b->wanted[user[j]] == 0)
                b->queue[tail++] = user[j];
    }
    for (size_t i = 0; i < b->count; i++)
        if (b->wanted[i] > 0)
            return bx_fail(b->c->err, BX_EMODEL,
                           "initial values and rules can't depend on themselves: \"%.64s\" does",
                           network->names[b->items[i].target]);
    return 0;
}

/* From the last in order to the first: what a rule uses feeds initial values if the rule does. */
static void find_feeds(initials *b)
{
    const bx_network *network = b->c->network;
    for (size_t place = b->count; place-- > 0;) {
        uint32_t i = b->queue[place];
        if (b->items[i].target >= network->species + network->parameters &&
            !network->feeds[b->items[i].target])
            continue;
        const uint32_t *used = bx_csr_row(&b->uses, i);
        for (uint32_t j = 0; j < bx_csr_count(&b->uses, i); j++)
            if (used[j] < network->species + network->parameters + network->rules)
                network->feeds[used[j]] = true;
    }
}

static int fill(initials *b, size_t count)
{
    bx_compilation *c = b->c;
    bx_network *network = c->network;
    size_t slots = network->species + network->parameters + network->rules;
    size_t capacity = network->rules + count + 1;
    network->initials = calloc(capacity, sizeof *network->initials);
    b->items = calloc(capacity, sizeof *b->items);
    b->wanted = calloc(capacity, sizeof *b->wanted);
    b->queue = calloc(capacity, sizeof *b->queue);
    b->giver = malloc((slots + 1) * sizeof *b->giver);
    if (!network->initials || !b->items || !b->wanted || !b->queue || !b->giver ||
        bx_csr_init(&b->uses, capacity) < 0)
        return bx_fail_memory(c->err);
    for (size_t i = 0; i <= slots; i++)
        b->giver[i] = ITEM_NONE;
    bx_csr users = {0};
    int result = add_items(b);
    if (result == 0 && bx_csr_transpose(&b->uses, slots, &users) < 0)
        result = bx_fail_memory(c->err);
    if (result == 0)
        result = sort(b, &users);
    if (result == 0)
        find_feeds(b);
    bx_csr_free(&users);
    return result;
}

int bx_compile_initials(bx_compilation *c)
{
    initials b = {.c = c};
    size_t count = 0;
    for (size_t i = 0; i < c->process_count; i++)
        count += c->processes[i]->initial_count;
    if (count == 0)
        return 0;
    int result = fill(&b, count);
    bx_csr_free(&b.uses);
    free(b.items);
    free(b.wanted);
    free(b.queue);
    free(b.giver);
    return result;
}
