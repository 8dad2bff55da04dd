#include "engine/stochastic/dependency.h"

#include "core/interrupt.h"

#include <stdlib.h>
#include <string.h>

/* The most entries of all lists: 256 MiB; fewer in a test. */
#ifndef ENTRIES_MAXIMUM
#define ENTRIES_MAXIMUM ((size_t)1 << 26)
#endif

typedef struct walk {
    const bx_network *network;
    const bx_hubs *hubs;
    bx_csr rule_users;     /* slot -> rules whose formula names it */
    bx_csr rate_users;     /* slot -> reactions whose formula names it */
    bx_csr reactant_users; /* species -> what it is a factor of: reactions by mass action, hubs */
    bx_csr logic_users;    /* slot -> parts of conditions */
    uint32_t *place;       /* rule -> its place in rule_order */
    bool *needed;          /* rule -> a propensity or a condition needs it */

    uint32_t stamp, *rule_stamp, *reaction_stamp; /* what this walk met already */
    uint32_t *queue;                              /* slots to follow */
    size_t queued;
    uint32_t *rules, *reactions; /* met */
    uint32_t *spokes;            /* those of the reactions met, when all are */
    size_t rule_count, reaction_count;
    bool condition;
} walk;

static void free_walk(walk *w)
{
    bx_csr_free(&w->rule_users);
    bx_csr_free(&w->rate_users);
    bx_csr_free(&w->reactant_users);
    bx_csr_free(&w->logic_users);
    free(w->place);
    free(w->needed);
    free(w->rule_stamp);
    free(w->reaction_stamp);
    free(w->queue);
    free(w->rules);
    free(w->reactions);
    free(w->spokes);
}

static void need(const walk *w, const bx_csr *uses, size_t first)
{
    for (uint32_t i = 0; i < uses->start[uses->rows]; i++)
        if (uses->items[i] >= first && uses->items[i] < first + w->network->rules)
            w->needed[uses->items[i] - first] = true;
}

/* Rules that propensities or conditions name, and those that these name in turn. */
static void find_needed(walk *w)
{
    const bx_network *network = w->network;
    size_t first = network->species + network->parameters;
    need(w, &network->rate_uses, first);
    need(w, &network->logic_uses, first);
    for (size_t i = network->rules; i-- > 0;) {
        uint32_t rule = network->rule_order[i];
        const uint32_t *used = bx_csr_row(&network->rule_uses, rule);
        for (uint32_t j = 0; w->needed[rule] && j < bx_csr_count(&network->rule_uses, rule); j++)
            if (used[j] >= first && used[j] < first + network->rules)
                w->needed[used[j] - first] = true;
    }
}

/* The reactants of a reaction, but not the hub that it is a spoke of. */
static int push_factors(const walk *w, size_t r, bx_csr *factors)
{
    const bx_csr *reactants = &w->network->reactants;
    uint32_t hub = bx_hubs_of(w->hubs, r);
    for (uint32_t i = reactants->start[r]; i < reactants->start[r + 1]; i++)
        if ((hub == BX_HUB_NONE || reactants->items[i] != w->hubs->hubs[hub].species) &&
            bx_csr_push(factors, reactants->items[i]) < 0)
            return -1;
    return 0;
}

/* The factors of each reaction by mass action, then of each hub: its species and its spokes'. */
static int list_factors(const walk *w, bx_csr *factors)
{
    for (size_t r = 0; r < w->network->reactions; r++)
        if ((w->network->reaction[r].mass_action && push_factors(w, r, factors) < 0) ||
            bx_csr_end_row(factors) < 0)
            return -1;
    for (size_t i = 0; i < w->hubs->count; i++) {
        const bx_hub *hub = &w->hubs->hubs[i];
        int result = bx_csr_push(factors, hub->species);
        for (uint32_t j = 0; result == 0 && j < hub->count; j++)
            result = push_factors(w, w->hubs->spoke[hub->first + j], factors);
        if (result < 0 || bx_csr_end_row(factors) < 0)
            return -1;
    }
    return 0;
}

static int find_reactant_users(walk *w)
{
    bx_csr factors;
    int result = bx_csr_init(&factors, w->network->reactions + w->hubs->count);
    if (result == 0)
        result = list_factors(w, &factors);
    if (result == 0)
        result = bx_csr_transpose(&factors, w->network->program.frame_size, &w->reactant_users);
    bx_csr_free(&factors);
    return result;
}

static int init_walk(walk *w, const bx_network *network, const bx_hubs *hubs)
{
    size_t slots = network->program.frame_size, items = network->reactions + hubs->count;
    *w = (walk){.network = network, .hubs = hubs};
    w->place = calloc(network->rules + 1, sizeof *w->place);
    w->needed = calloc(network->rules + 1, sizeof *w->needed);
    w->rule_stamp = calloc(network->rules + 1, sizeof *w->rule_stamp);
    w->rules = calloc(network->rules + 1, sizeof *w->rules);
    w->reaction_stamp = calloc(items + 1, sizeof *w->reaction_stamp);
    w->reactions = calloc(items + 1, sizeof *w->reactions);
    w->spokes = calloc(items + 1, sizeof *w->spokes);
    w->queue = calloc(network->species + network->rules + 1, sizeof *w->queue);
    if (!w->place || !w->needed || !w->rule_stamp || !w->rules || !w->reaction_stamp ||
        !w->reactions || !w->spokes || !w->queue ||
        bx_csr_transpose(&network->rule_uses, slots, &w->rule_users) < 0 ||
        bx_csr_transpose(&network->rate_uses, slots, &w->rate_users) < 0 ||
        find_reactant_users(w) < 0 ||
        bx_csr_transpose(&network->logic_uses, slots, &w->logic_users) < 0)
        return -1;
    for (uint32_t i = 0; i < network->rules; i++)
        w->place[network->rule_order[i]] = i;
    find_needed(w);
    return 0;
}

