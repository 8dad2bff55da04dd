#include "cell/cell.h"

#include "engine/deterministic/ode.h"
#include "engine/hybrid/hybrid.h"
#include "engine/simulation.h"
#include "engine/stochastic/ssa.h"
#include "engine/stochastic/tau_leap.h"
#include "model/compiler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct bx_cell {
    bx_process **processes;
    size_t count;
    bx_network *network;
    double *frame;
    double *owed; /* by species: see hybrid.h */
    bool rules_stale;
    bx_events *events;
    bx_ode *ode; /* made when first needed */
    bool adams;  /* it is by Adams */
    bx_ssa *ssa;
    bx_tau *tau;
};

static size_t settable(const bx_network *network)
{
    return network->species + network->parameters;
}

static size_t variables(const bx_network *network)
{
    return settable(network) + network->rules;
}

static void drop_engines(bx_cell *cell)
{
    bx_ode_free(cell->ode);
    bx_ssa_free(cell->ssa);
    bx_tau_free(cell->tau);
    cell->ode = NULL;
    cell->ssa = NULL;
    cell->tau = NULL;
}

static double *new_frame(const bx_network *network, bx_error *err)
{
    size_t size = network->program.frame_size * sizeof(double);
    double *frame = malloc(size);
    if (frame)
        memcpy(frame, network->program.frame, size);
    else
        bx_fail_memory(err);
    return frame;
}

/* Put `network` in place of the present one; what exists in both keeps its value. */
static int adopt(bx_cell *cell, bx_network *network, bx_error *err)
{
    double *frame = new_frame(network, err);
    double *owed = calloc(network->species + 1, sizeof *owed);
    bx_events *events = frame && owed ? bx_events_new(network, err) : NULL;
    if (!events) {
        free(frame);
        free(owed);
        return owed ? -1 : bx_fail_memory(err);
    }
    const bx_network *before = cell->network;
    if (before) {
        for (size_t i = 0; i < settable(network); i++) {
            size_t slot = bx_names_find(&before->index, network->names[i]);
            if (slot != BX_NAME_NONE && slot < settable(before))
                frame[i] = cell->frame[slot];
            if (i < network->species && slot < before->species)
                owed[i] = cell->owed[slot];
        }
        frame[network->time] = cell->frame[before->time];
        if (bx_events_carry(network, events, before, cell->events) < 0) {
            free(frame);
            free(owed);
            bx_events_free(events);
            return bx_fail_memory(err);
        }
    }
    drop_engines(cell);
    bx_network_free(cell->network);
    free(cell->frame);
    free(cell->owed);
    bx_events_free(cell->events);
    cell->network = network;
    cell->frame = frame;
    cell->owed = owed;
    cell->events = events;
    cell->rules_stale = true;
    return 0;
}

bx_cell *bx_cell_new(bx_error *err)
{
    bx_cell *cell = calloc(1, sizeof *cell);
    bx_network *network = cell ? bx_network_new(NULL, 0, err) : NULL;
    if (network && adopt(cell, network, err) == 0)
        return cell;
    if (!cell)
        bx_fail_memory(err);
    bx_network_free(network);
    free(cell);
    return NULL;
}

void bx_cell_free(bx_cell *cell)
{
    if (!cell)
        return;
    drop_engines(cell);
    bx_network_free(cell->network);
    free(cell->frame);
    free(cell->owed);
    bx_events_free(cell->events);
    for (size_t i = 0; i < cell->count; i++)
        bx_process_free(cell->processes[i]);
    free(cell->processes);
    free(cell);
}

/* Where a process of this name stands, or the end. */
static size_t position(const bx_cell *cell, const char *name)
{
    size_t i = 0;
    while (i < cell->count && strcmp(bx_process_name(cell->processes[i]), name) != 0)
        i++;
    return i;
}

int bx_cell_define(bx_cell *cell, bx_process *process, bx_error *err)
{
    bx_process **processes = realloc(cell->processes, (cell->count + 1) * sizeof *processes);
    if (!processes) {
        bx_process_free(process);
        return bx_fail_memory(err);
    }
    cell->processes = processes;
    size_t at = position(cell, bx_process_name(process));
    size_t count = at < cell->count ? cell->count : cell->count + 1;
    bx_process *before = at < cell->count ? processes[at] : NULL;
    processes[at] = process;
    bx_network *network = bx_network_new(processes, count, err);
    if (!network || adopt(cell, network, err) < 0) {
        bx_network_free(network);
        processes[at] = before;
        bx_process_free(process);
        return -1;
    }
    cell->count = count;
    bx_process_free(before);
    return 0;
}

