#include "cell/cell.h"

#include "cell/engines.h"
#include "model/compiler.h"
#include "model/process_wire.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct bx_cell {
    bx_process **processes;
    size_t count;
    bx_network *network;
    bx_state *state;
    bool rules_stale;
    const bx_simulation *running;   /* who is given its rows may read the cell; else NULL */
    void *engines[BX_METHOD_COUNT]; /* each made when first needed */
    uint64_t generation;            /* of the network */
};

static size_t settable(const bx_network *network)
{
    return network->species + network->parameters;
}

static size_t variables(const bx_network *network)
{
    return settable(network) + network->rules;
}

/* With the network that they are for. */
static void drop_engines(bx_cell *cell)
{
    cell->generation++;
    for (int i = 0; i < BX_METHOD_COUNT; i++) {
        bx_engines[i]->free(cell->engines[i]);
        cell->engines[i] = NULL;
    }
}

static void replace_state(bx_cell *cell, bx_state *state)
{
    bx_state_free(cell->state);
    cell->state = state;
    cell->rules_stale = true;
}

/* Put `network` in place of the present one; what exists in both keeps its value. */
static int adopt(bx_cell *cell, bx_network *network, bx_error *err)
{
    bx_state *state = bx_state_new(network, err);
    if (!state || (cell->state && bx_state_carry(state, cell->state, err) < 0)) {
        bx_state_free(state);
        return -1;
    }
    drop_engines(cell);
    replace_state(cell, state);
    bx_network_free(cell->network);
    cell->network = network;
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
    bx_state_free(cell->state);
    bx_network_free(cell->network);
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
    return cell->state->events->firing_count;
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
    for (size_t i = 0; i < process->species_count + process->parameter_count; i++)
        bx_state_restart(cell->state,
                         bx_names_find(&cell->network->index, declared_name(process, i)));
    bx_state_follow(cell->state);
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

const bx_network *bx_cell_network(const bx_cell *cell)
{
    return cell->network;
}

const bx_state *bx_cell_state(const bx_cell *cell)
{
    return cell->state;
}

bx_state *bx_cell_exchange(bx_cell *cell, bx_state *state)
{
    bx_state *before = cell->state;
    cell->state = state;
    cell->rules_stale = true;
    return before;
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

/* As it is at this moment; an engine may have a frame of its own. */
static double *present_frame(const bx_cell *cell)
{
    return cell->running ? cell->running->frame : cell->state->frame;
}

static void refresh_rules(bx_cell *cell)
{
    if (cell->rules_stale)
        bx_network_rules(cell->network, present_frame(cell));
    cell->rules_stale = cell->running != NULL;
}

size_t bx_cell_events(const bx_cell *cell)
{
    return cell->network->events;
}

int bx_cell_due(bx_cell *cell, bool *due, bx_error *err)
{
    refresh_rules(cell);
    return bx_events_due(cell->network, cell->state->events, present_frame(cell), due, err);
}

int bx_cell_get(bx_cell *cell, const char *name, double *value)
{
    size_t slot = bx_names_find(&cell->network->index, name);
    if (slot == BX_NAME_NONE)
        return -1;
    if (slot >= settable(cell->network))
        refresh_rules(cell);
    *value = present_frame(cell)[slot];
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
        value *= cell->state->frame[network->rule_size[rule]];
    }
    if (!network->free[slot] && (!isfinite(value) || (slot < network->species && value < 0)))
        return bx_fail(err, BX_EMODEL, "%s \"%s\" can't be %g",
                       slot < network->species ? "species" : "parameter", name, value);
    bx_state_set(cell->state, slot, value);
    cell->rules_stale = true;
    return 0;
}

/* ---- by slot ---- */

uint64_t bx_cell_generation(const bx_cell *cell)
{
    return cell->generation;
}

size_t bx_cell_slot(const bx_cell *cell, const char *name)
{
    return bx_names_find(&cell->network->index, name);
}

const double *bx_cell_values(bx_cell *cell)
{
    refresh_rules(cell);
    return present_frame(cell);
}

bool bx_cell_moves(const bx_cell *cell, size_t slot)
{
    const bx_network *network = cell->network;
    if (slot >= settable(network) && slot < variables(network) &&
        network->rule_amount[slot - settable(network)] != BX_SLOT_NONE)
        slot = network->rule_amount[slot - settable(network)];
    return slot < network->species;
}

/* A species or parameter. */
static int set_plain(bx_cell *cell, size_t slot, double value, bool beginning, bx_error *err)
{
    const bx_network *network = cell->network;
    bx_state *state = cell->state;
    if (!network->free[slot] && (!isfinite(value) || (slot < network->species && value < 0)))
        return bx_fail(err, BX_EMODEL, "%s \"%s\" can't be %g",
                       slot < network->species ? "species" : "parameter", network->names[slot],
                       value);
    state->frame[slot] = value;
    state->held[slot] = true;
    if (slot < network->species)
        state->owed[slot] = 0;
    if (beginning && bx_network_is_source(network, slot))
        state->begin[slot] = value;
    return 0;
}

/* Quotients keep their values where their size has changed; `before` has the values. */
static void keep_quotients(bx_cell *cell, const double *before)
{
    const bx_network *network = cell->network;
    double *frame = cell->state->frame;
    for (size_t i = 0; i < network->rules; i++)
        if (bx_network_resized(network, i, frame, before))
            frame[network->rule_amount[i]] =
                before[settable(network) + i] * frame[network->rule_size[i]];
}

static int set_quotients(bx_cell *cell, const size_t *slots, const double *values, size_t count,
                         bool beginning, bx_error *err)
{
    const bx_network *network = cell->network;
    for (size_t i = 0; i < count; i++) {
        if (slots[i] < settable(network))
            continue;
        size_t rule = slots[i] - settable(network);
        if (network->rule_amount[rule] == BX_SLOT_NONE)
            return bx_fail(err, BX_EMODEL, "\"%s\" is a rule: its formula alone sets it",
                           network->names[slots[i]]);
        double size = cell->state->frame[network->rule_size[rule]];
        if (set_plain(cell, network->rule_amount[rule], values[i] * size, beginning, err) < 0)
            return -1;
    }
    return 0;
}

int bx_cell_set_slots(bx_cell *cell, const size_t *slots, const double *values, size_t count,
                      bool beginning, bx_error *err)
{
    const bx_network *network = cell->network;
    double *before = NULL;
    refresh_rules(cell);
    if (!beginning) {
        before = malloc((variables(network) + 1) * sizeof *before);
        if (!before)
            return bx_fail_memory(err);
        memcpy(before, cell->state->frame, variables(network) * sizeof *before);
    }
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++)
        if (slots[i] < settable(network))
            result = set_plain(cell, slots[i], values[i], beginning, err);
    if (beginning)
        bx_state_follow(cell->state);
    bx_network_rules(network, cell->state->frame);
    if (before && result == 0)
        keep_quotients(cell, before);
    free(before);
    if (result == 0)
        result = set_quotients(cell, slots, values, count, beginning, err);
    if (beginning)
        bx_state_follow(cell->state); /* what is computed from those */
    cell->rules_stale = true;
    return result;
}

