/* Connections over the mock channel: frames in any pieces, and workers that lie. */
#include "wire/connection.h"

#include "wire/value.h"

#include "../support/channel_mock.h"
#include "test.h"

#include <string.h>

typedef struct heard {
    int hellos, replies, errors;
    char output[64];
    double fraction, sim_time;
    bx_error error;
    int64_t result;
    int exits, status;
    char notes[128];
    size_t details;
} heard;

static void on_hello(void *owner)
{
    ((heard *)owner)->hellos++;
}

static void on_output(void *owner, const uint8_t *bytes, size_t length)
{
    strncat(((heard *)owner)->output, (const char *)bytes, length);
}

static void on_progress(void *owner, double fraction, double sim_time, const char *text,
                        size_t length)
{
    (void)text;
    (void)length;
    ((heard *)owner)->fraction = fraction;
    ((heard *)owner)->sim_time = sim_time;
}

static void on_reply(void *owner, double sim_time, const uint8_t *value, size_t length)
{
    heard *h = owner;
    bx_reader reader = {value, value + length};
    bx_token token;
    (void)sim_time;
    h->replies++;
    if (bx_read_as(&reader, BX_TOKEN_INTEGER, &token, NULL) == 0)
        h->result = token.integer;
}

static void on_error(void *owner, double sim_time, const bx_error *error, const uint8_t *details,
                     size_t length)
{
    (void)sim_time;
    ((heard *)owner)->details = details ? length : 0;
    ((heard *)owner)->errors++;
    ((heard *)owner)->error = *error;
}

static void on_worker_exit(void *owner, int status)
{
    ((heard *)owner)->exits++;
    ((heard *)owner)->status = status;
}

static void on_note(void *owner, const char *name, size_t name_length, const char *text,
                    size_t length)
{
    char *notes = ((heard *)owner)->notes;
    size_t used = strlen(notes);
    snprintf(notes + used, sizeof((heard *)owner)->notes - used, "%.*s=%.*s;", (int)name_length,
             name, text ? (int)length : 3, text ? text : "nil");
}

/* A peer that may send everything: guests and couriers together. */
static const bx_connection_events all_events = {.hello = on_hello,
                                                .output = on_output,
                                                .progress = on_progress,
                                                .reply = on_reply,
                                                .error = on_error,
                                                .exit = on_worker_exit,
                                                .note = on_note};

static const bx_connection_events events = {on_hello, on_output, on_progress, on_reply, on_error};

static void add_hello(bx_buffer *out, const char *version)
{
    size_t start = bx_frame_begin(out, BX_FRAME_HELLO, 0);
    bx_write_text(out, version);
    bx_frame_end(out, start, NULL);
}

static void add_reply(bx_buffer *out, uint64_t call, int64_t result)
{
    size_t start = bx_frame_begin(out, BX_FRAME_REPLY, call);
    bx_write_float(out, 0);
    bx_write_integer(out, result);
    bx_frame_end(out, start, NULL);
}

static void add_error(bx_buffer *out, uint64_t call, const char *code)
{
    size_t start = bx_frame_begin(out, BX_FRAME_ERROR, call);
    bx_write_float(out, 0);
    bx_write_text(out, code);
    bx_write_text(out, "why");
    bx_write_nil(out);
    bx_frame_end(out, start, NULL);
}

/* Everything that the peer sends, in pieces of `piece` bytes; a call is open if `call`. */
static bx_code listen_by(const bx_connection_events *heard_events, bx_buffer *incoming,
                         size_t piece, bool call, heard *h)
{
    bx_connection connection;
    bx_error err = {0};
    bx_buffer none = {0};
    *h = (heard){0};
    bx_connection_open(&connection, bx_channel_mock(incoming->data, incoming->length, piece, NULL),
                       heard_events, h);
    if (call)
        CHECK(bx_connection_call(&connection, "execute", 1, &none, &err) == 0);
    while (bx_connection_receive(&connection, &err) == 0)
        ;
    bx_connection_close(&connection);
    bx_buffer_free(incoming);
    return err.code;
}

static bx_code listen_to(bx_buffer *incoming, size_t piece, bool call, heard *h)
{
    return listen_by(&events, incoming, piece, call, h);
}

static void a_call_is_written_and_answered_in_any_pieces(void)
{
    for (size_t piece = 1; piece < 200; piece = piece * 2 + 1) {
        heard h;
        bx_buffer in = {0};
        add_hello(&in, BX_PROTOCOL_VERSION);
        size_t start = bx_frame_begin(&in, BX_FRAME_OUTPUT, 1);
        bx_write_text(&in, "printed");
        bx_frame_end(&in, start, NULL);
        start = bx_frame_begin(&in, BX_FRAME_PROGRESS, 1);
        bx_write_float(&in, 0.5);
        bx_write_float(&in, 12.5);
        bx_write_nil(&in);
        bx_frame_end(&in, start, NULL);
        add_reply(&in, 1, 42);
        CHECK(listen_to(&in, piece, true, &h) == BX_EDIED); /* the end of the stream */
        CHECK(h.hellos == 1 && h.replies == 1 && h.errors == 0 && h.result == 42);
        CHECK_NEAR(h.sim_time, 12.5, 0);
        CHECK_TEXT(h.output, "printed");
        CHECK_NEAR(h.fraction, 0.5, 0);
    }
}

