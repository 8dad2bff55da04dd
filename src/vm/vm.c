#include "vm/vm.h"

#include "vm/exit_status.h"
#include "wire/value.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#define MILLISECOND INT64_C(1000000)

/* From the soft interrupt of a cancel to the kill, beyond a deadline's. */
#define CANCEL_GRACE (475 * MILLISECOND)
/* An interrupt that reaches the worker before it has read the call is lost, so it is repeated. */
#define INTERRUPT_INTERVAL (2 * MILLISECOND)

enum { SETUP_TRACEBACK = 8 << 10, OUTPUT_SLACK = 64 << 10 };

const char *bx_vm_state_name(bx_vm_state state)
{
    static const char *const names[] = {"created", "starting", "running",  "paused",
                                        "stopped", "error",    "destroyed"};
    return names[state];
}

bool bx_vm_valid_id(const char *id, size_t length)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789._-";
    return length >= 1 && length <= BX_VM_ID_LENGTH && strlen(id) == length &&
           strspn(id, allowed) == length;
}

/* ---- the job that runs ---- */

static int64_t deadline_of(const bx_job *job)
{
    return bx_clock_after(job->timeout);
}

static void finish_job(bx_vm *vm, const bx_error *error)
{
    bx_job *job = vm->job;
    if (!job)
        return;
    bool woken = job->interrupted && vm->state == BX_VM_PAUSED;
    vm->job = NULL;
    bx_reactor_clear_timer(&vm->host->reactor, &job->timer);
    job->sim_time = vm->sim_time;
    job->vm = NULL;
    bx_job_finish(job, error);
    if (job->kind == BX_JOB_CALL)
        vm->calls++;
    if (woken && !vm->ops->suspend(vm))
        bx_vm_suspended(vm, NULL);
    bx_job_release(job);
}

static void finish_change(bx_vm *vm, const bx_error *error)
{
    bx_job *change = vm->change;
    if (!change)
        return;
    vm->change = NULL;
    change->vm = NULL;
    bx_job_finish(change, error);
    bx_job_release(change);
}

static void job_timer(bx_timer *timer);
static void cancel_job(bx_job *job);

static bx_job *new_job(bx_vm *vm, bx_job_kind kind, double timeout, bx_error *err)
{
    bx_job *job = calloc(1, sizeof *job);
    if (!job) {
        bx_fail_memory(err);
        return NULL;
    }
    bx_job_begin(job, kind, timeout);
    job->vm = vm;
    job->cancel = cancel_job;
    job->timer.fired = job_timer;
    return job;
}

static bx_job *begin_job(bx_vm *vm, bx_job_kind kind, double timeout, bx_error *err)
{
    bx_job *job = new_job(vm, kind, timeout, err);
    bool timed = kind != BX_JOB_START || !vm->ops->times_start;
    if (job && timed &&
        bx_reactor_set_timer(&vm->host->reactor, &job->timer, deadline_of(job)) < 0) {
        bx_job_release(job);
        bx_fail_memory(err);
        return NULL;
    }
    if (job)
        vm->job = bx_job_hold(job);
    return job;
}

/* ---- the end of a worker ---- */

static void name_interrupt(const bx_job *job, const char *outcome, bx_error *error)
{
    const char *what = job->kind == BX_JOB_START ? "the start" : "the call";
    if (job->interrupted == BX_INTERRUPT_DEADLINE)
        bx_fail(error, BX_EDEADLINE, "the deadline of %g s for %s passed; %s", job->timeout, what,
                outcome);
    else
        bx_fail(error, BX_ECANCELLED, "%s was cancelled; %s", what, outcome);
}

static void watch(bx_vm *vm)
{
    uint32_t events = EPOLLIN;
    if (bx_connection_wants_to_write(&vm->connection))
        events |= EPOLLOUT;
    if (events != vm->watched && vm->source.descriptor >= 0) {
        bx_reactor_change(&vm->host->reactor, &vm->source, events);
        vm->watched = events;
    }
}

static void disconnect(bx_vm *vm)
{
    if (bx_host_is_owner(vm->host))
        bx_reactor_forget(&vm->host->reactor, &vm->source);
    bx_reactor_clear_timer(&vm->host->reactor, &vm->farewell);
    bx_connection_close(&vm->connection);
}

static void give_back_lease(bx_vm *vm)
{
    if (vm->lease)
        vm->lease->give_back(vm->lease);
}

