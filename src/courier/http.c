#include "courier/http_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum {
    HEADER_LIMIT = 64 << 10, /* of an answer, all its header lines together */
    DAY = 86400,             /* seconds */
    DRIP_SECONDS = 10,       /* an answer that has begun must bring in this time */
    DRIP_BYTES = 1000        /* at least so much, or end */
};

/* curl asks for what to poll. */
static int watch_socket(CURL *easy, curl_socket_t socket, int what, void *owner, void *unused)
{
    (void)easy;
    (void)unused;
    bx_http *http = owner;
    int i = 0;
    while (i < http->watched_count && http->watched[i].fd != socket)
        i++;
    if (what == CURL_POLL_REMOVE) {
        if (i < http->watched_count)
            http->watched[i] = http->watched[--http->watched_count];
        return 0;
    }
    if (i == BX_HTTP_SOCKETS) {
        BX_HTTP_REFUSE(http, BX_ESYSTEM, "%s: too many sockets", http->base);
        return -1;
    }
    if (i == http->watched_count)
        http->watched_count++;
    http->watched[i] = (struct pollfd){.fd = socket};
    if (what & CURL_POLL_IN)
        http->watched[i].events |= POLLIN;
    if (what & CURL_POLL_OUT)
        http->watched[i].events |= POLLOUT;
    return 0;
}

static int set_timer(CURLM *multi, long milliseconds, void *owner)
{
    (void)multi;
    bx_http *http = owner;
    http->due = milliseconds < 0 ? BX_NEVER : bx_clock_after((double)milliseconds / 1000);
    return 0;
}

/* When a kept connection ends without an answer, curl sends the request again on a new one, even a
 * POST that the server has read. Without a socket it cannot. */
