#include "engine/hybrid/hybrid.h"

#include "core/array.h"
#include "engine/deterministic/ode.h"
#include "engine/hybrid/part.h"
#include "engine/hybrid/partition.h"
#include "engine/jumps.h"
#include "engine/molecules.h"
#include "engine/stochastic/ssa.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct hybrid {
    const bx_network *network;
    bx_partition partition;
    bool *made_for; /* the partition's `stochastic` that the engines below were made for */
    bx_part *stochastic, *continuous;
    bx_ode *ode;      /* NULL: there are none */
    bx_jumps *jumps;  /* either of exact coupling */
    bx_ssa *ssa;      /* or of exchanges */
    bool moved;       /* the partition did */
    double *frame;    /* the simulation's, and the counters behind it */
    bx_state *saved;  /* when the interval began */
    bx_events *watch; /* conditions as the stochastic part sees them */
    bool *turned;     /* parts of conditions that stochastic reactions turned in the interval */
    double *kept;     /* species at the rows within the interval */
    size_t kept_rows, kept_capacity, shown_rows;
    bx_error row_error;
    bx_random random;
    bx_simulation *simulation; /* while it runs */
    double *owed;              /* the simulation's */
} hybrid;

/* ---- set-up ---- */

static void drop_engines(hybrid *h)
{
    bx_ode_free(h->ode);
    bx_ssa_free(h->ssa);
    bx_jumps_free(h->jumps);
    bx_part_free(h->stochastic);
    bx_part_free(h->continuous);
    h->ode = NULL;
    h->ssa = NULL;
    h->jumps = NULL;
    h->stochastic = h->continuous = NULL;
}

/* Engines for the present partition, those of the run before if they fit. */
static int make_engines(hybrid *h, bx_error *err)
{
    const bx_network *network = h->network;
    const bx_partition *p = &h->partition;
    const bx_run *run = h->simulation->run;
    bool exchange = run->exchange > 0;
    size_t size = network->reactions * sizeof *h->made_for;
    if (h->ode && exchange == (h->ssa != NULL) && memcmp(h->made_for, p->stochastic, size) == 0) {
        if (h->ssa)
            bx_ssa_forget(h->ssa);
        return 0;
    }
    drop_engines(h);
    h->continuous = bx_part_new(network, p->stochastic, false, 0, NULL, true, err);
    uint32_t offset = (uint32_t)(network->reactions - p->stochastic_count);
    h->stochastic = bx_part_new(network, p->stochastic, true, offset,
                                exchange ? p->continuous : NULL, exchange, err);
    if (!h->continuous || !h->stochastic)
        return -1;
    if (exchange) {
        h->stochastic->network.events = 0; /* they pause the stochastic part, and fire later */
        h->ssa = bx_ssa_new(&h->stochastic->network, err);
    } else {
        h->jumps = bx_jumps_new(&h->stochastic->network, p->continuous, &h->random, err);
    }
    if (!h->ssa && !h->jumps)
        return -1;
    h->ode = bx_ode_new(&h->continuous->network, h->jumps, err);
    memcpy(h->made_for, p->stochastic, size);
    return h->ode ? 0 : -1;
}

/* ---- what is owed ---- */

/* Give a continuous species what it is owed, or take what it owes, down to 0. */
static void pay(hybrid *h, size_t species)
{
    double total = h->frame[species] - h->owed[species];
    bool paid = total > 0 || h->network->free[species];
    h->frame[species] = paid ? total : 0;
    h->owed[species] = paid ? 0 : -total;
}

static void pay_all(hybrid *h)
{
    for (size_t i = 0; i < h->network->species; i++)
        if (h->owed[i] != 0 && h->partition.continuous[i])
            pay(h, i);
}

/* Charge what the counted reactions took and gave. */
static void charge(hybrid *h)
{
    const bx_network *network = h->network;
    const double *counter = h->frame + network->program.frame_size;
    for (size_t c = 0; c < h->stochastic->counters; c++) {
        uint32_t r = h->stochastic->counted[c];
        for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++) {
            uint32_t species = network->changes.items[i];
            if (h->partition.continuous[species])
                h->owed[species] -= network->amounts[i] * counter[c];
        }
    }
    pay_all(h);
}

/* Whole numbers for species that are stochastic by an automatic partition. */
static void round_counts(hybrid *h)
{
    for (size_t i = 0; i < h->network->species; i++) {
        if (!h->network->changing[i] || h->partition.continuous[i] || h->frame[i] < 0)
            continue;
        double whole = rint(h->frame[i]);
        h->owed[i] += whole - h->frame[i];
        h->frame[i] = whole;
    }
}

