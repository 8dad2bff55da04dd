#include "engine/event.h"

#include <math.h>
#include <stdlib.h>

/* More events than this at one time set each other off without end. */
#define FIRINGS_MAXIMUM 100000

static unsigned char leaf_truth(bx_op op, double difference)
{
    switch (op) {
    case BX_OP_LESS: return difference < 0;
    case BX_OP_LESS_EQUAL: return difference <= 0;
    case BX_OP_GREATER: return difference > 0;
    case BX_OP_GREATER_EQUAL: return difference >= 0;
    case BX_OP_EQUAL: return difference == 0;
    default: return difference != 0;
    }
}

static bool joins(bx_op op)
{
    return op == BX_OP_AND || op == BX_OP_OR || op == BX_OP_NOT || op == BX_OP_IF;
}

bool bx_events_look(const bx_network *network, bx_events *events, double *frame)
{
    bool changed = false;
    for (size_t i = 0; i < network->logic_count; i++) {
        const bx_logic *part = &network->logic[i];
        if (joins(part->op))
            continue;
        bx_program_run_range(&network->program, part->code, frame);
        double difference = frame[part->slot];
        if (difference == events->difference[i])
            continue;
        unsigned char truth = leaf_truth(part->op, difference);
        changed = changed || truth != events->truth[i];
        events->truth[i] = truth;
        events->difference[i] = difference;
    }
    return changed;
}

static void join_truths(const bx_network *network, unsigned char *truth)
{
    for (size_t i = 0; i < network->logic_count; i++) {
        const bx_logic *part = &network->logic[i];
        if (part->op == BX_OP_AND)
            truth[i] = truth[part->a] && truth[part->b];
        else if (part->op == BX_OP_OR)
            truth[i] = truth[part->a] || truth[part->b];
        else if (part->op == BX_OP_NOT)
            truth[i] = !truth[part->a];
        else if (part->op == BX_OP_IF)
            truth[i] = truth[part->a] ? truth[part->b] : truth[part->c];
    }
}

/* The time of a timed event, computed anew: a parameter may have changed. */
static double time_of(const bx_network *network, const bx_event *event, double *frame)
{
    bx_program_run_range(&network->program, event->code, frame);
    return frame[event->at];
}

int bx_events_begin(const bx_network *network, bx_events *events, double *frame, bx_error *err)
{
    bx_events_forget(network, events); /* values may have been set since */
    bx_events_look(network, events, frame);
    join_truths(network, events->truth);
    for (size_t i = 0; i < network->events; i++) {
        const bx_event *event = &network->event[i];
        if (!event->timed) {
            if (events->state[i] == BX_EVENT_UNKNOWN)
                events->state[i] = events->truth[event->logic.end - 1] && !event->initially_false
                                       ? BX_EVENT_TRUE
                                       : BX_EVENT_FALSE;
            continue;
        }
        double at = time_of(network, event, frame);
        if (isnan(at))
            return bx_fail(err, BX_ESIMULATION, "%s: its time is not a number",
                           bx_network_event_label(network, i).text);
        if (at < frame[network->time])
            events->state[i] = BX_EVENT_OVER;
    }
    return 0;
}

/* Of events as they are when a run begins. */
static bool is_due(const bx_network *network, const bx_events *events, size_t index, double *frame)
{
    const bx_event *event = &network->event[index];
    if (event->timed)
        return events->state[index] != BX_EVENT_OVER &&
               time_of(network, event, frame) <= frame[network->time];
    return events->state[index] == BX_EVENT_FALSE && events->truth[event->logic.end - 1];
}

int bx_events_due(const bx_network *network, const bx_events *events, double *frame, bool *due,
                  bx_error *err)
{
    bx_events *copy = bx_events_new(network, err);
    if (!copy)
        return -1;
    int result = bx_events_copy(network, copy, events) < 0
                     ? bx_fail_memory(err)
                     : bx_events_begin(network, copy, frame, err);
    for (size_t i = 0; i < network->events && result == 0; i++)
        due[i] = is_due(network, copy, i, frame);
    bx_events_free(copy);
    return result;
}

/* When a comparison of the time with `limit` changes next. time > 5 changes just after 5. */
static double next_switch(bx_op op, double limit, double now)
{
    bool at_limit =
        op == BX_OP_LESS || op == BX_OP_GREATER_EQUAL || op == BX_OP_EQUAL || op == BX_OP_NOT_EQUAL;
    bool behind = op != BX_OP_LESS && op != BX_OP_GREATER_EQUAL;
    if (at_limit && limit > now)
        return limit;
    double after = nextafter(limit, INFINITY);
    return behind && after > now ? after : INFINITY;
}

