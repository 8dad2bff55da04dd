/* The serving end: calls that are read, and frames that answer them. */
#include "wire/server.h"

#include "test.h"

#include <math.h>
#include <string.h>

static void write_call(bx_buffer *out, uint64_t id, double timeout)
{
    size_t start = bx_frame_begin(out, BX_FRAME_CALL, id);
    bx_write_text(out, "execute");
    bx_write_float(out, timeout);
    bx_write_integer(out, 42);
    CHECK(bx_frame_end(out, start, NULL) == 0);
}

/* The frame at the start of what was written. */
static bx_frame first(const bx_buffer *bytes)
{
    bx_frame frame = {0};
    size_t used;
    CHECK(bx_frame_parse(bytes->data, bytes->length, &frame, &used, NULL) == 1);
    return frame;
}

static void a_call_is_read(void)
{
    bx_buffer bytes = {0};
    bx_call call;
    bx_token value;
    write_call(&bytes, 7, 2.5);
    bx_frame frame = first(&bytes);
    CHECK(bx_call_read(&frame, &call, NULL) == 0);
    CHECK(call.id == 7 && call.timeout == 2.5);
    CHECK(call.operation.length == 7 && memcmp(call.operation.bytes, "execute", 7) == 0);
    CHECK(bx_read_as(&call.values, BX_TOKEN_INTEGER, &value, NULL) == 0 && value.integer == 42);
    CHECK(call.values.at == call.values.end);
    frame.length = 17; /* operation and timeout alone: what a supervisor has of it */
    CHECK(bx_call_read(&frame, &call, NULL) == 0 && call.values.at == call.values.end);
    frame.length = 16;
    CHECK(bx_call_read(&frame, &call, NULL) < 0);
    bx_buffer_free(&bytes);
}

static void no_call_is_refused(void)
{
    static const double timeouts[] = {-1, NAN};
    bx_buffer bytes = {0};
    bx_error err;
    bx_call call;
    write_call(&bytes, 0, 1);
    bx_frame frame = first(&bytes);
    CHECK(bx_call_read(&frame, &call, &err) < 0 && err.code == BX_EPROTOCOL);
    frame.call = 1;
    frame.type = BX_FRAME_REPLY;
    CHECK(bx_call_read(&frame, &call, &err) < 0 && err.code == BX_EPROTOCOL);
    for (size_t i = 0; i < 2; i++) {
        bytes.length = 0;
        write_call(&bytes, 1, timeouts[i]);
        frame = first(&bytes);
        CHECK(bx_call_read(&frame, &call, &err) < 0 && err.code == BX_EPROTOCOL);
    }
    bx_buffer_free(&bytes);
}

static void answers_are_whole_frames_or_nothing(void)
{
    bx_error err;
    for (size_t limit = 16; limit <= 64; limit++) {
        bx_buffer out = {.limit = limit};
        bx_buffer_append(&out, "before", 6);
        bool fits = bx_answer_output(&out, 3, "some text", 9, &err) == 0;
        CHECK(fits == (limit >= 6 + 26));
        CHECK(fits ? out.length == 6 + 26 : out.length == 6 && err.code == BX_EMEMORY);
        CHECK(!out.failed);
        bx_buffer_free(&out);
    }
}

/* A call must not stay unanswered for the length of its reasons. */
static void an_error_that_does_not_fit_is_sent_without_details_then_without_words(void)
{
    char words[101] = {0};
    bx_token time, code, message, last;
    bx_buffer details = {0};
    memset(words, 'w', sizeof words - 1);
    bx_write_map(&details, 1);
    bx_write_text(&details, "value");
    bx_write_text(&details, words);
    bx_failure failure = {.code = "ESCRIPT", .message = words, .details = &details};
    for (size_t limit = 16; limit <= 600; limit++) {
        bx_buffer out = {.limit = limit};
        bool fits = bx_answer_error(&out, 3, 1.5, &failure, NULL) == 0;
        CHECK(fits == (limit >= 59) && !out.failed);
        if (fits) {
            bx_frame frame = first(&out);
            bx_reader reader = {frame.payload, frame.payload + frame.length};
            CHECK(frame.type == BX_FRAME_ERROR && frame.call == 3);
            CHECK(bx_read_as(&reader, BX_TOKEN_FLOAT, &time, NULL) == 0 && time.number == 1.5);
            CHECK(bx_read_as(&reader, BX_TOKEN_STRING, &code, NULL) == 0);
            CHECK(code.length == 7 && memcmp(code.bytes, "ESCRIPT", 7) == 0);
            CHECK(bx_read_as(&reader, BX_TOKEN_STRING, &message, NULL) == 0);
            CHECK((message.length == 100) == (limit >= 136));
            CHECK(bx_read(&reader, &last, NULL) == 0);
            CHECK((last.type == BX_TOKEN_MAP) == (limit >= 135 + details.length));
            CHECK((last.type == BX_TOKEN_NIL) == (limit < 135 + details.length));
        }
        bx_buffer_free(&out);
    }
    bx_buffer_free(&details);
}

