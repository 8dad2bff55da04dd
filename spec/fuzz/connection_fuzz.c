/* Bytes from a worker, a guest or a courier: frames and values, up to what Lua would be given. */
#include "../support/channel_mock.h"
#include "record/trajectory.h"
#include "wire/connection.h"
#include "wire/value.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void on_hello(void *owner)
{
    (void)owner;
}

static void on_output(void *owner, const uint8_t *bytes, size_t length)
{
    (void)owner;
    (void)bytes;
    (void)length;
}

static void on_progress(void *owner, double fraction, double sim_time, const char *text,
                        size_t length)
{
    (void)sim_time;
    (void)owner;
    (void)fraction;
    (void)text;
    (void)length;
}

/* What has passed the check reads to the end without an error. */
static void read_all(const uint8_t *value, size_t length)
{
    bx_reader reader = {value, value + length};
    bx_token token;
    bx_budget budget = bx_budget_of(length);
    while (reader.at != reader.end) {
        if (bx_read(&reader, &token, NULL) < 0)
            abort();
        if (token.type == BX_TOKEN_EXT)
            bx_trajectory_free(bx_trajectory_decode(token.bytes, token.length, &budget, NULL));
    }
}

static void on_reply(void *owner, double sim_time, const uint8_t *value, size_t length)
{
    (void)owner;
    (void)sim_time;
    read_all(value, length);
}

static void on_worker_exit(void *owner, int status)
{
    (void)owner;
    if (status < 0 || status > 0xffff)
        abort();
}

static void on_note(void *owner, const char *name, size_t name_length, const char *text,
                    size_t length)
{
    (void)owner;
    if (!name && name_length)
        abort();
    if (!text && length)
        abort();
}

static void on_error(void *owner, double sim_time, const bx_error *error, const uint8_t *details,
                     size_t length)
{
    (void)owner;
    (void)sim_time;
    (void)error;
    if (details)
        read_all(details, length);
}

static const bx_connection_events events = {.hello = on_hello,
                                            .output = on_output,
                                            .progress = on_progress,
                                            .reply = on_reply,
                                            .error = on_error,
                                            .exit = on_worker_exit,
                                            .note = on_note};

/* The first byte tells in how small pieces the rest arrives; a greeting goes before it. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    bx_buffer in = {0}, none = {0};
    bx_connection connection;
    if (length == 0)
        return 0;
    size_t start = bx_frame_begin(&in, BX_FRAME_HELLO, 0);
    bx_write_text(&in, BX_PROTOCOL_VERSION);
    bx_frame_end(&in, start, NULL);
    bx_buffer_append(&in, bytes + 1, length - 1);
    bx_connection_open(&connection, bx_channel_mock(in.data, in.length, (size_t)bytes[0] + 1, NULL),
                       &events, NULL);
    bx_connection_call(&connection, "execute", 0, &none, NULL);
    while (bx_connection_receive(&connection, NULL) == 0)
        ;
    bx_connection_close(&connection);
    bx_buffer_free(&in);
    return 0;
}
