#include "vm/door.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    READ_PIECE = 64 << 10,
    READ_TURN = 1 << 20,
    SLOW = 1 << 20,          /* bytes that wait to be read by a client */
    UNREAD_LIMIT = 128 << 20 /* and where it is sent away: two answers of the largest size */
};

/* ---- signals ---- */

static volatile sig_atomic_t signalled = -1; /* the event descriptor */
static const int signals[] = {SIGTERM, SIGINT, SIGHUP};

static void on_signal(int number)
{
    uint64_t one = 1;
    int error = errno;
    (void)number;
    if (write(signalled, &one, sizeof one) < 0)
        errno = error; /* it has been told already */
    errno = error;
}

static void handle_signals(void (*handler)(int number))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}

/* ---- the door ---- */

/* Who knocks does so until he is let in: till then it is enough to know, or whoever turns the loop
 * until all has been handled would do so for ever. */
static void door_ready(bx_source *source, uint32_t events)
{
    bx_door *door = (bx_door *)((char *)source - offsetof(bx_door, source));
    (void)events;
    bx_reactor_change(&door->host->reactor, source, 0);
    bx_ready_tell(&door->knock);
}

static void end_ready(bx_source *source, uint32_t events)
{
    bx_door *door = (bx_door *)((char *)source - offsetof(bx_door, told_to_end));
    uint64_t count;
    (void)events;
    if (read(source->descriptor, &count, sizeof count) > 0)
        bx_ready_tell(&door->stop);
}

static int watch_signals(bx_door *door, bx_error *err)
{
    int events = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (events < 0)
        return bx_fail_errno(err, BX_ESYSTEM, errno, "cannot make an event descriptor");
    if (bx_reactor_watch(&door->host->reactor, &door->told_to_end, events, EPOLLIN, err) < 0) {
        close(events);
        return -1;
    }
    signalled = events;
    signal(SIGPIPE, SIG_IGN); /* whoever reads what it says may go */
    handle_signals(on_signal);
    return 0;
}

int bx_door_open(bx_door *door, bx_host *host, const char *path, int descriptor, bx_error *err)
{
    *door = (bx_door){.host = host,
                      .source = {door_ready, -1},
                      .told_to_end = {end_ready, -1},
                      .lock = -1,
                      .spare = -1};
    door->knock.queue = door->stop.queue = &door->queue;
    if (path) {
        descriptor = bx_local_listen(path, &door->lock, err);
        if (descriptor < 0)
            return -1;
        snprintf(door->path, sizeof door->path, "%s", path);
    } else if (bx_local_check(descriptor, err) < 0) {
        return -1;
    }
    if (bx_reactor_watch(&host->reactor, &door->source, descriptor, EPOLLIN, err) < 0) {
        close(descriptor);
        bx_door_close(door);
        return -1;
    }
    door->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (watch_signals(door, err) == 0)
        return 0;
    bx_door_close(door);
    return -1;
}

static void close_source(bx_door *door, bx_source *source)
{
    int descriptor = source->descriptor;
    if (descriptor < 0)
        return;
    bx_reactor_forget(&door->host->reactor, source);
    close(descriptor);
}

void bx_door_close(bx_door *door)
{
    if (door->told_to_end.descriptor >= 0)
        handle_signals(SIG_DFL);
    close_source(door, &door->told_to_end);
    if (door->path[0])
        unlink(door->path);
    door->path[0] = '\0';
    close_source(door, &door->source);
    if (door->spare >= 0)
        close(door->spare);
    if (door->lock >= 0)
        close(door->lock);
    door->spare = door->lock = -1;
}

/* Where the process has no descriptor left, one is given up so that who knocks can be sent away,
 * and does not knock for ever. */
