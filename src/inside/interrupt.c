#include "inside/interrupt.h"

#include "inside/output.h"
#include "wire/zygote.h"

#include <math.h>
#include <stdbool.h>
#include <sys/time.h>
#include <unistd.h>

enum { GRACE_MICROSECONDS = 50000, FLUSH_MICROSECONDS = 20000 };

static volatile sig_atomic_t cause;
static volatile sig_atomic_t expired;
static bool timed;

/* The first cause counts. */
static void interrupt(bx_cause why)
{
    if (cause == BX_CAUSE_NONE)
        cause = why;
    bx_hook_interrupt("the call was interrupted");
}

static void on_cancel(int number)
{
    (void)number;
    if (bx_hook_in_call())
        interrupt(BX_CAUSE_CANCEL);
}

static void on_processor_time(int number)
{
    (void)number;
    if (!bx_hook_in_call())
        return;
    if (expired)
        _exit(BX_EXIT_DEADLINE);
    expired = 1;
    interrupt(BX_CAUSE_DEADLINE);
}

static void on_flush(int number)
{
    (void)number;
    if (bx_hook_in_call())
        bx_hook_attend_soon();
}

int bx_interrupt_install(void)
{
    bx_hook_open(false, bx_output_flush);
    struct sigaction action = {.sa_flags = SA_RESTART};
    sigaddset(&action.sa_mask, SIGUSR1);
    sigaddset(&action.sa_mask, SIGPROF);
    sigaddset(&action.sa_mask, SIGALRM);
    action.sa_handler = on_processor_time;
    if (sigaction(SIGPROF, &action, NULL) < 0)
        return -1;
    action.sa_handler = on_flush;
    if (sigaction(SIGALRM, &action, NULL) < 0)
        return -1;
    action.sa_handler = on_cancel;
    if (sigaction(SIGUSR1, &action, NULL) < 0)
        return -1;
    return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -1 : 0;
}

static struct timeval to_timeval(double seconds)
{
    double whole = floor(seconds);
    struct timeval value = {(time_t)whole, (suseconds_t)((seconds - whole) * 1e6)};
    if (value.tv_sec == 0 && value.tv_usec == 0)
        value.tv_usec = 1; /* zero would mean never */
    return value;
}

void bx_interrupt_begin(lua_State *L, double timeout)
{
    cause = BX_CAUSE_NONE;
    bx_interrupted = expired = 0;
    bx_hook_begin(L);
    timed = timeout > 0 && timeout < 1e9;
    if (timed) {
        struct itimerval timer = {.it_value = to_timeval(timeout)};
        timer.it_interval.tv_usec = GRACE_MICROSECONDS;
        setitimer(ITIMER_PROF, &timer, NULL);
    }
}

void bx_interrupt_end(lua_State *L)
{
    struct itimerval off = {0};
    bx_hook_end(L, NULL);
    if (timed)
        setitimer(ITIMER_PROF, &off, NULL);
    bx_interrupted = 0;
}

bx_cause bx_interrupt_cause(void)
{
    return (bx_cause)cause;
}

int bx_interrupt_raise(lua_State *L, bx_cause why)
{
    interrupt(why);
    return bx_hook_raise(L);
}

void bx_interrupt_flush_soon(void)
{
    struct itimerval timer = {.it_value.tv_usec = FLUSH_MICROSECONDS};
    setitimer(ITIMER_REAL, &timer, NULL);
}
