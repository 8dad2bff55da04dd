#include "engine/event.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of a condition: its truth when last looked at; of a timed event: whether it is over. */
enum { STATE_FALSE, STATE_TRUE, STATE_UNKNOWN };
#define STATE_OVER STATE_TRUE

/* More events than this at one time set each other off without end. */
#define FIRINGS_MAXIMUM 100000

/* The most firings that wait for the end of their delay. */
#define WAITING_MAXIMUM 1000000

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
    if (!events->truth || !events->difference || !events->state) {
        bx_events_free(events);
        bx_fail_memory(err);
        return NULL;
    }
    bx_events_reset(network, events);
    return events;
}

static void drop_firing(bx_events *events, size_t i)
{
    free(events->firings[i].values);
    memmove(&events->firings[i], &events->firings[i + 1],
            (--events->firing_count - i) * sizeof *events->firings);
}

static void drop_firings(bx_events *events)
{
    while (events->firing_count > 0)
        free(events->firings[--events->firing_count].values);
}

void bx_events_free(bx_events *events)
{
    if (!events)
        return;
    drop_firings(events);
    free(events->firings);
    free(events->truth);
    free(events->difference);
    free(events->state);
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
    drop_firings(events);
    forget_truths(network, events);
}

/* Room for one more firing. */
static int reserve(bx_events *events)
{
    if (events->firing_count < events->firing_capacity)
        return 0;
    size_t capacity = events->firing_capacity ? events->firing_capacity * 2 : 8;
    bx_firing *firings = realloc(events->firings, capacity * sizeof *firings);
    if (!firings)
        return -1;
    events->firings = firings;
    events->firing_capacity = capacity;
    return 0;
}

static int copy_firing(const bx_network *network, bx_events *events, bx_firing firing)
{
    const bx_event *event = &network->event[firing.event];
    size_t size = (event->assignments.end - event->assignments.begin) * sizeof(double);
    double *values = firing.values ? malloc(size + 1) : NULL;
    if ((firing.values && !values) || reserve(events) < 0) {
        free(values);
        return -1;
    }
    if (values)
        memcpy(values, firing.values, size);
    firing.values = values;
    events->firings[events->firing_count++] = firing;
    return 0;
}

int bx_events_copy(const bx_network *network, bx_events *events, const bx_events *from)
{
    memcpy(events->truth, from->truth, network->logic_count);
    memcpy(events->difference, from->difference, network->logic_count * sizeof(double));
    memcpy(events->state, from->state, network->events);
    drop_firings(events);
    for (size_t i = 0; i < from->firing_count; i++)
        if (copy_firing(network, events, from->firings[i]) < 0)
            return -1;
    return 0;
}

/* Move what waits for the events [old, old + count) to those from `now` on. */
static int carry_firings(bx_events *events, bx_events *before, size_t old, size_t now, size_t count)
{
    for (size_t i = 0; i < before->firing_count; i++) {
        bx_firing *firing = &before->firings[i];
        if (firing->event < old || firing->event >= old + count)
            continue;
        if (reserve(events) < 0)
            return -1;
        events->firings[events->firing_count] = *firing;
        events->firings[events->firing_count++].event = (uint32_t)(firing->event - old + now);
        firing->values = NULL;
    }
    return 0;
}

/* Events of one process stand together and in order in both networks. */
int bx_events_carry(const bx_network *network, bx_events *events, const bx_network *network_before,
                    bx_events *before)
{
    size_t old = 0;
    for (size_t i = 0; i < network->events; i++) {
        const bx_event *event = &network->event[i];
        if (event->index == 0) {
            for (old = 0; old < network_before->events &&
                          network_before->event[old].process != event->process;)
                old++;
            size_t count = 0;
            while (old + count < network_before->events &&
                   network_before->event[old + count].process == event->process)
                count++;
            if (carry_firings(events, before, old, i, count) < 0)
                return -1;
        }
        if (old + event->index < network_before->events)
            events->state[i] = before->state[old + event->index];
    }
    return 0;
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
                events->state[i] = events->truth[event->logic.end - 1] && !event->initially_false
                                       ? STATE_TRUE
                                       : STATE_FALSE;
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

/* Keep the values that the formulas have now. */
static int keep_values(const bx_network *network, bx_events *events, const bx_event *event,
                       bx_firing *firing, double *frame)
{
    uint32_t begin = event->assignments.begin, count = event->assignments.end - begin;
    firing->values = malloc((count + 1) * sizeof *firing->values);
    if (!firing->values)
        return -1;
    evaluate(network, events, event, frame);
    for (uint32_t i = 0; i < count; i++)
        firing->values[i] = frame[network->assignments[begin + i].value];
    return 0;
}

/* The event's condition has turned true, or its time has come. */
static int trigger(const bx_network *network, bx_events *events, size_t index, double *frame,
                   bx_error *err)
{
    const bx_event *event = &network->event[index];
    bx_firing firing = {.time = frame[network->time], .event = (uint32_t)index};
    if (event->delay != BX_SLOT_NONE) {
        bx_program_run_range(&network->program, event->delay_code, frame);
        double delay = frame[event->delay];
        if (!(delay >= 0))
            return bx_fail(err, BX_ESIMULATION, "%s: its delay is %g at time %g s",
                           bx_network_event_label(network, index).text, delay,
                           frame[network->time]);
        firing.time += delay;
    }
    if (events->firing_count >= WAITING_MAXIMUM)
        return bx_fail(err, BX_ESIMULATION, "%s: more than %d firings wait at time %g s",
                       bx_network_event_label(network, index).text, WAITING_MAXIMUM,
                       frame[network->time]);
    if (reserve(events) < 0 ||
        (event->from_trigger && keep_values(network, events, event, &firing, frame) < 0))
        return bx_fail_memory(err);
    events->firings[events->firing_count++] = firing;
    return 0;
}

static void drop_event(bx_events *events, size_t index)
{
    for (size_t i = events->firing_count; i-- > 0;)
        if (events->firings[i].event == index)
            drop_firing(events, i);
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
            if (before == STATE_OVER || time_of(network, event, frame) > frame[network->time])
                continue;
            events->state[i] = STATE_OVER;
        } else {
            events->state[i] = events->truth[event->logic.end - 1] ? STATE_TRUE : STATE_FALSE;
            if (events->state[i] == STATE_FALSE && before == STATE_TRUE && event->transient)
                drop_event(events, i);
            if (events->state[i] != STATE_TRUE || before != STATE_FALSE)
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
    if (!firing->values)
        evaluate(network, events, event, frame);
    load_values(network, event, firing, frame);
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
    return 0;
}

int bx_events_settle(const bx_network *network, bx_events *events, double *frame, size_t *fired,
                     bx_error *err)
{
    *fired = 0;
    for (;;) {
        if (find_turns(network, events, frame, fired, err) < 0)
            return -1;
        size_t next = choose(network, events, frame);
        if (next == events->firing_count)
            return 0;
        bx_firing firing = events->firings[next];
        events->firings[next].values = NULL;
        drop_firing(events, next);
        int result = fire(network, events, &firing, frame, err);
        free(firing.values);
        if (result < 0)
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
