/* Where formulas change at once: at the conditions in rules, rates and triggers, where they round,
 * and at the kinks of abs, min and max. Those that depend on the time alone are known ahead, to the
 * last digit; those that depend on the state are roots that a solver looks for. */
#ifndef BX_ENGINE_ROOTS_H
#define BX_ENGINE_ROOTS_H

#include "model/network.h"

typedef struct bx_roots bx_roots;

/* `jumps` is NULL, or a network with the same frame whose rates count too. */
bx_roots *bx_roots_new(const bx_network *network, const bx_network *jumps, bx_error *err);
void bx_roots_free(bx_roots *roots); /* NULL is fine */

/* Whether a leaf of a condition depends on the time alone. */
bool bx_roots_knows(const bx_roots *roots, const bx_logic *leaf);

/* The first time after `now`, and not after `end`, at which something that depends on time alone
 * changes at once; infinity if there is none. A bit earlier where that is hard to tell. */
double bx_roots_next(bx_roots *roots, const double *frame, double now, double end);

/* Set reads[slot] of what bx_roots_evaluate reads. */
void bx_roots_reads(const bx_roots *roots, bool *reads);

/* How many functions change their sign where something that depends on the state changes at once,
 * and their values; rules in `frame` are up to date. */
size_t bx_roots_count(const bx_roots *roots);
void bx_roots_evaluate(const bx_roots *roots, double *frame, double *out);

#endif
