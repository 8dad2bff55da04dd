/* Time by the monotonic clock alone: a jump of the wall clock moves no deadline. */
#ifndef BX_CORE_CLOCK_H
#define BX_CORE_CLOCK_H

#include <stdint.h>

/* No deadline. */
#define BX_NEVER INT64_MAX

/* Nanoseconds of CLOCK_MONOTONIC. */
int64_t bx_clock_now(void);

/* The moment `seconds` from now; BX_NEVER for infinity and whatever does not fit; now for NaN
 * and the past. */
int64_t bx_clock_after(double seconds);

/* The same from another moment than now. */
int64_t bx_clock_add(int64_t moment, double seconds);

/* Milliseconds until `deadline`, rounded up, for poll: -1 for BX_NEVER, 0 once passed (the deadline
 * 0 always has). */
int bx_clock_poll_timeout(int64_t deadline);

#endif
