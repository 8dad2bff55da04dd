/* Where formulas change at once: at the conditions in rules, rates and triggers, where they round,
 * and at the kinks of abs, min and max in time. Those that depend on the time alone are known
 * ahead, to the last digit. Those that depend on the state are roots that a solver looks for, and
 * what it passes over within a step is found by arithmetic of intervals (Moore, Interval Analysis,
 * 1966). */
#ifndef BX_ENGINE_ROOTS_H
#define BX_ENGINE_ROOTS_H

#include "engine/watch.h"
#include "model/network.h"

/* Two times are one, beside a solver's state, if they differ by less than this part of themselves.
 */
#define BX_ROOTS_RESOLUTION 2e-14

typedef struct bx_roots bx_roots;

/* `jumps` is NULL, or a network with the same frame whose rates count too. */
bx_roots *bx_roots_new(const bx_network *network, const bx_network *jumps, bx_error *err);
void bx_roots_free(bx_roots *roots); /* NULL is fine */

/* Whether a leaf of a condition depends on the time alone. */
bool bx_roots_knows(const bx_roots *roots, const bx_logic *leaf);

/* Whether the value in a slot changes with time but at known times, too. */
bool bx_roots_drifts(const bx_roots *roots, uint32_t slot);

/* The first time after `now`, and not after `end`, at which something that depends on time alone
 * changes at once; infinity if there is none. A bit earlier where that is hard to tell. Rules in
 * `frame` are up to date, here and below. */
double bx_roots_next(bx_roots *roots, const double *frame, double now, double end);

/* Set reads[slot] of what bx_roots_evaluate reads, and clear it of what it computes. */
void bx_roots_reads(const bx_roots *roots, bool *reads);

/* How many functions change their sign where something in a formula that depends on the state
 * changes at once, and their values. */
size_t bx_roots_count(const bx_roots *roots);
void bx_roots_evaluate(const bx_roots *roots, double *frame, double *out);

/* Before a run. Times closer than `near` are hard to tell apart in it. */
void bx_roots_begin(bx_roots *roots, double near);

/* Take what does not move between steps from the frame: before the first, and when it changed. */
void bx_roots_prepare(bx_roots *roots, const double *frame);

/* The species whose course bx_roots_between asks for, in this order. */
const uint32_t *bx_roots_moving(const bx_roots *roots, size_t *count);

/* The first time after `low` at which something that depends on the state changes at once: in a
 * formula, or else in a condition of an event alone. Infinity if there is none up to `high`, or
 * none was found in the time that this may take. */
double bx_roots_between(bx_roots *roots, const bx_course *course, double low, double high,
                        bool *formula);

#endif
