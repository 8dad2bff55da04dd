#include "vm/link.h"

#include "wire/connection.h"
#include "wire/local.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/epoll.h>

enum { OUTPUT_LIMIT = (1 << 30) + (1 << 20) }; /* bytes: more than any VM may print in a call */

typedef struct link_job {
    bx_job job; /* first: it is freed as a job */
    bx_link *link;
    uint64_t call;
    bool begun;
    struct link_job *next;
} link_job;

struct bx_link {
    int references;
    bx_host *host;
    bx_connection connection;
    bx_source source;
    uint32_t watched; /* events of the source */
    link_job *jobs;   /* that run */
    bx_error end;     /* why it is closed */
};

static link_job *find_job(const bx_link *link, uint64_t call)
{
    link_job *self = link->jobs;
    while (self && self->call != call)
        self = self->next;
    return self;
}

static void finish(link_job *self, const bx_error *error)
{
    bx_link *link = self->link;
    link_job **at = &link->jobs;
    while (*at != self)
        at = &(*at)->next;
    *at = self->next;
    bx_job_finish(&self->job, error);
    bx_job_release(&self->job);
    bx_link_release(link);
}

/* It ends, for a reason that every job that runs is told. */
static void end(bx_link *link, const bx_error *reason)
{
    if (!link->connection.channel)
        return;
    link->references++;
    link->end = *reason;
    bx_reactor_forget(&link->host->reactor, &link->source);
    bx_connection_close(&link->connection);
    while (link->jobs)
        finish(link->jobs, &link->end);
    bx_link_release(link);
}

/* The connection's errors speak of a worker. */
static void end_failed(bx_link *link, const bx_error *error)
{
    bx_error reason = *error;
    if (error->code == BX_EDIED)
        bx_fail(&reason, BX_EDAEMON, "the daemon has ended, or closed this connection");
    else if (error->code == BX_EVERSION)
        bx_fail(&reason, BX_EVERSION,
                "the daemon is of another version than this program, " BX_PROTOCOL_VERSION
                ": restart it");
    else if (error->code == BX_EPROTOCOL)
        bx_fail(&reason, BX_EDAEMON, "the daemon broke the protocol: %.900s", error->message);
    end(link, &reason);
}

/* ---- what the daemon says ---- */

static bool is_open(void *owner, uint64_t call)
{
    return find_job(owner, call) != NULL;
}

static void on_hello(void *owner)
{
    (void)owner;
}

static link_job *heard(bx_link *link)
{
    return find_job(link, link->connection.heard);
}

static void on_output(void *owner, const uint8_t *bytes, size_t length)
{
    bx_job *job = &heard(owner)->job;
    bx_error error;
    if (job->output.length + length <= OUTPUT_LIMIT && bx_job_add_output(job, bytes, length) == 0)
        return;
    bx_fail(&error, BX_EMEMORY, "not enough memory for the output of a call");
    end(owner, &error);
}

static void on_progress(void *owner, double fraction, double sim_time, const char *text,
                        size_t length)
{
    (void)sim_time; /* who asks for the status is told */
    link_job *self = heard(owner);
    (void)sim_time; /* that of a VM comes with its status */
    self->begun = true;
    if (!isnan(fraction))
        bx_job_set_progress(&self->job, fraction, text, length);
}

static void on_reply(void *owner, double sim_time, const uint8_t *value, size_t length)
{
    link_job *self = heard(owner);
    bx_error error;
    self->job.sim_time = sim_time;
    if (bx_buffer_append(&self->job.value, value, length) == 0) {
        finish(self, NULL);
        return;
    }
    bx_fail_memory(&error);
    finish(self, &error);
}

/* Without a call: the daemon serves no more. */
static void on_error(void *owner, double sim_time, const bx_error *error, const uint8_t *details,
                     size_t length)
{
    link_job *self = heard(owner);
    if (!self) {
        end(owner, error);
        return;
    }
    self->job.sim_time = sim_time;
    bx_job_keep_details(&self->job, details, length);
    finish(self, error);
}

