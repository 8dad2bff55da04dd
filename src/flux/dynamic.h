/* Dynamic flux balance: a culture grows in a medium (the static optimisation approach of Mahadevan,
 * Edwards & Doyle, Biophys. J. 83:1331, 2002), closed, or a chemostat's (medium/medium.h).
 *
 * Each step bounds the uptake of every metabolite of the medium by its concentration S, finds the
 * best fluxes v, and holds them for the step. Within it, exactly, with the growth rate mu = v of
 * the growth reaction:
 *
 *   biomass X(h) = X exp((mu - D) h);
 *   S(h) = F + (S - F) exp(-D h) + v X (exp(mu h) - 1) exp(-D h) / mu, uptake negative,
 *
 * with the dilution rate D and the feed F, both 0 in a closed medium; what decays, too, is lost
 * faster than biomass. So a steady state of the culture is one of the method, whatever the step. In
 * a chemostat substrates are as scarce as the culture can make them, and change much faster than it
 * does: there the uptake is that of the mean S within the step, by the law's tangent, where the
 * step before took as much as it could.
 * A step ends early where something would run out, so that no concentration is ever negative; what
 * is used up is not taken up until there is some again. The error of the method is proportional to
 * the step. What the model's own bounds demand of an exchange, uptake or secretion, is kept to.
 * Where no fluxes are feasible, the culture is dead for that step: no growth and no exchange, and
 * biomass falls at the death rate.
 * Time is in hours, biomass in grams of dry weight per litre, concentrations in mM. */
#ifndef BX_FLUX_DYNAMIC_H
#define BX_FLUX_DYNAMIC_H

#include "flux/fba.h"
#include "medium/medium.h"
#include "record/trajectory.h"

/* A metabolite of the medium and the reaction that exchanges it, whose one metabolite it is. */
typedef struct bx_fba_pool {
    size_t exchange;      /* reaction */
    double concentration; /* at the start, mM, >= 0 */
    double maximum;       /* uptake <= maximum S / (half + S), in mmol/gDW/h; NAN: the model's own
                             bound as long as S > 0 */
    double half;          /* the concentration of half the maximum, mM, >= 0 */
    double feed;          /* in what flows in, mM, >= 0 */
    double decay;         /* 1/h, >= 0 */
    double crowding;      /* by how much less of it there is for the culture than of the litre that
                             its biomass is counted by, > 0; 1 but where cultures share a medium */
} bx_fba_pool;

/* Fill in the greatest uptake of each pool, >= 0; called at the start of each step. -1 with err
 * ends the run. */
typedef int bx_fba_uptake(void *data, double time, double biomass, const double *concentrations,
                          double *uptake, bx_error *err);

typedef struct bx_fba_culture {
    size_t growth;     /* the reaction whose flux is the growth rate, 1/h */
    double biomass;    /* at the start, gDW/L, > 0 */
    double duration;   /* h */
    double step;       /* h, > 0 */
    double every;      /* h between rows; 0: only first and last */
    double death_rate; /* 1/h, while nothing is feasible */
    double dilution;   /* 1/h, of what flows in and out; 0: a closed medium */
    bool warm; /* begin from the basis of the model's last optimum: quicker, but the last digits may
                  depend on what that was */
    const bx_fba_pool *pools;
    size_t pool_count;
    bx_fba_uptake *uptake; /* changes what the pools say; or NULL */
    void *uptake_data;
} bx_fba_culture;

/* When no fluxes were feasible for the first time, and the pool whose exchange demanded a greater
 * uptake than there could be then, BX_FBA_NONE where it was not one of these. */
typedef struct bx_fba_death {
    double time; /* NAN: never */
    size_t pool;
} bx_fba_death;

/* Columns: biomass, growth_rate, feasible (1 or 0), and the concentration of each pool's
 * metabolite. exchanged[pool]: what the culture has given in all, negative what it has taken, mmol
 * per litre. The model's bounds are as before when it returns. */
int bx_fba_dynamic(bx_fba *fba, const bx_fba_culture *culture, bx_trajectory **trajectory,
                   bx_fba_death *death, double *exchanged, bx_error *err);

#endif
