/* The start of a VM, and the connection to its worker. */
#include "vm/exit_status.h"
#include "vm/machine.h"
#include "wire/value.h"

#include <math.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>

enum { OUTPUT_SLACK = 64 << 10 };

/* ---- steps ---- */

bx_job *bx_vm_start(bx_vm *vm, double timeout, bx_error *err)
{
    if (bx_vm_check(vm, BX_EVENT_START, err) < 0)
        return NULL;
    bool again = vm->state == BX_VM_STOPPED;
    if (again && vm->lease && vm->lease->take(vm->lease, err) < 0)
        return NULL;
    bx_job *job = bx_vm_begin_job(vm, BX_JOB_START, timeout, err);
    if (!job) {
        if (again && vm->lease)
            vm->lease->give_back(vm->lease);
        return NULL;
    }
    vm->before_start = vm->state;
    vm->branched = vm->origin != NULL;
    bx_vm_handle(vm, BX_EVENT_START, NULL);
    return job;
}

void bx_vm_place(bx_vm *vm, const bx_error *error)
{
    bx_error failure;
    (void)error;
    if (vm->ops->open(vm, &failure) < 0)
        bx_vm_ended(vm, &failure);
}

void bx_vm_spawned(bx_vm *vm)
{
    bx_vm_handle(vm, BX_EVENT_SPAWNED, NULL);
}

/* The process and the greeting come by different sockets, in any order. Both are needed: only what
 * has a process can be interrupted, paused and killed. */
void bx_vm_greet(bx_vm *vm, const bx_error *error)
{
    (void)error;
    if (!vm->connection.channel) {
        bx_vm_handle(vm, BX_EVENT_LOST, NULL);
        return;
    }
    bx_vm_watch(vm);
    if (vm->connection.greeted)
        bx_vm_handle(vm, BX_EVENT_HELLO, NULL);
}

/* A copy is set up as its parent was, but for its numbers. */
static int send_branch(bx_vm *vm, bx_error *err)
{
    bx_buffer id = {0};
    bx_write_text(&id, vm->id);
    int status = bx_buffer_finish(&id, 0) < 0
                     ? bx_fail_memory(err)
                     : bx_connection_call(&vm->connection, "branch", 0, &id, err);
    bx_buffer_free(&id);
    return status;
}

int bx_vm_send_setup(bx_vm *vm, bx_error *err)
{
    if (vm->branched)
        return send_branch(vm, err);
    return bx_connection_call(&vm->connection, "setup", 0, &vm->setup, err);
}

void bx_vm_set_up(bx_vm *vm, const bx_error *error)
{
    bx_error failure;
    (void)error;
    if (vm->connection.call == 0 && bx_vm_send_setup(vm, &failure) < 0)
        bx_vm_handle(vm, BX_EVENT_KILL, &failure);
    else
        bx_vm_watch(vm);
}

void bx_vm_become_running(bx_vm *vm, const bx_error *error)
{
    (void)error;
    vm->started = bx_clock_now();
    vm->starts++;
    vm->had_before = vm->ops->processor_time ? vm->ops->processor_time(vm) : -1;
    bx_vm_finish_job(vm, NULL);
}

/* ---- what the worker says ---- */

static void on_hello(void *owner)
{
    bx_vm_handle(owner, BX_EVENT_HELLO, NULL);
}

static void on_output(void *owner, const uint8_t *bytes, size_t length)
{
    bx_vm *vm = owner;
    bx_job *job = vm->job;
    bx_error error;
    if (!job || !bx_vm_accepts(vm, BX_EVENT_REPLY))
        return;
    if (job->output.length + length > vm->output_limit + OUTPUT_SLACK)
        bx_fail(&error, BX_EPROTOCOL, "more output than the limit of %llu bytes",
                (unsigned long long)vm->output_limit);
    else if (bx_job_add_output(job, bytes, length) < 0)
        bx_fail_memory(&error);
    else
        return;
    bx_vm_handle(vm, BX_EVENT_KILL, &error);
}

static void on_progress(void *owner, double fraction, double sim_time, const char *text,
                        size_t length)
{
    bx_vm *vm = owner;
    bx_job *job = vm->job;
    if (!job || !bx_vm_accepts(vm, BX_EVENT_FAILURE))
        return;
    if (!isnan(sim_time))
        vm->sim_time = sim_time;
    bx_job_set_progress(job, fraction, text, length);
}

