/* Derivatives through events: see ode_crossing.c. */
#include "engine/deterministic/ode_tangent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- events ---- */

static int fail_trigger(const bx_ode *ode, size_t event, const char *why, bx_error *err)
{
    return bx_fail(err, BX_ESIMULATION,
                   "sensitivities: %s at time %g s: %s, so that its time has "
                   "no derivatives",
                   bx_network_event_label(ode->network, event).text, bx_ode_now(ode), why);
}

/* Whether what a leaf compares jumped with what changed at once at the present time. */
static bool leaf_jumps(bx_ode *ode, const bx_logic *leaf, double rate)
{
    bx_ode_tangent *t = ode->tangent;
    double *frame = ode->simulation->frame;
    double before = frame[leaf->slot]; /* of the arrival */
    if (t->crossed != t->arrived)
        return false;
    bx_ode_put_state(ode, t->y, t->arrived);
    bx_program_run_range(&ode->network->program, leaf->code, frame);
    double after = frame[leaf->slot];
    bx_ode_put_state(ode, t->arrived_y, t->arrived_at);
    return bx_ode_jumps(t, before, after, rate);
}

/* The derivatives of the time at which a leaf turned. The state is that of the arrival. */
static bool time_of_leaf(bx_ode *ode, const bx_logic *leaf, double *times)
{
    bx_ode_tangent *t = ode->tangent;
    bx_tangent_code(t->tangent, leaf->code, leaf->slot, ode->simulation->frame, t->row);
    if (leaf_jumps(ode, leaf, t->row[t->count])) {
        memcpy(times, t->crossing, t->count * sizeof *times);
        return true;
    }
    return bx_ode_time_of_root(t, t->row, times);
}

/* NULL, or why not. The state is that of the arrival; `truth` says which leaves turned. */
static const char *time_of_condition(bx_ode *ode, const bx_event *event, double *times)
{
    bx_ode_tangent *t = ode->tangent;
    const unsigned char *truth = ode->simulation->events->truth;
    size_t found = 0;
    for (uint32_t k = event->logic.begin; k < event->logic.end; k++) {
        const bx_logic *part = &ode->network->logic[k];
        if (!bx_op_compares(part->op) || truth[k] == t->truth[k])
            continue;
        if (!time_of_leaf(ode, part, found ? t->cascade_times : times))
            return "its condition just touches its limit";
        if (found++ && !bx_ode_same_times(t, t->cascade_times, times))
            return "its conditions turn at times that do not move together";
    }
    return found || t->arrived == ode->simulation->start ? NULL : "it is not known what turned";
}

static const char *time_of_timed(bx_ode *ode, const bx_event *event, double *times)
{
    bx_ode_tangent *t = ode->tangent;
    bx_tangent_code(t->tangent, event->code, event->at, ode->simulation->frame, t->row);
    t->row[t->count] -= 1;
    return bx_ode_time_of_root(t, t->row, times) ? NULL : "its time moves with time";
}

/* The derivatives of the time at which an event is triggered. */
static int time_of_trigger(bx_ode *ode, size_t index, double *times, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    const bx_event *event = &ode->network->event[index];
    memset(times, 0, t->count * sizeof *times);
    if (t->cascade) {
        memcpy(times, t->cascade_times, t->count * sizeof *times);
        return 0;
    }
    if (bx_ode_arrive(ode, err) < 0)
        return -1;
    bx_ode_go_back(ode);
    const char *why =
        event->timed ? time_of_timed(ode, event, times) : time_of_condition(ode, event, times);
    bx_ode_return(ode);
    return why ? fail_trigger(ode, index, why, err) : 0;
}

/* Move the rows by the present rates, `sign` times along with the time; it moves, or not. */
static int move_along(bx_ode *ode, const double *times, double sign, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    if (bx_ode_any_time(t, times)) {
        if (bx_ode_present_rates(ode, err) < 0)
            return -1;
        for (size_t i = 0; i < ode->moving_species; i++) {
            double *row = bx_tangent_edit(t->tangent, ode->species[i]);
            for (size_t j = 0; j < t->count; j++)
                row[j] += sign * t->f[i] * times[j];
        }
    }
    bx_tangent_move_time(t->tangent, sign > 0 ? times : NULL);
    bx_tangent_rules(t->tangent, ode->simulation->frame, true);
    return 0;
}

