/* HTTPS to one server, by libcurl. Everything that arrives is hostile: bounded in size, time and
 * speed; no redirect is followed; the certificate is verified unless the user has written
 * otherwise. */
#ifndef BX_COURIER_HTTP_H
#define BX_COURIER_HTTP_H

#include "core/buffer.h"
#include "courier/loop.h"

typedef struct bx_http bx_http;

typedef struct bx_http_options {
    const char *url; /* "https://host[:port]"; "http://" on loopback alone, and with allow_http */
    const char *ca_file;     /* NULL: the system's authorities */
    const char *fingerprint; /* SHA-256 of the certificate, hex with or without colons, any case;
                                NULL: none. With one, the chain and the name are not looked at */
    bool insecure;           /* no verification at all */
    bool allow_http;         /* on a loopback address */
    const char *proxy;       /* NULL: none, whatever the environment says */
    size_t response_limit;   /* bytes of a body */
    double connect_timeout;  /* seconds; 0: libcurl's 300 */
} bx_http_options;

typedef struct bx_http_response {
    long status;
    bx_buffer body;
    char thumbprint[160]; /* of x-xenapi-response-host-certificate-thumbprint, "" for none */
} bx_http_response;

/* How far a request that failed has come: what may have been acted upon must not be sent again
 * unseen. */
typedef enum bx_http_reach { BX_HTTP_NOT_SENT, BX_HTTP_MAY_BE_DONE } bx_http_reach;

/* BX_ECONFIG for a URL or a fingerprint that makes no sense, or that is not allowed. */
bx_http *bx_http_open(bx_loop *loop, const bx_http_options *options, bx_error *err);
void bx_http_close(bx_http *http); /* NULL is fine */

/* POST `body`. `path` begins with '/'. The connection is kept alive between requests. 0: an answer
 * came, whatever its status; -1: BX_ECONNECT (refused, reset, cut, too slow, no such host),
 * BX_ETRUST (certificate), BX_EPROTOCOL (too large, a compressed body, not HTTP), BX_EDEADLINE,
 * BX_ECANCELLED; *reach says whether it may have been acted upon. Free response->body in any case.
 * A message names the server, the method is for the caller to add. `until` bounds this request
 * (BX_NEVER: the loop's deadline alone). */
int bx_http_post(bx_http *http, const char *path, const char *type, const bx_buffer *body,
                 int64_t until, bx_http_response *response, bx_http_reach *reach, bx_error *err);

/* The same with PUT. */
int bx_http_put(bx_http *http, const char *path, const char *type, const bx_buffer *body,
                int64_t until, bx_http_response *response, bx_http_reach *reach, bx_error *err);

/* Though the request is over, cancelled or out of time, have the next post wait so many seconds
 * more for its answer: who breaks off a login leaves a session. */
void bx_http_linger(bx_http *http, double seconds);

#endif
