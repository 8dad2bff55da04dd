/* The host's view of a courier: the program that talks to a pool and to the guests there. It is
 * started when the first request needs it. While it works it leaves notes here; where it dies, the
 * next request starts another program, which is told them. */
#ifndef BX_VM_COURIER_H
#define BX_VM_COURIER_H

#include "vm/host.h"
#include "vm/job.h"
#include "wire/connection.h"

/* More than a courier of ours ever leaves: one with more is not believed. */
enum { BX_NOTES = 4096 };

/* What a courier wants remembered of the pool. A name that begins with '.' is for its successor
 * alone. */
typedef struct bx_note {
    char name[BX_NOTE_NAME];
    char text[BX_NOTE_TEXT];
} bx_note;

typedef struct bx_courier bx_courier;
typedef struct bx_request bx_request;

/* Something that a courier is sent to do. Embedded in what it is for. */
struct bx_request {
    const char *operation;
    const bx_buffer *values; /* one encoded value, until it has ended */
    double timeout;          /* seconds; INFINITY: none. The courier keeps it by itself */
    int descriptor;          /* goes with it, taken; -1: none */
    void (*progress)(bx_request *request, double fraction, const char *text, size_t length);
    /* Once. `error` is NULL if it succeeded, and then `value` is the answer, one encoded value;
     * with an error it is a map of details, or NULL. */
    void (*ended)(bx_request *request, const bx_error *error, const uint8_t *value, size_t length);
    bx_courier *courier; /* while it waits or is on its way */
    bool late;           /* sent while the program was ending: for its successor */
    bx_request *next;
};

/* `config` is what the operation "open" is told, one encoded value. References count; the caller
 * has one. */
bx_courier *bx_courier_new(bx_host *host, const bx_buffer *config, bx_error *err);
bx_courier *bx_courier_hold(bx_courier *courier);

/* The last one to let go ends the program, which first undoes what it has made; nobody waits. NULL
 * is fine. */
void bx_courier_release(bx_courier *courier);

/* The same, and wait for the program's end if this was the last, or until a signal comes. */
void bx_courier_retire(bx_courier *courier);

/* Make a request ready to be sent: one that is under way must not be used again (asserted). */
void bx_request_prepare(bx_request *request, bx_request as);

/* Requests are done one after the other. */
int bx_courier_send(bx_courier *courier, bx_request *request, bx_error *err);

/* Have it end soon; ended() follows. */
void bx_courier_cancel(bx_request *request);

/* Forget the request: ended() is not called, though the courier may go on with it. */
void bx_courier_abandon(bx_request *request);

const bx_note *bx_courier_notes(const bx_courier *courier, size_t *count);
const char *bx_courier_note(const bx_courier *courier, const char *name); /* or NULL */

/* The process, 0 for none. */
pid_t bx_courier_pid(const bx_courier *courier);

/* Why there is none any more; NULL: there is, or was none yet. */
const bx_error *bx_courier_end(const bx_courier *courier);

/* A request as a job: its answer is the job's value. It belongs to no VM. */
bx_job *bx_courier_job(bx_courier *courier, const char *operation, const bx_buffer *values,
                       double timeout, bx_error *err);

/* Wait a little for those that are undoing, then leave them to it. */
void bx_couriers_close(bx_host *host);

#endif