static curl_socket_t open_socket(void *owner, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    bx_http *http = owner;
    if (http->begun) {
        BX_HTTP_REFUSE(http, BX_ECONNECT,
                       "%s: the server closed the connection without an answer (is its toolstack "
                       "running?)",
                       http->base);
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t give_body(char *out, size_t size, size_t count, void *owner)
{
    bx_http *http = owner;
    size_t left = http->body->length - http->body_read, room = size * count;
    size_t length = left < room ? left : room;
    http->begun = true;
    if (length)
        memcpy(out, http->body->data + http->body_read, length);
    http->body_read += length;
    return length;
}

/* The second lock against a body that is sent twice. After a failure curl also asks for this before
 * the next request. */
static int rewind_body(void *owner, curl_off_t offset, int origin)
{
    const bx_http *http = owner;
    return http->body_read == 0 && offset == 0 && origin == SEEK_SET ? CURL_SEEKFUNC_OK
                                                                     : CURL_SEEKFUNC_FAIL;
}

/* The connection stands. A request without a body is all in its header. */
static int before_request(void *owner, char *to, char *from, int to_port, int from_port)
{
    (void)to;
    (void)from;
    (void)to_port;
    (void)from_port;
    bx_http *http = owner;
    if (http->body->length == 0)
        http->begun = true;
    return CURL_PREREQFUNC_OK;
}

static void note_arrival(bx_http *http, size_t bytes)
{
    if (http->drip_due == BX_NEVER)
        http->drip_due = bx_clock_after(DRIP_SECONDS);
    http->drip_bytes += bytes;
}

/* The value of header `name` in `line`, without the white space around it; NULL if it is another.
 */
static const char *header_value(const char *line, size_t length, const char *name,
                                size_t *value_length)
{
    size_t name_length = strlen(name);
    if (length <= name_length || strncasecmp(line, name, name_length) != 0 ||
        line[name_length] != ':')
        return NULL;
    const char *value = line + name_length + 1, *end = line + length;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    while (end > value && strchr(" \t\r\n", end[-1]))
        end--;
    *value_length = (size_t)(end - value);
    return value;
}

static bool header_is(const char *value, size_t length, const char *text)
{
    return strlen(text) == length && strncasecmp(value, text, length) == 0;
}

static void keep_thumbprint(bx_http_response *response, const char *value, size_t length)
{
    if (length >= sizeof response->thumbprint)
        return;
    for (size_t i = 0; i < length; i++)
        if (value[i] < ' ' || value[i] > '~')
            return;
    memcpy(response->thumbprint, value, length);
    response->thumbprint[length] = '\0';
}

static void refuse_encoding(bx_http *http)
{
    BX_HTTP_REFUSE(http, BX_EPROTOCOL, "%s: an answer in a strange encoding", http->base);
}

static size_t take_header(char *line, size_t size, size_t count, void *owner)
{
    bx_http *http = owner;
    size_t length = size * count, value_length;
    const char *value;
    note_arrival(http, length);
    http->header_bytes += length;
    if (http->header_bytes > HEADER_LIMIT)
        BX_HTTP_REFUSE(http, BX_EPROTOCOL, "%s: an answer with more than %d bytes of header",
                       http->base, HEADER_LIMIT);
    /* the version that curl tells is in newer releases what was asked for */
    if (length > 5 && memcmp(line, "HTTP/", 5) == 0 &&
        (length < 7 || memcmp(line + 5, "1.", 2) != 0))
        BX_HTTP_REFUSE(http, BX_EPROTOCOL, "%s: an answer that is not HTTP/1", http->base);
    value =
        header_value(line, length, "x-xenapi-response-host-certificate-thumbprint", &value_length);
    if (value)
        keep_thumbprint(http->response, value, value_length);
    value = header_value(line, length, "Content-Encoding", &value_length);
    if (value && !header_is(value, value_length, "identity"))
        BX_HTTP_REFUSE(http, BX_EPROTOCOL, "%s: a compressed answer", http->base);
    /* curl before 8.7 would unpack this one unasked */
    value = header_value(line, length, "Transfer-Encoding", &value_length);
    if (value && !header_is(value, value_length, "chunked"))
        refuse_encoding(http);
    return http->refused ? 0 : length;
}

static void refuse_length(bx_http *http)
{
    BX_HTTP_REFUSE(http, BX_EPROTOCOL, "%s: an answer of more than %zu bytes", http->base,
                   http->response_limit);
}

static size_t take_body(char *bytes, size_t size, size_t count, void *owner)
{
    bx_http *http = owner;
    size_t length = size * count;
    note_arrival(http, length);
    if (http->refused)
        return 0;
    if (bx_buffer_append(&http->response->body, bytes, length) < 0) {
        refuse_length(http);
        return 0;
    }
    return length;
}

static CURLcode set_callbacks(bx_http *http)
{
    CURL *easy = http->easy;
    CURLcode code = 0;
    code |= curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, http->curl_message);
    code |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    code |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, http);
    code |= curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request);
    code |= curl_easy_setopt(easy, CURLOPT_PREREQDATA, http);
    code |= curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_body);
    code |= curl_easy_setopt(easy, CURLOPT_READDATA, http);
    code |= curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, rewind_body);
    code |= curl_easy_setopt(easy, CURLOPT_SEEKDATA, http);
    code |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    code |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, http);
    code |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    code |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, http);
    return code;
}

static CURLcode set_connection(bx_http *http, const bx_http_options *options)
{
    CURL *easy = http->easy;
    CURLcode code = 0;
    bool plain = strncmp(http->base, "http:", 5) == 0;
    double seconds = options->connect_timeout < DAY ? options->connect_timeout : DAY;
    long milliseconds = seconds > 0 ? (long)(seconds * 1000) : 0;
    code |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
    code |= curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    code |= curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    code |= curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    code |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* a resolver that hangs is left behind, not waited for */
    code |= curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    code |= curl_easy_setopt(easy, CURLOPT_PROXY, options->proxy ? options->proxy : "");
    code |= curl_easy_setopt(easy, CURLOPT_NOPROXY, ""); /* nor the environment's */
    code |= curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    code |= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds);
    code |= curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    code |= curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    code |= curl_easy_setopt(easy, CURLOPT_POST, 1L);
    code |= curl_easy_setopt(easy, CURLOPT_USERAGENT, "bioxen/" BIOXEN_VERSION);
    code |= curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    code |= curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)options->response_limit);
    return code;
}

