/* An xcpng VM: a worker in a guest on a pool, reached by a courier. The frames of the worker come
 * by a socket of their own; what concerns the guest is a request. Lua's side of the requests, which
 * is told the VM's number, is lua/bioxen/courier/courier.lua. */
#include "vm/vm.h"

#include "wire/value.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MILLISECOND INT64_C(1000000)

/* Seconds. A courier that needs longer gives up by itself and says what is left. */
#define PAUSE_TIMEOUT 60.0
#define STOP_TIMEOUT 180.0
#define DESTROY_TIMEOUT 120.0
/* At least, for what a start that failed has left. */
#define UNDO_TIMEOUT 10.0

static bx_vm *vm_of_place(bx_request *request)
{
    return (bx_vm *)((char *)request - offsetof(bx_vm, remote.place));
}

static bx_vm *vm_of_pause(bx_request *request)
{
    return (bx_vm *)((char *)request - offsetof(bx_vm, remote.pause));
}

/* ---- the start ---- */

static void start_progress(bx_request *request, double fraction, const char *text, size_t length)
{
    bx_job *job = vm_of_place(request)->job;
    if (job)
        bx_job_set_progress(job, fraction, text, length);
}

/* The guest is there, and the worker in it about to greet. From here on the host keeps the
 * deadline. */
static void start_ended(bx_request *request, const bx_error *error, const uint8_t *value,
                        size_t length)
{
    bx_vm *vm = vm_of_place(request);
    bx_job *job = vm->job;
    if (error) {
        if (job && job->kind == BX_JOB_START)
            bx_job_keep_details(job, value, length);
        vm->remote.undone = bx_courier_pid(vm->remote.courier) != 0;
        if (vm->state == BX_VM_ABORTING && vm->exit_reason.code == BX_ECANCELLED)
            bx_fail(&vm->exit_reason, BX_ECANCELLED, "the start was cancelled: %.900s",
                    error->message);
        bx_vm_ended(vm, error);
        return;
    }
    if (job && job->kind == BX_JOB_START)
        bx_reactor_set_timer(&vm->host->reactor, &job->timer,
                             bx_clock_add(job->started, job->timeout));
    bx_vm_spawned(vm);
}

static int write_start(const bx_vm *vm, bx_buffer *out)
{
    bx_buffer_cut(out, 0);
    bx_write_map(out, 8);
    bx_write_text(out, "vm");
    bx_write_integer(out, (int64_t)vm->remote.number);
    bx_write_text(out, "id");
    bx_write_text(out, vm->id);
    bx_write_text(out, "organism");
    bx_write_text(out, vm->folder);
    bx_write_text(out, "memory");
    bx_write_integer(out, (int64_t)vm->memory_limit);
    bx_write_text(out, "output");
    bx_write_integer(out, (int64_t)vm->output_limit);
    bx_write_text(out, "unconfined");
    bx_write_boolean(out, vm->unconfined);
    bx_write_text(out, "worker");
    bx_write_text(out, vm->host->worker);
    bx_write_text(out, "library");
    bx_write_text(out, vm->host->library);
    return bx_buffer_finish(out, 0);
}

static int xcpng_open(bx_vm *vm, bx_error *err)
{
    int peer;
    bx_remote *remote = &vm->remote;
    remote->undone = false;
    bx_channel *channel = bx_channel_socket_pair(&peer, err);
    if (!channel)
        return -1;
    int status = bx_vm_connected(vm, channel, err);
    if (status == 0 && write_start(vm, &remote->values) < 0)
        status = bx_fail_memory(err);
    if (status < 0) {
        close(peer);
        return -1;
    }
    bx_request_prepare(&remote->place, (bx_request){.operation = "start",
                                                    .values = &remote->values,
                                                    .timeout = vm->job->timeout,
                                                    .descriptor = peer,
                                                    .progress = start_progress,
                                                    .ended = start_ended});
    return bx_courier_send(remote->courier, &remote->place, err);
}

/* ---- signals, as frames ---- */

static void signal_worker(bx_vm *vm, bx_frame_type type)
{
    bx_error ignored; /* the end of the stream says more */
    if (vm->connection.channel)
        bx_connection_signal(&vm->connection, type, &ignored);
}

static void xcpng_interrupt(bx_vm *vm)
{
    signal_worker(vm, BX_FRAME_INTERRUPT);
}

/* Without a word to the host, which has closed the socket; the worker ends with its channel. */
static void xcpng_kill(bx_vm *vm)
{
    if (vm->remote.place.courier) {
        bx_courier_cancel(&vm->remote.place); /* start_ended follows */
        return;
    }
    bx_error reason = vm->exit_reason;
    bx_vm_ended(vm, &reason);
}

static void xcpng_close(bx_vm *vm)
{
    bx_courier_abandon(&vm->remote.place);
    bx_courier_abandon(&vm->remote.pause);
}

/* ---- pause and resume ---- */

static void suspend_ended(bx_request *request, const bx_error *error, const uint8_t *value,
                          size_t length)
{
    bx_vm *vm = vm_of_pause(request);
    if (error) {
        bx_job_keep_details(vm->change, value, length);
        signal_worker(vm, BX_FRAME_WAKE);
    }
    bx_vm_suspended(vm, error);
}

