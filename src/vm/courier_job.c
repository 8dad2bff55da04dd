/* Errands as jobs: for what belongs to no VM. */
#include "vm/courier.h"

#include <stddef.h>
#include <stdlib.h>

typedef struct errand_job {
    bx_job job; /* first: it is freed as a job */
    bx_errand errand;
    bx_buffer values;
    bx_courier *courier;
} errand_job;

static errand_job *job_of(bx_errand *errand)
{
    return (errand_job *)((char *)errand - offsetof(errand_job, errand));
}

static void job_progress(bx_errand *errand, double fraction, const char *text, size_t length)
{
    bx_job_set_progress(&job_of(errand)->job, fraction, text, length);
}

static void job_ended(bx_errand *errand, const bx_error *error, const uint8_t *value, size_t length)
{
    errand_job *self = job_of(errand);
    bx_error failure;
    bx_buffer_free(&self->values);
    if (bx_buffer_append(error ? &self->job.details : &self->job.value, value, length) < 0 &&
        !error) {
        bx_fail_memory(&failure);
        error = &failure;
    }
    bx_courier *courier = self->courier;
    bx_job_finish(&self->job, error);
    bx_job_release(&self->job);
    bx_courier_release(courier);
}

static void cancel_job(bx_job *job)
{
    bx_courier_cancel(&((errand_job *)job)->errand);
}

bx_job *bx_courier_job(bx_courier *courier, const char *operation, const bx_buffer *values,
                       double timeout, bx_error *err)
{
    errand_job *self = calloc(1, sizeof *self);
    if (!self || bx_buffer_append(&self->values, values->data, values->length) < 0) {
        free(self);
        bx_fail_memory(err);
        return NULL;
    }
    bx_job_begin(&self->job, BX_JOB_ERRAND, timeout);
    self->job.cancel = cancel_job;
    self->errand = (bx_errand){.operation = operation,
                               .values = &self->values,
                               .timeout = timeout,
                               .descriptor = -1,
                               .progress = job_progress,
                               .ended = job_ended};
    self->courier = bx_courier_hold(courier);
    bx_job_hold(&self->job);
    if (bx_courier_send(courier, &self->errand, err) < 0) {
        bx_buffer_free(&self->values);
        bx_courier_release(courier);
        free(self);
        return NULL;
    }
    return &self->job;
}
