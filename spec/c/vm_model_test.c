/* The state machine of VMs under random sequences of what users ask for and what workers, guests
 * and time do, for both types of VM. After each step what must always hold is looked at; a failure
 * names the sequence: vm_model_test COUNT FIRST runs so many from that one on. For a long run
 *   BIOXEN_SEQUENCES=100000 scripts/test.sh --sanitize spec/c/vm_model_test.c */
#include "hypervisor/hypervisor.h"
#include "vm/machine.h"

#include "descriptors.h"
#include "test.h"
#include "vm_world.h"

#include <math.h>
#include <sys/time.h>

enum { VMS = 3, JOBS = 64, STEPS = 120 };

static bx_vm *vms[VMS];    /* NULL: freed */
static bx_courier *pool;   /* of all that are remote, and of requests of no VM */
static bx_job *stops[VMS]; /* the stop of each that was begun last, or NULL */
static bx_job *jobs[JOBS];
static size_t job_count;
static long begun, finished, released, forks;
static unsigned long sequence;

#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            test_fail(__FILE__, __LINE__, "sequence %lu: %s", sequence, #condition);               \
    } while (0)

/* ---- what is counted, and what must not be done ---- */

void __real_bx_job_begin(bx_job *job, bx_job_kind kind, double timeout);
void __wrap_bx_job_begin(bx_job *job, bx_job_kind kind, double timeout);
void __real_bx_job_finish(bx_job *job, const bx_error *error);
void __wrap_bx_job_finish(bx_job *job, const bx_error *error);
void __real_bx_job_release(bx_job *job);
void __wrap_bx_job_release(bx_job *job);
void __real_bx_vm_handle(bx_vm *vm, bx_vm_event event, const bx_error *error);
void __wrap_bx_vm_handle(bx_vm *vm, bx_vm_event event, const bx_error *error);
void __real_bx_request_prepare(bx_request *request, bx_request as);
void __wrap_bx_request_prepare(bx_request *request, bx_request as);

void __wrap_bx_job_begin(bx_job *job, bx_job_kind kind, double timeout)
{
    begun++;
    __real_bx_job_begin(job, kind, timeout);
}

void __wrap_bx_job_finish(bx_job *job, const bx_error *error)
{
    HOLDS(!job->done);
    finished++;
    __real_bx_job_finish(job, error);
}

void __wrap_bx_job_release(bx_job *job)
{
    released += job && job->references == 1;
    __real_bx_job_release(job);
}

void __wrap_bx_vm_handle(bx_vm *vm, bx_vm_event event, const bx_error *error)
{
    bool alive = false;
    for (int i = 0; i < VMS; i++)
        alive = alive || vms[i] == vm;
    HOLDS(alive);
    if (alive)
        __real_bx_vm_handle(vm, event, error);
}

void __wrap_bx_request_prepare(bx_request *request, bx_request as)
{
    HOLDS(!request->courier);
    __real_bx_request_prepare(request, as);
}

/* ---- what always holds ---- */

static bool is_one_of(bx_vm_state state, const bx_vm_state *states)
{
    for (; *states != BX_VM_STATES; states++)
        if (*states == state)
            return true;
    return false;
}

#define ONE_OF(state, ...) is_one_of(state, (const bx_vm_state[]){__VA_ARGS__, BX_VM_STATES})

static void check_jobs_of(const bx_vm *vm)
{
    bx_vm_state state = vm->state;
    bool starting = ONE_OF(state, BX_VM_PLACING, BX_VM_GREETING, BX_VM_SETTING_UP, BX_VM_ABORTING,
                           BX_VM_UNDOING);
    bool stopping = ONE_OF(state, BX_VM_STOPPING, BX_VM_RELEASING);
    bool steady = ONE_OF(state, BX_VM_CREATED, BX_VM_STOPPED, BX_VM_ERROR, BX_VM_DESTROYED);
    HOLDS(!steady || (!vm->job && !vm->change));
    HOLDS(!starting || (vm->job && vm->job->kind == BX_JOB_START));
    HOLDS(!stopping || (vm->job && vm->job->kind == BX_JOB_STOP));
    HOLDS(starting || stopping || !vm->job || vm->job->kind == BX_JOB_CALL ||
          (vm->job->kind == BX_JOB_FORK && vm->ops == &bx_vm_basic_ops));
    HOLDS(!vm->change ||
          ONE_OF(state, BX_VM_PAUSING, BX_VM_RESUMING, BX_VM_CANCEL_SUSPENDING, BX_VM_KILLING));
    HOLDS(vm->change || !ONE_OF(state, BX_VM_PAUSING, BX_VM_RESUMING));
    HOLDS(!vm->job || (!vm->job->done && vm->job->vm == vm));
    HOLDS(!vm->change || (!vm->change->done && vm->change->vm == vm));
    /* What was cancelled is on its way to its end. */
    HOLDS(state != BX_VM_RUNNING || !vm->job || !vm->job->interrupted || vm->job->timer.position);
    HOLDS(state != BX_VM_PAUSED || !vm->job || !vm->job->interrupted);
}

