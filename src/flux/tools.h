/* Analyses of a flux-balance model beyond its optimum: media, summaries, envelopes. Each takes the
 * model as it is (bounds, objective, what is disabled) and leaves it so, unless it says otherwise.
 * Errors are those of bx_fba_optimise; a watch's interrupt ends all of them. */
#ifndef BX_FLUX_TOOLS_H
#define BX_FLUX_TOOLS_H

#include "flux/fba.h"

/* ---- what crosses the boundary ---- */

/* A reaction of one balanced metabolite alone crosses the boundary of the system. It is an exchange
 * where that metabolite is outside: in the compartment whose name says so (among several, or where
 * none does, the one with most of these reactions); a model whose metabolites have no compartment
 * is one. Others are sinks if their flux may have either sign, and else demands. */
typedef enum bx_fba_boundary {
    BX_FBA_INTERNAL,
    BX_FBA_EXCHANGE,
    BX_FBA_DEMAND,
    BX_FBA_SINK
} bx_fba_boundary;

/* Of each reaction; *outside is the compartment ("" for none), which belongs to the model. */
int bx_fba_boundaries(const bx_fba *fba, bx_fba_boundary *kinds, const char **outside,
                      bx_error *err);

/* The one balanced metabolite of a reaction that crosses the boundary, and its coefficient; else
 * BX_FBA_NONE. */
size_t bx_fba_crossing(const bx_fba *fba, size_t reaction, double *coefficient);

/* How much an exchange may take up: the limit of its flux in the direction that makes its
 * metabolite; at least 0. */
double bx_fba_uptake_limit(const bx_fba *fba, size_t exchange);

/* Let it take up so much at most, 0 for nothing; or, by a limit of 0, keep what is forced out. */
int bx_fba_limit_uptake(bx_fba *fba, size_t exchange, double limit, bx_error *err);

typedef struct bx_fba_minimal {
    double objective;     /* what it must reach; less than it where the model minimises */
    bool components;      /* the least number of exchanges that take up; else the least total */
    double open;          /* > 0: all exchanges are first opened to so much either way */
    bx_fba_status status; /* infeasible: it cannot be reached */
    double total;         /* of the uptakes */
    size_t count;         /* of exchanges that take up; the least where that was asked for */
} bx_fba_minimal;

/* The least that must be taken up: uptake[r] >= 0 of each reaction, and what they secrete is < 0.
 * The number of components is found by branch and bound (CBC), and verified: with these exchanges
 * alone the objective is reached by a linear program of our own, which then takes up the least. */
int bx_fba_minimal_medium(bx_fba *fba, bx_fba_minimal *minimal, double *uptake, bx_error *err);

/* ---- envelopes ---- */

#define BX_FBA_ENVELOPE_REACTIONS 3

/* Where the fluxes of 1 to 3 reactions are held at `points` values each, evenly from the least to
 * the greatest that they can have, the least and the greatest objective: a production envelope of
 * one, a phenotype phase plane of two (Edwards, Ramakrishna & Palsson, Biotechnol. Bioeng. 77:27,
 * 2002). Row i of points^count, the last reaction's values fastest: values[i * count + k], then
 * least[i] and greatest[i], NAN where these fluxes cannot be together, infinite where there is no
 * bound; prices[i * count + k] is what the greatest changes by per unit of flux k, between the two
 * sides where these differ, and NAN where there is none. Unless *status is optimal nothing is
 * feasible. */
int bx_fba_envelope(bx_fba *fba, const size_t *reactions, size_t count, size_t points,
                    bx_fba_status *status, double *values, double *least, double *greatest,
                    double *prices, bx_error *err);

/* ---- several objectives ---- */

/* Of all fluxes that are best by the first of `goals`, of which there are 1 or more, those that are
 * best by the second, and so on: the value of each, and a flux for each reaction, with the value of
 * each variable behind these. Where *status is
 * not optimal, *reached objectives have a value, and the next one has none. The model's own
 * objective has no part in it. */
int bx_fba_lexicographic(bx_fba *fba, const bx_fba_sum_view *goals, size_t count,
                         bx_fba_status *status, size_t *reached, double *values, double *fluxes,
                         bx_error *err);

/* ---- the middle ---- */

/* Of all optima one that is the same for every solver: among those with the least sum of absolute
 * fluxes, the one to which this leads: find the range of each flux, keep those fluxes whose sum of
 * absolute distances from the middles of the ranges is least, and begin again, until no range is
 * wider than a millionth (Smallbone & Simeonidis, J. Theor. Biol. 258:311, 2009). Writes a flux for
 * each reaction where *solution is optimal; BX_ESIMULATION where ranges stay wide. */
int bx_fba_geometric(bx_fba *fba, bx_fba_solution *solution, double *fluxes, bx_error *err);

/* ---- adjustment ---- */

typedef struct bx_fba_adjustment {
    bool on_off; /* ROOM: as few fluxes as can be leave delta |reference| + epsilon; else MOMA */
    bool linear; /* MOMA: absolute differences, not squares; ROOM: parts of switches */
    double delta, epsilon;
    bx_fba_status status;
    double distance; /* the sum of squares or differences, or of switches */
} bx_fba_adjustment;

/* The fluxes nearest to the reference, of each reaction, that the model can have without those that
 * are stopped: by squares (MOMA, Segre, Vitkup & Church, PNAS 99:15112, 2002), which are one point,
 * by differences (Becker et al., Nat. Protoc. 2:727, 2007), or by the number of those that change
 * (ROOM, Shlomi, Berkman & Ruppin, PNAS 102:7695, 2005). The objective has no part in it. */
int bx_fba_adjust(bx_fba *fba, bx_fba_adjustment *asked, const double *reference,
                  const bool *stopped, double *fluxes, bx_error *err);

/* ---- loops ---- */

/* The optimum among fluxes that have no loop inside the system, and of those at it fluxes whose sum
 * over the internal reactions is least for the same exchanges. BX_ESIMULATION where bounds force a
 * loop to run. */
int bx_fba_loopless(bx_fba *fba, bx_fba_status *status, double *fluxes, bx_error *err);

/* The loops taken out of given fluxes of each reaction: exchanges and the objective's reactions
 * stay, and of the others, none of which is turned or greater, the sum is least (CycleFreeFlux,
 * Desouki et al., Bioinformatics 31:2159, 2015). */
int bx_fba_clear_loops(bx_fba *fba, const double *given, bx_fba_status *status, double *fluxes,
                       bx_error *err);

/* As bx_fba_variability, among fluxes without loops: exact. */
int bx_fba_loopless_variability(bx_fba *fba, const size_t *reactions, size_t count, double fraction,
                                bx_fba_status *status, double *least, double *greatest,
                                bx_error *err);

#endif
