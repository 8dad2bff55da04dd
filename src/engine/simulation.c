#include "engine/simulation.h"

#include "core/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_DEFAULT ((size_t)1 << 30)
#define PROGRESS_INTERVAL 250000000 /* nanoseconds */
#define CLOCK_POLLS 16              /* to look at each took 3 % of the time of small systems */

/* A time beyond the end by less than this part of it is the end. */
#define ROUNDING 1e-12

static int check_run(const bx_run *run, bx_error *err)
{
    if (!(run->duration > 0) || !isfinite(run->duration))
        return bx_fail(err, BX_ESIMULATION, "duration: expected seconds above 0, got %g",
                       run->duration);
    if (!(run->every >= 0) || !isfinite(run->every))
        return bx_fail(err, BX_ESIMULATION, "every: expected seconds of 0 or more, got %g",
                       run->every);
    if ((run->times != NULL) + run->every_step + (run->every > 0) > 1 ||
        ((run->times || run->every_step) && run->start > 0))
        return bx_fail(err, BX_ESIMULATION,
                       "rows: expected either times, or every \"step\", or every and start");
    if (!(run->relative_tolerance >= 0 && run->relative_tolerance < 1))
        return bx_fail(err, BX_ESIMULATION, "relative_tolerance: expected 0 to 1, got %g",
                       run->relative_tolerance);
    if (!(run->absolute_tolerance >= 0) || !isfinite(run->absolute_tolerance))
        return bx_fail(err, BX_ESIMULATION, "absolute_tolerance: expected 0 or more, got %g",
                       run->absolute_tolerance);
    if (!(run->epsilon >= 0 && run->epsilon < 1))
        return bx_fail(err, BX_ESIMULATION, "epsilon: expected 0 to 1, got %g", run->epsilon);
    if (!(run->exchange >= 0) || !isfinite(run->exchange))
        return bx_fail(err, BX_ESIMULATION, "exchange: expected seconds of 0 or more, got %g",
                       run->exchange);
    if (!(run->threshold >= 0) || !isfinite(run->threshold))
        return bx_fail(err, BX_ESIMULATION, "threshold: expected molecules, 0 or more, got %g",
                       run->threshold);
    return 0;
}

/* `before` is the time of the row before. */
static double row_time(const bx_simulation *s, size_t row, double before)
{
    if (s->run->every_step) /* but for rows that steps call for, one at the end */
        return before < s->last_row ? s->last_row : INFINITY;
    if (row >= s->rows_total)
        return INFINITY;
    if (s->run->times)
        return fmin(s->run->times[row], s->last_row);
    if (row == 0)
        return s->first_row;
    return row + 1 == s->rows_total ? s->last_row : s->first_row + (double)row * s->run->every;
}

static size_t bytes_bound(const bx_simulation *s)
{
    return s->run->maximum_bytes ? s->run->maximum_bytes : BYTES_DEFAULT;
}

/* How many rows the grid has. */
static double rows_of_grid(const bx_simulation *s)
{
    const bx_run *run = s->run;
    double span = s->first_row > s->start ? s->end - s->first_row : run->duration;
    double steps = run->every > 0 ? span / run->every : 1;
    double whole = round(steps);
    if (span == 0)
        return 1;
    /* a grid point within rounding of the end is the end */
    return whole >= 1 && fabs(steps - whole) <= 1e-9 + 1e-15 * steps ? whole + 1 : floor(steps) + 2;
}

static int check_times(const bx_simulation *s, bx_error *err)
{
    const bx_run *run = s->run;
    double before = s->start, last = s->end * (1 + ROUNDING);
    if (run->time_count == 0)
        return bx_fail(err, BX_ESIMULATION, "times: expected one time at least");
    for (size_t i = 0; i < run->time_count; i++) {
        double time = run->times[i];
        if (!(time >= before && time <= last) || (i > 0 && time == before))
            return bx_fail(err, BX_ESIMULATION,
                           "times: expected ascending times from %.15g s to %.15g s, got %.15g",
                           s->start, s->end, time);
        before = time;
    }
    return 0;
}

/* The bound comes before the run. */
static int count_rows(bx_simulation *s, bx_error *err)
{
    const bx_run *run = s->run;
    double rows = run->times ? (double)run->time_count : rows_of_grid(s);
    double bytes = rows * (double)(s->column_count + 1) * sizeof(double);
    if (s->many)
        bytes = rows * bx_ensemble_size(1, s->column_count, s->many->bins);
    if (!(bytes <= (double)bytes_bound(s)) && s->many)
        return bx_fail(err, BX_ESIMULATION,
                       "the ensemble of %.0f rows, %zu columns and %u bins would take %.3g bytes, "
                       "more than %zu: record less often, fewer variables, or with fewer bins",
                       rows, s->column_count, s->many->bins, bytes, bytes_bound(s));
    if (!(bytes <= (double)bytes_bound(s)) && !run->row)
        return bx_fail(err, BX_ESIMULATION,
                       "the trajectory of %.0f rows and %zu columns would take %.3g bytes, more "
                       "than %zu: record less often, or fewer variables",
                       rows, s->column_count + 1, bytes, bytes_bound(s));
    s->rows_total = rows < 0x1p62 ? (size_t)rows : SIZE_MAX;
    return 0;
}

