#include "cell/event.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of a condition: its truth when last looked at; of a timed event: whether it is over. */
enum { STATE_FALSE, STATE_TRUE, STATE_UNKNOWN };
#define STATE_OVER STATE_TRUE

/* More events than this at one time set each other off without end. */
#define FIRINGS_MAXIMUM 100000

bx_events *bx_events_new(const bx_network *network, bx_error *err)
{
    bx_events *events = calloc(1, sizeof *events);
    if (!events) {
        bx_fail_memory(err);
        return NULL;
    }
    events->truth = calloc(network->logic_count + 1, 1);
    events->difference = calloc(network->logic_count + 1, sizeof *events->difference);
    events->state = calloc(network->events + 1, 1);
    events->due = calloc(network->events + 1, 1);
    if (!events->truth || !events->difference || !events->state || !events->due) {
        bx_events_free(events);
        bx_fail_memory(err);
        return NULL;
    }
    bx_events_reset(network, events);
    return events;
}

void bx_events_free(bx_events *events)
{
    if (!events)
        return;
    free(events->truth);
    free(events->difference);
    free(events->state);
    free(events->due);
    free(events);
}

static void forget_truths(const bx_network *network, bx_events *events)
{
    for (size_t i = 0; i < network->logic_count; i++)
        events->difference[i] = NAN;
}

void bx_events_reset(const bx_network *network, bx_events *events)
{
    memset(events->state, STATE_UNKNOWN, network->events + 1);
    memset(events->due, 0, network->events + 1);
    forget_truths(network, events);
}

/* Events of one process stand together and in order in both networks. */
void bx_events_carry(const bx_network *network, bx_events *events, const bx_network *network_before,
                     const bx_events *before)
{
    size_t old = 0;
    for (size_t i = 0; i < network->events; i++) {
        const bx_event *event = &network->event[i];
        if (event->index == 0)
            for (old = 0; old < network_before->events &&
                          network_before->event[old].process != event->process;)
                old++;
        if (old + event->index < network_before->events)
            events->state[i] = before->state[old + event->index];
    }
}

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
    forget_truths(network, events); /* values may have been set since */
    bx_events_look(network, events, frame);
    join_truths(network, events->truth);
    for (size_t i = 0; i < network->events; i++) {
        const bx_event *event = &network->event[i];
        if (!event->timed) {
            if (events->state[i] == STATE_UNKNOWN)
                events->state[i] = events->truth[event->logic.end - 1] ? STATE_TRUE : STATE_FALSE;
            continue;
        }
        double at = time_of(network, event, frame);
        if (isnan(at))
            return bx_fail(err, BX_ESIMULATION, "%s: its time is not a number",
                           bx_network_event_label(network, i).text);
        if (at < frame[network->time])
            events->state[i] = STATE_OVER;
    }
    return 0;
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
        if (!event->timed || events->state[i] == STATE_OVER)
            continue;
        double at = time_of(network, event, frame);
        if (at > now && at < next)
            next = at;
    }
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

/* Mark what is due; the first in order of declaration, or -1. */
static int64_t find_due(const bx_network *network, bx_events *events, double *frame)
{
    int64_t first = -1;
    join_truths(network, events->truth);
    for (size_t i = 0; i < network->events; i++) {
        const bx_event *event = &network->event[i];
        if (event->timed) {
            if (events->state[i] != STATE_OVER && !events->due[i] &&
                time_of(network, event, frame) <= frame[network->time]) {
                events->due[i] = 1;
                events->state[i] = STATE_OVER;
            }
        } else {
            unsigned char truth = events->truth[event->logic.end - 1] ? STATE_TRUE : STATE_FALSE;
            if (truth == STATE_TRUE && events->state[i] == STATE_FALSE)
                events->due[i] = 1;
            events->state[i] = truth;
        }
        if (events->due[i] && first < 0)
            first = (int64_t)i;
    }
    return first;
}

static int fire(const bx_network *network, size_t index, double *frame, bx_error *err)
{
    const bx_event *event = &network->event[index];
    for (uint32_t i = event->assignments.begin; i < event->assignments.end; i++)
        bx_program_run_range(&network->program, network->assignments[i].code, frame);
    for (uint32_t i = event->assignments.begin; i < event->assignments.end; i++) {
        const bx_assignment *assignment = &network->assignments[i];
        double value = frame[assignment->value];
        bool species = assignment->target < network->species;
        if (!isfinite(value) || (species && value < 0))
            return bx_fail(err, BX_ESIMULATION, "%s sets \"%s\" to %g at time %g s",
                           bx_network_event_label(network, index).text,
                           network->names[assignment->target], value, frame[network->time]);
        frame[assignment->target] = value;
    }
    bx_network_rules(network, frame);
    return 0;
}

int bx_events_settle(const bx_network *network, bx_events *events, double *frame, size_t *fired,
                     bx_error *err)
{
    *fired = 0;
    for (;;) {
        int64_t first = find_due(network, events, frame);
        if (first < 0)
            return 0;
        events->due[first] = 0;
        if (fire(network, (size_t)first, frame, err) < 0)
            return -1;
        bx_events_look(network, events, frame);
        if (++*fired > FIRINGS_MAXIMUM)
            return bx_fail(err, BX_ESIMULATION,
                           "%s: events set each other off without end at "
                           "time %g s",
                           bx_network_event_label(network, (size_t)first).text,
                           frame[network->time]);
    }
}
