#include "engine/stochastic/tau_leap.h"

#include "core/random.h"
#include "engine/molecules.h"
#include "engine/roots.h"
#include "engine/stochastic/leap.h"
#include "engine/stochastic/ssa.h"
#include "engine/stochastic/tau_implicit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EPSILON_DEFAULT 0.03

/* CGP06, section III: leaps of less than this many mean steps do not pay; exact steps follow. */
#define STEPS_WORTH 10
#define STEPS_EXACT 100
#define STEPS_EXACT_IMPLICIT 10 /* CGP07, section IV: fewer after an implicit leap */
#define STEPS_EXACT_MOST 10000  /* as long as leaps do not pay again and again */

/* N_stiff of CGP07, section IV: an implicit leap must be so much longer. */
#define STIFFNESS 100

/* Leaps in a row that are halved for a count below 0. */
#define HALVINGS_MAXIMUM 100

typedef struct tau_leap {
    const bx_network *network;
    bx_ssa *ssa;
    bx_leap leap;
    bx_implicit *implicit; /* or NULL */
    bx_roots *roots;
    double known;    /* when rates change next by time alone; -infinity: look anew */
    double *firings; /* by reaction */
    double *before;  /* the species */
    double *between; /* and at rows within a leap */
    bool was_implicit;
    double exact_steps; /* of the next exact stretch */
    bx_random random, rows;
    bx_simulation *simulation; /* while it runs */
} tau_leap;

static void free_tau(void *engine)
{
    tau_leap *tau = engine;
    if (!tau)
        return;
    bx_ssa_free(tau->ssa);
    bx_leap_free(&tau->leap);
    bx_implicit_free(tau->implicit);
    bx_roots_free(tau->roots);
    free(tau->firings);
    free(tau->before);
    free(tau->between);
    free(tau);
}

static void *new_tau(const bx_network *network, bx_error *err)
{
    tau_leap *tau = calloc(1, sizeof *tau);
    if (!tau) {
        bx_fail_memory(err);
        return NULL;
    }
    tau->network = network;
    tau->firings = calloc(network->reactions + 1, sizeof *tau->firings);
    tau->before = calloc(network->species + 1, sizeof *tau->before);
    tau->between = calloc(network->species + 1, sizeof *tau->between);
    if (!tau->firings || !tau->before || !tau->between)
        bx_fail_memory(err);
    else if ((tau->ssa = bx_ssa_new(network, err)) && bx_leap_init(&tau->leap, network, err) == 0 &&
             bx_implicit_new(network, &tau->implicit, err) == 0 &&
             (tau->roots = bx_roots_new(network, NULL, err)))
        return tau;
    free_tau(tau);
    return NULL;
}

/* Fire due events. */
static int settle(tau_leap *tau, bx_error *err)
{
    bx_simulation *s = tau->simulation;
    size_t fired;
    if (bx_events_settle(tau->network, s->events, s->frame, &fired, err) < 0)
        return -1;
    if (fired > 0)
        tau->known = -INFINITY; /* parameters may have changed */
    return 0;
}

/* Exact simulation up to `end`, which also checks the counts. */
static int step_exactly(tau_leap *tau, double end, bx_error *err)
{
    bx_simulation *s = tau->simulation, exact;
    bx_run run;
    bx_simulation_part(s, end, &exact, &run);
    run.seed = bx_random_bits(&tau->random);
    run.stream = 0;
    int result = bx_ssa_run(tau->ssa, &exact, err);
    bx_simulation_join(s, &exact);
    tau->known = -INFINITY;
    return result;
}

/* P_j: how often each reaction that is not critical fires in a leap. */
static void draw_firings(tau_leap *tau, double length, bool implicit)
{
    const bx_leap *leap = &tau->leap;
    for (size_t r = 0; r < tau->network->reactions; r++) {
        double mean = leap->propensity[r] * length;
        uint32_t sole = leap->sole[r];
        if (mean == 0 || leap->critical[r])
            tau->firings[r] = 0;
        else if (!implicit && sole != BX_SLOT_NONE && mean < tau->before[sole])
            /* each molecule reacts or not (Tian and Burrage, J. Chem. Phys. 121, 10356, 2004) */
            tau->firings[r] =
                bx_random_binomial(&tau->random, tau->before[sole], mean / tau->before[sole]);
        else
            tau->firings[r] = bx_random_poisson(&tau->random, mean);
    }
}

