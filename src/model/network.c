#include "model/network.h"

#include "model/rules.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* A base is left behind where values are this part of what is between them and it. */
#define STRAYS 10

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

/* Whether a search for a rule's value begins there. */
static bool is_start(const bx_network *network, uint32_t slot)
{
    for (size_t i = 0; i < network->unknown_count; i++)
        if (network->rule_amount[network->unknowns[i]] == slot)
            return true;
    return false;
}

/* Why a slot has no value: through rules to what they need. */
static bx_label cause_of(const bx_network *network, uint32_t slot, const double *frame)
{
    size_t rules = network->species + network->parameters;
    bx_label cause = {""};
    uint32_t found = slot;
    while (slot != BX_SLOT_NONE && slot >= rules && slot < rules + network->rules) {
        found = slot;
        slot = first_without_value(&network->rule_uses, slot - rules, frame);
        if (is_start(network, slot))
            slot = BX_SLOT_NONE;
    }
    bool rule = found != BX_SLOT_NONE && found >= rules && found < rules + network->rules;
    bx_rule_kind kind = rule ? network->rule_kind[found - rules] : BX_RULE_EQUALS;
    if (slot == BX_SLOT_NONE && kind == BX_RULE_SOLVES)
        snprintf(cause.text, sizeof cause.text,
                 ": no value of \"%.64s\" that fulfils its constraint is found from %g on",
                 network->names[found], frame[network->rule_amount[found - rules]]);
    else if (slot == BX_SLOT_NONE && kind == BX_RULE_SETTLES)
        snprintf(cause.text, sizeof cause.text,
                 ": \"%.64s\" finds no end: fast reactions must come to a rest that does not "
                 "depend on the way there",
                 network->names[found]);
    else if (slot != BX_SLOT_NONE && slot < rules)
        snprintf(cause.text, sizeof cause.text, ": \"%.128s\" has no value", network->names[slot]);
    else if (found != BX_SLOT_NONE && found < rules + network->rules)
        snprintf(cause.text, sizeof cause.text, ": \"%.128s\" is nan", network->names[found]);
    return cause;
}

bx_label bx_network_cause(const bx_network *network, size_t reaction, const double *frame)
{
    uint32_t slot = first_without_value(&network->rate_uses, reaction, frame);
    if (slot == BX_SLOT_NONE)
        slot = first_without_value(&network->reactants, reaction, frame);
    return cause_of(network, slot, frame);
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
    bx_rules_run(network->all_rules, frame);
}

int bx_network_keep(const bx_network *network, double *frame, bx_error *err)
{
    size_t first = network->species + network->parameters;
    for (size_t i = 0; i < network->unknown_count; i++) {
        uint32_t rule = network->unknowns[i];
        double value = frame[first + rule];
        if (isnan(value))
            return bx_fail(err, BX_ESIMULATION, "time %g s%s", frame[network->time],
                           cause_of(network, (uint32_t)(first + rule), frame).text);
        frame[network->rule_amount[rule]] = value;
    }
    return 0;
}

void bx_network_rebase(const bx_network *network, double *frame)
{
    size_t first = network->species + network->parameters;
    for (size_t i = 0; i < network->settled_count; i++)
        frame[network->rule_amount[network->settled[i]]] = frame[first + network->settled[i]];
    for (size_t i = 0; i < network->unknown_count; i++) {
        uint32_t rule = network->unknowns[i];
        if (network->rule_kind[rule] == BX_RULE_SETTLES)
            frame[first + rule] = frame[network->rule_amount[rule]] = 0;
    }
}

bool bx_network_strays(const bx_network *network, const double *frame)
{
    double largest = 0, farthest = 0;
    for (size_t i = 0; i < network->settled_count; i++) {
        uint32_t rule = network->settled[i];
        double value = frame[network->species + network->parameters + rule];
        largest = fmax(largest, fabs(value));
        farthest = fmax(farthest, fabs(value - frame[network->rule_amount[rule]]));
    }
    return farthest > STRAYS * largest;
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
        k *= bx_power(s, n);
    }
    return k;
}

bool bx_network_resized(const bx_network *network, size_t rule, const double *frame,
                        const double *before)
{
    uint32_t size = network->rule_size[rule];
    return network->rule_amount[rule] != BX_SLOT_NONE &&
           size != network->one && /* which is no variable */
           frame[size] != before[size];
}

double bx_mass_action_slope(const bx_network *network, size_t reaction, uint32_t place, double k,
                            const double *species)
{
    uint32_t begin = network->reactants.start[reaction],
             end = network->reactants.start[reaction + 1];
    double n = network->orders[place], s = species[network->reactants.items[place]];
    double slope = k * (n == 1 ? 1 : n * bx_power(s, n - 1));
    for (uint32_t i = begin; i < end; i++)
        if (i != place)
            slope *= bx_power(species[network->reactants.items[i]], network->orders[i]);
    return slope;
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
    bx_csr_free(&network->delayed_needs);
    bx_csr_free(&network->delayed_rules);
    bx_csr_free(&network->delayed_initials);
    free(network->delayed_steady);
    free(network->kept);
    free(network->names);
    bx_rules_free(network->all_rules);
    free(network->rule_codes);
    free(network->rule_order);
    free(network->rule_varies);
    free(network->rule_uses_time);
    free(network->rule_amount);
    free(network->rule_size);
    free(network->rule_leader);
    free(network->rule_kind);
    free(network->unknowns);
    free(network->settled);
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
    free(network->steps);
    free(network);
}
