#include "engine/deterministic/ode_parts.h"

#include <math.h>

int bx_ode_check_delays(bx_ode *ode, bx_error *err)
{
    if (!ode->history)
        return 0;
    bx_history_watch(ode->history);
    bx_ode_rates(ode);
    return bx_history_check(ode->history, err);
}

/* Name what is not finite in the present state. */
static int fail_not_finite(bx_ode *ode, double time, bx_error *err)
{
    const bx_network *network = ode->network;
    double *frame = ode->simulation->frame;
    if (bx_ode_check_delays(ode, err) < 0)
        return -1;
    bx_network_rates(network, frame);
    if (ode->jumps && bx_jumps_begin(ode->jumps, frame, err) < 0)
        return -1;
    for (size_t r = 0; r < network->reactions; r++) {
        double rate = frame[network->rate + r];
        if (network->reaction[r].mass_action)
            rate = bx_mass_action_rate(network, r, rate, frame);
        if (!isfinite(rate))
            return bx_fail(err, BX_ESIMULATION,
                           "the ODE solver stopped at time %g s: the rate of %s is %g%s", time,
                           bx_network_reaction_label(network, r).text, rate,
                           bx_network_cause(network, r, frame).text);
    }
    if (ode->tangent && bx_ode_tangent_check(ode, time, err) < 0)
        return -1;
    return bx_fail(err, BX_ESIMULATION,
                   "the ODE solver stopped at time %g s: just after it a rate is not finite, as by "
                   "division by 0, a root of what is below 0, or a value beyond what numbers hold",
                   time);
}

/* The place that had the largest error, beside what it may be, in the last step. */
static size_t worst_place(bx_ode *ode)
{
    size_t worst = 0;
    N_Vector weights = N_VClone(ode->y);
    if (!weights || CVodeGetEstLocalErrors(ode->cvode, ode->between) != CV_SUCCESS ||
        CVodeGetErrWeights(ode->cvode, weights) != CV_SUCCESS)
        goto end;
    const double *error = N_VGetArrayPointer(ode->between), *weight = N_VGetArrayPointer(weights);
    for (size_t i = 0; i < ode->size; i++)
        if (ode->species[i] != BX_SLOT_NONE &&
            fabs(error[i]) * weight[i] > fabs(error[worst]) * weight[worst])
            worst = i;
end:
    N_VDestroy(weights);
    return worst;
}

int bx_ode_fail(bx_ode *ode, int flag, double time, bx_error *err)
{
    if (bx_simulation_interrupted(ode->simulation))
        return bx_simulation_poll(ode->simulation, time, err);
    if (ode->not_finite || flag == CV_FIRST_RHSFUNC_ERR || flag == CV_REPTD_RHSFUNC_ERR ||
        flag == CV_UNREC_RHSFUNC_ERR || flag == CV_RTFUNC_FAIL)
        return fail_not_finite(ode, time, err);
    if (flag == CV_ILL_INPUT)
        return bx_fail(err, BX_ESIMULATION,
                       "the ODE solver can't start at time %g s: the condition of an event is "
                       "between true and false there",
                       time);
    size_t worst = worst_place(ode);
    uint32_t species = ode->species[worst];
    const char *name = species == BX_SLOT_NONE ? "" : ode->network->names[species];
    return bx_fail(
        err, BX_ESIMULATION,
        "the ODE solver stopped at time %g s: its steps became too small, as where the "
        "solution grows without bound or jumps, or a condition turns again and again, for the "
        "rates on either side lead back to it; hardest to follow is \"%.64s\", which is "
        "%g there. Look at the rates that change it, or try a larger tolerance",
        time, name, N_VGetArrayPointer(ode->y)[worst]);
}
