#include "worker/loop.h"

#include "core/clock.h"
#include "core/patience.h"
#include "inside/output.h"
#include "wire/frame.h"
#include "wire/value.h"
#include "wire/zygote.h"
#include "worker/call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_SIZE = 4096 };

static bx_buffer in;
static bx_patience patience;

/* Wait for bytes; awake for a moment, where that has been worth it lately. */
static size_t receive(void *bytes, size_t size)
{
    int64_t until = bx_patience_begin(&patience);
    for (;;) {
        bool awake = until && bx_patience_lasts(until);
        ssize_t got = recv(BX_WORKER_DESCRIPTOR, bytes, size, awake ? MSG_DONTWAIT : 0);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            continue;
        bx_patience_end(&patience, awake && got > 0);
        if (got > 0)
            return (size_t)got;
        if (got == 0 || errno != EINTR)
            _exit(BX_EXIT_HOST_GONE);
    }
}

/* A call too large for the memory that is left: read past it and say so. */
static void discard_frame(const bx_worker *worker)
{
    uint8_t scratch[READ_SIZE];
    bx_frame_head head;
    if (bx_frame_read_head(in.data, &head, NULL) < 0)
        _exit(EXIT_FAILURE);
    size_t rest = BX_FRAME_HEAD + head.length - in.length;
    while (rest)
        rest -= receive(scratch, rest < sizeof scratch ? rest : sizeof scratch);
    bx_buffer_free(&in);
    bx_output_send_error(head.call, bx_cell_time(worker->cell), BX_EMEMORY,
                         "the call does not fit in the VM's memory", NULL);
}

/* Room for more of the frame that has begun; false if it had to be discarded. */
static bool make_room(const bx_worker *worker)
{
    if (bx_buffer_reserve(&in, READ_SIZE) == 0)
        return true;
    if (in.length < BX_FRAME_HEAD)
        _exit(EXIT_FAILURE);
    discard_frame(worker);
    return false;
}

_Noreturn void bx_loop_run(bx_worker *worker)
{
    bx_frame frame;
    bx_error err;
    size_t used;
    for (;;) {
        int status = bx_frame_parse(in.data, in.length, &frame, &used, &err);
        if (status > 0)
            status = bx_call_answer(worker, &frame, &err) < 0 ? -1 : 1;
        if (status < 0)
            _exit(EXIT_FAILURE); /* the host does not speak our protocol */
        if (status > 0) {
            bx_buffer_consume(&in, used);
        } else if (make_room(worker)) {
            in.length += receive(in.data + in.length, in.capacity - in.length);
        }
    }
}
