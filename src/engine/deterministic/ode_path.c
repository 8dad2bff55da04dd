/* The path of a run. Its jumps are those of derivatives by all columns as they are just before:
 * rows that begin as those of the identity, go through all that happens at a time, and are noted
 * and begin anew when the solver goes on. */
#include "engine/deterministic/ode_tangent.h"

#include <stdlib.h>
#include <string.h>

size_t bx_ode_path_columns(const bx_path *path)
{
    return bx_path_may_jump(path) ? bx_path_columns(path) + bx_path_waiting(path) : 0;
}

/* ---- rows ---- */

static void begin_row(const bx_ode *ode, size_t column)
{
    bx_ode_tangent *t = ode->tangent;
    size_t slot = bx_path_slot(ode->simulation->run->path, column);
    double *row = bx_tangent_edit(t->tangent, (uint32_t)slot);
    memset(row, 0, t->stride * sizeof *row);
    row[column] = 1;
}

void bx_ode_path_begin(bx_ode *ode)
{
    for (size_t c = 0; c < bx_path_columns(ode->simulation->run->path); c++)
        begin_row(ode, c);
}

/* Whether a row is the column itself. */
static bool is_own(const double *row, size_t column, size_t count)
{
    for (size_t j = 0; j < count; j++)
        if (row[j] != (j == column ? 1 : 0))
            return false;
    return true;
}

/* The path's rows are wider than ours: `wide` is 0 behind them. */
static int note(bx_ode *ode, size_t column, const double *row, double *wide, bx_error *err)
{
    memcpy(wide, row, ode->tangent->count * sizeof *row);
    return bx_path_jump_row(ode->simulation->run->path, column, wide, err);
}

static int note_slots(bx_ode *ode, double *wide, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    bx_path *path = ode->simulation->run->path;
    for (size_t c = 0; c < bx_path_columns(path); c++) {
        const double *row = bx_tangent_row(t->tangent, (uint32_t)bx_path_slot(path, c));
        if (is_own(row, c, t->count))
            continue;
        if (note(ode, c, row, wide, err) < 0)
            return -1;
        begin_row(ode, c);
    }
    return 0;
}

static int note_firing(bx_ode *ode, bx_firing *firing, double *wide, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    bx_path *path = ode->simulation->run->path;
    const bx_event *event = &ode->network->event[firing->event];
    size_t column,
        count = 1 + (firing->values ? event->assignments.end - event->assignments.begin : 0);
    if (bx_path_wait(path, firing->tangents, count, &column, err) < 0)
        return -1;
    for (size_t k = 0; k < count; k++) {
        double *row = firing->tangents + k * t->count;
        if (is_own(row, column + k, t->count))
            continue;
        if (note(ode, column + k, row, wide, err) < 0)
            return -1;
        memset(row, 0, t->count * sizeof *row);
        row[column + k] = 1;
    }
    return 0;
}

/* What waits for the end of its delay. */
static int note_firings(bx_ode *ode, double *wide, bx_error *err)
{
    const bx_events *events = ode->simulation->events;
    size_t count = 0;
    const void **owners = malloc((events->firing_count + 1) * sizeof *owners);
    if (!owners)
        return bx_fail_memory(err);
    for (size_t i = 0; i < events->firing_count; i++)
        if (events->firings[i].tangents)
            owners[count++] = events->firings[i].tangents;
    bx_path_keep(ode->simulation->run->path, owners, count);
    free(owners);
    for (size_t i = 0; i < events->firing_count; i++)
        if (events->firings[i].tangents && note_firing(ode, &events->firings[i], wide, err) < 0)
            return -1;
    return 0;
}

/* ---- what is noted ---- */

int bx_ode_path_start(bx_ode *ode, bx_error *err)
{
    bx_path *path = ode->simulation->run->path;
    int result = 0;
    if (!ode->path_due)
        return 0;
    ode->path_due = false;
    if (ode->tangent) {
        double *wide = calloc(bx_path_width(path) + 1, sizeof *wide);
        if (!wide)
            return bx_fail_memory(err);
        result = bx_path_jump(path, err);
        if (result == 0)
            result = note_slots(ode, wide, err);
        if (result == 0)
            result = note_firings(ode, wide, err);
        free(wide);
    }
    return result < 0 ? -1 : bx_path_start(path, ode->simulation->frame, err);
}

int bx_ode_path_step(bx_ode *ode, double from, bx_error *err)
{
    bx_path *path = ode->simulation->run->path;
    const double *derivatives = N_VGetArrayPointer(ode->between);
    size_t n = ode->moving_species;
    int order = 0;
    double factorial = 1;
    if (CVodeGetLastOrder(ode->cvode, &order) != CV_SUCCESS)
        order = 0;
    double *terms = bx_path_step(path, from, ode->reached, (size_t)order, err);
    if (!terms)
        return -1;
    for (int k = 0; k <= order; k++, factorial *= k) {
        if (CVodeGetDky(ode->cvode, ode->reached, k, ode->between) != CV_SUCCESS)
            return bx_fail(err, BX_ESIMULATION, "the ODE solver has no state at time %g s",
                           ode->reached);
        for (size_t i = 0; i < n; i++)
            terms[(size_t)k * n + i] = derivatives[i] / factorial;
    }
    return 0;
}

int bx_ode_path_end(bx_ode *ode, bx_error *err)
{
    return bx_ode_path_start(ode, err) < 0
               ? -1
               : bx_path_end(ode->simulation->run->path, bx_ode_now(ode), err);
}
