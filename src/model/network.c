#include "model/network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

bx_label bx_network_reaction_label(const bx_network *network, size_t reaction)
{
    const bx_reaction *r = &network->reaction[reaction];
    return bx_reaction_label(r->process, r->index);
}

bx_label bx_network_event_label(const bx_network *network, size_t event)
{
    const bx_event *e = &network->event[event];
    return bx_event_label(e->process, e->index);
}

/* The first of a row's slots whose value is not a number. */
static uint32_t first_without_value(const bx_csr *uses, size_t row, const double *frame)
{
    for (uint32_t i = uses->start[row]; i < uses->start[row + 1]; i++)
        if (isnan(frame[uses->items[i]]))
            return uses->items[i];
    return BX_SLOT_NONE;
}

bx_label bx_network_cause(const bx_network *network, size_t reaction, const double *frame)
{
    size_t rules = network->species + network->parameters;
    bx_label cause = {""};
    uint32_t slot = first_without_value(&network->rate_uses, reaction, frame), found = slot;
    if (slot == BX_SLOT_NONE)
        found = slot = first_without_value(&network->reactants, reaction, frame);
    while (slot != BX_SLOT_NONE && slot >= rules && slot < rules + network->rules) {
        found = slot;
        slot = first_without_value(&network->rule_uses, slot - rules, frame);
    }
    if (slot != BX_SLOT_NONE && slot < rules)
        snprintf(cause.text, sizeof cause.text, ": \"%.128s\" has no value", network->names[slot]);
    else if (found != BX_SLOT_NONE && found < rules + network->rules)
        snprintf(cause.text, sizeof cause.text, ": \"%.128s\" is nan", network->names[found]);
    return cause;
}

bool bx_network_varies(const bx_network *network, uint32_t slot)
{
    size_t first = network->species + network->parameters;
    if (slot < network->species)
        return network->changing[slot];
    return slot >= first && slot < first + network->rules && network->rule_varies[slot - first];
}

bool bx_network_timely(const bx_network *network, uint32_t slot)
{
    size_t first = network->species + network->parameters;
    return slot == network->time || (slot >= first && slot < first + network->rules &&
                                     network->rule_uses_time[slot - first]);
}

void bx_network_rules(const bx_network *network, double *frame)
{
    bx_program_run_range(&network->program, network->rule_code, frame);
}

void bx_network_initials(const bx_network *network, const bool *held, double *frame)
{
    size_t settable = network->species + network->parameters;
    for (size_t i = 0; i < network->initial_count; i++) {
        const bx_initial *initial = &network->initials[i];
        if (initial->target >= settable || !held || !held[initial->target])
            bx_program_run_range(&network->program, initial->code, frame);
    }
}

bool bx_network_is_source(const bx_network *network, size_t slot)
{
    return slot >= network->species && slot < network->species + network->parameters &&
           network->feeds[slot] && !network->computed[slot];
}

void bx_network_rates(const bx_network *network, double *frame)
{
    bx_network_rules(network, frame);
    bx_program_run_range(&network->program, network->rate_code, frame);
}

double bx_mass_action_rate(const bx_network *network, size_t reaction, double k,
                           const double *species)
{
    uint32_t end = network->reactants.start[reaction + 1];
    for (uint32_t i = network->reactants.start[reaction]; i < end; i++) {
        double s = species[network->reactants.items[i]], n = network->orders[i];
        k *= n == 1 ? s : n == 2 ? s * s : n == 3 ? s * s * s : pow(s, n);
    }
    return k;
}

double bx_mass_action_propensity(const bx_network *network, size_t reaction, double k,
                                 const double *species)
{
    uint32_t end = network->reactants.start[reaction + 1];
    for (uint32_t i = network->reactants.start[reaction]; i < end; i++) {
        double s = species[network->reactants.items[i]];
        for (double n = network->orders[i]; n > 0 && k != 0; n--, s--)
            k *= s;
    }
    return k;
}

void bx_network_free(bx_network *network)
{
    if (!network)
        return;
    bx_names_free(&network->index);
    bx_names_free(&network->reaction_index);
    bx_program_free(&network->program);
    bx_csr_free(&network->rule_uses);
    bx_csr_free(&network->rate_uses);
    bx_csr_free(&network->reactants);
    bx_csr_free(&network->changes);
    bx_csr_free(&network->logic_uses);
    free(network->names);
    free(network->rule_codes);
    free(network->rule_order);
    free(network->rule_varies);
    free(network->rule_uses_time);
    free(network->rule_amount);
    free(network->rule_size);
    free(network->free);
    free(network->rounded);
    free(network->initials);
    free(network->computed);
    free(network->feeds);
    free(network->reaction);
    free(network->orders);
    free(network->amounts);
    free(network->changing);
    free(network->event);
    free(network->logic);
    free(network->assignments);
    free(network);
}
