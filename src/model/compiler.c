#include "model/compiler.h"

#include "model/compilation.h"
#include "model/history.h"
#include "model/rules.h"

#include <stdlib.h>

#define ITEMS_MAXIMUM ((size_t)1 << 30)

typedef struct totals {
    size_t variables, rules, reactions, terms, events, assignments, initials, steps;
} totals;

static totals count_items(bx_process *const *processes, size_t count)
{
    totals t = {0};
    for (size_t i = 0; i < count; i++) {
        const bx_process *p = processes[i];
        t.variables += p->species_count + p->parameter_count + p->rule_count;
        t.rules += p->rule_count;
        t.reactions += p->reaction_count;
        t.events += p->event_count;
        t.initials += p->initial_count;
        for (size_t j = 0; j < p->reaction_count; j++)
            t.terms += p->reactions[j].equation.reactants + p->reactions[j].equation.products;
        for (size_t j = 0; j < p->event_count; j++)
            t.assignments += p->events[j].assignment_count;
        for (size_t j = 0; j < BX_PHASES; j++)
            t.steps += p->exchange[j].count;
    }
    return t;
}

/* calloc that always gives a block. */
static void *items(size_t count, size_t size)
{
    return calloc(count + 1, size);
}

static int allocate(bx_compilation *c, totals t)
{
    bx_network *n = c->network;
    if (t.variables + t.reactions + t.terms + t.events + t.assignments + t.initials + t.steps >
        ITEMS_MAXIMUM)
        return bx_fail(c->err, BX_EMODEL, "the network has more than %zu items", ITEMS_MAXIMUM);
    n->names = items(t.variables, sizeof *n->names);
    n->rule_codes = items(t.rules, sizeof *n->rule_codes);
    n->rule_order = items(t.rules, sizeof *n->rule_order);
    n->rule_varies = items(t.rules, sizeof *n->rule_varies);
    n->rule_uses_time = items(t.rules, sizeof *n->rule_uses_time);
    n->rule_amount = items(t.rules, sizeof *n->rule_amount);
    n->rule_size = items(t.rules, sizeof *n->rule_size);
    n->rule_leader = items(t.rules, sizeof *n->rule_leader);
    n->rule_kind = items(t.rules, sizeof *n->rule_kind);
    n->settled = items(t.rules, sizeof *n->settled);
    n->unknowns = items(t.rules, sizeof *n->unknowns);
    n->free = items(t.variables, sizeof *n->free);
    n->rounded = items(t.variables, sizeof *n->rounded);
    n->computed = items(t.variables, sizeof *n->computed);
    n->feeds = items(t.variables, sizeof *n->feeds);
    n->reaction = items(t.reactions, sizeof *n->reaction);
    n->orders = items(t.terms, sizeof *n->orders);
    n->amounts = items(t.terms, sizeof *n->amounts);
    n->changing = items(t.variables, sizeof *n->changing);
    n->event = items(t.events, sizeof *n->event);
    n->assignments = items(t.assignments, sizeof *n->assignments);
    n->steps = items(t.steps, sizeof *n->steps);
    n->reactions = t.reactions;
    c->owners = items(t.variables, sizeof *c->owners);
    c->rules = items(t.rules, sizeof *c->rules);
    c->rule_slots = items(t.rules, sizeof *c->rule_slots);
    c->net = items(t.variables, sizeof *c->net);
    c->terms = items(t.terms, sizeof *c->terms);
    if (!n->rule_amount || !n->rule_size || !n->rule_leader || !n->rule_kind || !n->unknowns ||
        !n->settled || !n->free || !n->rounded || !n->computed || !n->feeds || !n->names ||
        !n->rule_codes || !n->rule_order || !n->rule_varies || !n->rule_uses_time || !n->reaction ||
        !n->orders || !n->amounts || !n->changing || !n->event || !n->assignments || !n->steps ||
        !c->owners || !c->rules || !c->rule_slots || !c->net || !c->terms ||
        bx_csr_init(&n->rule_uses, t.rules) < 0 || bx_csr_init(&n->rate_uses, t.reactions) < 0 ||
        bx_csr_init(&n->reactants, t.reactions) < 0 || bx_csr_init(&n->changes, t.reactions) < 0 ||
        bx_csr_init(&n->logic_uses, 0) < 0)
        return bx_fail_memory(c->err);
    return 0;
}

/* Compute the initial values into the frame that the program begins with. */
static int begin(bx_compilation *c)
{
    bx_network *network = c->network;
    bx_history *history = NULL;
    if (network->initial_count == 0)
        return 0;
    if (network->program.delayed_count > 0 && !(history = bx_history_new(network, NULL, c->err)))
        return -1;
    bx_history_attach(history, network->program.frame);
    bx_network_initials(network, NULL, network->program.frame);
    bx_history_free(history);
    if (history)
        network->program.frame[network->program.past] = 0;
    return 0;
}

static int compile(bx_compilation *c)
{
    if (allocate(c, count_items(c->processes, c->process_count)) < 0 ||
        bx_compile_variables(c) < 0 || bx_compile_equations(c) < 0 || bx_compile_rules(c) < 0 ||
        bx_compile_rates(c) < 0 || bx_compile_events(c) < 0 || bx_compile_steps(c) < 0)
        return -1;
    c->network->all_rules = bx_rules_new(c->network, NULL);
    if (!c->network->all_rules)
        return bx_fail_memory(c->err);
    c->network->random = c->network->program.draw_count > 0;
    for (size_t i = 0; i < c->network->events; i++)
        if (c->network->event[i].priority != BX_SLOT_NONE)
            c->network->random = true;
    return bx_compile_initials(c) < 0 || bx_compile_delays(c) < 0 ? -1 : begin(c);
}

bx_network *bx_network_new(bx_process *const *processes, size_t count, bx_error *err)
{
    bx_compilation c = {.processes = processes, .process_count = count, .err = err};
    c.network = calloc(1, sizeof *c.network);
    int result = c.network ? compile(&c) : bx_fail_memory(err);
    for (size_t i = 0; c.rule_slots && i < c.network->rules; i++)
        free(c.rule_slots[i]);
    free(c.rule_slots);
    free(c.rules);
    free(c.owners);
    free(c.net);
    free(c.terms);
    if (result == 0)
        return c.network;
    bx_network_free(c.network);
    return NULL;
}
