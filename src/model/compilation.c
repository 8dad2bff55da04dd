#include "model/compilation.h"

#include "core/interrupt.h"

#include <stdlib.h>

static int fail_name(bx_compilation *c, const bx_formula_name *name)
{
    static const char wanted[] = "expected a species, a parameter or a rule, found";
    if (name->line == 0)
        return bx_fail(c->err, BX_EMODEL, "%s \"%s\"", wanted, name->text);
    return bx_fail(c->err, BX_EMODEL, "line %u, column %u: %s \"%s\"", name->line, name->column,
                   wanted, name->text);
}

uint32_t *bx_compilation_resolve(bx_compilation *c, const bx_formula *formula)
{
    if (bx_check_interrupted(c->err) < 0)
        return NULL;
    uint32_t *slots = malloc((formula->name_count + 1) * sizeof *slots);
    if (!slots)
        bx_fail_memory(c->err);
    for (size_t i = 0; slots && i < formula->name_count; i++) {
        size_t slot = bx_names_find(&c->network->index, formula->names[i].text);
        if (slot == BX_NAME_NONE) {
            fail_name(c, &formula->names[i]);
            free(slots);
            return NULL;
        }
        slots[i] = (uint32_t)slot;
    }
    return slots;
}

static bool delays_draws(const bx_formula *formula)
{
    for (size_t i = 0; i < formula->count; i++) {
        if (formula->nodes[i].op != BX_OP_DELAY)
            continue;
        for (size_t j = bx_formula_begin(formula, i); j < i; j++)
            if (bx_op_draws(formula->nodes[j].op))
                return true;
    }
    return false;
}

int bx_compilation_add(bx_compilation *c, const bx_formula *formula, const uint32_t *slots,
                       uint32_t target, bx_range *code)
{
    if (delays_draws(formula))
        return bx_fail(c->err, BX_EMODEL, "a random number has no past, and is no delay");
    int result =
        bx_program_compile(&c->network->program, formula, formula->count - 1, slots, target, code);
    return result < 0 ? bx_fail_memory(c->err) : 0;
}

int bx_compilation_refuse_draws(bx_compilation *c, size_t draws)
{
    if (c->network->program.draw_count == draws)
        return 0;
    return bx_fail(c->err, BX_EMODEL, "a random number can only be drawn in what an event sets");
}

void bx_compilation_dependence(const bx_network *network, const bx_formula *formula,
                               const uint32_t *slots, bool *varies, bool *timely)
{
    *varies = *timely = false;
    for (size_t i = 0; i < formula->name_count; i++) {
        *varies = *varies || bx_network_varies(network, slots[i]);
        *timely = *timely || bx_network_timely(network, slots[i]);
    }
    for (size_t i = 0; i < formula->count; i++)
        *timely =
            *timely || formula->nodes[i].op == BX_OP_TIME || formula->nodes[i].op == BX_OP_DELAY;
}

size_t bx_compilation_behind(const bx_compilation *c, size_t slot)
{
    const bx_network *network = c->network;
    size_t first = network->species + network->parameters;
    if (slot < first || slot >= first + network->rules)
        return slot;
    const bx_declared_rule *rule = c->rules[slot - first];
    return rule->amount && !rule->size ? bx_names_find(&network->index, rule->amount) : slot;
}

const char *bx_compilation_kind(const bx_network *network, size_t slot)
{
    if (slot < network->species)
        return "species";
    return slot < network->species + network->parameters ? "parameter" : "rule";
}

int bx_compilation_use(bx_compilation *c, bx_csr *uses, const uint32_t *slots, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bx_csr_push(uses, slots[i]) < 0)
            return bx_fail_memory(c->err);
    return bx_csr_end_row(uses) < 0 ? bx_fail_memory(c->err) : 0;
}