/* The partition is new, or has moved. */
static int adapt(hybrid *h, bx_error *err)
{
    if (h->partition.threshold > 0)
        round_counts(h);
    pay_all(h);
    return make_engines(h, err);
}

/* ---- exact coupling ---- */

/* An automatic partition is looked at after each step of the solver. */
static bool has_moved(void *data)
{
    hybrid *h = data;
    h->moved = bx_partition_follow(&h->partition, h->frame);
    return h->moved;
}

/* To the end, or to where the partition moves. */
static int run_solver(hybrid *h, bx_error *err)
{
    bx_simulation *s = h->simulation;
    double end = s->end;
    s->watch = has_moved;
    s->watch_data = h;
    h->moved = false;
    int result = bx_ode_run(h->ode, s, err);
    s->end = end;
    s->watch = NULL;
    return result;
}

static int run_jumps(hybrid *h, bx_error *err)
{
    bx_simulation *s = h->simulation;
    const double *time = &h->frame[h->network->time];
    int result;
    do {
        result = run_solver(h, err);
        if (result == 0 && h->moved && *time < s->end)
            result = adapt(h, err);
    } while (result == 0 && *time < s->end);
    return result;
}

/* ---- exchanges ---- */

/* Rows within an interval: the stochastic part keeps its counts, the ODE adds its own and records
 * them. */
static int keep_row(void *data, double time, const double *values, size_t count)
{
    (void)time, (void)values, (void)count;
    hybrid *h = data;
    size_t width = h->network->species + 1; /* not 0 */
    double *kept = bx_array_grow(h->kept, h->kept_rows, &h->kept_capacity, width * sizeof *kept);
    if (!kept)
        return -1;
    h->kept = kept;
    memcpy(kept + width * h->kept_rows++, h->frame, width * sizeof *kept);
    return 0;
}

static void swap_counts(hybrid *h, double *counts)
{
    for (size_t i = 0; i < h->network->species; i++) {
        double count = h->frame[i];
        if (!h->network->changing[i] || h->partition.continuous[i])
            continue;
        h->frame[i] = counts[i];
        counts[i] = count;
    }
}

static int show_row(void *data, double time, const double *values, size_t count)
{
    (void)time, (void)values, (void)count;
    hybrid *h = data;
    double *counts = h->kept + (h->network->species + 1) * h->shown_rows++;
    swap_counts(h, counts);
    int result = bx_simulation_record(h->simulation, &h->row_error);
    swap_counts(h, counts);
    bx_network_rules(h->network, h->frame);
    return result;
}

/* Either part up to `end`, its rows for `row`. */
static void prepare_part(hybrid *h, double end, bx_simulation *part, bx_run *run,
                         int (*row)(void *, double, const double *, size_t))
{
    bx_simulation_part(h->simulation, end, part, run);
    part->trajectory = NULL;
    part->ensemble = NULL;
    part->column_count = 0;
    part->records_rules = false;
    run->row = row;
    run->row_data = h;
}

static int run_ode(hybrid *h, double end, bx_error *err)
{
    bx_simulation *s = h->simulation, part;
    bx_run run;
    prepare_part(h, end, &part, &run, show_row);
    part.network = &h->continuous->network;
    h->shown_rows = 0;
    h->row_error.code = BX_OK;
    int result = bx_ode_run(h->ode, &part, err);
    s->steps = part.steps;
    if (result < 0 && h->row_error.code != BX_OK)
        *err = h->row_error;
    return result;
}

static int save(hybrid *h, bx_error *err)
{
    const bx_events *events = h->simulation->events;
    const bx_state now = {.frame = h->frame, .owed = h->owed, .events = h->simulation->events};
    size_t parts = h->network->logic_count;
    memcpy(h->watch->truth, events->truth, parts);
    memcpy(h->watch->difference, events->difference, parts * sizeof *events->difference);
    return bx_state_copy(h->saved, &now, err);
}

/* Back to where the interval began, what events have done since included. */
static void restore(hybrid *h)
{
    bx_events *events = h->simulation->events, failed = *events;
    memcpy(h->frame, h->saved->frame, h->network->program.frame_size * sizeof *h->frame);
    memcpy(h->owed, h->saved->owed, h->network->species * sizeof *h->owed);
    *events = *h->saved->events;
    *h->saved->events = failed;
}

