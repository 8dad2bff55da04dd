#include "core/clock.h"

#include <limits.h>
#include <time.h>

int64_t bx_clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t bx_clock_of_process(pid_t process)
{
    clockid_t clock;
    struct timespec had;
    if (process <= 0 || clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &had) < 0)
        return -1;
    return (int64_t)had.tv_sec * 1000000000 + had.tv_nsec;
}

bool bx_grace_is_over(const bx_grace *grace, int64_t now, int64_t had)
{
    if (now < grace->due)
        return false;
    return now - grace->due > grace->patience || had < 0 || grace->had < 0 ||
           had - grace->had >= grace->enough;
}

int64_t bx_clock_add(int64_t moment, double seconds)
{
    if (!(seconds > 0))
        return moment;
    return seconds >= 4e9 ? BX_NEVER : moment + (int64_t)(seconds * 1e9);
}

int64_t bx_clock_after(double seconds)
{
    return bx_clock_add(bx_clock_now(), seconds);
}

int bx_clock_poll_timeout(int64_t deadline)
{
    if (deadline == BX_NEVER)
        return -1;
    if (deadline == 0)
        return 0;
    int64_t left = deadline - bx_clock_now();
    if (left <= 0)
        return 0;
    int64_t milliseconds = (left + 999999) / 1000000;
    return milliseconds > INT_MAX ? INT_MAX : (int)milliseconds;
}
