/* What the courier waits with. */
#include "courier/loop.h"

#include "test.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

static void a_wait_ends_in_time_or_when_something_is_ready(void)
{
    int ends[2];
    bx_error err = {0};
    bx_loop loop = {.deadline = BX_NEVER};
    CHECK(pipe(ends) == 0);
    struct pollfd own = {ends[0], POLLIN, 0};
    CHECK(bx_loop_wait(&loop, &own, 1, bx_clock_now(), &err) == 0);
    CHECK(write(ends[1], "x", 1) == 1);
    CHECK(bx_loop_wait(&loop, &own, 1, BX_NEVER, &err) == 1 && own.revents == POLLIN);
    loop.cancelled = true;
    CHECK(bx_loop_wait(&loop, NULL, 0, BX_NEVER, &err) < 0 && err.code == BX_ECANCELLED);
    loop = (bx_loop){.deadline = bx_clock_now()};
    CHECK(bx_loop_wait(&loop, NULL, 0, BX_NEVER, &err) < 0 && err.code == BX_EDEADLINE);
    close(ends[0]);
    close(ends[1]);
}

/* As poll does where there are more descriptors to watch than a process may have. */
static void a_poll_that_fails_is_an_error_and_no_spin(void)
{
    struct rlimit before, none;
    bx_error err = {0};
    bx_loop loop = {.deadline = bx_clock_after(60)};
    struct pollfd own[2] = {{-1, POLLIN, 0}, {-1, POLLIN, 0}};
    CHECK(getrlimit(RLIMIT_NOFILE, &before) == 0);
    none = (struct rlimit){1, before.rlim_max};
    CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
    int status = bx_loop_wait(&loop, own, 2, BX_NEVER, &err);
    setrlimit(RLIMIT_NOFILE, &before);
    CHECK(status < 0 && err.code == BX_ESYSTEM);
}

int main(void)
{
    RUN(a_wait_ends_in_time_or_when_something_is_ready);
    RUN(a_poll_that_fails_is_an_error_and_no_spin);
    return test_end();
}