static void check_share_of(const bx_vm *vm)
{
    const bx_lease *lease = (const bx_lease *)vm->lease;
    bool free = ONE_OF(vm->state, BX_VM_STOPPED, BX_VM_ERROR);
    HOLDS((lease != NULL) == (vm->state != BX_VM_DESTROYED));
    HOLDS(!lease || free == !lease->held ||
          ONE_OF(vm->state, BX_VM_RELEASING)); /* of one that was in error */
}

static bool is_timed(const bx_job *job)
{
    return job && (job->interrupted || job->timeout < 4e9);
}

static void check_timers_of(const bx_vm *vm)
{
    bx_vm_state state = vm->state;
    bool runs = ONE_OF(state, BX_VM_RUNNING, BX_VM_CANCEL_AWAKE);
    bool being_killed = ONE_OF(state, BX_VM_ABORTING, BX_VM_KILLING, BX_VM_STOPPING);
    bool asleep = ONE_OF(state, BX_VM_PAUSING, BX_VM_PAUSED, BX_VM_RESUMING, BX_VM_CANCEL_WAKING,
                         BX_VM_CANCEL_SUSPENDING);
    HOLDS(!runs || !is_timed(vm->job) || vm->job->timer.position);
    HOLDS(!asleep || !vm->job || !vm->job->timer.position);
    HOLDS(!being_killed || (vm->reap_timer.position && (!vm->job || !vm->job->timer.position)));
    HOLDS(!bx_vm_is_alive(vm) || vm->connection.channel || vm->reap_timer.position);
}

/* Nothing is left where there is no worker. */
static void check_rest_of(const bx_vm *vm)
{
    if (!ONE_OF(vm->state, BX_VM_CREATED, BX_VM_STOPPED, BX_VM_ERROR, BX_VM_DESTROYED))
        return;
    HOLDS(!vm->reap_timer.position && !vm->connection.channel && vm->source.descriptor < 0);
    HOLDS(vm->child.pid == 0 && vm->child.pidfd < 0 && vm->child.socket < 0);
    HOLDS(!vm->remote.place.courier && !vm->remote.pause.courier);
}

/* What was said to be stopped, or destroyed, is. */
static void check_stop_of(int i)
{
    const bx_vm *vm = vms[i];
    if (!stops[i] || !stops[i]->done)
        return;
    if (stops[i]->succeeded && vm && vm->ops == &bx_vm_xcpng_ops && vm->state == BX_VM_STOPPED) {
        guest left = guests[vm->remote.number];
        HOLDS(vm->guest_end != BX_GUEST_DESTROY || left == NO_GUEST);
        HOLDS(vm->guest_end != BX_GUEST_HALT || left == NO_GUEST || left == HALTED);
    }
    bx_job_release(stops[i]);
    stops[i] = NULL;
}

static void check_everything(void)
{
    for (int i = 0; i < VMS; i++) {
        check_stop_of(i);
        if (!vms[i])
            continue;
        check_jobs_of(vms[i]);
        check_share_of(vms[i]);
        check_timers_of(vms[i]);
        check_rest_of(vms[i]);
    }
    HOLDS(!hung);
}

/* ---- what users do ---- */

static void keep(bx_job *job)
{
    if (!job)
        return;
    if (job_count == JOBS)
        bx_job_release(jobs[--job_count]);
    jobs[job_count++] = job;
}

static void keep_stop(int i, bx_job *job)
{
    if (job && !stops[i])
        stops[i] = bx_job_hold(job);
    keep(job);
}

static double some_timeout(void)
{
    static const double timeouts[] = {0.5, 5, 60, INFINITY};
    return timeouts[chance(4)];
}

static void cancel_something(void)
{
    if (job_count)
        bx_job_cancel(jobs[chance((uint32_t)job_count)]);
}

