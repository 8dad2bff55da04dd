#include "model/compilation.h"

#include <stdio.h>
#include <stdlib.h>

static int fail_cycle(bx_compilation *c, const uint32_t *path, size_t length, uint32_t again)
{
    const char *const *names = c->network->names + c->network->species + c->network->parameters;
    size_t from = 0;
    while (from < length && path[from] != again)
        from++;
    char text[700];
    size_t used = 0;
    for (size_t i = from; i < length && used < sizeof text - 300; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "\"%s\" needs ", names[path[i]]);
    snprintf(text + used, sizeof text - used, "\"%s\"", names[again]);
    return bx_fail(c->err, BX_EMODEL, "rules can't depend on themselves: %s", text);
}

/* Depth first with a stack of its own: a chain of rules may be long. */
static int order_from(bx_compilation *c, uint32_t root, unsigned char *state, uint32_t *path,
                      uint32_t *next, size_t *ordered)
{
    bx_network *network = c->network;
    size_t first = network->species + network->parameters, depth = 0;
    path[depth++] = root;
    state[root] = 1;
    next[0] = 0;
    while (depth > 0) {
        uint32_t rule = path[depth - 1];
        if (next[depth - 1] == bx_csr_count(&network->rule_uses, rule)) {
            state[rule] = 2;
            network->rule_order[(*ordered)++] = rule;
            depth--;
            continue;
        }
        uint32_t used = bx_csr_row(&network->rule_uses, rule)[next[depth - 1]++];
        if (used < first || used >= first + network->rules)
            continue;
        used -= (uint32_t)first;
        if (c->rules[used]->kind != BX_RULE_EQUALS) /* a block's order comes later */
            continue;
        if (state[used] == 1)
            return fail_cycle(c, path, depth, used);
        if (state[used] == 0) {
            state[used] = 1;
            path[depth] = used;
            next[depth++] = 0;
        }
    }
    return 0;
}

static int order_rules(bx_compilation *c)
{
    size_t rules = c->network->rules, ordered = 0;
    unsigned char *state = calloc(rules + 1, 1);
    uint32_t *path = malloc((rules + 1) * sizeof *path);
    uint32_t *next = malloc((rules + 1) * sizeof *next);
    int result = state && path && next ? 0 : bx_fail_memory(c->err);
    for (uint32_t i = 0; result == 0 && i < rules; i++)
        if (state[i] == 0)
            result = order_from(c, i, state, path, next, &ordered);
    free(state);
    free(path);
    free(next);
    return result;
}

static int fail_rule(bx_compilation *c, size_t rule)
{
    const bx_network *network = c->network;
    size_t slot = network->species + network->parameters + rule;
    char label[400];
    snprintf(label, sizeof label, "process \"%.48s\", rule \"%s\"", c->owners[slot]->name,
             network->names[slot]);
    return bx_fail_in(c->err, label);
}

/* The names of a quotient are among those of its formula. */
static int resolve_quotient(bx_compilation *c, size_t rule)
{
    bx_network *network = c->network;
    const bx_declared_rule *declared = c->rules[rule];
    network->rule_amount[rule] = network->rule_size[rule] = BX_SLOT_NONE;
    if (!declared->amount)
        return 0;
    size_t amount = bx_compilation_behind(c, bx_names_find(&network->index, declared->amount));
    if (amount >= network->species + network->parameters)
        return bx_fail(c->err, BX_EMODEL,
                       "concentration \"%.64s\": expected an amount that is a species or a "
                       "parameter, found the rule \"%.64s\"",
                       declared->name, declared->amount);
    network->rule_amount[rule] = (uint32_t)amount;
    network->rule_size[rule] =
        declared->size ? (uint32_t)bx_names_find(&network->index, declared->size) : network->one;
    return 0;
}

static int resolve_rules(bx_compilation *c)
{
    bx_network *network = c->network;
    for (size_t i = 0; i < network->rules; i++) {
        c->rule_slots[i] = bx_compilation_resolve(c, c->rules[i]->formula);
        if (!c->rule_slots[i])
            return fail_rule(c, i);
        if (bx_compilation_use(c, &network->rule_uses, c->rule_slots[i],
                               c->rules[i]->formula->name_count) < 0 ||
            resolve_quotient(c, i) < 0)
            return -1;
    }
    return 0;
}

/* On what a rule depends, through others too; a block's first on what all of its rules do. */
static void find_dependence(bx_compilation *c, size_t place)
{
    bx_network *network = c->network;
    uint32_t rule = network->rule_order[place];
    bool *varies = &network->rule_varies[rule], *timely = &network->rule_uses_time[rule];
    for (uint32_t i = 0; i < bx_csr_count(&network->rule_uses, rule); i++) {
        uint32_t used = bx_csr_row(&network->rule_uses, rule)[i];
        *varies = *varies || bx_network_varies(network, used);
        *timely = *timely || bx_network_timely(network, used);
    }
    do {
        const bx_formula *formula = c->rules[network->rule_order[place]]->formula;
        for (size_t i = 0; i < formula->count; i++)
            *timely = *timely || formula->nodes[i].op == BX_OP_TIME;
    } while (++place < network->rules && network->rule_leader[network->rule_order[place]] == rule);
}

int bx_compile_rules(bx_compilation *c)
{
    bx_network *network = c->network;
    uint32_t first = (uint32_t)(network->species + network->parameters);
    if (resolve_rules(c) < 0 || order_rules(c) < 0 || bx_compile_parts(c) < 0)
        return -1;
    network->rule_code.begin = (uint32_t)network->program.count;
    for (size_t i = 0; i < network->rules; i++) {
        uint32_t rule = network->rule_order[i];
        const bx_formula *formula = c->rules[rule]->formula;
        find_dependence(c, i);
        if (c->rules[rule]->kind == BX_RULE_EQUALS) {
            if (bx_compilation_add(c, formula, c->rule_slots[rule], first + rule,
                                   &network->rule_codes[i]) < 0)
                return -1;
        } else if (network->rule_leader[rule] == rule && bx_compile_block(c, i) < 0) {
            return -1;
        }
        if (bx_compilation_refuse_draws(c, 0) < 0)
            return fail_rule(c, rule);
    }
    network->rule_code.end = (uint32_t)network->program.count;
    return 0;
}
