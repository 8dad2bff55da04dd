/* Known times: where the rates of a network change at once because the time passes a number, as by
 * if(time > 5, k, 0) or floor(time / 24). What is compared or rounded is linear in the time between
 * two such times, and depends on no species that reactions change. */
#ifndef BX_ENGINE_SWITCHES_H
#define BX_ENGINE_SWITCHES_H

#include "model/network.h"

typedef struct bx_switches bx_switches;

/* Of a network, which must outlive it. */
bx_switches *bx_switches_new(const bx_network *network, bx_error *err);
void bx_switches_free(bx_switches *switches); /* NULL is fine */

/* Whether a reaction's rate depends on time in another way, too: not by known times alone. */
bool bx_switches_smooth(const bx_switches *switches, size_t reaction);

/* The next known time after the frame's, infinity if there is none. It lies behind the change by a
 * few units of rounding, so that formulas surely see it. */
double bx_switches_next(bx_switches *switches, const double *frame);

/* The last time before a known one at which formulas surely do not see it. */
double bx_switches_before(double known);

#endif