static bx_vm_state state_after_end(const bx_vm *vm)
{
    if (vm->job && vm->job->kind == BX_JOB_STOP)
        return BX_VM_STOPPED;
    if (vm->state == BX_VM_STARTING)
        return vm->before_start;
    return BX_VM_ERROR;
}

void bx_vm_hear(bx_vm *vm)
{
    bx_error ignored;
    if (!vm->doomed && vm->connection.channel)
        bx_connection_receive(&vm->connection, &ignored);
}

/* The worker has ended, and what it ran in has been given up where it had to be. */
static void settle(bx_vm *vm)
{
    bool stopped = vm->job && vm->job->kind == BX_JOB_STOP;
    vm->state = vm->state_after;
    if (vm->state != BX_VM_CREATED)
        give_back_lease(vm);
    bx_error error = vm->doom;
    finish_job(vm, stopped ? NULL : &error);
}

static bool begin_to_leave(bx_vm *vm)
{
    bool for_good = vm->destroying || vm->state_after == BX_VM_CREATED;
    if (!vm->restarting && vm->ops->leave && vm->ops->leave(vm, for_good))
        vm->leaving = true;
    return vm->leaving;
}

void bx_vm_left(bx_vm *vm, const bx_error *error)
{
    vm->leaving = false;
    bool stopping = vm->job && vm->job->kind == BX_JOB_STOP;
    if (error && stopping) {
        vm->doom = *error;
        vm->state = BX_VM_ERROR;
        give_back_lease(vm);
        finish_job(vm, error);
        return;
    }
    if (error) {
        size_t used = strlen(vm->doom.message);
        snprintf(vm->doom.message + used, sizeof vm->doom.message - used, "; then %.500s",
                 error->message);
    }
    settle(vm);
}

void bx_vm_ended(bx_vm *vm, const bx_error *reason)
{
    bool over = vm->state == BX_VM_STARTING || (vm->job && vm->job->kind == BX_JOB_STOP);
    if (!vm->doomed && vm->job && vm->job->interrupted)
        name_interrupt(vm->job, reason->message, &vm->doom);
    else if (!vm->doomed)
        vm->doom = *reason;
    vm->doomed = false;
    vm->state_after = state_after_end(vm);
    disconnect(vm);
    vm->ops->close(vm);
    finish_change(vm, reason);
    if (!over || !begin_to_leave(vm))
        settle(vm);
}

/* Kill the worker because of `doom`; the job ends when it has been reaped. */
static void condemn(bx_vm *vm, const bx_error *doom)
{
    if (vm->doomed)
        return;
    vm->doomed = true;
    vm->doom = *doom;
    if (doom->code == BX_EPROTOCOL)
        bx_fail(&vm->doom, BX_EPROTOCOL, "the worker broke the protocol: %.900s", doom->message);
    if (vm->job)
        bx_reactor_clear_timer(&vm->host->reactor, &vm->job->timer);
    bx_reactor_set_timer(&vm->host->reactor, &vm->farewell, bx_clock_now() + vm->ops->reaping);
    vm->ops->kill(vm);
}

static void farewell_timer(bx_timer *timer)
{
    bx_vm *vm = (bx_vm *)((char *)timer - offsetof(bx_vm, farewell));
    if (vm->doomed) { /* killed, and still no word from the zygote */
        bx_error error = vm->doom;
        bx_vm_ended(vm, &error);
        return;
    }
    bx_error error;
    bx_fail(&error, BX_EDIED, "the worker closed its connection and went on");
    if (vm->ops->explain_loss)
        vm->ops->explain_loss(vm, &error);
    condemn(vm, &error);
}

void bx_vm_distrust(bx_vm *vm, const bx_error *error)
{
    if (vm->state == BX_VM_RUNNING || vm->state == BX_VM_PAUSED)
        condemn(vm, error);
}

/* Of a worker whose start is still under way elsewhere the end of that says more, however late. */
static bool is_being_placed(const bx_vm *vm)
{
    return vm->ops->times_start && vm->state == BX_VM_STARTING && !vm->born;
}

static void await_end(bx_vm *vm)
{
    if (!vm->doomed && !is_being_placed(vm))
        bx_reactor_set_timer(&vm->host->reactor, &vm->farewell,
                             bx_clock_now() + vm->ops->lost_grace);
}

/* The stream has ended: why, the zygote will say in a moment. */
static void lose_connection(bx_vm *vm)
{
    bx_reactor_forget(&vm->host->reactor, &vm->source);
    bx_connection_close(&vm->connection);
    await_end(vm);
}