/* Counts that the ODE solver left below 0 within its error are 0. Of 2 S, a fraction of a molecule
 * is none: its propensity S (S - 1) would be below 0. */
static void hide_fractions(hybrid *h)
{
    const bx_network *n = &h->stochastic->network;
    for (size_t i = 0; i < n->species; i++)
        if (h->partition.continuous[i] && h->frame[i] < 0 && !n->free[i])
            h->frame[i] = 0;
    uint32_t terms = n->reactants.start[n->reactants.rows];
    for (uint32_t i = 0; i < terms; i++) {
        uint32_t species = n->reactants.items[i];
        double *count = &h->frame[species];
        if (h->partition.continuous[species] && *count < n->orders[i] - 1)
            *count = floor(*count);
    }
}

/* The stochastic part up to `end`, or less if a condition's truth turns. Its continuous species are
 * as before afterwards. */
static int run_stochastic(hybrid *h, double *end, bx_error *err)
{
    const bx_network *network = h->network;
    bx_simulation *s = h->simulation, part;
    bx_run run;
    prepare_part(h, *end, &part, &run, keep_row);
    run.seed = bx_random_bits(&h->random);
    run.stream = 0;
    part.network = &h->stochastic->network;
    part.events = h->watch;
    part.pauses = true;
    h->kept_rows = 0;
    memset(h->frame + network->program.frame_size, 0, h->stochastic->counters * sizeof *h->frame);
    hide_fractions(h);
    int result = bx_ssa_run(h->ssa, &part, err);
    s->steps = part.steps;
    *end = part.end;
    for (size_t i = 0; i < network->species; i++)
        if (h->partition.continuous[i])
            h->frame[i] = h->saved->frame[i];
    return result;
}

/* Until the interval's end, conditions keep the truth that they had before the stochastic part:
 * what it did does not look new to the ODE. */
static void hold_conditions(hybrid *h)
{
    size_t parts = h->network->logic_count;
    bx_events *events = h->simulation->events;
    for (size_t i = 0; i < parts; i++)
        h->turned[i] = events->truth[i] != h->watch->truth[i];
    memcpy(events->difference, h->watch->difference, parts * sizeof *events->difference);
}

static int settle(hybrid *h, bx_error *err)
{
    bx_simulation *s = h->simulation;
    size_t fired;
    for (size_t i = 0; i < h->network->logic_count; i++)
        if (h->turned[i])
            s->events->difference[i] = NAN; /* look anew */
    bx_network_rules(h->network, h->frame);
    bx_events_look(h->network, s->events, h->frame);
    return bx_events_settle(h->network, s->events, h->frame, &fired, err);
}

static int fail_step(const hybrid *h, const bx_step *step, bx_phase phase, bx_error *err)
{
    return bx_fail(err, BX_ESIMULATION, "%s sets \"%s\" to %g at time %g s",
                   bx_step_label(step->process, phase, step->index).text,
                   h->network->names[step->target], h->frame[step->value],
                   h->frame[h->network->time]);
}

/* What processes declare for an exchange. */
static int take_steps(hybrid *h, bx_phase phase, bx_error *err)
{
    const bx_network *network = h->network;
    bx_events *events = h->simulation->events;
    double *frame = h->frame;
    for (uint32_t i = network->exchange[phase].begin; i < network->exchange[phase].end; i++) {
        const bx_step *step = &network->steps[i];
        for (uint32_t j = step->draws.begin; j < step->draws.end; j++)
            frame[network->program.draws[j]] = bx_random_uniform(&events->random);
        bx_program_run_range(&network->program, step->code, frame);
        double value = frame[step->value];
        bool refused = !isfinite(value) || (step->target < network->species && value < 0);
        bool drawn = step->draws.end > step->draws.begin;
        if ((refused && !network->free[step->target]) || (drawn && isnan(value)))
            return fail_step(h, step, phase, err);
        frame[step->target] = value;
    }
    return 0;
}

/* What is done before the solver's part does not look new to it, as what the stochastic part did.
 */
static int prepare(hybrid *h, bx_error *err)
{
    if (h->network->exchange[BX_PHASE_BEFORE].begin == h->network->exchange[BX_PHASE_BEFORE].end)
        return 0;
    if (take_steps(h, BX_PHASE_BEFORE, err) < 0)
        return -1;
    bx_network_rules(h->network, h->frame);
    bx_events_look(h->network, h->watch, h->frame);
    return 0;
}

