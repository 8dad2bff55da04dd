#include "kernel/server.h"

#include "core/clock.h"
#include "core/interrupt.h"
#include "core/json_text.h"
#include "core/text.h"
#include "kernel/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

enum {
    WAITING_LIMIT = 1000,     /* requests that wait; others stay with their senders */
    MESSAGE_LIMIT = 64 << 20, /* bytes of a frame */
    TURN = 100,               /* messages of one socket, before others have their turn */
    UNREAD_LIMIT = 10000,     /* messages that wait for a reader of iopub; it loses others */
    COMPLAINTS = 20,          /* about messages that are refused */
    LINGER = 1000             /* milliseconds for what is sent last */
};

/* Milliseconds between looks at what no descriptor tells. */
enum { AGAIN = 20, PARENT_AGAIN = 1000 };

static const double ending_patience = 5.0; /* seconds for what runs; then the process ends */

typedef struct queue {
    bx_kernel_request *first, *last;
    size_t count;
} queue;

static struct {
    bx_kernel_connection connection;
    void *context, *sockets[BX_KERNEL_CHANNELS];
    pthread_t thread, runner; /* the one that runs Lua */
    pid_t parent;
    int log; /* standard error as it was */
    int wake_server, wake_runner;
    char session[33];
    uint64_t sent;
    int complaints;

    pthread_mutex_t lock; /* over what follows */
    int64_t deadline;     /* for what runs to end */
    queue shell, input;
    bx_kernel_outbox outbox;
    bx_buffer information;
    bool busy, ending, stopping;
} self = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake_server = -1, .wake_runner = -1};

static void wake(int descriptor)
{
    uint64_t one = 1;
    ssize_t ignored = write(descriptor, &one, sizeof one);
    (void)ignored;
}

static void calm(int descriptor)
{
    uint64_t count;
    ssize_t ignored = read(descriptor, &count, sizeof count);
    (void)ignored;
}

/* ---- queues ---- */

static void push(queue *to, bx_kernel_request *request)
{
    request->next = NULL;
    if (to->last)
        to->last->next = request;
    else
        to->first = request;
    to->last = request;
    to->count++;
}

static bx_kernel_request *pop(queue *from)
{
    bx_kernel_request *request = from->first;
    if (!request)
        return NULL;
    from->first = request->next;
    if (!from->first)
        from->last = NULL;
    from->count--;
    return request;
}

/* ---- sending, in the server's thread ---- */

static void append_header(bx_buffer *out, const char *type)
{
    char text[128];
    struct timespec now;
    struct tm date;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &date);
    snprintf(text, sizeof text, "{\"msg_id\":\"%s_%llu\",\"session\":\"%s\",", self.session,
             (unsigned long long)++self.sent, self.session);
    bx_text_append(out, text);
    strftime(text, sizeof text, "\"username\":\"bioxen\",\"date\":\"%Y-%m-%dT%H:%M:%S", &date);
    bx_text_append(out, text);
    snprintf(text, sizeof text, ".%06ldZ\",\"version\":\"5.3\",\"msg_type\":", now.tv_nsec / 1000);
    bx_text_append(out, text);
    bx_json_string(out, type);
    bx_text_append(out, "}");
}

static bx_kernel_frame frame_of(const bx_buffer *buffer)
{
    return buffer->length ? (bx_kernel_frame){buffer->data, buffer->length}
                          : (bx_kernel_frame){"{}", 2};
}

/* A reader that is not there, or reads too slowly, loses it. */
static void send_frames(void *socket, const bx_kernel_frame *frames, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (zmq_send(socket, frames[i].bytes, frames[i].length,
                     ZMQ_DONTWAIT | (i + 1 < count ? ZMQ_SNDMORE : 0)) < 0)
            return;
}