static int set_up(bx_http *http, const bx_http_options *options, bx_error *err)
{
    http->multi = curl_multi_init();
    http->easy = curl_easy_init();
    if (!http->multi || !http->easy)
        return bx_fail_memory(err);
    CURLMcode multi = 0;
    multi |= curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    multi |= curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
    multi |= curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    multi |= curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
    multi |= curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, 1L);
    if (multi || set_callbacks(http) || set_connection(http, options) ||
        bx_http_set_trust(http, options))
        return bx_fail(err, BX_ESYSTEM, "%s: this libcurl lacks an option", http->base);
    return 0;
}

bx_http *bx_http_open(bx_loop *loop, const bx_http_options *options, bx_error *err)
{
    bx_http *http = calloc(1, sizeof *http);
    if (!http) {
        bx_error_set(err, BX_EMEMORY, "out of memory");
        return NULL;
    }
    http->loop = loop;
    http->idle = CURL_SOCKET_BAD;
    http->due = BX_NEVER;
    http->response_limit = options->response_limit;
    int status = bx_http_read_url(http, options, err);
    if (status == 0 && options->fingerprint)
        status = bx_http_read_fingerprint(http, options->fingerprint, err);
    if (status == 0 && http->pinned && options->insecure)
        status = bx_fail(err, BX_ECONFIG, "%s: a fingerprint, but insecure as well", http->base);
    if (status == 0)
        status = set_up(http, options, err);
    if (status == 0)
        return http;
    bx_http_close(http);
    return NULL;
}

void bx_http_close(bx_http *http)
{
    if (!http)
        return;
    curl_easy_cleanup(http->easy);
    curl_multi_cleanup(http->multi);
    free(http->base);
    free(http);
}

static bx_code code_of(CURLcode code)
{
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH: return BX_ETRUST;
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_URL_MALFORMAT: return BX_ECONFIG;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY: return BX_EPROTOCOL;
    default: return BX_ECONNECT;
    }
}

/* How newer libraries than 8.6 call a header line that is too long; older ones, out of memory. */
#if LIBCURL_VERSION_NUM < 0x080600
#define CURLE_TOO_LARGE CURLE_OUT_OF_MEMORY
#endif

/* Whoever ends TLS for the toolstack (stunnel) answers though that does not run. */
static bool is_empty_answer(CURLcode code, const char *text)
{
    return code == CURLE_GOT_NOTHING ||
           (code == CURLE_RECV_ERROR && strstr(text, "unexpected eof"));
}

static int fail_with(bx_http *http, CURLcode code, bx_error *err)
{
    static const char secret[] = "Unsupported proxy"; /* curl repeats it, with its password */
    char *text = http->curl_message;
    long number = 0;
    if (strncmp(text, secret, sizeof secret - 1) == 0)
        return bx_fail(err, BX_ECONFIG, "%s: the proxy's address cannot be used", http->base);
    if (code == CURLE_OUT_OF_MEMORY || code == CURLE_TOO_LARGE) /* hardly ever the former */
        return bx_fail(err, BX_EPROTOCOL, "%s: an answer with a header line of more than %d bytes",
                       http->base, CURL_MAX_HTTP_HEADER);
    if (!*text)
        snprintf(text, sizeof http->curl_message, "%s", curl_easy_strerror(code));
    for (char *at = text; *at; at++) /* the server's own words may be among them */
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = '?';
    curl_easy_getinfo(http->easy, CURLINFO_OS_ERRNO, &number);
    if (code == CURLE_COULDNT_CONNECT && number)
        return bx_fail_errno(err, BX_ECONNECT, (int)number, "%s: cannot connect", http->base);
    if (is_empty_answer(code, text))
        return bx_fail(err, BX_ECONNECT, "%s: %s (is its toolstack running?)", http->base, text);
    if (code_of(code) == BX_ETRUST && *http->certificate)
        return bx_fail(err, BX_ETRUST,
                       "%s: %s (the certificate's SHA-256 fingerprint is %s: if that is the "
                       "server's, give it as fingerprint, or its authority as ca_file)",
                       http->base, text, http->certificate);
    return bx_fail(err, code_of(code), "%s: %s", http->base, text);
}