double bx_events_next(const bx_network *network, const bx_events *events, double *frame)
{
    double now = frame[network->time], next = INFINITY;
    for (size_t i = 0; i < network->events; i++) {
        const bx_event *event = &network->event[i];
        if (!event->timed || events->state[i] == BX_EVENT_OVER)
            continue;
        double at = time_of(network, event, frame);
        if (at > now && at < next)
            next = at;
    }
    for (size_t i = 0; i < events->firing_count; i++)
        if (events->firings[i].time > now && events->firings[i].time < next)
            next = events->firings[i].time;
    for (size_t i = 0; i < network->logic_count; i++) {
        const bx_logic *part = &network->logic[i];
        if (joins(part->op) || part->limit == BX_SLOT_NONE)
            continue;
        bx_program_run_range(&network->program, part->code, frame);
        double at = next_switch(part->op, frame[part->limit], now);
        if (at < next)
            next = at;
    }
    return next;
}

/* Put the values of the event's formulas into their slots. */
static void evaluate(const bx_network *network, bx_events *events, const bx_event *event,
                     double *frame)
{
    for (uint32_t i = event->assignments.begin; i < event->assignments.end; i++) {
        const bx_assignment *assignment = &network->assignments[i];
        for (uint32_t j = assignment->draws.begin; j < assignment->draws.end; j++)
            frame[network->program.draws[j]] = bx_random_uniform(&events->random);
        bx_program_run_range(&network->program, assignment->code, frame);
    }
}

/* The event's condition has turned true, or its time has come. */
static int trigger(const bx_network *network, bx_events *events, size_t index, double *frame,
                   bx_error *err)
{
    const bx_event *event = &network->event[index];
    double time = frame[network->time];
    if (event->delay != BX_SLOT_NONE) {
        bx_program_run_range(&network->program, event->delay_code, frame);
        double delay = frame[event->delay];
        if (!(delay >= 0))
            return bx_fail(err, BX_ESIMULATION, "%s: its delay is %g at time %g s",
                           bx_network_event_label(network, index).text, delay, time);
        time += delay;
    }
    if (events->firing_count >= BX_EVENTS_WAITING)
        return bx_fail(err, BX_ESIMULATION, "%s: more than %d firings wait at time %g s",
                       bx_network_event_label(network, index).text, BX_EVENTS_WAITING,
                       frame[network->time]);
    bx_firing *firing = bx_events_add(network, events, index, time);
    if (!firing)
        return bx_fail_memory(err);
    if (firing->values)
        evaluate(network, events, event, frame);
    for (uint32_t i = event->assignments.begin; firing->values && i < event->assignments.end; i++)
        firing->values[i - event->assignments.begin] = frame[network->assignments[i].value];
    const bx_follower *follower = events->follower;
    return follower ? follower->triggered(follower->data, firing, err) : 0;
}

static void drop_event(bx_events *events, size_t index)
{
    for (size_t i = events->firing_count; i-- > 0;)
        if (events->firings[i].event == index)
            bx_events_drop(events, i);
}

/* Find what has turned true, and false; *count goes up by what is triggered. */
static int find_turns(const bx_network *network, bx_events *events, double *frame, size_t *count,
                      bx_error *err)
{
    join_truths(network, events->truth);
    for (size_t i = 0; i < network->events; i++) {
        const bx_event *event = &network->event[i];
        unsigned char before = events->state[i];
        if (event->timed) {
            if (before == BX_EVENT_OVER || time_of(network, event, frame) > frame[network->time])
                continue;
            events->state[i] = BX_EVENT_OVER;
        } else {
            events->state[i] = events->truth[event->logic.end - 1] ? BX_EVENT_TRUE : BX_EVENT_FALSE;
            if (events->state[i] == BX_EVENT_FALSE && before == BX_EVENT_TRUE && event->transient)
                drop_event(events, i);
            if (events->state[i] != BX_EVENT_TRUE || before != BX_EVENT_FALSE)
                continue;
        }
        if (trigger(network, events, i, frame, err) < 0)
            return -1;
        ++*count;
    }
    return 0;
}

static double priority_of(const bx_network *network, const bx_event *event, double *frame)
{
    if (event->priority == BX_SLOT_NONE)
        return -INFINITY;
    bx_program_run_range(&network->program, event->priority_code, frame);
    return frame[event->priority];
}