static void wake_ended(bx_request *request, const bx_error *error, const uint8_t *value,
                       size_t length)
{
    bx_vm *vm = vm_of_pause(request);
    if (error)
        bx_job_keep_details(vm->change, value, length);
    else
        signal_worker(vm, BX_FRAME_WAKE);
    bx_vm_woken(vm, error);
}

static int write_number(const bx_vm *vm, bx_buffer *out)
{
    bx_buffer_cut(out, 0);
    bx_write_map(out, 1);
    bx_write_text(out, "vm");
    bx_write_integer(out, (int64_t)vm->remote.number);
    return bx_buffer_finish(out, 0);
}

typedef void ended_function(bx_request *, const bx_error *, const uint8_t *, size_t);

static bool send_pause(bx_vm *vm, const char *operation, ended_function *ended)
{
    bx_remote *remote = &vm->remote;
    bx_error error;
    bx_request_prepare(&remote->pause, (bx_request){.operation = operation,
                                                    .values = &remote->pause_values,
                                                    .timeout = PAUSE_TIMEOUT,
                                                    .descriptor = -1,
                                                    .ended = ended});
    int status = write_number(vm, &remote->pause_values);
    if (status < 0)
        bx_fail_memory(&error);
    else
        status = bx_courier_send(remote->courier, &remote->pause, &error);
    if (status < 0)
        ended(&remote->pause, &error, NULL, 0);
    return true;
}

/* The worker first: where others share the guest, it goes on. */
static bool xcpng_suspend(bx_vm *vm)
{
    signal_worker(vm, BX_FRAME_SUSPEND);
    return send_pause(vm, "pause", suspend_ended);
}

static bool xcpng_wake(bx_vm *vm)
{
    return send_pause(vm, "resume", wake_ended);
}

/* ---- the end ---- */

static void release_ended(bx_request *request, const bx_error *error, const uint8_t *value,
                          size_t length)
{
    bx_vm *vm = vm_of_place(request);
    if (error)
        bx_job_keep_details(vm->job, value, length);
    bx_vm_released(vm, error);
}

/* Who waits for a start that failed has not much time left. */
static double release_timeout(const bx_vm *vm, bx_guest_end end)
{
    const bx_job *job = vm->job;
    double longest = end == BX_GUEST_DESTROY ? DESTROY_TIMEOUT : STOP_TIMEOUT;
    if (!job || job->kind != BX_JOB_START)
        return longest;
    double left = job->timeout - (double)(bx_clock_now() - job->started) * 1e-9;
    return fmin(fmax(left, UNDO_TIMEOUT), longest);
}

static int xcpng_release(bx_vm *vm, bx_guest_end end, bx_error *err)
{
    bx_remote *remote = &vm->remote;
    if (!bx_courier_note(remote->courier, ".key"))
        return 0; /* nothing is there */
    if (remote->undone && vm->job && vm->job->kind == BX_JOB_START)
        return 0; /* or the error says what is */
    if (write_number(vm, &remote->values) < 0)
        return bx_fail_memory(err);
    bx_request_prepare(&remote->place,
                       (bx_request){.operation = end == BX_GUEST_DESTROY ? "destroy" : "stop",
                                    .values = &remote->values,
                                    .timeout = release_timeout(vm, end),
                                    .descriptor = -1,
                                    .ended = release_ended});
    return bx_courier_send(remote->courier, &remote->place, err) < 0 ? -1 : 1;
}

static void xcpng_explain_loss(const bx_vm *vm, bx_error *error)
{
    char name[BX_NOTE_NAME];
    snprintf(name, sizeof name, ".lost-%llu", (unsigned long long)vm->remote.number);
    const char *why = bx_courier_note(vm->remote.courier, name);
    if (why)
        bx_fail(error, BX_ECONNECT, "%s", why);
    else if (bx_courier_end(vm->remote.courier))
        *error = *bx_courier_end(vm->remote.courier);
}

static void xcpng_dispose(bx_vm *vm, bool wait)
{
    bx_courier *courier = vm->remote.courier;
    vm->remote.courier = NULL;
    if (wait && courier)
        bx_courier_retire(courier);
    else
        bx_courier_release(courier);
    bx_buffer_free(&vm->remote.values);
    bx_buffer_free(&vm->remote.pause_values);
}

const bx_vm_ops bx_vm_xcpng_ops = {
    .type = "xcpng",
    .deadline_grace = 2000 * MILLISECOND, /* the guest keeps the deadline too, and needs no way */
    .reaping = INT64_C(3600000) * MILLISECOND, /* the courier sees to it */
    .times_start = true,
    .open = xcpng_open,
    .interrupt = xcpng_interrupt,
    .suspend = xcpng_suspend,
    .wake = xcpng_wake,
    .kill = xcpng_kill,
    .close = xcpng_close,
    .explain_loss = xcpng_explain_loss,
    .release = xcpng_release,
    .dispose = xcpng_dispose,
};