void bx_cell_begin(bx_cell *cell, double time, bool afresh)
{
    bx_state *state = cell->state;
    state->frame[cell->network->time] = time;
    if (afresh)
        bx_events_reset(cell->network, state->events);
    else
        while (state->events->firing_count > 0)
            bx_events_drop(state->events, 0);
    if (state->history)
        bx_history_clear(state->history);
    cell->rules_stale = true;
}

static void copy_beginning(bx_state *state, const bx_state *from)
{
    memcpy(state->begin, from->begin, settable(state->network) * sizeof *state->begin);
    memcpy(state->held, from->held, settable(state->network) * sizeof *state->held);
}

bx_state *bx_cell_keep(const bx_cell *cell, bx_error *err)
{
    bx_state *kept = bx_state_new(cell->network, err);
    if (!kept)
        return NULL;
    copy_beginning(kept, cell->state);
    if (bx_state_copy(kept, cell->state, err) == 0)
        return kept;
    bx_state_free(kept);
    return NULL;
}

int bx_cell_come_back(bx_cell *cell, const bx_state *kept, bx_error *err)
{
    copy_beginning(cell->state, kept);
    cell->rules_stale = true;
    return bx_state_copy(cell->state, kept, err);
}

int bx_cell_rate(bx_cell *cell, const char *reaction, double *rate)
{
    const bx_network *network = cell->network;
    size_t index = bx_names_find(&network->reaction_index, reaction);
    if (index == BX_NAME_NONE)
        return -1;
    refresh_rules(cell);
    const bx_reaction *r = &network->reaction[index];
    double *frame = present_frame(cell);
    bx_program_run_range(&network->program, r->code, frame);
    *rate = frame[network->rate + index];
    if (r->mass_action)
        *rate = bx_mass_action_rate(network, index, *rate, frame);
    return 0;
}

int bx_cell_owed(const bx_cell *cell, const char *species, double *amount)
{
    size_t slot = bx_names_find(&cell->network->index, species);
    if (slot == BX_NAME_NONE || slot >= cell->network->species)
        return -1;
    *amount = cell->state->owed[slot];
    return 0;
}

double bx_cell_time(const bx_cell *cell)
{
    return present_frame(cell)[cell->network->time];
}

