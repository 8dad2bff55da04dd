#include "vm/host.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

int bx_host_set_worker(bx_host *host, const char *worker, bx_error *err)
{
    if (strlen(worker) >= sizeof host->worker)
        return bx_fail(err, BX_ESTART, "the path of the worker program is too long");
    snprintf(host->worker, sizeof host->worker, "%s", worker);
    return 0;
}

int bx_host_set_courier(bx_host *host, const char *courier, const char *steps, bx_error *err)
{
    if (strlen(courier) >= sizeof host->courier || strlen(steps) >= sizeof host->steps)
        return bx_fail(err, BX_ESTART,
                       "the path of the courier program, or of its steps, is too long");
    snprintf(host->courier, sizeof host->courier, "%s", courier);
    snprintf(host->steps, sizeof host->steps, "%s", steps);
    return 0;
}

int bx_host_set_library(bx_host *host, const char *library, bx_error *err)
{
    if (strlen(library) >= sizeof host->library)
        return bx_fail(err, BX_ESTART, "the path of the organisms' library is too long");
    snprintf(host->library, sizeof host->library, "%s", library);
    return 0;
}

/* No user of a system has a number from here on, and containers do not take them
 * (https://systemd.io/UIDS-GIDS). */
enum { FIRST_USER = 2000000000, USERS = 1 << 16 };

/* A VM takes two descriptors: as many as the hard limit allows. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int bx_host_open(bx_host *host, const char *worker, bx_error *err)
{
    memset(host, 0, sizeof *host);
    host->reactor.epoll = -1;
    host->limits = (bx_limits){.first_user = FIRST_USER, .user_count = USERS};
    if (bx_host_set_worker(host, worker, err) < 0)
        return -1;
    host->owner = getpid();
    raise_descriptor_limit();
    return bx_reactor_open(&host->reactor, err);
}

void bx_host_close(bx_host *host)
{
    host->owner = 0;
    bx_reactor_close(&host->reactor);
}

bool bx_host_is_owner(const bx_host *host)
{
    return getpid() == host->owner;
}
