/* Certificates: verified by authorities, or by the fingerprint of the one that is expected. */
#include "courier/http_parts.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

static void write_fingerprint(const uint8_t *hash, char text[BX_HTTP_FINGERPRINT_TEXT])
{
    for (size_t i = 0; i < BX_HTTP_FINGERPRINT; i++)
        snprintf(text + 3 * i, 4, i + 1 < BX_HTTP_FINGERPRINT ? "%02X:" : "%02X", hash[i]);
}

/* The certificate itself, not what vouches for it; false without one. */
static bool hash_certificate(X509_STORE_CTX *context, bx_http *http, uint8_t found[EVP_MAX_MD_SIZE])
{
    X509 *leaf = X509_STORE_CTX_get0_cert(context);
    unsigned length = 0;
    if (!leaf || !X509_digest(leaf, EVP_sha256(), found, &length) || length != BX_HTTP_FINGERPRINT)
        return false;
    write_fingerprint(found, http->certificate);
    return true;
}

/* In place of OpenSSL's verification: the certificate is the one, or it is not. */
static int verify_pin(X509_STORE_CTX *context, void *owner)
{
    bx_http *http = owner;
    uint8_t found[EVP_MAX_MD_SIZE] = {0};
    if (hash_certificate(context, http, found) &&
        memcmp(found, http->pin, BX_HTTP_FINGERPRINT) == 0) {
        X509_STORE_CTX_set_error(context, X509_V_OK);
        return 1;
    }
    char expected_text[BX_HTTP_FINGERPRINT_TEXT], found_text[BX_HTTP_FINGERPRINT_TEXT];
    write_fingerprint(http->pin, expected_text);
    write_fingerprint(found, found_text);
    BX_HTTP_REFUSE(http, BX_ETRUST, "%s: the certificate's SHA-256 fingerprint is %s, not %s",
                   http->base, found_text, expected_text);
    X509_STORE_CTX_set_error(context, X509_V_ERR_CERT_REJECTED);
    return 0;
}

/* OpenSSL's own verification; who is refused is told what was seen. */
static int verify_chain(X509_STORE_CTX *context, void *owner)
{
    uint8_t found[EVP_MAX_MD_SIZE];
    hash_certificate(context, owner, found);
    return X509_verify_cert(context);
}

static CURLcode set_up_tls(CURL *easy, void *context, void *owner)
{
    const bx_http *http = owner;
    (void)easy;
    SSL_CTX_set_cert_verify_callback(context, http->pinned ? verify_pin : verify_chain, owner);
    return CURLE_OK;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int bx_http_read_fingerprint(bx_http *http, const char *text, bx_error *err)
{
    const char *at = text;
    int i = 0;
    for (; i < BX_HTTP_FINGERPRINT; i++) {
        if (i > 0 && *at == ':')
            at++;
        int high = hex_digit(at[0]), low = high < 0 ? -1 : hex_digit(at[1]);
        if (low < 0)
            break;
        http->pin[i] = (uint8_t)(high << 4 | low);
        at += 2;
    }
    if (i < BX_HTTP_FINGERPRINT || *at)
        return bx_fail(
            err, BX_ECONFIG,
            "\"%.120s\" is no SHA-256 fingerprint: 32 bytes in hex, with or without colons", text);
    http->pinned = true;
    return 0;
}

CURLcode bx_http_set_trust(bx_http *http, const bx_http_options *options)
{
    CURL *easy = http->easy;
    CURLcode code = 0;
    bool chain = !http->pinned && !options->insecure;
    code |= curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    code |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, options->insecure ? 0L : 1L);
    code |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, chain ? 2L : 0L);
    /* a session taken up again shows no certificate */
    code |= curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    if (!chain || options->ca_file) {
        code |= curl_easy_setopt(easy, CURLOPT_CAINFO, chain ? options->ca_file : NULL);
        code |= curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    if (!options->insecure) {
        code |= curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, set_up_tls);
        code |= curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, http);
    }
    return code;
}