static void fire_critical(tau_leap *tau)
{
    const bx_leap *leap = &tau->leap;
    double left = bx_random_uniform(&tau->random) * leap->total_critical;
    size_t last = 0;
    for (size_t r = 0; r < tau->network->reactions && left >= 0; r++) {
        if (!leap->critical[r])
            continue;
        left -= leap->propensity[r];
        last = r;
    }
    tau->firings[last] = 1;
}

/* Apply the firings; false, and nothing changes, if a count would leave what is possible. */
static bool apply(tau_leap *tau)
{
    const bx_network *network = tau->network;
    double *frame = tau->simulation->frame;
    for (size_t r = 0; r < network->reactions; r++) {
        double count = tau->firings[r];
        for (uint32_t i = network->changes.start[r]; count > 0 && i < network->changes.start[r + 1];
             i++)
            frame[network->changes.items[i]] += network->amounts[i] * count;
    }
    bool possible = true;
    for (size_t i = 0; i < network->species && possible; i++)
        possible = !network->changing[i] || (frame[i] >= 0 && frame[i] <= BX_MOLECULES_MAXIMUM);
    if (!possible)
        memcpy(frame, tau->before, network->species * sizeof *frame);
    return possible;
}

/* One leap of at most `longest` and not beyond `stop`; 0 seconds if leaping does not pay. */
static double try_leap(tau_leap *tau, double longest, bool stiff, double stop)
{
    bx_leap *leap = &tau->leap;
    double now = tau->simulation->frame[tau->network->time];
    for (int halvings = 0; halvings < HALVINGS_MAXIMUM; halvings++, longest /= 2) {
        if (!(longest * leap->total >= STEPS_WORTH))
            return 0;
        double first = leap->total_critical > 0
                           ? bx_random_exponential(&tau->random) / leap->total_critical
                           : INFINITY;
        bool critical = first <= longest && first < stop - now;
        double length = critical ? first : fmin(longest, stop - now);
        bool implicit = stiff && length > leap->explicit_;
        draw_firings(tau, length, implicit);
        /* counts outside of the critical reaction's own firing are what the equations hold */
        if (implicit &&
            !bx_implicit_solve(tau->implicit, leap, length, tau->simulation->frame, tau->firings)) {
            longest = 2 * leap->explicit_;
            stiff = false;
            continue;
        }
        if (critical)
            fire_critical(tau);
        if (!apply(tau))
            continue;
        tau->was_implicit = implicit;
        return length;
    }
    return 0;
}

/* Of the firings that are left, those in a part of the time that is left: each independently. */
static void fire_part(tau_leap *tau, double part)
{
    const bx_network *network = tau->network;
    for (size_t r = 0; r < network->reactions; r++) {
        if (tau->firings[r] == 0 || tau->leap.critical[r]) /* a critical one ends the leap */
            continue;
        double count = bx_random_binomial(&tau->rows, tau->firings[r], part);
        tau->firings[r] -= count;
        for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++)
            tau->between[network->changes.items[i]] += network->amounts[i] * count;
    }
}

/* Rows within the leap that was just made, by random numbers of their own. */
static int record_between(tau_leap *tau, double begin, double end, bx_error *err)
{
    bx_simulation *s = tau->simulation;
    size_t species = tau->network->species, size = species * sizeof *s->frame;
    if (!(s->next_row < end))
        return 0;
    memcpy(tau->between, tau->before, size);
    memcpy(tau->before, s->frame, size);
    int result = 0;
    while (result == 0 && s->next_row < end) {
        fire_part(tau, (s->next_row - begin) / (end - begin));
        begin = s->frame[tau->network->time] = s->next_row;
        for (size_t i = 0; i < species; i++)
            s->frame[i] = tau->network->changing[i] ? fmax(tau->between[i], 0) : s->frame[i];
        result = bx_simulation_record(s, err);
    }
    memcpy(s->frame, tau->before, size);
    return result;
}