static const char *declared_name(const bx_process *p, size_t i)
{
    if (i < p->species_count)
        return p->species[i].name;
    i -= p->species_count;
    return i < p->parameter_count ? p->parameters[i].name : p->rules[i - p->parameter_count].name;
}

const char *bx_cell_conflict(const bx_cell *cell, const bx_process *process, const char **name)
{
    size_t count = process->species_count + process->parameter_count + process->rule_count;
    for (size_t i = 0; i < cell->count; i++) {
        const bx_process *other = cell->processes[i];
        if (strcmp(other->name, process->name) == 0)
            continue;
        for (size_t j = 0; j < count; j++) {
            *name = declared_name(process, j);
            if (bx_names_find(&other->variables, *name) != BX_NAME_NONE)
                return other->name;
        }
    }
    return NULL;
}

bx_process *const *bx_cell_processes(const bx_cell *cell, size_t *count)
{
    *count = cell->count;
    return cell->processes;
}

size_t bx_cell_waiting(const bx_cell *cell)
{
    return cell->events->firing_count;
}

bool bx_cell_is_random(const bx_cell *cell)
{
    return cell->network->random;
}

void bx_cell_restart(bx_cell *cell, const char *name)
{
    size_t at = position(cell, name);
    if (at == cell->count)
        return;
    const bx_process *process = cell->processes[at];
    for (size_t i = 0; i < process->species_count + process->parameter_count; i++) {
        size_t slot = bx_names_find(&cell->network->index, declared_name(process, i));
        cell->frame[slot] = cell->network->program.frame[slot];
    }
    cell->rules_stale = true;
}

int bx_cell_clear(bx_cell *cell, bx_error *err)
{
    bx_network *network = bx_network_new(NULL, 0, err);
    if (!network || adopt(cell, network, err) < 0) {
        bx_network_free(network);
        return -1;
    }
    for (size_t i = 0; i < cell->count; i++)
        bx_process_free(cell->processes[i]);
    cell->count = 0;
    bx_cell_reset(cell);
    return 0;
}

size_t bx_cell_variables(const bx_cell *cell)
{
    return variables(cell->network);
}

const char *bx_cell_variable(const bx_cell *cell, size_t index, bx_variable_kind *kind)
{
    const bx_network *network = cell->network;
    if (kind)
        *kind = index < network->species    ? BX_VARIABLE_SPECIES
                : index < settable(network) ? BX_VARIABLE_PARAMETER
                                            : BX_VARIABLE_RULE;
    return network->names[index];
}

static void refresh_rules(bx_cell *cell)
{
    if (cell->rules_stale)
        bx_network_rules(cell->network, cell->frame);
    cell->rules_stale = false;
}

int bx_cell_get(bx_cell *cell, const char *name, double *value)
{
    size_t slot = bx_names_find(&cell->network->index, name);
    if (slot == BX_NAME_NONE)
        return -1;
    if (slot >= settable(cell->network))
        refresh_rules(cell);
    *value = cell->frame[slot];
    return 0;
}

int bx_cell_set(bx_cell *cell, const char *name, double value, bx_error *err)
{
    const bx_network *network = cell->network;
    size_t slot = bx_names_find(&network->index, name);
    if (slot == BX_NAME_NONE)
        return bx_fail(err, BX_EMODEL, "there is no species or parameter \"%.64s\"", name);
    if (slot >= settable(network)) {
        size_t rule = slot - settable(network);
        if (network->rule_amount[rule] == BX_SLOT_NONE)
            return bx_fail(err, BX_EMODEL, "\"%s\" is a rule: its formula alone sets it", name);
        refresh_rules(cell);
        slot = network->rule_amount[rule];
        value *= cell->frame[network->rule_size[rule]];
    }
    if (!network->free[slot] && (!isfinite(value) || (slot < network->species && value < 0)))
        return bx_fail(err, BX_EMODEL, "%s \"%s\" can't be %g",
                       slot < network->species ? "species" : "parameter", name, value);
    cell->frame[slot] = value;
    if (slot < network->species)
        cell->owed[slot] = 0;
    cell->rules_stale = true;
    return 0;
}

