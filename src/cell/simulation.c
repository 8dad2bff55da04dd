#include "cell/simulation.h"

#include "core/clock.h"

#include <math.h>
#include <stdlib.h>

#define BYTES_DEFAULT ((size_t)1 << 30)
#define PROGRESS_INTERVAL 250000000 /* nanoseconds */

static int check_run(const bx_run *run, bx_error *err)
{
    if (!(run->duration > 0) || !isfinite(run->duration))
        return bx_fail(err, BX_ESIMULATION, "duration: expected seconds above 0, got %g",
                       run->duration);
    if (!(run->every >= 0) || !isfinite(run->every))
        return bx_fail(err, BX_ESIMULATION, "every: expected seconds of 0 or more, got %g",
                       run->every);
    if (!(run->relative_tolerance >= 0 && run->relative_tolerance < 1))
        return bx_fail(err, BX_ESIMULATION, "relative_tolerance: expected 0 to 1, got %g",
                       run->relative_tolerance);
    if (!(run->absolute_tolerance >= 0) || !isfinite(run->absolute_tolerance))
        return bx_fail(err, BX_ESIMULATION, "absolute_tolerance: expected 0 or more, got %g",
                       run->absolute_tolerance);
    if (!(run->epsilon >= 0 && run->epsilon < 1))
        return bx_fail(err, BX_ESIMULATION, "epsilon: expected 0 to 1, got %g", run->epsilon);
    return 0;
}

static double row_time(const bx_simulation *s, size_t row)
{
    if (row == 0)
        return s->start;
    if (row + 1 == s->rows_total)
        return s->end;
    return row < s->rows_total ? s->start + (double)row * s->run->every : INFINITY;
}

/* How many rows the grid has; the bound comes before the run. */
static int count_rows(bx_simulation *s, bx_error *err)
{
    const bx_run *run = s->run;
    double steps = run->every > 0 ? run->duration / run->every : 1;
    double whole = round(steps), rows = floor(steps) + 2;
    /* a grid point within rounding of the end is the end */
    if (whole >= 1 && fabs(steps - whole) <= 1e-9 + 1e-15 * steps)
        rows = whole + 1;
    double bytes = rows * (double)(s->column_count + 1) * sizeof(double);
    size_t bound = run->maximum_bytes ? run->maximum_bytes : BYTES_DEFAULT;
    if (!(bytes <= (double)bound))
        return bx_fail(err, BX_ESIMULATION,
                       "the trajectory of %.0f rows and %zu columns would take %.3g bytes, more "
                       "than %zu: record less often, or fewer variables",
                       rows, s->column_count + 1, bytes, bound);
    s->rows_total = (size_t)rows;
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

static int open_trajectory(bx_simulation *s, const char *method, const char **names, bx_error *err)
{
    const bx_network *network = s->network;
    unsigned char *seen = calloc(network->species + network->parameters + network->rules + 1, 1);
    int result = seen ? choose_columns(s, names, seen, err) : bx_fail_memory(err);
    free(seen);
    if (result < 0 || count_rows(s, err) < 0)
        return -1;
    uint64_t seed = s->run->method != BX_METHOD_ODE ? s->run->seed : 0;
    s->trajectory = bx_trajectory_new(names, s->column_count, method, seed, err);
    return s->trajectory ? bx_trajectory_reserve(s->trajectory, s->rows_total, err) : -1;
}

int bx_simulation_open(bx_simulation *s, const char *method, bx_error *err)
{
    const bx_run *run = s->run;
    const bx_network *network = s->network;
    if (check_run(run, err) < 0)
        return -1;
    s->start = s->frame[network->time];
    s->end = s->start + run->duration;
    if (!isfinite(s->end) || s->end == s->start)
        return bx_fail(err, BX_ESIMULATION, "duration: %g s can't be added to the time %g s",
                       run->duration, s->start);
    s->column_count = run->record ? run->record_count : network->species + network->rules;
    s->columns = calloc(s->column_count + 1, sizeof *s->columns);
    s->row = calloc(s->column_count + 1, sizeof *s->row);
    const char **names = calloc(s->column_count + 1, sizeof *names);
    int result = s->columns && s->row && names ? open_trajectory(s, method, names, err)
                                               : bx_fail_memory(err);
    free(names);
    s->next_row = s->start;
    s->progress_due = bx_clock_now() + PROGRESS_INTERVAL;
    if (result < 0) {
        bx_trajectory_free(s->trajectory);
        bx_simulation_close(s);
    }
    return result;
}

void bx_simulation_close(bx_simulation *s)
{
    free(s->columns);
    free(s->row);
}

int bx_simulation_record(bx_simulation *s, bx_error *err)
{
    if (s->records_rules)
        bx_network_rules(s->network, s->frame);
    for (size_t i = 0; i < s->column_count; i++)
        s->row[i] = s->frame[s->columns[i]];
    double time = s->next_row;
    s->next_row = row_time(s, ++s->rows);
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
    if (run->progress) {
        int64_t now = bx_clock_now();
        if (now >= s->progress_due) {
            s->progress_due = now + PROGRESS_INTERVAL;
            run->progress(run->progress_data, (time - s->start) / (s->end - s->start));
        }
    }
    return 0;
}