static void destroy(bx_hypervisor *hypervisor, int i)
{
    bx_error error;
    if (chance(2)) {
        bx_hypervisor_abandon_vm(hypervisor, vms[i]);
    } else if (bx_hypervisor_destroy_vm(hypervisor, vms[i], &error) < 0) {
        HOLDS(vms[i]->state == BX_VM_ERROR);
        return;
    }
    HOLDS(vms[i]->state == BX_VM_DESTROYED);
    if (chance(2)) {
        bx_vm_free(vms[i]);
        vms[i] = NULL;
    }
}

/* Some VM that has not run, as a copy. */
static void fork_vm(bx_vm *vm)
{
    bx_error error;
    for (int i = 0; i < VMS; i++) {
        if (vms[i] && vms[i]->state == BX_VM_CREATED && vms[i]->ops == &bx_vm_basic_ops) {
            bx_job *job = bx_vm_fork(vm, vms[i], some_timeout(), &error);
            HOLDS(!vms[i]->origin);
            forks += job != NULL;
            keep(job);
            return;
        }
    }
}

static void distrust(bx_vm *vm)
{
    bx_error error;
    bx_fail(&error, BX_EPROTOCOL, "nonsense");
    bx_vm_distrust(vm, &error);
}

static void ask_courier(void)
{
    static const bx_buffer nothing;
    bx_error error;
    bx_job *job = bx_courier_job(pool, "wait", &nothing, some_timeout(), &error);
    begun -= !job; /* it had begun, and is gone */
    keep(job);
}

static void do_something(bx_hypervisor *hypervisor)
{
    static const bx_buffer nothing;
    bx_error error;
    int i = (int)chance(VMS);
    bx_vm *vm = vms[i];
    if (!vm)
        return;
    switch (chance(19)) {
    case 0:
    case 1: keep(bx_vm_start(vm, some_timeout(), &error)); break;
    case 2:
    case 3:
    case 4: keep(bx_vm_call(vm, "execute", &nothing, some_timeout(), &error)); break;
    case 5:
    case 6: keep(bx_vm_pause(vm, &error)); break;
    case 7:
    case 8: keep(bx_vm_resume(vm, &error)); break;
    case 9: keep_stop(i, bx_vm_stop(vm, chance(2) ? BX_GUEST_KEEP : BX_GUEST_HALT, &error)); break;
    case 10:
    case 11:
    case 12: cancel_something(); break;
    case 13: keep_stop(i, chance(3) ? NULL : bx_vm_end(vm, &error)); break;
    case 14:
        if (chance(6) == 0)
            destroy(hypervisor, i);
        break;
    case 15: ask_courier(); break;
    case 16:
    case 17: fork_vm(vm); break;
    default:
        if (chance(10) == 0)
            distrust(vm);
    }
}

/* ---- a sequence ---- */

static void turn_host(bx_host *host)
{
    for (int i = 0; i < 50 && bx_reactor_turn(&host->reactor, now) > 0; i++)
        check_everything();
}

static void step(bx_host *host, bx_hypervisor *hypervisor)
{
    for (uint32_t things = 1 + chance(3); things > 0; things--) {
        do_something(hypervisor);
        check_everything();
    }
    for (uint32_t turns = chance(4); turns > 0; turns--) {
        turn_world();
        if (chance(2))
            turn_host(host);
    }
    if (chance(3) == 0)
        now += (int64_t)chance(4) * chance(4) * SECOND / 4;
    couriers_missing = chance(12) == 0;
    if (chance(2))
        turn_host(host);
    check_everything();
}

static const process *worker_of(const bx_vm *vm)
{
    for (int i = 0; i < PROCESSES; i++) {
        const process *p = &processes[i];
        bool is_its = vm->child.pid ? vm->child.pid == pid_of(p)
                                    : p->kind == REMOTE_WORKER && p->remote == vm->remote.number;
        if (p->used && p->alive && is_its)
            return p;
    }
    return NULL;
}

/* What the host believes of a worker is so. */
static void check_truth_of(const bx_vm *vm)
{
    const process *worker = worker_of(vm);
    bool remote = vm->ops == &bx_vm_xcpng_ops;
    HOLDS(bx_vm_is_alive(vm) == (worker != NULL));
    if (worker) {
        HOLDS(worker->stopped == (vm->state == BX_VM_PAUSED));
        HOLDS(!remote || (guests[vm->remote.number] == GUEST_PAUSED) == worker->stopped);
    }
}

/* When everybody has done what was asked and much time has passed nobody waits any more, but for a
 * call of a VM that is paused. */