static void what_is_sent_is_a_frame(void)
{
    bx_connection connection;
    bx_error err = {0};
    heard h = {0};
    bx_buffer values = {0};
    size_t length, used;
    bx_frame frame;
    bx_token token;
    bx_write_text(&values, "code");
    bx_connection_open(&connection, bx_channel_mock("", 0, 1, NULL), &events, &h);
    CHECK(bx_connection_call(&connection, "execute", 2.5, &values, &err) == 0);
    const uint8_t *sent = bx_channel_mock_written(connection.channel, &length);
    CHECK(bx_frame_parse(sent, length, &frame, &used, &err) == 1 && used == length);
    CHECK(frame.type == BX_FRAME_CALL && frame.call == 1);
    bx_reader reader = {frame.payload, frame.payload + frame.length};
    CHECK(bx_read_as(&reader, BX_TOKEN_STRING, &token, &err) == 0 && token.length == 7);
    CHECK(bx_read_as(&reader, BX_TOKEN_FLOAT, &token, &err) == 0 && token.number == 2.5);
    CHECK(bx_read_as(&reader, BX_TOKEN_STRING, &token, &err) == 0 && token.length == 4);
    bx_buffer_free(&values);
    bx_connection_close(&connection);
}

static void order_is_kept(void)
{
    heard h;
    bx_buffer in = {0};
    add_reply(&in, 1, 1);
    CHECK(listen_to(&in, 64, true, &h) == BX_EPROTOCOL && h.replies == 0);
    add_hello(&in, BX_PROTOCOL_VERSION);
    add_reply(&in, 2, 1);
    CHECK(listen_to(&in, 64, true, &h) == BX_EPROTOCOL && h.replies == 0);
    add_hello(&in, BX_PROTOCOL_VERSION);
    add_reply(&in, 1, 1);
    add_reply(&in, 1, 1);
    CHECK(listen_to(&in, 64, true, &h) == BX_EPROTOCOL && h.replies == 1);
    add_hello(&in, BX_PROTOCOL_VERSION);
    add_reply(&in, 0, 1);
    CHECK(listen_to(&in, 64, false, &h) == BX_EPROTOCOL && h.replies == 0);
    add_hello(&in, BX_PROTOCOL_VERSION);
    add_hello(&in, BX_PROTOCOL_VERSION);
    CHECK(listen_to(&in, 64, false, &h) == BX_EPROTOCOL && h.hellos == 1);
}

static void versions_must_be_equal(void)
{
    heard h;
    bx_buffer in = {0};
    add_hello(&in, BX_PROTOCOL_VERSION "x");
    CHECK(listen_to(&in, 64, false, &h) == BX_EVERSION && h.hellos == 0);
}

static void a_worker_may_give_up_before_it_greets(void)
{
    heard h;
    bx_buffer in = {0};
    add_error(&in, 0, "EJAIL");
    CHECK(listen_to(&in, 64, false, &h) == BX_EDIED);
    CHECK(h.errors == 1 && h.error.code == BX_EJAIL);
    CHECK_TEXT(h.error.message, "why");
    add_hello(&in, BX_PROTOCOL_VERSION);
    add_error(&in, 1, "ENONSENSE");
    CHECK(listen_to(&in, 64, true, &h) == BX_EPROTOCOL && h.errors == 0);
}

static void add_exit(bx_buffer *out, int64_t status)
{
    size_t start = bx_frame_begin(out, BX_FRAME_EXIT, 0);
    bx_write_integer(out, status);
    bx_frame_end(out, start, NULL);
}

static void add_note(bx_buffer *out, const char *name, const char *text)
{
    size_t start = bx_frame_begin(out, BX_FRAME_NOTE, 0);
    bx_write_text(out, name);
    bx_write_text(out, text);
    bx_frame_end(out, start, NULL);
}

static void a_guest_tells_the_end_of_its_worker(void)
{
    heard h;
    bx_buffer in = {0};
    add_hello(&in, BX_PROTOCOL_VERSION);
    add_exit(&in, 9);
    CHECK(listen_by(&all_events, &in, 5, false, &h) == BX_EDIED && h.exits == 1 && h.status == 9);
    add_hello(&in, BX_PROTOCOL_VERSION);
    add_exit(&in, -1);
    CHECK(listen_by(&all_events, &in, 5, false, &h) == BX_EPROTOCOL && h.exits == 0);
    add_hello(&in, BX_PROTOCOL_VERSION);
    add_exit(&in, 9);
    CHECK(listen_to(&in, 5, true, &h) == BX_EPROTOCOL); /* a worker's own word would be no news */
}

