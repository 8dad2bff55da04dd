/* Time by the monotonic clock: a jump of the wall clock moves no deadline. And the time of a
 * processor that others have had. */
#ifndef BX_CORE_CLOCK_H
#define BX_CORE_CLOCK_H

#include <stdbool.h>
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

/* For code that has to end: the time to notice it. On a busy machine that is not over before its
 * process has had processor time of its own, for it can notice nothing without; but that has an
 * end, too. */
typedef struct bx_grace {
    int64_t due;      /* over at this moment, */
    int64_t patience; /* or so much later at the latest: */
    int64_t enough;   /* once the process has had so much, */
    int64_t had;      /* from what it had had at the beginning; -1: not known */
} bx_grace;

/* Whether it is, `had` being what the process has had by now, -1 if that is not known. */
bool bx_grace_is_over(const bx_grace *grace, int64_t now, int64_t had);

/* Milliseconds until `deadline`, rounded up, for poll: -1 for BX_NEVER, 0 once passed (the deadline
 * 0 always has). */
int bx_clock_poll_timeout(int64_t deadline);

#endif
