#include "engine/molecules.h"

#include <math.h>

/* Above this order a propensity is a formula's business. */
#define ORDER_MAXIMUM 100

static int check_whole(const bx_network *network, size_t reaction, double coefficient,
                       bx_error *err)
{
    if (coefficient == floor(coefficient) && fabs(coefficient) <= BX_MOLECULES_MAXIMUM)
        return 0;
    return bx_fail(err, BX_EMODEL, "%s: stochastic simulation wants whole coefficients, found %g",
                   bx_network_reaction_label(network, reaction).text, fabs(coefficient));
}

int bx_molecules_check_coefficients(const bx_network *network, size_t r, const bool *which,
                                    bx_error *err)
{
    if (network->reaction[r].continuous)
        return bx_fail(err, BX_EMODEL,
                       "%s: a rate of change, or a stoichiometry that varies, is not made of "
                       "molecules; use method \"ode\"",
                       bx_network_reaction_label(network, r).text);
    double order = 0;
    for (uint32_t i = network->reactants.start[r]; i < network->reactants.start[r + 1]; i++) {
        order += network->orders[i];
        if (check_whole(network, r, network->orders[i], err) < 0)
            return -1;
    }
    if (network->reaction[r].mass_action && order > ORDER_MAXIMUM)
        return bx_fail(err, BX_EMODEL, "%s: mass action of order %g; above %d give a rate formula",
                       bx_network_reaction_label(network, r).text, order, ORDER_MAXIMUM);
    for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++)
        if (network->changes.items[i] < network->species && which[network->changes.items[i]] &&
            check_whole(network, r, network->amounts[i], err) < 0)
            return -1;
    return 0;
}

int bx_molecules_check_counts(const bx_network *network, const bool *which, double maximum,
                              double *frame, bx_error *err)
{
    for (size_t i = 0; i < network->species; i++) {
        if (!which[i])
            continue;
        double whole = round(frame[i]);
        if (isnan(frame[i]))
            return bx_fail(err, BX_ESIMULATION, "species \"%s\" has no value at time %g s",
                           network->names[i], frame[network->time]);
        if (frame[i] > maximum)
            return bx_fail(err, BX_ESIMULATION,
                           "species \"%s\" is %.6g at time %g s: more than 2^53 molecules can't be "
                           "counted one by one; a smaller compartment has fewer, and methods "
                           "\"hybrid\" and \"ode\" take them as they are",
                           network->names[i], frame[i], frame[network->time]);
        if (!(whole >= 0 && isfinite(whole) &&
              (network->rounded[i] || fabs(frame[i] - whole) <= BX_MOLECULES_ROUNDING * whole)))
            return bx_fail(
                err, BX_ESIMULATION,
                "species \"%s\" is %.17g at time %g s: stochastic simulation wants whole "
                "numbers of molecules (cell:whole_molecules() rounds them)",
                network->names[i], frame[i], frame[network->time]);
        frame[i] = fabs(whole); /* not -0 */
    }
    return 0;
}
