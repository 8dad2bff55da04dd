/* Hybrid simulation: some reactions stochastic, the others by the ODE solver, over one state. A
 * species that only stochastic reactions change is a whole number; the others are continuous.
 *
 * Without an exchange interval the coupling is exact, to the solver's tolerance: see jumps.h. Every
 * stochastic reaction restarts the solver, so this is for up to some 1e5 of them.
 *
 * With an interval of h seconds, each interval is done in three parts, as whole-cell models do
 * (Thornburg et al., Cell 185, 345, 2022, Methods):
 *   1. the stochastic reactions run, exactly, the continuous species held;
 *   2. what they took from and gave to the continuous species is charged; what there is not enough
 *      of leaves 0 and a shortage, which later charges and production pay first at the next
 *      exchanges: a species less its shortage is what conservation laws hold for;
 *   3. the ODE runs from the interval's start to its end, the stochastic species as at its end.
 * So each part sees the other up to h late: the error is of first order in h. An interval ends
 * early at a row, at a time that events wait for, and where a stochastic reaction turns the truth
 * of a condition; events fire at their time, on continuous species within the interval.
 *
 * An automatic partition is looked at anew after each interval, without one at each row (or 100
 * times a run). A species that turns stochastic is rounded; what the whole number lacks is kept
 * like a shortage, or as its opposite, and comes back when it turns continuous. */
#ifndef BX_ENGINE_HYBRID_HYBRID_H
#define BX_ENGINE_HYBRID_HYBRID_H

#include "engine/simulation.h"

/* simulation->owed[species] is what the species lacks (its shortage), kept from run to run. */
extern const bx_engine bx_hybrid_engine;

#endif
