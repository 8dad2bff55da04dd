#include "courier/control.h"

#include "wire/pass.h"
#include "wire/zygote.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_PIECE = 16 << 10 };

/* ---- sending ---- */

/* Send what waits, as far as the socket takes it. */
static void flush(bx_control *control)
{
    bx_buffer *out = &control->out;
    bool gone = false; /* reading tells, too */
    size_t sent = bx_answer_send(BX_WORKER_DESCRIPTOR, out->data, out->length, &gone);
    bx_buffer_consume(out, gone ? out->length : sent);
}

static void host_gone(bx_control *control)
{
    control->gone = true;
    if (!control->undoing)
        control->loop->cancelled = true;
}

/* It would wait for an answer: it is to see this process end. */
static void give_up(bx_control *control)
{
    control->in = (bx_inbox){.bytes = control->in.bytes};
    bx_buffer_cut(&control->in.bytes, 0);
    host_gone(control);
}

void bx_control_error(bx_control *control, const char *code, const char *message,
                      const bx_buffer *details)
{
    bx_failure failure = {.code = code, .message = message, .details = details};
    if (bx_answer_error(&control->out, control->call, NAN, &failure, NULL) == 0)
        flush(control);
    else
        give_up(control);
    control->call = 0;
}

void bx_control_reply(bx_control *control, const bx_buffer *value)
{
    bx_error error;
    size_t start = bx_answer_begin_reply(&control->out, control->call, NAN);
    bx_buffer_append(&control->out, value->data, value->length);
    if (bx_frame_end(&control->out, start, &error) < 0)
        bx_control_error(control, bx_code_describe(error.code)->name, error.message, NULL);
    else
        flush(control);
    control->call = 0;
}

void bx_control_progress(bx_control *control, double fraction, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    if (control->call &&
        bx_answer_progress(&control->out, control->call, fraction, NAN, text, length, NULL) == 0)
        flush(control);
}

int bx_control_note(bx_control *control, const char *name, const char *text, bx_error *err)
{
    if (bx_answer_note(&control->out, name, text, err) < 0)
        return -1;
    flush(control);
    return 0;
}

/* ---- receiving ---- */

static void drop_passed(bx_control *control)
{
    if (control->passed >= 0)
        close(control->passed);
    control->passed = -1;
}

/* True if something came. */
static bool receive(bx_control *control)
{
    bx_buffer *in = &control->in.bytes;
    if (bx_buffer_reserve(in, READ_PIECE) < 0) {
        host_gone(control);
        return false;
    }
    int passed;
    ssize_t got = bx_pass_receive(BX_WORKER_DESCRIPTOR, in->data + in->length,
                                  in->capacity - in->length, &passed);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (got <= 0) {
        host_gone(control);
        return false;
    }
    if (passed >= 0) {
        drop_passed(control);
        control->passed = passed;
    }
    in->length += (size_t)got;
    return true;
}

/* During a call only its interrupt is expected. */
static void hear_interrupts(bx_control *control)
{
    int heard = bx_inbox_hear_interrupts(&control->in, control->call, NULL);
    if (heard < 0)
        host_gone(control); /* or not a host of ours */
    else if (heard && !control->undoing)
        control->loop->cancelled = true;
}

static int control_watch(bx_pump *pump, struct pollfd *watched)
{
    const bx_control *control = (bx_control *)pump;
    short events = control->gone ? 0 : POLLIN;
    if (control->out.length)
        events |= POLLOUT;
    *watched = (struct pollfd){.fd = events ? BX_WORKER_DESCRIPTOR : -1, .events = events};
    return 1;
}

static void control_move(bx_pump *pump)
{
    bx_control *control = (bx_control *)pump;
    if (control->out.length)
        flush(control);
    while (!control->gone && receive(control))
        ;
    hear_interrupts(control);
}

/* ---- calls ---- */

int bx_control_open(bx_control *control, bx_loop *loop, bx_error *err)
{
    *control = (bx_control){.pump = {.watch = control_watch, .move = control_move},
                            .loop = loop,
                            .in.bytes.limit = BX_FRAME_LIMIT + BX_FRAME_HEAD + READ_PIECE,
                            .passed = -1};
    if (bx_answer_hello(&control->out, err) < 0)
        return -1;
    flush(control);
    bx_loop_add(loop, &control->pump);
    return 0;
}

void bx_control_close(bx_control *control)
{
    bx_loop_remove(control->loop, &control->pump);
    drop_passed(control);
    bx_buffer_free(&control->in.bytes);
    bx_buffer_free(&control->out);
}

bool bx_control_next(bx_control *control, bx_call *call)
{
    bx_loop *loop = control->loop;
    loop->deadline = BX_NEVER;
    control->undoing = false;
    hear_interrupts(control);
    int status = 0;
    while ((status = bx_inbox_read_call(&control->in, call, NULL)) == 0 && !control->gone)
        if (bx_loop_turn(loop, BX_NEVER) < 0)
            return false;
    if (status <= 0)
        return false;
    control->call = call->id;
    loop->cancelled = control->gone; /* what it said last may tell what is to be undone */
    loop->deadline = call->timeout > 0 ? bx_clock_after(call->timeout) : BX_NEVER;
    return true;
}

void bx_control_drop(bx_control *control)
{
    bx_inbox_drop(&control->in);
}

int bx_control_take_descriptor(bx_control *control)
{
    int passed = control->passed;
    control->passed = -1;
    return passed;
}

void bx_control_undo(bx_control *control, double seconds)
{
    control->undoing = true;
    control->loop->cancelled = false;
    control->loop->deadline = bx_clock_after(seconds);
}