static void send_message(bx_kernel_channel channel, const bx_kernel_request *parent,
                         const char *type, const bx_buffer *content, const bx_buffer *metadata)
{
    static const bx_buffer none = {0};
    bx_kernel_frame frames[BX_KERNEL_IDENTITIES + 6];
    char signature[BX_KERNEL_SIGNATURE + 1];
    bx_buffer header = {0};
    size_t count = 0;
    append_header(&header, type);
    if (channel == BX_KERNEL_IOPUB)
        frames[count++] = (bx_kernel_frame){type, strlen(type)};
    for (size_t i = 0; channel != BX_KERNEL_IOPUB && parent && i < parent->identities; i++)
        frames[count++] = (bx_kernel_frame){parent->identity[i].data, parent->identity[i].length};
    frames[count++] = (bx_kernel_frame){"<IDS|MSG>", 9};
    frames[count++] = (bx_kernel_frame){signature, BX_KERNEL_SIGNATURE};
    bx_kernel_frame *parts = frames + count;
    parts[0] = frame_of(&header);
    parts[1] = frame_of(parent ? &parent->header : &none);
    parts[2] = frame_of(metadata);
    parts[3] = frame_of(content);
    if (!header.failed && bx_kernel_sign(&self.connection, parts, signature) == 0)
        send_frames(self.sockets[channel], frames, count + 4);
    bx_buffer_free(&header);
}

static void send_text(bx_kernel_channel channel, const bx_kernel_request *parent, const char *type,
                      const char *content)
{
    bx_buffer none = {0}, text = {0};
    bx_text_append(&text, content);
    if (!text.failed)
        send_message(channel, parent, type, &text, &none);
    bx_buffer_free(&text);
}

static void send_item(bx_kernel_item *item)
{
    bx_buffer none = {0}, text = {0};
    if (item->stream && item->content.length) {
        bx_text_append(&text, "{\"name\":");
        bx_json_string(&text, item->stream);
        bx_text_append(&text, ",\"text\":");
        bx_json_bytes(&text, (const char *)item->content.data, item->content.length);
        bx_text_append(&text, "}");
        if (!text.failed)
            send_message(item->channel, item->parent, item->type, &text, &none);
    } else if (item->content.length) {
        send_message(item->channel, item->parent, item->type, &item->content, &item->metadata);
    }
    bx_buffer_free(&text);
    bx_kernel_free_item(item);
}

static bx_kernel_item *next_item(void)
{
    pthread_mutex_lock(&self.lock);
    bx_kernel_item *item =
        bx_kernel_take_item(&self.outbox, self.stopping ? BX_NEVER : bx_clock_now());
    pthread_mutex_unlock(&self.lock);
    return item;
}

static void send_items(void)
{
    for (bx_kernel_item *item; (item = next_item());)
        send_item(item);
}

/* ---- what comes ---- */

static void complain(const char *what)
{
    if (++self.complaints > COMPLAINTS)
        return;
    dprintf(self.log, "bioxen-kernel: a message was refused: %s%s\n", what,
            self.complaints == COMPLAINTS ? "; no more is said of others" : "");
}

/* End what runs, or what waits to be. With the lock. */
static void interrupt(void)
{
    if (self.busy || self.shell.first)
        pthread_kill(self.runner, SIGINT);
}

static void end(void)
{
    pthread_mutex_lock(&self.lock);
    if (!self.ending)
        self.deadline = bx_clock_after(ending_patience);
    self.ending = true;
    interrupt();
    pthread_mutex_unlock(&self.lock);
    wake(self.wake_runner);
}

static void answer_information(const bx_kernel_request *request)
{
    bx_buffer none = {0}, content = {0};
    pthread_mutex_lock(&self.lock);
    if (self.information.length)
        bx_buffer_append(&content, self.information.data, self.information.length);
    pthread_mutex_unlock(&self.lock);
    if (content.length)
        send_message(request->channel, request, "kernel_info_reply", &content, &none);
    bx_buffer_free(&content);
}

static void answer_shutdown(const bx_kernel_request *request)
{
    const char *content = bx_kernel_request_flag(request, "restart")
                              ? "{\"status\":\"ok\",\"restart\":true}"
                              : "{\"status\":\"ok\",\"restart\":false}";
    send_text(request->channel, request, "shutdown_reply", content);
    send_text(BX_KERNEL_IOPUB, request, "shutdown_reply", content);
    end();
}

static void answer_interrupt(const bx_kernel_request *request)
{
    pthread_mutex_lock(&self.lock);
    interrupt();
    pthread_mutex_unlock(&self.lock);
    send_text(request->channel, request, "interrupt_reply", "{\"status\":\"ok\"}");
}

/* What is answered at once, whatever runs. NULL: of another type, or in shell's own order. */
static void (*answer_of(const bx_kernel_request *request))(const bx_kernel_request *)
{
    if (strcmp(request->type, "interrupt_request") == 0)
        return answer_interrupt;
    if (strcmp(request->type, "shutdown_request") == 0)
        return answer_shutdown;
    if (request->channel == BX_KERNEL_CONTROL && strcmp(request->type, "kernel_info_request") == 0)
        return answer_information;
    return NULL;
}

