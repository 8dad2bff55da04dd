/* What events keep from one moment to the next. */
#include "engine/event.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static void drop_all(bx_events *events)
{
    while (events->firing_count > 0)
        bx_events_drop(events, events->firing_count - 1);
}

void bx_events_free(bx_events *events)
{
    if (!events)
        return;
    drop_all(events);
    free(events->firings);
    free(events->truth);
    free(events->difference);
    free(events->state);
    free(events);
}

void bx_events_forget(const bx_network *network, bx_events *events)
{
    for (size_t i = 0; i < network->logic_count; i++)
        events->difference[i] = NAN;
}

void bx_events_reset(const bx_network *network, bx_events *events)
{
    memset(events->state, BX_EVENT_UNKNOWN, network->events + 1);
    drop_all(events);
    bx_events_forget(network, events);
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

static size_t value_count(const bx_event *event)
{
    return event->from_trigger ? event->assignments.end - event->assignments.begin : 0;
}

bx_firing *bx_events_add(const bx_network *network, bx_events *events, size_t event, double time)
{
    bx_firing firing = {.time = time, .event = (uint32_t)event};
    if (reserve(events) < 0)
        return NULL;
    if (network->event[event].from_trigger) {
        firing.values = calloc(value_count(&network->event[event]) + 1, sizeof *firing.values);
        if (!firing.values)
            return NULL;
    }
    events->firings[events->firing_count] = firing;
    return &events->firings[events->firing_count++];
}

void bx_events_drop(bx_events *events, size_t i)
{
    free(events->firings[i].values);
    free(events->firings[i].tangents);
    memmove(&events->firings[i], &events->firings[i + 1],
            (--events->firing_count - i) * sizeof *events->firings);
}

/* The same firing, of what is event `event` here. */
static int copy_firing(const bx_network *network, bx_events *events, size_t event,
                       const bx_firing *from)
{
    bx_firing *firing = bx_events_add(network, events, event, from->time);
    if (!firing)
        return -1;
    if (firing->values)
        memcpy(firing->values, from->values,
               value_count(&network->event[event]) * sizeof *firing->values);
    return 0;
}

int bx_events_copy(const bx_network *network, bx_events *events, const bx_events *from)
{
    memcpy(events->truth, from->truth, network->logic_count);
    memcpy(events->difference, from->difference, network->logic_count * sizeof(double));
    memcpy(events->state, from->state, network->events);
    drop_all(events);
    for (size_t i = 0; i < from->firing_count; i++)
        if (copy_firing(network, events, from->firings[i].event, &from->firings[i]) < 0)
            return -1;
    return 0;
}

/* Events of one process stand together and in order in both networks: those from `old` on in the
 * one are those from `now` on in the other. */
static int carry_process(const bx_network *network, bx_events *events, size_t now,
                         const bx_network *network_before, const bx_events *before, size_t old)
{
    const bx_process *process = network->event[now].process;
    size_t count = 0;
    while (old + count < network_before->events &&
           network_before->event[old + count].process == process)
        count++;
    memcpy(events->state + now, before->state + old, count);
    for (size_t i = 0; i < before->firing_count; i++) {
        size_t event = before->firings[i].event;
        if (event >= old && event < old + count &&
            copy_firing(network, events, event - old + now, &before->firings[i]) < 0)
            return -1;
    }
    return 0;
}

int bx_events_carry(const bx_network *network, bx_events *events, const bx_network *network_before,
                    const bx_events *before)
{
    for (size_t i = 0; i < network->events; i++) {
        size_t old = 0;
        if (network->event[i].index > 0)
            continue;
        while (old < network_before->events &&
               network_before->event[old].process != network->event[i].process)
            old++;
        if (carry_process(network, events, i, network_before, before, old) < 0)
            return -1;
    }
    return 0;
}

void bx_events_encode(const bx_network *network, const bx_events *events, bx_buffer *out)
{
    for (size_t i = 0; i < network->events; i++)
        bx_pack_count(out, events->state[i]);
    bx_pack_count(out, (uint32_t)events->firing_count);
    for (size_t i = 0; i < events->firing_count; i++) {
        const bx_firing *firing = &events->firings[i];
        bx_pack_count(out, firing->event);
        bx_pack_doubles(out, &firing->time, 1);
        bx_pack_doubles(out, firing->values, value_count(&network->event[firing->event]));
    }
}

static int decode_firing(const bx_network *network, bx_events *events, bx_unpacker *in,
                         bx_error *err)
{
    uint32_t event;
    double time;
    if (bx_unpack_count(in, &event, err) < 0 || bx_unpack_doubles(in, &time, 1, err) < 0)
        return -1;
    if (event >= network->events || !(time >= 0))
        return bx_fail(err, BX_EPROTOCOL, "%s: a firing of no event, or at no time", in->what);
    bx_firing *firing = bx_events_add(network, events, event, time);
    if (!firing)
        return bx_fail_memory(err);
    return bx_unpack_doubles(in, firing->values, value_count(&network->event[event]), err);
}

int bx_events_decode(const bx_network *network, bx_events *events, bx_unpacker *in, bx_error *err)
{
    uint32_t value;
    for (size_t i = 0; i < network->events; i++) {
        if (bx_unpack_count(in, &value, err) < 0)
            return -1;
        if (value > BX_EVENT_UNKNOWN)
            return bx_fail(err, BX_EPROTOCOL, "%s: an event that is neither true nor false",
                           in->what);
        events->state[i] = (unsigned char)value;
    }
    if (bx_unpack_count(in, &value, err) < 0)
        return -1;
    if (value > BX_EVENTS_WAITING)
        return bx_fail(err, BX_EPROTOCOL, "%s: too many firings wait", in->what);
    for (; value > 0; value--)
        if (decode_firing(network, events, in, err) < 0)
            return -1;
    return 0;
}