static void meet_reaction(walk *w, uint32_t reaction)
{
    if (w->reaction_stamp[reaction] == w->stamp)
        return;
    w->reaction_stamp[reaction] = w->stamp;
    w->reactions[w->reaction_count++] = reaction;
}

static void meet_rule(walk *w, uint32_t rule)
{
    if (!w->needed[rule] || w->rule_stamp[rule] == w->stamp)
        return;
    w->rule_stamp[rule] = w->stamp;
    w->rules[w->rule_count++] = w->place[rule];
    w->queue[w->queued++] = (uint32_t)(w->network->species + w->network->parameters) + rule;
}

static void follow(walk *w, uint32_t slot)
{
    for (uint32_t i = 0; i < bx_csr_count(&w->rule_users, slot); i++)
        meet_rule(w, bx_csr_row(&w->rule_users, slot)[i]);
    for (uint32_t i = 0; i < bx_csr_count(&w->rate_users, slot); i++)
        meet_reaction(w, bx_csr_row(&w->rate_users, slot)[i]);
    for (uint32_t i = 0; i < bx_csr_count(&w->reactant_users, slot); i++)
        meet_reaction(w, bx_csr_row(&w->reactant_users, slot)[i]);
    w->condition = w->condition || bx_csr_count(&w->logic_users, slot) > 0;
}

static void walk_from(walk *w, uint32_t reaction)
{
    const bx_csr *changes = &w->network->changes;
    w->stamp++;
    w->queued = w->rule_count = w->reaction_count = 0;
    w->condition = false;
    for (uint32_t i = 0; i < bx_csr_count(changes, reaction); i++)
        w->queue[w->queued++] = bx_csr_row(changes, reaction)[i];
    while (w->queued > 0)
        follow(w, w->queue[--w->queued]);
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static int push_sorted(bx_csr *csr, uint32_t *items, size_t count)
{
    size_t sorted = 1;
    while (sorted < count && items[sorted - 1] < items[sorted])
        sorted++;
    if (sorted < count)
        qsort(items, count, sizeof *items, ascending);
    for (size_t i = 0; i < count; i++)
        if (bx_csr_push(csr, items[i]) < 0)
            return -1;
    return bx_csr_end_row(csr);
}

static int push_met(bx_dependency *dependency, walk *w)
{
    if (push_sorted(&dependency->rules, w->rules, w->rule_count) < 0)
        return -1;
    size_t others = 0, spokes = 0;
    for (size_t i = 0; i < w->reaction_count; i++) {
        uint32_t item = w->reactions[i];
        if (item < w->network->reactions && bx_hubs_of(w->hubs, item) != BX_HUB_NONE)
            w->spokes[spokes++] = item;
        else
            w->reactions[others++] = item;
    }
    return push_sorted(&dependency->reactions, w->reactions, others) < 0
               ? -1
               : push_sorted(&dependency->spokes, w->spokes, spokes);
}

static int make_empty(bx_csr *csr, size_t rows)
{
    bx_csr_free(csr);
    int result = bx_csr_init(csr, rows);
    for (size_t r = 0; r < rows && result == 0; r++)
        result = bx_csr_end_row(csr);
    return result;
}

static int give_up(bx_dependency *dependency, size_t reactions)
{
    dependency->dense = true;
    return make_empty(&dependency->rules, reactions) < 0 ||
                   make_empty(&dependency->reactions, reactions) < 0
               ? -1
               : make_empty(&dependency->spokes, reactions);
}

static int fill(bx_dependency *dependency, walk *w)
{
    size_t entries = 0;
    for (size_t i = 0; i < w->network->reactions; i++) {
        walk_from(w, (uint32_t)i);
        dependency->conditions[i] = w->condition;
        entries += w->rule_count + w->reaction_count;
        if (entries > ENTRIES_MAXIMUM)
            return give_up(dependency, w->network->reactions);
        if (bx_interrupted || push_met(dependency, w) < 0)
            return -1;
    }
    return 0;
}

int bx_dependency_init(bx_dependency *dependency, const bx_network *network, const bx_hubs *hubs,
                       bx_error *err)
{
    walk w;
    *dependency = (bx_dependency){0};
    dependency->conditions = malloc(network->reactions + 1);
    int result = -1;
    if (dependency->conditions && init_walk(&w, network, hubs) == 0 &&
        bx_csr_init(&dependency->rules, network->reactions) == 0 &&
        bx_csr_init(&dependency->reactions, network->reactions) == 0 &&
        bx_csr_init(&dependency->spokes, network->reactions) == 0) {
        /* for the reactions behind the one where the lists are given up */
        memset(dependency->conditions, network->logic_count > 0, network->reactions + 1);
        result = fill(dependency, &w);
    }
    if (dependency->conditions)
        free_walk(&w);
    if (result < 0) {
        bx_dependency_free(dependency);
        return bx_check_interrupted(err) < 0 ? -1 : bx_fail_memory(err);
    }
    return 0;
}

void bx_dependency_free(bx_dependency *dependency)
{
    bx_csr_free(&dependency->rules);
    bx_csr_free(&dependency->reactions);
    bx_csr_free(&dependency->spokes);
    free(dependency->conditions);
    *dependency = (bx_dependency){0};
}
