#include "vm/reactor.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { EVENTS = 64 };

int bx_reactor_open(bx_reactor *reactor, bx_error *err)
{
    *reactor = (bx_reactor){.epoll = epoll_create1(EPOLL_CLOEXEC), .alarm.descriptor = -1};
    if (reactor->epoll < 0)
        return bx_fail_errno(err, BX_ESYSTEM, errno, "cannot make an epoll descriptor");
    return 0;
}

void bx_reactor_close(bx_reactor *reactor)
{
    if (reactor->epoll >= 0)
        close(reactor->epoll);
    if (reactor->alarm.descriptor >= 0)
        close(reactor->alarm.descriptor);
    reactor->alarm.descriptor = -1;
    while (reactor->timers)
        bx_reactor_clear_timer(reactor, reactor->heap[1]);
    free(reactor->heap);
    *reactor = (bx_reactor){.epoll = -1, .alarm.descriptor = -1};
}

int bx_reactor_watch(bx_reactor *reactor, bx_source *source, int descriptor, uint32_t events,
                     bx_error *err)
{
    struct epoll_event event = {.events = events, .data.ptr = source};
    if (epoll_ctl(reactor->epoll, EPOLL_CTL_ADD, descriptor, &event) < 0)
        return bx_fail_errno(err, BX_ESYSTEM, errno, "cannot watch a descriptor");
    source->descriptor = descriptor;
    return 0;
}

void bx_reactor_change(bx_reactor *reactor, bx_source *source, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = source};
    epoll_ctl(reactor->epoll, EPOLL_CTL_MOD, source->descriptor, &event);
}

void bx_reactor_forget(bx_reactor *reactor, bx_source *source)
{
    if (source->descriptor < 0)
        return;
    epoll_ctl(reactor->epoll, EPOLL_CTL_DEL, source->descriptor, NULL);
    source->descriptor = -1;
    for (int i = 0; i < reactor->pending_count; i++)
        if (reactor->pending[i] == source)
            reactor->pending[i] = NULL;
}

static void place(bx_reactor *reactor, bx_timer *timer, size_t position)
{
    reactor->heap[position] = timer;
    timer->position = position;
}

static void sift_up(bx_reactor *reactor, bx_timer *timer, size_t at)
{
    for (; at > 1 && reactor->heap[at / 2]->at > timer->at; at /= 2)
        place(reactor, reactor->heap[at / 2], at);
    place(reactor, timer, at);
}

static void sift_down(bx_reactor *reactor, bx_timer *timer, size_t at)
{
    for (;;) {
        size_t child = 2 * at;
        if (child > reactor->timers)
            break;
        if (child < reactor->timers && reactor->heap[child + 1]->at < reactor->heap[child]->at)
            child++;
        if (reactor->heap[child]->at >= timer->at)
            break;
        place(reactor, reactor->heap[child], at);
        at = child;
    }
    place(reactor, timer, at);
}

/* Where somebody waits for the alarm: it goes off with the earliest timer. */
static void set_alarm(bx_reactor *reactor)
{
    int64_t at = reactor->timers ? reactor->heap[1]->at : BX_NEVER;
    if (reactor->alarm.descriptor < 0 || at == reactor->alarm_at)
        return;
    struct itimerspec when = {0}; /* never */
    if (at != BX_NEVER) {
        int64_t moment = at > 0 ? at : 1;
        when.it_value = (struct timespec){moment / 1000000000, moment % 1000000000};
    }
    timerfd_settime(reactor->alarm.descriptor, TFD_TIMER_ABSTIME, &when, NULL);
    reactor->alarm_at = at;
}

static void alarm_rang(bx_source *source, uint32_t events)
{
    uint64_t times;
    (void)events;
    ssize_t ignored = read(source->descriptor, &times, sizeof times);
    (void)ignored;
}

int bx_reactor_descriptor(bx_reactor *reactor, bx_error *err)
{
    if (reactor->alarm.descriptor >= 0)
        return reactor->epoll;
    int descriptor = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (descriptor < 0)
        return bx_fail_errno(err, BX_ESYSTEM, errno, "cannot make a timer");
    reactor->alarm.ready = alarm_rang;
    if (bx_reactor_watch(reactor, &reactor->alarm, descriptor, EPOLLIN, err) < 0) {
        close(descriptor);
        return -1;
    }
    reactor->alarm_at = BX_NEVER;
    set_alarm(reactor);
    return reactor->epoll;
}

void bx_reactor_clear_timer(bx_reactor *reactor, bx_timer *timer)
{
    size_t at = timer->position;
    if (at == 0)
        return;
    timer->position = 0;
    bx_timer *moved = reactor->heap[reactor->timers--];
    if (moved != timer) {
        sift_up(reactor, moved, at);
        sift_down(reactor, moved, moved->position);
    }
    set_alarm(reactor);
}

int bx_reactor_set_timer(bx_reactor *reactor, bx_timer *timer, int64_t at)
{
    bx_reactor_clear_timer(reactor, timer);
    if (at == BX_NEVER)
        return 0;
    if (reactor->timers + 2 > reactor->heap_capacity) {
        size_t capacity = reactor->heap_capacity ? 2 * reactor->heap_capacity : 64;
        bx_timer **heap = realloc(reactor->heap, capacity * sizeof *heap);
        if (!heap)
            return -1;
        reactor->heap = heap;
        reactor->heap_capacity = capacity;
    }
    timer->at = at;
    sift_up(reactor, timer, ++reactor->timers);
    set_alarm(reactor);
    return 0;
}

static int fire_timers(bx_reactor *reactor)
{
    int fired = 0;
    int64_t now = reactor->timers ? bx_clock_now() : 0;
    while (reactor->timers && reactor->heap[1]->at <= now) {
        bx_timer *timer = reactor->heap[1];
        bx_reactor_clear_timer(reactor, timer);
        timer->fired(timer);
        fired = 1;
    }
    return fired;
}

static void handle(bx_reactor *reactor, const struct epoll_event *events, int count)
{
    bx_source *sources[EVENTS];
    for (int i = 0; i < count; i++)
        sources[i] = events[i].data.ptr;
    reactor->pending = sources;
    reactor->pending_count = count;
    for (int i = 0; i < count; i++)
        if (sources[i])
            sources[i]->ready(sources[i], events[i].events);
    reactor->pending = NULL;
    reactor->pending_count = 0;
}

int bx_reactor_turn(bx_reactor *reactor, int64_t deadline)
{
    struct epoll_event events[EVENTS];
    int64_t until = deadline;
    if (reactor->timers && reactor->heap[1]->at < until)
        until = reactor->heap[1]->at;
    int count = epoll_wait(reactor->epoll, events, EVENTS, bx_clock_poll_timeout(until));
    if (count < 0)
        return errno == EINTR ? BX_REACTOR_SIGNAL : BX_REACTOR_BROKEN;
    handle(reactor, events, count);
    return fire_timers(reactor) || count > 0;
}

int bx_reactor_fail(bx_error *err)
{
    return bx_fail_errno(err, BX_ESYSTEM, errno, "the host's loop cannot wait");
}
