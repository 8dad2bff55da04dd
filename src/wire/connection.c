#include "wire/connection.h"

#include "wire/value.h"

#include <errno.h>
#include <string.h>

enum { READ_PIECE = 64 << 10, READ_TURN = 1 << 20 };

void bx_connection_open(bx_connection *connection, bx_channel *channel,
                        const bx_connection_events *events, void *owner)
{
    uint64_t generation = connection->generation;
    memset(connection, 0, sizeof *connection);
    connection->generation = generation + 1;
    connection->channel = channel;
    connection->events = events;
    connection->owner = owner;
    connection->in.limit = BX_FRAME_LIMIT + BX_FRAME_HEAD + READ_PIECE;
}

void bx_connection_close(bx_connection *connection)
{
    bx_channel_close(connection->channel);
    connection->channel = NULL;
    connection->generation++;
    connection->call = 0;
    bx_buffer_free(&connection->in);
    bx_buffer_free(&connection->out);
}

int bx_connection_call(bx_connection *connection, const char *operation, double timeout,
                       const bx_buffer *values, bx_error *err)
{
    bx_buffer *out = &connection->out;
    size_t start = bx_frame_begin(out, BX_FRAME_CALL, connection->last_call + 1);
    bx_write_text(out, operation);
    bx_write_float(out, timeout);
    bx_buffer_append(out, values->data, values->length);
    if (bx_frame_end(out, start, err) < 0)
        return -1;
    connection->call = ++connection->last_call;
    return bx_connection_flush(connection, err);
}

int bx_connection_signal(bx_connection *connection, bx_frame_type type, bx_error *err)
{
    size_t start = bx_frame_begin(&connection->out, type, connection->call);
    if (bx_frame_end(&connection->out, start, err) < 0)
        return -1;
    return bx_connection_flush(connection, err);
}

bool bx_connection_wants_to_write(const bx_connection *connection)
{
    return connection->out.length > 0;
}

/* That the worker is gone is told by its end; else the fault is this machine's, and final. */
static bx_code code_of_failure(int number)
{
    return number == EPIPE || number == ECONNRESET ? BX_EDIED : BX_ESYSTEM;
}

int bx_connection_flush(bx_connection *connection, bx_error *err)
{
    bx_buffer *out = &connection->out;
    size_t sent = 0;
    while (sent < out->length) {
        ssize_t now = bx_channel_write(connection->channel, out->data + sent, out->length - sent);
        if (now < 0 && code_of_failure(errno) != BX_EDIED)
            return bx_fail_errno(err, BX_ESYSTEM, errno, "cannot write to the worker");
        if (now == 0)
            break;
        sent = now < 0 ? out->length : sent + (size_t)now;
    }
    bx_buffer_consume(out, sent);
    return 0;
}

static int receive_hello(bx_connection *connection, const bx_frame *frame, bx_error *err)
{
    bx_reader reader = {frame->payload, frame->payload + frame->length};
    bx_token version;
    if (connection->greeted || frame->call != 0)
        return bx_fail(err, BX_EPROTOCOL, "an unexpected greeting");
    if (bx_value_check(frame->payload, frame->length, 1, err) < 0 ||
        bx_read_as(&reader, BX_TOKEN_STRING, &version, err) < 0)
        return -1;
    if (version.length != strlen(BX_PROTOCOL_VERSION) ||
        memcmp(version.bytes, BX_PROTOCOL_VERSION, version.length) != 0)
        return bx_fail(err, BX_EVERSION,
                       "the worker speaks \"%.*s\", this host \"%s\": install the two together",
                       version.length > 60 ? 60 : (int)version.length, version.bytes,
                       BX_PROTOCOL_VERSION);
    connection->greeted = true;
    connection->events->hello(connection->owner);
    return 0;
}

static int receive_output(bx_connection *connection, const bx_frame *frame, bx_error *err)
{
    bx_reader reader = {frame->payload, frame->payload + frame->length};
    bx_token text;
    if (bx_value_check(frame->payload, frame->length, 1, err) < 0 ||
        bx_read_as(&reader, BX_TOKEN_STRING, &text, err) < 0)
        return -1;
    connection->events->output(connection->owner, text.bytes, text.length);
    return 0;
}