/* ---- deadlines and cancelling ---- */

static void repeat_interrupt(bx_vm *vm, bx_job *job)
{
    vm->ops->interrupt(vm);
    bx_reactor_set_timer(&vm->host->reactor, &job->timer, bx_clock_now() + INTERRUPT_INTERVAL);
}

static void begin_interrupt(bx_vm *vm)
{
    bx_job *job = vm->job;
    int64_t grace = vm->ops->deadline_grace;
    if (job->interrupted == BX_INTERRUPT_CANCEL)
        grace += CANCEL_GRACE;
    job->kill_at = bx_clock_now() + grace;
    repeat_interrupt(vm, job);
}

static void interrupt_job(bx_vm *vm, bx_job_interrupt why)
{
    bx_job *job = vm->job;
    job->interrupted = why;
    if (job->kind == BX_JOB_START) {
        bx_error error;
        name_interrupt(job, "the worker was killed", &error);
        condemn(vm, &error);
        return;
    }
    /* A paused one runs until the job has ended: finish_job suspends it again. */
    if (vm->state != BX_VM_PAUSED || !vm->ops->wake(vm))
        begin_interrupt(vm);
}

static void job_timer(bx_timer *timer)
{
    bx_job *job = (bx_job *)((char *)timer - offsetof(bx_job, timer));
    bx_vm *vm = job->vm;
    if (job->kind == BX_JOB_STOP)
        return; /* the farewell timer sees to it */
    if (!job->interrupted) {
        interrupt_job(vm, BX_INTERRUPT_DEADLINE);
        return;
    }
    if (bx_clock_now() < job->kill_at) {
        repeat_interrupt(vm, job);
        return;
    }
    bx_error error;
    name_interrupt(job, "the code did not stop, so the worker was killed", &error);
    condemn(vm, &error);
}

static void cancel_job(bx_job *job)
{
    bx_vm *vm = job->vm;
    bool stays = job->kind == BX_JOB_STOP || job == vm->change || vm->leaving;
    if (!job->interrupted && !stays)
        interrupt_job(vm, BX_INTERRUPT_CANCEL);
}

/* ---- what the worker says ---- */

/* Set the cell up once the worker has greeted and its process is known: only what has a process can
 * be interrupted, paused and killed. The two come by different sockets, in any order. */
static void begin_setup(bx_vm *vm)
{
    bx_error error;
    if (vm->state != BX_VM_STARTING || vm->doomed || !vm->born || !vm->connection.greeted)
        return;
    if (bx_connection_call(&vm->connection, "setup", 0, &vm->setup, &error) < 0)
        condemn(vm, &error);
    else
        watch(vm);
}

static void on_hello(void *owner)
{
    begin_setup(owner);
}

void bx_vm_born(bx_vm *vm)
{
    vm->born = true;
    if (vm->connection.channel)
        begin_setup(vm);
    else
        await_end(vm);
}

static void on_output(void *owner, const uint8_t *bytes, size_t length)
{
    bx_vm *vm = owner;
    bx_job *job = vm->job;
    bx_error error;
    if (!job || vm->doomed)
        return;
    if (job->output.length + length > vm->output_limit + OUTPUT_SLACK)
        bx_fail(&error, BX_EPROTOCOL, "more output than the limit of %llu bytes",
                (unsigned long long)vm->output_limit);
    else if (bx_buffer_append(&job->output, bytes, length) < 0)
        bx_fail_memory(&error);
    else
        return;
    condemn(vm, &error);
}

static void on_progress(void *owner, double fraction, const char *text, size_t length)
{
    bx_job *job = ((bx_vm *)owner)->job;
    if (!job)
        return;
    bx_job_set_progress(job, fraction, text, length);
}

static void on_reply(void *owner, double sim_time, const uint8_t *value, size_t length)
{
    bx_vm *vm = owner;
    if (vm->doomed || !vm->job)
        return;
    vm->sim_time = sim_time;
    if (bx_buffer_append(&vm->job->value, value, length) < 0) {
        bx_error error;
        bx_fail_memory(&error);
        finish_job(vm, &error);
        return;
    }
    if (vm->state == BX_VM_STARTING) {
        vm->state = BX_VM_RUNNING;
        vm->started = bx_clock_now();
    }
    finish_job(vm, NULL);
}

