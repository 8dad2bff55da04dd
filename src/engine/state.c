/* Layout, little-endian: "BXS1"; 32 bytes of SHA-256 that stand for the network; u64 random; the
 * time; species, then parameters; what species owe; the events' part (event_state.c); the past, if
 * anything is delayed (model/history_state.c); up to the end, u64 and a double for each species or
 * parameter that has `held` or another `begin` than declared. Doubles are IEEE 754 binary64. */
#include "engine/state.h"

#include "core/sha256.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char magic[4] = {'B', 'X', 'S', '1'};

static size_t variables(const bx_network *network)
{
    return network->species + network->parameters;
}

bx_state *bx_state_new(const bx_network *network, bx_error *err)
{
    bx_state *state = calloc(1, sizeof *state);
    if (!state) {
        bx_fail_memory(err);
        return NULL;
    }
    state->network = network;
    state->frame = malloc((network->program.frame_size + 1) * sizeof *state->frame);
    state->owed = malloc((network->species + 1) * sizeof *state->owed);
    state->begin = malloc((variables(network) + 1) * sizeof *state->begin);
    state->held = malloc((variables(network) + 1) * sizeof *state->held);
    state->events = bx_events_new(network, err);
    bool delays = network->program.delayed_count > 0;
    if (delays && state->held)
        state->history = bx_history_new(network, state->held, err);
    if (!state->frame || !state->owed || !state->begin || !state->held || !state->events ||
        (delays && !state->history)) {
        bx_state_free(state);
        bx_fail_memory(err);
        return NULL;
    }
    memcpy(state->begin, network->program.frame, variables(network) * sizeof *state->begin);
    bx_state_reset(state);
    return state;
}

void bx_state_free(bx_state *state)
{
    if (!state)
        return;
    free(state->frame);
    free(state->owed);
    free(state->begin);
    free(state->held);
    bx_events_free(state->events);
    bx_history_free(state->history);
    free(state);
}

/* Whether a reset begins with another value than is declared. */
static bool begins_otherwise(const bx_state *state, size_t slot)
{
    double now = state->begin[slot], declared = state->network->program.frame[slot];
    return now != declared && !(isnan(now) && isnan(declared));
}

void bx_state_reset(bx_state *state)
{
    const bx_network *network = state->network;
    bool otherwise = false;
    memcpy(state->frame, network->program.frame,
           network->program.frame_size * sizeof *state->frame);
    memset(state->owed, 0, network->species * sizeof *state->owed);
    memset(state->held, 0, variables(network) * sizeof *state->held);
    bx_events_reset(network, state->events);
    bx_history_attach(state->history, state->frame);
    if (state->history)
        bx_history_clear(state->history);
    for (size_t i = 0; i < variables(network); i++) {
        otherwise = otherwise || begins_otherwise(state, i);
        state->frame[i] = state->begin[i];
    }
    if (otherwise)
        bx_state_follow(state);
}

void bx_state_set(bx_state *state, size_t slot, double value)
{
    const bx_network *network = state->network;
    state->frame[slot] = value;
    state->held[slot] = true;
    if (slot < network->species)
        state->owed[slot] = 0;
    if (bx_network_is_source(network, slot))
        state->begin[slot] = value;
    if (network->feeds[slot])
        bx_state_follow(state);
}

void bx_state_restart(bx_state *state, size_t slot)
{
    state->frame[slot] = state->begin[slot] = state->network->program.frame[slot];
    state->held[slot] = false;
}

void bx_state_follow(bx_state *state)
{
    if (state->frame[state->network->time] == 0)
        bx_network_initials(state->network, state->held, state->frame);
}

int bx_state_copy(bx_state *state, const bx_state *from, bx_error *err)
{
    const bx_network *network = state->network;
    memcpy(state->frame, from->frame, network->program.frame_size * sizeof *state->frame);
    memcpy(state->owed, from->owed, network->species * sizeof *state->owed);
    state->random = from->random;
    bx_history_attach(state->history, state->frame);
    if (state->history && bx_history_copy(state->history, from->history, err) < 0)
        return -1;
    return bx_events_copy(network, state->events, from->events) < 0 ? bx_fail_memory(err) : 0;
}

