/* Requests as jobs: for what belongs to no VM. */
#include "vm/courier.h"

#include <stddef.h>
#include <stdlib.h>

typedef struct request_job {
    bx_job job; /* first: it is freed as a job */
    bx_request request;
    bx_buffer values;
    bx_courier *courier;
} request_job;

static request_job *job_of(bx_request *request)
{
    return (request_job *)((char *)request - offsetof(request_job, request));
}

static void job_progress(bx_request *request, double fraction, const char *text, size_t length)
{
    bx_job_set_progress(&job_of(request)->job, fraction, text, length);
}

static void job_ended(bx_request *request, const bx_error *error, const uint8_t *value,
                      size_t length)
{
    request_job *self = job_of(request);
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
    bx_courier_cancel(&((request_job *)job)->request);
}

bx_job *bx_courier_job(bx_courier *courier, const char *operation, const bx_buffer *values,
                       double timeout, bx_error *err)
{
    request_job *self = calloc(1, sizeof *self);
    if (!self || bx_buffer_append(&self->values, values->data, values->length) < 0) {
        free(self);
        bx_fail_memory(err);
        return NULL;
    }
    bx_job_begin(&self->job, BX_JOB_REQUEST, timeout);
    self->job.cancel = cancel_job;
    self->request = (bx_request){.operation = operation,
                                 .values = &self->values,
                                 .timeout = timeout,
                                 .descriptor = -1,
                                 .progress = job_progress,
                                 .ended = job_ended};
    self->courier = bx_courier_hold(courier);
    bx_job_hold(&self->job);
    if (bx_courier_send(courier, &self->request, err) < 0) {
        bx_buffer_free(&self->values);
        bx_courier_release(courier);
        free(self);
        return NULL;
    }
    return &self->job;
}