/* A leap, or an exact stretch where that pays no less. */
static int advance_some(tau_leap *tau, double stop, double epsilon, bx_error *err)
{
    bx_simulation *s = tau->simulation;
    const bx_network *network = tau->network;
    bx_leap *leap = &tau->leap;
    double *time = &s->frame[network->time], now = *time;
    if (bx_leap_propensities(leap, s->frame, err) < 0)
        return -1;
    if (!(leap->total < INFINITY))
        return bx_fail(err, BX_ESIMULATION, "the propensities add up to %g at time %g s",
                       leap->total, now);
    memcpy(tau->before, s->frame, network->species * sizeof *tau->before);
    bx_leap_select(leap, s->frame, epsilon, tau->implicit != NULL);
    bool stiff = leap->implicit > STIFFNESS * leap->explicit_;
    memset(tau->firings, 0, network->reactions * sizeof *tau->firings);
    double length = leap->total == 0
                        ? stop - now
                        : try_leap(tau, stiff ? leap->implicit : leap->explicit_, stiff, stop);
    if (length == 0) {
        double steps = tau->was_implicit ? STEPS_EXACT_IMPLICIT : tau->exact_steps;
        tau->was_implicit = false;
        tau->exact_steps = fmin(2 * tau->exact_steps, STEPS_EXACT_MOST);
        double end = fmax(now + steps / leap->total, nextafter(now, INFINITY));
        return step_exactly(tau, fmin(stop, end), err);
    }
    tau->exact_steps = STEPS_EXACT;
    double end = length < stop - now ? now + length : stop;
    if (record_between(tau, now, end, err) < 0)
        return -1;
    *time = end;
    s->steps++;
    bx_network_rules(network, s->frame);
    if (bx_network_keep(network, s->frame, err) < 0)
        return -1;
    bx_events_look(network, s->events, s->frame);
    return settle(tau, err);
}

static int check_counts(const tau_leap *tau, bx_error *err)
{
    return bx_molecules_check_counts(tau->network, tau->network->changing, BX_MOLECULES_MAXIMUM,
                                     tau->simulation->frame, err);
}

static int advance(tau_leap *tau, bx_error *err)
{
    bx_simulation *s = tau->simulation;
    double *time = &s->frame[tau->network->time];
    double epsilon = s->run->epsilon > 0 ? s->run->epsilon : EPSILON_DEFAULT;
    if (check_counts(tau, err) < 0 || settle(tau, err) < 0)
        return -1;
    for (;;) {
        while (s->next_row <= *time)
            if (bx_simulation_record(s, err) < 0)
                return -1;
        if (*time >= s->end)
            return 0;
        double stop = fmin(s->end, bx_events_next(tau->network, s->events, s->frame));
        if (tau->known <= *time)
            tau->known = bx_roots_next(tau->roots, s->frame, *time, s->end);
        stop = fmin(stop, tau->known);
        if (bx_simulation_poll(s, *time, err) < 0 || advance_some(tau, stop, epsilon, err) < 0 ||
            check_counts(tau, err) < 0)
            return -1;
        bx_simulation_stepped(s, *time);
    }
}

static int run_tau(void *engine, bx_simulation *simulation, bx_error *err)
{
    tau_leap *tau = engine;
    tau->simulation = simulation;
    tau->was_implicit = false;
    tau->exact_steps = STEPS_EXACT;
    tau->known = -INFINITY;
    bx_ssa_forget(tau->ssa);
    bx_random_init(&tau->random, simulation->run->seed, simulation->run->stream);
    bx_random_init(&tau->rows, ~simulation->run->seed, simulation->run->stream);
    int result = advance(tau, err);
    tau->simulation = NULL;
    return result;
}

const bx_engine bx_tau_engine = {"tau", true, new_tau, run_tau, free_tau};