/* Takes the reference. */
static void handle(bx_kernel_request *request)
{
    void (*answer)(const bx_kernel_request *) = answer_of(request);
    if (!answer && request->channel != BX_KERNEL_CONTROL) {
        pthread_mutex_lock(&self.lock);
        push(request->channel == BX_KERNEL_SHELL ? &self.shell : &self.input, request);
        pthread_mutex_unlock(&self.lock);
        wake(self.wake_runner);
        return;
    }
    send_text(BX_KERNEL_IOPUB, request, "status", "{\"execution_state\":\"busy\"}");
    if (answer)
        answer(request);
    send_text(BX_KERNEL_IOPUB, request, "status", "{\"execution_state\":\"idle\"}");
    bx_kernel_request_release(request);
}

/* The frames of the next message; more than there is room for are dropped, and make it none. 0:
 * there is no message. */
static size_t receive(void *socket, zmq_msg_t frames[BX_KERNEL_FRAMES])
{
    size_t count = 0;
    zmq_msg_t frame;
    for (bool more = true; more;) {
        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT) < 0) {
            zmq_msg_close(&frame);
            break;
        }
        more = zmq_msg_more(&frame);
        if (count < BX_KERNEL_FRAMES)
            frames[count++] = frame;
        else
            zmq_msg_close(&frame);
    }
    return count;
}

static void drop(zmq_msg_t *frames, size_t count)
{
    for (size_t i = 0; i < count; i++)
        zmq_msg_close(&frames[i]);
}

static void view(zmq_msg_t *messages, bx_kernel_frame *frames, size_t count)
{
    for (size_t i = 0; i < count; i++)
        frames[i] = (bx_kernel_frame){zmq_msg_data(&messages[i]), zmq_msg_size(&messages[i])};
}

static void receive_requests(bx_kernel_channel channel)
{
    zmq_msg_t messages[BX_KERNEL_FRAMES];
    bx_kernel_frame frames[BX_KERNEL_FRAMES];
    bx_error error;
    size_t count;
    for (int i = 0; i < TURN && (count = receive(self.sockets[channel], messages)) > 0; i++) {
        view(messages, frames, count);
        bx_kernel_request *request =
            bx_kernel_request_read(frames, count, &self.connection, channel, &error);
        if (request)
            handle(request);
        else
            complain(error.message);
        drop(messages, count);
    }
}

static void answer_heartbeats(void)
{
    zmq_msg_t messages[BX_KERNEL_FRAMES];
    bx_kernel_frame frames[BX_KERNEL_FRAMES];
    size_t count;
    for (int i = 0; i < TURN; i++) {
        count = receive(self.sockets[BX_KERNEL_HEARTBEAT], messages);
        if (count == 0)
            return;
        view(messages, frames, count);
        send_frames(self.sockets[BX_KERNEL_HEARTBEAT], frames, count);
        drop(messages, count);
    }
}

/* ---- the thread ---- */

enum { ITEMS = 7 };

/* What is waited for, and how long. */
static long plan(zmq_pollitem_t items[ITEMS])
{
    long wait = self.parent ? PARENT_AGAIN : -1;
    pthread_mutex_lock(&self.lock);
    const bx_kernel_item *last = self.outbox.last;
    bool room = self.shell.count < WAITING_LIMIT && self.input.count < WAITING_LIMIT;
    bool flood = last && last->stream && last->content.length >= BX_KERNEL_TEXT;
    if (last || self.busy || self.ending)
        wait = AGAIN;
    pthread_mutex_unlock(&self.lock);
    items[0] = (zmq_pollitem_t){self.sockets[BX_KERNEL_SHELL], 0, room ? ZMQ_POLLIN : 0, 0};
    items[1] = (zmq_pollitem_t){self.sockets[BX_KERNEL_STDIN], 0, room ? ZMQ_POLLIN : 0, 0};
    items[2] = (zmq_pollitem_t){self.sockets[BX_KERNEL_CONTROL], 0, ZMQ_POLLIN, 0};
    items[3] = (zmq_pollitem_t){self.sockets[BX_KERNEL_HEARTBEAT], 0, ZMQ_POLLIN, 0};
    items[4] = (zmq_pollitem_t){NULL, self.wake_server, ZMQ_POLLIN, 0};
    for (int i = 0; i < 2; i++)
        items[5 + i] = (zmq_pollitem_t){NULL, self.outbox.printed[i], flood ? 0 : ZMQ_POLLIN, 0};
    return wait;
}