/* Where a species or parameter was before; BX_NAME_NONE: it is new, or was a rule. */
static size_t slot_before(const bx_state *state, const bx_state *before, size_t slot)
{
    size_t was = bx_names_find(&before->network->index, state->network->names[slot]);
    return was < variables(before->network) ? was : BX_NAME_NONE;
}

int bx_state_carry(bx_state *state, const bx_state *before, bx_error *err)
{
    const bx_network *now = state->network, *then = before->network;
    for (size_t i = 0; i < variables(now); i++) {
        size_t slot = slot_before(state, before, i);
        if (slot == BX_NAME_NONE)
            continue;
        state->frame[i] = before->frame[slot];
        state->held[i] = true;
        if (begins_otherwise(before, slot) && bx_network_is_source(now, i) &&
            now->program.frame[i] == then->program.frame[slot]) /* declared as it was */
            state->begin[i] = before->begin[slot];
        if (i < now->species && slot < then->species)
            state->owed[i] = before->owed[slot];
    }
    state->frame[now->time] = before->frame[then->time];
    state->random = before->random;
    bx_state_follow(state); /* what is new */
    for (size_t i = 0; i < variables(now); i++) {
        size_t slot = slot_before(state, before, i);
        state->held[i] = slot != BX_NAME_NONE && before->held[slot];
    }
    if (state->history && before->history &&
        bx_history_carry(state->history, before->history, state->frame, err) < 0)
        return -1;
    return bx_events_carry(now, state->events, then, before->events) < 0 ? bx_fail_memory(err) : 0;
}

/* ---- bytes ---- */

static void add_number(bx_sha256 *hash, uint64_t number)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(number >> (8 * i));
    bx_sha256_add(hash, bytes, sizeof bytes);
}

static void add_name(bx_sha256 *hash, const char *name)
{
    bx_sha256_add(hash, name, strlen(name) + 1);
}

static void add_reaction(bx_sha256 *hash, const bx_network *network, size_t r)
{
    const bx_reaction *reaction = &network->reaction[r];
    add_name(hash, bx_process_name(reaction->process));
    add_number(hash, reaction->index);
    for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++) {
        uint64_t bits;
        memcpy(&bits, &network->amounts[i], sizeof bits);
        add_number(hash, network->changes.items[i]);
        add_number(hash, bits);
    }
}

static void add_event(bx_sha256 *hash, const bx_network *network, size_t i)
{
    const bx_event *event = &network->event[i];
    add_name(hash, bx_process_name(event->process));
    add_number(hash, event->index);
    add_number(hash, event->timed);
    add_number(hash, event->from_trigger);
    for (uint32_t j = event->assignments.begin; j < event->assignments.end; j++)
        add_number(hash, network->assignments[j].target);
}

/* A digest of what a state depends on: names, what reactions change, what events set and
 * keep, whose past is kept. */
static void identify(const bx_network *network, uint8_t digest[BX_SHA256_SIZE])
{
    bx_sha256 hash;
    bx_sha256_begin(&hash);
    add_number(&hash, network->species);
    add_number(&hash, network->parameters);
    for (size_t i = 0; i < variables(network); i++)
        add_name(&hash, network->names[i]);
    for (size_t r = 0; r < network->reactions; r++)
        add_reaction(&hash, network, r);
    for (size_t i = 0; i < network->events; i++)
        add_event(&hash, network, i);
    for (size_t i = 0; i < network->kept_count; i++)
        add_number(&hash, network->kept[i]);
    bx_sha256_end(&hash, digest);
}