int bx_ode_tangent_triggered(void *data, bx_firing *firing, bx_error *err)
{
    bx_ode *ode = data;
    bx_ode_tangent *t = ode->tangent;
    double *frame = ode->simulation->frame;
    const bx_event *event = &ode->network->event[firing->event];
    size_t values = firing->values ? event->assignments.end - event->assignments.begin : 0;
    double *times = firing->tangents = calloc((values + 1) * t->count + 1, sizeof *times);
    if (!times)
        return bx_fail_memory(err);
    if (time_of_trigger(ode, firing->event, times, err) < 0)
        return -1;
    bx_ode_save_rows(ode, t->now_rows);
    if (move_along(ode, times, 1, err) < 0)
        return -1;
    for (size_t k = 0; k < values; k++) {
        const bx_assignment *a = &ode->network->assignments[event->assignments.begin + k];
        bx_tangent_code(t->tangent, a->code, a->value, frame, times + (k + 1) * t->count);
    }
    if (event->delay != BX_SLOT_NONE) {
        bx_tangent_code(t->tangent, event->delay_code, event->delay, frame, t->row);
        for (size_t j = 0; j < t->count; j++)
            times[j] += t->row[j];
    }
    bx_ode_put_rows(ode, t->now_rows);
    bx_tangent_move_time(t->tangent, NULL);
    bx_tangent_rules(t->tangent, frame, true);
    return 0;
}

int bx_ode_tangent_fires(void *data, const bx_firing *firing, bx_error *err)
{
    bx_ode *ode = data;
    bx_ode_tangent *t = ode->tangent;
    double *frame = ode->simulation->frame;
    const bx_event *event = &ode->network->event[firing->event];
    const double *times = firing->tangents;
    if (move_along(ode, times, 1, err) < 0)
        return -1;
    for (uint32_t k = event->assignments.begin; k < event->assignments.end; k++) {
        const bx_assignment *a = &ode->network->assignments[k];
        size_t place = k - event->assignments.begin;
        double *row = t->moved + place * t->count, value;
        if (!firing->values)
            bx_tangent_code(t->tangent, a->code, a->value, frame, row);
        else if (times)
            memcpy(row, times + (place + 1) * t->count, t->count * sizeof *row);
        else
            memset(row, 0, t->count * sizeof *row);
        if (a->size == BX_SLOT_NONE || a->size == ode->network->one)
            continue;
        value = firing->values ? firing->values[place] : frame[a->value];
        const double *size = bx_tangent_row(t->tangent, a->size);
        for (size_t j = 0; j < t->count; j++)
            row[j] = row[j] * frame[a->size] + value * size[j];
    }
    return 0;
}

int bx_ode_tangent_fired(void *data, const bx_firing *firing, bx_error *err)
{
    bx_ode *ode = data;
    bx_ode_tangent *t = ode->tangent;
    double *frame = ode->simulation->frame;
    const bx_event *event = &ode->network->event[firing->event];
    for (uint32_t k = event->assignments.begin; k < event->assignments.end; k++) {
        double *row = bx_tangent_edit(t->tangent, ode->network->assignments[k].target);
        memcpy(row, t->moved + (k - event->assignments.begin) * t->count, t->count * sizeof *row);
    }
    bx_network_rates(ode->network, frame); /* parameters may have changed */
    bx_derivatives_prepare(ode->flux, frame);
    if (move_along(ode, firing->tangents, -1, err) < 0)
        return -1;
    t->cascade = true;
    if (firing->tangents)
        memcpy(t->cascade_times, firing->tangents, t->count * sizeof *t->cascade_times);
    else
        memset(t->cascade_times, 0, t->count * sizeof *t->cascade_times);
    return 0;
}

int bx_ode_tangent_settled(bx_ode *ode, bool fired, bx_error *err)
{
    bx_ode_tangent *t = ode->tangent;
    bool known = t->sides_known && !fired;
    t->cascade = false;
    t->sides_known = true;
    memcpy(t->truth, ode->simulation->events->truth, ode->network->logic_count);
    return known ? 0 : bx_ode_note_sides(ode, fired, err);
}
