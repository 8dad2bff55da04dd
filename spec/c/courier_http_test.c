/* HTTPS against servers that behave, break, cheat and stall. Each server is a thread on loopback;
 * the environment names a proxy that does not exist, which must not matter. */
#include "courier/http.h"

#include "test.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Servers */

typedef struct server server;

typedef struct peer {
    server *owner;
    int fd;
    SSL *tls; /* NULL: plain */
    int number;
} peer;

typedef struct identity {
    EVP_PKEY *key;
    X509 *certificate;
    char fingerprint[3 * 32];
} identity;

struct server {
    void (*serve)(peer *);
    SSL_CTX *tls;
    int listener, port;
    pthread_t thread;
    int kept;    /* a connection that stays open, or 0 */
    int told[2]; /* a byte for each request, and for each connection closed */
    atomic_int connections, requests;
    atomic_long body_bytes;
    char head[4096], body[256]; /* of the last request */
};

static int peer_read(peer *p, void *bytes, int length)
{
    return p->tls ? SSL_read(p->tls, bytes, length) : (int)recv(p->fd, bytes, (size_t)length, 0);
}

static bool peer_write(peer *p, const void *bytes, size_t length)
{
    if (p->tls)
        return SSL_write(p->tls, bytes, (int)length) == (int)length;
    return send(p->fd, bytes, length, MSG_NOSIGNAL) == (ssize_t)length;
}

static bool say(peer *p, const char *text)
{
    return peer_write(p, text, strlen(text));
}

static void tell(server *s, char what)
{
    CHECK(write(s->told[1], &what, 1) == 1);
}

static void await(server *s, char what)
{
    char told;
    do
        CHECK(read(s->told[0], &told, 1) == 1);
    while (told != what);
}

/* False: the peer has gone. */
static bool read_request(peer *p)
{
    server *s = p->owner;
    char head[sizeof s->head] = {0}, piece[65536];
    size_t length = 0;
    while (!strstr(head, "\r\n\r\n")) {
        if (length + 1 == sizeof head || peer_read(p, head + length, 1) != 1)
            return false;
        head[++length] = '\0';
    }
    const char *field = strstr(head, "Content-Length: ");
    long left = field ? atol(field + 16) : 0;
    for (bool first = true; left > 0; first = false) {
        int got = peer_read(p, piece, left < (long)sizeof piece ? (int)left : (int)sizeof piece);
        if (got <= 0)
            return false;
        if (first)
            snprintf(s->body, sizeof s->body, "%.*s", got < 200 ? got : 200, piece);
        s->body_bytes += got;
        left -= got;
    }
    memcpy(s->head, head, sizeof head);
    s->requests++;
    tell(s, 'r');
    return true;
}