static void on_error(void *owner, double sim_time, const bx_error *error, const char *traceback,
                     size_t traceback_length)
{
    bx_vm *vm = owner;
    bx_job *job = vm->job;
    if (vm->doomed || !job)
        return;
    if (vm->state == BX_VM_STARTING) {
        condemn(vm, error);
        return;
    }
    vm->sim_time = sim_time;
    if (traceback && traceback_length <= SETUP_TRACEBACK)
        job->traceback = strndup(traceback, traceback_length);
    bx_error named = *error;
    if (job->interrupted && (error->code == BX_ECANCELLED || error->code == BX_EDEADLINE))
        name_interrupt(job, "the VM keeps its state", &named);
    else if (error->code == BX_EDEADLINE)
        bx_fail(&named, BX_EDEADLINE,
                "the deadline of %g s for the call passed; the VM keeps its "
                "state",
                job->timeout);
    finish_job(vm, &named);
}

/* A guest says how its worker ended; a worker of this machine has a zygote for that. */
static void on_worker_exit(void *owner, int status)
{
    bx_vm *vm = owner;
    bx_error error;
    bx_describe_exit("the worker", status, &error);
    if (vm->ops == &bx_vm_basic_ops) {
        bx_fail(&error, BX_EPROTOCOL, "the word of a guest");
        condemn(vm, &error);
    } else if (!vm->doomed) {
        bx_vm_ended(vm, &error);
    }
}

static const bx_connection_events connection_events = {.hello = on_hello,
                                                       .output = on_output,
                                                       .progress = on_progress,
                                                       .reply = on_reply,
                                                       .error = on_error,
                                                       .exit = on_worker_exit};

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
        watch(vm);
    } else if (error.code == BX_EDIED) {
        lose_connection(vm);
    } else {
        condemn(vm, &error);
        bx_reactor_forget(&vm->host->reactor, &vm->source);
        bx_connection_close(&vm->connection);
    }
}

/* ---- the life cycle ---- */

static int ensure_owner(const bx_vm *vm, bx_error *err)
{
    if (bx_host_is_owner(vm->host))
        return 0;
    return bx_fail(err, BX_ESYSTEM,
                   "VM \"%s\" belongs to the process that this one was forked from", vm->id);
}

static int refuse_state(const bx_vm *vm, const char *action, const char *needed, bx_error *err)
{
    if (vm->state == BX_VM_ERROR)
        return bx_fail(err, BX_ESTATE,
                       "cannot %s VM \"%s\": its state is \"error\" (%.400s), not %s; restart it",
                       action, vm->id, vm->doom.message, needed);
    return bx_fail(err, BX_ESTATE, "cannot %s VM \"%s\": its state is \"%s\", not %s", action,
                   vm->id, bx_vm_state_name(vm->state), needed);
}

static int refuse_busy(const bx_vm *vm, bx_error *err)
{
    return bx_fail(err, BX_EBUSY, "VM \"%s\" is busy: wait for its job, or cancel it", vm->id);
}

static int copy_setup(bx_vm *vm, const bx_vm_options *options)
{
    if (bx_buffer_append(&vm->setup, options->setup->data, options->setup->length) < 0)
        return -1;
    vm->shares_at = vm->setup.length;
    return options->shares ? bx_vm_set_shares(vm, options->shares, NULL) : 0;
}

bx_vm *bx_vm_new(bx_host *host, const bx_vm_ops *ops, const bx_vm_options *options, bx_error *err)
{
    bx_vm *vm = calloc(1, sizeof *vm);
    if (vm) {
        vm->ops = ops;
        vm->host = host;
        vm->source = (bx_source){connection_ready, -1};
        vm->farewell.fired = farewell_timer;
        vm->birth.socket = vm->birth.pidfd = -1;
        vm->sim_time = NAN;
        snprintf(vm->id, sizeof vm->id, "%s", options->id);
        vm->memory_limit = options->memory_limit;
        vm->output_limit = options->output_limit;
        vm->unconfined = options->unconfined;
        if (options->courier) {
            vm->remote.courier = bx_courier_hold(options->courier);
            vm->remote.number = ++host->last_vm;
        }
        vm->biological_type = strdup(options->biological_type);
        vm->folder = strdup(options->folder);
    }
    if (!vm || !vm->biological_type || !vm->folder || copy_setup(vm, options) < 0) {
        bx_vm_free(vm);
        bx_fail_memory(err);
        return NULL;
    }
    return vm;
}

