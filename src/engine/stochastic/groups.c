#include "engine/stochastic/groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int bx_groups_init(bx_groups *g, size_t items)
{
    *g = (bx_groups){.items = items};
    g->values = malloc((items + 1) * sizeof *g->values);
    g->place = calloc(items + 1, sizeof *g->place);
    if (!g->values || !g->place) {
        bx_groups_free(g);
        return -1;
    }
    bx_groups_clear(g);
    return 0;
}

static void free_groups(bx_groups *g)
{
    while (g->count > 0)
        free(g->groups[--g->count].items);
}

void bx_groups_clear(bx_groups *g)
{
    free_groups(g);
    memset(g->index, -1, sizeof g->index);
    memset(g->values, 0, g->items * sizeof *g->values);
}

void bx_groups_free(bx_groups *g)
{
    free_groups(g);
    free(g->groups);
    free(g->sums);
    free(g->values);
    free(g->place);
    *g = (bx_groups){0};
}

/* The biased exponent: 0 for 0 and for what counts as 0. */
static inline unsigned exponent_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 52 & 2047;
}

/* 2^52 to 2^53 - 1. */
static inline uint64_t mantissa_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (bits & (((uint64_t)1 << 52) - 1)) | (uint64_t)1 << 52;
}

/* The group of an exponent, made when it is first needed; NULL without memory. */
static bx_group *group_of(bx_groups *g, unsigned exponent)
{
    if (g->index[exponent] >= 0)
        return &g->groups[g->index[exponent]];
    if (g->count == g->capacity) {
        size_t capacity = g->capacity ? g->capacity * 2 : 32;
        bx_group *groups = realloc(g->groups, capacity * sizeof *groups);
        if (groups)
            g->groups = groups;
        double *sums = realloc(g->sums, capacity * sizeof *sums);
        if (sums)
            g->sums = sums;
        if (!groups || !sums)
            return NULL;
        g->capacity = capacity;
    }
    g->sums[g->count] = 0;
    g->groups[g->count] = (bx_group){.scale = ldexp(1, (int)exponent - 1075)};
    g->index[exponent] = (int16_t)g->count;
    return &g->groups[g->count++];
}

static void update_sum(bx_groups *g, const bx_group *group)
{
    g->sums[group - g->groups] = (double)group->sum * group->scale;
}

static int resize(bx_group *group, uint32_t capacity)
{
    uint32_t *items = realloc(group->items, capacity * sizeof *items);
    if (!items)
        return -1;
    group->items = items;
    group->capacity = capacity;
    return 0;
}

static int insert(bx_groups *g, uint32_t item, double value)
{
    bx_group *group = group_of(g, exponent_of(value));
    if (!group || (group->count == group->capacity &&
                   resize(group, group->capacity ? group->capacity * 2 : 16) < 0))
        return -1;
    g->place[item] = group->count;
    group->items[group->count++] = item;
    group->sum += mantissa_of(value);
    update_sum(g, group);
    return 0;
}

/* The last of its group takes the item's place. */
static void take_out(bx_groups *g, uint32_t item, double value)
{
    bx_group *group = &g->groups[g->index[exponent_of(value)]];
    uint32_t place = g->place[item], last = group->items[--group->count];
    group->items[place] = last;
    g->place[last] = place;
    group->sum -= mantissa_of(value);
    update_sum(g, group);
    if (group->capacity > 64 && group->count < group->capacity / 4)
        resize(group, group->capacity / 2); /* as it is without memory */
}

int bx_groups_set(bx_groups *g, uint32_t item, double value)
{
    double before = g->values[item];
    unsigned from = exponent_of(before), to = exponent_of(value);
    if (from != to) {
        if (from > 0)
            take_out(g, item, before);
        g->values[item] = 0;
        if (to > 0 && insert(g, item, value) < 0)
            return -1;
    } else if (to > 0) {
        bx_group *group = &g->groups[g->index[to]];
        group->sum += mantissa_of(value);
        group->sum -= mantissa_of(before);
        update_sum(g, group);
    }
    g->values[item] = to > 0 ? value : 0;
    return 0;
}

uint32_t bx_groups_choose(const bx_groups *g, bx_random *random, double total)
{
    double target = bx_random_uniform(random) * total;
    size_t chosen = 0;
    for (size_t i = 0; i < g->count; i++) {
        if (g->groups[i].count == 0)
            continue;
        chosen = i; /* by rounding, the last that has any */
        if (target < g->sums[i])
            break;
        target -= g->sums[i];
    }
    const bx_group *group = &g->groups[chosen];
    for (;;) {
        uint32_t item = group->items[(uint32_t)(bx_random_uniform(random) * group->count)];
        if (bx_random_bits(random) >> 11 < mantissa_of(g->values[item]))
            return item;
    }
}
