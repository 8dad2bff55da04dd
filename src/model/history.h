/* The past of a network's variables, from which delayed values are computed: delay(x, s) is the
 * formula x with the variables, the rules and the time of s seconds ago.
 *
 * What is kept are pieces of time, one behind the other, in each of which every variable is a
 * polynomial: for an ODE that of the solver's own step, so that delayed values are as exact as the
 * solution. Where something jumps the pieces on both sides are kept; at that very time the later
 * one counts. Before the history begins, variables are as at its beginning; at time 0, those that
 * get their initial value from a formula have what it gives at that earlier time.
 *
 * A delayed value within the solver's present step is interpolated between the present, which is
 * what the solver tries, and the ends of steps before.
 *
 * A jump comes again after each delay, one derivative higher (Bellen and Zennaro, "Numerical
 * Methods for Delay Differential Equations", 2003, section 2.2): these are known times. */
#ifndef BX_MODEL_HISTORY_H
#define BX_MODEL_HISTORY_H

#include "model/network.h"
#include "wire/packing.h"

typedef struct bx_history bx_history;

/* The highest order of a polynomial. */
#define BX_HISTORY_ORDER 12

/* Of a network with delayed values, which must outlive it, as must `held`: variables that do not
 * begin as their formulas say; or NULL. It has not begun: the past is as the present. */
bx_history *bx_history_new(const bx_network *network, const bool *held, bx_error *err);
void bx_history_free(bx_history *history); /* NULL is fine */

/* Have code that runs on `frame` find its delayed values here. NULL is fine. */
void bx_history_attach(bx_history *history, double *frame);

/* What was attached; NULL if the network has no delayed values. */
bx_history *bx_history_of(const bx_network *network, const double *frame);

/* It has not begun. */
void bx_history_clear(bx_history *history);

/* A run begins with `frame`; what is kept of later times is dropped. With `stepwise` all variables
 * keep their values until bx_history_mark. BX_EMEMORY or BX_ESIMULATION, here and below. */
int bx_history_begin(bx_history *history, const double *frame, bool stepwise, bx_error *err);

/* A step of a solver came to `time`: if not stepwise, variable number i of network->kept is the sum
 * of numbers[j * kept_count + i] * (t - time)^j with j up to `order`. */
int bx_history_step(bx_history *history, double time, unsigned order, const double *numbers,
                    bx_error *err);

/* From the frame's time on variables are what they were not before, or, if `rates` says so, change
 * as they did not. */
int bx_history_mark(bx_history *history, const double *frame, bool rates, bx_error *err);

/* Until when a solver may step at most, that it does not pass over what was narrow in the past. */
double bx_history_limit(const bx_history *history, double now);

/* The next time after `now` at which a jump comes again after a delay that is known ahead, infinity
 * if there is none. It lies behind the jump by a few units of rounding. */
double bx_history_next(bx_history *history, double now);

/* After a delay that varies with the state or with time a jump comes again at a time that is not
 * known ahead. bx_history_moving: how many such delays there are. bx_history_aim notes between
 * which jumps each looks back now; from then on bx_history_distances gives a function for each that
 * changes its sign where it comes to one of the two. Who finds such a place calls bx_history_meet,
 * then bx_history_mark. Delayed values must have been computed before each of these. */
size_t bx_history_moving(const bx_network *network);
void bx_history_aim(bx_history *history);
void bx_history_distances(const bx_history *history, double *out);
void bx_history_meet(bx_history *history, size_t which, double time);

/* The last time before a known one at which delayed values surely do not see the jump. */
double bx_history_before(double known);

/* Fails if a delay was below 0, or longer than what is kept, when a delayed value was asked for
 * since bx_history_watch. */
void bx_history_watch(bx_history *history);
int bx_history_check(const bx_history *history, bx_error *err);

/* ---- history_state.c: as in bx_state ---- */

int bx_history_copy(bx_history *history, const bx_history *from, bx_error *err);

/* Take over from another network's what it kept of what is wanted here; all else was always as it
 * is in `frame`. */
int bx_history_carry(bx_history *history, const bx_history *before, const double *frame,
                     bx_error *err);

void bx_history_encode(const bx_history *history, bx_buffer *out);
int bx_history_decode(bx_history *history, bx_unpacker *in, bx_error *err);

#endif