/* A string or nil: *token's bytes are NULL for nil. */
static int read_optional_text(bx_reader *reader, bx_token *token, bx_error *err)
{
    if (bx_read(reader, token, err) < 0)
        return -1;
    if (token->type == BX_TOKEN_NIL) {
        token->bytes = NULL;
        token->length = 0;
    } else if (token->type != BX_TOKEN_STRING) {
        return bx_fail(err, BX_EPROTOCOL, "expected a string or nil");
    }
    return 0;
}

static int receive_progress(bx_connection *connection, const bx_frame *frame, bx_error *err)
{
    bx_reader reader = {frame->payload, frame->payload + frame->length};
    bx_token fraction, sim_time, text;
    if (bx_value_check(frame->payload, frame->length, 3, err) < 0 ||
        bx_read_as(&reader, BX_TOKEN_FLOAT, &fraction, err) < 0 ||
        bx_read_as(&reader, BX_TOKEN_FLOAT, &sim_time, err) < 0 ||
        read_optional_text(&reader, &text, err) < 0)
        return -1;
    connection->events->progress(connection->owner, fraction.number, sim_time.number,
                                 (const char *)text.bytes, text.length);
    return 0;
}

static int receive_reply(bx_connection *connection, const bx_frame *frame, bx_error *err)
{
    bx_reader reader = {frame->payload, frame->payload + frame->length};
    bx_token sim_time;
    if (bx_value_check(frame->payload, frame->length, 2, err) < 0 ||
        bx_read_as(&reader, BX_TOKEN_FLOAT, &sim_time, err) < 0)
        return -1;
    connection->call = 0;
    connection->events->reply(connection->owner, sim_time.number, reader.at,
                              (size_t)(reader.end - reader.at));
    return 0;
}

static int receive_error(bx_connection *connection, const bx_frame *frame, bx_error *err)
{
    bx_reader reader = {frame->payload, frame->payload + frame->length};
    bx_token sim_time, code, message, first;
    if (bx_value_check(frame->payload, frame->length, 4, err) < 0 ||
        bx_read_as(&reader, BX_TOKEN_FLOAT, &sim_time, err) < 0 ||
        bx_read_as(&reader, BX_TOKEN_STRING, &code, err) < 0 ||
        bx_read_as(&reader, BX_TOKEN_STRING, &message, err) < 0)
        return -1;
    bx_reader details = reader;
    if (bx_read(&reader, &first, err) < 0)
        return -1;
    if (first.type != BX_TOKEN_NIL && first.type != BX_TOKEN_MAP)
        return bx_fail(err, BX_EPROTOCOL, "an error whose details are no map");
    bx_error error;
    bx_code known = bx_code_by_name((const char *)code.bytes, code.length);
    if (known == BX_OK)
        return bx_fail(err, BX_EPROTOCOL, "an error of unknown code");
    bx_fail(&error, known, "%.*s",
            message.length < sizeof error.message ? (int)message.length
                                                  : (int)sizeof error.message - 1,
            (const char *)message.bytes);
    connection->call = 0;
    bool has_details = first.type == BX_TOKEN_MAP;
    connection->events->error(connection->owner, sim_time.number, &error,
                              has_details ? details.at : NULL,
                              has_details ? (size_t)(details.end - details.at) : 0);
    return 0;
}

static int receive_exit(bx_connection *connection, const bx_frame *frame, bx_error *err)
{
    bx_reader reader = {frame->payload, frame->payload + frame->length};
    bx_token status;
    if (bx_value_check(frame->payload, frame->length, 1, err) < 0 ||
        bx_read_as(&reader, BX_TOKEN_INTEGER, &status, err) < 0)
        return -1;
    if (status.integer < 0 || status.integer > 0xffff)
        return bx_fail(err, BX_EPROTOCOL, "no wait status");
    connection->events->exit(connection->owner, (int)status.integer);
    return 0;
}