static void settle(bx_host *host)
{
    obliging = true;
    couriers_missing = false;
    for (int i = 0; i < 30; i++) {
        turn_world();
        turn_host(host);
        now += (i < 15 ? 1 : 600) * SECOND;
    }
    for (int i = 0; i < VMS; i++)
        if (vms[i]) {
            HOLDS(ONE_OF(vms[i]->state, BX_VM_CREATED, BX_VM_RUNNING, BX_VM_PAUSED, BX_VM_STOPPED,
                         BX_VM_ERROR, BX_VM_DESTROYED));
            HOLDS(!vms[i]->job || vms[i]->state == BX_VM_PAUSED);
            HOLDS(!vms[i]->change);
            check_truth_of(vms[i]);
        }
}

/* All VMs run, where chance wants it. */
static void start(bx_host *host)
{
    bx_error error;
    obliging = true;
    for (int i = 0; i < VMS; i++)
        if (chance(4))
            keep(bx_vm_start(vms[i], some_timeout(), &error));
    for (int i = 0; i < 10; i++) {
        turn_world();
        turn_host(host);
    }
    obliging = false;
}

static bx_courier *courier_of(bx_host *host)
{
    bx_buffer config = {0};
    bx_error error;
    bx_write_nil(&config);
    bx_courier *courier = bx_courier_new(host, &config, &error);
    bx_buffer_free(&config);
    return courier;
}

static void create(bx_hypervisor *hypervisor)
{
    static const bx_buffer setup;
    static const char *const ids[VMS] = {"a", "b", "c"};
    const double share[BX_RESOURCES] = {1};
    bx_error error;
    pool = courier_of(hypervisor->host);
    bool all_here = chance(4) == 0;
    for (int i = 0; i < VMS; i++) {
        bool remote = !all_here && chance(3) > 0;
        bx_vm_options options = {.id = ids[i],
                                 .biological_type = "any",
                                 .folder = "any",
                                 .output_limit = 1 << 20,
                                 .setup = &setup,
                                 .courier = remote ? pool : NULL};
        vms[i] = bx_hypervisor_create_vm(hypervisor, remote ? &bx_vm_xcpng_ops : &bx_vm_basic_ops,
                                         &options, share, &error);
    }
}

static void end(bx_host *host, bx_hypervisor *hypervisor)
{
    for (int i = 0; i < VMS; i++) {
        if (vms[i])
            bx_hypervisor_abandon_vm(hypervisor, vms[i]);
        bx_vm_free(vms[i]);
        vms[i] = NULL;
    }
    for (int i = 0; i < VMS; i++)
        check_stop_of(i);
    couriers_missing = false;
    for (int i = 0; i < 2 * JOBS; i++) { /* what was asked of the courier itself */
        turn_world();
        turn_host(host);
    }
    bx_courier_release(pool);
    while (job_count) {
        HOLDS(jobs[job_count - 1]->done);
        bx_job_release(jobs[--job_count]);
    }
    HOLDS(begun == finished && begun == released);
    HOLDS(!hypervisor->leases);
    turn_host(host);
    bx_vm_close_host(host);
    HOLDS(processes_left() == 0);
}

static void run_sequence(unsigned long seed)
{
    bx_host host;
    bx_error error;
    bx_hypervisor hypervisor = {.host = &host, .chassis = bx_chassis_find("ecoli")};
    memcpy(hypervisor.capacity, hypervisor.chassis->capacity, sizeof hypervisor.capacity);
    sequence = chance_state = seed;
    memset(guests, 0, sizeof guests);
    obliging = couriers_missing = hung = false;
    begun = finished = released = 0;
    int before = descriptors();
    if (bx_host_open(&host, "worker", &error) < 0)
        abort();
    create(&hypervisor);
    start(&host);
    uint32_t steps = 1 + chance(STEPS);
    for (uint32_t i = 0; i < steps && test_ok; i++)
        step(&host, &hypervisor);
    if (chance(2))
        settle(&host);
    obliging = true;
    end(&host, &hypervisor);
    HOLDS(descriptors() == before);
}

/* Somewhere the host goes on for ever. */
static void say_where(int number)
{
    char text[64];
    (void)number;
    int length = snprintf(text, sizeof text, "# sequence %lu does not end\n", sequence);
    if (write(STDOUT_FILENO, text, (size_t)length) < 0)
        _exit(2);
    _exit(1);
}

static unsigned long sequences = 3000, first = 1;

static void random_sequences_leave_nothing_undone(void)
{
    struct itimerval most = {.it_value.tv_sec = 60}, none = {0}; /* of processor time */
    signal(SIGPROF, say_where);
    for (unsigned long seed = first; seed < first + sequences && test_ok; seed++) {
        setitimer(ITIMER_PROF, &most, NULL);
        run_sequence(seed);
    }
    setitimer(ITIMER_PROF, &none, NULL);
    CHECK(sequences < 100 || forks > (long)sequences / 30);
}

