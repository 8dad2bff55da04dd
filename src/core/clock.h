/* Time by the monotonic clock: a jump of the wall clock moves no deadline. And the time of a
 * processor that others have had. */
#ifndef BX_CORE_CLOCK_H
#define BX_CORE_CLOCK_H

#include <stdint.h>
#include <sys/types.h>

/* No deadline. */
#define BX_NEVER INT64_MAX

/* Nanoseconds of CLOCK_MONOTONIC. */
int64_t bx_clock_now(void);

/* The moment `seconds` from now; BX_NEVER for infinity and whatever does not fit; now for NaN
 * and the past. */
int64_t bx_clock_after(double seconds);

/* The same from another moment than now. */
int64_t bx_clock_add(int64_t moment, double seconds);

/* Nanoseconds of processor time that a process has had; -1 if there is none such, or the kernel
 * does not say. */
int64_t bx_clock_of_process(pid_t process);

/* Milliseconds until `deadline`, rounded up, for poll: -1 for BX_NEVER, 0 once passed (the deadline
 * 0 always has). */
int bx_clock_poll_timeout(int64_t deadline);

#endif