/* The slot of column `i`: what the run names, or else a species or a rule. */
static int choose_slot(const bx_simulation *s, size_t i, size_t *slot, bx_error *err)
{
    const bx_network *network = s->network;
    const bx_run *run = s->run;
    if (!run->record) {
        *slot = i < network->species ? i : i + network->parameters;
        return 0;
    }
    *slot = bx_names_find(&network->index, run->record[i]);
    if (*slot == BX_NAME_NONE)
        return bx_fail(err, BX_ESIMULATION,
                       "record: expected a species, a parameter or a rule, got \"%.64s\"",
                       run->record[i]);
    return 0;
}

/* A digest of the state that runs begin from: FNV-1a over its doubles. */
static uint64_t digest(const bx_simulation *s)
{
    uint64_t hash = 0xcbf29ce484222325u;
    const bx_network *network = s->network;
    size_t count = network->species + network->parameters;
    for (size_t i = 0; i <= count; i++) {
        uint64_t bits;
        memcpy(&bits, &s->frame[i < count ? i : network->time], sizeof bits);
        for (int byte = 0; byte < 8; byte++)
            hash = (hash ^ (bits >> (8 * byte) & 255)) * 0x100000001b3u;
    }
    return hash ^ network->reactions;
}

/* seen[slot] tells which slots are chosen already. */
static int choose_columns(bx_simulation *s, const char **names, unsigned char *seen, bx_error *err)
{
    const bx_network *network = s->network;
    size_t rules = network->species + network->parameters;
    for (size_t i = 0; i < s->column_count; i++) {
        size_t slot;
        if (choose_slot(s, i, &slot, err) < 0)
            return -1;
        names[i] = network->names[slot];
        s->columns[i] = (uint32_t)slot;
        s->records_rules = s->records_rules || slot >= rules;
        if (seen[slot]++)
            return bx_fail(err, BX_ESIMULATION, "record: \"%s\" is named twice", names[i]);
    }
    return 0;
}

static int open_ensemble(bx_simulation *s, const char **names, bx_error *err)
{
    const bx_ensemble_run *many = s->many;
    bx_ensemble_plan plan = {.names = names,
                             .columns = s->column_count,
                             .rows = s->rows_total,
                             .method = s->engine->name,
                             .seed = s->run->seed,
                             .first = many->first,
                             .origin = digest(s),
                             .bins = many->bins,
                             .quantiles = many->quantiles,
                             .quantile_count = many->quantile_count};
    double *times = malloc(s->rows_total * sizeof *times);
    if (!times)
        return bx_fail_memory(err);
    for (size_t i = 0; i < s->rows_total; i++)
        times[i] = row_time(s, i, 0);
    plan.times = times;
    s->ensemble = bx_ensemble_new(&plan, err);
    free(times);
    return s->ensemble ? 0 : -1;
}

static int open_trajectory(bx_simulation *s, const char **names, bx_error *err)
{
    bool seeded = s->engine->seeded || s->network->random;
    uint64_t seed = seeded ? s->run->seed : 0;
    s->trajectory = bx_trajectory_new(names, s->column_count, s->engine->name, seed, err);
    if (!s->trajectory || s->run->every_step)
        return s->trajectory ? 0 : -1;
    return bx_trajectory_reserve(s->trajectory, s->rows_total, err);
}

static int open_recording(bx_simulation *s, const char **names, bx_error *err)
{
    const bx_network *network = s->network;
    unsigned char *seen = calloc(network->species + network->parameters + network->rules + 1, 1);
    int result = seen ? choose_columns(s, names, seen, err) : bx_fail_memory(err);
    free(seen);
    if (result < 0 || (s->run->times && check_times(s, err) < 0) ||
        (!s->run->every_step && count_rows(s, err) < 0))
        return -1;
    if (s->many)
        return open_ensemble(s, names, err);
    return s->run->row ? 0 : open_trajectory(s, names, err);
}

/* Only exchanges do what is declared for them. */
static int check_steps(const bx_network *network, const bx_run *run, bx_error *err)
{
    if (network->step_count == 0 || (run->method == BX_METHOD_HYBRID && run->exchange > 0))
        return 0;
    return bx_fail(err, BX_ESIMULATION,
                   "process \"%.64s\" says what exchanges do: use the method \"hybrid\" and the "
                   "option exchange, seconds between them",
                   bx_process_name(network->steps[0].process));
}

