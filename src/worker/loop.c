#include "worker/loop.h"

#include "core/clock.h"
#include "core/patience.h"
#include "inside/output.h"
#include "wire/server.h"
#include "wire/zygote.h"
#include "worker/call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_SIZE = 4096 };

/* Side by side, in one page of those that a new worker has to have for itself. */
static struct {
    bx_inbox in;
    bx_patience patience;
    bool waited; /* for the first call, which as a rule is there already */
} own __attribute__((aligned(128)));

/* Wait for bytes; awake for a moment, where that has been worth it lately. */
static size_t receive(void *bytes, size_t size)
{
    int64_t until = bx_patience_begin(&own.patience);
    for (;;) {
        bool awake = until && (!own.waited || bx_patience_lasts(until));
        own.waited = true;
        ssize_t got = recv(BX_WORKER_DESCRIPTOR, bytes, size, awake ? MSG_DONTWAIT : 0);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            continue;
        bx_patience_end(&own.patience, awake && got > 0);
        if (got > 0)
            return (size_t)got;
        if (got == 0 || errno != EINTR)
            _exit(BX_EXIT_HOST_GONE);
    }
}

/* A call too large for the memory that is left: read past it and say so. Not inlined, whose scratch
 * would take a page of the stack from every worker. */
__attribute__((noinline)) static void discard_frame(const bx_worker *worker)
{
    uint8_t scratch[READ_SIZE];
    bx_frame_head head;
    if (bx_frame_read_head(own.in.bytes.data, &head, NULL) < 0)
        _exit(EXIT_FAILURE);
    size_t rest = BX_FRAME_HEAD + head.length - own.in.bytes.length;
    while (rest)
        rest -= receive(scratch, rest < sizeof scratch ? rest : sizeof scratch);
    bx_buffer_free(&own.in.bytes);
    bx_output_send_error(head.call, bx_cell_time(worker->cell), BX_EMEMORY,
                         "the call does not fit in the VM's memory", NULL);
}

/* Room for more of the frame that has begun; false if it had to be discarded. */
static bool make_room(const bx_worker *worker)
{
    if (bx_buffer_reserve(&own.in.bytes, READ_SIZE) == 0)
        return true;
    if (own.in.bytes.length < BX_FRAME_HEAD)
        _exit(EXIT_FAILURE);
    discard_frame(worker);
    return false;
}

void bx_loop_prepare(void)
{
    bx_output_begin(0, 0);
    bx_call_prepare();
    bx_buffer_reserve(&own.in.bytes, READ_SIZE);
}

_Noreturn void bx_loop_run(bx_worker *worker)
{
    static bx_error err; /* on the stack it would cost each VM a page */
    bx_call call;
    for (;;) {
        int status = bx_inbox_read_call(&own.in, &call, &err);
        if (status > 0 && bx_call_answer(worker, &call, &err) < 0)
            status = -1;
        if (status < 0)
            _exit(EXIT_FAILURE); /* the host does not speak our protocol */
        if (status > 0) {
            bx_inbox_drop(&own.in);
        } else if (make_room(worker)) {
            own.in.bytes.length += receive(own.in.bytes.data + own.in.bytes.length,
                                           own.in.bytes.capacity - own.in.bytes.length);
        }
    }
}
