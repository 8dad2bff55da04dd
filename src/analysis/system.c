#include "analysis/system.h"

#include "model/derivative.h"
#include "model/solve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Above this a dense matrix and its factors take too long. */
#define SIZE_MAXIMUM 2000

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

void bx_system_elasticities(bx_system *system, bx_matrix *elasticities)
{
    const bx_csr *pattern = bx_jacobian_pattern(system->jacobian);
    memset(system->entries, 0, (pattern->start[system->size] + 1) * sizeof *system->entries);
    bx_network_rates(system->network, system->frame);
    bx_jacobian_evaluate(system->jacobian, system->frame, system->entries);
    bx_matrix_clear(elasticities);
    for (size_t r = 0; r < system->network->reactions; r++) {
        const uint32_t *places;
        const double *values;
        size_t count = bx_jacobian_rate(system->jacobian, r, &places, &values);
        for (size_t i = 0; i < count; i++)
            elasticities->column[places[i]][r] = values[i];
    }
}

/* ---- along one parameter: forward, beside the values ---- */

/* As bx_op_derivatives, but not a number where there is none. */
static void derivatives_of(bx_op op, const bx_operation *o, double d[3])
{
    bx_op_derivatives(op, o, d);
    if (op == BX_OP_FACTORIAL)
        d[0] = NAN;
    else if (op == BX_OP_POWER && o->a < 0)
        d[1] = NAN;
    else if (op == BX_OP_POWER && o->b == 0)
        d[0] = 0;
}

/* Of the unknowns of a block that was solved: back from each to what its body reads. */
static void block_slopes(const bx_instruction *head, double *frame, double *slope, double *adjoints)
{
    for (uint32_t u = 0; u < head->a; u++) {
        double sum = 0;
        adjoints[head->target + u] = 1;
        bx_solve_differentiate(head, frame, adjoints);
        for (const bx_instruction *i = head + 1; i != head + 1 + head->b; i++) {
            const uint32_t operands[3] = {i->a, i->b, i->c};
            for (unsigned k = 0; k < bx_op_arity((bx_op)i->op); k++) {
                if (adjoints[operands[k]] != 0 && slope[operands[k]] != 0)
                    sum += adjoints[operands[k]] * slope[operands[k]];
                adjoints[operands[k]] = 0;
            }
        }
        slope[head->target + u] = sum;
    }
}

static void code_slopes(const bx_program *program, bx_range range, double *frame, double *slope,
                        double *adjoints)
{
    for (uint32_t k = range.begin; k < range.end; k++) {
        const bx_instruction *i = &program->code[k];
        if (bx_solve_is(i)) {
            k = (uint32_t)(bx_solve(i, frame) - program->code);
            block_slopes(i, frame, slope, adjoints);
            continue;
        }
        bx_operation o = {frame[i->a], frame[i->b], frame[i->c], 0};
        double by[3] = {slope[i->a], slope[i->b], slope[i->c]}, d[3], sum = 0;
        bx_program_run(i, i + 1, frame);
        o.result = frame[i->target];
        derivatives_of((bx_op)i->op, &o, d);
        for (int a = 0; a < 3; a++)
            if (d[a] != 0 && by[a] != 0)
                sum += d[a] * by[a];
        slope[i->target] = sum;
    }
}

/* By mass action: of k, and of a species on the left that no reaction changes. */
static double mass_action_slope(const bx_network *network, size_t r, uint32_t slot, double k_slope,
                                const double *frame)
{
    double slope = k_slope == 0 ? 0 : bx_mass_action_rate(network, r, k_slope, frame);
    for (uint32_t i = network->reactants.start[r]; i < network->reactants.start[r + 1]; i++) {
        if (network->reactants.items[i] != slot)
            continue;
        double product = frame[network->rate + r] * network->orders[i] *
                         bx_power(frame[slot], network->orders[i] - 1);
        for (uint32_t o = network->reactants.start[r]; o < network->reactants.start[r + 1]; o++)
            if (o != i)
                product *= bx_power(frame[network->reactants.items[o]], network->orders[o]);
        slope += product;
    }
    return slope;
}

int bx_system_slopes(bx_system *system, uint32_t slot, double *slopes)
{
    const bx_network *network = system->network;
    const bx_program *program = &network->program;
    double *slope = calloc(program->frame_size + 1, sizeof *slope);
    double *adjoints = calloc(program->frame_size + 1, sizeof *adjoints);
    if (!slope || !adjoints) {
        free(slope);
        free(adjoints);
        return -1;
    }
    slope[slot] = 1;
    code_slopes(program, network->rule_code, system->frame, slope, adjoints);
    code_slopes(program, network->rate_code, system->frame, slope, adjoints);
    for (size_t r = 0; r < network->reactions; r++) {
        slopes[r] = slope[network->rate + r];
        if (network->reaction[r].mass_action)
            slopes[r] = mass_action_slope(network, r, slot, slopes[r], system->frame);
    }
    free(slope);
    free(adjoints);
    return 0;
}