static void on_reply(void *owner, double sim_time, const uint8_t *value, size_t length)
{
    bx_vm *vm = owner;
    bx_error error;
    if (!vm->job || !bx_vm_accepts(vm, BX_EVENT_REPLY))
        return;
    vm->sim_time = sim_time;
    if (bx_buffer_append(&vm->job->value, value, length) == 0) {
        bx_vm_handle(vm, BX_EVENT_REPLY, NULL);
        return;
    }
    bx_fail_memory(&error);
    bx_vm_handle(vm, BX_EVENT_FAILURE, &error);
}

static void on_error(void *owner, double sim_time, const bx_error *error, const uint8_t *details,
                     size_t length)
{
    bx_vm *vm = owner;
    if (!vm->job || !bx_vm_accepts(vm, BX_EVENT_FAILURE))
        return;
    vm->sim_time = sim_time;
    if (vm->job->kind == BX_JOB_CALL) /* with others goes a courier's word, which is trusted more */
        bx_job_keep_details(vm->job, details, length);
    bx_vm_handle(vm, BX_EVENT_FAILURE, error);
}

/* A guest says how its worker ended; a worker of this machine has a zygote for that. */
static void on_worker_exit(void *owner, int status)
{
    bx_vm *vm = owner;
    bx_error error;
    if (vm->ops == &bx_vm_basic_ops) {
        bx_fail(&error, BX_EPROTOCOL, "the word of a guest");
        bx_vm_handle(vm, BX_EVENT_KILL, &error);
        return;
    }
    bx_describe_exit("the worker", status, &error);
    if (bx_vm_accepts(vm, BX_EVENT_KILL)) /* else it is being killed, and its end follows */
        bx_vm_ended(vm, &error);
}

static const bx_connection_events connection_events = {.hello = on_hello,
                                                       .output = on_output,
                                                       .progress = on_progress,
                                                       .reply = on_reply,
                                                       .error = on_error,
                                                       .exit = on_worker_exit};

/* ---- the connection ---- */

void bx_vm_watch(bx_vm *vm)
{
    uint32_t events = EPOLLIN;
    if (bx_connection_wants_to_write(&vm->connection))
        events |= EPOLLOUT;
    if (events != vm->watched && vm->source.descriptor >= 0) {
        bx_reactor_change(&vm->host->reactor, &vm->source, events);
        vm->watched = events;
    }
}

static void close_connection(bx_vm *vm)
{
    if (bx_host_is_owner(vm->host))
        bx_reactor_forget(&vm->host->reactor, &vm->source);
    bx_connection_close(&vm->connection);
}

void bx_vm_disconnect(bx_vm *vm)
{
    close_connection(vm);
    bx_reactor_clear_timer(&vm->host->reactor, &vm->reap_timer);
}

/* The end of the stream comes before the word of how the worker ended. */
static void connection_ready(bx_source *source, uint32_t events)
{
    bx_vm *vm = (bx_vm *)((char *)source - offsetof(bx_vm, source));
    bx_error error;
    int status = 0;
    if (events & EPOLLOUT)
        status = bx_connection_flush(&vm->connection, &error);
    if (status == 0)
        status = bx_connection_receive(&vm->connection, &error);
    if (!vm->connection.channel)
        return;
    if (status == 0) {
        bx_vm_watch(vm);
        return;
    }
    close_connection(vm);
    bx_vm_handle(vm, error.code == BX_EDIED ? BX_EVENT_LOST : BX_EVENT_KILL, &error);
}

int bx_vm_connected(bx_vm *vm, bx_channel *channel, bx_error *err)
{
    vm->source.ready = connection_ready;
    bx_connection_open(&vm->connection, channel, &connection_events, vm);
    vm->watched = 0;
    return bx_reactor_watch(&vm->host->reactor, &vm->source, bx_channel_descriptor(channel), 0,
                            err);
}

void bx_vm_hear(bx_vm *vm)
{
    bx_error ignored;
    if (vm->connection.channel && bx_vm_accepts(vm, BX_EVENT_KILL))
        bx_connection_receive(&vm->connection, &ignored);
}
