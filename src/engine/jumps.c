#include "engine/jumps.h"

#include "engine/molecules.h"

#include <math.h>
#include <stdlib.h>

/* A propensity may be below 0 by as much of the hazard, or of 1 per second: the ODE solver's error
 * in what it depends on. It counts as 0. */
#define NEGATIVE_PART 1e-6

struct bx_jumps {
    const bx_network *network;
    const bool *continuous;
    bool *discrete;     /* species -> changed by jumps, and by nothing else */
    double *propensity; /* by reaction */
    double target;
    bx_random *random;
};

bx_jumps *bx_jumps_new(const bx_network *network, const bool *continuous, bx_random *random,
                       bx_error *err)
{
    bx_jumps *jumps = calloc(1, sizeof *jumps);
    if (!jumps) {
        bx_fail_memory(err);
        return NULL;
    }
    jumps->network = network;
    jumps->continuous = continuous;
    jumps->random = random;
    jumps->discrete = calloc(network->species + 1, sizeof *jumps->discrete);
    jumps->propensity = calloc(network->reactions + 1, sizeof *jumps->propensity);
    int result = jumps->discrete && jumps->propensity ? 0 : bx_fail_memory(err);
    for (size_t i = 0; result == 0 && i < network->species; i++)
        jumps->discrete[i] = network->changing[i] && !continuous[i];
    for (size_t r = 0; result == 0 && r < network->reactions; r++)
        result = bx_molecules_check_coefficients(network, r, jumps->discrete, err);
    if (result == 0)
        return jumps;
    bx_jumps_free(jumps);
    return NULL;
}

void bx_jumps_free(bx_jumps *jumps)
{
    if (!jumps)
        return;
    free(jumps->discrete);
    free(jumps->propensity);
    free(jumps);
}

static bool waits(const bx_jumps *jumps, size_t r, const double *frame)
{
    const bx_network *network = jumps->network;
    for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++) {
        uint32_t species = network->changes.items[i];
        if (jumps->continuous[species] && !network->free[species] &&
            frame[species] + network->amounts[i] < 0)
            return true;
    }
    return false;
}

/* As bx_mass_action_propensity, and 0 where a continuous count is less than it takes. */
static double mass_action(const bx_network *network, size_t r, double k, const double *frame)
{
    for (uint32_t i = network->reactants.start[r]; i < network->reactants.start[r + 1]; i++) {
        double count = frame[network->reactants.items[i]];
        for (double n = network->orders[i]; n > 0 && k != 0; n--, count--)
            k *= count > 0 ? count : 0;
    }
    return k;
}

static double propensity(const bx_jumps *jumps, size_t r, double *frame)
{
    const bx_network *network = jumps->network;
    const bx_reaction *reaction = &network->reaction[r];
    if (!reaction->constant) /* the others are up to date since bx_jumps_begin */
        bx_program_run_range(&network->program, reaction->code, frame);
    double value = frame[network->rate + r];
    if (reaction->mass_action)
        value = mass_action(network, r, value, frame);
    return value > 0 && waits(jumps, r, frame) ? 0 : value;
}

double bx_jumps_hazard(bx_jumps *jumps, double *frame)
{
    double hazard = 0;
    for (size_t r = 0; r < jumps->network->reactions; r++) {
        double value = propensity(jumps, r, frame);
        jumps->propensity[r] = value < 0 ? 0 : value;
        hazard += jumps->propensity[r];
    }
    return hazard;
}

const bx_network *bx_jumps_network(const bx_jumps *jumps)
{
    return jumps->network;
}

int bx_jumps_begin(bx_jumps *jumps, double *frame, bx_error *err)
{
    const bx_network *network = jumps->network;
    if (bx_molecules_check_counts(network, jumps->discrete, INFINITY, frame, err) < 0)
        return -1;
    bx_program_run_range(&network->program, network->rate_code, frame);
    double hazard = bx_jumps_hazard(jumps, frame);
    for (size_t r = 0; r < network->reactions; r++) {
        double value = propensity(jumps, r, frame);
        if (!(value >= -NEGATIVE_PART * (1 + hazard)) || isinf(value))
            return bx_fail(err, BX_ESIMULATION, "%s: its propensity is %g at time %g s%s",
                           bx_network_reaction_label(network, r).text, value, frame[network->time],
                           bx_network_cause(network, r, frame).text);
    }
    jumps->target = bx_random_exponential(jumps->random);
    return 0;
}

double bx_jumps_target(const bx_jumps *jumps)
{
    return jumps->target;
}

static int fail_negative(const bx_jumps *jumps, size_t r, uint32_t species, const double *frame,
                         bx_error *err)
{
    const bx_network *network = jumps->network;
    return bx_fail(err, BX_ESIMULATION,
                   "%s would make \"%s\" negative (it is %g) at time %g s: its rate must be 0 when "
                   "there is not enough",
                   bx_network_reaction_label(network, r).text, network->names[species],
                   frame[species], frame[network->time]);
}

int bx_jumps_fire(bx_jumps *jumps, double *frame, bx_error *err)
{
    const bx_network *network = jumps->network;
    double hazard = bx_jumps_hazard(jumps, frame);
    if (!(hazard > 0)) /* within rounding of where it turned 0 */
        return 0;
    double left = bx_random_uniform(jumps->random) * hazard;
    size_t chosen = 0;
    for (size_t r = 0; r < network->reactions && left >= 0; r++) {
        if (jumps->propensity[r] == 0)
            continue;
        left -= jumps->propensity[r];
        chosen = r;
    }
    uint32_t begin = network->changes.start[chosen], end = network->changes.start[chosen + 1];
    for (uint32_t i = begin; i < end; i++) {
        uint32_t species = network->changes.items[i];
        bool may = network->free[species] && !jumps->discrete[species];
        if (frame[species] + network->amounts[i] < 0 && !may)
            return fail_negative(jumps, chosen, species, frame, err);
    }
    for (uint32_t i = begin; i < end; i++)
        frame[network->changes.items[i]] += network->amounts[i];
    return 0;
}
