/* Some rules of a network, with what they need of others, evaluated together. */
#ifndef BX_MODEL_RULES_H
#define BX_MODEL_RULES_H

#include "model/network.h"

/* Those whose slots are wanted, by slot of the frame, or with NULL all. The network must outlive
 * it. NULL without memory. */
bx_rules *bx_rules_new(const bx_network *network, const bool *wanted);
void bx_rules_free(bx_rules *rules); /* NULL is fine */

/* Recompute them in `frame`. */
void bx_rules_run(bx_rules *rules, double *frame);

#endif
