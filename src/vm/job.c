#include "vm/job.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Of a deadline: before that a pace says little. */
#define WARNED_FROM 0.1

void bx_job_begin(bx_job *job, bx_job_kind kind, double timeout)
{
    job->references = 1;
    job->kind = kind;
    job->timeout = timeout;
    job->started = bx_clock_now();
    job->fraction = job->expected = NAN;
    job->sim_time = NAN;
}

int bx_job_add_output(bx_job *job, const uint8_t *bytes, size_t length)
{
    if (job->listener)
        job->listener->printed(job->listener, bytes, length);
    bx_ready_tell(&job->ready);
    return bx_buffer_append(&job->output, bytes, length);
}

void bx_job_set_progress(bx_job *job, double fraction, const char *text, size_t length)
{
    job->fraction = fraction;
    if (job->timer.position) /* which stands still while the VM is paused */
        job->expected = (job->timeout - (double)(job->timer.at - bx_clock_now()) * 1e-9) / fraction;
    snprintf(job->progress, sizeof job->progress, "%.*s",
             length < sizeof job->progress ? (int)length : (int)sizeof job->progress - 1,
             text ? text : "");
    bx_ready_tell(&job->ready);
}

static void drop_listener(bx_job *job)
{
    if (job->listener)
        job->listener->release(job->listener);
    job->listener = NULL;
}

bool bx_job_warn(bx_job *job)
{
    if (job->done || job->interrupted || job->warned || job->kind != BX_JOB_CALL)
        return false;
    double passed = job->expected * job->fraction;
    job->warned = passed >= WARNED_FROM * job->timeout && job->expected > job->timeout;
    return job->warned;
}

void bx_job_keep_details(bx_job *job, const uint8_t *details, size_t length)
{
    if (!job || !details)
        return;
    bx_buffer_cut(&job->details, 0);
    bx_buffer_append(&job->details, details, length);
}

void bx_job_finish(bx_job *job, const bx_error *error)
{
    drop_listener(job);
    job->done = true;
    job->succeeded = !error;
    job->ended = bx_clock_now();
    if (error)
        job->error = *error;
    bx_ready_tell(&job->ready);
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
    drop_listener(job);
    bx_ready_leave(&job->ready);
    bx_buffer_free(&job->value);
    bx_buffer_free(&job->output);
    bx_buffer_free(&job->details);
    free(job);
}

int bx_job_wait(bx_job *job, bx_reactor *reactor, int64_t deadline)
{
    while (!job->done) {
        int turned = bx_reactor_turn(reactor, deadline);
        if (turned < 0)
            return turned;
        if (turned == 0 && !job->done && bx_clock_now() >= deadline)
            return 0;
    }
    return 1;
}

int bx_job_finish_waiting(bx_job *job, bx_reactor *reactor, bx_error *err)
{
    int done;
    do
        done = bx_job_wait(job, reactor, BX_NEVER);
    while (done == BX_REACTOR_SIGNAL);
    if (done < 0)
        return bx_reactor_fail(err);
    if (job->succeeded)
        return 0;
    *err = job->error;
    return -1;
}

void bx_job_cancel(bx_job *job)
{
    if (!job->done)
        job->cancel(job);
}
