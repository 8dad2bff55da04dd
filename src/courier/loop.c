#include "courier/loop.h"

#include <errno.h>
#include <string.h>

/* A pump for each VM that shares the guest, and one descriptor at the least: there are hardly more
 * of those. */
enum { OWN = 8, PUMPS = 1024 };

void bx_loop_add(bx_loop *loop, bx_pump *pump)
{
    pump->next = loop->pumps;
    loop->pumps = pump;
}

void bx_loop_remove(bx_loop *loop, bx_pump *pump)
{
    bx_pump **at = &loop->pumps;
    while (*at && *at != pump)
        at = &(*at)->next;
    if (*at)
        *at = pump->next;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int check_request(const bx_loop *loop, bx_error *err)
{
    if (loop->cancelled)
        return bx_fail(err, BX_ECANCELLED, "cancelled");
    if (bx_clock_now() >= loop->deadline)
        return bx_fail(err, BX_EDEADLINE, "the deadline passed");
    return 0;
}

/* Poll once and move every pump. Returns how many of `own` are ready; -1: polling itself fails. */
static int turn(bx_loop *loop, struct pollfd *own, int count, int64_t until)
{
    struct pollfd watched[OWN + 2 * PUMPS];
    int total = count, pumps = 0;
    if (count)
        memcpy(watched, own, (size_t)count * sizeof *own);
    for (bx_pump *pump = loop->pumps; pump && pumps < PUMPS; pump = pump->next, pumps++) {
        total += pump->watch(pump, watched + total);
        if (pump->due)
            until = earlier(until, pump->due(pump));
    }
    int ready = poll(watched, (nfds_t)total, bx_clock_poll_timeout(until));
    bool failed = ready < 0 && errno != EINTR;
    int own_ready = 0;
    for (int i = 0; i < count; i++) {
        own[i].revents = ready > 0 ? watched[i].revents : 0;
        own_ready += own[i].revents != 0;
    }
    for (bx_pump *pump = loop->pumps, *next; pump; pump = next) {
        next = pump->next;
        pump->move(pump);
    }
    return failed ? -1 : own_ready;
}

int bx_loop_turn(bx_loop *loop, int64_t until)
{
    return turn(loop, NULL, 0, until);
}

int bx_loop_wait(bx_loop *loop, struct pollfd *own, int count, int64_t until, bx_error *err)
{
    for (;;) {
        if (check_request(loop, err) < 0)
            return -1;
        int ready = turn(loop, own, count, earlier(until, loop->deadline));
        if (ready < 0)
            return bx_fail(err, BX_ESYSTEM, "the courier can wait for nothing any more");
        if (ready > 0)
            return 1;
        if (bx_clock_now() >= until)
            return check_request(loop, err);
    }
}