/* One interval. */
static int exchange(hybrid *h, double end, bx_error *err)
{
    double *time = &h->frame[h->network->time], begin = *time;
    if (save(h, err) < 0)
        return -1;
    if (run_stochastic(h, &end, err) < 0) {
        restore(h);
        return -1;
    }
    charge(h);
    if (prepare(h, err) < 0) {
        restore(h);
        return -1;
    }
    hold_conditions(h);
    *time = begin;
    bx_network_rules(h->network, h->frame);
    if (run_ode(h, end, err) < 0) {
        restore(h);
        return -1;
    }
    pay_all(h);
    if (take_steps(h, BX_PHASE_AFTER, err) < 0) {
        restore(h);
        return -1;
    }
    return settle(h, err);
}

static int run_exchanges(hybrid *h, bx_error *err)
{
    bx_simulation *s = h->simulation;
    const double *time = &h->frame[h->network->time];
    double step = s->run->exchange;
    bx_events_look(h->network, s->events, h->frame);
    memset(h->turned, 0, h->network->logic_count);
    if (settle(h, err) < 0)
        return -1;
    for (double exchanges = 1;;) {
        while (s->next_row <= *time)
            if (bx_simulation_record(s, err) < 0)
                return -1;
        if (*time >= s->end)
            return 0;
        while (s->start + exchanges * step <= *time)
            exchanges++;
        double end = fmin(s->end, s->start + exchanges * step);
        end = fmin(end, bx_events_next(h->network, s->events, h->frame));
        if (bx_simulation_poll(s, *time, err) < 0 || exchange(h, end, err) < 0 ||
            (bx_partition_follow(&h->partition, h->frame) && adapt(h, err) < 0))
            return -1;
        bx_simulation_stepped(s, *time);
    }
}

/* ---- the run ---- */

static void free_hybrid(void *engine)
{
    hybrid *h = engine;
    if (!h)
        return;
    drop_engines(h);
    bx_partition_free(&h->partition);
    free(h->made_for);
    free(h->frame);
    bx_state_free(h->saved);
    bx_events_free(h->watch);
    free(h->turned);
    free(h->kept);
    free(h);
}

static void *new_hybrid(const bx_network *network, bx_error *err)
{
    hybrid *h = calloc(1, sizeof *h);
    if (!h) {
        bx_fail_memory(err);
        return NULL;
    }
    h->network = network;
    h->made_for = calloc(network->reactions + 1, sizeof *h->made_for);
    h->frame = calloc(network->program.frame_size + network->reactions + 1, sizeof *h->frame);
    h->saved = bx_state_new(network, err);
    h->watch = bx_events_new(network, err);
    h->turned = calloc(network->logic_count + 1, sizeof *h->turned);
    if (bx_partition_init(&h->partition, network, err) == 0 && h->made_for && h->frame &&
        h->saved && h->watch && h->turned)
        return h;
    free_hybrid(h);
    bx_fail_memory(err);
    return NULL;
}

static int advance(hybrid *h, bx_error *err)
{
    const bx_run *run = h->simulation->run;
    if (run->exchange > 0 && h->network->program.delayed_count > 0)
        return bx_fail(err, BX_ESIMULATION,
                       "exchange: the delayed value of \"%.64s\" does not allow it; leave out the "
                       "option exchange",
                       h->network->program.delayed[0].name);
    if (run->method != BX_METHOD_HYBRID &&
        bx_molecules_check_counts(h->network, h->network->changing, BX_MOLECULES_MAXIMUM, h->frame,
                                  err) < 0)
        return -1;
    if (bx_partition_begin(&h->partition, run, h->frame, err) < 0 || adapt(h, err) < 0)
        return -1;
    return run->exchange > 0 ? run_exchanges(h, err) : run_jumps(h, err);
}

static int run_hybrid(void *engine, bx_simulation *simulation, bx_error *err)
{
    hybrid *h = engine;
    double *outer = simulation->frame;
    size_t size = h->network->program.frame_size * sizeof *outer;
    bx_random_init(&h->random, simulation->run->seed, simulation->run->stream);
    memcpy(h->frame, outer, size);
    h->simulation = simulation;
    h->owed = simulation->owed;
    simulation->frame = h->frame;
    int result = advance(h, err);
    simulation->frame = outer;
    memcpy(outer, h->frame, size);
    return result;
}

const bx_engine bx_hybrid_engine = {"hybrid", true, new_hybrid, run_hybrid, free_hybrid};