int bx_cell_rate(bx_cell *cell, const char *reaction, double *rate)
{
    const bx_network *network = cell->network;
    size_t index = bx_names_find(&network->reaction_index, reaction);
    if (index == BX_NAME_NONE)
        return -1;
    refresh_rules(cell);
    const bx_reaction *r = &network->reaction[index];
    bx_program_run_range(&network->program, r->code, cell->frame);
    *rate = cell->frame[network->rate + index];
    if (r->mass_action)
        *rate = bx_mass_action_rate(network, index, *rate, cell->frame);
    return 0;
}

int bx_cell_owed(const bx_cell *cell, const char *species, double *amount)
{
    size_t slot = bx_names_find(&cell->network->index, species);
    if (slot == BX_NAME_NONE || slot >= cell->network->species)
        return -1;
    *amount = cell->owed[slot];
    return 0;
}

double bx_cell_time(const bx_cell *cell)
{
    return cell->frame[cell->network->time];
}

void bx_cell_reset(bx_cell *cell)
{
    const bx_program *program = &cell->network->program;
    memcpy(cell->frame, program->frame, program->frame_size * sizeof *cell->frame);
    memset(cell->owed, 0, cell->network->species * sizeof *cell->owed);
    bx_events_reset(cell->network, cell->events);
    cell->rules_stale = true;
}

static int run_ode(bx_cell *cell, bx_simulation *simulation, bx_error *err)
{
    bool adams = simulation->run->adams;
    if (cell->ode && cell->adams != adams) {
        bx_ode_free(cell->ode);
        cell->ode = NULL;
    }
    cell->adams = adams;
    if (!cell->ode)
        cell->ode = bx_ode_new(cell->network, adams, NULL, err);
    return cell->ode ? bx_ode_run(cell->ode, simulation, err) : -1;
}

static int run_hybrid(bx_cell *cell, bx_simulation *simulation, bx_error *err)
{
    return bx_hybrid_run(cell->network, simulation, cell->owed, err);
}

static int run_ssa(bx_cell *cell, bx_simulation *simulation, bx_error *err)
{
    if (bx_ssa_needs_hazard(cell->network))
        return run_hybrid(cell, simulation, err);
    if (!cell->ssa)
        cell->ssa = bx_ssa_new(cell->network, err);
    return cell->ssa ? bx_ssa_run(cell->ssa, simulation, err) : -1;
}

static int run_tau(bx_cell *cell, bx_simulation *simulation, bx_error *err)
{
    if (!cell->tau)
        cell->tau = bx_tau_new(cell->network, err);
    return cell->tau ? bx_tau_run(cell->tau, simulation, err) : -1;
}

static int run_method(bx_cell *cell, bx_simulation *simulation, bx_error *err)
{
    switch (simulation->run->method) {
    case BX_METHOD_SSA: return run_ssa(cell, simulation, err);
    case BX_METHOD_TAU: return run_tau(cell, simulation, err);
    case BX_METHOD_HYBRID: return run_hybrid(cell, simulation, err);
    default: return run_ode(cell, simulation, err);
    }
}

/* One run, its recording open. */
static int run_open(bx_cell *cell, bx_simulation *simulation, bx_error *err)
{
    bx_network_rules(cell->network, cell->frame);
    cell->rules_stale = true;
    /* no run has such a stream */
    bx_random_init(&cell->events->random, simulation->run->seed, ~simulation->run->stream);
    if (bx_events_begin(cell->network, cell->events, cell->frame, err) < 0)
        return -1;
    return run_method(cell, simulation, err);
}

static const char *method_name(bx_method method)
{
    static const char *const names[] = {"ode", "ssa", "tau", "hybrid"};
    return names[method];
}

int bx_cell_run(bx_cell *cell, const bx_run *run, bx_trajectory **trajectory, bx_error *err)
{
    *trajectory = NULL;
    bx_simulation simulation = {
        .network = cell->network, .frame = cell->frame, .events = cell->events, .run = run};
    if (bx_simulation_open(&simulation, method_name(run->method), err) < 0)
        return -1;
    int result = run_open(cell, &simulation, err);
    bx_simulation_close(&simulation);
    if (result == 0)
        *trajectory = simulation.trajectory;
    else
        bx_trajectory_free(simulation.trajectory);
    return result;
}