int bx_simulation_open(bx_simulation *s, bx_error *err)
{
    const bx_run *run = s->run;
    const bx_network *network = s->network;
    if (check_run(run, err) < 0 || check_steps(network, run, err) < 0)
        return -1;
    s->start = s->frame[network->time];
    s->end = s->last_row = s->start + run->duration;
    if (!isfinite(s->end) || s->end == s->start)
        return bx_fail(err, BX_ESIMULATION, "duration: %g s can't be added to the time %g s",
                       run->duration, s->start);
    s->first_row = fmax(s->start, run->start);
    if (!(s->first_row <= s->end))
        return bx_fail(err, BX_ESIMULATION, "start: expected a time up to the end, %.15g s, got %g",
                       s->end, run->start);
    if (run->exchange > 0 && s->end + run->exchange == s->end)
        return bx_fail(err, BX_ESIMULATION, "exchange: %g s can't be added to the time %g s",
                       run->exchange, s->end);
    s->column_count = run->record ? run->record_count : network->species + network->rules;
    s->columns = calloc(s->column_count + 1, sizeof *s->columns);
    s->row = calloc(s->column_count + 1, sizeof *s->row);
    const char **names = calloc(s->column_count + 1, sizeof *names);
    int result =
        s->columns && s->row && names ? open_recording(s, names, err) : bx_fail_memory(err);
    free(names);
    bx_simulation_rewind(s);
    s->progress_due = bx_clock_now() + PROGRESS_INTERVAL;
    if (result < 0) {
        bx_trajectory_free(s->trajectory);
        bx_ensemble_free(s->ensemble);
        bx_simulation_close(s);
    }
    return result;
}

void bx_simulation_close(bx_simulation *s)
{
    free(s->columns);
    free(s->row);
}

void bx_simulation_rewind(bx_simulation *s)
{
    s->rows = 0;
    s->steps = 0;
    s->next_row = s->run->every_step ? s->start : row_time(s, 0, 0);
}

void bx_simulation_part(const bx_simulation *whole, double end, bx_simulation *part, bx_run *run)
{
    *part = *whole;
    *run = *whole->run;
    run->progress = NULL;
    run->every_step = false;
    part->run = run;
    part->part = true;
    part->end = end;
    if (whole->run->every_step)
        part->next_row = INFINITY;
}

void bx_simulation_join(bx_simulation *whole, const bx_simulation *part)
{
    whole->steps = part->steps;
    if (whole->run->every_step)
        return;
    whole->rows = part->rows;
    whole->next_row = part->next_row;
}

/* Rows by step: their number is not known before. */
static int check_room(const bx_simulation *s, double time, bx_error *err)
{
    double bytes = (double)s->rows * (double)(s->column_count + 1) * sizeof(double);
    if (bytes <= (double)bytes_bound(s))
        return 0;
    return bx_fail(err, BX_ESIMULATION,
                   "the trajectory of a row a step has passed %zu bytes at time %g s: record by "
                   "time, fewer variables, or take the rows with `stream`",
                   bytes_bound(s), time);
}

int bx_simulation_record(bx_simulation *s, bx_error *err)
{
    if (s->records_rules)
        bx_network_rules(s->network, s->frame);
    for (size_t i = 0; i < s->column_count; i++)
        s->row[i] = s->frame[s->columns[i]];
    double time = s->next_row;
    size_t row = s->rows++;
    s->next_row = row_time(s, s->rows, time);
    if (s->ensemble)
        return bx_ensemble_add(s->ensemble, row, s->row, err);
    if (!s->trajectory)
        return s->run->row(s->run->row_data, time, s->row, s->column_count)
                   ? bx_fail(err, BX_ECANCELLED, "the rows were refused at time %g s", time)
                   : 0;
    if (s->run->every_step && check_room(s, time, err) < 0)
        return -1;
    return bx_trajectory_append(s->trajectory, time, s->row, err);
}

int bx_simulation_poll(bx_simulation *s, double time, bx_error *err)
{
    const bx_run *run = s->run;
    if (bx_simulation_interrupted(s))
        return bx_fail(err, BX_ECANCELLED, "the run was interrupted at time %g s", time);
    if (run->maximum_steps > 0 && s->steps >= run->maximum_steps)
        return bx_fail(err, BX_ESIMULATION, "the run made %zu steps, its maximum, by time %g s",
                       s->steps, time);
    if (run->progress && s->polls++ % CLOCK_POLLS == 0) {
        int64_t now = bx_clock_now();
        if (now >= s->progress_due) {
            s->progress_due = now + PROGRESS_INTERVAL;
            double part = (time - s->start) / (s->end - s->start);
            if (s->many)
                part = ((double)s->done + part) / (double)s->many->runs;
            run->progress(run->progress_data, part);
        }
    }
    return 0;
}
