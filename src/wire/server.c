#include "wire/server.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int bx_call_read(const bx_frame *frame, bx_call *call, bx_error *err)
{
    bx_token timeout;
    if (frame->type != BX_FRAME_CALL || frame->call == 0)
        return bx_fail(err, BX_EPROTOCOL, "a call expected");
    call->id = frame->call;
    call->values = (bx_reader){frame->payload, frame->payload + frame->length};
    if (bx_read_as(&call->values, BX_TOKEN_STRING, &call->operation, err) < 0 ||
        bx_read_as(&call->values, BX_TOKEN_FLOAT, &timeout, err) < 0)
        return -1;
    call->timeout = timeout.number;
    if (!(call->timeout >= 0))
        return bx_fail(err, BX_EPROTOCOL, "a timeout of %g s", call->timeout);
    return 0;
}

/* The frame at the front; 0: not whole yet. */
static int first_frame(const bx_inbox *inbox, bx_frame *frame, size_t *used, bx_error *err)
{
    return bx_frame_parse(inbox->bytes.data, inbox->bytes.length, frame, used, err);
}

int bx_inbox_read_call(bx_inbox *inbox, bx_call *call, bx_error *err)
{
    bx_frame frame;
    int status = first_frame(inbox, &frame, &inbox->held, err);
    return status > 0 && bx_call_read(&frame, call, err) < 0 ? -1 : status;
}

void bx_inbox_drop(bx_inbox *inbox)
{
    bx_buffer_consume(&inbox->bytes, inbox->held);
    inbox->held = 0;
}

int bx_inbox_hear_interrupts(bx_inbox *inbox, uint64_t call, bx_error *err)
{
    bx_frame frame;
    size_t used;
    int status, heard = 0;
    while ((status = first_frame(inbox, &frame, &used, err)) > 0 &&
           frame.type == BX_FRAME_INTERRUPT) {
        heard |= call && frame.call == call;
        bx_buffer_consume(&inbox->bytes, used);
    }
    return status < 0 ? -1 : heard;
}

int bx_answer_hello(bx_buffer *out, bx_error *err)
{
    size_t start = bx_frame_begin(out, BX_FRAME_HELLO, 0);
    bx_write_text(out, BX_PROTOCOL_VERSION);
    return bx_frame_end(out, start, err);
}

size_t bx_answer_begin_reply(bx_buffer *out, uint64_t call, double sim_time)
{
    size_t start = bx_frame_begin(out, BX_FRAME_REPLY, call);
    bx_write_float(out, sim_time);
    return start;
}

static int append_error(bx_buffer *out, uint64_t call, double sim_time, const bx_failure *failure,
                        bx_error *err)
{
    size_t start = bx_frame_begin(out, BX_FRAME_ERROR, call);
    bx_write_float(out, sim_time);
    bx_write_text(out, failure->code);
    bx_write_text(out, failure->message);
    if (failure->details && failure->details->length)
        bx_buffer_append(out, failure->details->data, failure->details->length);
    else
        bx_write_nil(out);
    return bx_frame_end(out, start, err);
}

int bx_answer_error(bx_buffer *out, uint64_t call, double sim_time, const bx_failure *failure,
                    bx_error *err)
{
    bx_failure brief = {.code = failure->code, .message = failure->message};
    if (append_error(out, call, sim_time, failure, err) == 0 ||
        append_error(out, call, sim_time, &brief, err) == 0)
        return 0;
    brief.message = "(no room for the reason)";
    return append_error(out, call, sim_time, &brief, err);
}

int bx_answer_output(bx_buffer *out, uint64_t call, const void *bytes, size_t length, bx_error *err)
{
    size_t start = bx_frame_begin(out, BX_FRAME_OUTPUT, call);
    bx_write_string(out, bytes, length);
    return bx_frame_end(out, start, err);
}

int bx_answer_progress(bx_buffer *out, uint64_t call, double fraction, double sim_time,
                       const char *text, size_t length, bx_error *err)
{
    size_t start = bx_frame_begin(out, BX_FRAME_PROGRESS, call);
    bx_write_float(out, fraction);
    bx_write_float(out, sim_time);
    if (text)
        bx_write_string(out, text, length);
    else
        bx_write_nil(out);
    return bx_frame_end(out, start, err);
}

int bx_answer_note(bx_buffer *out, const char *name, const char *text, bx_error *err)
{
    if (strlen(name) >= BX_NOTE_NAME || (text && strlen(text) >= BX_NOTE_TEXT))
        return bx_fail(err, BX_ERESULT, "the note \"%.40s\" is too long: %zu bytes, and at most %d",
                       name, text ? strlen(text) : 0, BX_NOTE_TEXT - 1);
    size_t start = bx_frame_begin(out, BX_FRAME_NOTE, 0);
    bx_write_text(out, name);
    bx_write_text(out, text);
    return bx_frame_end(out, start, err);
}

int bx_answer_exit(bx_buffer *out, int status, bx_error *err)
{
    size_t start = bx_frame_begin(out, BX_FRAME_EXIT, 0);
    bx_write_integer(out, status);
    return bx_frame_end(out, start, err);
}

int bx_answer_write(int descriptor, const void *bytes, size_t length)
{
    for (size_t written = 0; written < length;) {
        ssize_t now = write(descriptor, (const char *)bytes + written, length - written);
        if (now > 0)
            written += (size_t)now;
        else if (now == 0 || errno != EINTR)
            return -1;
    }
    return 0;
}

size_t bx_answer_send(int socket, const void *bytes, size_t length, bool *gone)
{
    size_t sent = 0;
    while (sent < length) {
        ssize_t now =
            send(socket, (const char *)bytes + sent, length - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (now >= 0) {
            sent += (size_t)now;
        } else if (errno != EINTR) {
            *gone = *gone || (errno != EAGAIN && errno != EWOULDBLOCK);
            break;
        }
    }
    return sent;
}
