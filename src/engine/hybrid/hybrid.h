/* Hybrid simulation: some reactions stochastic, the others by the ODE solver, over one state. A
 * species that only stochastic reactions change is a whole number; the others are continuous.
 *
 * Without an exchange interval the coupling is exact, to the solver's tolerance: see jumps.h. Every
 * stochastic reaction restarts the solver, so this is for up to some 1e5 of them.
 *
 * With an interval of h seconds, each interval is done in three parts, as whole-cell models do
 * (Thornburg et al., Cell 185, 345, 2022, Methods):
 *   1. the stochastic reactions run, exactly, the continuous species held;
 *   2. what they took from and gave to the continuous species is charged. Where more was taken than
 *      there is, 0 is left, and a shortage that is paid off first at the exchanges that follow: the
 *      conservation laws hold for a species less its shortage;
 *   3. the ODE runs from the interval's start to its end, the stochastic species as at its end.
 * What processes declare for an exchange (bx_process_add_step) is done after the second part, and
 * after the third; time is the interval's end. Only here are there such steps.
 * So each part sees the other up to h late: the error is of first order in h. An interval ends
 * early at a time that events wait for, and where a stochastic reaction turns the truth of a
 * condition; events fire at their time, on continuous species within the interval. Rows within it
 * show the counts of their time.
 *
 * A partition by copy number is looked at anew after each interval, or, without intervals, after
 * each step of the solver and each reaction. A species that turns stochastic is rounded; what
 * rounding added or took is kept as a shortage, or its opposite, and comes back when the species
 * turns continuous. */
#ifndef BX_ENGINE_HYBRID_HYBRID_H
#define BX_ENGINE_HYBRID_HYBRID_H

#include "engine/simulation.h"

/* simulation->owed[species] is what the species lacks (its shortage), kept from run to run. */
extern const bx_engine bx_hybrid_engine;

#endif