int bx_vm_set_shares(bx_vm *vm, const bx_buffer *shares, bx_error *err)
{
    if (bx_buffer_reserve(&vm->setup, shares->length) < 0)
        return bx_fail_memory(err);
    vm->setup.length = vm->shares_at;
    return bx_buffer_append(&vm->setup, shares->data, shares->length);
}

void bx_vm_free(bx_vm *vm)
{
    if (!vm)
        return;
    bx_vm_abandon(vm);
    free(vm->biological_type);
    free(vm->folder);
    bx_buffer_free(&vm->setup);
    bx_buffer_free(&vm->details);
    free(vm);
}

int bx_vm_connected(bx_vm *vm, bx_channel *channel, bx_error *err)
{
    bx_connection_open(&vm->connection, channel, &connection_events, vm);
    vm->watched = EPOLLIN;
    return bx_reactor_watch(&vm->host->reactor, &vm->source, bx_channel_descriptor(channel),
                            EPOLLIN, err);
}

bx_job *bx_vm_start(bx_vm *vm, double timeout, bx_error *err)
{
    if (ensure_owner(vm, err) < 0)
        return NULL;
    if (vm->state != BX_VM_CREATED && vm->state != BX_VM_STOPPED) {
        refuse_state(vm, "start", "\"created\" or \"stopped\"", err);
        return NULL;
    }
    if (vm->job) {
        refuse_busy(vm, err);
        return NULL;
    }
    if (vm->state == BX_VM_STOPPED && vm->lease && vm->lease->take(vm->lease, err) < 0)
        return NULL;
    bx_job *job = begin_job(vm, BX_JOB_START, timeout, err);
    if (!job)
        return NULL;
    vm->before_start = vm->state;
    vm->state = BX_VM_STARTING;
    vm->born = false;
    bx_error error;
    if (vm->ops->open(vm, &error) < 0)
        bx_vm_ended(vm, &error);
    return job;
}

bx_job *bx_vm_call(bx_vm *vm, const char *operation, const bx_buffer *values, double timeout,
                   bx_error *err)
{
    if (ensure_owner(vm, err) < 0)
        return NULL;
    if (vm->state != BX_VM_RUNNING) {
        refuse_state(vm, "call", "\"running\"", err);
        return NULL;
    }
    if (vm->job || vm->doomed || !vm->connection.channel) {
        refuse_busy(vm, err);
        return NULL;
    }
    bx_job *job = begin_job(vm, BX_JOB_CALL, timeout, err);
    if (!job)
        return NULL;
    bx_error error;
    if (bx_connection_call(&vm->connection, operation, isfinite(timeout) ? timeout : 0, values,
                           &error) == 0)
        watch(vm);
    else if (error.code != BX_EDIED) /* on EDIED the end of the stream says more */
        finish_job(vm, &error);
    return job;
}

/* Without a worker: what it ran in may still be there. */
static void leave_idle(bx_vm *vm)
{
    vm->state_after = vm->state == BX_VM_CREATED ? BX_VM_CREATED : BX_VM_STOPPED;
    if (!begin_to_leave(vm))
        settle(vm);
}

bx_job *bx_vm_stop(bx_vm *vm, bool restarting, bx_error *err)
{
    if (ensure_owner(vm, err) < 0)
        return NULL;
    bool worker =
        vm->state == BX_VM_RUNNING || vm->state == BX_VM_PAUSED || vm->state == BX_VM_STARTING;
    if (!worker && vm->state != BX_VM_ERROR && !vm->destroying) {
        refuse_state(vm, "stop", "\"running\", \"paused\" or \"error\"", err);
        return NULL;
    }
    if (vm->leaving) {
        refuse_busy(vm, err);
        return NULL;
    }
    vm->restarting = restarting;
    bx_error stopped;
    bx_fail(&stopped, BX_EDESTROYED, "VM \"%s\" was stopped during the call", vm->id);
    finish_job(vm, &stopped);
    bx_job *job = begin_job(vm, BX_JOB_STOP, INFINITY, err);
    if (!job)
        return NULL;
    if (worker) {
        vm->doomed = false;
        condemn(vm, &stopped);
    } else {
        leave_idle(vm);
    }
    return job;
}

/* ---- pause and resume ---- */

static bx_job *begin_change(bx_vm *vm, bx_job_kind kind, bx_error *err)
{
    if (vm->change || vm->leaving || (vm->job && vm->job->kind == BX_JOB_STOP)) {
        refuse_busy(vm, err);
        return NULL;
    }
    bx_job *job = new_job(vm, kind, INFINITY, err);
    if (job)
        vm->change = bx_job_hold(job);
    return job;
}

