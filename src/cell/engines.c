#include "cell/engines.h"

#include "engine/deterministic/ode.h"
#include "engine/hybrid/hybrid.h"
#include "engine/stochastic/ssa.h"
#include "engine/stochastic/tau_leap.h"

#include <string.h>

const bx_engine *const bx_engines[BX_METHOD_COUNT] = {
    [BX_METHOD_ODE] = &bx_ode_engine,
    [BX_METHOD_SSA] = &bx_ssa_engine,
    [BX_METHOD_TAU] = &bx_tau_engine,
    [BX_METHOD_HYBRID] = &bx_hybrid_engine,
};

bx_method bx_method_named(const char *name)
{
    int method = 0;
    while (method < BX_METHOD_COUNT && strcmp(bx_engines[method]->name, name) != 0)
        method++;
    return (bx_method)method;
}

bx_method bx_method_for(bx_method asked, const bx_network *network)
{
    bool stochastic = asked == BX_METHOD_SSA || asked == BX_METHOD_TAU;
    return stochastic && bx_ssa_needs_hazard(network) ? BX_METHOD_HYBRID : asked;
}
