/* The courier's socket to its host: calls in any pieces, interrupts, and an answer to each call. */
#include "courier/control.h"

#include "test.h"
#include "wire/zygote.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int host; /* the other end */
static bx_loop loop;
static bx_control control;

static void open_control(void)
{
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    host = fcntl(ends[0], F_DUPFD_CLOEXEC, 100);
    int ours = fcntl(ends[1], F_DUPFD_CLOEXEC, 100);
    close(ends[0]);
    close(ends[1]);
    CHECK(dup2(ours, BX_WORKER_DESCRIPTOR) == BX_WORKER_DESCRIPTOR);
    close(ours);
    loop = (bx_loop){.deadline = BX_NEVER};
    CHECK(bx_control_open(&control, &loop, NULL) == 0);
}

static void close_control(void)
{
    bx_control_close(&control);
    close(BX_WORKER_DESCRIPTOR);
    close(host);
}

static void send_frame(bx_frame_type type, uint64_t id)
{
    bx_buffer out = {0};
    size_t start = bx_frame_begin(&out, type, id);
    if (type == BX_FRAME_CALL) {
        bx_write_text(&out, "operation");
        bx_write_float(&out, 0);
    }
    CHECK(bx_frame_end(&out, start, NULL) == 0);
    CHECK(bx_answer_write(host, out.data, out.length) == 0);
    bx_buffer_free(&out);
}

/* The frame after the greeting, and the text of its second value, a string. */
static bx_frame_type read_answer(char *code, size_t size)
{
    uint8_t bytes[4096];
    size_t used = 0;
    bx_frame frame = {0};
    bx_token time, text;
    ssize_t got = recv(host, bytes, sizeof bytes, MSG_DONTWAIT);
    CHECK(got > 0 && bx_frame_parse(bytes, (size_t)got, &frame, &used, NULL) == 1);
    CHECK(frame.type == BX_FRAME_HELLO);
    if (got < 0 || bx_frame_parse(bytes + used, (size_t)got - used, &frame, &used, NULL) != 1)
        return 0;
    bx_reader reader = {frame.payload, frame.payload + frame.length};
    CHECK(bx_read_as(&reader, BX_TOKEN_FLOAT, &time, NULL) == 0);
    CHECK(bx_read_as(&reader, BX_TOKEN_STRING, &text, NULL) == 0 && text.length < size);
    snprintf(code, size, "%.*s", (int)text.length, (const char *)text.bytes);
    return frame.type;
}

static void an_error_too_large_to_send_is_sent_without_its_words(void)
{
    bx_call call;
    char code[32] = "";
    bx_buffer details = {0};
    open_control();
    send_frame(BX_FRAME_CALL, 1);
    CHECK(bx_control_next(&control, &call) && call.id == 1);
    bx_control_drop(&control);
    uint8_t *text = bx_buffer_extend(&details, BX_FRAME_LIMIT);
    CHECK(text != NULL);
    memset(text, 0xc0, BX_FRAME_LIMIT);
    bx_control_error(&control, "ETIMEOUT", "a reason", &details);
    bx_buffer_free(&details);
    CHECK(read_answer(code, sizeof code) == BX_FRAME_ERROR);
    CHECK_TEXT(code, "ETIMEOUT");
    CHECK(control.call == 0 && !control.gone);
    close_control();
}

static void an_error_that_cannot_be_sent_ends_the_courier(void)
{
    bx_call call;
    open_control();
    send_frame(BX_FRAME_CALL, 1);
    send_frame(BX_FRAME_CALL, 2);
    CHECK(bx_control_next(&control, &call));
    bx_control_drop(&control);
    control.out.limit = 8; /* in place of memory that has run out */
    bx_control_error(&control, "ETIMEOUT", "a reason", NULL);
    CHECK(control.gone && !bx_control_next(&control, &call));
    close_control();
}

static void what_a_host_sent_before_it_went_is_heard(void)
{
    bx_call call;
    open_control();
    send_frame(BX_FRAME_CALL, 1);
    CHECK(shutdown(host, SHUT_WR) == 0);
    CHECK(bx_control_next(&control, &call) && call.id == 1 && loop.cancelled);
    bx_control_drop(&control);
    CHECK(!bx_control_next(&control, &call));
    close_control();
}

static void an_interrupt_is_of_its_own_call(void)
{
    bx_call call;
    open_control();
    send_frame(BX_FRAME_INTERRUPT, 6); /* too late */
    send_frame(BX_FRAME_CALL, 7);
    CHECK(bx_control_next(&control, &call) && call.id == 7);
    bx_control_drop(&control);
    send_frame(BX_FRAME_INTERRUPT, 6);
    CHECK(bx_loop_turn(&loop, BX_NEVER) == 0 && !loop.cancelled);
    send_frame(BX_FRAME_INTERRUPT, 7);
    bx_loop_turn(&loop, BX_NEVER);
    CHECK(loop.cancelled && control.in.bytes.length == 0);
    close_control();
}

int main(void)
{
    RUN(an_error_too_large_to_send_is_sent_without_its_words);
    RUN(an_error_that_cannot_be_sent_ends_the_courier);
    RUN(what_a_host_sent_before_it_went_is_heard);
    RUN(an_interrupt_is_of_its_own_call);
    return test_end();
}