static const bx_connection_events events = {.hello = on_hello,
                                            .output = on_output,
                                            .progress = on_progress,
                                            .reply = on_reply,
                                            .error = on_error,
                                            .is_open = is_open};

/* ---- the loop ---- */

static void watch(bx_link *link)
{
    uint32_t wanted = EPOLLIN;
    if (bx_connection_wants_to_write(&link->connection))
        wanted |= EPOLLOUT;
    if (wanted != link->watched)
        bx_reactor_change(&link->host->reactor, &link->source, wanted);
    link->watched = wanted;
}

static void link_ready(bx_source *source, uint32_t ready)
{
    bx_link *link = (bx_link *)((char *)source - offsetof(bx_link, source));
    bx_error error = {.code = BX_OK};
    int status = 0;
    link->references++;
    if (ready & EPOLLOUT)
        status = bx_connection_flush(&link->connection, &error);
    if (status == 0 || error.code == BX_EDIED) /* it may have said why */
        status = bx_connection_receive(&link->connection, &error);
    if (status < 0)
        end_failed(link, &error);
    else if (link->connection.channel)
        watch(link);
    bx_link_release(link);
}

/* ---- for callers ---- */

bx_link *bx_link_open(bx_host *host, const char *path, bx_error *err)
{
    int socket = bx_local_connect(path, err);
    if (socket < 0)
        return NULL;
    bx_channel *channel = bx_channel_socket(socket, err);
    if (!channel)
        return NULL;
    bx_link *link = calloc(1, sizeof *link);
    if (!link) {
        bx_channel_close(channel);
        bx_fail_memory(err);
        return NULL;
    }
    *link =
        (bx_link){.references = 1, .host = host, .source = {link_ready, -1}, .watched = EPOLLIN};
    bx_connection_open(&link->connection, channel, &events, link);
    if (bx_reactor_watch(&host->reactor, &link->source, socket, EPOLLIN, err) == 0)
        return link;
    bx_connection_close(&link->connection);
    free(link);
    return NULL;
}

void bx_link_close(bx_link *link)
{
    bx_error reason;
    bx_fail(&reason, BX_EDAEMON, "this connection was closed");
    end(link, &reason);
}

void bx_link_release(bx_link *link)
{
    if (!link || --link->references > 0)
        return;
    bx_reactor_forget(&link->host->reactor, &link->source);
    bx_connection_close(&link->connection);
    free(link);
}

bool bx_link_is_open(const bx_link *link)
{
    return link->connection.channel != NULL;
}

bool bx_link_has_begun(const bx_job *job)
{
    return ((const link_job *)job)->begun;
}

static void cancel_job(bx_job *job)
{
    bx_link *link = ((link_job *)job)->link;
    bx_error error;
    link->connection.call = ((link_job *)job)->call;
    if (bx_connection_signal(&link->connection, BX_FRAME_INTERRUPT, &error) == 0)
        watch(link); /* else the end of the stream tells */
}

bx_job *bx_link_call(bx_link *link, bx_job_kind kind, const char *operation,
                     const bx_buffer *values, bx_error *err)
{
    if (!bx_link_is_open(link)) {
        *err = link->end;
        return NULL;
    }
    link_job *self = calloc(1, sizeof *self);
    if (!self) {
        bx_fail_memory(err);
        return NULL;
    }
    if (bx_connection_call(&link->connection, operation, 0, values, err) < 0 &&
        err->code != BX_EDIED) { /* then the end of the stream says more */
        free(self);
        return NULL;
    }
    bx_job_begin(&self->job, kind, INFINITY);
    if (kind == BX_JOB_CALL && link->host->listen)
        self->job.listener = link->host->listen();
    self->job.cancel = cancel_job;
    self->link = link;
    self->call = link->connection.last_call;
    self->next = link->jobs;
    link->jobs = self;
    link->references++;
    watch(link);
    return bx_job_hold(&self->job);
}