int bx_cell_set_time(bx_cell *cell, double time, bx_error *err)
{
    const bx_network *network = cell->network;
    bx_events *events = cell->state->events;
    double *now = &cell->state->frame[network->time];
    if (time == *now)
        return 0;
    if (!isfinite(time))
        return bx_fail(err, BX_EMODEL, "the time can't be %g", time);
    if (cell->state->history && *now != 0)
        return bx_fail(err, BX_EMODEL,
                       "the clock can't be set to %g at %g: the model has delays, which look back "
                       "on the time before",
                       time, *now);
    for (size_t i = 0; i < events->firing_count; i++)
        events->firings[i].time += time - *now;
    for (size_t i = 0; i < network->events; i++)
        if (network->event[i].timed)
            events->state[i] = BX_EVENT_UNKNOWN;
    *now = time;
    cell->rules_stale = true;
    return 0;
}

void bx_cell_reset(bx_cell *cell)
{
    bx_state_reset(cell->state);
    cell->rules_stale = true;
}

void bx_cell_seed(bx_cell *cell, uint64_t seed)
{
    cell->state->random = seed;
}

uint64_t bx_cell_draw_seed(bx_cell *cell)
{
    return bx_random_split(&cell->state->random) >> 1; /* not negative: it reads well */
}

int bx_cell_encode(const bx_cell *cell, bx_buffer *out, bx_error *err)
{
    return bx_state_encode(cell->state, out, err);
}

int bx_cell_decode(bx_cell *cell, const uint8_t *bytes, size_t length, bx_error *err)
{
    bx_state *state = bx_state_decode(cell->network, bytes, length, err);
    if (!state)
        return -1;
    replace_state(cell, state);
    return 0;
}

int bx_cell_save(const bx_cell *cell, bx_buffer *out, bx_error *err)
{
    size_t start = out->length;
    bx_pack_count(out, cell->count);
    for (size_t i = 0; i < cell->count; i++)
        bx_process_encode(cell->processes[i], out);
    if (bx_buffer_finish(out, start) < 0)
        return bx_fail_memory(err);
    if (bx_state_encode(cell->state, out, err) == 0)
        return 0;
    bx_buffer_cut(out, start);
    return -1;
}

static void free_processes(bx_process **processes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        bx_process_free(processes[i]);
    free(processes);
}

static int check_distinct(bx_process *const *processes, size_t count, bx_error *err)
{
    bx_names seen = {0};
    int status = 0;
    for (size_t i = 0; i < count && status == 0; i++) {
        const char *name = bx_process_name(processes[i]);
        if (bx_names_find(&seen, name) != BX_NAME_NONE)
            status = bx_fail(err, BX_EPROTOCOL, "cell: two processes called \"%.64s\"", name);
        else if (bx_names_add(&seen, name, i) < 0)
            status = bx_fail_memory(err);
    }
    bx_names_free(&seen);
    return status;
}

/* All at once, for one may use what a later one declares. */
static int take_all(bx_cell *cell, bx_process **processes, size_t count, const bx_unpacker *in,
                    bx_error *err)
{
    bx_network *network = bx_network_new(processes, count, err);
    bx_state *state = network ? bx_state_decode(network, in->next, in->left, err) : NULL;
    if (!state) {
        bx_network_free(network);
        return -1;
    }
    drop_engines(cell);
    replace_state(cell, state);
    bx_network_free(cell->network);
    free_processes(cell->processes, cell->count);
    cell->network = network;
    cell->processes = processes;
    cell->count = count;
    return 0;
}

int bx_cell_restore(bx_cell *cell, const uint8_t *bytes, size_t length, bx_error *err)
{
    bx_unpacker in = {bytes, length, "cell"};
    uint32_t count, made = 0;
    if (bx_unpack_count(&in, &count, err) < 0)
        return -1;
    if (count > in.left)
        return bx_fail(err, BX_EPROTOCOL, "cell: more processes than bytes");
    bx_process **processes = calloc((size_t)count + 1, sizeof *processes);
    if (!processes)
        return bx_fail_memory(err);
    while (made < count && (processes[made] = bx_process_decode(&in, err)))
        made++;
    if (made == count && check_distinct(processes, count, err) == 0 &&
        take_all(cell, processes, count, &in, err) == 0)
        return 0;
    free_processes(processes, made);
    return -1;
}

/* ---- runs ---- */

/* What comes to rest at once has no next reaction. */
static int refuse_fast(const bx_network *network, bx_error *err)
{
    for (size_t i = 0; i < network->unknown_count; i++)
        if (network->rule_kind[network->unknowns[i]] == BX_RULE_SETTLES)
            return bx_fail(
                err, BX_EMODEL,
                "method: \"%.64s\" is of a fast reaction, which has no times at which it "
                "happens: expected \"ode\", or an ordinary reaction with a high rate",
                network->names[network->species + network->parameters + network->unknowns[i]]);
    return 0;
}

