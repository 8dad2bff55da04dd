#include "cell/engines.h"

#include "engine/deterministic/ode.h"
#include "engine/hybrid/hybrid.h"
#include "engine/stochastic/ssa.h"
#include "engine/stochastic/tau_leap.h"

#include <string.h>

static void *new_ode(const bx_network *network, bx_error *err)
{
    return bx_ode_new(network, NULL, err);
}

static int run_ode(void *engine, bx_simulation *simulation, bx_error *err)
{
    return bx_ode_run(engine, simulation, err);
}

static void free_ode(void *engine)
{
    bx_ode_free(engine);
}

static void *new_ssa(const bx_network *network, bx_error *err)
{
    return bx_ssa_new(network, err);
}

static int run_ssa(void *engine, bx_simulation *simulation, bx_error *err)
{
    bx_ssa_forget(engine);
    return bx_ssa_run(engine, simulation, err);
}

static void free_ssa(void *engine)
{
    bx_ssa_free(engine);
}

static void *new_tau(const bx_network *network, bx_error *err)
{
    return bx_tau_new(network, err);
}

static int run_tau(void *engine, bx_simulation *simulation, bx_error *err)
{
    return bx_tau_run(engine, simulation, err);
}

static void free_tau(void *engine)
{
    bx_tau_free(engine);
}

static void *new_hybrid(const bx_network *network, bx_error *err)
{
    return bx_hybrid_new(network, err);
}

static int run_hybrid(void *engine, bx_simulation *simulation, bx_error *err)
{
    return bx_hybrid_run(engine, simulation, err);
}

static void free_hybrid(void *engine)
{
    bx_hybrid_free(engine);
}

const bx_engine bx_engines[BX_METHOD_COUNT] = {
    [BX_METHOD_ODE] = {"ode", false, new_ode, run_ode, free_ode},
    [BX_METHOD_SSA] = {"ssa", true, new_ssa, run_ssa, free_ssa},
    [BX_METHOD_TAU] = {"tau", true, new_tau, run_tau, free_tau},
    [BX_METHOD_HYBRID] = {"hybrid", true, new_hybrid, run_hybrid, free_hybrid},
};

bx_method bx_method_named(const char *name)
{
    int method = 0;
    while (method < BX_METHOD_COUNT && strcmp(bx_engines[method].name, name) != 0)
        method++;
    return (bx_method)method;
}