static int finish(bx_http *http, CURLcode code, bx_error *err)
{
    if (code == CURLE_FILESIZE_EXCEEDED)
        refuse_length(http);
    if (code == CURLE_BAD_CONTENT_ENCODING)
        refuse_encoding(http);
    if (http->refused) {
        if (err)
            *err = http->refusal;
        return -1;
    }
    if (code != CURLE_OK)
        return fail_with(http, code, err);
    curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &http->response->status);
    curl_easy_getinfo(http->easy, CURLINFO_ACTIVESOCKET, &http->idle);
    return 0;
}

static int check_drip(bx_http *http, int64_t now, bx_error *err)
{
    if (now < http->drip_due)
        return 0;
    if (http->drip_bytes < DRIP_BYTES)
        return bx_fail(err, BX_ECONNECT, "%s: the answer is too slow: %zu bytes in %d seconds",
                       http->base, http->drip_bytes, DRIP_SECONDS);
    http->drip_bytes = 0;
    http->drip_due = bx_clock_after(DRIP_SECONDS);
    return 0;
}

/* Let curl work on what is ready. */
static int act(bx_http *http, bool ready, bx_error *err)
{
    struct pollfd sockets[BX_HTTP_SOCKETS];
    int count = ready ? http->watched_count : 0, running;
    CURLMcode code = CURLM_OK;
    memcpy(sockets, http->watched, sizeof sockets);
    for (int i = 0; i < count && code == CURLM_OK; i++) {
        int what = (sockets[i].revents & POLLIN ? CURL_CSELECT_IN : 0) |
                   (sockets[i].revents & POLLOUT ? CURL_CSELECT_OUT : 0) |
                   (sockets[i].revents & (POLLERR | POLLHUP | POLLNVAL) ? CURL_CSELECT_ERR : 0);
        if (what)
            code = curl_multi_socket_action(http->multi, sockets[i].fd, what, &running);
    }
    if (code == CURLM_OK && bx_clock_now() >= http->due) {
        http->due = BX_NEVER;
        code = curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    if (code != CURLM_OK && code != CURLM_ABORTED_BY_CALLBACK)
        return bx_fail(err, BX_ESYSTEM, "%s: %s", http->base, curl_multi_strerror(code));
    return 0;
}

/* The request is over: whether its answer may be waited for all the same, for which the loop is
 * given time, once. */
static bool lingers(bx_http *http, const bx_error *ended)
{
    if (!http->begun || http->linger <= 0 ||
        (ended->code != BX_ECANCELLED && ended->code != BX_EDEADLINE))
        return false;
    http->interrupted = ended->code == BX_ECANCELLED;
    http->loop->cancelled = false;
    http->loop->deadline = bx_clock_after(http->linger);
    http->linger = 0;
    return true;
}

/* Until curl has an outcome. */
static int drive(bx_http *http, int64_t until, bx_error *err)
{
    bool ready = false;
    for (;;) {
        int left;
        if (act(http, ready, err) < 0)
            return -1;
        CURLMsg *message = curl_multi_info_read(http->multi, &left);
        if (message && message->msg == CURLMSG_DONE)
            return finish(http, message->data.result, err);
        if (http->refused)
            return finish(http, CURLE_ABORTED_BY_CALLBACK, err);
        int64_t now = bx_clock_now(), wake = until;
        if (now >= until)
            return bx_fail(err, BX_EDEADLINE, "%s: no answer in time", http->base);
        if (check_drip(http, now, err) < 0)
            return -1;
        wake = wake < http->due ? wake : http->due;
        wake = wake < http->drip_due ? wake : http->drip_due;
        bx_error ended;
        int status = bx_loop_wait(http->loop, http->watched, http->watched_count, wake, &ended);
        if (status < 0 && lingers(http, &ended))
            continue;
        if (status < 0)
            return bx_fail(err, ended.code, "%s: %s", http->base, ended.message);
        ready = status == 1;
    }
}

static struct curl_slist *make_headers(const char *type)
{
    char content[200];
    snprintf(content, sizeof content, "Content-Type: %s", type);
    const char *const lines[] = {
        content, "Expect:", "x-xenapi-request-host-certificate-thumbprint: sha-256:master"};
    struct curl_slist *headers = NULL;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct curl_slist *longer = curl_slist_append(headers, lines[i]);
        if (!longer) {
            curl_slist_free_all(headers);
            return NULL;
        }
        headers = longer;
    }
    return headers;
}