static void an_inbox_gives_calls_that_come_in_pieces(void)
{
    bx_buffer bytes = {0};
    bx_inbox inbox = {0};
    bx_call call;
    write_call(&bytes, 7, 2.5);
    write_call(&bytes, 8, 0);
    for (size_t i = 0, given = 0; i < bytes.length; i++) {
        bx_buffer_append(&inbox.bytes, bytes.data + i, 1);
        CHECK(bx_inbox_hear_interrupts(&inbox, 7, NULL) == 0);
        int status = bx_inbox_read_call(&inbox, &call, NULL);
        CHECK(status == ((i + 1) % (bytes.length / 2) == 0));
        if (status == 0)
            continue;
        CHECK(call.id == 7 + given++);
        bx_inbox_drop(&inbox);
        CHECK(inbox.bytes.length == 0);
    }
    bx_buffer_append(&inbox.bytes, "no frame begins thus", 20);
    CHECK(bx_inbox_read_call(&inbox, &call, NULL) < 0);
    CHECK(bx_inbox_hear_interrupts(&inbox, 7, NULL) < 0);
    bx_buffer_free(&inbox.bytes);
    bx_buffer_free(&bytes);
}

static void a_note_that_is_too_long_is_an_error(void)
{
    char name[BX_NOTE_NAME + 1] = {0}, text[BX_NOTE_TEXT + 1] = {0};
    bx_buffer out = {0};
    bx_error err;
    memset(name, 'n', BX_NOTE_NAME - 1);
    memset(text, 't', BX_NOTE_TEXT - 1);
    CHECK(bx_answer_note(&out, name, text, &err) == 0);
    CHECK(bx_answer_note(&out, name, NULL, &err) == 0);
    size_t length = out.length;
    name[BX_NOTE_NAME - 1] = 'n';
    CHECK(bx_answer_note(&out, name, "", &err) < 0 && err.code == BX_ERESULT);
    text[BX_NOTE_TEXT - 1] = 't';
    CHECK(bx_answer_note(&out, "name", text, &err) < 0 && err.code == BX_ERESULT);
    CHECK(out.length == length);
    bx_buffer_free(&out);
}

static void what_is_too_large_for_a_frame_is_taken_back(void)
{
    static char text[1 << 20];
    bx_buffer out = {0};
    bx_error err;
    bx_answer_hello(&out, NULL);
    size_t before = out.length, start = bx_answer_begin_reply(&out, 1, 0);
    for (int i = 0; i < BX_FRAME_LIMIT >> 20; i++)
        bx_write_string(&out, text, sizeof text);
    CHECK(bx_frame_end(&out, start, &err) < 0 && err.code == BX_ERESULT);
    CHECK(out.length == before);
    start = bx_answer_begin_reply(&out, 1, 0);
    bx_write_integer(&out, 1);
    CHECK(bx_frame_end(&out, start, &err) == 0 && out.length > before);
    bx_buffer_free(&out);
}

int main(void)
{
    RUN(a_call_is_read);
    RUN(no_call_is_refused);
    RUN(answers_are_whole_frames_or_nothing);
    RUN(an_error_that_does_not_fit_is_sent_without_details_then_without_words);
    RUN(an_inbox_gives_calls_that_come_in_pieces);
    RUN(a_note_that_is_too_long_is_an_error);
    RUN(what_is_too_large_for_a_frame_is_taken_back);
    return test_end();
}