/* A signal that came just before a wait of the other thread does not end it: wake it again. And
 * what does not end is ended. */
static void look_after_runner(void)
{
    pthread_mutex_lock(&self.lock);
    if (self.busy && bx_interrupted)
        pthread_kill(self.runner, SIGUSR1);
    bool late = self.ending && !self.stopping && self.deadline < bx_clock_now();
    pthread_mutex_unlock(&self.lock);
    if (late) {
        dprintf(self.log, "bioxen-kernel: what runs does not stop; ended\n");
        _exit(EXIT_FAILURE);
    }
    if (self.parent && getppid() != self.parent) {
        self.parent = 0;
        end();
    }
}

static void *run(void *ignored)
{
    zmq_pollitem_t items[ITEMS];
    (void)ignored;
    for (;;) {
        long wait = plan(items);
        if (zmq_poll(items, ITEMS, wait) < 0 && errno != EINTR)
            break;
        if (items[4].revents)
            calm(self.wake_server);
        answer_heartbeats();
        receive_requests(BX_KERNEL_CONTROL);
        if (items[0].revents)
            receive_requests(BX_KERNEL_SHELL);
        if (items[1].revents)
            receive_requests(BX_KERNEL_STDIN);
        if (items[5].revents || items[6].revents) {
            pthread_mutex_lock(&self.lock);
            bx_kernel_read_printed(&self.outbox);
            pthread_mutex_unlock(&self.lock);
        }
        send_items();
        look_after_runner();
        pthread_mutex_lock(&self.lock);
        bool stop = self.stopping;
        pthread_mutex_unlock(&self.lock);
        if (stop)
            break;
    }
    send_items();
    return NULL;
}

/* ---- start and end ---- */

static int open_socket(int channel, bx_error *err)
{
    static const int types[] = {
        [BX_KERNEL_SHELL] = ZMQ_ROUTER,     [BX_KERNEL_CONTROL] = ZMQ_ROUTER,
        [BX_KERNEL_STDIN] = ZMQ_ROUTER,     [BX_KERNEL_IOPUB] = ZMQ_PUB,
        [BX_KERNEL_HEARTBEAT] = ZMQ_ROUTER,
    };
    const char *endpoint = self.connection.endpoint[channel];
    int linger = LINGER, unread = UNREAD_LIMIT, handover = 1, ipv6 = strchr(endpoint, '[') != NULL;
    int64_t largest = MESSAGE_LIMIT;
    void *socket = zmq_socket(self.context, types[channel]);
    self.sockets[channel] = socket;
    if (socket) {
        zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
        zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &largest, sizeof largest);
        zmq_setsockopt(socket, ZMQ_IPV6, &ipv6, sizeof ipv6);
        if (types[channel] == ZMQ_PUB)
            zmq_setsockopt(socket, ZMQ_SNDHWM, &unread, sizeof unread);
        if (types[channel] == ZMQ_ROUTER) /* who comes back under its name is who it was */
            zmq_setsockopt(socket, ZMQ_ROUTER_HANDOVER, &handover, sizeof handover);
    }
    if (!socket || zmq_bind(socket, endpoint) < 0)
        return bx_fail(err, BX_ESYSTEM, "cannot listen at %s: %s", endpoint,
                       zmq_strerror(zmq_errno()));
    return 0;
}

static int open_sockets(bx_error *err)
{
    self.context = zmq_ctx_new();
    if (!self.context)
        return bx_fail_memory(err);
    mode_t before = umask(077); /* of Unix sockets */
    int result = 0;
    for (int i = 0; i < BX_KERNEL_CHANNELS && result == 0; i++)
        result = open_socket(i, err);
    umask(before);
    return result;
}

/* Standard output and standard error become pipes that the server reads. */
static int take_streams(bx_error *err)
{
    self.log = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    for (int i = 0; i < 2; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) < 0)
            return bx_fail_errno(err, BX_ESYSTEM, errno, "cannot make a pipe");
        fcntl(ends[0], F_SETFL, O_NONBLOCK);
        self.outbox.printed[i] = ends[0];
        fflush(i == 0 ? stdout : stderr);
        dup2(ends[1], STDOUT_FILENO + i);
        close(ends[1]);
    }
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    return 0;
}

