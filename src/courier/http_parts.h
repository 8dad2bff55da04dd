/* What the files of HTTP share. */
#ifndef BX_COURIER_HTTP_PARTS_H
#define BX_COURIER_HTTP_PARTS_H

#include "courier/http.h"

#include <curl/curl.h>

enum {
    BX_HTTP_SOCKETS = 8,      /* what bx_loop_wait takes; curl needs some three */
    BX_HTTP_FINGERPRINT = 32, /* bytes of SHA-256 */
    BX_HTTP_FINGERPRINT_TEXT = 3 * BX_HTTP_FINGERPRINT /* "AA:BB:…" with its NUL */
};

struct bx_http {
    bx_loop *loop;
    char *base; /* "https://host:port" */
    bool pinned;
    uint8_t pin[BX_HTTP_FINGERPRINT];
    size_t response_limit;
    CURLM *multi;
    CURL *easy;
    curl_socket_t idle; /* of the connection that is kept, or CURL_SOCKET_BAD */
    struct pollfd watched[BX_HTTP_SOCKETS];
    int watched_count;
    int64_t due; /* of curl's timer */
    char curl_message[CURL_ERROR_SIZE];
    double linger;    /* seconds, of the next request: see bx_http_linger */
    const char *verb; /* "POST" or "PUT" */
    bool interrupted; /* it lingers though its request was cancelled */
    char certificate[BX_HTTP_FINGERPRINT_TEXT]; /* the fingerprint of what the server showed, or ""
                                                 */

    /* the present request */
    const bx_buffer *body;
    size_t body_read;
    bool begun; /* the request may have reached the server */
    bx_http_response *response;
    size_t header_bytes;
    size_t drip_bytes; /* that came in the present span of DRIP_SECONDS */
    int64_t drip_due;  /* its end; BX_NEVER before the answer begins */
    bool refused;      /* `refusal` is why a callback ended the request */
    bx_error refusal;
};

/* End the request from a callback, with this as its error; only the first counts. */
#define BX_HTTP_REFUSE(http, code, ...)                                                            \
    do {                                                                                           \
        if (!(http)->refused)                                                                      \
            bx_error_set(&(http)->refusal, (code), __VA_ARGS__);                                   \
        (http)->refused = true;                                                                    \
    } while (0)

/* Read the options' URL into http->base: https, or http where that is allowed. */
int bx_http_read_url(bx_http *http, const bx_http_options *options, bx_error *err);

/* Read the fingerprint that the server's certificate must have. */
int bx_http_read_fingerprint(bx_http *http, const char *text, bx_error *err);

/* Have curl verify the certificate as the options say. */
CURLcode bx_http_set_trust(bx_http *http, const bx_http_options *options);

#endif
