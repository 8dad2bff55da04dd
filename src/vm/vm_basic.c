/* A basic VM: a jailed worker on this machine, forked by a zygote. */
#include "vm/exit_status.h"
#include "vm/vm.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MILLISECOND INT64_C(1000000)

/* Nanoseconds. */
#ifdef BIOXEN_SANITIZE /* slower, and at times it frees at once what it has kept */
#define DEADLINE_GRACE (75 * MILLISECOND)
#else
#define DEADLINE_GRACE (25 * MILLISECOND)
#endif

static bx_vm *vm_of(bx_child *child)
{
    return (bx_vm *)((char *)child - offsetof(bx_vm, child));
}

static void worker_spawned(bx_child *child)
{
    bx_vm_spawned(vm_of(child));
}

static void worker_refused(bx_child *child, const bx_error *error)
{
    bx_vm_hear(vm_of(child));
    bx_vm_ended(vm_of(child), error);
}

static void worker_ended(bx_child *child, int status)
{
    bx_error error;
    bx_describe_exit("the worker", status, &error);
    bx_vm_hear(vm_of(child));
    bx_vm_ended(vm_of(child), &error);
}

/* What the VM may take, from what is left for all. */
static int take_room(bx_vm *vm, bx_error *err)
{
    bx_host *host = vm->host;
    uint64_t most = host->limits.memory;
    if (host->limits.vms && host->vms >= host->limits.vms)
        return bx_fail(err, BX_ECAPACITY,
                       "VM \"%s\" would be one too many: %llu run on this machine, and %llu may: "
                       "stop one, or raise bioxen.limits",
                       vm->id, (unsigned long long)host->vms, (unsigned long long)host->limits.vms);
    if (most && (host->memory > most || vm->memory_limit > most - host->memory))
        return bx_fail(
            err, BX_ECAPACITY,
            "VM \"%s\" may take %llu MiB of memory, and all VMs together %llu MiB, of which "
            "others may take %llu: stop one, or raise bioxen.limits",
            vm->id, (unsigned long long)vm->memory_limit >> 20, (unsigned long long)most >> 20,
            (unsigned long long)host->memory >> 20);
    vm->memory_taken = vm->memory_limit;
    host->memory += vm->memory_taken;
    host->vms++;
    return 0;
}

/* Neighbours are of different users, also those of another host that is root. */
static uint32_t choose_user(const bx_host *host)
{
    if (geteuid() != 0 || host->limits.user_count == 0)
        return 0;
    uint64_t number = (uint64_t)host->owner * 1009 + host->last_vm;
    return host->limits.first_user + (uint32_t)(number % host->limits.user_count);
}

static int basic_open(bx_vm *vm, bx_error *err)
{
    int peer;
    bx_vm *origin = vm->origin;
    if (take_room(vm, err) < 0)
        return -1;
    bx_channel *channel = bx_channel_socket_pair(&peer, err);
    if (!channel)
        return -1;
    vm->child = (bx_child){.spawned = worker_spawned,
                           .refused = worker_refused,
                           .ended = worker_ended,
                           .request = {.vm = ++vm->host->last_vm,
                                       .of = origin ? origin->child.request.vm : 0,
                                       .memory_limit = vm->memory_limit,
                                       .output_limit = vm->output_limit,
                                       .unconfined = vm->unconfined,
                                       .user = choose_user(vm->host)},
                           .socket = peer,
                           .pidfd = -1};
    /* What it is to be waits for it on the socket. */
    if (bx_vm_connected(vm, channel, err) < 0 || bx_vm_send_setup(vm, err) < 0) {
        close(peer);
        vm->child.socket = -1;
        return -1;
    }
    return origin ? bx_zygote_fork(&origin->child, &vm->child, err)
                  : bx_zygote_spawn(vm->host, vm->folder, &vm->child, err);
}

static void send_signal(const bx_vm *vm, int number)
{
    if (vm->child.pidfd >= 0 && bx_host_is_owner(vm->host))
        syscall(SYS_pidfd_send_signal, vm->child.pidfd, number, NULL, 0);
}

static void basic_interrupt(bx_vm *vm)
{
    send_signal(vm, SIGUSR1);
}

static int64_t basic_processor_time(const bx_vm *vm)
{
    return bx_clock_of_process(vm->child.pid);
}

static bool basic_suspend(bx_vm *vm)
{
    send_signal(vm, SIGSTOP);
    return false;
}

static bool basic_wake(bx_vm *vm)
{
    send_signal(vm, SIGCONT);
    return false;
}

static void basic_kill(bx_vm *vm)
{
    if (vm->child.pid) {
        send_signal(vm, SIGKILL);
        return;
    }
    /* Not there yet: the zygote will be told when it is. */
    bx_zygote_give_up_loading(&vm->child);
    bx_zygote_abandon(&vm->child);
    bx_error error;
    bx_fail(&error, BX_ESTART, "the worker was given up before it had started");
    bx_vm_ended(vm, &error);
}

static void basic_close(bx_vm *vm)
{
    if (vm->memory_taken)
        vm->host->vms--;
    vm->host->memory -= vm->memory_taken;
    vm->memory_taken = 0;
    bx_zygote_abandon(&vm->child);
}

const bx_vm_ops bx_vm_basic_ops = {
    .type = "basic",
    .deadline_grace = DEADLINE_GRACE,
    .reaping = 2000 * MILLISECOND, /* for the kernel to end it and the zygote to reap it */
    .open = basic_open,
    .interrupt = basic_interrupt,
    .processor_time = basic_processor_time,
    .suspend = basic_suspend,
    .wake = basic_wake,
    .kill = basic_kill,
    .close = basic_close,
};