/* The firing whose turn it is, or the number of firings. Highest priority first; among equals that
 * have one chance decides, among those without the order of declaration. */
static size_t choose(const bx_network *network, bx_events *events, double *frame)
{
    size_t best = events->firing_count, equals = 0;
    double highest = 0;
    for (size_t i = 0; i < events->firing_count; i++) {
        const bx_firing *firing = &events->firings[i];
        if (firing->time > frame[network->time])
            continue;
        double priority = priority_of(network, &network->event[firing->event], frame);
        if (best < events->firing_count && priority == highest && priority > -INFINITY) {
            if (bx_random_uniform(&events->random) * (double)++equals < 1)
                best = i;
        } else if (best == events->firing_count || priority > highest ||
                   (priority == highest && firing->event < events->firings[best].event)) {
            best = i;
            highest = priority;
            equals = 1;
        }
    }
    return best;
}

/* Put values that were kept into their slots; what sets a quotient becomes an amount, by the size
 * as it was before the event. */
static void load_values(const bx_network *network, const bx_event *event, const bx_firing *firing,
                        double *frame)
{
    for (uint32_t i = event->assignments.begin; i < event->assignments.end; i++) {
        const bx_assignment *assignment = &network->assignments[i];
        if (firing->values)
            frame[assignment->value] = firing->values[i - event->assignments.begin];
        if (assignment->size != BX_SLOT_NONE)
            frame[assignment->value] *= frame[assignment->size];
    }
}

static int fire(const bx_network *network, bx_events *events, const bx_firing *firing,
                double *frame, bx_error *err)
{
    const bx_event *event = &network->event[firing->event];
    const bx_follower *follower = events->follower;
    if (follower && follower->fires(follower->data, firing, err) < 0)
        return -1;
    if (!firing->values)
        evaluate(network, events, event, frame);
    load_values(network, event, firing, frame);
    bx_network_rebase(network, frame);
    for (uint32_t i = event->assignments.begin; i < event->assignments.end; i++) {
        const bx_assignment *assignment = &network->assignments[i];
        double value = frame[assignment->value];
        bool drawn = assignment->draws.end > assignment->draws.begin;
        bool refused = !isfinite(value) || (assignment->target < network->species && value < 0);
        if ((refused && !network->free[assignment->target]) || (drawn && isnan(value)))
            return bx_fail(err, BX_ESIMULATION, "%s sets \"%s\" to %g at time %g s",
                           bx_network_event_label(network, firing->event).text,
                           network->names[assignment->target], value, frame[network->time]);
        frame[assignment->target] = value;
    }
    bx_network_rules(network, frame);
    if (bx_network_keep(network, frame, err) < 0)
        return -1;
    return follower ? follower->fired(follower->data, firing, err) : 0;
}

static int report(const bx_network *network, const bx_events *events, size_t index, double time,
                  bx_error *err)
{
    const bx_run *run = events->run;
    if (!run || !run->fired)
        return 0;
    const bx_event *event = &network->event[index];
    const char *name = event->process->events[event->index].name;
    bx_label label = bx_network_event_label(network, index);
    return run->fired(run->fired_data, time, name ? name : label.text)
               ? bx_fail(err, BX_ECANCELLED, "%s was refused at time %g s", label.text, time)
               : 0;
}

int bx_events_settle(const bx_network *network, bx_events *events, double *frame, size_t *fired,
                     bx_error *err)
{
    *fired = 0;
    for (;;) {
        if (find_turns(network, events, frame, fired, err) < 0)
            return -1;
        if (events->run && events->run->interrupt && *events->run->interrupt)
            return bx_fail(err, BX_ECANCELLED, "the run was interrupted at time %g s",
                           frame[network->time]);
        size_t next = choose(network, events, frame);
        if (next == events->firing_count)
            return 0;
        bx_firing firing = events->firings[next];
        events->firings[next].values = events->firings[next].tangents = NULL;
        bx_events_drop(events, next);
        int result = fire(network, events, &firing, frame, err);
        free(firing.values);
        free(firing.tangents);
        if (result < 0 || report(network, events, firing.event, frame[network->time], err) < 0)
            return -1;
        bx_events_look(network, events, frame);
        if (++*fired > FIRINGS_MAXIMUM)
            return bx_fail(err, BX_ESIMULATION,
                           "%s: events set each other off without end at "
                           "time %g s",
                           bx_network_event_label(network, firing.event).text,
                           frame[network->time]);
    }
}