static int run_method(bx_cell *cell, bx_simulation *simulation, bx_error *err)
{
    bx_method method = bx_method_for(simulation->run->method, cell->network);
    void **engine = &cell->engines[method];
    if (method != BX_METHOD_ODE && simulation->run->by_count > 0)
        return bx_fail(err, BX_ESIMULATION,
                       "sensitivities: a run by \"%s\" has no derivatives: expected \"ode\"",
                       bx_engines[method]->name);
    if (method != BX_METHOD_ODE && refuse_fast(cell->network, err) < 0)
        return -1;
    if (!*engine)
        *engine = bx_engines[method]->new (cell->network, err);
    return *engine ? bx_engines[method]->run(*engine, simulation, err) : -1;
}

/* One run from `state`, the recording open. */
static int run_from(bx_cell *cell, bx_state *state, bx_simulation *simulation, bx_error *err)
{
    simulation->frame = state->frame;
    simulation->owed = state->owed;
    simulation->events = state->events;
    simulation->held = state->held;
    bx_method method = simulation->run->method;
    if (state->history &&
        bx_history_begin(state->history, state->frame,
                         method == BX_METHOD_SSA || method == BX_METHOD_TAU, err) < 0)
        return -1;
    bx_network_rules(cell->network, state->frame);
    if (bx_network_keep(cell->network, state->frame, err) < 0)
        return -1;
    /* no run has such a stream */
    bx_random_init(&state->events->random, simulation->run->seed, ~simulation->run->stream);
    if (bx_events_begin(cell->network, state->events, state->frame, err) < 0)
        return -1;
    state->events->run = simulation->run;
    int result = run_method(cell, simulation, err);
    state->events->run = NULL;
    if (result < 0 || cell->network->unknown_count == 0)
        return result;
    bx_network_rules(cell->network, state->frame);
    if (bx_network_keep(cell->network, state->frame, err) < 0)
        return -1;
    bx_network_rebase(cell->network, state->frame);
    return 0;
}

static bool interrupted(const bx_run *run)
{
    return run->interrupt && *run->interrupt;
}

int bx_cell_run(bx_cell *cell, const bx_run *run, bx_trajectory **trajectory, bx_error *err)
{
    *trajectory = NULL;
    bx_simulation simulation = {.network = cell->network,
                                .frame = cell->state->frame,
                                .run = run,
                                .engine = bx_engines[run->method]};
    if (bx_simulation_open(&simulation, err) < 0)
        return -1;
    cell->rules_stale = true;
    cell->running = &simulation;
    int result = run_from(cell, cell->state, &simulation, err);
    cell->running = NULL;
    bx_simulation_close(&simulation);
    if (result == 0 || interrupted(run))
        *trajectory = simulation.trajectory;
    else
        bx_trajectory_free(simulation.trajectory);
    return result;
}

static int check_many(const bx_ensemble_run *many, bx_error *err)
{
    const bx_run *run = many->run;
    if (!bx_engines[run->method]->seeded)
        return bx_fail(err, BX_ESIMULATION,
                       "method: the runs of an ensemble would all be the same by \"%s\"",
                       bx_engines[run->method]->name);
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

/* All runs, each from the cell's state, in a copy of it. */
static int run_many(bx_cell *cell, bx_simulation *simulation, bx_run *run, bx_error *err)
{
    bx_state *state = bx_state_new(cell->network, err);
    int result = state ? 0 : -1;
    for (uint64_t i = 0; result == 0 && i < simulation->many->runs; i++) {
        bx_simulation_rewind(simulation);
        simulation->done = i;
        run->stream = simulation->many->first + i;
        result = bx_state_copy(state, cell->state, err);
        if (result == 0 && run_from(cell, state, simulation, err) < 0) {
            bx_error inner = *err;
            result = bx_fail(err, inner.code, "run %llu: %.900s", (unsigned long long)run->stream,
                             inner.message);
        }
        if (result == 0)
            result = bx_ensemble_end_run(simulation->ensemble, simulation->steps, err);
    }
    bx_state_free(state);
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
                                .frame = cell->state->frame,
                                .run = &run,
                                .engine = bx_engines[run.method],
                                .many = many};
    if (check_many(many, err) < 0 || bx_simulation_open(&simulation, err) < 0)
        return -1;
    int result = run_many(cell, &simulation, &run, err);
    bx_simulation_close(&simulation);
    if (result == 0 || (interrupted(&run) && bx_ensemble_runs(simulation.ensemble) > 0))
        *ensemble = simulation.ensemble;
    else
        bx_ensemble_free(simulation.ensemble);
    return result;
}
