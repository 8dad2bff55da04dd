#include "model/compilation.h"

#include <stdlib.h>

/* What rates read of a species, and what reactions change. */
static int find_species(bx_compilation *c, const bx_term *term, uint32_t *read, uint32_t *changed)
{
    size_t slot = bx_names_find(&c->network->index, term->species);
    size_t behind = bx_compilation_behind(c, slot);
    if (slot == BX_NAME_NONE)
        return bx_fail(c->err, BX_EMODEL, "\"%s\" is not declared as a species", term->species);
    if (behind >= c->network->species)
        return bx_fail(c->err, BX_EMODEL, "expected a species, found the %s \"%s\"",
                       bx_compilation_kind(c->network, slot), term->species);
    *read = (uint32_t)slot;
    *changed = (uint32_t)behind;
    return 0;
}

/* Reactants with their coefficients, then each species with its net change, in order of the
 * equation; a catalyst's is 0 and is left out. */
static int add_equation(bx_compilation *c, const bx_equation *equation)
{
    bx_network *network = c->network;
    size_t terms = equation->reactants + equation->products;
    for (size_t i = 0; i < terms; i++) {
        const bx_term *term = &equation->terms[i];
        uint32_t read;
        if (find_species(c, term, &read, &c->terms[i]) < 0)
            return -1;
        bool left = i < equation->reactants;
        c->net[c->terms[i]] += left ? -term->coefficient : term->coefficient;
        if (!left)
            continue;
        network->orders[network->reactants.start[network->reactants.rows + 1]] = term->coefficient;
        if (bx_csr_push(&network->reactants, read) < 0)
            return bx_fail_memory(c->err);
    }
    for (size_t i = 0; i < terms; i++) {
        uint32_t species = c->terms[i];
        double net = c->net[species];
        c->net[species] = 0;
        if (net == 0)
            continue;
        network->amounts[network->changes.start[network->changes.rows + 1]] = net;
        network->changing[species] = true;
        if (bx_csr_push(&network->changes, species) < 0)
            return bx_fail_memory(c->err);
    }
    if (bx_csr_end_row(&network->reactants) < 0 || bx_csr_end_row(&network->changes) < 0)
        return bx_fail_memory(c->err);
    return 0;
}

static int add_reaction_name(bx_compilation *c, const char *name, size_t reaction)
{
    bx_names *index = &c->network->reaction_index;
    size_t other = name ? bx_names_find(index, name) : BX_NAME_NONE;
    if (other != BX_NAME_NONE)
        return bx_fail(c->err, BX_EMODEL, "process \"%.48s\" has a reaction of this name too",
                       c->network->reaction[other].process->name);
    return name && bx_names_add(index, name, reaction) < 0 ? bx_fail_memory(c->err) : 0;
}

int bx_compile_equations(bx_compilation *c)
{
    bx_network *network = c->network;
    size_t reaction = 0;
    for (size_t i = 0; i < c->process_count; i++) {
        const bx_process *p = c->processes[i];
        for (size_t j = 0; j < p->reaction_count; j++, reaction++) {
            const bx_declared_reaction *r = &p->reactions[j];
            network->reaction[reaction] =
                (bx_reaction){.process = p,
                              .index = (uint32_t)j,
                              .mass_action = r->kind == BX_RATE_MASS_ACTION,
                              .continuous = r->continuous};
            if (add_reaction_name(c, r->name, reaction) < 0 || add_equation(c, &r->equation) < 0)
                return bx_fail_in(c->err, bx_reaction_label(p, j).text);
        }
    }
    return 0;
}

static int compile_rate(bx_compilation *c, size_t reaction)
{
    bx_network *network = c->network;
    bx_reaction *r = &network->reaction[reaction];
    const bx_formula *formula = r->process->reactions[r->index].rate;
    uint32_t *slots = bx_compilation_resolve(c, formula);
    if (!slots)
        return bx_fail_in(c->err, r->mass_action ? "k" : "rate");
    bool varies;
    bx_compilation_dependence(network, formula, slots, &varies, &r->uses_time);
    r->constant = !varies && !r->uses_time;
    int result = bx_compilation_use(c, &network->rate_uses, slots, formula->name_count);
    if (result == 0)
        result =
            bx_compilation_add(c, formula, slots, network->rate + (uint32_t)reaction, &r->code);
    free(slots);
    return result < 0 ? -1 : bx_compilation_refuse_draws(c, 0);
}

int bx_compile_rates(bx_compilation *c)
{
    bx_network *network = c->network;
    network->rate_code.begin = (uint32_t)network->program.count;
    for (size_t i = 0; i < network->reactions; i++)
        if (compile_rate(c, i) < 0)
            return bx_fail_in(c->err, bx_network_reaction_label(network, i).text);
    network->rate_code.end = (uint32_t)network->program.count;
    return 0;
}