/* ---- what needs no chance ---- */

static void open_world(bx_host *host)
{
    bx_error error;
    obliging = true;
    couriers_missing = hung = false;
    if (bx_host_open(host, "worker", &error) < 0)
        abort();
}

static process *only_courier(void)
{
    process *p = processes;
    while (!p->used || p->kind != COURIER)
        p++;
    return p;
}

static void a_courier_may_leave_many_notes_but_not_any_number(void)
{
    bx_host host;
    bx_error error;
    bx_buffer nothing = {0};
    size_t count = 0;
    open_world(&host);
    bx_courier *courier = courier_of(&host);
    bx_job *job = bx_courier_job(courier, "wait", &nothing, INFINITY, &error);
    for (int i = 0; i < 5; i++) {
        turn_world();
        turn_host(&host);
    }
    for (int i = 0; i < BX_NOTES + 1 && test_ok; i++) {
        bx_buffer out = {0};
        char name[BX_NOTE_NAME];
        snprintf(name, sizeof name, "note-%d", i);
        size_t start = bx_frame_begin(&out, BX_FRAME_NOTE, 0);
        bx_write_text(&out, name);
        bx_write_text(&out, name);
        bx_frame_end(&out, start, &error);
        send_bytes(only_courier(), &out);
        turn_host(&host);
        bx_courier_notes(courier, &count);
        CHECK(count == (size_t)(i < BX_NOTES ? i + 1 : BX_NOTES));
    }
    CHECK_TEXT(bx_courier_note(courier, "note-1000"), "note-1000");
    CHECK(bx_courier_end(courier) && bx_courier_end(courier)->code == BX_EPROTOCOL);
    bx_job_release(job);
    bx_courier_release(courier);
    turn_world();
    turn_host(&host);
    bx_vm_close_host(&host);
}

static void a_loop_that_cannot_wait_says_so(void)
{
    bx_host host;
    bx_error error;
    bx_buffer nothing = {0};
    open_world(&host);
    bx_courier *courier = courier_of(&host);
    bx_job *job = bx_courier_job(courier, "wait", &nothing, INFINITY, &error);
    int epoll = host.reactor.epoll;
    host.reactor.epoll = -1;
    CHECK(bx_job_wait(job, &host.reactor, BX_NEVER) == BX_REACTOR_BROKEN);
    CHECK(bx_job_finish_waiting(job, &host.reactor, &error) < 0 && error.code == BX_ESYSTEM);
    host.reactor.epoll = epoll;
    CHECK(bx_job_finish_waiting(job, &host.reactor, &error) == 0);
    bx_job_release(job);
    bx_courier_release(courier);
    bx_vm_close_host(&host);
}

/* By which the host knows what it has left on the pool. */
static void the_last_words_of_a_courier_are_heard_though_nobody_hears_the_host(void)
{
    bx_host host;
    bx_error error;
    bx_buffer nothing = {0};
    open_world(&host);
    bx_courier *courier = courier_of(&host);
    bx_job *job = bx_courier_job(courier, "wait", &nothing, INFINITY, &error);
    for (int i = 0; i < 5; i++) {
        hear(only_courier());
        if (!only_courier()->ready)
            say(only_courier(), BX_FRAME_HELLO, 0, write_version);
        else if (only_courier()->call && strcmp(only_courier()->operation, "open") == 0)
            answer(only_courier(), true);
        only_courier()->ready = true;
        turn_host(&host);
    }
    CHECK_TEXT(only_courier()->operation, "wait");
    say(only_courier(), BX_FRAME_NOTE, 0, write_key);
    die(only_courier(), SIGSEGV);
    bx_job_cancel(job);
    turn_host(&host);
    CHECK(job->done && job->error.code == BX_EDIED);
    CHECK(bx_courier_note(courier, ".key"));
    bx_job_release(job);
    bx_courier_release(courier);
    bx_vm_close_host(&host);
}

int main(int argc, char **argv)
{
    const char *many = argc > 1 ? argv[1] : getenv("BIOXEN_SEQUENCES");
    if (many)
        sequences = strtoul(many, NULL, 10);
    if (argc > 2)
        first = strtoul(argv[2], NULL, 10);
    RUN(random_sequences_leave_nothing_undone);
    RUN(a_courier_may_leave_many_notes_but_not_any_number);
    RUN(a_loop_that_cannot_wait_says_so);
    RUN(the_last_words_of_a_courier_are_heard_though_nobody_hears_the_host);
    return test_end();
}
