/* VMs when memory runs out at any allocation, and when the host forks. The worker is the fake one,
 * which answers a call whose code is "reply" with 1. */
#include "hypervisor/hypervisor.h"
#include "wire/value.h"

#include "descriptors.h"
#include "test.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The linker leads the core's allocations here (--wrap): the one that is counted down to fails. */
static long countdown = -1;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
char *__wrap_strdup(const char *text);

static bool fails(void)
{
    if (countdown < 0 || countdown-- > 0)
        return false;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return fails() ? NULL : __real_realloc(block, size);
}

char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}

/* And so does what is sent. */
static long sends_left = -1;
static int send_error;

ssize_t __real_sendmsg(int socket, const struct msghdr *message, int flags);
ssize_t __wrap_sendmsg(int socket, const struct msghdr *message, int flags);

ssize_t __wrap_sendmsg(int socket, const struct msghdr *message, int flags)
{
    if (sends_left < 0 || sends_left-- > 0)
        return __real_sendmsg(socket, message, flags);
    errno = send_error;
    return -1;
}

static void fake_worker(char *path, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", path, size - 32);
    path[length > 0 ? length : 0] = '\0';
    strcpy(strrchr(path, '/'), "/fake-worker");
}

/* Start a VM, call it, stop it. True if all of it went well. */
static bool live(bx_host *host)
{
    bx_error err;
    bx_buffer setup = {0}, code = {0};
    bx_hypervisor hypervisor = {.host = host, .chassis = bx_chassis_find("ecoli")};
    double share[BX_RESOURCES] = {0};
    bx_vm_options options = {.id = "vm",
                             .biological_type = "any",
                             .folder = "any",
                             .memory_limit = 1 << 20,
                             .output_limit = 1 << 20,
                             .setup = &setup};
    bx_vm *vm = bx_hypervisor_create_vm(&hypervisor, &bx_vm_basic_ops, &options, share, &err);
    if (!vm)
        return false;
    bool well = false;
    bx_job *start = bx_vm_start(vm, 10, &err), *call = NULL;
    bx_write_text(&code, "reply");
    if (start && bx_job_wait(start, &host->reactor, bx_clock_after(60)) == 1 && start->succeeded &&
        bx_buffer_finish(&code, 0) == 0)
        call = bx_vm_call(vm, "execute", &code, 10, &err);
    if (call && bx_job_wait(call, &host->reactor, bx_clock_after(60)) == 1)
        well = call->succeeded;
    bx_hypervisor_abandon_vm(&hypervisor, vm);
    CHECK(vm->state == BX_VM_DESTROYED && hypervisor.leases == NULL);
    bx_vm_free(vm);
    bx_job_release(start);
    bx_job_release(call);
    bx_buffer_free(&code);
    return well;
}

static void memory_may_run_out_anywhere(void)
{
    char worker[PATH_MAX];
    bx_host host;
    bx_error err;
    fake_worker(worker, sizeof worker);
    int before = descriptors();
    CHECK(bx_host_open(&host, worker, &err) == 0);
    int failures = 0;
    for (long n = 0; n < 200; n++) {
        countdown = n;
        bool well = live(&host);
        bool reached = countdown < 0;
        countdown = -1;
        failures += !well;
        CHECK(well || reached);
        if (well && !reached)
            break;
        CHECK(n < 199);
    }
    CHECK(failures > 5);
    CHECK(live(&host));
    bx_vm_close_host(&host);
    CHECK(descriptors() == before);
}

/* Whatever fails is told at once, not at a deadline. */
static void sending_may_fail_anywhere(void)
{
    static const int errors[] = {ENOBUFS, ENOMEM};
    char worker[PATH_MAX];
    bx_host host;
    bx_error err;
    int failures = 0;
    fake_worker(worker, sizeof worker);
    CHECK(bx_host_open(&host, worker, &err) == 0);
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        bool reached = true;
        for (long n = 0; reached && n < 20; n++) {
            int64_t begin = bx_clock_now();
            send_error = errors[i];
            sends_left = n;
            bool well = live(&host);
            reached = sends_left < 0;
            sends_left = -1;
            failures += !well;
            CHECK(well != reached);
            CHECK(bx_clock_now() - begin < INT64_C(5000000000));
        }
        CHECK(!reached);
    }
    CHECK(failures == 6); /* the request for a worker, its setup, its call */
    CHECK(live(&host));
    bx_vm_close_host(&host);
}

/* When the worker is there, and nothing left to hold on to it. */
static void descriptors_may_run_out(void)
{
    char worker[PATH_MAX];
    bx_host host;
    bx_error err;
    bx_buffer setup = {0};
    struct rlimit all, none;
    fake_worker(worker, sizeof worker);
    CHECK(bx_host_open(&host, worker, &err) == 0);
    CHECK(live(&host)); /* its zygote is there */
    bx_vm_options options = {
        .id = "vm", .biological_type = "any", .folder = "any", .setup = &setup};
    bx_vm *vm = bx_vm_new(&host, &bx_vm_basic_ops, &options, &err);
    bx_job *job = bx_vm_start(vm, 20, &err);
    CHECK(getrlimit(RLIMIT_NOFILE, &all) == 0);
    none = all;
    none.rlim_cur = 3;
    setrlimit(RLIMIT_NOFILE, &none);
    CHECK(bx_job_wait(job, &host.reactor, bx_clock_after(60)) == 1);
    setrlimit(RLIMIT_NOFILE, &all);
    CHECK(!job->succeeded && job->error.code == BX_ESTART &&
          strstr(job->error.message, strerror(EMFILE)));
    bx_job_release(job);
    job = bx_vm_start(vm, 20, &err);
    CHECK(bx_job_wait(job, &host.reactor, bx_clock_after(60)) == 1 && job->succeeded);
    bx_job_release(job);
    bx_vm_free(vm);
    bx_vm_close_host(&host);
}

static void a_fork_of_the_host_leaves_its_vms_alone(void)
{
    char worker[PATH_MAX];
    bx_host host;
    bx_error err;
    bx_buffer setup = {0}, code = {0};
    fake_worker(worker, sizeof worker);
    CHECK(bx_host_open(&host, worker, &err) == 0);
    bx_vm_options options = {
        .id = "vm", .biological_type = "any", .folder = "any", .setup = &setup};
    bx_vm *vm = bx_vm_new(&host, &bx_vm_basic_ops, &options, &err);
    bx_job *job = bx_vm_start(vm, 10, &err);
    CHECK(bx_job_wait(job, &host.reactor, bx_clock_after(60)) == 1 && job->succeeded);
    bx_job_release(job);
    pid_t child = fork();
    if (child == 0) {
        bool refused = !bx_vm_call(vm, "execute", &code, 1, &err) && err.code == BX_ESYSTEM;
        bx_vm_free(vm);
        bx_vm_close_host(&host);
        _exit(refused ? 0 : 1);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    bx_write_text(&code, "reply");
    job = bx_vm_call(vm, "execute", &code, 10, &err);
    CHECK(job && bx_job_wait(job, &host.reactor, bx_clock_after(60)) == 1 && job->succeeded);
    bx_job_release(job);
    bx_vm_free(vm);
    bx_vm_close_host(&host);
    bx_buffer_free(&code);
}

int main(void)
{
    RUN(memory_may_run_out_anywhere);
    RUN(sending_may_fail_anywhere);
    RUN(descriptors_may_run_out);
    RUN(a_fork_of_the_host_leaves_its_vms_alone);
    return test_end();
}