int bx_state_encode(const bx_state *state, bx_buffer *out, bx_error *err)
{
    const bx_network *network = state->network;
    size_t start = out->length;
    uint8_t digest[BX_SHA256_SIZE];
    identify(network, digest);
    bx_buffer_append(out, magic, sizeof magic);
    bx_buffer_append(out, digest, sizeof digest);
    bx_pack_u64(out, state->random);
    bx_pack_doubles(out, &state->frame[network->time], 1);
    bx_pack_doubles(out, state->frame, variables(network));
    bx_pack_doubles(out, state->owed, network->species);
    bx_events_encode(network, state->events, out);
    if (state->history)
        bx_history_encode(state->history, out);
    for (size_t i = 0; i < variables(network); i++) {
        if (!begins_otherwise(state, i) && !(state->held[i] && network->computed[i]))
            continue;
        bx_pack_u64(out, i);
        bx_pack_doubles(out, &state->begin[i], 1);
    }
    return bx_buffer_finish(out, start) < 0 ? bx_fail_memory(err) : 0;
}

static int decode_set(bx_state *state, bx_unpacker *in, bx_error *err)
{
    uint64_t slot;
    double begin;
    if (bx_unpack_u64(in, &slot, err) < 0 || bx_unpack_doubles(in, &begin, 1, err) < 0)
        return -1;
    const bx_network *network = state->network;
    if (slot >= variables(network) || (!network->free[slot] && !isfinite(begin)))
        return bx_fail(err, BX_EPROTOCOL, "state: its variable %llu begins as %g",
                       (unsigned long long)slot, begin);
    state->held[slot] = true;
    if (bx_network_is_source(network, (size_t)slot)) /* formulas may differ */
        state->begin[slot] = begin;
    return 0;
}

/* A species may be a little below 0 where an ODE ended there, but no value may be what no cell
 * takes. */
static int check_values(const bx_state *state, bx_error *err)
{
    const bx_network *network = state->network;
    double time = state->frame[network->time];
    if (!isfinite(time) || time < 0)
        return bx_fail(err, BX_EPROTOCOL, "state: its time is %g", time);
    for (size_t i = 0; i < variables(network); i++)
        if (!network->free[i] && !isfinite(state->frame[i]))
            return bx_fail(err, BX_EPROTOCOL, "state: \"%.64s\" is %g", network->names[i],
                           state->frame[i]);
    for (size_t i = 0; i < network->species; i++)
        if (!isfinite(state->owed[i]))
            return bx_fail(err, BX_EPROTOCOL, "state: \"%.64s\" owes %g", network->names[i],
                           state->owed[i]);
    return 0;
}

static int decode(bx_state *state, bx_unpacker *in, bx_error *err)
{
    const bx_network *network = state->network;
    double *time = &state->frame[network->time];
    if (bx_unpack_u64(in, &state->random, err) < 0 || bx_unpack_doubles(in, time, 1, err) < 0 ||
        bx_unpack_doubles(in, state->frame, variables(network), err) < 0 ||
        bx_unpack_doubles(in, state->owed, network->species, err) < 0 ||
        bx_events_decode(network, state->events, in, err) < 0 ||
        (state->history && bx_history_decode(state->history, in, err) < 0) ||
        check_values(state, err) < 0)
        return -1;
    while (in->left > 0)
        if (decode_set(state, in, err) < 0)
            return -1;
    return 0;
}

bx_state *bx_state_decode(const bx_network *network, const uint8_t *bytes, size_t length,
                          bx_error *err)
{
    uint8_t digest[BX_SHA256_SIZE];
    size_t head = sizeof magic + sizeof digest;
    if (length < head || memcmp(bytes, magic, sizeof magic) != 0) {
        bx_fail(err, BX_EPROTOCOL, "state: not one, or cut short");
        return NULL;
    }
    identify(network, digest);
    if (memcmp(bytes + sizeof magic, digest, sizeof digest) != 0) {
        bx_fail(err, BX_EMODEL, "the state is of a cell with other variables, reactions or events");
        return NULL;
    }
    bx_unpacker in = {bytes + head, length - head, "state"};
    bx_state *state = bx_state_new(network, err);
    if (state && decode(state, &in, err) == 0)
        return state;
    bx_state_free(state);
    return NULL;
}
