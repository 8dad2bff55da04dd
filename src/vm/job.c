#include "vm/job.h"

#include "vm/vm.h"

#include <math.h>
#include <stdlib.h>

bx_job *bx_job_new(bx_job_kind kind, bx_vm *vm, double timeout, bx_error *err)
{
    bx_job *job = calloc(1, sizeof *job);
    if (!job) {
        bx_fail_memory(err);
        return NULL;
    }
    job->references = 1;
    job->kind = kind;
    job->vm = vm;
    job->timeout = timeout;
    job->started = bx_clock_now();
    job->fraction = NAN;
    job->sim_time = NAN;
    return job;
}

bx_job *bx_job_hold(bx_job *job)
{
    job->references++;
    return job;
}

void bx_job_release(bx_job *job)
{
    if (!job || --job->references > 0)
        return;
    bx_buffer_free(&job->value);
    bx_buffer_free(&job->output);
    free(job->traceback);
    free(job);
}

int bx_job_wait(bx_job *job, bx_reactor *reactor, int64_t deadline)
{
    while (!job->done) {
        int turned = bx_reactor_turn(reactor, deadline);
        if (turned < 0)
            return -1;
        if (turned == 0 && !job->done && bx_clock_now() >= deadline)
            return 0;
    }
    return 1;
}

void bx_job_cancel(bx_job *job)
{
    if (!job->done)
        bx_vm_cancel_job(job->vm, job);
}