static void add_error_with_details(bx_buffer *in, size_t *length)
{
    size_t start = bx_frame_begin(in, BX_FRAME_ERROR, 1);
    bx_write_float(in, 0);
    bx_write_text(in, "EXAPI");
    bx_write_text(in, "why");
    size_t before = in->length;
    bx_write_map(in, 1);
    bx_write_text(in, "step");
    bx_write_text(in, "clone");
    *length = in->length - before;
    bx_frame_end(in, start, NULL);
}

static void details_of_an_error_are_a_map(void)
{
    heard h;
    size_t details;
    bx_buffer in = {0};
    add_hello(&in, BX_PROTOCOL_VERSION);
    add_error_with_details(&in, &details);
    CHECK(listen_to(&in, 3, true, &h) == BX_EDIED);
    CHECK(h.errors == 1 && h.error.code == BX_EXAPI && h.details == details);
    add_hello(&in, BX_PROTOCOL_VERSION);
    size_t start = bx_frame_begin(&in, BX_FRAME_ERROR, 1);
    bx_write_float(&in, 0);
    bx_write_text(&in, "ESCRIPT");
    bx_write_text(&in, "why");
    bx_write_text(&in, "words in the place of a map");
    bx_frame_end(&in, start, NULL);
    CHECK(listen_to(&in, 3, true, &h) == BX_EPROTOCOL && h.errors == 0);
}

static void a_courier_leaves_notes(void)
{
    heard h;
    bx_buffer in = {0};
    add_hello(&in, BX_PROTOCOL_VERSION);
    add_note(&in, "uuid", "1-2");
    add_note(&in, "uuid", NULL);
    bx_buffer copy = {0};
    bx_buffer_append(&copy, in.data, in.length);
    CHECK(listen_by(&all_events, &in, 3, true, &h) == BX_EDIED);
    CHECK_TEXT(h.notes, "uuid=1-2;uuid=nil;");
    CHECK(listen_to(&copy, 3, true, &h) == BX_EPROTOCOL && !h.notes[0]);
}

static void a_note_that_is_too_long_is_refused(void)
{
    char text[BX_NOTE_TEXT + 1] = {0};
    heard h;
    bx_buffer in = {0};
    memset(text, 't', BX_NOTE_TEXT);
    add_hello(&in, BX_PROTOCOL_VERSION);
    add_note(&in, "name", text);
    CHECK(listen_by(&all_events, &in, 64, false, &h) == BX_EPROTOCOL && !h.notes[0]);
    text[BX_NOTE_NAME] = '\0';
    add_hello(&in, BX_PROTOCOL_VERSION);
    add_note(&in, text, "");
    CHECK(listen_by(&all_events, &in, 64, false, &h) == BX_EPROTOCOL && !h.notes[0]);
}

static void a_signal_is_a_frame_of_the_open_call(void)
{
    bx_connection connection;
    bx_error err = {0};
    heard h = {0};
    bx_buffer none = {0};
    size_t length, used;
    bx_frame frame;
    bx_connection_open(&connection, bx_channel_mock("", 0, 1, NULL), &events, &h);
    CHECK(bx_connection_call(&connection, "execute", 1, &none, &err) == 0);
    CHECK(bx_connection_signal(&connection, BX_FRAME_INTERRUPT, &err) == 0);
    const uint8_t *sent = bx_channel_mock_written(connection.channel, &length);
    CHECK(bx_frame_parse(sent, length, &frame, &used, &err) == 1);
    CHECK(bx_frame_parse(sent + used, length - used, &frame, &used, &err) == 1);
    CHECK(frame.type == BX_FRAME_INTERRUPT && frame.call == 1 && frame.length == 0);
    bx_connection_close(&connection);
}

/* Every byte of a good conversation, changed to each of a few others: never a crash, and never a
 * reply that was not asked for. */
static void changed_bytes_do_no_harm(void)
{
    static const uint8_t others[] = {0x00, 0x01, 0x7f, 0x80, 0x93, 0xc1, 0xc9, 0xdb, 0xdd, 0xff};
    bx_buffer whole = {0};
    add_hello(&whole, BX_PROTOCOL_VERSION);
    add_error(&whole, 1, "ESCRIPT");
    for (size_t i = 0; i < whole.length; i++)
        for (size_t j = 0; j < sizeof others; j++) {
            heard h;
            bx_buffer in = {0};
            bx_buffer_append(&in, whole.data, whole.length);
            in.data[i] = others[j];
            listen_to(&in, 7, true, &h);
            CHECK(h.replies == 0 && h.hellos <= 1 && h.errors <= 1);
        }
    bx_buffer_free(&whole);
}

int main(void)
{
    RUN(a_call_is_written_and_answered_in_any_pieces);
    RUN(what_is_sent_is_a_frame);
    RUN(order_is_kept);
    RUN(versions_must_be_equal);
    RUN(a_worker_may_give_up_before_it_greets);
    RUN(a_guest_tells_the_end_of_its_worker);
    RUN(details_of_an_error_are_a_map);
    RUN(a_courier_leaves_notes);
    RUN(a_note_that_is_too_long_is_refused);
    RUN(a_signal_is_a_frame_of_the_open_call);
    RUN(changed_bytes_do_no_harm);
    return test_end();
}