static int receive_note(bx_connection *connection, const bx_frame *frame, bx_error *err)
{
    bx_reader reader = {frame->payload, frame->payload + frame->length};
    bx_token name, text;
    if (bx_value_check(frame->payload, frame->length, 2, err) < 0 ||
        bx_read_as(&reader, BX_TOKEN_STRING, &name, err) < 0 ||
        read_optional_text(&reader, &text, err) < 0)
        return -1;
    if (name.length >= BX_NOTE_NAME || text.length >= BX_NOTE_TEXT)
        return bx_fail(err, BX_EPROTOCOL, "a note that is too long");
    connection->events->note(connection->owner, (const char *)name.bytes, name.length,
                             (const char *)text.bytes, text.length);
    return 0;
}

static bool is_open(const bx_connection *connection, uint64_t call)
{
    if (connection->events->is_open)
        return connection->events->is_open(connection->owner, call);
    return call == connection->call && call != 0;
}

static int receive_frame(bx_connection *connection, const bx_frame *frame, bx_error *err)
{
    if (frame->type == BX_FRAME_HELLO)
        return receive_hello(connection, frame, err);
    if (frame->type == BX_FRAME_EXIT && connection->events->exit)
        return receive_exit(connection, frame, err);
    bool giving_up = !connection->greeted && frame->type == BX_FRAME_ERROR && frame->call == 0;
    if (!connection->greeted && !giving_up)
        return bx_fail(err, BX_EPROTOCOL, "a frame before the greeting");
    if (frame->type == BX_FRAME_NOTE && connection->events->note)
        return receive_note(connection, frame, err);
    connection->heard = frame->call;
    if (!giving_up && !is_open(connection, frame->call))
        return bx_fail(err, BX_EPROTOCOL, "a frame of call %llu, the open call is %llu",
                       (unsigned long long)frame->call, (unsigned long long)connection->call);
    switch (frame->type) {
    case BX_FRAME_OUTPUT: return receive_output(connection, frame, err);
    case BX_FRAME_PROGRESS: return receive_progress(connection, frame, err);
    case BX_FRAME_REPLY: return receive_reply(connection, frame, err);
    case BX_FRAME_ERROR: return receive_error(connection, frame, err);
    default: return bx_fail(err, BX_EPROTOCOL, "a frame that a worker does not send");
    }
}

/* Hand over every complete frame that has arrived. The owner may close the connection meanwhile,
 * and open it anew: 1 then. */
static int receive_frames(bx_connection *connection, bx_error *err)
{
    uint64_t generation = connection->generation;
    size_t used = 0;
    int status = 0;
    while (connection->generation == generation) {
        bx_frame frame;
        size_t size = 0;
        status = bx_frame_parse(connection->in.data + used, connection->in.length - used, &frame,
                                &size, err);
        if (status <= 0)
            break;
        status = receive_frame(connection, &frame, err);
        if (status < 0)
            break;
        used += size;
    }
    if (connection->generation != generation)
        return 1;
    bx_buffer_consume(&connection->in, used);
    return status < 0 ? -1 : 0;
}

int bx_connection_receive(bx_connection *connection, bx_error *err)
{
    for (size_t turn = 0; turn < READ_TURN;) {
        bx_buffer *in = &connection->in;
        if (in->capacity - in->length < 4096 && bx_buffer_reserve(in, READ_PIECE) < 0)
            return bx_fail_memory(err);
        size_t room = in->capacity - in->length;
        ssize_t got = bx_channel_read(connection->channel, in->data + in->length, room);
        if (got < 0 && errno == EPIPE)
            return bx_fail(err, BX_EDIED, "the worker closed its connection");
        if (got < 0)
            return bx_fail_errno(err, code_of_failure(errno), errno, "cannot read from the worker");
        if (got == 0)
            break;
        in->length += (size_t)got;
        turn += (size_t)got;
        int status = receive_frames(connection, err);
        if (status < 0)
            return -1;
        if (status > 0 || (size_t)got < room)
            break;
    }
    return 0;
}
