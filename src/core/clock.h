/* Time by the monotonic clock: a jump of the wall clock moves no deadline. And
 * the processor time of other processes. */
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

/* How long code that has to end is given to notice: until `due`, and on a busy machine on from
 * there until its process has had `enough` processor time, for without any it notices nothing; but
 * never longer than `patience`. All are nanoseconds. */
typedef struct bx_grace {
    int64_t due;      /* a moment */
    int64_t patience; /* beyond it, at most */
    int64_t enough;   /* of processor time since the grace began */
    int64_t had;      /* processor time that the process had had then; -1: not known */
} bx_grace;

/* Whether it is over. `had`: what the process has had by now; -1: not known. */
bool bx_grace_is_over(const bx_grace *grace, int64_t now, int64_t had);

/* Milliseconds until `deadline`, rounded up, for poll: -1 for BX_NEVER, 0 once it has passed, as
 * the deadline 0 always has. */
int bx_clock_poll_timeout(int64_t deadline);

#endif
