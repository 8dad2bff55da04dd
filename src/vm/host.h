/* What all VMs of one host process share: the loop, the zygotes, and where the worker program is.
 * One for each Lua state that loads the core. */
#ifndef BX_VM_HOST_H
#define BX_VM_HOST_H

#include "core/patience.h"
#include "vm/reactor.h"
#include "vm/ready.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct bx_zygote;
struct bx_courier;
struct bx_listener;

/* What holds for all VMs on this machine together. */
typedef struct bx_limits {
    uint64_t memory;     /* bytes that their limits may come to; 0: any */
    uint64_t vms;        /* so many at once; 0: any */
    uint32_t first_user; /* where the host is root: their workers are users from here on, */
    uint32_t user_count; /* so many; 0: all are nobody */
} bx_limits;

typedef struct bx_host {
    bx_reactor reactor;
    struct bx_zygote *zygotes;
    struct bx_courier *couriers;
    pid_t owner;           /* a fork of the host must not touch the parent's VMs; 0: closed */
    uint64_t last_vm;      /* number of the newest VM */
    uint64_t last_courier; /* and of the newest courier */
    bx_limits limits;
    uint64_t memory;      /* that VMs on this machine may take now, by their limits, */
    uint64_t vms;         /* and how many they are */
    bool yields;          /* somebody serves: what waits for a job in a coroutine yields it */
    bx_ready_queue heard; /* jobs that somebody wants to know of between the loop's turns */
    struct bx_listener *(*listen)(void); /* or NULL: a listener, or none, for each new call */
    size_t untold;                       /* changes of states that hypervisors have still to tell */
    int64_t warned;                      /* when Lua was last warned of a deadline; 0: never */
    bool handled; /* something was, since Lua last stepped through the loop */
    bx_patience patience;
    char worker[4096];  /* path of bioxen-worker */
    char courier[4096]; /* and of bioxen-courier */
    char steps[4096];   /* the folder of the Lua files that a courier follows */
    char library[4096]; /* and of those that organisms share; or empty */
    char group[4096];   /* the folder of the control group of all workers; or empty */
} bx_host;

int bx_host_open(bx_host *host, const char *worker, bx_error *err);
/* The program of the workers that are started from now on. */
int bx_host_set_worker(bx_host *host, const char *worker, bx_error *err);
/* What couriers are started from now on, and the steps that they follow. */
int bx_host_set_courier(bx_host *host, const char *courier, const char *steps, bx_error *err);
/* Of the VMs that are started from now on. */
int bx_host_set_library(bx_host *host, const char *library, bx_error *err);

/* See bx_vm_close_host. */
void bx_host_close(bx_host *host);

/* False in a process that was forked from the host's, and once the host is closed. */
bool bx_host_is_owner(const bx_host *host);

#endif