static int name_session(bx_error *err)
{
    unsigned char bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        return bx_fail_errno(err, BX_ESYSTEM, errno, "cannot draw random bytes");
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(self.session + 2 * i, 3, "%02x", bytes[i]);
    return 0;
}

static int start_thread(bx_error *err)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for the thread that runs Lua */
    int failed = pthread_create(&self.thread, NULL, run, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        return bx_fail_errno(err, BX_ESYSTEM, failed, "cannot start a thread");
    return 0;
}

static void woken(int number)
{
    (void)number;
}

int bx_kernel_start(const bx_kernel_connection *connection, pid_t parent, bx_error *err)
{
    struct sigaction action = {.sa_handler = woken};
    sigaction(SIGUSR1, &action, NULL);
    self.connection = *connection;
    self.parent = parent;
    self.runner = pthread_self();
    self.busy = true;
    self.wake_server = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    self.wake_runner = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (self.wake_server < 0 || self.wake_runner < 0)
        return bx_fail_errno(err, BX_ESYSTEM, errno, "cannot make a descriptor");
    if (name_session(err) < 0 || open_sockets(err) < 0 || take_streams(err) < 0)
        return -1;
    return start_thread(err);
}

void bx_kernel_stop(void)
{
    fflush(NULL);
    pthread_mutex_lock(&self.lock);
    bx_kernel_read_printed(&self.outbox);
    self.stopping = true;
    pthread_mutex_unlock(&self.lock);
    wake(self.wake_server);
    pthread_join(self.thread, NULL);
    for (int i = 0; i < BX_KERNEL_CHANNELS; i++)
        zmq_close(self.sockets[i]);
    zmq_ctx_term(self.context);
    for (bx_kernel_request *request; (request = pop(&self.shell)) || (request = pop(&self.input));)
        bx_kernel_request_release(request);
    bx_kernel_clear_outbox(&self.outbox);
    bx_buffer_free(&self.information);
}

/* ---- for the thread that runs Lua ---- */

void bx_kernel_set_information(bx_kernel_frame content)
{
    pthread_mutex_lock(&self.lock);
    bx_buffer_cut(&self.information, 0);
    bx_buffer_append(&self.information, content.bytes, content.length);
    pthread_mutex_unlock(&self.lock);
}

int bx_kernel_descriptor(void)
{
    return self.wake_runner;
}

bx_kernel_request *bx_kernel_take(bool input)
{
    calm(self.wake_runner);
    pthread_mutex_lock(&self.lock);
    bool full = self.shell.count >= WAITING_LIMIT || self.input.count >= WAITING_LIMIT;
    bx_kernel_request *request = pop(input ? &self.input : &self.shell);
    if (!input) {
        self.busy = request != NULL;
        if (!request && !self.ending)
            bx_interrupted = 0;
    }
    pthread_mutex_unlock(&self.lock);
    if (full)
        wake(self.wake_server);
    return request;
}

bool bx_kernel_is_ending(void)
{
    pthread_mutex_lock(&self.lock);
    bool ending = self.ending;
    pthread_mutex_unlock(&self.lock);
    return ending;
}

void bx_kernel_accept_end(void)
{
    pthread_mutex_lock(&self.lock);
    self.deadline = BX_NEVER;
    pthread_mutex_unlock(&self.lock);
}

void bx_kernel_send(bx_kernel_channel channel, bx_kernel_request *parent, const char *type,
                    bx_kernel_frame content, bx_kernel_frame metadata)
{
    fflush(stdout);
    pthread_mutex_lock(&self.lock);
    bx_kernel_put(&self.outbox, channel, parent, type, content, metadata);
    pthread_mutex_unlock(&self.lock);
    wake(self.wake_server);
}

void bx_kernel_set_cell(bx_kernel_request *request)
{
    fflush(stdout);
    pthread_mutex_lock(&self.lock);
    bx_kernel_read_printed(&self.outbox);
    bx_kernel_request *before = self.outbox.parent;
    self.outbox.parent = bx_kernel_request_hold(request);
    pthread_mutex_unlock(&self.lock);
    bx_kernel_request_release(before);
}

bx_kernel_request *bx_kernel_cell(void)
{
    return self.outbox.parent;
}

void bx_kernel_print(bx_kernel_request *parent, const uint8_t *bytes, size_t length)
{
    pthread_mutex_lock(&self.lock);
    bx_kernel_put_text(&self.outbox, parent, "stdout", bytes, length);
    pthread_mutex_unlock(&self.lock);
    wake(self.wake_server);
}
