/* Where a server is: the URL of a configuration. */
#include "courier/http_parts.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

static bool is_loopback(const char *host)
{
    struct in_addr v4;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return strcmp(host, "[::1]") == 0 || strcasecmp(host, "localhost") == 0;
}

static int check_url(bx_http *http, CURLU *url, const bx_http_options *options, bx_error *err)
{
    char *scheme = NULL, *host = NULL, *port = NULL, *path = NULL, *other = NULL;
    int status = 0;
    if (curl_url_get(url, CURLUPART_USER, &other, 0) == CURLUE_OK ||
        curl_url_get(url, CURLUPART_PASSWORD, &other, 0) == CURLUE_OK)
        status = bx_fail(err, BX_ECONFIG, "a name or a password in the URL of a server");
    else if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
             curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
             curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK ||
             curl_url_get(url, CURLUPART_PATH, &path, 0) != CURLUE_OK || strcmp(path, "/") != 0 ||
             curl_url_get(url, CURLUPART_QUERY, &other, 0) == CURLUE_OK ||
             curl_url_get(url, CURLUPART_FRAGMENT, &other, 0) == CURLUE_OK)
        status = bx_fail(err, BX_ECONFIG, "\"%.200s\" is not of the form https://host[:port]",
                         options->url);
    else if (strcmp(scheme, "https") != 0 && (strcmp(scheme, "http") != 0 || !options->allow_http ||
                                              options->proxy || !is_loopback(host)))
        status = bx_fail(err, BX_ECONFIG, "\"%.200s\" is not https", options->url);
    else if (asprintf(&http->base, "%s://%s:%s", scheme, host, port) < 0) {
        http->base = NULL;
        status = bx_fail_memory(err);
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_free(path);
    curl_free(other);
    return status;
}

int bx_http_read_url(bx_http *http, const bx_http_options *options, bx_error *err)
{
    CURLU *url = curl_url();
    if (!url)
        return bx_fail_memory(err);
    int status;
    CURLUcode code = curl_url_set(url, CURLUPART_URL, options->url, 0);
    if (code == CURLUE_OK)
        status = check_url(http, url, options, err);
    else
        /* what is not understood may contain a password */
        status = bx_fail(err, BX_ECONFIG, "the URL of a server: %s", curl_url_strerror(code));
    curl_url_cleanup(url);
    return status;
}