/* A kept connection on which anything has come, be it the end, is not to be trusted with a request
 * that must not be sent twice. */
static bool must_reconnect(bx_http *http)
{
    if (http->idle == CURL_SOCKET_BAD)
        return false;
    struct pollfd idle = {.fd = http->idle, .events = POLLIN | POLLRDHUP};
    return poll(&idle, 1, 0) != 0;
}

static int set_request(bx_http *http, const char *url, struct curl_slist *headers)
{
    CURL *easy = http->easy;
    CURLcode code = 0;
    code |= curl_easy_setopt(easy, CURLOPT_URL, url);
    code |= curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, http->verb);
    code |= curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    code |= curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)http->body->length);
    code |= curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, must_reconnect(http) ? 1L : 0L);
    return code ? -1 : 0;
}

void bx_http_linger(bx_http *http, double seconds)
{
    http->linger = seconds;
}

static int send_request(bx_http *http, const char *path, const char *type, const bx_buffer *body,
                        int64_t until, bx_http_response *response, bx_http_reach *reach,
                        bx_error *err)
{
    char *url = NULL;
    struct curl_slist *headers = make_headers(type);
    int status;
    *response = (bx_http_response){.body = {.limit = http->response_limit}};
    http->body = body;
    http->response = response;
    http->body_read = http->header_bytes = http->drip_bytes = 0;
    http->begun = http->refused = http->interrupted = false;
    http->drip_due = BX_NEVER;
    http->curl_message[0] = http->certificate[0] = '\0';
    if (asprintf(&url, "%s%s", http->base, path) < 0)
        url = NULL;
    if (!headers || !url || set_request(http, url, headers) < 0 ||
        curl_multi_add_handle(http->multi, http->easy) != CURLM_OK) {
        status = bx_fail_memory(err);
    } else {
        http->idle = CURL_SOCKET_BAD;
        int64_t deadline = http->loop->deadline;
        status = drive(http, until, err);
        http->loop->cancelled |= http->interrupted;
        http->loop->deadline = deadline;
        http->linger = 0;
        curl_multi_remove_handle(http->multi, http->easy);
    }
    curl_easy_setopt(http->easy, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    free(url);
    *reach = http->begun ? BX_HTTP_MAY_BE_DONE : BX_HTTP_NOT_SENT;
    return status;
}

int bx_http_post(bx_http *http, const char *path, const char *type, const bx_buffer *body,
                 int64_t until, bx_http_response *response, bx_http_reach *reach, bx_error *err)
{
    http->verb = "POST";
    return send_request(http, path, type, body, until, response, reach, err);
}

int bx_http_put(bx_http *http, const char *path, const char *type, const bx_buffer *body,
                int64_t until, bx_http_response *response, bx_http_reach *reach, bx_error *err)
{
    http->verb = "PUT";
    return send_request(http, path, type, body, until, response, reach, err);
}