static int check_many(const bx_ensemble_run *many, bx_error *err)
{
    const bx_run *run = many->run;
    if (run->method == BX_METHOD_ODE)
        return bx_fail(err, BX_ESIMULATION,
                       "method: the runs of an ensemble would all be the same by \"ode\"");
    if (many->runs < 1 || many->runs > BX_ENSEMBLE_RUNS_MAXIMUM || many->first < 1 ||
        many->first > (uint64_t)1 << 53)
        return bx_fail(err, BX_ESIMULATION, "runs: expected 1 to %u, the first from 1 on",
                       BX_ENSEMBLE_RUNS_MAXIMUM);
    if (many->bins == 1 || many->bins > BX_ENSEMBLE_BINS_MAXIMUM)
        return bx_fail(err, BX_ESIMULATION, "bins: expected 2 to %d", BX_ENSEMBLE_BINS_MAXIMUM);
    if (run->every_step)
        return bx_fail(err, BX_ESIMULATION, "every: the rows of an ensemble are by time");
    for (size_t i = 0; i < many->quantile_count; i++)
        if (!(many->quantiles[i] >= 0 && many->quantiles[i] <= 1))
            return bx_fail(err, BX_ESIMULATION, "quantiles: expected 0 to 1, got %g",
                           many->quantiles[i]);
    return 0;
}

/* All runs, each from `frame`, `owed` and `events`. */
static int run_many(bx_cell *cell, bx_simulation *simulation, bx_run *run, const double *frame,
                    const double *owed, const bx_events *events, bx_error *err)
{
    for (uint64_t i = 0; i < simulation->many->runs; i++) {
        memcpy(cell->frame, frame, cell->network->program.frame_size * sizeof *frame);
        memcpy(cell->owed, owed, cell->network->species * sizeof *owed);
        if (bx_events_copy(cell->network, cell->events, events) < 0)
            return bx_fail_memory(err);
        bx_simulation_rewind(simulation);
        simulation->done = i;
        run->stream = simulation->many->first + i;
        if (run_open(cell, simulation, err) < 0) {
            bx_error inner = *err;
            return bx_fail(err, inner.code, "run %llu: %.900s", (unsigned long long)run->stream,
                           inner.message);
        }
        bx_ensemble_end_run(simulation->ensemble, simulation->steps);
    }
    return 0;
}

/* With the state set aside, which comes back. */
static int run_aside(bx_cell *cell, bx_simulation *simulation, bx_run *run, bx_error *err)
{
    const bx_network *network = cell->network;
    double *frame = new_frame(network, err);
    bx_events *events = frame ? bx_events_new(network, err) : NULL;
    double *owed = calloc(network->species + 1, sizeof *owed);
    double *own_frame = cell->frame, *own_owed = cell->owed;
    bx_events *own_events = cell->events;
    int result = -1;
    if (events && !owed)
        bx_fail_memory(err);
    if (events && owed) {
        /* the runs go on in the copies */
        cell->frame = simulation->frame = frame;
        cell->owed = owed;
        cell->events = simulation->events = events;
        result = run_many(cell, simulation, run, own_frame, own_owed, own_events, err);
        cell->frame = own_frame;
        cell->owed = own_owed;
        cell->events = own_events;
        cell->rules_stale = true;
    }
    free(frame);
    free(owed);
    bx_events_free(events);
    return result;
}

int bx_cell_run_ensemble(bx_cell *cell, const bx_ensemble_run *many, bx_ensemble **ensemble,
                         bx_error *err)
{
    bx_error unused = {.code = BX_OK};
    err = err ? err : &unused;
    *ensemble = NULL;
    bx_run run = *many->run;
    run.row = NULL;
    bx_simulation simulation = {.network = cell->network,
                                .frame = cell->frame,
                                .events = cell->events,
                                .run = &run,
                                .many = many};
    if (check_many(many, err) < 0 ||
        bx_simulation_open(&simulation, method_name(many->run->method), err) < 0)
        return -1;
    int result = run_aside(cell, &simulation, &run, err);
    bx_simulation_close(&simulation);
    if (result == 0)
        *ensemble = simulation.ensemble;
    else
        bx_ensemble_free(simulation.ensemble);
    return result;
}
