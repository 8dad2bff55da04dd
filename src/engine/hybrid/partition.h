/* Which reactions of a hybrid run are stochastic, and which species are continuous then: those that
 * some other reaction changes. */
#ifndef BX_ENGINE_HYBRID_PARTITION_H
#define BX_ENGINE_HYBRID_PARTITION_H

#include "engine/simulation.h"

typedef struct bx_partition {
    const bx_network *network;
    double threshold; /* of an automatic one; else 0 */
    bool *few;        /* of an automatic one: species -> stochastic */
    bool *stochastic; /* by reaction */
    bool *continuous; /* by species */
    size_t stochastic_count;
} bx_partition;

/* All reactions are continuous. */
int bx_partition_init(bx_partition *partition, const bx_network *network, bx_error *err);
void bx_partition_free(bx_partition *partition);

/* What a run begins with: all reactions are stochastic for the methods "ssa" and "tau", else those
 * that it names or that the counts say. BX_ESIMULATION names what is not in the network. */
int bx_partition_begin(bx_partition *partition, const bx_run *run, const double *frame,
                       bx_error *err);

/* Follow the counts: a species turns stochastic below half of the threshold, and back at the
 * threshold. Returns whether any reaction moved. */
bool bx_partition_follow(bx_partition *partition, const double *frame);

#endif