/* A deadline counts the time that the VM could run. */
static void hold_deadline(bx_vm *vm)
{
    bx_job *job = vm->job;
    if (!job || !job->timer.position)
        return;
    job->left = job->timer.at - bx_clock_now();
    bx_reactor_clear_timer(&vm->host->reactor, &job->timer);
}

static void release_deadline(bx_vm *vm)
{
    bx_job *job = vm->job;
    if (job && isfinite(job->timeout) && !job->timer.position)
        bx_reactor_set_timer(&vm->host->reactor, &job->timer, bx_clock_now() + job->left);
}

bx_job *bx_vm_pause(bx_vm *vm, bx_error *err)
{
    if (ensure_owner(vm, err) < 0)
        return NULL;
    if (vm->state != BX_VM_RUNNING) {
        refuse_state(vm, "pause", "\"running\"", err);
        return NULL;
    }
    bx_job *job = begin_change(vm, BX_JOB_PAUSE, err);
    if (!job)
        return NULL;
    hold_deadline(vm);
    if (!vm->ops->suspend(vm))
        bx_vm_suspended(vm, NULL);
    return job;
}

void bx_vm_suspended(bx_vm *vm, const bx_error *error)
{
    vm->state = error ? BX_VM_RUNNING : BX_VM_PAUSED;
    if (error)
        release_deadline(vm);
    finish_change(vm, error);
}

bx_job *bx_vm_resume(bx_vm *vm, bx_error *err)
{
    if (ensure_owner(vm, err) < 0)
        return NULL;
    if (vm->state != BX_VM_PAUSED) {
        refuse_state(vm, "resume", "\"paused\"", err);
        return NULL;
    }
    bx_job *job = begin_change(vm, BX_JOB_RESUME, err);
    if (job && !vm->ops->wake(vm))
        bx_vm_woken(vm, NULL);
    return job;
}

void bx_vm_woken(bx_vm *vm, const bx_error *error)
{
    if (vm->change && !error) {
        vm->state = BX_VM_RUNNING;
        release_deadline(vm);
    }
    bool for_a_change = vm->change != NULL;
    finish_change(vm, error);
    if (for_a_change || !vm->job || !vm->job->interrupted)
        return;
    if (error)
        condemn(vm, error);
    else
        begin_interrupt(vm);
}

/* ---- the end ---- */

/* Wait, without Lua and whatever signals come. */
static void wait_for(bx_vm *vm, const bx_job *job)
{
    while (job ? !job->done : vm->leaving)
        bx_reactor_turn(&vm->host->reactor, BX_NEVER);
}

/* End the worker, and what it runs in, for good. */
static int end_everything(bx_vm *vm, bx_error *err)
{
    wait_for(vm, NULL);
    vm->destroying = true;
    bx_job *job = bx_vm_stop(vm, false, err);
    if (!job)
        return -1;
    wait_for(vm, job);
    int status = 0;
    if (!job->succeeded) {
        *err = job->error;
        bx_buffer_free(&vm->details);
        vm->details = job->details;
        job->details = (bx_buffer){0};
        status = -1;
    }
    bx_job_release(job);
    vm->destroying = false;
    return status;
}

static void finish_destruction(bx_vm *vm, bool wait)
{
    bx_error error;
    bx_fail(&error, BX_EDESTROYED, "VM \"%s\" was destroyed during the call", vm->id);
    disconnect(vm);
    vm->ops->close(vm);
    give_back_lease(vm);
    finish_change(vm, &error);
    finish_job(vm, &error);
    vm->state = BX_VM_DESTROYED;
    if (vm->ops->release)
        vm->ops->release(vm, wait);
}

int bx_vm_destroy(bx_vm *vm, bx_error *err)
{
    if (vm->state == BX_VM_DESTROYED)
        return 0;
    if (bx_host_is_owner(vm->host) && end_everything(vm, err) < 0)
        return -1;
    finish_destruction(vm, bx_host_is_owner(vm->host));
    return 0;
}

void bx_vm_abandon(bx_vm *vm)
{
    bx_error ignored;
    if (vm->state == BX_VM_DESTROYED)
        return;
    if (bx_host_is_owner(vm->host) && !vm->ops->leave)
        end_everything(vm, &ignored);
    finish_destruction(vm, false);
}
