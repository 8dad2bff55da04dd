#include "analysis/system.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Above this a dense matrix and its factors take too long. */
#define SIZE_MAXIMUM 4000

static int refuse(const bx_network *network, size_t size, bx_error *err)
{
    if (network->program.delayed_count > 0)
        return bx_fail(err, BX_EMODEL,
                       "the model has delays (of \"%.64s\"): a steady state is not offered for it",
                       network->program.delayed[0].name ? network->program.delayed[0].name : "?");
    for (size_t i = 0; i < network->unknown_count; i++)
        if (network->rule_kind[network->unknowns[i]] == BX_RULE_SETTLES)
            return bx_fail(err, BX_EMODEL,
                           "the model has fast reactions: a steady state is not offered for it");
    if (size > SIZE_MAXIMUM)
        return bx_fail(err, BX_EMODEL, "%zu species change: a steady state is offered for %d", size,
                       SIZE_MAXIMUM);
    return 0;
}

static bool is_timely(const bx_network *network)
{
    for (size_t r = 0; r < network->reactions; r++)
        if (network->reaction[r].uses_time)
            return true;
    return false;
}

int bx_system_open(bx_system *system, const bx_network *network, bx_error *err)
{
    *system = (bx_system){.network = network, .timely = is_timely(network)};
    system->species = calloc(network->species + 1, sizeof *system->species);
    system->position = calloc(network->species + 1, sizeof *system->position);
    system->frame = calloc(network->program.frame_size + 1, sizeof *system->frame);
    system->rates = calloc(network->reactions + 1, sizeof *system->rates);
    if (!system->species || !system->position || !system->frame || !system->rates) {
        bx_system_close(system);
        return bx_fail_memory(err);
    }
    for (uint32_t s = 0; s < network->species; s++)
        if (network->changing[s]) {
            system->position[s] = (uint32_t)system->size;
            system->species[system->size++] = s;
        }
    memcpy(system->frame, network->program.frame,
           network->program.frame_size * sizeof *system->frame);
    int result = refuse(network, system->size, err);
    if (result == 0)
        result =
            bx_jacobian_new(network, system->position, system->size + 1, &system->jacobian, err);
    if (result == 0 && system->jacobian) {
        const bx_csr *pattern = bx_jacobian_pattern(system->jacobian);
        system->entries = calloc(pattern->start[system->size] + 2, sizeof *system->entries);
    }
    if (result == 0 && !system->entries)
        result = bx_fail_memory(err);
    if (result < 0)
        bx_system_close(system);
    return result;
}

void bx_system_close(bx_system *system)
{
    free(system->species);
    free(system->position);
    free(system->frame);
    free(system->rates);
    free(system->entries);
    bx_jacobian_free(system->jacobian);
    *system = (bx_system){0};
}

void bx_system_load(bx_system *system, const double *frame)
{
    const bx_network *network = system->network;
    memcpy(system->frame, frame, (network->species + network->parameters) * sizeof *system->frame);
    system->frame[network->time] = frame[network->time];
    for (size_t i = 0; i < network->unknown_count; i++) {
        uint32_t start = network->rule_amount[network->unknowns[i]];
        system->frame[start] = frame[start];
    }
    bx_network_rates(network, system->frame);
}

void bx_system_state(const bx_system *system, double *state)
{
    for (size_t i = 0; i < system->size; i++)
        state[i] = system->frame[system->species[i]];
}

void bx_system_place(bx_system *system, const double *state)
{
    for (size_t i = 0; i < system->size; i++)
        system->frame[system->species[i]] = state[i];
}

int bx_system_derivatives(bx_system *system, double *derivatives, double *turnover)
{
    const bx_network *network = system->network;
    int result = 0;
    bx_network_rates(network, system->frame);
    memset(derivatives, 0, system->size * sizeof *derivatives);
    if (turnover)
        memset(turnover, 0, system->size * sizeof *turnover);
    for (size_t r = 0; r < network->reactions; r++) {
        double rate = system->frame[network->rate + r];
        if (network->reaction[r].mass_action)
            rate = bx_mass_action_rate(network, r, rate, system->frame);
        system->rates[r] = rate;
        if (!isfinite(rate) && bx_csr_count(&network->changes, r) > 0)
            result = -1;
        for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++) {
            uint32_t place = system->position[network->changes.items[i]];
            derivatives[place] += network->amounts[i] * rate;
            if (turnover)
                turnover[place] += fabs(network->amounts[i] * rate);
        }
    }
    return result;
}

void bx_system_jacobian(bx_system *system, bx_matrix *jacobian)
{
    const bx_csr *pattern = bx_jacobian_pattern(system->jacobian);
    memset(system->entries, 0, (pattern->start[system->size] + 1) * sizeof *system->entries);
    bx_jacobian_evaluate(system->jacobian, system->frame, system->entries);
    bx_matrix_clear(jacobian);
    for (size_t j = 0; j < system->size; j++)
        for (uint32_t i = pattern->start[j]; i < pattern->start[j + 1]; i++)
            jacobian->column[j][pattern->items[i]] = system->entries[i];
}
