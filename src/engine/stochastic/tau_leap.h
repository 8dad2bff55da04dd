/* Approximate stochastic simulation by adaptive tau-leaping, explicit, or implicit where reactions
 * in fast equilibrium make the network stiff (see leap.h). Where leaps would not be longer than a
 * few reactions it takes exact steps. Counts stay whole and never become negative. A leap ends at a
 * time that events wait for, at a known time (roots.h) and at the run's end; a row within one
 * shows a part of its firings, by chance. Conditions are looked at after each leap, in which what
 * they depend on changes little. Implicit leaps damp the noise of what is in fast equilibrium
 * (Rathinam 2003, section IV); means, and the noise of what changes slowly, stay. */
#ifndef BX_ENGINE_STOCHASTIC_TAU_LEAP_H
#define BX_ENGINE_STOCHASTIC_TAU_LEAP_H

#include "engine/simulation.h"

/* BX_EMODEL as bx_ssa_new. */
extern const bx_engine bx_tau_engine;

#endif
