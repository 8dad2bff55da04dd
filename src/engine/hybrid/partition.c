#include "engine/hybrid/partition.h"

#include <stdlib.h>
#include <string.h>

#define THRESHOLD_DEFAULT 100

static void find_continuous(bx_partition *p)
{
    const bx_network *network = p->network;
    memset(p->continuous, 0, network->species * sizeof *p->continuous);
    p->stochastic_count = 0;
    for (size_t r = 0; r < network->reactions; r++) {
        p->stochastic_count += p->stochastic[r];
        if (p->stochastic[r])
            continue;
        for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++)
            p->continuous[network->changes.items[i]] = true;
    }
}

/* ---- by name ---- */

static void choose_species(bx_partition *p, size_t species)
{
    const bx_network *network = p->network;
    for (size_t r = 0; r < network->reactions; r++)
        for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++)
            p->stochastic[r] = p->stochastic[r] || network->changes.items[i] == species;
}

static bool choose_process(bx_partition *p, const char *name)
{
    bool found = false;
    for (size_t r = 0; r < p->network->reactions; r++)
        if (strcmp(p->network->reaction[r].process->name, name) == 0)
            p->stochastic[r] = found = true;
    return found;
}

static int choose(bx_partition *p, const char *name, bx_error *err)
{
    const bx_network *network = p->network;
    size_t species = bx_names_find(&network->index, name);
    size_t reaction = bx_names_find(&network->reaction_index, name);
    if (species != BX_NAME_NONE && species < network->species)
        choose_species(p, species);
    else if (reaction != BX_NAME_NONE)
        p->stochastic[reaction] = true;
    else if (!choose_process(p, name))
        return bx_fail(err, BX_ESIMULATION,
                       "stochastic: expected a species, or the name of a reaction or of a process "
                       "with reactions, got \"%.64s\"",
                       name);
    return 0;
}

/* ---- by copy number ---- */

bool bx_partition_follow(bx_partition *p, const double *frame)
{
    const bx_network *network = p->network;
    if (p->threshold == 0)
        return false;
    for (size_t i = 0; i < network->species; i++)
        if (network->changing[i])
            p->few[i] = frame[i] < (p->few[i] ? p->threshold : p->threshold / 2);
    bool moved = false;
    for (size_t r = 0; r < network->reactions; r++) {
        bool few = false;
        for (uint32_t i = network->changes.start[r]; i < network->changes.start[r + 1]; i++)
            few = few || p->few[network->changes.items[i]];
        for (uint32_t i = network->reactants.start[r]; i < network->reactants.start[r + 1]; i++)
            few = few || p->few[network->reactants.items[i]];
        few = few && !network->reaction[r].continuous;
        moved = moved || few != p->stochastic[r];
        p->stochastic[r] = few;
    }
    if (moved)
        find_continuous(p);
    return moved;
}

/* ---- both ---- */

int bx_partition_begin(bx_partition *p, const bx_run *run, const double *frame, bx_error *err)
{
    bool all = run->method != BX_METHOD_HYBRID;
    p->threshold = 0;
    memset(p->stochastic, all, p->network->reactions * sizeof *p->stochastic);
    if (!all && !run->stochastic) {
        p->threshold = run->threshold > 0 ? run->threshold : THRESHOLD_DEFAULT;
        for (size_t i = 0; i < p->network->species; i++)
            p->few[i] = p->network->changing[i]; /* until it reaches the threshold */
        bx_partition_follow(p, frame);
    }
    for (size_t i = 0; run->stochastic && i < run->stochastic_count; i++)
        if (choose(p, run->stochastic[i], err) < 0)
            return -1;
    find_continuous(p);
    return 0;
}

int bx_partition_init(bx_partition *p, const bx_network *network, bx_error *err)
{
    *p = (bx_partition){.network = network,
                        .few = calloc(network->species + 1, sizeof *p->few),
                        .stochastic = calloc(network->reactions + 1, sizeof *p->stochastic),
                        .continuous = calloc(network->species + 1, sizeof *p->continuous)};
    if (p->few && p->stochastic && p->continuous)
        return 0;
    bx_partition_free(p);
    return bx_fail_memory(err);
}

void bx_partition_free(bx_partition *p)
{
    free(p->few);
    free(p->stochastic);
    free(p->continuous);
    *p = (bx_partition){0};
}
