/* What a firing of each reaction makes stale. */
#ifndef BX_ENGINE_STOCHASTIC_DEPENDENCY_H
#define BX_ENGINE_STOCHASTIC_DEPENDENCY_H

#include "engine/stochastic/hubs.h"

typedef struct bx_dependency {
    bx_csr rules; /* reaction -> places in rule_order, ascending, of rules that something needs */
    bx_csr reactions; /* reaction -> reactions, without spokes, whose propensity changes, ascending;
                         then hubs: their numbers follow those of the reactions */
    bx_csr spokes;    /* reaction -> spokes whose part changes, ascending */
    bool *conditions; /* reaction -> the truth of a condition may change */
    /* The lists above would be too long and are empty: a firing makes everything stale. */
    bool dense;
} bx_dependency;

int bx_dependency_init(bx_dependency *dependency, const bx_network *network, const bx_hubs *hubs,
                       bx_error *err);
void bx_dependency_free(bx_dependency *dependency);

#endif