static int accept_one(bx_door *door, bool *full)
{
    int socket = accept4(door->source.descriptor, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket >= 0 || (errno != EMFILE && errno != ENFILE) || door->spare < 0)
        return socket;
    close(door->spare);
    door->spare = -1;
    *full = true;
    return accept4(door->source.descriptor, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/* Say why, as far as the socket takes it at once. */
static void send_away(int socket, const bx_error *reason)
{
    bx_buffer out = {0};
    bool gone = false;
    bx_failure failure = {.code = bx_code_describe(reason->code)->name, .message = reason->message};
    if (bx_answer_error(&out, 0, 0, &failure, NULL) == 0)
        bx_answer_send(socket, out.data, out.length, &gone);
    bx_buffer_free(&out);
}

static int check_peer(int socket, bool full, bx_local_peer *peer, bx_error *err)
{
    if (bx_local_peer_of(socket, peer, err) < 0)
        return -1;
    if (peer->uid != 0 && peer->uid != geteuid())
        return bx_fail(err, BX_EDAEMON, "this daemon serves user %u, not user %u", geteuid(),
                       peer->uid);
    if (full)
        return bx_fail(err, BX_EDAEMON, "this daemon has as many clients as it serves");
    return 0;
}

/* ---- clients ---- */

static void leave(bx_client *client)
{
    bx_door *door = client->door;
    if (!door)
        return;
    close_source(door, &client->source);
    client->door = NULL;
    bx_buffer_free(&client->out);
}

static void break_off(bx_client *client, const bx_error *reason)
{
    if (!client->broken)
        client->reason = *reason;
    client->broken = true;
    bx_ready_tell(&client->ready);
    leave(client);
}

/* Whether a frame is there to be taken, or a mistake to be found. */
static bool has_frame(const bx_client *client)
{
    bx_frame frame;
    size_t used;
    return bx_frame_parse(client->in.data + client->taken, client->in.length - client->taken,
                          &frame, &used, NULL) != 0;
}

/* While it is slow, and while much waits to be taken, nothing is read. */
static void watch(bx_client *client)
{
    uint32_t events = client->out.length > 0 ? EPOLLOUT : 0;
    bool enough = client->in.length - client->taken > READ_TURN && has_frame(client);
    if (!bx_client_is_slow(client) && !enough)
        events |= EPOLLIN;
    if (events != client->watched && client->door)
        bx_reactor_change(&client->door->host->reactor, &client->source, events);
    client->watched = events;
}

static void receive(bx_client *client)
{
    bx_buffer *in = &client->in;
    bx_error error;
    for (size_t turn = 0; turn < READ_TURN;) {
        if (in->capacity - in->length < 4096 && bx_buffer_reserve(in, READ_PIECE) < 0) {
            bx_fail_memory(&error);
            break_off(client, &error);
            return;
        }
        size_t room = in->capacity - in->length;
        ssize_t got = recv(client->source.descriptor, in->data + in->length, room, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        if (got <= 0) {
            bx_fail(&error, BX_EDIED, "it has gone");
            break_off(client, &error);
            return;
        }
        in->length += (size_t)got;
        turn += (size_t)got;
        client->heard = bx_clock_now();
        if ((size_t)got < room)
            break;
    }
    if (has_frame(client))
        bx_ready_tell(&client->ready);
    watch(client);
}

static void client_ready(bx_source *source, uint32_t events)
{
    bx_client *client = (bx_client *)((char *)source - offsetof(bx_client, source));
    bool was_slow = bx_client_is_slow(client);
    if (events & EPOLLOUT)
        bx_client_send(client);
    if (was_slow && !bx_client_is_slow(client)) /* what waited for that goes on */
        bx_ready_tell(&client->ready);
    if (client->door && events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        receive(client);
}

int bx_door_admit(bx_door *door, bool full, bx_client *client, bx_error *err)
{
    int socket = accept_one(door, &full);
    bx_reactor_change(&door->host->reactor, &door->source, EPOLLIN);
    if (socket < 0)
        return 0;
    *client =
        (bx_client){.source = {client_ready, -1}, .watched = EPOLLIN, .heard = bx_clock_now()};
    client->ready.queue = &door->queue;
    client->in.limit = BX_FRAME_LIMIT + BX_FRAME_HEAD + READ_TURN + READ_PIECE;
    int status = check_peer(socket, full, &client->peer, err);
    if (status < 0)
        send_away(socket, err);
    if (door->spare < 0)
        door->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (status < 0 ||
        bx_reactor_watch(&door->host->reactor, &client->source, socket, EPOLLIN, err) < 0) {
        close(socket);
        return -1;
    }
    client->door = door;
    if (bx_answer_hello(&client->out, err) < 0) {
        leave(client);
        return -1;
    }
    bx_client_send(client);
    return 1;
}

/* Bytes that are done with go in large pieces: each moves those behind it. */
static void drop_taken(bx_client *client)
{
    if (client->taken < client->in.length && client->taken < READ_TURN)
        return;
    bx_buffer_consume(&client->in, client->taken);
    client->taken = 0;
}

static int read_frame(const bx_frame *frame, bx_client_frame *read, bx_error *err)
{
    read->interrupt = frame->type == BX_FRAME_INTERRUPT;
    if (!read->interrupt)
        return bx_call_read(frame, &read->call, err);
    read->call = (bx_call){.id = frame->call};
    return 0;
}

int bx_client_take(bx_client *client, bx_client_frame *read, bx_error *err)
{
    bx_frame frame;
    size_t used;
    if (client->broken) { /* what it sent before it went is not done any more */
        *err = client->reason;
        return -1;
    }
    drop_taken(client);
    watch(client);
    if (bx_client_is_slow(client))
        return 0;
    int status = bx_frame_parse(client->in.data + client->taken, client->in.length - client->taken,
                                &frame, &used, err);
    if (status > 0 && read_frame(&frame, read, err) < 0)
        status = -1;
    if (status < 0) {
        break_off(client, err);
        return -1;
    }
    if (status == 0)
        return 0;
    client->taken += used;
    if (has_frame(client)) /* after the others who wait */
        bx_ready_tell(&client->ready);
    return 1;
}

void bx_client_send(bx_client *client)
{
    bx_buffer *out = &client->out;
    bx_error error;
    bool gone = false;
    if (!client->door)
        return;
    bx_buffer_consume(out,
                      bx_answer_send(client->source.descriptor, out->data, out->length, &gone));
    if (gone)
        bx_fail(&error, BX_EDIED, "it has gone");
    else if (out->length > UNREAD_LIMIT)
        bx_fail(&error, BX_EDAEMON, "it reads nothing: %zu bytes wait for it", out->length);
    if (gone || out->length > UNREAD_LIMIT)
        break_off(client, &error);
    else
        watch(client);
}

bool bx_client_is_slow(const bx_client *client)
{
    return client->out.length > SLOW;
}

double bx_client_stalled(const bx_client *client)
{
    if (client->in.length == client->taken || has_frame(client))
        return 0;
    return (double)(bx_clock_now() - client->heard) * 1e-9;
}

void bx_client_close(bx_client *client)
{
    leave(client);
    bx_ready_leave(&client->ready);
    bx_buffer_free(&client->in);
    client->taken = 0;
    client->broken = true;
}