static void reset(peer *p)
{
    struct linger now = {.l_onoff = 1};
    setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static void serve_peer(server *s, int fd)
{
    peer p = {.owner = s, .fd = fd, .number = ++s->connections};
    if (s->tls) {
        p.tls = SSL_new(s->tls);
        SSL_set_fd(p.tls, fd);
        SSL_set_accept_state(p.tls);
    }
    s->serve(&p);
    SSL_free(p.tls);
    close(fd);
    tell(s, 'c');
}

static void *server_main(void *owner)
{
    server *s = owner;
    int fd;
    while ((fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
        serve_peer(s, fd);
    return NULL;
}

static int listen_on_loopback(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(listen(fd, 16) == 0);
    getsockname(fd, (struct sockaddr *)&address, &length);
    *port = ntohs(address.sin_port);
    return fd;
}

static server *start(void (*serve)(peer *), const identity *who)
{
    server *s = calloc(1, sizeof *s);
    s->serve = serve;
    if (who) {
        s->tls = SSL_CTX_new(TLS_server_method());
        SSL_CTX_use_certificate(s->tls, who->certificate);
        SSL_CTX_use_PrivateKey(s->tls, who->key);
    }
    CHECK(pipe(s->told) == 0);
    s->listener = listen_on_loopback(&s->port);
    pthread_create(&s->thread, NULL, server_main, s);
    return s;
}

/* Its peers have gone before, so that it does not wait for them. */
static void stop(server *s)
{
    shutdown(s->listener, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->listener);
    if (s->kept)
        close(s->kept);
    close(s->told[0]);
    close(s->told[1]);
    SSL_CTX_free(s->tls);
    free(s);
}

/* Certificates */

static identity make_identity(const char *name)
{
    identity who = {EVP_EC_gen("P-256"), X509_new()};
    X509 *x = who.certificate;
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 86400);
    X509_set_pubkey(x, who.key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               (const unsigned char *)"pool", -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, name);
    X509_add_ext(x, names, -1);
    X509_EXTENSION_free(names);
    X509_sign(x, who.key, EVP_sha256());
    unsigned char hash[32];
    unsigned length = 0;
    X509_digest(x, EVP_sha256(), hash, &length);
    for (int i = 0; i < 32; i++)
        snprintf(who.fingerprint + 3 * i, 4, i < 31 ? "%02X:" : "%02X", hash[i]);
    return who;
}

static void free_identity(identity *who)
{
    X509_free(who->certificate);
    EVP_PKEY_free(who->key);
}

static void write_certificate(const identity *who, char *path)
{
    strcpy(path, "/tmp/bioxen-http-test-XXXXXX");
    FILE *file = fdopen(mkstemp(path), "w");
    PEM_write_X509(file, who->certificate);
    fclose(file);
}

/* Clients */

enum { LIMIT = 100000, PATIENCE = 60 };

typedef struct client {
    bx_loop loop;
    bx_http *http;
    bx_error err;
    bx_http_response response;
    bx_http_reach reach;
    int64_t until;
} client;

static const char *url_of(const server *s, const char *scheme)
{
    static _Thread_local char url[64];
    snprintf(url, sizeof url, "%s://127.0.0.1:%d", scheme, s->port);
    return url;
}

static void open_with(client *c, bx_http_options options)
{
    *c = (client){.loop.deadline = bx_clock_after(PATIENCE), .until = BX_NEVER};
    options.response_limit = LIMIT;
    options.connect_timeout = 20;
    c->http = bx_http_open(&c->loop, &options, &c->err);
    if (!c->http)
        test_fail(__FILE__, __LINE__, "%s", c->err.message);
}

static void open_plain(client *c, const server *s)
{
    open_with(c, (bx_http_options){.url = url_of(s, "http"), .allow_http = true});
}

static int post_bytes(client *c, const void *bytes, size_t length)
{
    bx_buffer body = {0};
    bx_buffer_append(&body, bytes, length);
    bx_buffer_free(&c->response.body);
    c->err = (bx_error){0};
    int status = bx_http_post(c->http, "/jsonrpc", "application/json", &body, c->until,
                              &c->response, &c->reach, &c->err);
    bx_buffer_free(&body);
    return status;
}

static int post(client *c)
{
    return post_bytes(c, "{\"secret\":1}", 12);
}

/* One that goes well. */
static void check_post(client *c, int line)
{
    if (post(c) < 0)
        test_fail(__FILE__, line, "%s", c->err.message);
    else if (c->response.status != 200 || c->response.body.length != 4 ||
             memcmp(c->response.body.data, "[42]", 4) != 0)
        test_fail(__FILE__, line, "not the answer");
}

#define CHECK_POST(c) check_post((c), __LINE__)

static bool body_is(const client *c, const char *text)
{
    return c->response.body.length == strlen(text) &&
           memcmp(c->response.body.data, text, strlen(text)) == 0;
}

static void shut(client *c)
{
    bx_buffer_free(&c->response.body);
    bx_http_close(c->http);
    c->http = NULL;
}

#define CHECK_FAILS(c, wanted_code, wanted_reach)                                                  \
    do {                                                                                           \
        CHECK(post(c) == -1);                                                                      \
        if ((c)->err.code != (wanted_code))                                                        \
            test_fail(__FILE__, __LINE__, "code %d, not %d: %s", (c)->err.code, (wanted_code),     \
                      (c)->err.message);                                                           \
        CHECK((c)->reach == (wanted_reach));                                                       \
        CHECK(strstr((c)->err.message, "://127.0.0.1:") != NULL);                                  \
        CHECK(strstr((c)->err.message, "secret") == NULL);                                         \
    } while (0)

/* One failing post against one plain server. */
static void fails_with(void (*serve)(peer *), bx_code code, bx_http_reach reach, const char *words)
{
    server *s = start(serve, NULL);
    client c;
    open_plain(&c, s);
    CHECK_FAILS(&c, code, reach);
    if (!strstr(c.err.message, words))
        test_fail(__FILE__, __LINE__, "\"%s\" lacks \"%s\"", c.err.message, words);
    CHECK(c.response.body.length <= LIMIT && c.response.body.capacity <= 4 * LIMIT);
    CHECK(s->requests <= 1);
    shut(&c);
    stop(s);
}

/* How servers behave */

#define OK_ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n[42]"

static void serve_well(peer *p)
{
    while (read_request(p) && say(p, OK_ANSWER))
        ;
}

static void answer_once(peer *p, const char *answer)
{
    if (read_request(p))
        say(p, answer);
}

static void serve_html(peer *p)
{
    answer_once(p, "HTTP/1.1 500 Oops\r\nContent-Type: text/html\r\n"
                   "x-xenapi-response-host-certificate-thumbprint:  sha-256:AB:CD \r\n"
                   "Connection: close\r\n\r\n<html>no</html>");
}

static void serve_redirect(peer *p)
{
    answer_once(p, "HTTP/1.1 301 Moved\r\nLocation: https://127.0.0.1:1/\r\n"
                   "Content-Length: 2\r\n\r\nno");
}

static void serve_reset(peer *p)
{
    read_request(p);
    reset(p);
}

static void serve_reset_at_once(peer *p)
{
    reset(p);
}

static void serve_nothing(peer *p)
{
    read_request(p);
}

static void serve_cut(peer *p)
{
    answer_once(p, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,");
}

static void serve_cut_chunk(peer *p)
{
    answer_once(p, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n[1,");
}

static void serve_endlessly(peer *p, const char *head, const char *unit)
{
    if (read_request(p) && say(p, head))
        while (say(p, unit))
            ;
}

static void serve_endless_chunks(peer *p)
{
    serve_endlessly(p, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                    "20\r\n................................\r\n");
}

static void serve_endless_body(peer *p)
{
    serve_endlessly(p, "HTTP/1.1 200 OK\r\n\r\n", "................................");
}

static void serve_endless_headers(peer *p)
{
    serve_endlessly(p, "HTTP/1.1 200 OK\r\n", "X-Padding: ................................\r\n");
}

static void serve_endless_header(peer *p)
{
    serve_endlessly(p, "HTTP/1.1 200 OK\r\nX-Padding: ", "................................");
}

static void serve_endless_continues(peer *p)
{
    serve_endlessly(p, "", "HTTP/1.1 100 Continue\r\n\r\n");
}

static void serve_large(peer *p)
{
    answer_once(p, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n");
    char c;
    peer_read(p, &c, 1);
}

static void serve_gzip(peer *p)
{
    answer_once(p, "HTTP/1.1 200 OK\r\ncontent-ENCODING:gzip\r\nContent-Length: 4\r\n\r\n[42]");
}

static void serve_gzip_transfer(peer *p)
{
    answer_once(p, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
                   "4\r\n[42]\r\n0\r\n\r\n");
}

static void serve_old(peer *p)
{
    answer_once(p, "SSH-2.0-OpenSSH\r\n");
}

static void serve_http2(peer *p)
{
    answer_once(p, "HTTP/2 200\r\nContent-Length: 4\r\n\r\n[42]");
}

/* A byte now and then until the client has gone. */
static void drip(peer *p, const char *text)
{
    struct pollfd gone = {.fd = p->fd, .events = POLLRDHUP};
    if (read_request(p) && say(p, text))
        while (poll(&gone, 1, 100) == 0 && say(p, "."))
            ;
}

static void serve_drip(peer *p)
{
    drip(p, "HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n");
}

static void serve_header_drip(peer *p)
{
    drip(p, "HTTP/1.1 200 OK\r\nX-Padding: ");
}

static void serve_silence(peer *p)
{
    char c;
    if (read_request(p))
        peer_read(p, &c, 1);
}

/* What is asked on the first connection after the first answer is read, but not answered. */
static void serve_second_never(peer *p)
{
    if (p->number > 1)
        serve_well(p);
    else if (read_request(p) && say(p, OK_ANSWER))
        read_request(p);
}

static void serve_seconds_never(peer *p)
{
    if (read_request(p) && say(p, OK_ANSWER))
        read_request(p);
}

static void serve_second_reset(peer *p)
{
    serve_second_never(p);
    if (p->number == 1)
        reset(p);
}

static void serve_one_each(peer *p)
{
    answer_once(p, OK_ANSWER);
    if (p->tls)
        SSL_shutdown(p->tls);
}

/* Reads nothing, until it is stopped. */
static void serve_deaf(peer *p)
{
    struct pollfd stopped = {.fd = p->owner->listener, .events = POLLIN};
    poll(&stopped, 1, -1);
}

static void serve_as_forbidding_proxy(peer *p)
{
    answer_once(p, "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno");
}

static void serve_unasked(peer *p)
{
    if (p->number > 1)
        serve_well(p);
    else if (read_request(p) && say(p, OK_ANSWER)) {
        say(p, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nFAKE");
        p->owner->kept = dup(p->fd);
    }
}

/* Tests */

static void a_request_is_answered(void)
{
    server *s = start(serve_well, NULL);
    client c;
    open_plain(&c, s);
    CHECK_POST(&c);
    CHECK(c.reach == BX_HTTP_MAY_BE_DONE);
    CHECK(strncmp(s->head, "POST /jsonrpc HTTP/1.1\r\n", 24) == 0);
    CHECK(strstr(s->head, "\r\nContent-Type: application/json\r\n") != NULL);
    CHECK(strstr(s->head, "\r\nContent-Length: 12\r\n") != NULL);
    CHECK(strstr(s->head, "\r\nx-xenapi-request-host-certificate-thumbprint: sha-256:master\r\n") !=
          NULL);
    CHECK(strstr(s->head, "Expect") == NULL && strstr(s->head, "Encoding") == NULL);
    CHECK_TEXT(s->body, "{\"secret\":1}");
    CHECK_TEXT(c.response.thumbprint, "");
    shut(&c);
    stop(s);
}

static void one_connection_serves_many_requests(void)
{
    server *s = start(serve_well, NULL);
    client c;
    open_plain(&c, s);
    for (int i = 0; i < 50; i++)
        CHECK_POST(&c);
    CHECK(s->requests == 50 && s->connections == 1);
    shut(&c);
    stop(s);
}

static void a_long_request_arrives_whole(void)
{
    enum { LENGTH = 3 << 20 };
    server *s = start(serve_well, NULL);
    client c;
    open_plain(&c, s);
    char *bytes = calloc(LENGTH, 1);
    for (int i = 1; i <= 2; i++) {
        CHECK(post_bytes(&c, bytes, LENGTH) == 0 && body_is(&c, "[42]"));
        CHECK(s->body_bytes == (long)i * LENGTH);
    }
    free(bytes);
    CHECK(post_bytes(&c, NULL, 0) == 0 && c.reach == BX_HTTP_MAY_BE_DONE);
    CHECK(s->connections == 1);
    shut(&c);
    stop(s);
}

static void an_error_page_is_an_answer(void)
{
    server *s = start(serve_html, NULL);
    client c;
    open_plain(&c, s);
    CHECK(post(&c) == 0 && c.response.status == 500 && body_is(&c, "<html>no</html>"));
    CHECK_TEXT(c.response.thumbprint, "sha-256:AB:CD");
    shut(&c);
    stop(s);
}

static void a_redirect_is_not_followed(void)
{
    server *s = start(serve_redirect, NULL);
    client c;
    open_plain(&c, s);
    CHECK(post(&c) == 0 && c.response.status == 301 && body_is(&c, "no"));
    CHECK(s->requests == 1);
    shut(&c);
    stop(s);
}

static void nobody_there_is_told(void)
{
    server nobody = {0};
    close(listen_on_loopback(&nobody.port));
    client c;
    open_plain(&c, &nobody);
    CHECK_FAILS(&c, BX_ECONNECT, BX_HTTP_NOT_SENT);
    CHECK(strstr(c.err.message, "refused") != NULL);
    shut(&c);
}

static void a_reset_is_told(void)
{
    fails_with(serve_reset, BX_ECONNECT, BX_HTTP_MAY_BE_DONE, "");
    fails_with(serve_nothing, BX_ECONNECT, BX_HTTP_MAY_BE_DONE, "Empty reply");
    server *s = start(serve_reset_at_once, NULL);
    client c;
    open_plain(&c, s);
    CHECK(post(&c) == -1 && c.err.code == BX_ECONNECT);
    shut(&c);
    stop(s);
}

static void a_cut_answer_is_told(void)
{
    fails_with(serve_cut, BX_ECONNECT, BX_HTTP_MAY_BE_DONE, "");
    fails_with(serve_cut_chunk, BX_ECONNECT, BX_HTTP_MAY_BE_DONE, "");
}

static void an_endless_answer_is_refused(void)
{
    fails_with(serve_endless_chunks, BX_EPROTOCOL, BX_HTTP_MAY_BE_DONE, "more than 100000 bytes");
    fails_with(serve_endless_body, BX_EPROTOCOL, BX_HTTP_MAY_BE_DONE, "more than 100000 bytes");
    fails_with(serve_endless_headers, BX_EPROTOCOL, BX_HTTP_MAY_BE_DONE, "of header");
    fails_with(serve_endless_header, BX_EPROTOCOL, BX_HTTP_MAY_BE_DONE,
               "a header line of more than");
    fails_with(serve_endless_continues, BX_EPROTOCOL, BX_HTTP_MAY_BE_DONE, "of header");
    fails_with(serve_large, BX_EPROTOCOL, BX_HTTP_MAY_BE_DONE, "more than 100000 bytes");
}

static void a_compressed_answer_is_refused(void)
{
    fails_with(serve_gzip, BX_EPROTOCOL, BX_HTTP_MAY_BE_DONE, "compressed");
    fails_with(serve_gzip_transfer, BX_EPROTOCOL, BX_HTTP_MAY_BE_DONE, "strange encoding");
}

static void what_is_not_http_1_is_refused(void)
{
    fails_with(serve_old, BX_EPROTOCOL, BX_HTTP_MAY_BE_DONE, "");
    fails_with(serve_http2, BX_EPROTOCOL, BX_HTTP_MAY_BE_DONE, "");
}

static void a_request_is_never_sent_twice(void (*serve)(peer *), const identity *who)
{
    server *s = start(serve, who);
    client c;
    open_with(&c, (bx_http_options){.url = url_of(s, who ? "https" : "http"),
                                    .allow_http = true,
                                    .fingerprint = who ? who->fingerprint : NULL});
    CHECK_POST(&c);
    CHECK_FAILS(&c, BX_ECONNECT, BX_HTTP_MAY_BE_DONE);
    CHECK(s->requests == 2 && s->connections == 1);
    CHECK_POST(&c);
    CHECK(s->requests == 3 && s->connections == 2);
    shut(&c);
    stop(s);
}

static void a_kept_connection_that_ends_without_an_answer_is_an_error(void)
{
    identity who = make_identity("IP:127.0.0.1");
    a_request_is_never_sent_twice(serve_second_never, NULL);
    a_request_is_never_sent_twice(serve_second_reset, NULL);
    a_request_is_never_sent_twice(serve_second_never, &who);
    a_request_is_never_sent_twice(serve_second_reset, &who);
    free_identity(&who);
}

/* curl counts its retries over the life of a handle. */
static void such_errors_spoil_nothing(void)
{
    enum { ROUNDS = 10 };
    server *s = start(serve_seconds_never, NULL);
    client c;
    open_plain(&c, s);
    for (int i = 1; i <= ROUNDS; i++) {
        CHECK_POST(&c);
        CHECK_FAILS(&c, BX_ECONNECT, BX_HTTP_MAY_BE_DONE);
        CHECK(s->requests == 2 * i && s->connections == i);
    }
    shut(&c);
    stop(s);
}

static void a_connection_closed_between_requests_is_none(void)
{
    identity who = make_identity("IP:127.0.0.1");
    for (int tls = 0; tls <= 1; tls++) {
        server *s = start(serve_one_each, tls ? &who : NULL);
        client c;
        open_with(&c, (bx_http_options){.url = url_of(s, tls ? "https" : "http"),
                                        .allow_http = true,
                                        .fingerprint = tls ? who.fingerprint : NULL});
        for (int i = 1; i <= 5; i++) {
            CHECK_POST(&c);
            await(s, 'c');
            CHECK(s->requests == i && s->connections == i);
        }
        shut(&c);
        stop(s);
    }
    free_identity(&who);
}

static void an_answer_that_nobody_asked_for_is_not_taken(void)
{
    server *s = start(serve_unasked, NULL);
    client c;
    open_plain(&c, s);
    CHECK_POST(&c);
    await(s, 'c');
    CHECK_POST(&c);
    shut(&c);
    stop(s);
}

static void a_server_that_does_not_read_is_left(void)
{
    enum { LENGTH = 64 << 20 };
    server *s = start(serve_deaf, NULL);
    client c;
    open_plain(&c, s);
    char *bytes = calloc(LENGTH, 1);
    c.until = bx_clock_after(5); /* by when some of it has been sent, on a busy machine too */
    CHECK(post_bytes(&c, bytes, LENGTH) == -1 && c.err.code == BX_EDEADLINE);
    CHECK(c.reach == BX_HTTP_MAY_BE_DONE);
    free(bytes);
    shut(&c);
    stop(s);
}

static void a_deadline_that_has_passed_sends_nothing(void)
{
    server *s = start(serve_well, NULL);
    client c;
    open_plain(&c, s);
    c.loop.deadline = 0;
    CHECK_FAILS(&c, BX_EDEADLINE, BX_HTTP_NOT_SENT);
    shut(&c);
    stop(s);
}

/* The long deadline does not help a drip. It takes its ten seconds beside the other tests. */
typedef struct drip_trial {
    server *s;
    client c;
    pthread_t thread;
    int status;
} drip_trial;

static drip_trial drips[2];

static void *drip_main(void *owner)
{
    drip_trial *trial = owner;
    trial->status = post(&trial->c);
    return NULL;
}

static void start_drips(void)
{
    for (int i = 0; i < 2; i++) {
        drips[i].s = start(i ? serve_header_drip : serve_drip, NULL);
        open_plain(&drips[i].c, drips[i].s);
        pthread_create(&drips[i].thread, NULL, drip_main, &drips[i]);
    }
}

static void a_drip_ends_long_before_the_deadline(void)
{
    for (int i = 0; i < 2; i++) {
        pthread_join(drips[i].thread, NULL);
        CHECK(drips[i].status == -1 && drips[i].c.err.code == BX_ECONNECT);
        CHECK(strstr(drips[i].c.err.message, "too slow") != NULL);
        CHECK(bx_clock_now() < drips[i].c.loop.deadline);
        shut(&drips[i].c);
        stop(drips[i].s);
    }
}

/* Ends the courier's request when the server has read the HTTP one. */
typedef struct ender {
    bx_pump pump;
    bx_loop *loop;
    server *s;
    bool by_deadline;
} ender;

static int ender_watch(bx_pump *pump, struct pollfd *watched)
{
    watched[0] = (struct pollfd){.fd = ((ender *)pump)->s->told[0], .events = POLLIN};
    return 1;
}

static void ender_move(bx_pump *pump)
{
    ender *self = (ender *)pump;
    struct pollfd told = {.fd = self->s->told[0], .events = POLLIN};
    if (poll(&told, 1, 0) != 1)
        return;
    if (self->by_deadline)
        self->loop->deadline = 0;
    else
        self->loop->cancelled = true;
}

static void a_request_can_be_cancelled(void)
{
    server *s = start(serve_silence, NULL);
    client c;
    open_plain(&c, s);
    ender self = {{ender_watch, ender_move}, &c.loop, s, false};
    bx_loop_add(&c.loop, &self.pump);
    CHECK_FAILS(&c, BX_ECANCELLED, BX_HTTP_MAY_BE_DONE);
    await(s, 'c'); /* it does not go on behind the request's back */
    shut(&c);
    stop(s);
}

static void silence_and_drips_end_in_time(void)
{
    void (*const slow[])(peer *) = {serve_silence, serve_drip, serve_header_drip};
    for (int i = 0; i < 6; i++) {
        server *s = start(slow[i % 3], NULL);
        client c;
        open_plain(&c, s);
        ender self = {{ender_watch, ender_move}, &c.loop, s, true};
        if (i < 3)
            bx_loop_add(&c.loop, &self.pump);
        else
            c.until = bx_clock_after(1);
        CHECK_FAILS(&c, BX_EDEADLINE, BX_HTTP_MAY_BE_DONE);
        CHECK(s->requests == 1);
        shut(&c);
        stop(s);
    }
}

static void the_right_fingerprint_is_trusted(void)
{
    identity who = make_identity("DNS:elsewhere.example");
    server *s = start(serve_well, &who);
    char bare[65];
    for (int i = 0; i < 32; i++)
        snprintf(bare + 2 * i, 3, "%.2s", who.fingerprint + 3 * i);
    for (char *at = bare; *at; at++)
        *at = (char)(*at >= 'A' ? *at | 0x20 : *at);
    const char *const forms[] = {who.fingerprint, bare};
    for (int i = 0; i < 2; i++) {
        client c;
        open_with(&c, (bx_http_options){.url = url_of(s, "https"), .fingerprint = forms[i]});
        for (int j = 0; j < 5; j++)
            CHECK_POST(&c);
        CHECK(s->connections == i + 1);
        shut(&c);
    }
    stop(s);
    free_identity(&who);
}

static void a_wrong_fingerprint_gets_nothing(void)
{
    identity who = make_identity("IP:127.0.0.1"), other = make_identity("IP:127.0.0.1");
    char path[40];
    write_certificate(&who, path);
    server *s = start(serve_well, &who);
    client c;
    open_with(&c, (bx_http_options){.url = url_of(s, "https"),
                                    .fingerprint = other.fingerprint,
                                    .ca_file = path});
    CHECK_FAILS(&c, BX_ETRUST, BX_HTTP_NOT_SENT);
    CHECK(strstr(c.err.message, who.fingerprint) && strstr(c.err.message, other.fingerprint));
    CHECK(s->requests == 0 && s->body_bytes == 0);
    shut(&c);
    stop(s);
    unlink(path);
    free_identity(&who);
    free_identity(&other);
}

/* A session that is taken up again would show no certificate. */
static void a_certificate_that_changes_is_noticed(void)
{
    identity who = make_identity("IP:127.0.0.1"), other = make_identity("IP:127.0.0.1");
    server *s = start(serve_one_each, &who);
    client c;
    open_with(&c, (bx_http_options){.url = url_of(s, "https"), .fingerprint = who.fingerprint});
    CHECK_POST(&c);
    await(s, 'c');
    SSL_CTX_use_certificate(s->tls, other.certificate);
    SSL_CTX_use_PrivateKey(s->tls, other.key);
    CHECK_FAILS(&c, BX_ETRUST, BX_HTTP_NOT_SENT);
    CHECK(s->requests == 1);
    shut(&c);
    stop(s);
    free_identity(&who);
    free_identity(&other);
}

static void authorities_are_asked(void)
{
    identity right = make_identity("IP:127.0.0.1"), misnamed = make_identity("DNS:pool.example");
    for (int i = 0; i < 4; i++) {
        const identity *who = i == 2 ? &misnamed : &right;
        char path[40];
        write_certificate(i == 3 ? &misnamed : who, path);
        server *s = start(serve_well, who);
        client c;
        open_with(&c, (bx_http_options){.url = url_of(s, "https"), .ca_file = i ? path : NULL});
        if (i == 1)
            CHECK_POST(&c);
        else
            CHECK_FAILS(&c, BX_ETRUST, BX_HTTP_NOT_SENT);
        CHECK(s->requests == (i == 1));
        shut(&c);
        stop(s);
        unlink(path);
    }
    free_identity(&right);
    free_identity(&misnamed);
}

static void a_file_of_authorities_that_is_missing_is_told(void)
{
    identity who = make_identity("IP:127.0.0.1");
    server *s = start(serve_well, &who);
    client c;
    open_with(&c, (bx_http_options){.url = url_of(s, "https"), .ca_file = "/nowhere/ca.pem"});
    CHECK_FAILS(&c, BX_ECONFIG, BX_HTTP_NOT_SENT);
    shut(&c);
    stop(s);
    free_identity(&who);
}

static void insecure_takes_any_certificate(void)
{
    identity who = make_identity("DNS:pool.example");
    server *s = start(serve_well, &who);
    client c;
    open_with(&c, (bx_http_options){.url = url_of(s, "https"), .insecure = true});
    CHECK_POST(&c);
    shut(&c);
    stop(s);
    free_identity(&who);
}

static void a_broken_handshake_sends_nothing(void)
{
    identity who = make_identity("IP:127.0.0.1");
    for (int i = 0; i < 3; i++) {
        server *s = start(i == 0 ? serve_reset_at_once : serve_well, i == 1 ? NULL : &who);
        if (i == 2) {
            SSL_CTX_set_max_proto_version(s->tls, TLS1_1_VERSION);
            SSL_CTX_set_security_level(s->tls, 0);
        }
        client c;
        open_with(&c, (bx_http_options){.url = url_of(s, "https"), .insecure = true});
        c.until = bx_clock_after(i == 1 ? 0.3 : PATIENCE); /* the plain server waits for more */
        CHECK_FAILS(&c, i == 1 ? BX_EDEADLINE : BX_ECONNECT, BX_HTTP_NOT_SENT);
        CHECK(s->requests == 0);
        shut(&c);
        stop(s);
    }
    free_identity(&who);
}

static void a_configured_proxy_is_used(void)
{
    server *s = start(serve_as_forbidding_proxy, NULL);
    client c;
    char proxy[64];
    snprintf(proxy, sizeof proxy, "%s", url_of(s, "http"));
    open_with(&c,
              (bx_http_options){.url = "https://127.0.0.1:1", .insecure = true, .proxy = proxy});
    CHECK_FAILS(&c, BX_ECONNECT, BX_HTTP_NOT_SENT);
    CHECK(strncmp(s->head, "CONNECT 127.0.0.1:1 HTTP/1.1\r\n", 30) == 0);
    CHECK(strstr(s->head, "xenapi") == NULL);
    CHECK(s->body_bytes == 0);
    shut(&c);
    stop(s);
}

/* Curl says what it cannot use, with the password in it. */
static void a_proxy_that_makes_no_sense_is_not_repeated(void)
{
    static const char *const proxies[] = {"none://me:secret@127.0.0.1", "http://me:secret@",
                                          "http://me:secret@127.0.0.1:99999",
                                          "http://m e:secret@127 0"};
    for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++) {
        client c;
        open_with(&c, (bx_http_options){
                          .url = "https://127.0.0.1:1", .insecure = true, .proxy = proxies[i]});
        CHECK_FAILS(&c, BX_ECONFIG, BX_HTTP_NOT_SENT);
        shut(&c);
    }
}

static void settings_that_make_no_sense_are_refused(void)
{
    const char *const pin = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    const bx_http_options wrong[] = {
        {.url = "http://127.0.0.1"},
        {.url = "http://10.0.0.1", .allow_http = true},
        {.url = "http://localhost.example", .allow_http = true},
        {.url = "http://127.0.0.1.example", .allow_http = true},
        {.url = "http://127.0.0.1", .allow_http = true, .proxy = "http://127.0.0.1:1"},
        {.url = "ftp://127.0.0.1", .allow_http = true},
        {.url = "file:///etc/passwd", .allow_http = true},
        {.url = "https://root:hunter2@pool.example"},
        {.url = "https://root@pool.example"},
        {.url = "https://root:hunter2 @pool.example"},
        {.url = "https://pool.example/jsonrpc"},
        {.url = "https://pool.example/?hunter2"},
        {.url = "https://pool.example/#top"},
        {.url = "https://pool.example:99999"},
        {.url = "pool.example"},
        {.url = ""},
        {.url = "https://pool.example", .fingerprint = ""},
        {.url = "https://pool.example", .fingerprint = "AA:BB"},
        {.url = "https://pool.example", .fingerprint = "sha-256:master"},
        {.url = "https://pool.example", .fingerprint = pin, .insecure = true},
    };
    bx_loop loop = {.deadline = BX_NEVER};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bx_error err = {0};
        bx_http *http = bx_http_open(&loop, &wrong[i], &err);
        if (http || err.code != BX_ECONFIG)
            test_fail(__FILE__, __LINE__, "%s: taken, or %d", wrong[i].url, err.code);
        CHECK(strstr(err.message, "hunter2") == NULL || strchr(wrong[i].url, '?'));
        bx_http_close(http);
    }
    const bx_http_options right[] = {
        {.url = "http://localhost:80/", .allow_http = true},
        {.url = "http://[::1]", .allow_http = true},
        {.url = "https://pool.example:8443/", .fingerprint = pin},
        {.url = "HTTPS://[2001:db8::1]"},
    };
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        bx_error err = {0};
        bx_http *http = bx_http_open(&loop, &right[i], &err);
        if (!http)
            test_fail(__FILE__, __LINE__, "%s: %s", right[i].url, err.message);
        bx_http_close(http);
    }
    bx_http_close(NULL);
}

int main(void)
{
    static const char *const proxies[] = {"http_proxy", "https_proxy", "HTTPS_PROXY",
                                          "all_proxy",  "ALL_PROXY",   NULL};
    for (int i = 0; proxies[i]; i++)
        setenv(proxies[i], "http://127.0.0.1:1", 1);
    signal(SIGPIPE, SIG_IGN);
    start_drips();
    RUN(settings_that_make_no_sense_are_refused);
    RUN(a_request_is_answered);
    RUN(one_connection_serves_many_requests);
    RUN(a_long_request_arrives_whole);
    RUN(an_error_page_is_an_answer);
    RUN(a_redirect_is_not_followed);
    RUN(nobody_there_is_told);
    RUN(a_reset_is_told);
    RUN(a_cut_answer_is_told);
    RUN(an_endless_answer_is_refused);
    RUN(a_compressed_answer_is_refused);
    RUN(what_is_not_http_1_is_refused);
    RUN(a_kept_connection_that_ends_without_an_answer_is_an_error);
    RUN(such_errors_spoil_nothing);
    RUN(a_connection_closed_between_requests_is_none);
    RUN(an_answer_that_nobody_asked_for_is_not_taken);
    RUN(silence_and_drips_end_in_time);
    RUN(a_server_that_does_not_read_is_left);
    RUN(a_deadline_that_has_passed_sends_nothing);
    RUN(a_request_can_be_cancelled);
    RUN(the_right_fingerprint_is_trusted);
    RUN(a_wrong_fingerprint_gets_nothing);
    RUN(a_certificate_that_changes_is_noticed);
    RUN(authorities_are_asked);
    RUN(a_file_of_authorities_that_is_missing_is_told);
    RUN(insecure_takes_any_certificate);
    RUN(a_configured_proxy_is_used);
    RUN(a_proxy_that_makes_no_sense_is_not_repeated);
    RUN(a_broken_handshake_sends_nothing);
    RUN(a_drip_ends_long_before_the_deadline);
    return test_end();
}
